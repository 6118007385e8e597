"""Workbooks as tables, by their header words; read with calamine alone."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from python_calamine import CalamineWorkbook

NOT_APPLICABLE = "不适用"


class Cells(dict):
    """A row as header → value; `place` is a header's column, counted from 0."""

    def __init__(self, headers: list[str], row: list):
        super().__init__(zip(headers, row, strict=True))
        self.place = {header: column for column, header in enumerate(headers)}


def rows_of(path: Path, sheet: str, *words: str) -> Iterator[tuple[int, Cells]]:
    """The rows below the header that holds all these words, each with its number in the sheet."""
    grid = grid_of(path, sheet)
    top = next(number for number, row in enumerate(grid) if set(words) <= {text(cell) for cell in row})
    headers = [text(cell) for cell in grid[top]]
    for number, row in enumerate(grid[top + 1 :], start=top + 2):
        yield number, Cells(headers, row)


def find(grid: list[list], word: str) -> tuple[int, int]:
    """Row and column, counted from 0, of the cell that says this."""
    return next((r, c) for r, row in enumerate(grid) for c, cell in enumerate(row) if cell == word)


def grid_of(path: Path, sheet: str) -> list[list]:
    """All cells of a sheet from A1 on."""
    return _grid(path, path.stat().st_mtime_ns, sheet)


def names_of(path: Path) -> list[str]:
    return _book(path, path.stat().st_mtime_ns).sheet_names


@lru_cache(maxsize=256)
def _grid(path: Path, modified: int, sheet: str) -> list[list]:
    return _book(path, modified).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


@lru_cache(maxsize=4)
def _book(path: Path, modified: int) -> CalamineWorkbook:
    return CalamineWorkbook.from_path(path)


def text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unicodedata.normalize("NFKC", str(cell)).strip()


def number(cell: object, unit: str) -> Decimal | str | None:
    """A typed figure: a number, 不适用, or None for a blank. Rates are fractions."""
    typed = re.sub(r"[,\s']", "", text(cell))
    if typed in ("", NOT_APPLICABLE):
        return typed or None
    typed = typed.removesuffix(unit) if unit != "%" else typed
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)([万千百]?)(%?)", typed)
    figure = Decimal(found[1]) * {"": 1, "百": 100, "千": 1000, "万": 10_000}[found[2]]
    return figure / 100 if found[3] or (unit == "%" and figure > 1) else figure
