"""What is asked of published workbooks of the sample submissions, whichever quarter they are of."""

import csv
import math
import random
import subprocess
from functools import cache
from pathlib import Path

import openpyxl
from recount.compare import recounted
from recount.sentences import sentences
from recount.sheets import grid_of, names_of

from duban.home import Home
from duban.settings import REPOSITORY
from duban.tracing.cells import Cells
from duban.tracing.originals import Originals
from duban.tracing.publication import Shelf, open_publication
from duban.tracing.records import SHEET
from duban.tracing.trace import told

SAMPLES = REPOSITORY / "sample_submissions"


def workbook_of(home: Home, publication: str) -> Path:
    return home.published / publication / f"{publication}.xlsx"


def is_as_other_code_counts(home: Home, publication: str) -> None:
    """Every number in workbook and circular."""
    compared = recounted(home.published / publication, SAMPLES)
    told = {"wrong": compared.wrong, "untold": compared.untold(), "sentences": sentences(compared)}
    assert not any(told.values()), told
    assert len(compared.seen) > 4000


def leads_to_what_was_typed(home: Home, publication: str) -> None:
    """Two hundred figures, by chance."""
    workbook = open_publication(workbook_of(home, publication))
    cells, originals = Cells(workbook, Shelf(home.published)), Originals(home)
    figures = [
        (sheet, row, column, figure)
        for sheet, row, column, figure in cells.all()
        if workbook.pages[sheet].rows[row][column][0] == "number" and figure.kind == "figure"
    ]
    for sheet, row, column, figure in random.Random(publication).sample(figures, 200):
        answer = told(cells, figure, sheet, row, column, originals)
        assert answer["agrees"] and answer["cells"], answer
        assert {cell["original"] for cell in answer["cells"]} == {"same"}, answer


def reads_the_same_twice(home: Home, publication: str) -> None:
    """By openpyxl and by calamine."""
    path = workbook_of(home, publication)
    one, other = of_openpyxl(path), of_calamine(path)
    odd = {place: (one.get(place), other.get(place)) for place in one | other if one.get(place) != other.get(place)}
    assert not odd, odd
    assert len(one) > 20_000


def of_openpyxl(path: Path) -> dict[tuple[str, int, int], object]:
    """Every cell with something in it, rows and columns from 1."""
    book = openpyxl.load_workbook(path, read_only=True)
    return {
        (sheet.title, row, column): value
        for sheet in book
        for row, cells in enumerate(sheet.iter_rows(values_only=True), start=1)
        for column, value in enumerate(cells, start=1)
        if value is not None
    }


@cache
def of_calamine(path: Path) -> dict[tuple[str, int, int], object]:
    return {
        (name, row, column): value
        for name in names_of(path)
        for row, cells in enumerate(grid_of(path, name), start=1)
        for column, value in enumerate(cells, start=1)
        if value != ""
    }


def libreoffice_shows_the_same(paths: list[Path], folder: Path) -> None:
    """It opens every workbook, and shows every number and text of it."""
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
    sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"  # UTF-8, cells as stored
    subprocess.run([*command, sheets, "--outdir", folder, *paths], check=True, capture_output=True, timeout=300)
    for path in paths:
        found, wanted = {}, {place: value for place, value in of_calamine(path).items() if place[0] != SHEET}
        for name in {sheet for sheet, *_ in wanted}:
            with (folder / f"{path.stem}-{name}.csv").open(encoding="utf-8", newline="") as lines:
                for row, cells in enumerate(csv.reader(lines), start=1):
                    found |= {(name, row, column): text for column, text in enumerate(cells, start=1) if text}
        assert found.keys() == wanted.keys(), found.keys() ^ wanted.keys()
        odd = {place: (found[place], value) for place, value in wanted.items() if not same(found[place], value)}
        assert not odd, odd


def same(text: str, value: object) -> bool:
    """Whether a text of LibreOffice is the value of a cell; it keeps fifteen digits, and shares as percent."""
    if isinstance(value, str):
        return text == value
    number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    return math.isclose(number, value, rel_tol=1e-13)
