"""The whole cycle on the sample submissions, through the same steps as a real quarter.

Nothing here knows a quarter: the folder's name is the quarter, and every date comes from its `arrivals.csv`.
"""

import csv
import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from duban.errors import UserError
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.load import load_registry
from duban.settings import Settings, parse_clock

_MARK = "demo.txt"
_KEPT = {"prefect", _MARK}  # the temporary server's own database: no state of ours, and slow to make anew


@dataclass(frozen=True)
class Arrival:
    """A sample file and when it is said to have come in."""

    path: Path
    folder: str
    received_at: dt.datetime


def run_demo(samples: Path, settings: Settings, run_flow: Callable) -> dict:
    """Open, collect and publish every quarter that has samples; returns what a reader of the demo wants to know.

    `run_flow(name, settings, quarter, **parameters)` runs a flow: this package knows none. Late files are collected
    in a second run, as they would be. Raises UserError when the home folder is somebody's own.
    """
    home = settings.home
    quarters = {Quarter.parse(path.parent.name): path for path in samples.glob("*/arrivals.csv")}
    if not quarters:
        raise UserError(f"{samples} 下没有样例（<报告期>/arrivals.csv）：请用完整的代码仓库运行 demo。")
    _make_fresh(home)
    home.keys.mkdir(parents=True)
    for key in sorted((samples / "keys").glob("*.key")):
        shutil.copy(key, home.keys / key.name)
        (home.keys / key.name).chmod(0o600)
    return {"home": str(home.root), "quarters": [_one(q, quarters[q], settings, run_flow) for q in sorted(quarters)]}


def _one(quarter: Quarter, arrivals_file: Path, settings: Settings, run_flow: Callable) -> dict:
    from duban.status import status

    registry = load_registry(settings.plan_folder(quarter))
    due = registry.due(quarter)
    arrivals = sorted(_arrivals(arrivals_file), key=lambda arrival: arrival.received_at)

    def at(moment: dt.datetime) -> Settings:
        return replace(settings, as_of=moment)

    opened = dt.datetime.combine(quarter.next().start, dt.time(9), TIME_ZONE)
    workbooks = run_flow("open_quarter", at(opened), quarter)
    in_time = [arrival for arrival in arrivals if arrival.received_at.date() <= due]
    late = arrivals[len(in_time) :]
    collected = []
    for wave, moment in ((in_time, dt.datetime.combine(due, dt.time(18), TIME_ZONE)), (late, _last(arrivals))):
        if wave:
            _drop(wave, settings.home.intake / str(quarter))
            collected.append(run_flow("collect", at(max(moment, _last(wave))), quarter))
    published = run_flow("publish", at(_last(arrivals)), quarter)
    return {
        "quarter": str(quarter),
        "due": due.isoformat(),
        "workbooks": len(workbooks),
        "collected": collected,
        "status": status(settings.home, registry, quarter, _last(arrivals)),
        "published": published,
    }


def _arrivals(path: Path) -> Iterator[Arrival]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found = path.parent / row["file"]
            folder = found.parent.relative_to(path.parent).as_posix()
            yield Arrival(found, "" if folder == "." else folder, parse_clock(row["received_at"]).astimezone(TIME_ZONE))


def _last(arrivals: list[Arrival]) -> dt.datetime:
    return max(arrival.received_at for arrival in arrivals)


def _drop(arrivals: list[Arrival], intake: Path) -> None:
    """One after the other, because the intake folder is read in the order of arrival."""
    for arrival in arrivals:
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
