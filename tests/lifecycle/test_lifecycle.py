"""A quarter's life: what each state lets through, what waits, and who brought it there."""

import re

import pytest
from desk import PLAN, Q1, write_plan
from past import Past, new_home, reported

from duban import lifecycle
from duban.errors import UserError
from duban.registry.load import load_registry
from duban.status import render, status
from duban.warehouse.connection import open_warehouse

pytestmark = pytest.mark.engine


@pytest.fixture(autouse=True)
def by_zhang(monkeypatch):
    monkeypatch.setenv("DUBAN_BY", "张三")


@pytest.fixture
def past(tmp_path, validator) -> Past:
    """Q1 open since 3 April and due on the 10th; 甲市 was accepted on the 8th."""
    return reported(tmp_path, validator)


def close(past: Past, month: int, day: int, **options) -> dict:
    return lifecycle.close(past.home, Q1, past.at(month, day).now(), **options)


def reopen(past: Past, month: int, day: int, reason: str = "乙市漏报") -> dict:
    return lifecycle.reopen(past.home, Q1, past.at(month, day).now(), reason)


def state(past: Past, month: int, day: int) -> str:
    with open_warehouse(past.home.warehouse, looking=True) as connection:
        return lifecycle.life_of(connection, Q1, past.at(month, day).now()).state


def late(past: Past, month: int, day: int) -> str:
    """乙市 reports; what its receipt says of when it counts."""
    past.drop(Q1, "A2", 60)
    [told] = past.run.collect(past.at(month, day), Q1)["accepted"]
    with open(told["answer"], encoding="utf-8-sig") as file:
        return re.search(r"[^•\n]*(?:计入汇总|汇入全省)[^\n]*", file.read())[0].strip(" -·")


def counted(past: Past, publication: str) -> list[str]:
    with open_warehouse(past.home.warehouse) as connection:
        found = connection.execute(
            "SELECT accession FROM publication_submissions WHERE publication = ? ORDER BY ALL", [publication]
        )
        return [accession for (accession,) in found.fetchall()]


def publish(past: Past, month: int, day: int) -> str:
    return past.run.publish(past.at(month, day), Q1)["publication"]


def test_a_quarter_is_open_closing_closed_published_and_revised_in_turn(past):
    with open_warehouse(None) as connection:
        assert lifecycle.life_of(connection, Q1, past.at(4, 1).now()).state == "planned"
    assert [state(past, 4, day) for day in (10, 11)] == ["open", "closing"]
    close(past, 4, 12)
    assert (state(past, 4, 11), state(past, 4, 12)) == ("closing", "closed")
    publish(past, 4, 13)
    assert state(past, 4, 13) == "published"
    late(past, 4, 14)
    publish(past, 4, 15)
    assert state(past, 4, 15) == "revised"
    reopen(past, 4, 16)
    assert state(past, 4, 16) == "closing"
    close(past, 4, 17)
    assert state(past, 4, 17) == "closed"


def test_what_comes_after_closing_is_answered_and_waits_for_the_next_revision(past):
    close(past, 4, 12)
    assert late(past, 4, 13) == "本报告期已于 2023-04-12 09:00 截止，本次报送已登记，待重新开放或下一次修订时计入汇总。"
    found = status(past.home, load_registry(past.settings.schemas), Q1, past.at(4, 13).now())
    assert found["waiting"] == ["2023Q1-A2-01"]
    assert "截止或发布后受理、尚未计入汇总的 1 件：2023Q1-A2-01。" in render(found)
    assert counted(past, publish(past, 4, 14)) == ["2023Q1-A1-01"]
    assert counted(past, publish(past, 4, 15)) == ["2023Q1-A1-01", "2023Q1-A2-01"]
    found = status(past.home, load_registry(past.settings.schemas), Q1, past.at(4, 15).now())
    assert found["waiting"] == []


def test_what_waited_counts_once_the_quarter_is_reopened(past):
    close(past, 4, 12)
    late(past, 4, 13)
    reopen(past, 4, 14)
    assert counted(past, publish(past, 4, 14)) == ["2023Q1-A1-01", "2023Q1-A2-01"]


def test_what_comes_after_a_publication_waits_for_the_next_revision(past):
    publish(past, 4, 12)
    assert late(past, 4, 13) == "本报告期汇总已发布（2023Q1-r1），本次报送已登记，待下一次修订时计入汇总。"


def test_in_an_open_quarter_a_receipt_says_that_it_counts(past):
    assert late(past, 4, 9) == "您的数据已入库，将汇入全省进展情况。"


def test_every_step_says_who_did_it_when_and_why(past):
    close(past, 4, 12, by="李四")
    found = reopen(past, 4, 13)
    assert [(one["kind"], one["at"], one["by"], one["reason"]) for one in found["events"]] == [
        ("opened", "2023-04-03T09:00:00+08:00", "张三", ""),
        ("closed", "2023-04-12T09:00:00+08:00", "李四", ""),
        ("reopened", "2023-04-13T09:00:00+08:00", "张三", "乙市漏报"),
    ]
    assert found["told"] == "已到期，尚未截止，2023-04-13 09:00 由张三重新开放（乙市漏报）"


def refused(do, *words, **options) -> str:
    with pytest.raises(UserError) as refusal:
        do(*words, **options)
    return str(refusal.value)


def test_what_a_state_forbids_is_refused_with_a_sentence(past):
    assert refused(close, past, 4, 9) == "2023Q1 还没有到期（最晚一家 2023-04-10 到期）：确需提前截止，请加 --early。"
    assert refused(reopen, past, 4, 9) == "2023Q1 仍在收取（收取中），无需重新开放。"
    assert refused(reopen, past, 4, 9, " ") == "重新开放须写明原因，它会留在记录里：请用 --reason 写一句。"
    close(past, 4, 9, early=True)
    assert refused(close, past, 4, 12) == "2023Q1 已不在收取（2023-04-09 09:00 由张三截止），无需截止。"
    write_plan(past.settings.schemas, plan=PLAN["plan.yaml"].replace("2023年工作要点", "2023年度工作要点"))
    assert refused(past.run.open_quarter, past.at(4, 12), Q1) == (
        "2023Q1 已截止（2023-04-09 09:00 由张三截止），方案的改动不能再用于它："
        "请先运行 duban reopen 2023Q1 --reason 原因。"
    )
    publish(past, 4, 13)
    assert refused(close, past, 4, 14) == "2023Q1 已不在收取（2023-04-13 09:00 由张三发布 2023Q1-r1），无需截止。"


def test_a_quarter_that_nobody_opened_has_no_life_to_change(tmp_path, validator):
    past = new_home(tmp_path, validator)
    for do in (close, reopen):
        assert refused(do, past, 4, 12) == ("2023Q1 尚未布置，没有应报清单可对照：请先运行 duban open 2023Q1。")
    assert not past.home.warehouse.exists()
