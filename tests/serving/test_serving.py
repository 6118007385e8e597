"""What keeps a server from starting, how children are kept, and what a stop leaves: without Prefect."""

import os
import socket
import time
from pathlib import Path

import pytest

from duban.errors import UserError
from duban.home import Home
from duban.serving import children
from duban.serving.children import Child, wait_for
from duban.serving.leftovers import settle, take_up
from duban.serving.serve import alone, environment_of, serve
from duban.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(Home(tmp_path / "home"))


def refused(settings: Settings, host: str = "127.0.0.1", port: int = 4200) -> str:
    with pytest.raises(UserError) as refusal:
        serve(settings, host, port, lambda _: None, lambda: True)
    return str(refusal.value)


def test_a_second_server_of_a_home_says_where_the_first_one_is(settings):
    with alone(settings.home.root, "127.0.0.1:4200"):
        assert f"已有一个服务在运行（http://127.0.0.1:4200/，进程 {os.getpid()}）" in refused(settings)


def test_a_port_that_is_taken_is_said_before_anything_starts(settings):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refused(settings, port=port).startswith(f"127.0.0.1 的端口 {port} 用不了")
    assert not (settings.home.root / "logs").exists()


@pytest.mark.parametrize("one_side", [{}, {"PREFECT_SERVER_API_AUTH_STRING": "a:b"}])
def test_an_address_that_others_reach_needs_the_same_password_on_both_sides(settings, monkeypatch, one_side):
    for name in ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING"):
        monkeypatch.delenv(name, raising=False)
    for name, value in one_side.items():
        monkeypatch.setenv(name, value)
    assert "须先设口令" in refused(settings, host="0.0.0.0")
    assert "不是 IP 地址" in refused(settings, host="督审处")


def test_the_users_settings_stand_but_for_those_that_say_where_this_server_is_and_that_it_is_quiet(settings):
    own = {"PREFECT_WORKER_QUERY_SECONDS": "9", "PREFECT_API_URL": "http://elsewhere/api", "DO_NOT_TRACK": "0"}
    told = environment_of(settings, "0.0.0.0", 4300, own)
    assert told["PREFECT_WORKER_QUERY_SECONDS"] == "9"
    assert told["PREFECT_API_URL"] == "http://127.0.0.1:4300/api"
    assert (told["DO_NOT_TRACK"], told["PREFECT_SERVER_ANALYTICS_ENABLED"]) == ("1", "false")
    assert Path(told["DUBAN_HOME"]) == settings.home.root.resolve()


def child_of(tmp_path, *arguments: str) -> Child:
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    return Child("试验", list(arguments), environment, tmp_path / "logs" / "child.log")


def until(true, patience: float = 20.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_child_that_dies_is_started_again_ever_more_slowly_and_not_for_ever(tmp_path):
    child, said, starts = child_of(tmp_path, "no_such_module"), [], []
    child.start()
    with pytest.raises(UserError, match="一再中止（退出码 1）"):
        for second in range(100):
            until(lambda: not child.running)
            before = child.id
            child.mend(float(second), said.append)
            starts += [second] if child.id not in (None, before) else []
    assert starts == [1, 4, 9, 18]  # a death is noticed a second after the start
    assert len(said) == 4
    assert (tmp_path / "logs" / "child.log").read_text().count("no_such_module") == 5


def test_a_child_that_is_ended_is_gone_with_everything_that_it_started(tmp_path):
    (tmp_path / "parent.py").write_text(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)']).pid, flush=True)\n"
        "time.sleep(99)\n"
    )
    child = child_of(tmp_path, "parent")
    child.start()
    log = tmp_path / "logs" / "child.log"
    until(lambda: log.exists() and log.read_text().endswith("\n"))
    grandchild = int(log.read_text())
    child.end()
    assert not child.running
    until(lambda: not _lives(grandchild))


def test_a_log_that_grows_while_its_process_runs_begins_anew_and_the_last_part_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "_LARGE", 1000)
    (tmp_path / "chatter.py").write_text(
        "import os, time\n"
        "print('a' * 2000, flush=True)\n"
        f"while not os.path.exists({str(tmp_path / 'on')!r}): time.sleep(0.01)\n"
        "print('b', flush=True)\n"
        "time.sleep(99)\n"
    )
    child = child_of(tmp_path, "chatter")
    child.start()
    try:
        until(lambda: child.log.stat().st_size > 2000)
        child.mend(0.0, print)
        (tmp_path / "on").touch()
        until(lambda: child.log.read_text() == "b\n")
        assert child.log.with_suffix(".log.1").read_text() == "a" * 2000 + "\n"
    finally:
        child.end()


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_waiting_for_a_child_ends_when_it_dies_or_when_we_are_to_stop(tmp_path):
    child = child_of(tmp_path, "no_such_module")
    child.start()
    with pytest.raises(UserError, match="没有启动成功"):
        wait_for(lambda: False, child, 20.0, lambda: False)
    assert wait_for(lambda: False, child, 20.0, lambda: True) is False
    assert wait_for(lambda: True, child, 20.0, lambda: False) is True


class Runs:
    """What a server answers about runs by their states, and what it is told to make of them."""

    def __init__(self, **runs: list[dict]):
        self._runs, self.told = runs, []

    def __call__(self, path: str, body: dict) -> list[dict]:
        if path == "/flow_runs/filter":
            kinds = body["flow_runs"]["state"]["type"]["any_"]
            return [run for kind in kinds for run in self._runs.get(kind, [])][body["offset"] :]
        self.told.append((path.split("/")[2], body["state"]["type"], body["force"]))
        return []


def run(number: int, deployment: str = "collect", scheduled: bool = True, begun: int = 1, **parameters) -> dict:
    told = {"deployment_id": deployment, "auto_scheduled": scheduled, "run_count": begun, "parameters": parameters}
    return {"id": number, "state": {"type": "RUNNING"}, **told}


NOW = "2023-04-03T09:00:00+08:00"


def test_what_was_running_is_done_again_and_of_missed_schedules_the_last_is_kept():
    late = [run(9), run(8, scheduled=False), run(7), run(6), run(5, "open"), run(4, quarter="2023Q1")]
    runs = Runs(RUNNING=[run(1), run(2, begun=3)], SCHEDULED=late)
    assert settle(runs, NOW) == {"interrupted": 2, "missed": 2}
    assert runs.told == [
        ("1", "CRASHED", False),
        ("1", "SCHEDULED", True),
        ("2", "CRASHED", False),  # it was begun three times
        ("7", "CANCELLED", False),
        ("6", "CANCELLED", False),
    ]


def test_what_crashed_while_the_server_was_away_is_done_again_but_not_for_ever():
    runs = Runs(CRASHED=[run(1), run(2, begun=3)])
    assert take_up(runs, NOW, NOW) == 1
    assert runs.told == [("1", "SCHEDULED", True)]
