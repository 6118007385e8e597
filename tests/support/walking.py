"""Looking at a collected and published sample quarter, and at fill-in workbooks."""

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq

from duban.checking.validator import Validator
from duban.files import digest_of
from duban.home import Home
from duban.intake import Received
from duban.publishing.publish import Published
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_received
from duban.registry.registry import Registry
from duban.settings import REPOSITORY

QUARTER = Quarter(2023, 1)
OPENED = dt.datetime(2023, 4, 1, 9, tzinfo=TIME_ZONE)
COLLECTED = dt.datetime(2023, 4, 10, 18, tzinfo=TIME_ZONE)
SAMPLES = REPOSITORY / "sample_submissions" / str(QUARTER)


@dataclass(frozen=True)
class Walked:
    """A home in which the sample quarter was collected and published, and what is needed to look at it."""

    home: Home
    registry: Registry
    templates: dict[str, Path]  # by reporter code
    accepted: dict[str, Path]  # the sample file that stands for a reporter code
    published: Published
    validator: Validator


def read_files(paths: list[Path], walked: Walked, folder: Path) -> list[list[dict]]:
    """The entries that reading makes of workbooks, as records without the file's number, per file in order."""
    read_received(archive(paths, walked), walked.home, walked.registry, folder)
    rows = [row for part in sorted(folder.glob("entries-*.parquet")) for row in pq.read_table(part).to_pylist()]
    return [
        [{key: value for key, value in row.items() if key != "file"} for row in rows if row["file"] == place]
        for place in range(len(paths))
    ]


def archive(paths: list[Path], walked: Walked) -> list[Received]:
    """Put workbooks into the archive as taking in does, without an intake folder."""
    received = []
    for place, path in enumerate(paths):
        digest = digest_of(path)
        target = walked.home.archived(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copyfile(path, target)
        received.append(Received(place, f"{QUARTER}/{path.name}", path.name, "", path.stat().st_size, digest))
    return received


def header_row(sheet) -> tuple[int, dict[str, int]]:
    """Where a fill-in table's header stands in an openpyxl sheet: its row, and each word's column."""
    for row in sheet.iter_rows(min_row=1, max_row=20):
        words = {cell.value: cell.column for cell in row if isinstance(cell.value, str)}
        if "序号" in words:
            return row[0].row, words
    raise AssertionError(f"{sheet.title}: no header row")


def fill_rows(sheet, typed: dict) -> None:
    """Type a value, or what a function makes of the row, by header word into the rows of items 1 and 7."""
    first, columns = header_row(sheet)
    for number in range(first + 1, sheet.max_row + 1):
        row = {header: sheet.cell(number, column).value for header, column in columns.items()}
        if row["序号"] in (1, 7):
            for header, value in typed.items():
                sheet.cell(number, columns[header]).value = value(row) if callable(value) else value


def tables(path: Path) -> dict[str, list[dict]]:
    """The fill-in tables of a workbook by sheet title."""
    book = openpyxl.load_workbook(path)
    return {title: _table(book[title]) for title in ("工作进展", "指标数据", "项目清单")}


def _table(sheet) -> list[dict]:
    """A fill-in table's rows by header word, each with the sheet row under `_row`; blank rows left out."""
    first, words = header_row(sheet)
    found = []
    for number in range(first + 1, sheet.max_row + 1):
        row = {word: sheet.cell(number, column).value for word, column in words.items()}
        if row["序号"] is not None:
            found.append({**row, "_row": number, "_columns": words})
    return found
