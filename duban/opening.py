"""Opening a quarter: who owes what by when, and a fill-in workbook for each of them."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from duban.errors import UserError
from duban.fillin.form import Form, Prefill, Row, form_of, plain
from duban.fillin.keys import key_ring
from duban.fillin.workbook import write_fill_in
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.registry import Registry
from duban.warehouse.connection import Connection, open_warehouse, query, records, transaction
from duban.warehouse.plan import record_registry


def open_quarter(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Record the quarter with its obligations, and write every reporter's workbook into the outbox.

    Returns the workbooks' paths. Those that were issued and would say the same are left alone, whatever has been typed
    into them since. `progress(done, total)` counts workbooks. Raises UserError where the plan is of another year.
    """
    if quarter.year != registry.plan.year:
        raise UserError(
            f"{quarter} 不在方案“{registry.plan.title}”的年度内：该方案属于 {registry.plan.year} 年，"
            f"请用 --schemas 指向 {quarter.year} 年的方案。"
        )
    ring = key_ring(home.keys, create=True)
    paths = []
    with open_warehouse(home.warehouse) as connection, transaction(connection):
        record_registry(connection, registry, now)
        _record_quarter(connection, registry, quarter, now)
        issuing = list(forms(connection, registry, quarter))
        for done, form in enumerate(issuing, start=1):
            path = home.outbox / str(quarter) / form.reporter.code / form.file_name
            issued_at, standing = record_template(connection, form, now)
            # rows are committed after the last file: a killed run leaves no row without its file
            if not (standing and path.exists()):
                write_fill_in(path, form.issue(issued_at, ring))
            paths.append(path)
            if progress:
                progress(done, len(issuing))
    return paths


def forms(
    connection: Connection, registry: Registry, quarter: Quarter, only: Collection[str] | None = None
) -> Iterator[Form]:
    """The forms of the quarter, of every reporter or `only` of these codes, in the registry's order, not yet issued."""
    prefill = read_prefill(connection, registry, quarter)
    for reporter in registry.reporters:
        if registry.owed_items[reporter.code] and (only is None or reporter.code in only):
            yield form_of(registry, quarter, reporter, prefill)


def read_prefill(connection: Connection, registry: Registry, quarter: Quarter) -> Prefill:
    """The figures that were last accepted this year and the projects that are still open."""
    figures = {
        (reporter, code): plain(number)
        for reporter, code, number, _ in query(connection, "queries/earlier_figures", quarter=str(quarter))
    }
    projects: dict[str, list[Row]] = {}
    for record in records(connection, "queries/open_projects", quarter=str(quarter), plan=registry.plan.plan):
        texts = {field: record[field] or "" for field in ("name", "owner", "due_on")}
        texts |= {"item": str(record["item"]), "code": record["project"]}
        projects.setdefault(record["reporter"], []).append(Row(record["project"], texts))
    return Prefill(figures, {reporter: tuple(rows) for reporter, rows in projects.items()})


def record_template(connection: Connection, form: Form, now: dt.datetime) -> tuple[dt.datetime, bool]:
    """When the form was issued, and whether it is the one that its reporter was last issued.

    The same content keeps its time of issue; another one is issued now, and in any case later than the one before.
    """
    key = {"template": form.template, "quarter": str(form.quarter), "reporter": form.reporter.code}
    issued = connection.execute(
        "SELECT template, issued_at FROM templates WHERE quarter = ? AND reporter = ? ORDER BY issued_at DESC LIMIT 1",
        [key["quarter"], key["reporter"]],
    ).fetchall()
    if issued and issued[0][0] == form.template:
        return issued[0][1].astimezone(TIME_ZONE), True
    if issued:
        now = max(now, issued[0][1].astimezone(TIME_ZONE) + dt.timedelta(seconds=1))
    connection.execute(
        "INSERT INTO templates VALUES ($template, $quarter, $reporter, $registry, $now)"
        " ON CONFLICT DO UPDATE SET issued_at = excluded.issued_at",
        {**key, "registry": form.registry, "now": now},
    )
    return now, False


def _record_quarter(connection: Connection, registry: Registry, quarter: Quarter, now: dt.datetime) -> None:
    """The quarter and its obligations; under a registry that changed since, what is owed changes with it."""
    due, name = registry.due(quarter), str(quarter)
    connection.execute(
        "INSERT INTO quarters VALUES ($quarter, $registry, $ends, $due, $now)"
        " ON CONFLICT (quarter) DO UPDATE SET registry = excluded.registry, due = excluded.due",
        {"quarter": name, "registry": registry.digest, "ends": quarter.end, "due": due, "now": now},
    )
    owed = [(owed.reporter.code, item, owed.role) for item, all_owed in registry.owed.items() for owed in all_owed]
    reporters, items, roles = zip(*owed, strict=True)
    connection.execute("DELETE FROM obligations WHERE quarter = ?", [name])
    connection.execute(
        "INSERT INTO obligations SELECT ?, unnest(?), unnest(?), unnest(?), ?",
        [name, list(reporters), list(items), list(roles), due],
    )
