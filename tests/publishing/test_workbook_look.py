"""How a publication looks, prints and leads from sheet to sheet, read back from the small one."""

import math
import zipfile

import openpyxl
import pytest

from duban.publishing.publish import publish
from duban.quarters import Quarter
from duban.sheets import pages_tall
from duban.theme import theme

# openpyxl does not know sparklines and says so
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
Q1 = Quarter.parse("2023Q1")
A3, A4 = "8", "9"


@pytest.fixture
def path(issued):
    return issued / "2023Q1-r1.xlsx"


@pytest.fixture
def book(path):
    book = openpyxl.load_workbook(path)
    del book["_lineage"]  # never printed, never seen
    return book


def test_the_document_says_what_it_is_who_issued_it_and_when(book):
    found = book.properties
    assert (found.title, found.subject) == (
        "2023年重点工作 2023年一季度汇总（2023Q1-r1）",
        "2023年一季度重点工作进展情况",
    )
    assert (found.creator, found.category, found.keywords) == ("某局", "督办汇总簿", "2023Q1-r1、食品安全、标准计量")
    assert found.description.startswith("2023年一季度，3 项重点工作中，")
    assert found.created == found.modified
    assert f"{found.created:%Y-%m-%d %H:%M}" == "2023-04-08 00:00"  # of the last submission, in UTC


def test_every_sheet_prints_landscape_one_page_wide_with_its_header_and_page_numbers(book):
    papers = {}
    for sheet in book.worksheets:
        setup = sheet.page_setup
        assert (setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True), sheet.title
        assert setup.fitToWidth is None, "1 unless written"
        assert sheet.oddFooter.right.text == "第 &P 页，共 &N 页", sheet.title
        assert sheet.oddFooter.left.text.startswith("2023Q1-r1"), sheet.title
        papers.setdefault(str(setup.paperSize), []).append((sheet.title, setup.fitToHeight or 1))
    assert papers == {
        A4: [("封面", 1), ("报送情况", 1), ("数据说明", 5), ("数据来源", 1)],
        A3: [
            ("总览", 1), ("重点工作总表", 1), ("指标完成情况", 1), ("市州进度", 1), ("滞后清单", 1), ("项目台账", 1),
            ("01 食品抽检", 1), ("02 标准制定", 1), ("03 机关建设", 1), ("本期变化", 1),
        ],
    }  # fmt: skip


def test_a_table_is_squeezed_rather_than_leave_a_few_rows_on_a_last_page():
    narrow, header = [10] * 5, 30
    room = 72 * (8.27 - 1.1)
    assert pages_tall(narrow, room, header, "A4") == pytest.approx(1)
    assert pages_tall(narrow, room + (room - header), header, "A4") == pytest.approx(2)
    wide = [30] * 10  # shrunk to the page's width, so that more of it fits in
    assert pages_tall(wide, room, header, "A4") == pytest.approx(0.4713, abs=0.0001)
    assert pages_tall(wide, room, header, "A3") < pages_tall(wide, room, header, "A4")
    assert math.isfinite(pages_tall(wide, 0, 2_000, "A4"))


def test_an_items_sheet_leads_to_the_overview_and_to_its_neighbours(book):
    def links(name):
        return {cell.value: cell.hyperlink.location for cell in book[name][3] if cell.hyperlink}

    assert links("02 标准制定") == {
        "← 重点工作总表": "'重点工作总表'!A1",
        "总览": "'总览'!A1",
        "上一项：食品抽检": "'01 食品抽检'!A1",
        "下一项：机关建设": "'03 机关建设'!A1",
    }
    assert list(links("01 食品抽检"))[2:] == ["下一项：标准制定"]
    assert list(links("03 机关建设"))[2:] == ["上一项：标准制定"]
    assert links("总览") == {
        name if name != "封面" else "← 封面": f"'{name}'!A1"
        for name in ("封面", "重点工作总表", "滞后清单", "本期变化")
    }


