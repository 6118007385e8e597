"""Cells and formulas that are written past xlsxwriter's own way come out as it would have written them."""

import datetime as dt
import io
import zipfile
from contextlib import contextmanager
from decimal import Decimal

import pytest
import xlsxwriter
from desk import LATE, Q1

from duban import quick_xlsx, sheets
from duban.answering.answer import answer_all
from duban.fillin import workbook
from duban.publishing.tables import Cell, Column, Link, lines_of, write_rows
from duban.sheets import Worksheet, open_workbook

TYPED = {
    "工作进展!E5 progress/1/done": "=1+1",
    "指标数据!H4 inputs/stations/value": "12",
    "项目清单!C9 projects/9/name": "<a>&\n",
}
ODD = [
    " 前",
    "后 ",
    "两\n行",
    "行尾\n",
    "\t",
    "a&b<c>",
    "\x01\x1f\x7f",
    "_x0041_",
    "_xyz_",
    "\ufffe",
    "=1+1",
    "<r><t>a</t></r>",
    "𠮷",
]
FIRST = {**TYPED, "指标数据!H4 inputs/stations/value": "11", "工作进展!E4 progress/7/done": "两处"}
FINDINGS = [
    ("row_missing", "must_fix", 1, "指标数据", ["H4"], "12", "不对。", "请改。"),
    ("figure_jumps", "confirm", 1, "指标数据", ["H4"], "12", "<相差>\n悬殊 & 可疑。", "请说明。"),
    ("text_short", "notice", 1, "工作进展", ["E5"], "=1+1", "太短。", "请核对。"),
    ("text_short", "must_fix", 1, "项目清单", ["C9"], "<a>&", "看不懂。", "请改。"),
    ("text_short", "must_fix", None, "项目清单", ["K9"], '"=注"', "没有采用。", "请移走。"),
]


def cell_by_cell(book, sheet, row, first, values, styles):
    for col, (value, style) in enumerate(zip(values, styles, strict=True), start=first):
        write = book.number if isinstance(value, int | Decimal) else book.text
        write(sheet, row, col, value, style)
    sheet.has_runs = True  # no spans: they are but a hint


def numbered(write):
    """Styles are numbered as they are used; xlsxwriter uses them when it closes the file."""

    def first(book, sheet, row, col, *rest):
        rest[-1]._get_xf_index()
        return write(book, sheet, row, col, *rest)

    return first


class OwnWorkbook(xlsxwriter.Workbook):
    """xlsxwriter's own packing."""

    def __init__(self, options):
        self.buffer = io.BytesIO()
        super().__init__(self.buffer, options)

    def data(self):
        return self.buffer.getvalue()


@contextmanager
def open_own(path, created, title, author):
    """A form that is xlsxwriter's from beginning to end."""
    with open_workbook(path, created, title, author) as book:
        yield book


