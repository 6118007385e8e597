"""Writing a fill-in workbook: instructions, three tables that are the reporter's to fill in, and the hidden stamp."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from duban.fillin.form import FIRST_ROW, Form, Place, Row
from duban.fillin.instructions import write_instructions
from duban.fillin.layout import (
    INPUTS,
    NOT_APPLICABLE,
    PROGRESS,
    PROJECT_STATUSES,
    SHEETS,
    STAMP,
    STATUSES,
    Column,
    Sheet,
)
from duban.garbage import no_collection
from duban.registry.shapes import Severity
from duban.sheets import Book, Format, Worksheet, address, check, column_letters, open_form, row_height, set_up_page

OWED_ITEMS = "owed_items"  # the defined name behind the drop-down of item numbers
_WIDTHS = {
    "progress": (6, 22, 7, 11, 48, 28, 28, 15, 28),
    "inputs": (6, 30, 48, 10, 14, 13, 14, 17, 28),
    "projects": (7, 15, 34, 12, 17, 10, 11, 46, 30),
}
_LEAST = {"progress": 38, "inputs": 22, "projects": 30}  # points: room that invites to write
_HINTS = {
    "progress": "每项重点工作一行，填写淡黄色格；内容较多时行高会自动增加。",
    "inputs": f"每行填一个数字；没有发生填 0，不适用填“{NOT_APPLICABLE}”，不要留空。",
    "projects": "上季项目已预填；新项目从空行填起，项目编号由系统给出，不用填。",
}
_NOTHING_OWED = "本季没有需要填报的指标，本表不用填。"
_UNLOCKED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}
_CELL = "{cell}"  # in a formula, before it is known
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,6})?")


@dataclass(frozen=True)
class Mark:
    """A cell to be seen: coloured by severity, with a note."""

    severity: Severity
    note: str


@no_collection()
def write_fill_in(
    path: Path,
    form: Form,
    marks: Mapping[Place, Mark] | None = None,
    first: Callable[[Book], None] | None = None,
) -> None:
    """Write an issued form to `path`, whole or not at all; equal forms give equal bytes.

    `marks` are cells to colour and annotate; `first` writes sheets that stand before the others.
    """
    created = dt.datetime.fromisoformat(form.stamp["issued_at"])
    title = f"{form.plan_title} {form.quarter.title}填报表 {form.reporter.full_name}"
    with open_form(path, created, title, author=form.issuer) as book:
        if first:
            first(book)
        write_instructions(book, form)
        for sheet in SHEETS:
            _write_table(book, form, sheet, marks or {})
        owed = len(form.rows[PROGRESS.table])
        if owed:
            book.name(OWED_ITEMS, PROGRESS.title, (FIRST_ROW - 1, 0), (FIRST_ROW + owed - 2, 0))
        _write_stamp(book, form)


def _write_stamp(book: Book, form: Form) -> None:
    sheet = book.sheet(STAMP)
    for row, (word, value) in enumerate(form.stamp.items()):
        book.text(sheet, row, 0, word, book.style("plain"))
        book.text(sheet, row, 1, value, book.style("plain"))
    sheet.protect("")
    sheet.very_hidden()


def _write_table(book: Book, form: Form, table: Sheet, marks: Mapping[Place, Mark]) -> None:
    sheet, rows = book.sheet(table.title, grows=True), form.rows[table.table]
    widths = _WIDTHS[table.table]
    # codes are set small: more of them goes into a line
    room = [
        width * 1.25 if column.type == "code" else width for column, width in zip(table.columns, widths, strict=True)
    ]
    for col, width in enumerate(widths):
        sheet.set_column(col, col, width)
    book.text(sheet, 0, 0, f"{table.title}　{form.reporter.full_name}　{form.quarter.title}", book.style("title"))
    book.text(sheet, 1, 0, _HINTS[table.table] if rows else _NOTHING_OWED, book.style("hint"))
    sheet.set_row(0, 30)
    sheet.set_row(1, 20)
    sheet.set_row(2, 26)
    headers = [column.header for column in table.columns]
    book.row(sheet, 2, 0, headers, [book.style("header")] * len(headers))
    looks, marked = _Looks(book, table), _by_row(table, marks)
    fields = [column.field for column in table.columns]
    numeric = [col for col, column in enumerate(table.columns) if column.type in ("item", "figure")]
    for row, content in enumerate(rows, start=FIRST_ROW - 1):
        values: list = [content.texts.get(field, "") for field in fields]
        sheet.set_row(row, max(_LEAST[table.table], row_height(values, room)))
        styles = looks.usual(content)
        for col, mark in marked.get(content.key, ()):
            book.note(sheet, row, col, mark.note)
            styles = [*styles[:col], looks.marked(content, col, mark.severity), *styles[col + 1 :]]
        for col in numeric:
            values[col] = _as_number(values[col])
        book.row(sheet, row, 0, values, styles)
    if rows:
        _limit(sheet, form, table)
    sheet.freeze_panes(3, 3 if table is not PROGRESS else 2)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(len(widths) - 1)}{FIRST_ROW + len(rows)}"})
    sheet.protect("", _UNLOCKED)
    set_up_page(sheet, footer=f"{form.reporter.full_name} · {form.quarter.title} · {table.title}", header_rows=(2, 2))


def _by_row(table: Sheet, marks: Mapping[Place, Mark]) -> dict[str, list[tuple[int, Mark]]]:
    """The marks of a table by the keys of its rows, each with its column."""
    columns = {column.field: col for col, column in enumerate(table.columns)}
    found = defaultdict(list)
    for (tab, key, field), mark in marks.items():
        if tab == table.table:
            found[key].append((columns[field], mark))
    return found


class _Looks:
    """The styles of a table's cells, each worked out once: there are few, and hundreds of cells."""

    def __init__(self, book: Book, table: Sheet):
        self._book, self._columns = book, table.columns
        self._rows: dict[bool, list[Format]] = {}

    def usual(self, content: Row) -> list[Format]:
        """The styles of a row where nothing is marked."""
        known = _is_known(content)
        if known not in self._rows:
            self._rows[known] = [self._style(column, known) for column in self._columns]
        return self._rows[known]

    def marked(self, content: Row, col: int, severity: Severity) -> Format:
        """The style of a cell that has a finding of this severity."""
        fill = {"bg_color": "#" + self._book.theme.severities[severity].fill, "locked": False}
        return self._style(self._columns[col], _is_known(content), **fill)

    def _style(self, column: Column, known: bool, **marked) -> Format:
        changes = dict(_LOOKS.get(column.field) or _LOOKS.get(column.type, {}))
        typed = column.typed and not (column.field == "item" and known)
        if not typed:
            changes.pop("num_format", None)
        return self._book.style("input" if typed else "printed", **changes, **marked)


