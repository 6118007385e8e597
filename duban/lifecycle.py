"""The life of a quarter: planned → open → closing → closed → published → revised; who brought it there, when and why.

It is read from the steps that the warehouse notes, so it is in the archive's journal as well. A quarter is closing once
its last due date has passed. What is accepted after it was closed waits, until it is reopened or the next revision is
published; a publication closes what was not closed before.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from duban.errors import UserError
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter
from duban.warehouse.connection import Connection, open_warehouse, query, records, transaction
from duban.warehouse.steps import record_step

if TYPE_CHECKING:  # whoever only looks is to wait for no import
    from duban.registry.registry import Registry

STATES = {
    "planned": "未布置",
    "open": "收取中",
    "closing": "已到期，尚未截止",
    "closed": "已截止",
    "published": "已发布",
    "revised": "已修订",
}
COLLECTING = ("open", "closing")
_DONE = {"opened": "布置", "closed": "截止", "reopened": "重新开放", "published": "发布"}


@dataclass(frozen=True)
class Event:
    """What was done (`kind` as steps have it), when, by whom ('' where nobody noted it), and for what reason."""

    kind: str
    at: dt.datetime
    by: str
    reason: str
    publication: str

    @property
    def told(self) -> str:
        by = f"由{self.by}" if self.by else ""
        because = f"（{self.reason}）" if self.reason else ""
        return (
            f"{self.at.astimezone(TIME_ZONE):%Y-%m-%d %H:%M} {by}{_DONE[self.kind]} {self.publication}".rstrip()
            + because
        )


@dataclass(frozen=True)
class Life:
    """Where a quarter stands at a moment: one of STATES, what led there in order, and its last due date."""

    quarter: Quarter
    state: str
    events: tuple[Event, ...]
    due: dt.date | None

    @property
    def closed_at(self) -> dt.datetime | None:
        """Since when what comes waits; None where it does not."""
        return self.events[-1].at if self.state == "closed" else None

    @property
    def publication(self) -> str | None:
        """The last publication, where nothing was done since."""
        return self.events[-1].publication if self.state in ("published", "revised") else None

    @property
    def told(self) -> str:
        """One Chinese sentence."""
        last = f"，{self.events[-1].told}" if self.events else ""
        return f"{STATES[self.state]}{last}"

    def record(self) -> dict:
        """As JSON can hold it."""
        events = [asdict(event) | {"at": event.at.astimezone(TIME_ZONE).isoformat()} for event in self.events]
        return {"state": self.state, "told": self.told, "events": events}


def opened(home: Home, quarter: Quarter) -> dt.datetime | None:
    """When the quarter was opened; None where it was not."""
    if not home.warehouse.exists():
        return None
    with open_warehouse(home.warehouse, looking=True) as connection:
        found = query(connection, "queries/opened", quarter=str(quarter))
    return found[0][0].astimezone(TIME_ZONE) if found else None


def require_opened(home: Home, quarter: Quarter) -> dt.datetime:
    """When the quarter was opened. Raises UserError when nothing is owed in it yet, so that nothing can be judged."""
    moment = opened(home, quarter)
    if not moment:
        raise UserError(f"{quarter} 尚未布置，没有应报清单可对照：请先运行 duban open {quarter}。")
    return moment


def life_of(connection: Connection, quarter: Quarter, moment: dt.datetime) -> Life:
    """The life of a quarter up to a moment."""
    rows = records(connection, "queries/lifecycle", quarter=str(quarter), moment=moment)
    events, state, published = [], "planned", 0
    for row in rows:
        event = Event(**row)
        if event.kind == "opened" and state != "planned":
            continue  # the plan was mended, and the quarter goes on
        published += event.kind == "published"
        state = {
            "opened": "open",
            "closed": "closed",
            "reopened": "open",
            "published": "published" if published == 1 else "revised",
        }[event.kind]
        events.append(event)
    [(due,)] = connection.execute("SELECT max(due) FROM obligations WHERE quarter = ?", [str(quarter)]).fetchall()
    if state == "open" and due and moment.astimezone(TIME_ZONE).date() > due:
        state = "closing"
    return Life(quarter, state, tuple(events), due)


def being_collected(home: Home, quarter: Quarter, moment: dt.datetime) -> bool:
    """Whether what comes counts: the quarter was opened, and neither closed nor published since."""
    if not home.warehouse.exists():
        return False
    with open_warehouse(home.warehouse, looking=True) as connection:
        return life_of(connection, quarter, moment).state in COLLECTING


def waiting(connection: Connection, life: Life) -> list[str]:
    """The accession numbers of what was accepted and waits to be counted."""
    if not life.closed_at and not life.publication:
        return []
    found = query(
        connection,
        "queries/waiting",
        quarter=str(life.quarter),
        closed=life.closed_at,
        publication=life.publication,
    )
    return [accession for (accession,) in found]


def why_waiting(life: Life) -> str:
    """What a receipt says of a submission that waits."""
    if life.closed_at:
        closed = f"{life.closed_at.astimezone(TIME_ZONE):%Y-%m-%d %H:%M}"
        return f"本报告期已于 {closed} 截止，本次报送已登记，待重新开放或下一次修订时计入汇总。"
    return f"本报告期汇总已发布（{life.publication}），本次报送已登记，待下一次修订时计入汇总。"


def refuse_new_rules(connection: Connection, registry: "Registry", quarter: Quarter, now: dt.datetime) -> None:
    """Raises UserError where a closed quarter would be given other rules, and so other forms and other debts."""
    life = life_of(connection, quarter, now)
    if life.state == "closed" and query(connection, "queries/rules_last", quarter=str(quarter)) != [(registry.digest,)]:
        raise UserError(
            f"{quarter} 已截止（{life.events[-1].told}），方案的改动不能再用于它："
            f"请先运行 duban reopen {quarter} --reason 原因。"
        )


def close(home: Home, quarter: Quarter, now: dt.datetime, by: str | None = None, early: bool = False) -> dict:
    """Close a quarter for `publish`: what comes from now on waits. Returns its life as a record.

    Raises UserError where it is not open, and before its last due date unless `early`.
    """
    from duban.runs import run_folder

    require_opened(home, quarter)
    with run_folder(home, "close"), open_warehouse(home.warehouse) as connection:
        life = life_of(connection, quarter, now)
        if life.state in ("closed", "published", "revised"):
            raise UserError(f"{quarter} 已不在收取（{life.events[-1].told}），无需截止。")
        if life.state == "open" and not early:
            raise UserError(f"{quarter} 还没有到期（最晚一家 {life.due} 到期）：确需提前截止，请加 --early。")
        with transaction(connection):
            record_step(connection, "closed", quarter, now, {}, by=by)
        return life_of(connection, quarter, now).record()


def reopen(home: Home, quarter: Quarter, now: dt.datetime, reason: str, by: str | None = None) -> dict:
    """Go on taking in what belongs to a quarter that was closed or published: what has waited counts. Returns its life
    as a record.

    Raises UserError where there is no reason, or it is still open.
    """
    if not reason.strip():
        raise UserError("重新开放须写明原因，它会留在记录里：请用 --reason 写一句。")
    from duban.runs import run_folder

    require_opened(home, quarter)
    with run_folder(home, "reopen"), open_warehouse(home.warehouse) as connection:
        life = life_of(connection, quarter, now)
        if life.state in COLLECTING:
            raise UserError(f"{quarter} 仍在收取（{STATES[life.state]}），无需重新开放。")
        with transaction(connection):
            record_step(connection, "reopened", quarter, now, {"reason": reason.strip()}, by=by)
        return life_of(connection, quarter, now).record()
