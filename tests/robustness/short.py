"""A short run of every script here that forks, in one process, because most of what they cost is to get ready.

python -m tests.robustness.short
"""

import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.robustness import drops, full, kills, reader, storage, together
from tests.robustness.cycle import Runs, warm


def main() -> int:
    if storage.COMPILER and "--in" not in sys.argv:
        storage.preload(Path(tempfile.mkdtemp(prefix="short-")), __spec__.name)
    root = Path(sys.argv[sys.argv.index("--in") + 1]) if "--in" in sys.argv else Path(tempfile.mkdtemp(prefix="short-"))
    try:
        warm()
        runs = Runs(root, twice=False)
        faults = [f"no run comes by {point}" for point in sorted(runs.prepare() ^ kills.ALL)]
        killed = kills.Trials(runs, seed=1)
        for step, point in (("collect", "loaded"), ("publish", "placed")):
            killed.trial(step, point)
        faults += killed.faults
        if storage.COMPILER:
            disk = storage.Trials(runs)
            for step, operation, at in (("collect", "write", 30), ("publish", "fsync", 3)):
                if not disk.trial(step, operation, "ENOSPC", at, lasting=operation == "write"):
                    faults.append(f"{step} makes no {operation} number {at}")
            faults += disk.faults
        with full.disk(root / "small") as small:
            if small:
                filled = full.Trials(runs, small)
                if filled.trial("collect", 1 << 20):
                    faults.append("a megabyte is enough for a run")
                faults += filled.faults
        faults += drops.drop_and_collect(runs)[1]
        faults += together.round_of(runs, random.Random(0), 4)[1]
        faults += reader.watch(runs, publishes=3, seed=0)[1]
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
