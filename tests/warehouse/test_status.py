import datetime as dt

import pytest
from drawn import NOW, Q1, Drawn

from duban.errors import UserError
from duban.quarters import Quarter
from duban.status import render, status

pytestmark = pytest.mark.engine

BAD = Drawn({"inputs/stations/value": None, "inputs/trained/value": None, "progress/1/status": None})
NONE = {"structure": 0, "must_fix": 0, "confirm": 0, "notice": 0}


@pytest.fixture
def opened_by_zhang(monkeypatch):
    monkeypatch.setenv("DUBAN_BY", "张三")


def states(bench, now=NOW) -> dict:
    return {row["code"]: row for row in status(bench.home, bench.registry, Q1, now)["reporters"]}


def test_an_accepted_one_stands_though_a_later_one_was_returned(bench):
    bench.load(Drawn(), BAD)
    assert states(bench)["A1"] == {
        "code": "A1",
        "name": "甲市",
        "kind": "prefecture",
        "state": "accepted",
        "accession": "2023Q1-A1-01",
        "received_at": "2023-04-08T09:00:00+08:00",
        "arrived_at": "2023-04-08T09:00:00+08:00",
        "late": False,
        "due": "2023-04-10",
        "findings": NONE,
    }


def test_who_was_accepted_in_time_and_corrects_itself_later_is_not_late(bench):
    bench.load(Drawn())
    bench.load(Drawn({"inputs/stations/value": 321}, body="corrected"), now=NOW + dt.timedelta(days=30))
    row = states(bench)["A1"]
    assert (row["accession"], row["received_at"][:10], row["late"]) == ("2023Q1-A1-02", "2023-05-08", False)


def test_who_is_accepted_in_time_is_not_late_in_whatever_order_it_was_taken_in(bench):
    day_after = NOW + dt.timedelta(days=3)
    bench.load(Drawn(body="late", arrived_at=day_after), now=day_after)
    assert states(bench)["A1"]["late"]
    bench.load(Drawn({"inputs/stations/value": 321}, arrived_at=NOW), now=day_after)  # it had been open in an editor
    row = states(bench)["A1"]
    assert (row["accession"], row["arrived_at"], row["late"]) == ("2023Q1-A1-02", NOW.isoformat(), False)


def test_the_last_of_the_returned_ones_is_shown_with_its_findings(bench):
    bench.load(BAD, Drawn({"inputs/stations/value": None}))
    row = states(bench)["A1"]
    assert (row["state"], row["accession"], row["findings"]) == ("returned", "2023Q1-A1-02", NONE | {"must_fix": 1})


def test_who_has_sent_nothing_is_missing_and_late_once_the_day_is_over(bench):
    for days, late in ((0, False), (2, False), (3, True)):
        row = states(bench, NOW + dt.timedelta(days=days))["B1"]
        assert (row["state"], row["accession"], row["received_at"], row["late"]) == ("missing", None, None, late)


def test_states_are_counted_and_nobodys_files_are_counted_apart(bench):
    set_aside = Drawn(token_ok=False, faults=[{"rule": "no_stamp"}], folder="A2")
    bench.load(BAD, set_aside, Drawn(readable=False, faults=[{"rule": "damaged"}]))
    found = status(bench.home, bench.registry, Q1, NOW)
    assert found["counts"] == {"accepted": 0, "returned": 1, "set_aside": 1, "missing": 1}
    assert found["unidentified"] == 1


def test_the_table_counts_by_kind_and_shows_every_reporter(opened_by_zhang, bench):
    bench.load(BAD, Drawn({"inputs/stations/value": None}, reporter="A2"))
    bench.load(Drawn(), now=NOW + dt.timedelta(days=4))
    lines = [" ".join(line.split()) for line in render(status(bench.home, bench.registry, Q1, NOW)).splitlines()]
    assert lines == [
        "小方案 2023年一季度 报送情况",
        "状态：收取中，2023-04-08 09:00 由张三布置",
        "",
        "2 市州已报 1\uff0c按时 0、逾期 1\uff0c已退回 1",
        "代码 单位 状态 登记号 收到时间 时限 问题",
        "A1 甲市 已受理 2023Q1-A1-02 2023-04-12 09:00 逾期",
        "A2 乙市 已退回 2023Q1-A2-01 2023-04-08 09:00 按时 强制 1",
        "",
        "1 处室已报 0\uff0c未报 1",
        "代码 单位 状态 登记号 收到时间 时限 问题",
        "B1 办公室 未报 2023-04-10 前",
        "",
        "完整情况（按应报项次计，一家单位的一项重点工作为一项次）",
        "篇章 应报 收到 受理 内容完整 完整率",
        "第一篇 7 4 2 2 28.5%",
        "合计 7 4 2 2 28.5%",
    ]


def test_a_quarter_that_is_not_open_has_no_status(bench):
    with pytest.raises(UserError, match="2023Q4"):
        status(bench.home, bench.registry, Quarter(2023, 4), NOW)
