"""The sample quarter, run once: opened, dropped, collected and published by the functions that the flows call."""

import shutil

import pytest
from walking import COLLECTED, OPENED, QUARTER, SAMPLES, Walked

from duban.answering.answer import answer_all
from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.home import Home
from duban.intake import take_in
from duban.opening import open_quarter
from duban.publishing.publish import publish
from duban.reading.worker import read_received
from duban.registry.load import load_registry
from duban.settings import SCHEMAS
from duban.warehouse.connection import open_warehouse
from duban.warehouse.load import load_run


@pytest.fixture(scope="session")
def validator():
    with Validator() as running:
        yield running


@pytest.fixture(scope="session")
def walked(tmp_path_factory, validator) -> Walked:
    home = Home(tmp_path_factory.mktemp("walk"))
    registry = load_registry(SCHEMAS / str(QUARTER.year))
    shutil.copytree(SAMPLES.parent / "keys", home.keys)
    for key in home.keys.glob("*.key"):
        key.chmod(0o600)
    templates = {path.parent.name: path for path in open_quarter(home, registry, QUARTER, OPENED)}
    (home.intake / str(QUARTER)).mkdir(parents=True)
    for path in sorted(SAMPLES.glob("*.xls*")):
        shutil.copyfile(path, home.intake / str(QUARTER) / path.name)
    received = take_in(home, QUARTER)
    folder = home.work / "walk"
    folder.mkdir(parents=True)
    read_received(received, home, registry, folder)
    check_run(folder, registry, home, QUARTER, COLLECTED, validator)
    load_run(home, registry, QUARTER, folder, COLLECTED)
    answer_all(home, registry, QUARTER, COLLECTED)
    with open_warehouse(home.warehouse) as connection:
        standing = connection.execute(
            "SELECT reporter, file_name FROM submissions WHERE verdict = 'accepted'"
        ).fetchall()
    published = publish(home, registry, QUARTER, COLLECTED)
    accepted = {reporter: SAMPLES / name for reporter, name in standing}
    return Walked(home, registry, templates, accepted, published, validator)
