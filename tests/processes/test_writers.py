"""Workbooks written by child processes: the same bytes, and nothing half done where a child is killed."""

import os
import signal
from contextlib import contextmanager

import pytest
from desk import LATE, OPENED, Q1, RECEIVED, desk_at

import duban.answering.answer as answering
import duban.opening as opening
import duban.processes as processes
from duban.answering.answer import answer_all
from duban.opening import open_quarter
from duban.processes import ChildLost, Children, sharing

TYPED = {"指标数据!H4 inputs/stations/value": "约三百 = ?", "项目清单!C9 projects/9/name": "新站"}
FINDINGS = [("figure_unreadable", "must_fix", 1, "指标数据", ["H4"], "约三百", "不是数字。", "请填数字。")]


@pytest.fixture
def desk(tmp_path):
    desk = desk_at(tmp_path)
    desk.open()
    for number in range(1, 4):
        desk.submit(f"2023Q1-A1-0{number}", verdict="returned", typed=TYPED, findings=FINDINGS)
        desk.submit(f"2023Q1-A2-0{number}")
    return desk


@pytest.fixture
def shared(monkeypatch):
    """Children for however little work; what was used is kept here."""
    used = []

    @contextmanager
    def watched(pieces):
        with sharing(pieces) as workers:
            used.append(workers)
            yield workers

    monkeypatch.setattr(processes, "WORTH", 1)
    for module in (answering, opening):
        monkeypatch.setattr(module, "sharing", watched)
    return used


@pytest.fixture
def killed(monkeypatch):
    """Children that are killed before they are given work."""

    @contextmanager
    def dying(pieces):
        with sharing(pieces) as workers:
            for child in workers.ids:
                os.kill(child, signal.SIGKILL)
            yield workers

    def begin():
        monkeypatch.setattr(processes, "WORTH", 1)
        for module in (answering, opening):
            monkeypatch.setattr(module, "sharing", dying)

    return begin


def files(desk) -> dict[str, bytes]:
    outbox = desk.home.outbox
    return {path.relative_to(outbox).as_posix(): path.read_bytes() for path in outbox.rglob("*") if path.is_file()}


def test_children_write_the_same_bytes_in_the_same_order(desk, shared):
    with pytest.MonkeyPatch.context() as alone:
        alone.setattr(processes, "WORTH", 1000)
        here = answer_all(desk.home, desk.registry, Q1, RECEIVED)
    before = files(desk)
    for path in desk.home.outbox.rglob("*.*"):
        path.unlink()
    seen = []
    opened = open_quarter(desk.home, desk.registry, Q1, LATE, lambda *counts: seen.append(counts))
    again = answer_all(desk.home, desk.registry, Q1, LATE, again=[path.name[:12] for path in here])
    assert again == here and [path.parent.name for path in opened] == ["A1", "A2", "B1"]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert files(desk) == before and len(before) == 9
    assert [type(workers) for workers in shared] == [processes.Here, Children, Children]


def test_nothing_is_started_where_all_workbooks_stand(desk, shared):
    desk.open()
    assert [type(workers) for workers in shared] == [processes.Here]


def test_killed_children_fail_the_answering_and_the_next_run_continues(desk, monkeypatch, killed):
    killed()
    with pytest.raises(ChildLost):
        answer_all(desk.home, desk.registry, Q1, RECEIVED)
    monkeypatch.undo()
    assert desk.query("SELECT count(*) FROM answers") == [(0,)]
    assert {name for name in files(desk) if "退回" in name or name.endswith("tmp")} == set()
    paths = answer_all(desk.home, desk.registry, Q1, RECEIVED)
    assert len(paths) == 6 and all(path.exists() for path in paths)


def test_killed_children_fail_the_opening_and_the_next_run_is_whole(tmp_path, monkeypatch, killed):
    desk = desk_at(tmp_path / "new")
    killed()
    with pytest.raises(ChildLost):
        open_quarter(desk.home, desk.registry, Q1, OPENED)
    monkeypatch.undo()
    assert desk.query("SELECT count(*) FROM templates") == desk.query("SELECT count(*) FROM quarters") == [(0,)]
    assert files(desk) == {}
    assert all(path.exists() for path in desk.open(now=OPENED))
