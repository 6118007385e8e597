"""A real file system that is full: a little larger each time, until a run fits. Nothing is lost, nothing said in vain.

    python -m tests.robustness.full --step-kb 64

A home is put on a tmpfs of its own that has a few kilobytes left. A run must come through, or end with one sentence and
code 2; once there is room the next run goes on, and every file and row is held to those of a home that had room all the
while. Mounting takes root; elsewhere nothing is tried.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from tests.robustness.cycle import Runs, differences, warm

_ROOM = 256 << 20


class Disk:
    """A tmpfs whose size can be changed while it is in use."""

    def __init__(self, place: Path):
        self.place = place

    def resize(self, size: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", self.place], check=True)

    def leave(self, size: int) -> None:
        """Let so many bytes be free."""
        self.resize(shutil.disk_usage(self.place).used + size)


@contextmanager
def disk(place: Path):
    """A file system of its own; None where this process may not mount one."""
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "tmpfs", place], capture_output=True)
    try:
        yield None if mounted.returncode else Disk(place)
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", place], check=True)


class Trials:
    """Runs on a disk that is nearly full, and what came of them."""

    def __init__(self, runs: Runs, small: Disk):
        self.runs, self.small, self.faults, self.ended = runs, small, [], Counter()
        self.wanted = {step: runs.undisturbed(step) for step in ("collect", "publish")}

    def trial(self, step: str, free: int) -> bool:
        """A run with so many bytes free, and the next with room; whether the first came through."""
        home = self.small.place / "home"
        self.small.resize(_ROOM)
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.runs.root / step, home)
        self.small.leave(free)
        ended = self.runs.fork(self.runs.step(step, home))
        self.ended[f"{step}: ended with {ended.code}"] += 1
        name = f"{step} with {free >> 10} KB free"
        if ended.code not in (0, 2) or (ended.code == 2 and len(ended.said.splitlines()) != 1):
            self.faults.append(f"{name}: ended with {ended.code}: {ended.said}")
        self.small.resize(_ROOM)
        again = self.runs.fork(self.runs.step(step, home))
        if again.code:
            self.faults.append(f"{name}: the next run ended with {again.code}: {again.said}")
        self.faults += [f"{name}: {line}" for line in differences(self.runs.state(home), self.wanted[step])]
        return ended.code == 0

    def until_it_fits(self, step: str, by: int) -> None:
        free = 0
        while not self.trial(step, free):
            free += by


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--step-kb", type=int, default=64, help="how much more room each run has than the one before")
    told = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="full-") as folder, disk(Path(folder) / "small") as small:
        if small is None:
            print("mounting is not allowed here: nothing was tried")
            return 2
        warm()
        runs = Runs(Path(folder), twice=False)
        runs.prepare()
        trials = Trials(runs, small)
        for step in ("collect", "publish"):
            trials.until_it_fits(step, told.step_kb << 10)
    for name, count in sorted(trials.ended.items()):
        print(f"{count:6}  {name}")
    for fault in trials.faults:
        print(fault)
    print(f"{trials.ended.total()} runs, {len(trials.faults)} faults, {time.monotonic() - begun:.0f} s")
    return 1 if trials.faults else 0


if __name__ == "__main__":
    sys.exit(main())
