import openpyxl
import pytest
from desk import LATE, Q1, Q2, desk_at

from duban.answering.answer import answer_all
from duban.fillin.keys import key_ring
from duban.fillin.stamp import verify
from duban.theme import theme

TYPED = {
    "工作进展!D5 progress/1/status": "差不多了 = ?",
    "工作进展!E5 progress/1/done": "=建成两个",
    "指标数据!H4 inputs/stations/value": "约三百 = ?",
    "指标数据!I4 inputs/stations/explanation": "",
    "指标数据!H5 inputs/rate.numerator/value": "12",
    "指标数据!H6 inputs/rate.denominator/value": "0.50",
    "指标数据!H7 inputs/share/value": "35% = 0.35",
    "项目清单!A9 projects/9/item": "1",
    "项目清单!B9 projects/9/code": "",
    "项目清单!C9 projects/9/name": "新站",
    "项目清单!E9 projects/9/due_on": "6月底 = 2023-06-30",
    "项目清单!F9 projects/9/progress": "0.35",
}
FINDINGS = [
    ("row_missing", "must_fix", None, "工作进展", [], "", "没有第7项的行。", "请补上。"),
    ("status_unknown", "must_fix", 1, "工作进展", ["D5"], "差不多了", "状态不对。", "请选择。"),
    ("figure_unreadable", "must_fix", 1, "指标数据", ["H4"], "约三百", "不是数字。", "请填数字。"),
    ("jump", "confirm", 1, "指标数据", ["H4", "H5"], "约三百、12", "相差悬殊。", "请改正或说明。"),
    ("row_repeated", "must_fix", 1, "指标数据", ["B5"], "rate.numerator", "重复。", "请删去。"),
    ("cleaned", "notice", 1, "项目清单", ["E9"], "6月底", "读作 2023-06-30。", "请核对。"),
    ("outside_cell", "notice", None, "项目清单", ["K30"], "注", "没有采用。", "请移走。"),
    ("outlier", "confirm", 7, "指标数据", ["H7"], "35%", "高出同行。", "请改正或说明。", "explained", "新并入两县"),
    ("jump", "confirm", 1, "指标数据", ["H6"], "0.50", "相差悬殊。", "请改正或说明。", "waived", "口径有变"),
]


@pytest.fixture
def returned(desk):
    desk.open()
    desk.submit("2023Q1-A1-01", verdict="returned", typed=TYPED, findings=FINDINGS, received_at=LATE)
    (path,) = answer_all(desk.home, desk.registry, Q1, LATE)
    assert path == desk.home.outbox / "2023Q1/A1/2023Q1-A1-01-退回修改.xlsx"
    return path


@pytest.fixture
def book(returned):
    return openpyxl.load_workbook(returned)


def colour(severity: str) -> str:
    return "FF" + theme().severities[severity].fill


