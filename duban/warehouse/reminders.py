"""Noting in the warehouse who was reminded, and to whom answers were mailed."""

import datetime as dt
from collections.abc import Sequence

from duban.quarters import Quarter
from duban.warehouse.connection import Connection, query
from duban.warehouse.steps import record_step


def record_reminders(connection: Connection, quarter: Quarter, rows: Sequence[dict], now: dt.datetime) -> None:
    """Note what became of reminders: {reporter, due, step, channel, webhook, recipients, state, said} each.

    Belongs inside the caller's transaction.
    """
    for row in rows:
        query(connection, "queries/reminding/record", quarter=str(quarter), now=now, **row)
    record_step(connection, "reminded", quarter, now, {"reminders": list(rows)})


def record_mailed(connection: Connection, quarter: Quarter, rows: Sequence[dict], now: dt.datetime) -> None:
    """Note what became of answers that were mailed: {accession, recipients, state, said} each.

    Belongs inside the caller's transaction.
    """
    for row in rows:
        query(connection, "queries/reminding/record_mailed", now=now, **row)
    record_step(connection, "mailed", quarter, now, {"mailed": list(rows)})
