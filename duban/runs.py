"""One run at a time in a home folder, and the scratch that its steps hand to each other."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duban.errors import WarehouseBusy
from duban.home import Home
from duban.journal import keep_up


@contextmanager
def run_folder(home: Home, name: str, wait: float = 30.0, journal: bool = True) -> Iterator[Path]:
    """A scratch folder `work/<name>-<process>` for one run, gone when the run is over.

    While it stands no other run begins in this home: a second one waits up to `wait` seconds, then raises
    WarehouseBusy. The lock is the kernel's and goes with its process, so what lies in `work/` when a run begins was
    left behind by one that was killed, and is removed. What one noted and did not write to the `journal` of the archive
    is written at the start; what this one notes, at its end.
    """
    home.work.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home.root / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(descriptor, home, wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{name} {os.getpid()}".encode(), 0)
        for leftover in home.work.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() and not leftover.is_symlink() else leftover.unlink()
        if journal:
            keep_up(home)
        folder = home.work / f"{name}-{os.getpid()}"
        folder.mkdir()
        try:
            yield folder
            if journal:
                keep_up(home)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, home: Home, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                name, _, process = os.pread(descriptor, 200, 0).decode().partition(" ")
                holder = f"{name}，进程 {process}" if process else "另一进程"
                raise WarehouseBusy(
                    f"{home.root} 正由另一次运行占用（{holder}），已等待 {wait:.0f} 秒：请待其结束后重试。"
                ) from None
            time.sleep(0.1)
