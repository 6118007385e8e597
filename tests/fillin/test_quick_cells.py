"""Cells and formulas that are written past xlsxwriter's own way come out as it would have written them."""

import datetime as dt
import io
import re
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import pytest
import xlsxwriter
from desk import LATE, Q1

from duban import quick_xlsx, sheets
from duban.answering.answer import answer_all
from duban.deflated import Deflater, Run, joined
from duban.fillin import workbook
from duban.publishing.tables import Cell, Column, Link, stream_rows, write_rows
from duban.sheets import Book, Worksheet, open_workbook
from duban.styles import bases
from duban.theme import theme

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

    def __init__(self, options, folder):
        self.buffer = io.BytesIO()
        self.deflater = Deflater(folder)
        super().__init__(self.buffer, options)

    def write_to(self, file):
        file.write(self.buffer.getvalue())


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


def test_rows_that_go_to_the_file_as_they_come_are_what_xlsxwriter_writes_where_it_keeps_none(tmp_path, monkeypatch):
    columns = [Column("甲", 8), Column("乙", 20, "number", "0.00"), Column("丙", 12, "centre"), Column("丁", 30)]
    wide = ["很长的一段话" * 9, "两\n行", "", None, *ODD]

    def rows_of(book) -> list[tuple]:
        loud = book.style("centre", bold=True)
        rows = [(text, Decimal("1.50"), Cell(text, loud), Link("表", f"看{n}")) for n, text in enumerate(wide)]
        rows += [(Link("表", "首"), None, 3, text) for text in wide]
        return [*rows, (None, Cell(Decimal(7), loud), Link("表", "中"), Cell(None, loud)), ("", Decimal("2.5"), "", "")]

    with open_workbook(tmp_path / "quick.xlsx", dt.datetime(2023, 4, 1, tzinfo=dt.UTC), "表") as book:
        sheet = book.sheet("表")
        sheet.set_default_row(20)
        end, points = stream_rows(book, sheet, 3, columns, rows_of(book))
    with xlsxwriter.Workbook(tmp_path / "own.xlsx", {"constant_memory": True}) as workbook:
        workbook.formats[0].set_font_size(theme().size)
        monkeypatch.setattr(quick_xlsx.QuickSheet, "_write_cell", Worksheet._write_cell)
        book = Book(workbook, theme(), bases(theme()))
        sheet = book.sheet("表")
        sheet.set_default_row(20)
        for style in [column.format(book) for column in columns]:
            book.quoting(style)
        assert write_rows(book, sheet, 3, columns, rows_of(book)) == (end, points)
    assert _rows(tmp_path / "quick.xlsx") == _rows(tmp_path / "own.xlsx")


def _rows(path) -> list[str]:
    """The rows and the links of the first sheet, without the numbers of styles."""
    xml = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    rows, links = xml.partition("<sheetData>")[2].partition("</sheetData>")[::2]
    return [*re.sub(' s="[0-9]+"', "", rows).split("<row "), links]


@pytest.mark.parametrize("threads", [1, 4])
def test_a_part_deflated_in_pieces_is_one_part_whatever_the_threads(tmp_path, monkeypatch, threads):
    monkeypatch.setattr("duban.deflated._THREADS", threads)
    monkeypatch.setattr("duban.deflated._HELD", 50)
    pieces = [f"第{number}段，".encode() * (number * 37 % 1000) for number in range(60)]
    deflater, first, second = Deflater(tmp_path), Run(), Run()
    for piece in pieces:
        deflater.add(first, piece)
    for piece in pieces[:3]:
        deflater.add(second, piece)
    parts = [deflater.around(first, b"<a>", b"</a>").result(), deflater.around(second, b"", b"").result()]
    deflater.close()
    packed = [b"".join(deflater.read(part)) for part in parts]
    wholes = [b"<a>" + b"".join(pieces) + b"</a>", b"".join(pieces[:3])]
    assert [zlib.decompress(one, -zlib.MAX_WBITS) for one in packed] == wholes
    assert [(part.crc, part.size) for part in parts] == [(zlib.crc32(whole), len(whole)) for whole in wholes]
    assert packed[0] == _in_one_thread(pieces)


def test_threads_that_add_to_runs_beside_each_other_do_not_mix_them(tmp_path, monkeypatch):
    monkeypatch.setattr("duban.deflated._HELD", 50)
    deflater, runs = Deflater(tmp_path), [Run() for _ in range(4)]
    pieces = [[f"第{number}段，{which}".encode() * (number * 37 % 500) for number in range(60)] for which in range(4)]

    def add(run, own):
        for piece in own:
            deflater.add(run, piece)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, runs, pieces))
    parts = [deflater.around(run, b"<a>", b"</a>").result() for run in runs]
    deflater.close()
    assert [b"".join(deflater.read(part)) for part in parts] == [_in_one_thread(own) for own in pieces]


def _in_one_thread(pieces: list[bytes]) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    told = b""
    for piece in (b"<a>", *pieces):
        told += packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return told + packer.compress(b"</a>") + packer.flush()


def test_a_check_sum_of_two_texts_follows_from_theirs():
    texts = [b"", b"x", bytes(range(256)) * 1000]
    for one in texts:
        for other in texts:
            assert joined(zlib.crc32(one), zlib.crc32(other), len(other)) == zlib.crc32(one + other)
