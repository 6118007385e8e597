"""Due dates as the extensions leave them: in what is owed, and in what is called late."""

import datetime as dt
import json
from collections.abc import Mapping

from duban.quarters import Quarter
from duban.warehouse.connection import Connection, query
from duban.warehouse.steps import record_step


def move_due_dates(connection: Connection, quarter: Quarter, dues: Mapping[str, dt.date], now: dt.datetime) -> None:
    """Make the dates in `dues`, by reporter, those by which its reports are due; all others go back to the calendar's.

    Whatever was received is late or not by the dates as they stand now (view `punctuality`). Belongs inside the
    caller's transaction; doing it again changes nothing.
    """
    if dues != noted_dues(connection, quarter):
        told = {reporter: due.isoformat() for reporter, due in sorted(dues.items())}
        record_step(connection, "due", quarter, now, {"dues": told})
    reporters, dates = list(dues), list(dues.values())
    query(connection, "queries/due_dates", quarter=str(quarter), reporters=reporters, dues=dates)


def noted_dues(connection: Connection, quarter: Quarter) -> dict[str, dt.date]:
    """The dates that were last moved to, by reporter."""
    for (details,) in query(connection, "queries/journal/dues", quarter=str(quarter)):
        return {reporter: dt.date.fromisoformat(due) for reporter, due in json.loads(details)["dues"].items()}
    return {}