def test_the_first_sheet_lists_every_finding_with_its_cell_and_the_settled_ones_last(book):
    assert [sheet.title for sheet in book] == ["问题清单", "填报说明", "工作进展", "指标数据", "项目清单", "_duban"]
    assert book.active.title == "问题清单"
    rows = [[cell.value for cell in row] for row in book["问题清单"].iter_rows()]
    assert [[text for text in row if text] for row in rows[:11]] == [
        ["问题清单　甲市局　2023年一季度"],
        ["报送编号 2023Q1-A1-01　填报表.xlsx　2023年04月12日 17:30 收到，截止 4月10日，迟报 2 天"],
        ["退回修改，未入库。要处理的问题 7 个："],
        ["强制", "4 个", "必须改正。"],
        ["核实", "1 个"]
        + ["有误就改正；属实就在同一行“情况说明”写明原因（位置见“说明写在”一列），数据不用改，以后也不再问。"],
        ["提示", "2 个", "不必改，请核对。"],
        ["已说明", "1 个", "不用再处理，列在最后。"],
        ["已豁免", "1 个", "不用再处理，列在最后。"],
        ["① 点“单元格”一列跳到该处；要看的格已按级别标色，鼠标停在格上可看到问题和改法。"],
        ["② 直接在本工作簿里改，原来填的都在。"],
        ["③ 改完保存，把本文件放入报送文件夹即可，不必另换新表，也不必删除颜色、批注和本页。"],
    ]
    settled = "以下问题已经说明或豁免，不用再处理；说明过的数据改动以后，须重新说明。"
    assert rows[11:] == [
        ["序号", "级别", "工作表", "单元格", "填报内容", "问题", "怎么改", "说明写在"],
        [1, "强制", "工作进展", "D5", None, "没有第7项的行。", "请补上。", None],
        [2, "强制", "工作进展", "D4（原表 D5）", "差不多了", "状态不对。", "请选择。", None],
        [3, "强制", "指标数据", "H4", "约三百", "不是数字。", "请填数字。", None],
        [4, "核实", "指标数据", "H4、H5", "约三百、12", "相差悬殊。", "请改正或说明。", "I4、I5"],
        [5, "强制", "指标数据", "H5（原表 B5）", "rate.numerator", "重复。", "请删去。", None],
        [6, "提示", "项目清单", "E4（原表 E9）", "6月底", "读作 2023-06-30。", "请核对。", None],
        [7, "提示", "项目清单", "原表 K30", "注", "没有采用。", "请移走。", None],
        [settled, *[None] * 7],
        [8, "已说明", "指标数据", "H7", "35%", "高出同行。", "情况说明：新并入两县", None],
        [9, "已豁免", "指标数据", "H6", "0.50", "相差悬殊。", "豁免理由：口径有变", None],
    ]
    links = [cell.hyperlink and cell.hyperlink.location for cell in book["问题清单"]["D"][12:]]
    assert links == [
        "'工作进展'!D5",
        "'工作进展'!D4",
        "'指标数据'!H4",
        "'指标数据'!H4",
        "'指标数据'!H5",
        "'项目清单'!E4",
        None,
        None,
        "'指标数据'!H7",
        "'指标数据'!H6",
    ]
    assert [cell.hyperlink.location for cell in book["问题清单"]["H"][12:] if cell.hyperlink] == ["'指标数据'!I4"]


