"""What a run is checked against beside its own files: earlier quarters, and what else was received in this one."""

import datetime as dt
from collections.abc import Mapping

import pyarrow as pa

from duban.home import Home
from duban.quarters import Quarter
from duban.registry.ledgers import Ledgers
from duban.registry.registry import Registry
from duban.warehouse.connection import open_warehouse, text_of

_DECIMAL = pa.decimal128(24, 6)
_TYPES = {"item": pa.int32(), "number": _DECIMAL, "progress": _DECIMAL, "due_on": pa.date32()} | {
    "place": pa.int64(),
    "standing": pa.bool_(),
}
# what each query of warehouse/queries gives checking, by column; those not in _TYPES are text
_COLUMNS = {
    "earlier_figures": ("reporter", "input", "number", "quarter"),
    "earlier_in_quarter": ("reporter", "input", "number", "quarter"),
    "earlier_texts": ("reporter", "item", "text", "quarter"),
    "standing_figures": ("reporter", "input", "number"),
    "sent_texts": ("reporter", "item", "text", "place", "standing"),
    "known_projects": ("project", "reporter", "item", "name", "quarter", "progress", "status", "due_on"),
    "explanations": ("reporter", "rule", "subject", "value", "text", "quarter"),
}


def read_earlier(
    home: Home, registry: Registry, quarter: Quarter, ledgers: Ledgers, day: dt.date
) -> Mapping[str, pa.Table]:
    """Each query of `_COLUMNS` as a table of its name, in one short read; empty where a home has no warehouse yet.

    A figure of an earlier quarter is the corrected one: nobody falls below what was a mistake.
    """
    schemas = {
        name: pa.schema([(column, _TYPES.get(column, pa.string())) for column in columns])
        for name, columns in _COLUMNS.items()
    }
    if not home.warehouse.exists():
        return {name: schema.empty_table() for name, schema in schemas.items()}
    found = {}
    with open_warehouse(home.warehouse) as connection:
        for name, schema in schemas.items():
            words = {"quarter": str(quarter)} | ({"plan": registry.plan.plan} if name == "known_projects" else {})
            rows = connection.sql(text_of(f"queries/{name}"), params=words).to_arrow_table()
            found[name] = rows.select(schema.names).cast(schema)
    for name in ("earlier_figures", "earlier_in_quarter"):
        columns = [column.to_pylist() for column in found[name].columns]
        rows = ledgers.corrected(registry, day, zip(*columns, strict=True))
        found[name] = pa.Table.from_pylist([dict(zip(_COLUMNS[name], row, strict=True)) for row in rows], schemas[name])
    return found
