"""Whole sheets of a small publication, read back."""

import datetime as dt
import zipfile
from hashlib import sha256

import openpyxl
import pytest

from duban.messages import load_messages
from duban.publishing.publish import publish
from duban.quarters import Quarter
from duban.registry.load import load_registry
from duban.settings import SCHEMAS
from duban.theme import theme

# openpyxl does not know sparklines and says so
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
Q1, Q2 = Quarter.parse("2023Q1"), Quarter.parse("2023Q2")
GREY = theme().lights["grey"].sign
HEADER = 4  # the header's row, from 1


@pytest.fixture(scope="module")
def workbook(issued):
    return openpyxl.load_workbook(issued / "2023Q1-r1.xlsx")


def table(workbook, name, columns=None):
    """The rows of a sheet's table, header first, as values; None where blank."""
    rows = workbook[name].iter_rows(min_row=HEADER, max_col=columns, values_only=True)
    return [list(row) for row in rows]


def test_the_sheets_stand_in_their_order(workbook):
    assert workbook.sheetnames == [
        "封面", "总览", "重点工作总表", "指标完成情况", "市州进度", "滞后清单", "项目台账",
        "01 食品抽检", "02 标准制定", "03 机关建设", "报送情况", "本期变化", "数据说明", "数据来源",
        "_lineage",
    ]  # fmt: skip


def test_the_table_of_items(workbook):
    assert table(workbook, "重点工作总表") == [
        ["序号", "篇章", "重点工作", "牵头", "灯", "各季灯", "自报状态", "判断依据", "收到/应报", "已报/应报"]
        + ["完整/应报", "本季度工作进展", "存在问题", "下一步打算", "预计完成"],
        [1, "食品安全", "食品抽检", "食品处", "■ 红灯", "■", "推进中", "■ 抽检批次 15.0%（序时 25.0%，2/3 已报）\n"
         "▲ 处置率 96.2%（序时 100.0%，2/3 已报）\n● 下基层 30.0%（序时 25.0%，1/1 已报）", "4/4", "3/4", "3/4"]
        + ["全省推进", "武汉偏慢", "约谈", None],
        [2, "标准计量", "标准制定", "标准化处", "● 绿灯", "●", "推进中", "● 管理办法印发（2023Q2 前完成）\n"
         "● 新制定标准 10.0%（序时 10.0%，1/1 已报）", "1/1", "1/1", "1/1", "立项", "评审慢", "加快"]
        + ["2023-06-30"],
        [3, "标准计量", "机关建设", "督审处", GREY, GREY, "未报"]
        + ["指标和成果均无从判断（未设目标 1），牵头单位未报", "1/2", "1/2", "0/2"] + [None] * 4,
    ]  # fmt: skip


def test_the_table_of_measures(workbook):
    assert table(workbook, "指标完成情况", 14) == [
        [
            "序号",
            "指标编码",
            "指标名称",
            "计量单位",
            "年度目标",
            "一季度",
            "二季度",
            "三季度",
            "四季度",
            "趋势",
            "完成率",
        ]
        + ["序时进度", "灯", "已报/应报"],
        [1, "batches", "抽检批次", "批次", 1000, 150, None, None, None, None, 0.15, 0.25, "■ 红灯", "2/3"],
        [1, "disposed", "处置率", "%", 0.9, 0.866666, None, None, None, None, 0.962962, 1, "▲ 黄灯", "2/3"],
        [1, "quick_tests", "每千人快检", "批次/千人", None, 1.833333, None, None, None, None, None, None, GREY, "2/3"],
        [1, "visits", "下基层", "次", 40, 12, None, None, None, None, 0.3, 0.25, "● 绿灯", "1/1"],
        [2, "standards_issued", "新制定标准", "项", 20, 2, None, None, None, None, 0.1, 0.1, "● 绿灯", "1/1"],
        [3, "activities", "活动", "场", None, None, None, None, None, None, None, None, GREY, "0/1"],
    ]


def test_the_prefectures_matrix(workbook):
    assert table(workbook, "市州进度") == [
        ["序号", "重点工作", "全省", "武汉", "黄石", "十堰"],
        [1, "食品抽检", "■", "■", "●", "退回"],
        [2, "标准制定", "●", None, None, None],
        [3, "机关建设", GREY, None, None, None],
    ]


