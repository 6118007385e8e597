"""The sample submissions of the year are what their README says, and can be made anew."""

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
from python_calamine import CalamineWorkbook, ZipError

from duban.demo import waves
from duban.fillin.layout import BY_TITLE, PROGRESS, PROJECTS, STAMP
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS
from sample_submissions.make import sent_in

SAMPLES = REPOSITORY / "sample_submissions"
QUARTERS = Quarter(2023, 1).of_year
QUARTER = SAMPLES / "2023Q1"
CUT_SHORT, UNSTAMPED = "2023Q1-429005-潜江.xlsx", "2023Q1-ZS10-省电子院.xlsx"
NARRATIVES = ("done", "problems", "next")
Book = dict[str, list[list]]  # rows of cells by sheet


@pytest.fixture(scope="module")
def registry():
    return load_registry(SCHEMAS / "2023")


@pytest.fixture(scope="module")
def books() -> dict[Quarter, dict[str, Book]]:
    """Every workbook that opens, by quarter and path below the quarter's folder, in the order of arrival."""
    return {quarter: dict(opened(quarter)) for quarter in QUARTERS}


def opened(quarter: Quarter):
    for name in arrivals(quarter):
        try:
            with CalamineWorkbook.from_path(SAMPLES / str(quarter) / name) as book:
                yield name, {title: book.get_sheet_by_name(title).to_python() for title in book.sheet_names}
        except ZipError:  # cut short
            continue


def arrivals(quarter: Quarter) -> dict[str, dict]:
    with (SAMPLES / str(quarter) / "arrivals.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    return dict(sorted(rows.items(), key=lambda row: row[1]["received_at"]))


def stamp(book: Book) -> dict[str, str]:
    return {row[0]: row[1] for row in book.get(STAMP, ())}


def rows(book: Book, sheet) -> list[dict[str, object]]:
    """A table's rows by field, found as a reader finds them: by header words."""
    table = book[sheet.title]
    at = next(at for at, row in enumerate(table) if {column.header for column in sheet.columns} <= set(row))
    places = {column.field: table[at].index(column.header) for column in sheet.columns}
    return [{field: row[place] for field, place in places.items()} for row in table[at + 1 :]]


def last_words(books: dict[str, Book]) -> dict[str, Book]:
    """The last workbook of each reporter that has a stamp: what was sent again says again what was said."""
    return {stamp(book)["reporter"]: book for book in books.values() if stamp(book)}


def test_there_is_one_workbook_of_each_reporter_and_all_but_the_one_cut_short_open(registry, books):
    first = {name: row for name, row in arrivals(QUARTERS[0]).items() if row["revision"] == "1"}
    stamped = [stamp(books[QUARTERS[0]][name])["reporter"] for name in first if name not in (CUT_SHORT, UNSTAMPED)]
    assert sorted([*stamped, "429005", "ZS10"]) == sorted(registry.by_code)
    with pytest.raises(zipfile.BadZipFile):
        load_workbook(QUARTER / CUT_SHORT)


def test_in_every_quarter_everybody_sends_a_workbook_but_one_that_is_missing_in_the_third(registry, books):
    silent = {quarter: registry.by_code.keys() - last_words(books[quarter]) for quarter in QUARTERS}
    assert silent == {quarter: {"429006"} if quarter.number == 3 else set() for quarter in QUARTERS}


def test_the_samples_were_issued_under_the_schemas_as_they_are(registry, books):
    issued = {stamp(book)["registry"] for of in books.values() for book in of.values() if stamp(book)}
    assert issued == {registry.digest}, "the schemas have changed: run python -m sample_submissions.make --year"


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_arrivals_name_every_file_once(quarter):
    folder = SAMPLES / str(quarter)
    assert sorted(arrivals(quarter)) == sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.xlsx"))


def test_of_the_first_sixty_all_but_three_came_in_time(registry):
    in_time = dt.datetime(2023, 4, 10, 17, tzinfo=TIME_ZONE)
    first = [one for wave in waves(QUARTER, registry.due(QUARTERS[0])) if wave.revision == 1 for one in wave.arrivals]
    late = sorted(one.path.name for one in first if one.received_at > in_time)
    assert late == ["2023Q1-420700-鄂州.xlsx", "2023Q1-CS29-工会.xlsx", "2023Q1-ZS04-省纤检局.xlsx"]


def test_one_reporter_is_late_in_every_quarter(registry):
    for quarter in QUARTERS:
        [name] = [name for name in arrivals(quarter) if "-420700-" in name]
        assert dt.datetime.fromisoformat(arrivals(quarter)[name]["received_at"]).date() > registry.due(quarter)


def test_no_text_stands_twice_in_the_whole_year(books):
    texts = Counter()
    for quarter in QUARTERS:
        for book in last_words(books[quarter]).values():
            for row in rows(book, PROGRESS):
                texts.update(str(row[field]).strip() for field in NARRATIVES if row[field])
            texts.update(str(row["done"]).strip() for row in rows(book, PROJECTS) if row["done"])
    assert len(texts) > 10_000
    assert [text for text, times in texts.items() if times > 1] == []


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_no_two_reporters_say_nearly_the_same_of_an_item(books, quarter):
    said = defaultdict(list)
    for code, book in last_words(books[quarter]).items():
        for row in rows(book, PROGRESS):
            for field in NARRATIVES:
                if isinstance(row["item"], float) and row[field]:
                    said[row["item"], field].append((code, row[field].strip()))
    assert [pair for texts in said.values() for pair in itertools.combinations(texts, 2) if near(*pair)] == []


def near(one: tuple[str, str], other: tuple[str, str]) -> bool:
    matcher = difflib.SequenceMatcher(None, one[1], other[1], autojunk=False)
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() > 0.9 for bound in bounds)


