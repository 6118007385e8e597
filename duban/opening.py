"""Opening a quarter: who owes what by when, and a fill-in workbook for each of them."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from duban.completeness import keep_lacking
from duban.errors import UserError
from duban.fault_points import reached
from duban.fillin.form import Form, Prefill, Row, form_of, plain
from duban.fillin.keys import key_ring
from duban.fillin.workbook import write_fill_in
from duban.home import Home
from duban.lifecycle import refuse_new_rules
from duban.processes import sharing
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import NO_LEDGERS, Ledgers
from duban.registry.registry import Registry
from duban.warehouse.connection import Connection, open_warehouse, query, records, transaction
from duban.warehouse.due import move_due_dates
from duban.warehouse.plan import record_registry
from duban.warehouse.steps import record_step


def open_quarter(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    progress: Callable[[int, int], None] | None = None,
    ledgers: Ledgers = NO_LEDGERS,
    only: Collection[str] | None = None,
) -> list[Path]:
    """Record the quarter with its obligations, and write every reporter's workbook into the outbox, or those of `only`
    these reporters, by any name of the registry.

    Returns the workbooks' paths. Those that were issued and would say the same are left alone, whatever has been typed
    into them since. `progress(done, total)` counts workbooks. Raises UserError where the plan is of another year,
    or was changed since the quarter was closed, and for a name that nobody goes by.
    """
    if quarter.year != registry.plan.year:
        raise UserError(
            f"{quarter} 不在方案“{registry.plan.title}”的年度内：该方案属于 {registry.plan.year} 年，"
            f"请用 --schemas 指向 {quarter.year} 年的方案。"
        )
    codes = {registry.named(name).code for name in only} if only else None
    ring = key_ring(home.keys, create=True)
    with open_warehouse(home.warehouse) as connection, transaction(connection):
        refuse_new_rules(connection, registry, quarter, now)
        record_registry(connection, registry, now)
        record_quarter(connection, registry, quarter, now)
        move_due_dates(connection, quarter, ledgers.dues(registry, quarter, now.date()), now)
        issuing = list(forms(connection, registry, quarter, now.date(), ledgers, codes))
        paths = [home.outbox / str(quarter) / form.reporter.code / form.file_name for form in issuing]
        recorded = record_templates(connection, quarter, issuing, now)
        stand = [one.standing and path.exists() for path, one in zip(paths, recorded, strict=True)]
        # rows are committed after the last file: a killed run leaves no row without its file
        with sharing(stand.count(False)) as workers:
            written = [
                None if stands else workers.submit(write_fill_in, path, one.form.issue(one.issued_at, ring))
                for path, one, stands in zip(paths, recorded, stand, strict=True)
            ]
            for done, future in enumerate(written, start=1):
                if future:
                    future.result()
                if progress:
                    progress(done, len(issuing))
        reached("workbooks_written")
    reached("opened")
    return paths


def forms(
    connection: Connection,
    registry: Registry,
    quarter: Quarter,
    day: dt.date,
    ledgers: Ledgers = NO_LEDGERS,
    only: Collection[str] | None = None,
) -> Iterator[Form]:
    """The forms of the quarter, of every reporter or `only` of these codes, in the registry's order, not yet issued.

    What they are pre-filled with is as corrected by the `ledgers` on that day.
    """
    prefill = read_prefill(connection, registry, quarter, day, ledgers, only)
    owed = "SELECT reporter, max(due) FROM obligations WHERE quarter = ? GROUP BY reporter"
    dues = dict(connection.execute(owed, [str(quarter)]).fetchall())  # an extension may have moved them
    for reporter in registry.reporters:
        if (only is None or reporter.code in only) and registry.owed_items[reporter.code]:
            form = form_of(registry, quarter, reporter, prefill)
            yield replace(form, due=dues.get(reporter.code, form.due))


def read_prefill(
    connection: Connection,
    registry: Registry,
    quarter: Quarter,
    day: dt.date,
    ledgers: Ledgers = NO_LEDGERS,
    only: Collection[str] | None = None,
) -> Prefill:
    """The figures that were last accepted this year, as corrected on a day, and the projects that are still open; of
    every reporter, or `only` of these codes."""
    told = {"quarter": str(quarter), "only": None if only is None else list(only)}
    accepted = query(connection, "queries/earlier_figures", **told)
    figures = {
        (reporter, code): plain(number) for reporter, code, number, _ in ledgers.corrected(registry, day, accepted)
    }
    projects: dict[str, list[Row]] = {}
    for record in records(connection, "queries/open_projects", plan=registry.plan.plan, **told):
        texts = {field: record[field] or "" for field in ("name", "owner", "due_on")}
        texts |= {"item": str(record["item"]), "code": record["project"]}
        projects.setdefault(record["reporter"], []).append(Row(record["project"], texts))
    return Prefill(figures, {reporter: tuple(rows) for reporter, rows in projects.items()})


@dataclass(frozen=True)
class Issue:
    """A form, when it was issued, and whether it is `standing`: the one that its reporter was last issued."""

    form: Form
    issued_at: dt.datetime
    standing: bool


def record_templates(
    connection: Connection, quarter: Quarter, issuing: Sequence[Form], now: dt.datetime
) -> list[Issue]:
    """Note which of the quarter's forms are new.

    One that would print what its reporter was last issued stands, under the rules and with the time of that issue:
    what else has changed in the plan makes it no other. Another one is issued now, and in any case later than the one
    before.
    """
    only = [form.reporter.code for form in issuing]
    issued = {
        reporter: (template, registry, issued_at.astimezone(TIME_ZONE))
        for reporter, template, registry, issued_at in query(
            connection, "queries/present_forms", quarter=str(quarter), only=only
        )
    }
    recorded, new = [], []
    for form in issuing:
        template, registry, issued_at = issued.get(form.reporter.code, (None, form.registry, None))
        stood = replace(form, registry=registry)
        if stood.template == template:
            recorded.append(Issue(stood, issued_at, True))
            continue
        issued_at = max(now, issued_at + dt.timedelta(seconds=1)) if issued_at else now
        new.append((form.template, form.reporter.code, form.registry, issued_at))
        recorded.append(Issue(form, issued_at, False))
    if new:
        insert_templates(connection, quarter, new, now)
    return recorded


def insert_templates(
    connection: Connection, quarter: Quarter, rows: Sequence[tuple[str, str, str, dt.datetime]], now: dt.datetime
) -> None:
    """Note forms as issued: (template, reporter, registry, time of issue) each."""
    templates, reporters, registries, times = map(list, zip(*rows, strict=True))
    connection.execute(
        "INSERT INTO templates SELECT unnest(?), ?, unnest(?), unnest(?), unnest(?)"
        " ON CONFLICT DO UPDATE SET issued_at = excluded.issued_at",
        [templates, str(quarter), reporters, registries, times],
    )
    told = [[*names, issued_at.isoformat()] for *names, issued_at in rows]
    record_step(connection, "templates", quarter, now, {"templates": told})


def record_quarter(connection: Connection, registry: Registry, quarter: Quarter, now: dt.datetime) -> None:
    """The quarter and its obligations, in the caller's transaction; under a registry that changed since, what is owed
    changes with it."""
    due, name = registry.due(quarter), str(quarter)
    stood = query(connection, "queries/rules_last", quarter=name)
    connection.execute(
        "INSERT INTO quarters VALUES ($quarter, $registry, $ends, $due, $now)"
        " ON CONFLICT (quarter) DO UPDATE SET registry = excluded.registry, due = excluded.due",
        {"quarter": name, "registry": registry.digest, "ends": quarter.end, "due": due, "now": now},
    )
    query(connection, "queries/quarter_rules", quarter=name, registry=registry.digest, now=now)
    if stood != [(registry.digest,)]:
        record_step(connection, "opened", quarter, now, {}, registry=registry.digest)
    owed = [(owed.reporter.code, item, owed.role) for item, all_owed in registry.owed.items() for owed in all_owed]
    reporters, items, roles = zip(*owed, strict=True)
    connection.execute("DELETE FROM obligations WHERE quarter = ?", [name])
    connection.execute(
        "INSERT INTO obligations SELECT ?, unnest(?), unnest(?), unnest(?), ?",
        [name, list(reporters), list(items), list(roles), due],
    )
    if stood not in ([], [(registry.digest,)]):
        keep_lacking(connection, quarter)