def test_the_list_of_who_is_behind_gives_their_own_reasons(workbook):
    assert [[*row[:11], row[11], row[12]] for row in table(workbook, "滞后清单", 13)][1:] == [
        ["■ 红灯", 1, "食品抽检", "抽检批次", "全省", None, 1000, 150, 0.15, 0.25, 100, "武汉偏慢", "约谈"],
        ["■ 红灯", 1, "食品抽检", "抽检批次", "武汉", "属地", 600, 100, 0.166666, 0.25, 50, "人手不足", "增派人员"],
        ["▲ 黄灯", 1, "食品抽检", "处置率", "武汉", "属地", 0.9, 0.8, 0.888888, 1, 0.1, "人手不足", "增派人员"],
        ["▲ 黄灯", 1, "食品抽检", "处置率", "全省", None, 0.9, 0.866666, 0.962962, 1, 0.033334, "武汉偏慢", "约谈"],
    ]


def test_the_projects_with_a_sign_where_overdue(workbook):
    assert [row[:10] for row in table(workbook, "项目台账")][1:] == [
        [1, "食品抽检", "420100-01-01", "武汉", "快检车", "张三", "2023-03-20", 0.5, "推进中", "⚑ 逾期"],
        [1, "食品抽检", "420100-01-02", "武汉", "培训", "李四", "2023-09-30", 0.1, "推进中", None],
    ]


def test_an_items_sheet_shows_every_reporter_and_who_is_missing(workbook):
    found = table(workbook, "01 食品抽检")
    assert found[0] == [
        "填报单位", "职责", "进展状态", "灯", "抽检批次（批次）", "处置率（%）", "每千人快检（批次/千人）",
        "下基层（次）", "工作进展", "存在问题", "下一步打算", "预计完成", "情况说明", "报送编号",
    ]  # fmt: skip
    assert [row[:9] for row in found[1:]] == [
        ["食品处", "牵头", "推进中", "● 绿灯", None, None, None, 12, "全省推进"],
        ["武汉", "属地", "推进中", "■ 红灯", 100, 0.8, 2, None, "完成抽检100批次"],
        ["黄石", "属地", "已完成\n与数据不符", "● 绿灯", 50, 1, 1, None, "完成50批次"],
        ["十堰", "属地", "退回修改中", GREY, "未报", "未报", "未报", None, None],
        ["全省", None, "3/4 已报", "■ 红灯", 150, 0.866666, 1.833333, 12, None],
    ]
    assert (
        "■ 抽检批次：全省 150 批次，年度目标 1,000 批次，完成 15.0%，序时 25.0%，2/3 已报"
        in workbook["01 食品抽检"]["A2"].value
    )
    assert [row[:4] for row in table(workbook, "03 机关建设")][1:] == [
        ["督审处", "牵头", "未报送", GREY],
        ["食品处", "配合", "已完成", "☆ 自报完成"],
        ["全省", None, "1/2 已报", GREY],
    ]


def test_the_state_of_reporting(workbook):
    assert [row[2:6] for row in table(workbook, "报送情况")] == [
        ["应报项数", "收到项数", "受理项数", "内容完整"],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
        [1, 1, 0, 0],
        [2, 2, 2, 1],
        [1, 1, 1, 1],
        [1, 0, 0, 0],
    ]
    assert [[*row[:2], row[7], row[8], *row[10:]] for row in table(workbook, "报送情况")][1:] == [
        ["武汉", "市州", "已报", "2023Q1-420100-01", "按时", 1, 0, None, None, None, 1],
        ["黄石", "市州", "已报", "2023Q1-420200-01", "按时", 1, 0, None, None, None, None],
        ["十堰", "市州", "退回修改中", None, None, 1, 1, None, 1, None, None],
        ["食品处", "处室", "已报", "2023Q1-D01-01", "按时", 1, 0, None, None, None, None],
        ["标准化处", "处室", "已报", "2023Q1-D02-01", "按时", 1, 0, None, None, None, None],
        ["督审处", "处室", "未报送", None, None, 0, 0, None, None, None, None],
    ]


