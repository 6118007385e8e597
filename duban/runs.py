"""One run at a time in a home folder, and the scratch that its steps hand to each other."""

import datetime as dt
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from duban.errors import WarehouseBusy
from duban.files import mend_folders, sweep
from duban.holder import LOCK, holder
from duban.home import Home
from duban.journal import folder_of, keep_up

_REPORTER_FOLDERS = 3  # levels of the outbox: itself, quarters, reporters


@contextmanager
def run_folder(home: Home, name: str, wait: float = 30.0, journal: bool = True) -> Iterator[Path]:
    """A scratch folder in `work/` for one run, gone when the run is over.

    While it stands no other run begins in this home: a second one waits up to `wait` seconds, then raises
    WarehouseBusy, which says who holds it. The lock is the kernel's and goes with its process, so what lies unfinished
    when a run begins was left behind by one that was killed, and is mended or removed. What one noted and did not write
    to the `journal` of the archive is written at the start; what this one notes, at its end.
    """
    home.work.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home.root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _lock(descriptor, home, wait)
        killed = os.fstat(descriptor).st_size > 0  # who ends by itself leaves it empty
        _note(descriptor, f"{name} {os.getpid()} {dt.datetime.now():%m-%d %H:%M:%S}")
        try:
            _mend(home, killed)
            if journal:
                keep_up(home)
            folder = Path(tempfile.mkdtemp(dir=home.work, prefix=f"{name}-{os.getpid()}-"))
            try:
                yield folder
                if journal:
                    keep_up(home)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        except BaseException:
            _note(descriptor, "\n")  # nobody's any more, and not empty: there may be something to sweep
            raise
        _note(descriptor, "")
    finally:
        os.close(descriptor)


def _note(descriptor: int, text: str) -> None:
    """What the lock file says: for people who ask, and whether a run ended by itself. The lock does not hang on it."""
    with suppress(OSError):  # a full disk must not keep a run from ending, nor from beginning
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)


def _mend(home: Home, killed: bool) -> None:
    """Put right what a killed run left. Its children may still be at their last piece: what cannot be removed now the
    next run removes."""
    for leftover in home.work.iterdir():
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)
    mend_folders(home.published)
    if killed:
        for unfinished in home.archive.glob("*.tmp"):
            unfinished.unlink(missing_ok=True)
        sweep(folder_of(home), 2)
        sweep(home.outbox, _REPORTER_FOLDERS)
        sweep(home.validation, 2)


def _lock(descriptor: int, home: Home, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise WarehouseBusy(
                    f"{home.root} 正由另一次运行占用（{holder(home.root) or '另一进程'}），已等待 {wait:.0f} 秒："
                    "请待其结束后重试。"
                ) from None
            time.sleep(0.1)
