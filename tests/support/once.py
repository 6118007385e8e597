"""Folders that are dear to make: made once for all workers of a run of the tests, and copied for who changes one."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

_shared: list[Path] = []  # the run's own folder, the same for all workers


def share(folder: Path) -> None:
    """Keep what is made in this folder."""
    _shared[:] = [folder]


def made(name: str, make: Callable[[Path], object]) -> Path:
    """A folder with what `make(folder)` leaves in an empty one; it is everybody's, and not to be changed.

    The first who asks for the `name` makes it; others wait for that. What decides what is made belongs into the name.
    """
    shared = _shared[0] / "once"
    shared.mkdir(exist_ok=True)
    with (shared / f"{name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if lock.seek(0, os.SEEK_END) == 0:  # nobody has come to the end of making it
            shutil.rmtree(shared / name, ignore_errors=True)
            (shared / name).mkdir()
            make(shared / name)
            lock.write("made")
            lock.flush()
    return shared / name


def copy_of(name: str, make: Callable[[Path], object], target: Path) -> None:
    """Fill `target`, which is a copy of `made(name, make)`, its asker's own."""
    shutil.copytree(made(name, make), target, dirs_exist_ok=True)
