"""A deadline is kept by whoever's file lay whole in the intake by then, whenever a run comes by; the warehouse that is
made anew says the same."""

import datetime as dt
import json
import os
from dataclasses import replace

import pytest
from desk import Q1
from past import Past, opened

from duban import looks
from duban.errors import UserError
from duban.files import digest_of
from duban.history import history
from duban.history import render as render_history
from duban.journal import read_journal
from duban.quarters import TIME_ZONE
from duban.rebuilding.rebuild import rebuild
from duban.registry.load import load_registry
from duban.status import render, status
from duban.warehouse.connection import open_warehouse

pytestmark = pytest.mark.engine
BEFORE_MIDNIGHT = dt.datetime(2023, 4, 10, 23, 50, tzinfo=TIME_ZONE)
AFTER = dt.datetime(2023, 4, 11, 0, 5, tzinfo=TIME_ZONE)
ARRIVALS = """
    SELECT accession, strftime(arrived_at, '%d %H:%M'), strftime(received_at, '%d %H:%M'), s.late, p.late
    FROM submissions s JOIN punctuality p USING (accession) ORDER BY accession
"""


@pytest.fixture
def past(tmp_path, validator) -> Past:
    return opened(tmp_path, validator)


def ask(past: Past, sql: str) -> list[tuple]:
    with open_warehouse(past.home.warehouse) as connection:
        return connection.execute(sql).fetchall()


def by_the_system(past: Past, monkeypatch, **changed: dt.datetime) -> None:
    """The system says of files that they were last changed at these times."""
    files = (past.home.intake / "2023Q1").glob("*.xlsx")
    times = {os.stat(path).st_ctime_ns: changed[path.stem] for path in files}
    monkeypatch.setattr(looks, "_moment", lambda ns, now: times[ns])


def test_what_lay_there_before_midnight_is_in_time_though_the_run_before_it_failed(past, monkeypatch):
    past.drop(Q1, "A1", 320)
    past.drop(Q1, "A2", 60)
    os.utime(past.home.intake / "2023Q1" / "A1.xlsx", (10**10, 10**10))  # what it says itself tells nothing
    by_the_system(past, monkeypatch, A1=BEFORE_MIDNIGHT, A2=BEFORE_MIDNIGHT)
    with monkeypatch.context() as context, pytest.raises(UserError, match="无法写入"):
        context.setattr("duban.intake._keep", _full_disk)
        past.run.collect(replace(past.settings, as_of=BEFORE_MIDNIGHT + dt.timedelta(minutes=5)), Q1)
    past.drop(Q1, "A2", 61)  # written again, too late
    by_the_system(past, monkeypatch, A1=BEFORE_MIDNIGHT, A2=AFTER)
    told = past.run.collect(past.at(4, 11, 9), Q1)
    assert {one["reporter"]: one["late"] for one in told["accepted"]} == {"A1": False, "A2": True}
    assert ask(past, ARRIVALS) == [
        ("2023Q1-A1-01", "10 23:50", "11 09:00", False, False),
        ("2023Q1-A2-01", "11 00:05", "11 09:00", True, True),
    ]
    registry, now = load_registry(past.settings.schemas), past.at(4, 11, 10).now()
    found = status(past.home, registry, Q1, now)
    times = {one["code"]: (one["arrived_at"], one["received_at"], one["late"]) for one in found["reporters"]}
    assert times["A1"] == ("2023-04-10T23:50:00+08:00", "2023-04-11T09:00:00+08:00", False)
    assert times["A2"] == ("2023-04-11T00:05:00+08:00", "2023-04-11T09:00:00+08:00", True)
    [line] = [line for line in render(found).splitlines() if "甲市" in line]
    assert "2023-04-10 23:50  按时" in line
    assert "2023-04-11 00:05  逾期" in render_history(history(past.home, registry, "A2", Q1))
    letters = {path.parent.name: path.read_text("utf-8-sig") for path in past.home.outbox.rglob("*-回执.txt")}
    assert "送达时间  2023年04月10日 23:50（截止 4月10日，按时）\n登记时间  2023年04月11日 09:00\n" in letters["A1"]
    assert "送达时间  2023年04月11日 00:05（截止 4月10日，迟报 1 天）\n" in letters["A2"]


def test_arrivals_are_in_the_journal_and_in_the_warehouse_that_is_made_of_it(past, validator, monkeypatch):
    past.drop(Q1, "A1", 320)
    past.drop(Q1, "A2", 60)
    by_the_system(past, monkeypatch, A1=BEFORE_MIDNIGHT, A2=dt.datetime(2023, 4, 12, tzinfo=TIME_ZONE))
    past.run.collect(past.at(4, 11, 9), Q1)
    past.run.publish(past.at(4, 12), Q1)
    [received] = [step for step in read_journal(past.home) if step.kind == "received"]
    noted = {one["accession"]: one.get("arrived_at") for one in received.details["files"]}
    assert noted == {"2023Q1-A1-01": "2023-04-10T23:50:00+08:00", "2023Q1-A2-01": None}  # at its receipt
    before = ask(past, ARRIVALS)
    assert before == [
        ("2023Q1-A1-01", "10 23:50", "11 09:00", False, False),
        ("2023Q1-A2-01", "11 09:00", "11 09:00", True, True),
    ]
    [book] = past.home.published.rglob("2023Q1-r1.xlsx")
    digest = digest_of(book)
    told = rebuild(past.home, validator, lambda title: lambda done, total: None)
    assert (told["whole"], told["odd"], told["tables"]) == (True, [], [])
    assert ask(past, ARRIVALS) == before and digest_of(book) == digest
    assert json.loads(past.home.waiting.read_text())["files"].keys() == {"2023Q1/A1.xlsx", "2023Q1/A2.xlsx"}


def _full_disk(home, file):
    raise OSError(28, os.strerror(28))