def test_no_cell_of_a_table_is_merged(book):
    header = 4
    for sheet in book.worksheets[2:]:
        assert [str(cells) for cells in sheet.merged_cells.ranges if cells.max_row >= header] == [], sheet.title
    below_charts = [str(cells) for cells in book["总览"].merged_cells.ranges if cells.max_row > 9]
    assert below_charts == []


def test_charts_tell_their_figures_to_those_who_do_not_see_them(path):
    with zipfile.ZipFile(path) as package:
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    assert 'descr="条形图：各篇章重点工作的灯。食品安全红灯 1 项；标准计量绿灯 1 项、无从判断 1 项。"' in drawing
    assert (
        'descr="条形图：有目标的指标的完成率与序时进度。抽检批次完成 15.0%、序时 25.0%；处置率完成 96.2%、序时 100.0%；'
        '下基层完成 30.0%、序时 25.0%；新制定标准完成 10.0%、序时 10.0%。"' in drawing
    )


def test_it_is_set_in_the_faces_of_official_documents_with_a_chinese_face_to_fall_back_on(book):
    faces = theme().official
    title, header, cell = book["滞后清单"]["A1"], book["滞后清单"]["A4"], book["滞后清单"]["D5"]
    assert (title.font.name, title.alignment.horizontal) == (faces.title, "center")
    assert (header.font.name, header.font.b) == (faces.heading, False)
    assert (cell.font.name, cell.font.charset, cell.font.family) == (faces.table, 134, 1)
    assert book["封面"]["B2"].font.color.rgb == f"FF{faces.red}"


def test_the_overview_answers_in_words(book):
    assert [book["总览"].cell(row, 1).value for row in (7, 8)] == [
        "　　2023年一季度，3 项重点工作中，按指标和时限可以判断的 2 项，其中绿灯 1 项、红灯 1 项；1 项无从判断。"
        "有目标且有数据的指标 4 个，达到序时或已达标 2 个。应报单位 6 家，已报 4 家（市州 2/3、处室 2/3），"
        "其余未计入：退回修改中 1 家（十堰）、未报送 1 家（督审处）。"
        "滞后最多的是：第 1 项食品抽检（抽检批次完成 15.0%，序时应达 25.0%）。",
        "　　本期变化：本年度首次发布，没有可比的上一次发布。",
    ]


def test_the_worst_are_told_with_units_and_what_their_leads_say(book):
    rows = list(book["总览"].iter_rows(min_row=32, max_col=11))
    assert [[cell.value for cell in row] for row in rows] == [
        [1, "食品抽检", "■ 红灯", "抽检批次", 1000, 150, 0.15, 0.25, "武汉", "武汉偏慢", "约谈"]
    ]
    assert [cell.number_format for cell in rows[0][4:8]] == ['#,##0 "批次"', '#,##0 "批次"', "0.0%", "0.0%"]


def test_a_quarter_from_which_nobody_was_accepted_says_so(new_office, now):
    office = new_office()
    office.submit("2023Q1", "420100", {"batches": 100}, verdict="returned", received="2023-04-05T10:00:00")
    book = openpyxl.load_workbook(publish(office.home, office.registry, Q1, now).workbook)
    assert book["总览"]["A7"].value == (
        "　　2023年一季度，3 项重点工作中，还没有能按指标和时限判断的；3 项无从判断。"
        "有目标的指标 4 个，都还没有可用的数据。应报单位 6 家，都还没有已采用的报送："
        "退回修改中 1 家（武汉）、未报送 5 家（黄石、十堰、食品处、标准化处、督审处）。"
    )


def test_a_quarter_in_which_nobody_is_behind_says_so(new_office, now):
    office = new_office()
    office.submit("2023Q1", "D02", {"standards_issued": 2}, {2: {"status": "done"}}, received="2023-04-05T10:00:00")
    book = openpyxl.load_workbook(publish(office.home, office.registry, Q1, now).workbook)
    assert book["总览"]["A7"].value.endswith("按已有数据，没有滞后的重点工作。")
    assert [cell.value for cell in book["总览"][32]][:2] == [None, "没有滞后的重点工作"]