def _is_known(content: Row) -> bool:
    """Whether it is a known project, whose item is part of its code and not the reporter's to fill in."""
    return bool(content.key) and content.key == content.texts.get("code")


@lru_cache(maxsize=20_000)
def _as_number(text: str) -> str | int | Decimal:
    """The number, where the text is exactly how it would be shown, so that it may stand in; else the text."""
    if not _WHOLE.fullmatch(text) or ("." in text and text.endswith("0")) or text == "-0":
        return text
    return Decimal(text) if "." in text else int(text)


# By field, else by the column's type. Dates and percentages are text cells: what is typed stays as it was typed.
_LOOKS: dict[str, dict] = {
    "item": {"align": "center"},
    "role": {"align": "center"},
    "unit": {"align": "center"},
    "figures": {"align": "center"},
    "owner": {"align": "center"},
    "target": {"align": "right"},
    "previous": {"align": "right"},
    "status": {"align": "center"},
    "date": {"align": "center", "num_format": "@"},
    "percent": {"align": "right", "num_format": "@"},
    "figure": {"align": "right"},
    "code": {"font_size": 8},
}


def _limit(sheet: Worksheet, form: Form, table: Sheet) -> None:
    """Drop-downs and input limits. Readers are forgiving, so words in a figure's cell are let through here."""
    first, last = FIRST_ROW - 1, FIRST_ROW + len(form.rows[table.table]) - 2
    for col, column in enumerate(table.columns):
        if not column.typed:
            continue
        if column.type == "status":
            words = list(STATUSES if table is PROGRESS else PROJECT_STATUSES)
            options = {"validate": "list", "source": words, "error_title": "请从列表中选择"}
            options["error_message"] = f"“{column.header}”只能是：{'、'.join(words)}。"
            check(sheet.data_validation(first, col, last, col, options))
        elif column.type == "item" and form.rows[PROGRESS.table]:
            options = {"validate": "list", "source": f"={OWED_ITEMS}", "error_title": "请从列表中选择"}
            options["error_message"] = f"请选择“{PROGRESS.title}”中列出的序号：项目要归到本单位承担的一项重点工作。"
            check(sheet.data_validation(first, col, last, col, options))
        elif column.type in _PROMPTS:
            options = {"validate": "any", "input_title": column.header, "input_message": _PROMPTS[column.type]}
            check(sheet.data_validation(first, col, last, col, options))
        elif column.type == "figure":
            _limit_figures(sheet, form.rows[table.table], first, col)


