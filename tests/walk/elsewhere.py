"""The sample quarter once more, as somebody else would run it: `elsewhere.py HOME SEED PUBLISHED_AT`.

Files are dropped in an order drawn from the seed and collected in two runs; prints the publication's folder.
"""

import datetime as dt
import os
import random
import shutil
import sys
from pathlib import Path

from walking import COLLECTED, OPENED, QUARTER, SAMPLES

from duban.answering.answer import answer_all
from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.home import Home
from duban.intake import clear, take_in
from duban.opening import open_quarter
from duban.publishing.publish import publish
from duban.reading.worker import read_received
from duban.registry.load import load_registry
from duban.settings import SCHEMAS
from duban.warehouse.load import load_run


def main(home: Home, seed: str, published_at: dt.datetime) -> None:
    registry = load_registry(SCHEMAS / str(QUARTER.year))
    shutil.copytree(SAMPLES.parent / "keys", home.keys)
    for key in home.keys.glob("*.key"):
        key.chmod(0o600)
    open_quarter(home, registry, QUARTER, OPENED)
    files = sorted(SAMPLES.glob("*.xls*"))
    random.Random(seed).shuffle(files)
    half = len(files) // 2
    with Validator() as validator:
        for number, some in enumerate((files[:half], files[half:])):
            collect(home, registry, validator, some, home.work / f"{number}")
    print(publish(home, registry, QUARTER, published_at).folder)


def collect(home: Home, registry, validator: Validator, files: list[Path], folder: Path) -> None:
    intake = home.intake / str(QUARTER)
    intake.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(files):
        shutil.copyfile(path, intake / path.name)
        os.utime(intake / path.name, (1_700_000_000 - number,) * 2)
    folder.mkdir(parents=True)
    received = take_in(home, QUARTER)
    read_received(received, home, registry, folder)
    check_run(folder, registry, home, QUARTER, COLLECTED, validator)
    load_run(home, registry, QUARTER, folder, COLLECTED)
    answer_all(home, registry, QUARTER, COLLECTED)
    for file in received:
        clear(home, file)


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), sys.argv[2], dt.datetime.fromisoformat(sys.argv[3]))
