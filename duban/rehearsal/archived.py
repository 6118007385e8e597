"""What a home holds that can be rehearsed: its open quarters with their plans, and every file that was received."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duban.errors import UserError
from duban.home import Home
from duban.quarters import Quarter
from duban.registry.load import registry_of
from duban.registry.registry import Registry
from duban.warehouse.connection import open_warehouse, records


@dataclass(frozen=True)
class Archived:
    """A submission as it was received. `place` counts from 0 over its quarter, in the order of receipt; `registry` is
    the digest of the plan by which it was judged, `verdict` what came of it, `present` that its form was no old one."""

    place: int
    accession: str
    quarter: str
    reporter: str | None
    digest: str
    file_name: str
    folder: str
    size: int
    received_at: dt.datetime
    arrived_at: dt.datetime
    registry: str
    verdict: str
    present: bool


@dataclass(frozen=True)
class Opened:
    """An open quarter: the plan that it stands under, since when, and what was received."""

    quarter: Quarter
    registry: Registry
    opened_at: dt.datetime
    submissions: tuple[Archived, ...]


@dataclass(frozen=True)
class Archive:
    """One year of a home, quarter by quarter in order; `plans` are all those that its submissions were judged by."""

    opened: tuple[Opened, ...]
    plans: Mapping[str, Registry]


def read_archive(home: Home, year: int, asked: Iterable[Quarter] = ()) -> Archive:
    """Read the open quarters of a year up to the last one that is `asked` for, or all of them; no byte changes.

    Raises UserError where one of those asked for, or any at all, is not open, or where an archived file is gone.
    """
    quarters, submissions, plans = [], [], {}
    if home.warehouse.exists():
        with open_warehouse(home.warehouse, read_only=True) as connection:
            quarters = records(connection, "queries/rehearsal/opened")
            submissions = records(connection, "queries/rehearsal/archived", year=str(year))
            stored = records(connection, "queries/rehearsal/registries")
        plans = {row["registry"]: row["files"] for row in stored}
    found = {Quarter.parse(row["quarter"]): row for row in quarters}
    _require(found, year, asked)
    last = max(asked, default=Quarter(year, 4))
    used = {row["registry"] for row in submissions} | {row["registry"] for q, row in found.items() if q.year == year}
    registries = {digest: registry_of(json.loads(plans[digest])) for digest in sorted(used)}
    opened = []
    for quarter, row in found.items():
        if quarter.year == year and quarter <= last:
            rows = [one for one in submissions if one["quarter"] == str(quarter)]
            received = tuple(Archived(place, **one) for place, one in enumerate(rows))
            opened.append(Opened(quarter, registries[row["registry"]], row["opened_at"], received))
    _require_files(home, opened)
    return Archive(tuple(opened), registries)


def _require(found: Mapping[Quarter, dict], year: int, asked: Iterable[Quarter]) -> None:
    open_ones = "、".join(map(str, found)) or "无"
    for quarter in asked:
        if quarter not in found:
            raise UserError(f"{quarter} 尚未布置，没有可演练的报送：已布置的报告期为 {open_ones}，请改写其中之一。")
    if not any(quarter.year == year for quarter in found):
        raise UserError(
            f"没有 {year} 年已布置的报告期可演练：已布置的报告期为 {open_ones}，请核对 --home 与 --schemas。"
        )


def _require_files(home: Home, opened: Iterable[Opened]) -> None:
    lost = [one for part in opened for one in part.submissions if not home.archived(one.digest).exists()]
    if lost:
        raise UserError(
            f"档案中缺 {len(lost)} 件报送的原件（如 {lost[0].accession}），无法演练："
            f"请从备份恢复 {home.archive} 后重试。"
        )
