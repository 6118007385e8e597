import pytest
from desk import LATE, Q2, Desk

from duban.differences import diff, render
from duban.errors import UserError

FIRST = {
    "工作进展!D4 progress/1/status": "推进中 = under_way",
    "工作进展!E4 progress/1/done": "建成两个站点",
    "工作进展!D5 progress/7/status": "推进中 = under_way",
    "指标数据!H4 inputs/stations/value": "300",
    "指标数据!I4 inputs/stations/explanation": "",
    "指标数据!H5 inputs/rate.numerator/value": "1,200个 = 1200",
    "指标数据!H7 inputs/share/value": "约三成 = ?",
    "项目清单!A9 projects/9/item": "1",
    "项目清单!B9 projects/9/code": "",
    "项目清单!C9 projects/9/name": "东区站",
    "项目清单!E9 projects/9/due_on": "6月底 = 2023-06-30",
}
CODES = {"A1-01-01": ("9", "东区站")}


def sent(desk: Desk, second: dict[str, str], projects=None) -> dict:
    desk.open()
    desk.submit("2023Q1-A1-01", typed=FIRST, projects=CODES)
    desk.submit("2023Q1-A1-02", typed=second, projects=projects, supersedes="2023Q1-A1-01", received_at=LATE)
    return diff(desk.home, "2023Q1-A1-01", "2023Q1-A1-02")


def test_each_entry_is_told_with_both_texts_values_and_cells(desk):
    changed = {**FIRST, "指标数据!H4 inputs/stations/value": "３２０ = 320"}
    found = sent(desk, changed, CODES)
    side = {"state": "value", "sheet": "指标数据", "address": "H4"}
    assert found == {
        "old": {"accession": "2023Q1-A1-01", "quarter": "2023Q1", "verdict": "accepted", "file_name": "填报表.xlsx"},
        "new": {"accession": "2023Q1-A1-02", "quarter": "2023Q1", "verdict": "accepted", "file_name": "填报表.xlsx"},
        "reporter": "A1",
        "name": "甲市",
        "same": False,
        "differences": [
            {
                "tab": "inputs",
                "item": None,
                "subject": "stations",
                "title": "站点",
                "field": "value",
                "header": "本季填报数",
                "change": "changed",
                "old": {**side, "typed": "300", "read": "300"},
                "new": {**side, "typed": "３２０", "read": "320"},
                "row": 4,
            }
        ],
    }


def test_what_moved_to_other_cells_has_not_changed(desk):
    moved = {
        f"{place.split('!')[0]}!{place.split('!')[1][0]}{int(name_of(place)) + 3} {entry_of(place)}": text
        for place, text in FIRST.items()
    }
    found = sent(desk, moved, {"A1-01-01": ("12", "东区站")})
    assert (found["same"], found["differences"]) == (True, [])
    assert render(found) == "甲市（A1）：2023Q1-A1-02 与 2023Q1-A1-01 相比，内容完全相同。"


def name_of(place: str) -> str:
    return place.partition(" ")[0].partition("!")[2][1:]


def entry_of(place: str) -> str:
    tab, key, field = place.partition(" ")[2].split("/")
    return f"{tab}/{int(key) + 3 if tab == 'projects' else key}/{field}"


def test_a_value_typed_in_another_way_is_no_change_and_is_told_apart(desk):
    other = {
        **FIRST,
        "指标数据!H5 inputs/rate.numerator/value": "1200",
        "项目清单!E9 projects/9/due_on": "2023.6.30 = 2023-06-30",
    }
    found = sent(desk, other, CODES)
    assert found["same"]
    assert [(one["subject"], one["change"]) for one in found["differences"]] == [
        ("rate.numerator", "retyped"),
        ("A1-01-01", "retyped"),
    ]
    assert render(found).splitlines() == [
        "甲市（A1）：2023Q1-A1-02 与 2023Q1-A1-01 相比，内容完全相同，只有 2 处写法不同、读出的值相同。",
        "",
        "写法不同、读出的值相同：",
        "  指标“达标率：达标数” 本季填报数：“1,200个” 与 “1200”（指标数据 H5）",
        "  项目“东区站” 计划完成时间：“6月底” 与 “2023.6.30”（项目清单 E9）",
    ]


