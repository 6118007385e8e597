"""The logbook: one line of JSON for each decision, in order, with nothing in it that acts or is secret."""

import datetime as dt
import json
import os

import pytest

from duban.home import Home
from duban.journal import Step
from duban.logbook import note
from duban.quarters import TIME_ZONE

APRIL, MAY = (dt.datetime(2023, month, 7, 9, 12, tzinfo=TIME_ZONE) for month in (4, 5))


def step(number: int, kind: str, at: dt.datetime = APRIL, by: str = "张三", **details) -> Step:
    return Step(number, kind, "2023Q1", at, "0.3.0", details, (), by)


def lines(home: Home, month: str) -> list[dict]:
    return [json.loads(line) for line in (home.root / "logs" / f"{month}.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path)


def test_every_decision_is_a_line_of_its_month(home):
    file = {"accession": "2023Q1-A1-01", "reporter": "A1", "verdict": "accepted", "digest": "d" * 64}
    file |= {"place": "files-0", "file_name": "甲.xlsx", "folder": "", "size": 9}
    note(
        home, [step(1, "received", files=[file]), step(2, "answered", answers=[["2023Q1-A1-01", "2023Q1/A1/回执.txt"]])]
    )
    note(home, [step(3, "decided", MAY, publication="2023Q1-r1", inputs="i", decision="approved", comment="同意")])
    note(home, [step(4, "published", MAY, publication="2023Q1-r1", workbook="w"), step(5, "closed", MAY)])
    april = {"at": "2023-04-07T09:12:00+08:00", "quarter": "2023Q1", "by": "张三"}
    may = april | {"at": "2023-05-07T09:12:00+08:00"}
    told = {"accession": "2023Q1-A1-01", "reporter": "A1", "file_name": "甲.xlsx", "digest": "d" * 64}
    assert lines(home, "2023-04") == [
        april | {"what": "received", "step": 1, "verdict": "accepted"} | told,
        april | {"what": "answered", "step": 2, "accession": "2023Q1-A1-01", "answer": "2023Q1/A1/回执.txt"},
    ]
    decided = {"publication": "2023Q1-r1", "inputs": "i", "decision": "approved", "comment": "同意"}
    assert lines(home, "2023-05") == [
        may | {"what": "decided", "step": 3} | decided,
        may | {"what": "published", "step": 4, "publication": "2023Q1-r1", "workbook": "w"},
        may | {"what": "closed", "step": 5},
    ]


def test_each_reporter_of_a_step_has_a_line_and_addresses_and_tokens_have_none(home):
    reminded = {"reporter": "A1", "due": "2023-04-10", "step": -1, "channel": "mail", "webhook": "wecombot://key"}
    reminded |= {"recipients": ["a@example.org"], "state": "sent", "said": "password"}
    note(
        home, [step(1, "reminded", reminders=[reminded]), step(2, "due", dues={"A1": "2023-04-14", "A2": "2023-04-15"})]
    )
    note(home, [step(3, "templates", templates=[["A1", "token", "2023-04-03"]]), step(4, "mailed", mailed=[reminded])])
    text = (home.root / "logs" / "2023-04.jsonl").read_text("utf-8")
    assert [line["what"] for line in lines(home, "2023-04")] == ["reminded", "due", "due", "templates", "mailed"]
    for secret in ("example.org", "wecombot", "password", "token"):
        assert secret not in text


def test_what_somebody_typed_neither_acts_nor_breaks_a_line(home):
    note(home, [step(1, "reopened", reason="防汛\n\x1b[31m\u202e", by="\u2028张")])
    [line] = (home.root / "logs" / "2023-04.jsonl").read_text("utf-8").splitlines()
    assert line.isprintable()
    assert json.loads(line)["reason"] == "防汛\n\x1b[31m\u202e"


def test_it_is_not_written_through_a_link_and_fails_nothing_where_it_cannot_be_written(home, tmp_path, caplog):
    (tmp_path / "logs").mkdir()
    os.symlink(tmp_path / "elsewhere", tmp_path / "logs" / "2023-04.jsonl")
    note(home, [step(1, "closed")])
    assert not (tmp_path / "elsewhere").exists()
    assert [record.getMessage()[:27] for record in caplog.records] == ["1 decisions are not in the "]


def test_every_kind_of_step_that_the_warehouse_knows_has_its_words():
    import re

    from duban.logbook import _WORDS
    from duban.settings import REPOSITORY

    table = (REPOSITORY / "warehouse/tables/05_steps.sql").read_text(encoding="utf-8")
    kinds = re.search(r"kind IN \((.*?)\)", table, re.DOTALL)[1]
    assert set(re.findall(r"'(\w+)'", kinds)) == set(_WORDS)
