"""`duban serve` as a process of its own, asked as its page would ask; and a proxy that notes what goes outside."""

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
from urllib.error import HTTPError

from desk import write_plan
from filling import fill_in

from duban.serving.api import ask
from duban.settings import REPOSITORY

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

    def __init__(self, root: Path, proxy: str, *arguments: str, **environment: str):
        self.home, self.plan, self.port = root / "home", write_plan(root / "plan"), free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.log = root / "serve.log"
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "DUBAN"))}
        outside = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), proxy)
        self.environment = own | outside | {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
        self.environment |= environment
        self.arguments = arguments

    def start(self) -> None:
        told = ["--home", str(self.home), "--schemas", str(self.plan), "--port", str(self.port), *self.arguments]
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
        """What the server answers, asked again where its database was busy: it says so and has done nothing."""
        for pause in (1.0, 2.0, 4.0, 8.0):
            try:
                return ask(self.api + path, body, self.environment, patience=30.0)
            except HTTPError as error:
                if error.code != 503:
                    raise
                time.sleep(pause)
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
