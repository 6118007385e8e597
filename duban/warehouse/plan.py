"""Recording the plan in the warehouse, so that what was done under it can always be read with its own rules."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping

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


def record_registry(
    connection: Connection, registry: Registry, now: dt.datetime, only: Collection[str] | None = None
) -> bool:
    """Fill the tables of the plan with a registry, once; a digest that is known already changes nothing. Returns
    whether it was new. `only` are the reporters whose dues are wanted, where it is not for keeping.

    Belongs inside the caller's transaction: the registry's own row comes first, and must not stand alone.
    """
    if connection.execute("SELECT 1 FROM registries WHERE registry = ?", [registry.digest]).fetchall():
        return False
    for table, rows in _tables(registry, now, only).items():
        insert_rows(connection, table, _arrow(registry.digest, rows))
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


def _arrow(digest: str, rows: list[dict]) -> pa.Table:
    """Rows as one Arrow table, with the registry's digest in front."""
    names = rows[0] if rows else ()
    columns = {name: pa.array([row[name] for row in rows], _TYPES.get(name, pa.string())) for name in names}
    return pa.table({"registry": pa.array([digest] * len(rows), pa.string()), **columns})


def _tables(registry: Registry, now: dt.datetime, only: Collection[str] | None) -> dict[str, list[dict]]:
    """Every table of the plan with its rows, in an order that keeps the foreign keys."""
    plan = registry.plan
    wanted = frozenset(reporter.code for reporter in registry.reporters) if only is None else only
    return {
        "registries": [
            {
                "plan": plan.plan,
                "year": plan.year,
                "files": json.dumps(registry.files, ensure_ascii=False),
                "recorded_at": now,
            }
        ],
        "reporters": [
            {
                "reporter": reporter.code,
                "place": place,
                "name": reporter.name,
                "full_name": reporter.full_name,
                "kind": reporter.kind,
                "population": reporter.population,
            }
            for place, reporter in enumerate(registry.reporters, start=1)
        ],
        "items": [
            {
                "item": item.item,
                "name": item.name,
                "chapter": item.chapter,
                "chapter_title": plan.chapters[item.chapter].title,
                "title": item.title,
            }
            for item in registry.items
        ],
        "consolidators": [
            {"item": item.item, "reporter": reporter.code}
            for item in registry.items
            for reporter in registry.consolidators(item)
        ],
        "measures": list(_measures(registry)),
        "deliverables": [
            {"deliverable": record.name, "item": item.item, "title": record.title, "due": record.due}
            for item in registry.items
            for record in item.deliverables
        ],
        "inputs": [
            {
                "input": entry.code,
                "place": place,
                "item": entry.item,
                "measure": entry.measure,
                "part": entry.part,
                "title": entry.title,
                "unit": entry.unit,
                "figures": entry.figures,
                "minimum": entry.limits.min,
                "maximum": entry.limits.max,
                "decimals": entry.limits.decimals,
            }
            for place, entry in enumerate(registry.inputs.values(), start=1)
        ],
        "item_checks": [
            {
                "item": item.item,
                "rule": "never_falls" if check.never_falls else "not_above",
                "input": check.never_falls or check.not_above[0],
                "whole": None if check.never_falls else check.not_above[1],
                "severity": check.severity,
            }
            for item in registry.items
            for check in item.checks
        ],
        "doubts": [{"rule": rule, "word": word, "value": value} for rule, word, value in registry.doubts.flat()],
        "owed_items": [
            {"item": owed.item, "reporter": owed.reporter.code, "role": owed.role}
            for item in registry.items
            for owed in registry.owed[item.item]
            if owed.reporter.code in wanted
        ],
        "owed_inputs": [
            {"input": entry.code, "reporter": reporter}
            for reporter, inputs in registry.owed_inputs.items()
            if reporter in wanted
            for entry in inputs
        ],
        "targets": list(_targets(registry, wanted)),
    }


def _measures(registry: Registry) -> Iterable[dict]:
    for place, (name, (item, measure)) in enumerate(registry.measures.items(), start=1):
        denominator = measure.denominator
        yield {
            "measure": name,
            "place": place,
            "item": item.item,
            "title": measure.title,
            "unit": measure.unit,
            "figures": measure.figures,
            "aggregate": measure.aggregate,
            "target": registry.target_figure(measure),
            "target_by": measure.target.by if measure.target else None,
            "schedule": list(registry.schedule_of(measure)),
            "reference": denominator.reference if denominator else None,
            "per": denominator.per if denominator else 1,
        }


def _targets(registry: Registry, wanted: Collection[str]) -> Iterable[dict]:
    """Each wanted reporter's own targets; measures without a target and without shares are not asked about at all."""
    shared = {measure for _, measure in registry.shares}
    for name, (_, measure) in registry.measures.items():
        if measure.target is None and name not in shared:
            continue
        for reporter in registry.reporters_of[name]:
            target = registry.target_of(reporter.code, name) if reporter.code in wanted else None
            if target is not None:
                yield {"measure": name, "reporter": reporter.code, "target": target}
