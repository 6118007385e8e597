"""Due dates as the extensions leave them: in what is owed, and in what is called late."""

import datetime as dt
from collections.abc import Mapping

from duban.quarters import Quarter
from duban.warehouse.connection import Connection, query


def move_due_dates(connection: Connection, quarter: Quarter, dues: Mapping[str, dt.date]) -> None:
    """Make the dates in `dues`, by reporter, those by which its reports are due; all others go back to the calendar's.

    Whatever was received is late or not by the dates as they stand now (view `punctuality`). Belongs inside the
    caller's transaction; doing it again changes nothing.
    """
    reporters, dates = list(dues), list(dues.values())
    query(connection, "queries/due_dates", quarter=str(quarter), reporters=reporters, dues=dates)
