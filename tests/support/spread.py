"""What tests of spread work share: a home's tables to compare, and processes to lose in the middle of reading."""

import os
import shutil
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psutil

from duban.home import Home
from duban.warehouse.connection import open_warehouse

TABLES = ("submissions", "findings", "explanations", "entries", "cells", "projects", "project_rows")


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
