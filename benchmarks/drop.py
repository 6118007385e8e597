"""From drop to receipt through a whole server: one file at rest, and many at once.

    python -m benchmarks.drop [--files 500] [--runs 3]

`duban serve` runs as a process of its own, on loopback and in a temporary home. A file counts as answered when its
receipt or its return stands in the outbox. Beside the time from drop to answer stand its parts: until the run is
ordered (two looks, event, automation), until its process is started (the worker asks every two seconds), until the flow
begins (that process imports Prefect and the flow), and the check, which waits for the import of Great Expectations.
"""

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from benchmarks.generate import ISSUED, QUARTER, generate
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.opening import open_quarter
from duban.registry.load import load_registry
from duban.serving.api import ask
from duban.settings import REPOSITORY

PATIENCE = 600.0
SETTLED = 15.0  # seconds after the start until nothing of it works any more
COLUMNS = ("drop to answer", "ordered", "process", "flow begins", "check", "Great Expectations alone")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate(folder, arguments.files + arguments.runs)
        home = Home(folder / "home")
        copy_keys(folder / "keys-of" / "keys", home.keys)
        open_quarter(home, load_registry(folder / "schemas"), QUARTER, ISSUED)
        files = sorted((folder / "files").iterdir())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        told = ["--home", home.root, "--schemas", folder / "schemas", "--port", port]
        server = subprocess.Popen(
            [sys.executable, "-m", "duban", "serve", *map(str, told)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
        )
        try:
            next(line for line in server.stdout if line.startswith("已就绪"))
            time.sleep(SETTLED)
            api = f"http://127.0.0.1:{port}/api"
            print(f"| | {' | '.join(COLUMNS)} |\n{'|---' * (len(COLUMNS) + 1)}|")
            single = [measured(home, api, [file]) for file in files[: arguments.runs]]
            show("one file, at rest", [statistics.median(column) for column in zip(*single, strict=True)])
            many = files[arguments.runs :]
            show(f"{len(many)} files at once", measured(home, api, many))
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)


def measured(home: Home, api: str, files: list[Path]) -> list[float]:
    """Seconds as in COLUMNS, of the first run that the drop started."""
    folder = home.intake / str(QUARTER)
    folder.mkdir(parents=True, exist_ok=True)
    before, known = len(answers(home)), {run["id"] for run in runs(api)}
    dropped = time.time()
    for file in files:
        shutil.copyfile(file, folder / file.name)
    until(lambda: len(answers(home)) >= before + len(files))
    answered = time.time()
    until(lambda: all(run["state"]["type"] == "COMPLETED" for run in runs(api)) and not any(folder.iterdir()))
    first = min((run for run in runs(api) if run["id"] not in known), key=lambda run: run["created"])
    states = ask(f"{api}/flow_run_states/?flow_run_id={first['id']}")
    at = {state["type"]: seconds(state["timestamp"]) for state in reversed(states)}
    wanted = {"flow_runs": {"id": {"any_": [first["id"]]}}, "task_runs": {"name": {"any_": ["核验"]}}}
    check = sum(task["total_run_time"] for task in ask(f"{api}/task_runs/filter", wanted))
    created = seconds(first["created"])
    began = time.perf_counter()
    command = [sys.executable, "-m", "duban.checking.expectations"]  # with nothing to judge
    subprocess.run(command, cwd=REPOSITORY, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    alone = time.perf_counter() - began
    return [
        answered - dropped,
        created - dropped,
        at["PENDING"] - created,
        at["RUNNING"] - at["PENDING"],
        check,
        alone,
    ]


def answers(home: Home) -> list[Path]:
    """Receipts and returns; the fill-in workbooks of the opening are none."""
    outbox = home.outbox / str(QUARTER)
    return [path for kind in ("回执", "退回修改", "退回说明", "说明") for path in outbox.glob(f"*/*-{kind}.*")]


def runs(api: str) -> list[dict]:
    found = ask(f"{api}/flow_runs/filter", {"flows": {"name": {"any_": ["collect"]}}}, patience=30.0)
    return [run for run in found if not run["auto_scheduled"]]


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit("not answered within ten minutes")
        time.sleep(0.1)


def show(title: str, times: list[float]) -> None:
    print(f"| {title} | " + " | ".join(f"{one:.1f} s" for one in times) + " |", flush=True)


if __name__ == "__main__":
    main()
