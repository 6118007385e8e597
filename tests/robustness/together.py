"""Two to eight processes at work in one home: they take turns, readers see whole states only, and what they leave is
what one run after the other leaves.

    python -m tests.robustness.together --rounds 20

In every round two to eight processes begin at once, in random order: some collect, some publish, the others read
(`status` as people ask for it, and the warehouse's rows). Whoever has to wait for too long must say who holds the home,
and nothing else may go wrong. `--unlocked` takes the lock of runs away, to show that it can fail.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from desk import LATE, Q1

from duban import runs as locking
from duban.home import Home
from duban.registry.load import load_registry
from duban.status import status
from duban.warehouse.connection import open_warehouse
from tests.robustness.cycle import Runs, differences, warm

_LOOKS = 30
_ENTRIES = "SELECT count(*) FROM submissions s WHERE NOT EXISTS (FROM cells c WHERE c.accession = s.accession)"


def round_of(runs: Runs, chance: random.Random, count: int, unlocked: bool = False) -> tuple[Counter[str], list[str]]:
    """One round of `count` processes: what they did, and what went wrong."""
    home, wanted = runs.fresh("collect"), runs.undisturbed("publish")
    kinds = ["collect", "publish", *(chance.choice(("collect", "publish", "read")) for _ in range(count - 2))]
    chance.shuffle(kinds)
    works = {
        "collect": runs.step("collect", home),
        "publish": runs.step("publish", home),
        "read": partial(_read, runs.root / "plan", home),
    }
    if unlocked:
        works = {kind: partial(_without_lock, work) for kind, work in works.items()}
    begun = [(kind, runs.begin(works[kind], f"said-{place}.txt")) for place, kind in enumerate(kinds)]
    did, faults = Counter(), []
    for kind, run in begun:
        ended = run.end()
        busy = ended.code == 2 and "占用" in ended.said
        did[f"{kind} {'was refused' if busy else 'went through'}"] += 1
        if ended.code and not busy:
            faults.append(f"{kind} beside {'、'.join(kinds)} ended with {ended.code}: {ended.said}")
    for step in ("collect", "publish"):  # whatever a refused one left
        runs.must(runs.step(step, home))
    return did, faults + [f"{'、'.join(kinds)}: {line}" for line in differences(runs.state(home), wanted)]


def _read(plan: Path, home: Path) -> None:
    """Look again and again: the quarter as it was before the second wave or as it is after it, never between."""
    registry, known = load_registry(plan), set()
    for _ in range(_LOOKS):
        told = status(Home(home), registry, Q1, LATE)
        known.add(tuple((one["name"], one["state"]) for one in told["reporters"]))
        with open_warehouse(home / "duban.duckdb", looking=True) as connection:
            [(bare,)] = connection.execute(_ENTRIES).fetchall()
        if bare > 1:  # one of them is no workbook
            raise AssertionError(f"{bare} submissions stand without their cells")
        time.sleep(0.02)
    if len(known) > 2:
        raise AssertionError(f"the quarter was seen in {len(known)} states: {known}")


def _without_lock(work) -> None:
    @contextmanager
    def none(*_):
        yield

    locking._lock = lambda *_: None
    work()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--unlocked", action="store_true", help="take the lock of runs away")
    told = parser.parse_args()
    warm()
    begun, chance, did, faults = time.monotonic(), random.Random(told.seed), Counter(), []
    with tempfile.TemporaryDirectory(prefix="together-") as folder:
        runs = Runs(Path(folder))
        runs.prepare()
        for number in range(told.rounds):
            done, found = round_of(runs, chance, 2 + number % 7, told.unlocked)
            did, faults = did + done, faults + found
    for kind, count in sorted(did.items()):
        print(f"{count:6}  {kind}")
    for fault in faults:
        print(fault)
    print(f"{told.rounds} rounds, {len(faults)} faults, {time.monotonic() - begun:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