def test_every_figure_names_its_source_cells(workbook):
    wuhan, huangshi = (sha256(name.encode()).hexdigest()[:12] for name in ("2023Q1-420100-01", "2023Q1-420200-01"))
    assert table(workbook, "数据来源")[:4] == [
        ["填报项编码", "填报项", "填报单位", "报送编号", "文件摘要", "来源单元格", "填写原文", "采用值", "全省算法"]
        + ["更正"],
        ["batches", "抽检批次", "武汉", "2023Q1-420100-01", wuhan, "inputs!H2", "100", 100, "2 家相加 = 150", None],
        ["batches", "抽检批次", "黄石", "2023Q1-420200-01", huangshi, "inputs!H2", "50", 50, "2 家相加 = 150", None],
        ["disposed.numerator", "已处置", "武汉", "2023Q1-420100-01", wuhan, "inputs!H3", "8", 8]
        + ["分子合计 13 ÷ 分母合计 15，得 86.6666%", None],
    ]


def test_the_cover_tells_the_quarter_and_who_is_missing(workbook):
    cover = workbook["封面"]
    assert [cover["B2"].value, cover["B3"].value, cover["B4"].value] == [
        "某局",
        "2023年重点工作",
        "2023年一季度进展情况汇总",
    ]
    assert cover["B5"].value == "第 1 版（2023Q1-r1） · 数据截至 2023年4月8日 08:00"
    assert cover["B7"].value == (
        "　　2023年一季度，3 项重点工作中，按指标和时限可以判断的 2 项，其中绿灯 1 项、红灯 1 项；1 项无从判断。"
        "有目标且有数据的指标 4 个，达到序时或已达标 2 个。应报单位 6 家，已报 4 家（市州 2/3、处室 2/3），"
        "其余未计入：退回修改中 1 家（十堰）、未报送 1 家（督审处）。"
        "滞后最多的是：第 1 项食品抽检（抽检批次完成 15.0%，序时应达 25.0%）。"
    )


def test_the_notes_hold_rules_assumptions_and_versions(workbook, small_registry):
    found = [row[:3] for row in table(workbook, "数据说明")]
    assert ["版本", "方案摘要", small_registry.digest] in found
    assert ["汇总", "未报单位", "退回修改中 1 家（十堰）、未报送 1 家（督审处）"] in found
    assert ["假定", "groups.yaml 食品相关处室", "食品处、督审处"] in found
    assert ["假定", "第 1 项 食品抽检", "属地（local）：全部市州承担"] in found
    assert {row[1] for row in found if row[0].startswith("规则·")} == set(load_messages())


def test_the_first_publication_has_nothing_to_compare_with(workbook):
    assert workbook["本期变化"]["A2"].value == "2023Q1-r1 为本年度首次发布，没有可比的上一次发布。"


def test_each_change_is_told_with_causes_that_add_up(issued_office, now):
    publish(issued_office.home, issued_office.registry, Q1, now)
    issued_office.submit(
        "2023Q1", "420200",
        {"batches": 80, "disposed.numerator": 3, "disposed.denominator": 4, "quick_tests.numerator": 2400},
        {1: {"status": "under_way"}}, received="2023-04-13T10:00:00", supersedes="2023Q1-420200-01",
    )  # fmt: skip
    issued_office.submit(
        "2023Q1", "420300", {"batches": 70}, {1: {"status": "under_way"}}, received="2023-04-13T11:00:00"
    )
    later = now + dt.timedelta(days=2)
    book = openpyxl.load_workbook(publish(issued_office.home, issued_office.registry, Q1, later).workbook)
    against = "上版 2023Q1-r1"
    batches = [against, "指标数", 1, "batches", "抽检批次", "批次", 150, 250, 100]
    disposed = [against, "指标数", 1, "disposed", "处置率", "%", 0.866666, 0.785714, -0.080952]
    light = [against, "灯", 1]
    assert table(book, "本期变化") == [
        ["对比", "类别", "序号", "指标编码", "指标名称", "计量单位", "上次", "本次", "变化", "原因单位", "原因", "影响"]
        + ["原报送", "现报送", "说明"],
        [*batches, "黄石", "单位更正", 30, "2023Q1-420200-01", "2023Q1-420200-02", None],
        [*batches, "十堰", "新报送", 70, None, "2023Q1-420300-02", None],
        [*batches, None, "合计", 100, None, None, None],
        [*disposed, "黄石", "单位更正", -0.080952, "2023Q1-420200-01", "2023Q1-420200-02", None],
        [*light, None, "食品抽检（重点工作）", None, "■ 红灯", "▲ 黄灯", None, None, "所属指标和成果", None, None, None]
        + ["抽检批次 ■→●"],
        [*light, "batches", "抽检批次", "批次", "■ 红灯", "● 绿灯", None, None, "实绩变化", None, None, None]
        + ["实绩 250，年度目标 1000 × 序时 25% = 应达 250；达到序时"],
    ]
    assert "第 1 项食品抽检 ■ 红灯→▲ 黄灯" in book["本期变化"]["A2"].value


