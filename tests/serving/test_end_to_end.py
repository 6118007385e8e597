"""The whole server on loopback, of real processes: dropped, collected by itself, stopped in the middle, started again,
published. Whatever is sent to an outside address meets a proxy that notes it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk import write_plan
from filling import fill_in

from duban.serving.api import ask
from duban.settings import REPOSITORY

pytestmark = pytest.mark.slow

PATIENCE = 300.0  # seconds; a busy machine takes minutes for what takes half a minute at rest


def until(found: Callable[[], object], what: str, patience: float = PATIENCE):
    deadline = time.monotonic() + patience
    while not (result := found()):
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.2)
    return result


@contextmanager
def noting_proxy():
    """An address that whoever respects proxies would ask for outside hosts, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(200))

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        listening.shutdown(socket.SHUT_RDWR)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """`duban serve` as a process, and the questions that a page would ask its server."""

    def __init__(self, root: Path, proxy: str):
        self.home, self.plan, self.port = root / "home", write_plan(root / "plan"), free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.log = root / "serve.log"
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "DUBAN"))}
        outside = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), proxy)
        self.environment = own | outside | {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}

    def start(self) -> None:
        told = ["--home", str(self.home), "--schemas", str(self.plan), "--port", str(self.port)]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "duban", "serve", *told],
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                env=self.environment,
            )
        lines = self.log.read_text().count("已就绪")
        until(lambda: self.log.read_text().count("已就绪") > lines or self._process.poll() is not None, "the server")
        assert self._process.poll() is None, self.log.read_text()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(PATIENCE)

    def ask(self, path: str, body: object = None):
        return ask(self.api + path, body, self.environment, patience=30.0)

    def order(self, deployment: str, **parameters) -> dict:
        """A run as the page's form orders it; its end."""
        found = self.ask(f"/deployments/name/{deployment}/{deployment}")
        run = self.ask(f"/deployments/{found['id']}/create_flow_run", {"parameters": parameters})
        return self.end(run["id"], "COMPLETED", "PAUSED")

    def runs(self, flow: str) -> list[dict]:
        """Those that no schedule ordered, the first one first."""
        wanted = {"flows": {"name": {"any_": [flow]}}, "sort": "EXPECTED_START_TIME_ASC"}
        return [run for run in self.ask("/flow_runs/filter", wanted) if not run["auto_scheduled"]]

    def end(self, run: str, *wanted: str) -> dict:
        """The run once it is in one of the wanted states, or in one that it does not leave by itself."""

        def ended() -> dict | None:
            found = self.ask(f"/flow_runs/{run}")
            return found if found["state"]["type"] in (*wanted, "FAILED", "CRASHED", "CANCELLED") else None

        return until(ended, f"the end of {run}")

    def drop(self, reporter: str) -> None:
        [issued] = (self.home / "outbox" / "2023Q1" / reporter).glob(f"2023Q1-{reporter}-*市.xlsx")
        filled = fill_in(issued, self.home.parent / issued.name)
        folder = self.home / "intake" / "2023Q1"
        folder.mkdir(parents=True, exist_ok=True)
        filled.rename(folder / filled.name)

    def receipt(self, reporter: str) -> Path:
        path = self.home / "outbox" / "2023Q1" / reporter / f"2023Q1-{reporter}-01-回执.txt"
        until(path.exists, f"the receipt of {reporter}")
        return path


@pytest.fixture
def service(tmp_path):
    with noting_proxy() as (proxy, asked):
        service = Service(tmp_path, proxy)
        service.asked = asked
        service.start()
        try:
            yield service
        finally:
            service.stop()


def test_a_quarter_is_opened_collected_by_itself_through_a_stop_and_published(service):
    opened = service.order("open-quarter", quarter="2023Q1", reporters=None)
    assert (opened["state"]["type"], opened["name"]) == ("COMPLETED", "2023Q1 布置")

    service.drop("A1")
    assert "受理" in service.receipt("A1").read_text()
    [run] = service.runs("collect")
    assert run["parameters"]["quarter"] == "2023Q1" and run["parameters"]["unattended"] is True

    second = subprocess.run(
        [sys.executable, "-m", "duban", "serve", "--home", str(service.home)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=service.environment,
    )
    assert second.returncode == 2 and f"http://127.0.0.1:{service.port}/" in second.stderr

    service.drop("A2")
    until(lambda: len(service.runs("collect")) > 1, "a run for the second file")
    assert service.stop() == 0
    with pytest.raises(OSError):
        service.ask("/health")
    service.start()
    assert "受理" in service.receipt("A2").read_text()
    until(lambda: not any((service.home / "intake" / "2023Q1").iterdir()), "an empty intake folder")
    until(lambda: service.runs("collect")[-1]["state"]["type"] == "COMPLETED", "the end of the last run")

    asking = service.order("publish", quarter="2023Q1")
    assert (asking["state"]["type"], asking["name"]) == ("PAUSED", "2023Q1 汇总")
    decision = {"decision": "通过", "by": "张三", "comment": "同意"}
    answered = service.ask(f"/flow_runs/{asking['id']}/resume", {"run_input": decision})
    assert answered["status"] == "ACCEPT"
    published = service.end(asking["id"], "COMPLETED")
    assert published["state"]["type"] == "COMPLETED"
    [manifest] = (service.home / "published").glob("2023Q1-r1/manifest.json")
    assert "张三" in str(json.loads(manifest.read_text()))
    archived = [path for path in (service.home / "archive").glob("[0-9a-f][0-9a-f]/*")]
    assert len(archived) == 2
    assert service.asked == []
