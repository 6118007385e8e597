"""Make the N-th call to the disk fail, for N = 1 until a run comes through; nothing may be lost or falsely accepted.

    python -m tests.robustness.storage --every 1

Each trial starts from a prepared home and fails one call of a run (open, write, fsync, rename, unlink, mkdir, link;
with ENOSPC, EIO, EACCES, ESTALE, EMFILE in turn; now and then all calls after it as well), whether Python makes it,
DuckDB, or a reading process: a small library is preloaded, which needs a C compiler. The run must come through or end
with one sentence and code 2. Then the disk is well, the next run goes on, and every file and row is held to those of a
home in which nothing failed.
"""

import argparse
import errno
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.robustness.cycle import Runs, differences, warm

OPERATIONS = ["open", "write", "fsync", "rename", "unlink", "mkdir", "link"]  # as failing_disk.c numbers them
ERRORS = ["ENOSPC", "EIO", "EACCES", "ESTALE", "EMFILE"]
_CONTROL = struct.Struct("5i")
_NOTED = "steps, "  # two receipts instead of one are noted as two
COMPILER = shutil.which("cc") or shutil.which("gcc")


def preload(root: Path, program: str) -> None:
    """Start this program anew with the library in it. Raises CalledProcessError where it cannot be compiled."""
    source, library, control = Path(__file__).with_name("failing_disk.c"), root / "failing_disk.so", root / "control"
    subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    control.write_bytes(bytes(mmap.PAGESIZE))
    os.environ |= {"LD_PRELOAD": str(library), "FAILING_CONTROL": str(control), "FAILING_UNDER": str(root / "trial")}
    os.execv(sys.executable, [sys.executable, "-m", program, *sys.argv[1:], "--in", str(root)])


class Trials:
    """Trials with prepared homes, and what came of them."""

    def __init__(self, runs: Runs):
        self.runs, self.faults, self.ended = runs, [], Counter()
        with (runs.root / "control").open("r+b") as file:
            self._control = mmap.mmap(file.fileno(), _CONTROL.size)
        self.wanted = {step: runs.undisturbed(step) for step in ("collect", "publish")}

    def until_it_comes_through(self, step: str, operation: str, every: int, first: int, until: float) -> int:
        """Trials of one operation; returns at which call no call was left to fail."""
        at = first
        while time.monotonic() < until and self.trial(step, operation, ERRORS[at % len(ERRORS)], at, at // 5 % 2 == 1):
            at += every
        return at

    def trial(self, step: str, operation: str, error: str, at: int, lasting: bool) -> bool:
        """Fail call number `at` of a step; run it again; compare. Says whether there was such a call."""
        home = self.runs.fresh(step)
        self._set(OPERATIONS.index(operation) + 1, getattr(errno, error), lasting, at)
        ended = self.runs.fork(self.runs.step(step, home))
        failed = _CONTROL.unpack(self._control[:])[4] >= at
        self._set(0, 0, 0, 0)
        name = f"{step}: {operation} {at} {error}{' and on' if lasting else ''}"
        if failed:
            self.ended[f"{step} {operation}: ended with {ended.code}"] += 1
            if ended.code not in (0, 2) or (ended.code == 2 and len(ended.said.splitlines()) != 1):
                self.faults.append(f"{name}: ended with {ended.code}: {ended.said}")
            parted = ended.code == 0 and any((home / "intake").rglob("*.xlsx"))  # what could not be read came later
            again = self.runs.fork(self.runs.step(step, home))
            if again.code:
                self.faults.append(f"{name}: the next run ended with {again.code}: {again.said}")
            lines = differences(self.runs.state(home), self.wanted[step])
            self.faults += [f"{name}: {line}" for line in lines if not (parted and line.startswith(_NOTED))]
        return failed

    def _set(self, *words: int) -> None:
        self._control[:] = _CONTROL.pack(*words, 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--every", type=int, default=7, help="fail every so many-th call only; 1 for all")
    parser.add_argument("--first", type=int, default=1, help="the first call to fail")
    parser.add_argument("--only", nargs="*", default=OPERATIONS, choices=OPERATIONS)
    parser.add_argument("--steps", nargs="*", default=["collect", "publish"], choices=["collect", "publish"])
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after so long, and report")
    parser.add_argument("--in", dest="root", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if COMPILER is None:
        print("no C compiler: nothing was tried")
        return 2
    if told.root is None:
        preload(Path(tempfile.mkdtemp(prefix="storage-")), __spec__.name)
    begun = time.monotonic()
    try:
        warm()
        runs = Runs(told.root, twice=False)
        runs.prepare()
        trials = Trials(runs)
        for step in told.steps:
            for operation in told.only:
                until = begun + told.minutes * 60
                last = trials.until_it_comes_through(step, operation, told.every, told.first, until)
                print(f"{time.monotonic() - begun:7.0f} s  {step} {operation}: up to {last - 1}", flush=True)
    finally:
        shutil.rmtree(told.root, ignore_errors=True)
    for name, count in sorted(trials.ended.items()):
        print(f"{count:6}  {name}")
    for fault in trials.faults:
        print(fault)
    print(f"{trials.ended.total()} failures of the disk, {len(trials.faults)} faults, {time.monotonic() - begun:.0f} s")
    return 1 if trials.faults else 0


if __name__ == "__main__":
    sys.exit(main())
