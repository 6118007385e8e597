"""What tests of spread work share: a home's tables to compare, and processes to lose in the middle of reading."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psutil

from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.settings import REPOSITORY
from duban.warehouse.connection import open_warehouse

TABLES = ("submissions", "findings", "explanations", "entries", "cells", "projects", "project_rows")


SAMPLES = REPOSITORY / "sample_submissions"
COLLECT = ("collect", "--as-of", "2023-04-08T09:00:00+08:00")


def duban(home: Path, *told: str) -> subprocess.CompletedProcess:
    """A command on the first quarter, as a process of its own."""
    command = [sys.executable, "-m", "duban", *told, "2023Q1", "--home", str(home)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=1500)


def opened_with(home: Path, samples: int | None = None) -> Path:
    """Open the first quarter in a home, with the sample submissions in its intake, or the first so many of them."""
    copy_keys(SAMPLES / "keys", home / "keys")
    assert duban(home, "open", "--as-of", "2023-04-03T09:00:00+08:00").returncode == 0
    intake = home / "intake" / "2023Q1"
    intake.mkdir(parents=True, exist_ok=True)
    for path in sorted((SAMPLES / "2023Q1").glob("*.xlsx"))[:samples]:
        shutil.copy(path, intake)
    return home


def collected_alone(home: Path) -> dict[str, list[tuple]]:
    """What one machine makes of a home, row by row."""
    assert duban(home, *COLLECT).returncode in (0, 1)
    return tables(Home(home))


def until_ready(home: Path, workers: int) -> None:
    """The check-up sees so many workers."""
    from duban.doctor.spread import spread

    deadline = time.monotonic() + 300
    while f"{workers} 个工作进程" not in (said := spread(Home(home)).said):
        assert time.monotonic() < deadline, said
        time.sleep(1)


def copied(home: Path, to: Path) -> Path:
    """A copy of a home whose files arrived in the order of their names, as accession numbers go by that."""
    shutil.copytree(home, to)
    for path in sorted((to / "intake").rglob("*.xlsx")):
        path.touch()
    return to


def tables(home: Home) -> dict[str, list[tuple]]:
    """Every row that a collect run loads, in one order."""
    with open_warehouse(home.warehouse, read_only=True) as connection:
        return {name: connection.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in TABLES}


def readers(of: int) -> list[psutil.Process]:
    """The reading processes below a process."""
    found = []
    for process in psutil.Process(of).children(recursive=True):
        try:
            if "duban.reading.child" in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


@contextmanager
def lost_while_reading(of: int, lose=None, times: int = 1):
    """As soon as a process below `of` reads a shard, kill the worker that it belongs to (or `lose` something), and so
    often; gives a list that then holds the workers' process ids."""
    lost: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for reader in readers(of):
                try:
                    worker = reader.parent().pid
                except psutil.Error:
                    continue
                below = {of, *(one.pid for one in psutil.Process(of).children(recursive=True))}
                if worker in lost or worker not in below:
                    continue  # dead already, and its reader about to be
                if lose:
                    lose()
                else:
                    os.kill(worker, signal.SIGKILL)
                lost.append(worker)
                if len(lost) == times:
                    return
            time.sleep(0.02)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield lost
    finally:
        over.set()
        thread.join()


def spread_over(home: Path, text: str) -> None:
    """Set a home's cluster up."""
    (home / "cluster.yaml").write_text(text, encoding="utf-8")
