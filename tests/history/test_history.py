import json

import pytest
from desk import LATE, Q1, RECEIVED

from duban.cli import run
from duban.errors import UserError
from duban.history import history, render

CLEANED = ("cleaned", "notice", 1, "指标数据", ["H4"], "23万", "读作 230000。", "请核对。")
WRONG = ("figure_missing", "must_fix", 1, "指标数据", ["H4"], "", "没有填写。", "请补填。")


@pytest.fixture
def filled(desk):
    """Accepted, sent back, accepted in its place, set aside."""
    desk.open()
    desk.submit("2023Q1-A1-01", findings=[CLEANED], file_name="初稿.xlsx")
    desk.submit("2023Q1-A1-02", "returned", findings=[WRONG, WRONG, CLEANED])
    desk.submit("2023Q1-A1-03", received_at=LATE, supersedes="2023Q1-A1-01", file_name="=定稿.xlsx")
    desk.submit("2023Q1-A1-04", "set_aside", received_at=LATE)
    desk.submit("2023Q1-A2-01", "returned")
    return desk


def test_each_submission_is_listed_with_what_became_of_it(filled):
    found = history(filled.home, filled.registry, "A1", Q1)
    none = {"structure": 0, "must_fix": 0, "confirm": 0, "notice": 0}
    keys = ("accession", "verdict", "late", "outcome", "stands", "supersedes", "superseded_by", "findings")
    assert (found["reporter"], found["name"], found["standing"]) == ("A1", "甲市", "2023Q1-A1-03")
    one, two, three, four = (f"2023Q1-A1-0{number}" for number in (1, 2, 3, 4))
    assert [tuple(row[key] for key in keys) for row in found["submissions"]] == [
        (one, "accepted", False, f"受理，已被 {three} 替代", False, None, three, none | {"notice": 1}),
        (two, "returned", False, "退回，未入库", False, None, None, none | {"must_fix": 2, "notice": 1}),
        (three, "accepted", True, "受理并有效", True, one, None, none),
        (four, "set_aside", True, "搁置", False, None, None, none),
    ]
    assert found["submissions"][0]["received_at"] == "2023-04-07T09:12:00+08:00"


def test_people_get_a_table_and_which_one_stands(filled):
    lines = render(history(filled.home, filled.registry, "甲市局", Q1)).splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "甲市（A1）2023年一季度：共收到 4 件",
        "登记号 收到时间 时限 结论 问题 替代了 文件",
        "2023Q1-A1-01 2023-04-07 09:12 按时 受理，已被 2023Q1-A1-03 替代 提示 1 初稿.xlsx",
        "2023Q1-A1-02 2023-04-07 09:12 按时 退回，未入库 强制 2、提示 1 填报表.xlsx",
        "2023Q1-A1-03 2023-04-12 17:30 逾期 受理并有效 无 2023Q1-A1-01 =定稿.xlsx",
        "2023Q1-A1-04 2023-04-12 17:30 逾期 搁置 无 填报表.xlsx",
        "",
        "现以 2023Q1-A1-03 为准。",
    ]


def test_who_has_none_accepted_has_nothing_that_stands(filled):
    assert render(history(filled.home, filled.registry, "乙市", Q1)).endswith(
        "目前没有受理的报送，该单位的数据没有入库。"
    )
    assert render(history(filled.home, filled.registry, "B1", Q1)) == "办公室（B1）2023年一季度：没有收到任何报送。"


def test_settled_findings_are_counted_apart(filled):
    from duban.warehouse.connection import open_warehouse

    with open_warehouse(filled.home.warehouse) as connection:
        connection.execute("UPDATE findings SET settled = 'waived' WHERE accession = '2023Q1-A1-02' AND place = 1")
        connection.execute("UPDATE findings SET settled = 'explained' WHERE accession = '2023Q1-A1-01'")
    rows = history(filled.home, filled.registry, "A1", Q1)["submissions"]
    assert [row["settled"] for row in rows[:2]] == [{"explained": 1, "waived": 0}, {"explained": 0, "waived": 1}]
    assert [row["findings"]["must_fix"] for row in rows[:2]] == [0, 1]


@pytest.mark.parametrize(
    ("name", "quarter", "told"), [("丙市", Q1, "没有填报单位“丙市”"), ("A1", Q1.next(), "尚未布置")]
)
def test_an_unknown_reporter_or_quarter_is_refused(filled, name, quarter, told):
    with pytest.raises(UserError, match=told):
        history(filled.home, filled.registry, name, quarter)


@pytest.mark.parametrize("command", [("history", "甲市", "2023Q1"), ("diff", "2023Q1-A1-01", "2023Q1-A1-03")])
def test_the_commands_answer_people_and_programs(desk, capsys, command):
    desk.open()
    desk.submit("2023Q1-A1-01", typed={"指标数据!H4 inputs/stations/value": "1"}, received_at=RECEIVED)
    desk.submit("2023Q1-A1-03", typed={"指标数据!H4 inputs/stations/value": "2"}, supersedes="2023Q1-A1-01")
    told = ["--home", str(desk.home.root), "--schemas", str(desk.home.root.parent / "plan")]
    assert run([*told, *command]) == 0
    assert "2023Q1-A1-03" in capsys.readouterr().out
    assert run([*told, *command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reporter"] == "A1"
    assert run([*told, command[0], "nobody", command[2]]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
