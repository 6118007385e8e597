"""The sample submissions are what their README says, and can be made anew."""

import csv
import datetime as dt
import difflib
import itertools
import re
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from openpyxl import load_workbook

from duban.fillin.layout import BY_TITLE, PROGRESS, PROJECTS, STAMP
from duban.quarters import TIME_ZONE
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS

SAMPLES = REPOSITORY / "sample_submissions"
QUARTER = SAMPLES / "2023Q1"
CUT_SHORT, UNSTAMPED = "2023Q1-429005-潜江.xlsx", "2023Q1-ZS10-省电子院.xlsx"
NARRATIVES = ("done", "problems", "next")


@pytest.fixture(scope="module")
def registry():
    return load_registry(SCHEMAS / "2023")


@pytest.fixture(scope="module")
def books() -> dict[str, object]:
    """Every workbook that opens, by its path below the quarter's folder."""
    paths = sorted(QUARTER.rglob("*.xlsx"))
    return {path.relative_to(QUARTER).as_posix(): load_workbook(path) for path in paths if path.name != CUT_SHORT}


def stamp(book) -> dict[str, str]:
    return {row[0].value: row[1].value for row in book[STAMP].iter_rows()}


def rows(book, sheet) -> list[dict[str, object]]:
    """A table's rows by field, found as a reader finds them: by header words."""
    table = list(book[sheet.title].iter_rows(values_only=True))
    at = next(at for at, row in enumerate(table) if {column.header for column in sheet.columns} <= set(row))
    places = {column.field: table[at].index(column.header) for column in sheet.columns}
    return [{field: row[place] for field, place in places.items()} for row in table[at + 1 :]]


def test_there_is_one_workbook_of_each_reporter_and_all_but_the_one_cut_short_open(registry, books):
    stamped = [stamp(book)["reporter"] for name, book in books.items() if name != UNSTAMPED]
    assert sorted([*stamped, "429005", "ZS10"]) == sorted(registry.by_code)
    with pytest.raises(zipfile.BadZipFile):
        load_workbook(QUARTER / CUT_SHORT)


def test_the_samples_were_issued_under_the_schemas_as_they_are(registry, books):
    issued = {stamp(book)["registry"] for name, book in books.items() if name != UNSTAMPED}
    assert issued == {registry.digest}, "the schemas have changed: run python -m sample_submissions.make"


def test_arrivals_name_every_file_once_and_all_but_three_came_in_time(registry):
    with (QUARTER / "arrivals.csv").open(encoding="utf-8", newline="") as file:
        arrivals = {row["file"]: dt.datetime.fromisoformat(row["received_at"]) for row in csv.DictReader(file)}
    assert sorted(arrivals) == sorted(path.relative_to(QUARTER).as_posix() for path in QUARTER.rglob("*.xlsx"))
    in_time = dt.datetime(2023, 4, 10, 17, tzinfo=TIME_ZONE)
    late = sorted(name for name, moment in arrivals.items() if moment > in_time)
    assert late == ["2023Q1-420700-鄂州.xlsx", "2023Q1-CS29-工会.xlsx", "2023Q1-ZS04-省纤检局.xlsx"]


def test_no_text_stands_twice(books):
    texts = Counter()
    for book in books.values():
        for row in rows(book, PROGRESS):
            texts.update(row[field].strip() for field in NARRATIVES if row[field])
        texts.update(row["done"].strip() for row in rows(book, PROJECTS) if row["done"])
    assert len(texts) > 2000
    assert [text for text, times in texts.items() if times > 1] == []


def test_no_two_reporters_say_nearly_the_same_of_an_item(books):
    said = defaultdict(list)
    for name, book in books.items():
        for row in rows(book, PROGRESS):
            for field in NARRATIVES:
                if isinstance(row["item"], int) and row[field]:
                    said[row["item"], field].append((name, row[field].strip()))
    assert [pair for texts in said.values() for pair in itertools.combinations(texts, 2) if near(*pair)] == []


def near(one: tuple[str, str], other: tuple[str, str]) -> bool:
    matcher = difflib.SequenceMatcher(None, one[1], other[1], autojunk=False)
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() > 0.9 for bound in bounds)


def test_no_slot_was_left_unfilled(books):
    for name, book in books.items():
        for title in BY_TITLE:
            for row in book[title].iter_rows(values_only=True):
                assert not [value for value in row if isinstance(value, str) and re.search(r"[{}]", value)], name


def test_making_them_anew_gives_the_same_bytes(tmp_path):
    command = [sys.executable, "-m", "sample_submissions.make", "2023Q1", "--out", str(tmp_path)]
    subprocess.run([*command, "--only", "420200", "CS28", "ZS07", "ZS10"], cwd=REPOSITORY, check=True)
    made = sorted(path.name for path in tmp_path.rglob("*.xlsx"))
    assert made == [f"2023Q1-{name}.xlsx" for name in ("420200-黄石", "CS28-财务处", "ZS07-省食检院", "ZS10-省电子院")]
    for name in made:
        assert parts(tmp_path / "2023Q1" / name) == parts(QUARTER / name)


def parts(path: Path) -> list[tuple[str, tuple, bytes]]:
    """Parts with their dates: how far they are packed is another zlib's business."""
    with zipfile.ZipFile(path) as archive:
        return [(entry.filename, entry.date_time, archive.read(entry)) for entry in archive.infolist()]


def test_samples_are_small():
    for path in SAMPLES.rglob("*.xls*"):
        assert path.stat().st_size < 40_000, path.name
