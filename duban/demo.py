"""The whole cycle on the sample submissions, through the same steps as real quarters.

Nothing here knows a quarter: the folder's name is the quarter, and every date comes from its `arrivals.csv`.
"""

import csv
import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from duban.errors import UserError
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.load import load_registry
from duban.settings import Settings, parse_clock

_MARK = "demo.txt"
_KEPT = {"prefect", _MARK}  # the temporary server's own database: no state of ours, and slow to make anew


@dataclass(frozen=True)
class Arrival:
    """A sample file, when it is said to have come in, and the first revision of the publication that it was in time
    for."""

    path: Path
    folder: str
    received_at: dt.datetime
    revision: int


@dataclass(frozen=True)
class Wave:
    """What is collected at once, at `moment`; after the last of a revision's waves it is published."""

    revision: int
    moment: dt.datetime
    arrivals: Sequence[Arrival]
    last: bool


def run_demo(samples: Path, settings: Settings, run_flow: Callable, year: bool = False) -> dict:
    """Open, collect and publish: the first quarter that has samples up to its first publication, or the whole year with
    every revision. Returns what a reader of the demo wants to know.

    `run_flow(name, settings, quarter, **parameters)` runs a flow: this package knows none. Late files are collected
    in a second run, as they would be. Raises UserError when the home folder is somebody's own.
    """
    home = settings.home
    quarters = sorted(Quarter.parse(path.parent.name) for path in samples.glob("*/arrivals.csv"))
    if not quarters:
        raise UserError(f"{samples} 下没有样例（<报告期>/arrivals.csv）：请用完整的代码仓库运行 demo。")
    _make_fresh(home)
    copy_keys(samples / "keys", home.keys)
    told = quarters if year else quarters[:1]
    return {"home": str(home.root), "quarters": [_one(q, samples, settings, run_flow, year) for q in told]}


def _one(quarter: Quarter, samples: Path, settings: Settings, run_flow: Callable, revised: bool) -> dict:
    from duban.status import status

    registry = load_registry(settings.plan_folder(quarter))
    due = registry.due(quarter)

    def at(moment: dt.datetime) -> Settings:
        return replace(settings, as_of=moment)

    workbooks = run_flow("open_quarter", at(opened_at(quarter)), quarter)
    collected, publications, now = [], [], None
    for wave in waves(samples / str(quarter), due):
        if wave.revision > 1 and not revised:
            break
        drop(wave, settings.home.intake / str(quarter))
        now = wave.moment
        collected.append(run_flow("collect", at(now), quarter))
        if wave.last:
            now = wave.arrivals[-1].received_at
            publications.append(run_flow("publish", at(now), quarter))
    return {
        "quarter": str(quarter),
        "due": due.isoformat(),
        "workbooks": len(workbooks),
        "collected": collected,
        "status": status(settings.home, registry, quarter, now),
        "published": publications[-1],
        "publications": publications,
    }


def opened_at(quarter: Quarter) -> dt.datetime:
    """When the quarter's workbooks are issued: at nine on the day after it."""
    return dt.datetime.combine(quarter.next().start, dt.time(9), TIME_ZONE)


def waves(folder: Path, due: dt.date) -> list[Wave]:
    """The runs in which a quarter's samples are collected: of each revision first those that came by the due date, at
    six that evening, and then what came after it, with the last of them."""
    evening = dt.datetime.combine(due, dt.time(18), TIME_ZONE)
    found = []
    arrivals = sorted(_arrivals(folder / "arrivals.csv"), key=lambda one: (one.revision, one.received_at))
    for revision, group in itertools.groupby(arrivals, key=lambda one: one.revision):
        received = list(group)
        in_time = [one for one in received if one.received_at.date() <= due]
        late = received[len(in_time) :]
        if in_time:
            found.append(Wave(revision, max(evening, in_time[-1].received_at), in_time, not late))
        if late:
            found.append(Wave(revision, late[-1].received_at, late, True))
    return found


def _arrivals(path: Path) -> Iterator[Arrival]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found = path.parent / row["file"]
            folder = found.parent.relative_to(path.parent).as_posix()
            received_at = parse_clock(row["received_at"]).astimezone(TIME_ZONE)
            yield Arrival(found, "" if folder == "." else folder, received_at, int(row["revision"]))


def drop(wave: Wave, intake: Path) -> None:
    """One after the other, because the intake folder is read in the order of arrival."""
    for arrival in wave.arrivals:
        target = intake / arrival.folder / arrival.path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(arrival.path, target)


def _make_fresh(home: Home) -> None:
    """Empty the folder of an earlier demo; a folder with anything else in it is never touched."""
    mark = home.root / _MARK
    if home.root.exists() and not mark.exists() and (not home.root.is_dir() or any(home.root.iterdir())):
        raise UserError(f"{home.root} 里有别的内容，demo 会清空它：请用 --home 指向一个空的或不存在的文件夹。")
    home.root.mkdir(parents=True, exist_ok=True)
    mark.write_text("duban demo 的文件夹，每次运行 demo 时清空。\n", encoding="utf-8")
    for path in home.root.iterdir():
        if path.name not in _KEPT:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
