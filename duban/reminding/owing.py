"""Who owes a report in a quarter, and what has become of it so far."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import Ledgers
from duban.registry.registry import Registry
from duban.warehouse.connection import Connection, records
from duban.working_days import working_days

_LONGEST = 120  # of what was found first


@dataclass(frozen=True)
class Owing:
    """A reporter and its report. `days` are the working days since it was due, negative before; `items` are (number,
    title, role); `findings` count by severity what a report that does not count was returned for, `first` is the worst
    of them, and `answer` the path of what was returned, below the outbox."""

    reporter: str
    name: str
    full_name: str
    due: dt.date
    days: int
    today: dt.date
    state: str
    accession: str | None
    arrived_at: dt.datetime | None
    items: tuple[tuple[int, str, str], ...]
    findings: Mapping[str, int]
    first: str
    answer: str

    @property
    def left(self) -> str:
        """The time that is left, or since when it is over, in words."""
        return left(self.due, self.days, self.today)


def left(due: dt.date, days: int, today: dt.date) -> str:
    """How a day lies to a due date, in words; `days` as `working_days` counts them."""
    if days < 0:
        return f"还有 {-days} 个工作日"
    if today <= due:
        return "今天截止" if today == due else "截止前最后一个工作日"
    return f"已逾期 {days} 个工作日" if days else "已过截止日"


def everybody(
    connection: Connection, registry: Registry, quarter: Quarter, now: dt.datetime, ledgers: Ledgers
) -> tuple[dt.date, list[Owing]]:
    """The due date of the calendar, and everybody who owes a report in a quarter that was opened: in the registry's
    order, each with the due date that extensions leave it on that day."""
    rows = records(connection, "queries/reminding/owing", quarter=str(quarter))
    today, calendar = now.date(), rows[0]["due"]
    extended = ledgers.dues(registry, quarter, today)
    dues = {calendar, *extended.values()}
    days = {due: working_days(due, today) for due in dues}  # most are due on the same day
    found = []
    for row in rows:
        due = extended.get(row["reporter"], calendar)
        arrived = row["arrived_at"]
        row |= {"due": due, "days": days[due], "today": today}
        row["arrived_at"] = arrived.astimezone(TIME_ZONE) if arrived else None
        row["items"] = tuple((one["item"], one["title"], one["role"]) for one in row["items"])
        row["first"] = row["first"][:_LONGEST] + ("……" if len(row["first"]) > _LONGEST else "")
        found.append(Owing(**row))
    return calendar, found