def _limit_figures(sheet: Worksheet, rows: Sequence[Row], first: int, col: int) -> None:
    """One rule for all figures that may be the same: each rule costs more than the cells that it is for."""
    alike: dict[tuple, list[int]] = {}
    for place, row in enumerate(rows):
        limits = row.limits
        kind = limits.min, limits.max, limits.decimals, row.texts["unit"], row.texts["figures"]
        alike.setdefault(kind, []).append(first + place)
    for (least, most, *others), places in alike.items():
        rule = _figure(str(least), None if most is None else str(most), *others)
        formula = rule["value"].replace(_CELL, address(places[0], col))
        more = [[place, col, place, col] for place in places[1:]]
        options = {**rule, "value": formula, "other_cells": more}
        check(sheet.data_validation(places[0], col, places[0], col, options))


_PROMPTS = {
    "date": "如 2023-06-30、2023年6月30日，或 6月底。",
    "percent": "填百分数，如 35%（写 35 也可以）。",
}


@lru_cache(maxsize=1_000)
def _figure(least: str, most: str | None, decimals: int, unit: str, figures: str) -> Mapping:
    """A figure's limits as a formula that lets any text through, and says what is expected when the cell is entered."""
    # a rate may be typed as 35, 35% or 0.35: neither its upper limit nor its digits can be told while typing
    cell, is_rate = _CELL, unit == "%"
    tests, wanted = [f"{cell}>={least}"], [f"不小于 {least}"]
    if most is not None and not is_rate:
        tests.append(f"{cell}<={most}")
        wanted.append(f"不大于 {most}")
    if not is_rate:
        tests.append(f"ROUND({cell},{decimals})={cell}")
        wanted.append(f"最多 {decimals} 位小数" if decimals else "没有小数")
    return {
        "validate": "custom",
        "value": f"=OR(ISTEXT({cell}),AND({','.join(['ISNUMBER(' + cell + ')', *tests])}))",
        "input_title": INPUTS.column("value").header,
        "input_message": f"单位：{unit}；口径：{figures}。没有发生填 0，不适用填“{NOT_APPLICABLE}”。",
        "error_type": "warning",
        "error_title": "请核对",
        "error_message": f"这一格应为{'、'.join(wanted)}的数字，或“{NOT_APPLICABLE}”。仍要保留请选“是”。",
    }
