"""`duban trace`: from a published cell to the cells that were typed, and from a typed cell to what it fed."""

import difflib
import re
from decimal import Decimal
from pathlib import Path

from duban.errors import UserError
from duban.home import Home
from duban.reading.cells import Book, Cell
from duban.reading.places import address
from duban.tracing.cells import Cells
from duban.tracing.content import Figure
from duban.tracing.fed import trace_submission
from duban.tracing.figures import plain
from duban.tracing.originals import Original, Originals, word_of
from duban.tracing.publication import Shelf, Source, parse_cell, publication_in, read_workbook
from duban.tracing.records import SHEET

_ACCESSION = re.compile(r"\d{4}Q[1-4]-[0-9A-Z]+-\d{2,}")
_NAME = re.compile(r"\d{4}Q[1-4]-(r\d+|draft|asof-\w+)")


def trace(home: Home, target: str, where: str) -> dict:
    """Where a cell comes from, or went to.

    `target` is a published workbook, a submission, the name of either (2023Q1-r1, 2023Q1-420100-01); `where` is
    SHEET!CELL. Returns what `--json` prints. Raises UserError for what cannot be traced.
    """
    path = Path(target)
    if not path.exists() and _NAME.fullmatch(target):
        path = home.published / target / f"{target}.xlsx"
    if not path.exists() and _ACCESSION.fullmatch(target):
        return trace_submission(home, target, None, None, where, place_in)
    data, book = read_workbook(path, home.published)
    publication = publication_in(path, data, book)
    if publication is None:
        return trace_submission(home, path.name, data, book, where, place_in)
    sheet, row, column, (_, printed) = place_in(book, where, hidden=(SHEET,))
    cells = Cells(publication, Shelf(home.published))
    figure = cells.at(sheet, row, column)
    if figure is None:
        raise UserError(
            f"{sheet}!{address(row, column)}（{_brief(printed)}）是标题、名称或编号，不是由填报算出的数或文字："
            "请指向一个数、灯或单位填写的内容。"
        )
    return told(cells, figure, sheet, row, column, Originals(home))


def told(cells: Cells, figure: Figure, sheet: str, row: int, column: int, originals: Originals) -> dict:
    """A figure with its cells, each held to the archived original."""
    publication = cells.publication
    sources = (source for key in figure.keys for source in cells.figures.sources(key))
    # what two publications were made of alike is told once
    sources = {(source.entry, source.value, source.correction): source for source in sources}.values()
    found = [(source, originals.of(source)) for source in sources]
    printed = publication.pages[sheet].rows[row][column]
    value = figure.value if figure.value is not None else _from_originals(figure, found)
    return {
        "direction": "published",
        "publication": publication.name,
        "quarter": publication.quarter,
        "file": str(publication.path),
        "sheet": sheet,
        "cell": address(row, column),
        "what": figure.what,
        "kind": figure.kind,
        "printed": printed[1],
        "value": plain(value) if isinstance(value, Decimal) else value,
        "agrees": None if value is None else agrees(printed, value, figure.kind),
        "arithmetic": figure.arithmetic,
        "light": _light(figure),
        "notes": list(figure.notes),
        "cells": [_cell(source, original) for source, original in found],
    }


def agrees(printed: Cell, value: Decimal | str, kind: str) -> bool:
    """Whether a cell prints a value; a sheet keeps sixteen digits of a figure."""
    form, text = printed
    if isinstance(value, Decimal):
        return form == "number" and Decimal(f"{value:.16G}") == Decimal(f"{Decimal(text):.16G}")
    if form == "number":
        return text == value
    return value in text if kind in ("light", "text") else text == value


def _from_originals(figure: Figure, found: list[tuple[Source, Original]]) -> Decimal | str | None:
    """What a reporter's own words or a project's figure come to by the one archived cell that they stand in."""
    typed = figure.kind in ("text", "figure") and figure.keys and figure.keys[0][0] in ("said", "project")
    if len(found) != 1 or not typed:
        return None
    [(source, original)] = found
    if original.typed is None or source.correction or "逾期" in figure.what:
        return None
    if figure.kind == "figure":
        return original.value.number
    return word_of(original.value, original.typed) or None


def _light(figure: Figure) -> dict | None:
    if figure.light is None:
        return None
    record = figure.light._asdict()
    return {word: plain(value) if isinstance(value, Decimal) else value for word, value in record.items()}


def _cell(source: Source, original: Original) -> dict:
    value = plain(source.value) if source.value is not None else None
    if source.typed is None and original.typed is not None:
        value = word_of(original.value, original.typed)
    return {
        "quarter": source.quarter,
        "reporter": source.reporter,
        "name": source.name,
        "accession": source.accession,
        "digest": source.digest,
        "table": source.tab,
        "key": source.key,
        "field": source.field,
        "sheet": source.sheet,
        "cell": source.cell,
        "typed": source.typed if source.typed is not None else original.typed,
        "state": source.state if source.state != "unlisted" else original.value.state,
        "value": value,
        "correction": source.correction,
        "original": original.state,
        "original_typed": original.typed,
    }


def place_in(book: Book, where: str, hidden: tuple[str, ...] = ()) -> tuple[str, int, int, Cell]:
    """Sheet, row, column and content of SHEET!CELL. Raises UserError where there is no such thing, or nothing in it."""
    sheet, mark, cell = where.rpartition("!")
    sheet = sheet.strip().removeprefix("'").removesuffix("'").replace("''", "'")
    names = [page.name for page in book.pages if page.name not in hidden]
    if not mark or not sheet:
        raise UserError(f"“{where}”没有写明工作表：应写作 工作表!单元格，如 '{names[0]}!H5'（在命令行里加单引号）。")
    page = next((page for page in book.pages if page.name == sheet and sheet in names), None)
    if page is None:
        [near] = difflib.get_close_matches(sheet, names, 1, 0) or names[:1]
        raise UserError(f"没有工作表“{sheet}”，最接近的是“{near}”：请改写工作表名后重试。")
    place = parse_cell(cell)
    if place is None:
        raise UserError(f"“{cell}”不是单元格：应写作 H5 这样的列字母加行号，请改正后重试。")
    found = page.rows.get(place[0], {}).get(place[1])
    if found is None:
        raise UserError(f"{sheet}!{address(*place)} 是空单元格，没有可追溯的内容：请指向有内容的单元格。")
    return sheet, *place, found


def _brief(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}……"
