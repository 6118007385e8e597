"""Kill runs (-9) at random instants and at every named fault point; the next leaves what an undisturbed one does.

    python -m tests.robustness.kills --random 1000 --each 20

Every trial starts from a prepared home, kills one run in it, lets one other run to its end, and compares every file
(archive, outbox, publications, intake, nothing left over) and every row of every table with those of a home in which
nothing was killed: what is lost, doubled or half published is a difference. `--broken` turns the order of a collect
round, intake first and warehouse last, to show that the comparison can fail.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from duban import fault_points
from tests.robustness.cycle import Runs, differences, killed_at, warm

STEPS = dict.fromkeys(["workbooks_written", "opened"], "open") | dict.fromkeys(
    ["pinned", "built", "placed", "issued"], "publish"
)
POINTS = [(STEPS.get(point, "collect"), point) for point in fault_points.POINTS]  # the step that comes by each
ALL = set(fault_points.POINTS)


class Trials:
    """Trials with prepared homes, and what came of them. `faults` are the differences, by kill."""

    def __init__(self, runs: Runs, seed: int = 0, broken: bool = False):
        self.runs, self.chance, self.broken = runs, random.Random(seed), broken
        self.kills: Counter[str] = Counter()
        self.faults: list[str] = []
        self.wanted = {step: runs.undisturbed(step) for step in ("open", "collect", "publish")}
        self._seconds: dict[str, float] = {}

    def trial(self, step: str, point: str | None) -> None:
        """Kill a run of a step at a fault point, or at a random instant; run it again; compare."""
        home, name = self._killed_at(step, point) if point else self._killed_within(step)
        self.kills[f"{step} {point or 'at random'}"] += 1
        again = self.runs.fork(self._work(step, home))
        if again.code:
            self.faults.append(f"{name}: the next run ended with {again.code}: {again.said}")
        found = self.runs.state(home)
        self.faults += [f"{name}: {line}" for line in differences(found, self.wanted[step])]

    def _killed_at(self, step: str, point: str) -> tuple[Path, str]:
        home, name = self.runs.fresh(step), f"{step} killed at {point}"
        ended = self.runs.fork(killed_at(point, self._work(step, home)))
        if ended.code == 0:
            self.faults.append(f"{name}: the run does not come by this point")
        elif ended.code != -9:
            self.faults.append(f"{name}: ended by itself with {ended.code}: {ended.said}")
        return home, name

    def _killed_within(self, step: str) -> tuple[Path, str]:
        """One that came too late is none: it only tells how long a run takes."""
        while True:
            home, after = self.runs.fresh(step), self.chance.uniform(0, self._lasts(step))
            name = f"{step} killed after {after:.3f} s"
            ended = self.runs.fork(self._work(step, home), after=after)
            if ended.code == 0:
                self._seconds[step] = after
                continue
            if ended.code != -9:
                self.faults.append(f"{name}: ended by itself with {ended.code}: {ended.said}")
            return home, name

    def _work(self, step: str, home: Path):
        work = self.runs.step(step, home)
        if not (self.broken and step == "collect"):
            return work

        def emptied_first() -> None:
            from duban import collecting

            sort_out, clear_all = collecting.sort_out, collecting.clear_all

            def early(home, registry, quarter, taken):
                clear_all(home, taken)
                return sort_out(home, registry, quarter, taken)

            collecting.sort_out, collecting.clear_all = early, lambda home, taken: None
            work()

        return emptied_first

    def _lasts(self, step: str) -> float:
        """How long the step takes undisturbed: the longest of three."""
        if step not in self._seconds:
            times = []
            for _ in range(3):
                home = self.runs.fresh(step)
                begun = time.monotonic()
                self.runs.must(self._work(step, home))
                times.append(time.monotonic() - begun)
            self._seconds[step] = max(times)
        return self._seconds[step]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--random", type=int, default=30, help="kills at random instants, half in collect, half in publish"
    )
    parser.add_argument("--each", type=int, default=2, help="kills at each named fault point")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long, and report")
    parser.add_argument("--broken", action="store_true", help="turn the order of a collect round")
    told = parser.parse_args()
    warm()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        runs = Runs(Path(folder))
        unknown = runs.prepare() ^ ALL
        trials = Trials(runs, told.seed, told.broken)
        trials.faults += [f"no run comes by {point}, or none should" for point in sorted(unknown)]
        planned = POINTS * told.each
        planned += [(("collect", "publish")[number % 2], None) for number in range(told.random)]
        for done, (step, point) in enumerate(planned, start=1):
            trials.trial(step, point)
            seconds = time.monotonic() - begun
            if done % 50 == 0:
                print(f"{seconds:7.0f} s  {done} of {len(planned)} trials, {len(trials.faults)} faults", flush=True)
            if seconds > told.minutes * 60:
                break
    for name, count in sorted(trials.kills.items()):
        print(f"{count:6}  {name}")
    for fault in trials.faults:
        print(fault)
    print(f"{trials.kills.total()} kills, {len(trials.faults)} faults, {time.monotonic() - begun:.0f} s")
    return 1 if trials.faults else 0


if __name__ == "__main__":
    sys.exit(main())
