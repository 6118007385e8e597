"""The peers that write what a publication does: they write the same workbook."""

import datetime as dt
import pickle
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
from openpyxl import load_workbook

from benchmarks.recorder import recording
from duban.home import Home
from duban.publishing.publish import publish
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import load_ledgers
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS

pytestmark = [
    pytest.mark.engine(seconds=20),
    pytest.mark.filterwarnings("ignore:.*extension is not supported"),
]
Q1, NOW = Quarter(2023, 1), dt.datetime(2023, 4, 25, 9, tzinfo=TIME_ZONE)
Sheets = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def recorded(demo, tmp_path_factory) -> tuple[Sheets, Path]:
    """A workbook of the sample submissions, and the calls that made it."""
    folder = tmp_path_factory.mktemp("recorded")
    home = Home(shutil.copytree(demo.root, folder / "home"))
    registry = load_registry(SCHEMAS / "2023", home.plans)
    ledgers = load_ledgers(SCHEMAS / "2023", registry)
    with recording() as calls:
        made = publish(home, registry, Q1, NOW, draft=True, ledgers=ledgers)
    (folder / "calls").write_bytes(pickle.dumps(calls))
    return sheets(made.workbook), folder / "calls"


def replayed(calls: Path, *peer: str) -> Sheets:
    path = calls.with_name("replayed.xlsx")
    subprocess.run([sys.executable, "-m", "benchmarks.replay", calls, path, *peer], cwd=REPOSITORY, check=True)
    return sheets(path)


def sheets(path: Path) -> Sheets:
    """Of every sheet the cells with their values, looks and links, and what else the peers are told to write. The font
    that a workbook has where none is told is left to each."""
    looks, found = {}, {}
    for sheet in load_workbook(path):
        cells = {}
        for cell in (
            cell for cell in chain.from_iterable(sheet.iter_rows()) if cell.has_style or cell.value is not None
        ):
            key = tuple(cell._style)
            if key not in looks:
                parts = cell.fill, cell.border, cell.alignment, cell.number_format, cell.quotePrefix
                looks[key] = tuple(map(repr, (cell._style.fontId and cell.font, *parts)))
            cells[cell.coordinate] = cell.value, looks[key], cell.hyperlink and cell.hyperlink.location
        found[sheet.title] = {
            "cells": cells,
            "heights": {number: row.height for number, row in sheet.row_dimensions.items() if row.height},
            "widths": {letters: column.width for letters, column in sheet.column_dimensions.items()},
            "merged": {str(area) for area in sheet.merged_cells.ranges},
            "conditional": [str(one.sqref) for one in sheet.conditional_formatting],
            "charts": len(sheet._charts),
        }
    return found


def test_xlsxwriter_alone_writes_the_sheets_of_the_publication(recorded):
    written, calls = recorded
    told = replayed(calls)

    assert told.keys() == written.keys() and sum(len(sheet["cells"]) for sheet in written.values()) > 20_000
    for name, sheet in written.items():
        for part, one in sheet.items():
            assert told[name][part] == one, (name, part)


def test_openpyxl_alone_writes_its_cells(recorded):
    written, calls = recorded
    told = replayed(calls, "openpyxl")

    def values(sheet: dict) -> dict:
        return {place: value for place, (value, *_) in sheet["cells"].items() if value is not None}

    assert told.keys() == written.keys()
    for name, sheet in written.items():
        assert (values(told[name]), told[name]["merged"]) == (values(sheet), sheet["merged"]), name