def test_wrong_cells_are_coloured_for_the_worst_and_say_why(book):
    marked = {
        (sheet.title, cell.coordinate): (cell.fill.fgColor.rgb, cell.comment.text)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert marked == {
        ("工作进展", "D5"): (colour("must_fix"), "没有第7项的行。\n怎么改：请补上。"),
        ("工作进展", "D4"): (colour("must_fix"), "状态不对。\n怎么改：请选择。"),
        ("指标数据", "H4"): (
            colour("must_fix"),
            "不是数字。\n怎么改：请填数字。\n\n相差悬殊。\n怎么改：请改正或说明。",
        ),
        ("指标数据", "H5"): (colour("must_fix"), "相差悬殊。\n怎么改：请改正或说明。\n\n重复。\n怎么改：请删去。"),
        ("项目清单", "E4"): (colour("notice"), "读作 2023-06-30。\n怎么改：请核对。"),
    }


def test_the_figures_are_there_as_they_were_typed(book):
    def row(title: str, number: int) -> list:
        return [cell.value for cell in book[title][number]]

    assert row("工作进展", 4) == [1, "建设站点", "属地", "差不多了", "=建成两个", *[None] * 4]
    assert book["工作进展"]["E4"].data_type == "s"
    assert row("工作进展", 5) == [7, "提高占比", "属地", *[None] * 6]
    assert [row("指标数据", number)[7] for number in (4, 5, 6, 7)] == ["约三百", 12, "0.50", "35%"]
    assert row("项目清单", 4) == [1, None, "新站", None, "6月底", "0.35", None, None, None]
    assert book["项目清单"].max_row == 14
    assert not book["指标数据"]["H4"].protection.locked and book["指标数据"]["C4"].protection.locked


def test_it_is_itself_stamped_as_the_form_that_was_issued(book, desk):
    stamp = {word.value: value.value for word, value in book["_duban"].iter_rows()}
    assert verify(stamp, key_ring(desk.home.keys, create=False))
    issued = openpyxl.load_workbook(desk.home.outbox / "2023Q1/A1/2023Q1-A1-甲市.xlsx")
    assert stamp == {word.value: value.value for word, value in issued["_duban"].iter_rows()}


def test_a_known_project_keeps_its_row_and_a_vanished_one_comes_back(tmp_path):
    desk = desk_at(tmp_path)
    desk.open()
    name = {f"项目清单!C{row} projects/{row}/name": text for row, text in ((4, "东区站"), (5, "西区站"))}
    desk.submit("2023Q1-A1-01", typed=name, projects={"A1-01-01": ("4", "东区站"), "A1-01-02": ("5", "西区站")})
    desk.open(Q2, LATE)
    desk.submit(
        "2023Q2-A1-01",
        verdict="returned",
        typed={
            "项目清单!A4 projects/4/item": "1",
            "项目清单!C4 projects/4/name": "南区站",
            "项目清单!A5 projects/5/item": "1",
            "项目清单!B5 projects/5/code": "A1-01-02",
            "项目清单!C5 projects/5/name": "西区站(改)",
            "项目清单!A6 projects/6/item": "1",
            "项目清单!B6 projects/6/code": "A1-01-99",
            "项目清单!C6 projects/6/name": "北区站",
        },
        findings=[
            ("project_vanished", "must_fix", 1, "项目清单", [], "A1-01-01", "没有上季的项目。", "请补上。"),
            ("project_code_unknown", "must_fix", 1, "项目清单", ["B6"], "A1-01-99", "编号不对。", "请留空。"),
        ],
    )
    (path,) = answer_all(desk.home, desk.registry, Q2, LATE)
    book = openpyxl.load_workbook(path)
    sheet = book["项目清单"]
    assert [[cell.value for cell in row][:3] for row in sheet.iter_rows(min_row=4, max_row=8)] == [
        [1, "A1-01-01", "东区站"],
        [1, "A1-01-02", "西区站(改)"],
        [1, None, "南区站"],
        [1, "A1-01-99", "北区站"],
        [None, None, None],
    ]
    assert [cell.value for cell in book["问题清单"]["D"][-2:]] == ["C4", "B7（原表 B6）"]
    # the code of a known project is not the reporter's to change; a wrong one has to be cleared
    assert [sheet[at].protection.locked for at in ("A4", "B4", "A7", "B7")] == [True, True, False, False]


def head(path) -> list[str]:
    """The lines of the list's head below the three steps."""
    lines = [cell.value for cell in openpyxl.load_workbook(path)["问题清单"]["A"] if isinstance(cell.value, str)]
    return lines[lines.index("序号") - 2 : lines.index("序号")]


def tail(path) -> list[str]:
    """What is written below the list, in the first column."""
    cells = openpyxl.load_workbook(path)["问题清单"]["A"]
    return [cell.value for cell in cells[max(n for n, cell in enumerate(cells) if isinstance(cell.value, int)) + 1 :]]


def test_the_return_that_stands_is_named_and_what_changed_against_it_is_told(desk):
    desk.open()
    first = {
        **TYPED,
        "指标数据!H4 inputs/stations/value": "280",
        "指标数据!H5 inputs/rate.numerator/value": "１２ = 12",
    }
    desk.submit("2023Q1-A1-01", typed={name: text for name, text in first.items() if "projects" not in name})
    desk.submit("2023Q1-A1-02", verdict="returned", typed=TYPED, findings=FINDINGS)
    _, path = answer_all(desk.home, desk.registry, Q1, LATE)
    changed = "与已受理的 2023Q1-A1-01 相比，改动 1 处、新增 1 行；另有 1 处写法不同、读出的值相同"
    assert head(path) == [
        "已受理的 2023Q1-A1-01 继续有效，改正后的表受理时替代它。",
        f"{changed}，逐条见本页末尾。",
    ]
    assert tail(path) == [
        None,
        f"{changed}：",
        "指标“站点” 本季填报数：280 → 约三百（指标数据 H4）",
        "新增项目“新站”：序号 1、项目名称 新站、计划完成时间 6月底、完成进度 0.35（项目清单 第 9 行）",
    ]


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ("约三百 = ?", "内容完全相同：改过的，请确认已经保存、放入的是改后的文件。"),
        ("三百多 = ?", "相比，改动 1 处：指标“站点” 本季填报数：约三百 → 三百多（指标数据 H4）。"),
    ],
)
def test_what_is_sent_again_uncorrected_is_told_so(desk, figure, told):
    desk.open()
    for number, typed in enumerate((TYPED, {**TYPED, "指标数据!H4 inputs/stations/value": figure}), start=1):
        desk.submit(f"2023Q1-A1-0{number}", verdict="returned", typed=typed, findings=FINDINGS)
    _, path = answer_all(desk.home, desk.registry, Q1, LATE)
    assert head(path)[1] == f"与上次退回的 2023Q1-A1-01 {told}"
    assert tail(path) == []


def test_two_answers_to_the_same_submission_are_the_same_bytes(returned, desk):
    data = returned.read_bytes()
    returned.unlink()
    answer_all(desk.home, desk.registry, Q1, LATE, again=["2023Q1-A1-01"])
    assert returned.read_bytes() == data
