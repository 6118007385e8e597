"""What reading and checking in shards costs, piece by piece, and what goes through storage; without Dask.

    python -m benchmarks.shards HOME SCHEMAS 2023Q1 --files-per-task 200

HOME has the quarter open and a full intake; it is copied first. Seconds are of processor, children included.
"""

import argparse
import datetime as dt
import resource
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from duban.checking.run import check_run
from duban.home import Home
from duban.intake import take_in
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.load import load_registry
from duban.wide import checked
from duban.wide.shards import bring_in, hand_out, read_shard
from duban.wide.storage import Storage


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("home", type=Path)
    told.add_argument("schemas", type=Path)
    told.add_argument("quarter", type=Quarter.parse)
    told.add_argument("--files-per-task", type=int, default=200)
    given = told.parse_args()
    with tempfile.TemporaryDirectory(dir=given.home.parent) as scratch:
        copied = Home(Path(shutil.copytree(given.home, Path(scratch, "home"))))
        measure(copied, given.schemas, given.quarter, given.files_per_task, Path(scratch))


def measure(home: Home, schemas: Path, quarter: Quarter, most: int, scratch: Path) -> None:
    spent: dict[str, float] = defaultdict(float)
    registry, now = load_registry(schemas), dt.datetime.now(TIME_ZONE)
    storage, folder = Storage(str(scratch / "storage")), scratch / "parts"
    received = take_in(home, quarter)

    def timed(name: str, function: Callable, *words, **options):
        before = _processor()
        result = function(*words, **options)
        spent[name] += _processor() - before
        return result

    shards = timed("centre: hand out", hand_out, storage, "run", received, home, registry, most, 1)
    shards = [replace(one, parts=timed("worker: read", read_shard, storage, one)) for one in shards]
    timed("centre: bring in", bring_in, storage, shards, received, home, folder)

    def elsewhere(settled, earlier) -> list[Path]:
        told = timed("centre: lay out", checked.lay_out, storage, "run", settled, earlier), str(quarter)
        found = [timed("worker: check", checked.check_shard, storage, one, *told) for one in shards]
        checked.own_validator().close()  # only what has ended is counted
        return timed("centre: take over", checked.take_over, storage, found, folder)

    before = _processor()
    check_run(folder, registry, home, quarter, now, None, elsewhere=elsewhere)
    of_centre = sum(seconds for name, seconds in spent.items() if name in ("centre: lay out", "centre: take over"))
    spent["centre: check"] = _processor() - before - of_centre - spent["worker: check"]
    print(f"{len(received)} files in {len(shards)} shards")
    for name, seconds in spent.items():
        print(f"{name:20}{seconds:8.2f} s{1000 * seconds / len(received):8.2f} ms a file")
    moved = defaultdict(int)
    for path in (scratch / "storage").rglob("*.*"):
        moved[path.name.partition("-")[0].partition(".")[0]] += path.stat().st_size
    for name, size in sorted(moved.items()):
        print(f"{name:20}{size / len(received):8.0f} bytes a file")


def _processor() -> float:
    """Seconds of processor of this process and of its children that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main()
