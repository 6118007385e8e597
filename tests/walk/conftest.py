"""The sample quarter, run once: opened, dropped, collected and published by the functions that the flows call."""

import shutil
from pathlib import Path

import pytest
from once import copy_of
from walking import COLLECTED, OPENED, QUARTER, SAMPLES, Walked

from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.publishing.publish import publish
from duban.registry.load import load_registry
from duban.settings import SCHEMAS, Settings
from duban.warehouse.connection import open_warehouse
from sample_submissions.plainly import Plainly


@pytest.fixture(scope="session")
def walked(tmp_path_factory, validator) -> Walked:
    registry = load_registry(SCHEMAS / str(QUARTER.year))

    def make(folder: Path) -> None:
        home, plainly = Home(folder), Plainly(validator)
        copy_keys(SAMPLES.parent / "keys", home.keys)
        plainly.open_quarter(Settings(home, None, OPENED), QUARTER)
        (home.intake / str(QUARTER)).mkdir(parents=True)
        for path in sorted(SAMPLES.glob("*.xls*")):
            shutil.copyfile(path, home.intake / str(QUARTER) / path.name)
        plainly.collect(Settings(home, None, COLLECTED), QUARTER)
        publish(home, registry, QUARTER, COLLECTED)

    home = Home(tmp_path_factory.mktemp("walk"))
    copy_of("walked", make, home.root)
    with open_warehouse(home.warehouse) as connection:
        standing = connection.execute(
            "SELECT reporter, file_name FROM submissions WHERE verdict = 'accepted'"
        ).fetchall()
    templates = {
        path.parent.name: path for path in (home.outbox / str(QUARTER)).glob("*/*[!改].xlsx")
    }  # no returned copy
    accepted = {reporter: SAMPLES / name for reporter, name in standing}
    return Walked(home, registry, templates, accepted, publish(home, registry, QUARTER, COLLECTED), validator)
