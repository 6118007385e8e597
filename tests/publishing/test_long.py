"""What grows with reporters: rows that SQL puts in the workbook's form, and sheets that one page does not
hold."""

import dataclasses
import datetime as dt

import pytest
from openpyxl import load_workbook

from duban import quick_xlsx
from duban.endings import Inline, number, shortened
from duban.publishing.publish import publish
from duban.publishing.sheets import sources
from duban.publishing.tables import Column, Link, lines_of, stream_rows
from duban.quarters import Quarter
from duban.sheets import open_workbook, opening
from duban.tracing.cells import Cells
from duban.tracing.publication import open_publication
from duban.warehouse.connection import open_warehouse, query

Q1 = Quarter.parse("2023Q1")
TEXTS = [
    *("", "文字", " 前", "后 ", "两\n行", "行尾\n", "\t", "a&b<c>", "\x01\x1f\x7f", "_x0041_", "_xyz_", "\ufffe"),
    *("=1+1", "+86", "-", "@here", "𠮷", "长" * 40_000, "长" * 20_000, "&" * 33_000, "\x01" * 300, "=<&>_x000D_ "),
]


@pytest.fixture(scope="module")
def in_memory():
    with open_warehouse(None, read_only=True) as connection:
        query(connection, "sheets/macros")
        yield connection


@pytest.mark.parametrize("text", TEXTS)
def test_sql_puts_texts_into_cells_as_python_does(in_memory, tmp_path, text):
    with open_workbook(tmp_path / "a.xlsx", dt.datetime(2023, 4, 1, tzinfo=dt.UTC), "文字") as book:
        style = book.style("text")
        told = f'<c r="B7{Inline(style, book.quoting)[text]}'
        found = in_memory.execute("SELECT text_cell('B', 7, $1, $2)", [book.numbers(style), text]).fetchall()
    assert found == [(told,)]


def test_what_is_longer_than_a_cell_is_cut_where_python_cuts_it_or_a_little_before(in_memory):
    texts = ["𠮷" * 20_000, "长" * 30_000 + "𠮷" * 5_000]
    for text in texts:
        [(cut,)] = in_memory.execute("SELECT shortened($1)", [text]).fetchall()
        assert shortened(text).startswith(cut[:16_000]) and len(cut.encode("utf-16-le")) <= 2 * 32_767
        assert cut.endswith("……（原文过长，此处截断）")


def test_sql_counts_lines_and_puts_numbers_and_heights_as_python_does(in_memory):
    texts = ["短", "很长的一段话" * 9, "两\n行", "甲" * 30 + "\n\n" + "ab" * 40, "x" * 12, "x" * 13]
    for text in texts:
        for width in (8.0, 13.0, 60.0):
            assert in_memory.execute("SELECT lines_of($1, $2)", [text, width]).fetchall() == [(lines_of(text, width),)]
    for points in (20, 35.0, 49.5, 409.0):
        assert in_memory.execute("SELECT row_opening(5, $1)", [points]).fetchall() == [(opening(4, points),)]
    for figure in ("0", "12", "-3.5", "123456789.25", "1000"):
        found = in_memory.execute("SELECT number_cell('C', 5, 3, $1::DECIMAL(24, 6))", [figure]).fetchall()
        assert found == [(f'<c r="C5" s="3"{number(float(figure))}',)]


def test_sources_that_one_sheet_does_not_hold_go_on_on_the_next_and_are_traced_there(filled_office, now, monkeypatch):
    whole = open_publication(publish(filled_office.home, filled_office.registry, Q1, now, draft=True).workbook)
    count = len(whole.sources)
    most = -(-count // 3)
    monkeypatch.setattr(sources, "MOST", most)
    later = now + dt.timedelta(minutes=1)
    cut = open_publication(publish(filled_office.home, filled_office.registry, Q1, later, draft=True).workbook)
    pages = [name for name in cut.pages if name.startswith("数据来源")]
    told = f"共 {count} 行，一页装不下，分为 3 页"
    assert pages == ["数据来源", "数据来源 2", "数据来源 3"] and count > 4
    assert all(told in cut.pages[name].rows[2][1][1] for name in pages)
    starts = [whole.pages["数据来源"].rows[5 + most * number] for number in range(3)]
    assert [cut.pages[name].rows[5] for name in pages] == starts

    def apart(found):
        return {key: dataclasses.replace(one, row=0, listed="") for key, one in found.items()}

    assert apart(cut.sources) == apart(whole.sources)
    assert {one.listed for one in cut.sources.values()} == set(pages)
    traced, before = (
        [(sheet, figure.what) for sheet, *_, figure in Cells(one).all() if sheet.startswith("数据来源")]
        for one in (cut, whole)
    )
    assert [what for _, what in traced] == [what for _, what in before] and {sheet for sheet, _ in traced} == set(pages)


def test_a_sheet_has_no_more_links_than_excel_reads_and_none_that_look_so(tmp_path, monkeypatch):
    monkeypatch.setattr(quick_xlsx, "_MOST_LINKS", 2)
    with open_workbook(tmp_path / "a.xlsx", dt.datetime(2023, 4, 1, tzinfo=dt.UTC), "表") as book:
        sheet = book.sheet("表")
        stream_rows(book, sheet, 0, [Column("甲", 20, "link")], [(Link("表", f"看{n}"),) for n in range(4)])
    cells = [row[0] for row in load_workbook(tmp_path / "a.xlsx")["表"].iter_rows()]
    assert [cell.value for cell in cells] == ["看0", "看1", "看2", "看3"]
    assert [(cell.hyperlink is not None, cell.font.u) for cell in cells] == [(True, "single")] * 2 + [(False, None)] * 2
