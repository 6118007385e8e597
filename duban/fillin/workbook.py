"""Writing a fill-in workbook: instructions, three tables that are the reporter's to fill in, and the hidden stamp."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
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
from duban.registry.shapes import Limits, Severity
from duban.sheets import Book, Format, Worksheet, address, check, column_letters, open_workbook, row_height, set_up_page

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
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,6})?")


@dataclass(frozen=True)
class Mark:
    """A cell to be seen: coloured by severity, with a note."""

    severity: Severity
    note: str


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
    with open_workbook(path, created, title, author=form.issuer) as book:
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
    for col, column in enumerate(table.columns):
        book.text(sheet, 2, col, column.header, book.style("header"))
    looks = _Looks(book)
    for place, content in enumerate(rows):
        row = FIRST_ROW - 1 + place
        texts = [content.texts.get(column.field, "") for column in table.columns]
        sheet.set_row(row, max(_LEAST[table.table], row_height(zip(texts, room, strict=True))))
        values, styles = [], []
        for col, (column, text) in enumerate(zip(table.columns, texts, strict=True)):
            mark = marks.get((table.table, content.key, column.field))
            if mark:
                book.note(sheet, row, col, mark.note)
            styles.append(looks.of(column, _is_typed(column, content), mark and mark.severity))
            is_number = column.type in ("item", "figure") and _is_number(text)
            values.append((Decimal(text) if "." in text else int(text)) if is_number else text)
        book.row(sheet, row, 0, values, styles)
    if rows:
        _limit(sheet, form, table)
    sheet.freeze_panes(3, 3 if table is not PROGRESS else 2)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(len(widths) - 1)}{FIRST_ROW + len(rows)}"})
    sheet.protect("", _UNLOCKED)
    set_up_page(sheet, footer=f"{form.reporter.full_name} · {form.quarter.title} · {table.title}", header_rows=(2, 2))


def _is_typed(column: Column, content: Row) -> bool:
    """Whether the reporter fills in this cell; the item of a known project is part of its code."""
    return column.typed and not (column.field == "item" and content.key and content.key == content.texts.get("code"))


class _Looks:
    """The styles of cells, each worked out once a sheet: there are few, and hundreds of cells."""

    def __init__(self, book: Book):
        self._book = book
        self._known: dict[tuple[str, bool, Severity | None], Format] = {}

    def of(self, column: Column, typed: bool, severity: Severity | None) -> Format:
        """The style of a column's cell, marked where it has a finding of this severity."""
        key = column.field, typed, severity
        if key not in self._known:
            changes = dict(_LOOKS.get(column.field) or _LOOKS.get(column.type, {}))
            if not typed:
                changes.pop("num_format", None)
            if severity:
                changes |= {"bg_color": "#" + self._book.theme.severities[severity].fill, "locked": False}
            self._known[key] = self._book.style("input" if typed else "printed", **changes)
        return self._known[key]


def _is_number(text: str) -> bool:
    """Whether the text is exactly how a number would be shown, so that a number may stand in for it."""
    return bool(_WHOLE.fullmatch(text)) and not ("." in text and text.endswith("0")) and text != "-0"


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
        alike.setdefault((row.limits, row.texts["unit"], row.texts["figures"]), []).append(first + place)
    for (limits, unit, figures), places in alike.items():
        rule = _figure(limits, unit, figures, address(places[0], col))
        others = [[place, col, place, col] for place in places[1:]]
        check(sheet.data_validation(places[0], col, places[0], col, rule | {"other_cells": others}))


_PROMPTS = {
    "date": "如 2023-06-30、2023年6月30日，或 6月底。",
    "percent": "填百分数，如 35%（写 35 也可以）。",
}


def _figure(limits: Limits, unit: str, figures: str, cell: str) -> dict:
    """A figure's limits as a formula that lets any text through, and says what is expected when the cell is entered."""
    # a rate may be typed as 35, 35% or 0.35: neither its upper limit nor its digits can be told while typing
    is_rate = unit == "%"
    tests, wanted = [], []
    if limits.min is not None:
        tests.append(f"{cell}>={limits.min}")
        wanted.append(f"不小于 {limits.min}")
    if limits.max is not None and not is_rate:
        tests.append(f"{cell}<={limits.max}")
        wanted.append(f"不大于 {limits.max}")
    if not is_rate:
        tests.append(f"ROUND({cell},{limits.decimals})={cell}")
        wanted.append(f"最多 {limits.decimals} 位小数" if limits.decimals else "没有小数")
    return {
        "validate": "custom",
        "value": f"=OR(ISTEXT({cell}),AND({','.join(['ISNUMBER(' + cell + ')', *tests])}))",
        "input_title": INPUTS.column("value").header,
        "input_message": f"单位：{unit}；口径：{figures}。没有发生填 0，不适用填“{NOT_APPLICABLE}”。",
        "error_type": "warning",
        "error_title": "请核对",
        "error_message": f"这一格应为{'、'.join(wanted)}的数字，或“{NOT_APPLICABLE}”。仍要保留请选“是”。",
    }