def test_rows_that_appear_and_vanish_and_a_project_that_got_its_code(desk):
    second = {place: text for place, text in FIRST.items() if "progress/7" not in place and "projects" not in place}
    second |= {
        "指标数据!H7 inputs/share/value": "不适用",
        "指标数据!H8 inputs/rate.denominator/value": "",
        "项目清单!A4 projects/4/item": "1",
        "项目清单!B4 projects/4/code": "A1-01-01",
        "项目清单!C4 projects/4/name": "东区一站",
        "项目清单!E4 projects/4/due_on": "6月底 = 2023-06-30",
        "项目清单!A5 projects/5/item": "1",
        "项目清单!C5 projects/5/name": "南区站",
    }
    found = sent(desk, second, {"A1-01-01": ("4", "东区一站")})
    assert render(found).splitlines() == [
        "甲市（A1）：2023Q1-A1-02 与 2023Q1-A1-01 相比，改动 2 处、新增 2 行、减少 1 行。",
        "  减少第7项“提高占比”：进展状态 推进中（工作进展 第 5 行）",
        "  指标“占比” 本季填报数：约三成 → 不适用（指标数据 H7）",
        "  新增指标“达标率：检查数”：本季填报数 （空）（指标数据 第 8 行）",
        "  项目“东区一站” 项目名称：东区站 → 东区一站（项目清单 C4，原在 C9）",
        "  新增项目“南区站”：序号 1、项目名称 南区站（项目清单 第 5 行）",
    ]


def test_blank_zero_and_not_applicable_are_three_things(desk):
    desk.open()
    for number, text in enumerate(("", "0", "不适用"), start=1):
        desk.submit(f"2023Q1-A1-0{number}", "returned", typed={"指标数据!H4 inputs/stations/value": text})
    told = [
        render(diff(desk.home, f"2023Q1-A1-0{old}", f"2023Q1-A1-0{new}")).splitlines()[1]
        for old, new in ((1, 2), (2, 3), (3, 1))
    ]
    assert told == [
        "  指标“站点” 本季填报数：（空） → 0（指标数据 H4）",
        "  指标“站点” 本季填报数：0 → 不适用（指标数据 H4）",
        "  指标“站点” 本季填报数：不适用 → （空）（指标数据 H4）",
    ]


def test_long_texts_are_shown_from_where_they_part(desk):
    desk.open()
    text = "全市围绕年度目标任务，按月调度、按季通报，" * 4
    for number, end in ((1, "建成两个站点。"), (2, "建成三个站点。")):
        desk.submit(f"2023Q1-A1-0{number}", typed={"工作进展!E4 progress/1/done": text + end})
    assert render(diff(desk.home, "2023Q1-A1-01", "2023Q1-A1-02")).splitlines()[1:] == [
        "  第1项“建设站点” 本季度工作进展：…、按季通报，建成两个站点。 → …、按季通报，建成三个站点。（工作进展 E4）"
    ]


def test_quarters_of_one_reporter_can_be_compared(desk):
    desk.open()
    desk.open(Q2, LATE)
    for accession in ("2023Q1-A1-01", "2023Q2-A1-01"):
        desk.submit(accession, typed={"指标数据!H4 inputs/stations/value": accession[5]})
    assert len(diff(desk.home, "2023Q1-A1-01", "2023Q2-A1-01")["differences"]) == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2023Q1-A1-01", "2023Q1-A1-99", "没有登记号为“2023Q1-A1-99”的报送"),
        ("2023Q1-A1-01", "2023Q1-A2-01", "2023Q1-A1-01 是甲市的、2023Q1-A2-01 是乙市的"),
        ("2023Q1-000000-01", "2023Q1-000000-01", "2023Q1-000000-01 是无法认定的单位的"),
        ("2023Q1-A1-01", "2023Q1-A1-02", "2023Q1-A1-02 没有读出任何内容"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(desk, old, new, told):
    desk.open()
    desk.submit("2023Q1-A1-01", typed=FIRST)
    desk.submit("2023Q1-A1-02", "returned")
    desk.submit("2023Q1-A2-01", typed=FIRST)
    desk.submit("2023Q1-000000-01", "set_aside")
    with pytest.raises(UserError, match=told):
        diff(desk.home, old, new)


def test_a_home_without_a_warehouse_has_nothing_to_compare(desk):
    with pytest.raises(UserError, match="没有登记号为"):
        diff(desk.home, "2023Q1-A1-01", "2023Q1-A1-02")