def parts_of(path) -> dict[str, bytes]:
    """The parts of a workbook in their order, however they are compressed."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture
def as_xlsxwriter(monkeypatch):
    def begin():
        monkeypatch.setattr(sheets, "QuickWorkbook", OwnWorkbook)
        monkeypatch.setattr(workbook, "open_form", open_own)
        monkeypatch.setattr(sheets.Book, "row", cell_by_cell)
        for name in ("text", "number", "link"):
            monkeypatch.setattr(sheets.Book, name, numbered(getattr(sheets.Book, name)))
        styles = xlsxwriter.worksheet._get_sparkline_style
        monkeypatch.setattr(xlsxwriter.worksheet, "_get_sparkline_style", styles.__wrapped__)
        for name in ("_write_rows", "_write_cell", "_prepare_formula"):
            monkeypatch.setattr(quick_xlsx.QuickSheet, name, getattr(Worksheet, name))

    return begin


def test_forms_and_returns_are_what_xlsxwriter_writes(desk, as_xlsxwriter, monkeypatch):
    opened = desk.open()
    desk.submit("2023Q1-A1-01", typed=FIRST)
    desk.submit("2023Q1-A1-02", verdict="returned", typed=TYPED, findings=FINDINGS, received_at=LATE)
    again = ["2023Q1-A1-02"]
    _, answered = answer_all(desk.home, desk.registry, Q1, LATE)
    written = [*opened, answered]
    quick = [parts_of(path) for path in written]
    for path in written:
        path.unlink()
    as_xlsxwriter()
    monkeypatch.setattr(quick_xlsx.QuickSheet, "_calculate_spans", lambda sheet: None)
    desk.open()
    answer_all(desk.home, desk.registry, Q1, LATE, again=again)
    own = [parts_of(path) for path in written]
    assert own == quick and [list(parts) for parts in own] == [list(parts) for parts in quick]
    assert "xl/comments3.xml" in own[-1] and len(own) == 4


def test_every_kind_of_cell_and_a_newer_function_too(tmp_path, as_xlsxwriter):
    def write(name: str) -> bytes:
        with open_workbook(tmp_path / name, dt.datetime(2023, 4, 1, tzinfo=dt.UTC), "各种格") as book:
            sheet, style = book.sheet("各种格", grows=True), book.style("text")
            book.text(sheet, 0, 0, "文字", style)
            book.text(sheet, 0, 27, "", style)
            book.number(sheet, 1, 0, 1.5, style)
            book.link(sheet, 1, 1, "各种格", "A1", "到第一格", style)
            sheet.write_string(2, 0, "没有样式")
            sheet.write_blank(2, 1, None, style)
            sheet.set_row(3, 20, style)
            sheet.write_string(3, 0, "行的样式")
            sheet.write_boolean(3, 1, True, style)
            sheet.write_formula(4, 0, "=XLOOKUP(1,A1:A2,B1:B2)", style)
            sheet.write_formula(4, 1, "=STDEV.S(1,2)", style)
            for place, text in enumerate(ODD):
                book.text(sheet, 10 + place, 0, text, style)
                book.note(sheet, 10 + place, 1, text)
            for place in range(2):
                sheet.add_sparkline(6, place, {"range": "各种格!A2:B2", "style": 1 + place, "series_color": "#FF0000"})
            chart = book.chart("column")
            chart.add_series({"values": "=各种格!$A$2:$B$2"})
            sheet.insert_chart(20, 0, chart)
            sheet.data_validation(5, 0, 5, 0, {"validate": "custom", "value": "=STDEV.S(A1,A2)>1"})
        return (tmp_path / name).read_bytes()

    quick = write("quick.xlsx")
    as_xlsxwriter()
    assert write("own.xlsx") == quick


def test_a_table_of_links_lights_and_long_texts_too(tmp_path, as_xlsxwriter):
    columns = [Column("甲", 8), Column("乙", 20, "number", "0.00"), Column("丙", 12, "centre"), Column("丁", 30)]
    wide = ["很长的一段话" * 9, "两\n行", "", None, *ODD]

    def write(name: str, rows_of) -> bytes:
        with open_workbook(tmp_path / name, dt.datetime(2023, 4, 1, tzinfo=dt.UTC), "表") as book:
            loud, sheet = book.style("centre", bold=True), book.sheet("表")
            rows = [(text, Decimal("1.50"), Cell(text, loud), Link("表", f"看{n}")) for n, text in enumerate(wide)]
            rows += [(Link("表", "首"), None, 3, text) for text in wide]
            rows += [(None, Cell(Decimal(7), loud), Link("表", "中"), Cell(None, loud)), ("", Decimal("2.5"), "", "")]
            assert rows_of(book, sheet, 3, columns, rows)[0] == 3 + len(rows)
            sheet.set_row(len(rows) + 9, 30)
        return (tmp_path / name).read_bytes()

    def one_by_one(book, sheet, top, columns, rows):
        """What `write_rows` says it does, a cell at a time."""
        for row, given in enumerate(rows, start=top):
            lines = 1
            for col, (value, column) in enumerate(zip(given, columns, strict=True)):
                value, style = value if isinstance(value, Cell) else (value, column.format(book))
                if isinstance(value, Link):
                    book.link(sheet, row, col, value.sheet, "A1", value.text, style)
                else:
                    cell_by_cell(book, sheet, row, col, [value], [style])
                text = value.text if isinstance(value, Link) else value if isinstance(value, str) else ""
                lines = max(lines, lines_of(text, column.width))
            if lines > 1:
                sheet.set_row(row, min(409.0, lines * 14.5 + 6))
        return row + 1, 0

    quick = write("quick.xlsx", write_rows)
    as_xlsxwriter()
    assert write("own.xlsx", one_by_one) == quick
