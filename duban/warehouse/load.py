"""Loading a checked run into the warehouse: whole or not at all, and the same however often it is done."""

import datetime as dt
import json
from pathlib import Path

from duban.completeness import keep_lacking
from duban.errors import UserError
from duban.fault_points import reached
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.registry import Registry
from duban.warehouse.connection import open_warehouse, query, records, sparing, transaction
from duban.warehouse.plan import record_registry
from duban.warehouse.steps import record_step
from duban.warehouse.wordings import PARTS

JUDGED_BY = "judged_by.json"  # what checking judged by, in the run's folder

_THREADS = 1  # of several each leaves blocks half full, which DuckDB then puts together, up to all of them once more
_ENTRIES = "entries-*.parquet"
_PARTS = {
    "cells": "cells-*.parquet",
    "findings": "findings.parquet",
    "explanations": "explanations.parquet",
    "wordings": PARTS,
}


@sparing
def load_run(
    home: Home, registry: Registry, quarter: Quarter, folder: Path, now: dt.datetime, *, spare: bool = False
) -> list[str]:
    """Load the submissions of a checked run; returns each file's accession number, in order of place.

    A file whose bytes its reporter has sent in the quarter already keeps the first one's number and nothing is loaded
    for it. `now` is the time of receipt, or that of the last one received where a clock was set back behind it; no file
    arrived later than that. Raises UserError when the quarter is not open.
    """
    parts = folder.resolve()
    with open_warehouse(home.warehouse, read_from=[folder], threads=_THREADS, spare=spare) as connection:
        if not query(connection, "queries/opened", quarter=str(quarter)):
            raise UserError(f"{quarter} 尚未布置，不能登记报送：请先运行 duban open {quarter}。")
        with transaction(connection):
            new_plan = record_registry(connection, registry, now)
            query(connection, "queries/load/sent", submissions=str(parts / "submissions.parquet"))
            query(connection, "queries/load/numbered", quarter=str(quarter), now=now)
            for link in range(1, query(connection, "queries/load/links")[0][0] + 1):
                query(connection, "queries/load/submissions", link=link)
            reached("numbered")
            query(connection, "queries/load/entries_at", parts=str(parts / _ENTRIES))
            query(connection, "queries/load/told_entries")
            query(connection, "queries/load/entries")
            for table, files in _PARTS.items():
                query(connection, f"queries/load/{table}", parts=str(parts / files))
            query(connection, "queries/load/project_keys")
            query(connection, "queries/load/projects", plan=registry.plan.plan)
            query(connection, "queries/load/project_rows")
            loaded = [_noted(row) for row in records(connection, "queries/load/step")]
            keep_lacking(connection, [row["accession"] for row in loaded])
            if loaded or new_plan:
                texts = _judged_by(parts)
                record_step(connection, "received", quarter, now, {"files": loaded}, texts, registry.digest)
            accessions = query(connection, "queries/load/accessions", quarter=str(quarter))
    reached("loaded")
    return [accession for (accession,) in accessions]


def _noted(row: dict) -> dict:
    """A submission as a step notes it: with the time of its arrival where that is another than the step's."""
    arrived_at = row.pop("arrived_at")
    return row | {"arrived_at": arrived_at.astimezone(TIME_ZONE).isoformat()} if arrived_at else row


def _judged_by(folder: Path) -> dict[str, dict]:
    path = folder / JUDGED_BY
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
