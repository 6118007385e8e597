"""Recording the plan in the warehouse, so that what was done under it can always be read with its own rules."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping

import pyarrow as pa

from duban.registry.registry import Registry
from duban.warehouse.connection import Connection

_DECIMAL = pa.decimal128(24, 6)
# The columns that are not text, by name; every table of 01_plan.sql is filled from these.
_TYPES: Mapping[str, pa.DataType] = {
    "year": pa.int32(),
    "recorded_at": pa.timestamp("us", tz="Asia/Shanghai"),
    "place": pa.int32(),
    "population": pa.int64(),
    "item": pa.int32(),
    "chapter": pa.int32(),
    "target": _DECIMAL,
    "schedule": pa.list_(pa.int32()),
    "per": pa.int32(),
    "minimum": _DECIMAL,
    "maximum": _DECIMAL,
    "decimals": pa.int32(),
    "value": _DECIMAL,
}


def record_registry(connection: Connection, registry: Registry, now: dt.datetime) -> bool:
    """Fill the tables of the plan with a registry, once; a digest that is known already changes nothing. Returns
    whether it was new.

    Belongs inside the caller's transaction: the registry's own row comes first, and must not stand alone.
    """
    if connection.execute("SELECT 1 FROM registries WHERE registry = ?", [registry.digest]).fetchall():
        return False
    for table, rows in {"registries": _arrow(registry, _itself(registry, now)), **plan_tables(registry)}.items():
        insert_rows(connection, table, rows)
    return True


def insert_rows(connection: Connection, table: str, rows: pa.Table) -> None:
    """Insert an Arrow table by column name; columns that it lacks take their defaults."""
    if rows.num_rows == 0:
        return
    connection.register("incoming", rows)
    try:
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    finally:
        connection.unregister("incoming")


def plan_tables(registry: Registry, only: Collection[str] | None = None) -> dict[str, pa.Table]:
    """Every table of the plan but `registries`, in an order that keeps the foreign keys, with the registry's digest in
    the first column. `only` are the reporters whose dues are wanted, by their codes; all of them unless it is told."""
    return {name: _arrow(registry, rows) for name, rows in _tables(registry, only)}


_Rows = tuple[tuple[str, ...], Iterable[tuple]]  # the names of columns, and rows below them


def _arrow(registry: Registry, told: _Rows) -> pa.Table:
    names, rows = told
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pa.array(column, _TYPES.get(name, pa.string())) for name, column in zip(names, columns, strict=True)]
    digest = pa.repeat(pa.scalar(registry.digest), len(columns[0]))
    return pa.table([digest, *arrays], ["registry", *names])


def _itself(registry: Registry, now: dt.datetime) -> _Rows:
    files = json.dumps(registry.files, ensure_ascii=False)
    return ("plan", "year", "files", "recorded_at"), [(registry.plan.plan, registry.plan.year, files, now)]


def _tables(registry: Registry, only: Collection[str] | None) -> Iterator[tuple[str, _Rows]]:
    reporters, items = registry.reporters, registry.items
    wanted = [one.code for one in reporters if only is None or one.code in only]
    yield (
        "reporters",
        (
            ("reporter", "place", "name", "full_name", "kind", "population"),
            [
                (one.code, place, one.name, one.full_name, one.kind, one.population)
                for place, one in enumerate(reporters, start=1)
            ],
        ),
    )
    chapters = registry.plan.chapters
    yield (
        "items",
        (
            ("item", "name", "chapter", "chapter_title", "title"),
            [(item.item, item.name, item.chapter, chapters[item.chapter].title, item.title) for item in items],
        ),
    )
    yield (
        "consolidators",
        (("item", "reporter"), [(item.item, one.code) for item in items for one in registry.consolidators(item)]),
    )
    yield "measures", _measures(registry)
    yield (
        "deliverables",
        (
            ("deliverable", "item", "title", "due"),
            [(one.name, item.item, one.title, one.due) for item in items for one in item.deliverables],
        ),
    )
    yield "inputs", _inputs(registry)
    yield "item_checks", _item_checks(registry)
    yield "doubts", (("rule", "word", "value"), list(registry.doubts.flat()))
    if only is None:
        owed = [(number, one.reporter.code, one.role) for number, owing in registry.owed.items() for one in owing]
    else:
        owed = [(item.item, code, role) for code in wanted for item, role in registry.owed_items[code]]
    yield "owed_items", (("item", "reporter", "role"), owed)
    yield (
        "owed_inputs",
        (("input", "reporter"), [(entry.code, code) for code in wanted for entry in registry.owed_inputs[code]]),
    )
    yield "targets", (("measure", "reporter", "target"), list(_targets(registry, wanted)))


def _measures(registry: Registry) -> _Rows:
    names = ("measure", "place", "item", "title", "unit", "figures", "aggregate", "target", "target_by", "schedule")
    rows = []
    for place, (name, (item, measure)) in enumerate(registry.measures.items(), start=1):
        target, denominator = registry.target_figure(measure), measure.denominator
        by = measure.target.by if measure.target else None
        rows.append(
            (name, place, item.item, measure.title, measure.unit, measure.figures, measure.aggregate)
            + (target, by, list(registry.schedule_of(measure)))
            + ((denominator.reference, denominator.per) if denominator else (None, 1))
        )
    return (*names, "reference", "per"), rows


def _inputs(registry: Registry) -> _Rows:
    names = ("input", "place", "item", "measure", "part", "title", "unit", "figures", "minimum", "maximum", "decimals")
    rows = [
        (one.code, place, one.item, one.measure, one.part, one.title, one.unit, one.figures)
        + (one.limits.min, one.limits.max, one.limits.decimals)
        for place, one in enumerate(registry.inputs.values(), start=1)
    ]
    return names, rows


def _item_checks(registry: Registry) -> _Rows:
    rows = [
        (item.item, "never_falls" if check.never_falls else "not_above")
        + ((check.never_falls, None) if check.never_falls else tuple(check.not_above))
        + (check.severity,)
        for item in registry.items
        for check in item.checks
    ]
    return ("item", "rule", "input", "whole", "severity"), rows


def _targets(registry: Registry, wanted: Iterable[str]) -> Iterator[tuple]:
    """Each wanted reporter's own targets; measures without a target and without shares are not asked about at all."""
    shared = {measure for _, measure in registry.shares}
    for name, (_, measure) in registry.measures.items():
        if measure.target is None and name not in shared:
            continue
        reporting = registry.typing[name]
        for code in wanted:
            target = registry.target_of(code, name) if code in reporting else None
            if target is not None:
                yield name, code, target