def test_charts_links_frozen_panes_and_print_setup_are_there(issued):
    path = issued / "2023Q1-r1.xlsx"
    book = openpyxl.load_workbook(path)
    assert len(book["总览"]._charts) == 2
    assert book["重点工作总表"]["C5"].hyperlink.location == "'01 食品抽检'!A1"
    assert book["01 食品抽检"]["A3"].hyperlink.location == "'重点工作总表'!A1"
    assert book.sheetnames[-1] == "_lineage" and book["_lineage"].sheet_state == "veryHidden"
    del book["_lineage"]
    links = {cell.hyperlink.location for row in book["封面"].iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in book.sheetnames if name != "封面"}
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert "&P" in sheet.oddFooter.right.text
    for name in book.sheetnames[2:]:
        assert book[name].print_title_rows == "$4:$4", name
        assert book[name].freeze_panes and book[name].auto_filter.ref, name
    with zipfile.ZipFile(path) as package:
        measures = package.read("xl/worksheets/sheet4.xml").decode()
    assert "sparkline" in measures and "dataBar" in measures


def test_every_item_of_the_issued_plan_has_its_sheet(tmp_path, now, make_office):
    registry = load_registry(SCHEMAS / "2023")
    office = make_office(tmp_path / "whole", registry, "2023Q1")
    office.submit("2023Q1", registry.consolidators(registry.items[0])[0].code, {})
    book = openpyxl.load_workbook(publish(office.home, registry, Q1, now).workbook)
    assert book.sheetnames[7:-5] == [f"{item.item:02d} {item.title}" for item in registry.items]
    assert [row[0] for row in table(book, "重点工作总表", 1)[1:]] == [item.item for item in registry.items]
    assert [row[1] for row in table(book, "指标完成情况", 2)[1:]] == list(registry.measures)
    prefectures = [reporter.name for reporter in registry.reporters if reporter.kind == "prefecture"]
    assert table(book, "市州进度")[0] == ["序号", "重点工作", "全省", *prefectures]


HOSTILE = ["=1+1", "{=1+1}", "@SUM(A1)", "-1", "http://example.invalid/", "a\x01b\x0bc", "末" * 40_000, "'quoted"]


def test_hostile_text_stays_text(new_office, now):
    office, fields = new_office(), ("done", "problems", "next")
    for reporter, texts in zip(("420100", "420200", "420300"), (HOSTILE[:3], HOSTILE[3:6], HOSTILE[6:]), strict=True):
        progress = {1: {"status": "under_way", **dict(zip(fields, texts, strict=False))}}
        office.submit("2023Q1", reporter, {"batches": 100}, progress)
    path = publish(office.home, office.registry, Q1, now).workbook
    with zipfile.ZipFile(path) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet for sheet in sheets)
    cells = [cell for row in openpyxl.load_workbook(path)["01 食品抽检"]["I6:K8"] for cell in row][: len(HOSTILE)]
    for cell, text in zip(cells, HOSTILE, strict=True):
        assert cell.data_type == "s" and cell.hyperlink is None
        expected = text.replace("\x01", "_x0001_").replace("\x0b", "_x000B_")
        assert cell.value == expected if len(text) < 32_767 else cell.value.endswith("（原文过长，此处截断）")


def test_a_later_quarter_shows_the_years_quarters(issued_office, now):
    publish(issued_office.home, issued_office.registry, Q1, now)
    issued_office.submit("2023Q2", "420100", {"batches": 320}, received="2023-07-05T10:00:00")
    issued_office.submit("2023Q2", "D01", {"visits": 9}, received="2023-07-06T10:00:00")
    later = now + dt.timedelta(days=90)
    book = openpyxl.load_workbook(publish(issued_office.home, issued_office.registry, Q2, later).workbook)
    figures = {row[1]: row[5:9] for row in table(book, "指标完成情况")[1:]}
    assert figures["batches"] == [150, 320, None, None]
    assert figures["visits"] == [12, 9, None, None]
    assert book["本期变化"]["A2"].value.startswith("对比：上季 2023Q1-r1（数据截至 2023-04-08 08:00）。")