def test_no_slot_was_left_unfilled(books):
    for of in books.values():
        for name, book in of.items():
            for title in BY_TITLE:
                for row in book[title]:
                    assert not [value for value in row if isinstance(value, str) and re.search(r"[{}]", value)], name


def test_making_them_anew_gives_the_same_bytes(tmp_path):
    command = [sys.executable, "-m", "sample_submissions.make", "2023Q1", "--out", str(tmp_path)]
    subprocess.run([*command, "--only", "CS28", "ZS07", "ZS10"], cwd=REPOSITORY, check=True)
    made = sorted(path.relative_to(tmp_path / "2023Q1").as_posix() for path in tmp_path.rglob("*.xlsx"))
    assert made == [*(f"2023Q1-{name}.xlsx" for name in ("CS28-财务处", "ZS07-省食检院", "ZS10-省电子院")), AGAIN]
    for name in made:
        assert parts(tmp_path / "2023Q1" / name) == parts(QUARTER / name)


AGAIN = "ZS10/省电子院一季度报表(原表).xlsx"


def parts(path: Path) -> list[tuple[str, tuple, bytes]]:
    """Parts with their dates: how far they are packed is another zlib's business."""
    with zipfile.ZipFile(path) as archive:
        return [(entry.filename, entry.date_time, archive.read(entry)) for entry in archive.infolist()]


@pytest.mark.slow
def test_all_texts_of_the_year_are_those_that_the_code_makes(registry, books):
    for quarter, sent in sent_in(registry, QUARTERS[-1]):
        made = {one.reporter: one.report for one in sent}
        found = last_words(books[quarter])
        for code, book in found.items():
            told = {row["item"]: [row[field] for field in NARRATIVES] for row in rows(book, PROGRESS) if row["status"]}
            assert told == {
                item: [row.get(field, "") for field in NARRATIVES] for item, row in made[code].progress.items()
            }
            told = sorted(row["done"] for row in rows(book, PROJECTS) if row["name"])
            assert told == sorted(project["done"] for project in made[code].projects)


def test_samples_are_small():
    for path in SAMPLES.rglob("*.xls*"):
        assert path.stat().st_size < 40_000, path.name
