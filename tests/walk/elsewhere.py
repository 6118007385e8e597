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

from duban.checking.validator import Validator
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.publishing.publish import publish
from duban.registry.load import load_registry
from duban.settings import SCHEMAS, Settings
from sample_submissions.plainly import Plainly


def main(home: Home, seed: str, published_at: dt.datetime) -> None:
    copy_keys(SAMPLES.parent / "keys", home.keys)
    files = sorted(SAMPLES.glob("*.xls*"))
    random.Random(seed).shuffle(files)
    half = len(files) // 2
    with Validator() as validator:
        plainly = Plainly(validator)
        plainly.open_quarter(Settings(home, None, OPENED), QUARTER)
        for some in (files[:half], files[half:]):
            drop(some, home.intake / str(QUARTER))
            plainly.collect(Settings(home, None, COLLECTED), QUARTER)
    print(publish(home, load_registry(SCHEMAS / str(QUARTER.year)), QUARTER, published_at).folder)


def drop(files: list[Path], intake: Path) -> None:
    intake.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(files):
        shutil.copyfile(path, intake / path.name)
        os.utime(intake / path.name, (1_700_000_000 - number,) * 2)


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), sys.argv[2], dt.datetime.fromisoformat(sys.argv[3]))
