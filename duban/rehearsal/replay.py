"""Living a quarter again under a plan: every archived file judged and loaded in a temporary home, in the order of
receipt and at its time, and the lights that would be published."""

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duban.checking.findings import Fault
from duban.checking.run import RECEIVED, check_run
from duban.checking.validator import Validator
from duban.errors import UserError
from duban.home import Home
from duban.intake import Received
from duban.messages import Rule
from duban.opening import record_quarter
from duban.publishing import marts
from duban.publishing.ledgers import pinned_ledgers
from duban.publishing.pins import DRAFT, pin, state_at
from duban.quarters import Quarter
from duban.reading.parts import SCHEMAS
from duban.registry.ledgers import Ledgers
from duban.registry.registry import Registry
from duban.rehearsal.archived import Archived, Opened
from duban.rehearsal.rows import rows_of, speaks_of
from duban.warehouse.connection import open_warehouse, records, transaction
from duban.warehouse.due import move_due_dates
from duban.warehouse.load import load_run
from duban.warehouse.plan import record_registry

Parts = Mapping[str, pa.Table]  # what reading found of a whole quarter: files, cells, entries, faults


@dataclass(frozen=True)
class Rules:
    """What is judged by: a plan, the wordings, which hold the severities, and the ledgers."""

    registry: Registry
    messages: Mapping[str, Rule]
    ledgers: Ledgers


@dataclass(frozen=True)
class Judged:
    """What became of a submission. `only_rows`: it is returned for nothing but rows that its template has and the plan
    does not ask for, or the other way round; then its figures count all the same, as they will once it is sent again
    on the new template."""

    reporter: str | None
    verdict: str
    only_rows: bool
    faults: tuple[Fault, ...]
    moved: tuple[Fault, ...]  # those of `faults` that speak of such rows

    @property
    def counts(self) -> str:
        """The verdict by which it counts towards the figures."""
        return "accepted" if self.only_rows else self.verdict


@dataclass(frozen=True)
class Replayed:
    """A quarter lived again: submissions by their accession numbers in the real home, the rows of figures and lights
    that its publication would show, and what would `stop` it: a correction of a value that does not stand."""

    rules: Rules
    judged: Mapping[str, Judged]
    figures: list[dict]
    lights: list[dict]
    stop: str = ""


def replay(
    opened: Opened,
    parts: Parts,
    rules: Rules,
    plans: Mapping[str, Registry],
    home: Home,
    validator: Validator,
    now: dt.datetime,
    tick: Callable[[], None],
) -> Replayed:
    """Live a quarter in a temporary `home`, which holds the quarters before it, and publish it `now`; `tick` is called
    after each run.

    `plans` are those that the submissions were judged by, by digest. Raises ValidatorFailed.
    """
    quarter, registry = opened.quarter, rules.registry
    with open_warehouse(home.warehouse) as connection, transaction(connection):
        record_registry(connection, registry, opened.opened_at)
        record_quarter(connection, registry, quarter, opened.opened_at)
    judged: dict[str, Judged] = {}
    for received_at, batch in groupby(opened.submissions, key=lambda one: one.received_at):
        run = list(batch)
        with tempfile.TemporaryDirectory(dir=home.root) as scratch:
            folder = Path(scratch)
            _hand_over(parts, run, registry, plans, folder)
            faults = check_run(folder, registry, home, quarter, received_at, validator, rules.messages, rules.ledgers)
            judged |= _judge(folder, run, faults, registry, plans)
            load_run(home, registry, quarter, folder, received_at)
        tick()
    figures, lights, stop = _publish(home, rules, quarter, now) if judged else ([], [], "")
    return Replayed(rules, judged, figures, lights, stop)


def _hand_over(
    parts: Parts, run: list[Archived], registry: Registry, plans: Mapping[str, Registry], folder: Path
) -> None:
    """Write the parts of a run as reading would have, on templates of this plan: a stamp that was no old one of the
    plan that its file was judged by names this one instead, so that nothing fails for the mere age of its template."""
    received = [
        Received(one.place, "", one.file_name, one.folder, one.size, one.digest, one.arrived_at.isoformat())
        for one in run
    ]
    (folder / RECEIVED).write_text(json.dumps([asdict(one) for one in received]), encoding="utf-8")
    places = pa.array([one.place for one in run], pa.int32())
    present = {one.place: plans[one.registry].plan.plan for one in run if one.present}
    for kind, table in parts.items():
        # neither verdicts nor figures are made of cells
        rows = table.slice(0, 0) if kind == "cells" else table.filter(pc.is_in(table["file"], places))
        if kind == "files":
            stamp = {"plan": registry.plan.plan, "registry": registry.digest}
            restamped = [
                row | stamp if row["plan"] == present.get(row["file"], "") else row for row in rows.to_pylist()
            ]
            rows = pa.Table.from_pylist(restamped, SCHEMAS["files"])
        pq.write_table(rows, folder / f"{kind}-000.parquet")


def _judge(
    folder: Path, run: list[Archived], faults: list[Fault], registry: Registry, plans: Mapping[str, Registry]
) -> dict[str, Judged]:
    """The verdicts of a run; submissions that fail for rows alone are written down as accepted, to be loaded so."""
    path = folder / "submissions.parquet"
    table = pq.read_table(path)
    rows = {row["file"]: row for row in table.to_pylist()}
    found: dict[int, list[Fault]] = {place: [] for place in rows}
    for fault in faults:
        found[fault.file].append(fault)
    judged = {}
    for one in run:
        row, of_file = rows[one.place], found[one.place]
        reporter = row["reporter"] or one.reporter or ""
        changed = rows_of(plans[one.registry], reporter) ^ rows_of(registry, reporter)
        moved = tuple(fault for fault in of_file if speaks_of(fault, changed))
        blocking = [fault for fault in of_file if blocks(fault)]
        only_rows = row["verdict"] == "returned" and bool(blocking) and all(speaks_of(f, changed) for f in blocking)
        judged[one.accession] = Judged(row["reporter"], row["verdict"], only_rows, tuple(of_file), moved)
        if only_rows:
            row["verdict"] = "accepted"
    pq.write_table(pa.Table.from_pylist(list(rows.values()), table.schema), path)
    return judged


def blocks(fault: Fault) -> bool:
    """Whether a fault has its submission returned."""
    return fault.severity != "notice" and not fault.settled


def _publish(home: Home, rules: Rules, quarter: Quarter, now: dt.datetime) -> tuple[list[dict], list[dict], str]:
    registry, stop = rules.registry, ""
    with open_warehouse(home.warehouse) as connection, transaction(connection):
        move_due_dates(connection, quarter, rules.ledgers.dues(registry, quarter, now.date()), now)
        kept = pinned_ledgers(rules.ledgers, registry, quarter, now.date())
        edition = pin(connection, state_at(connection, quarter, kept, now), DRAFT)
        try:
            marts.stage(connection, edition, registry)
        except UserError as error:  # everything is staged by then
            stop = str(error)
        marts.light(connection)
        figures = records(connection, "queries/rehearsal/figures")
        return figures, records(connection, "queries/rehearsal/lights"), stop
