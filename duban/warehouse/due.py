"""Due dates as the extensions leave them: in what is owed, and in what is called late."""

import datetime as dt
from collections.abc import Mapping

import pyarrow as pa

from duban.quarters import Quarter
from duban.warehouse.connection import Connection, query


def move_due_dates(connection: Connection, quarter: Quarter, dues: Mapping[str, dt.date]) -> None:
    """Make the dates in `dues`, by reporter, those by which its reports are due; all others go back to the calendar's.

    Whatever was received is late or not by the dates as they stand now (view `punctuality`). Belongs inside the
    caller's transaction; doing it again changes nothing.
    """
    columns = {"reporter": pa.array(dues.keys(), pa.string()), "due": pa.array(dues.values(), pa.date32())}
    connection.register("extended", pa.table(columns))
    query(connection, "queries/due_dates", quarter=str(quarter))
    connection.unregister("extended")
