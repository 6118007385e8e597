"""What a run is checked against beside its own files: earlier quarters, and what else was received in this one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from duban.checking.copies import find_copies
from duban.home import Home
from duban.quarters import Quarter
from duban.registry.ledgers import Ledgers
from duban.registry.registry import Registry
from duban.warehouse.connection import arrow, open_warehouse, query, sparing

_DECIMAL = pa.decimal128(24, 6)
_TYPES = {"item": pa.int32(), "number": _DECIMAL, "progress": _DECIMAL, "due_on": pa.date32()} | {
    "digest": pa.int64(),
    "length": pa.int32(),
}
# what each query of warehouse/queries tells of the senders of a run, by column; those not in _TYPES are text
_COLUMNS = {
    "earlier_figures": ("reporter", "input", "number", "quarter"),
    "earlier_in_quarter": ("reporter", "input", "number", "quarter"),
    "earlier_texts": ("reporter", "item", "digest", "length", "code", "quarter"),
    "standing_figures": ("reporter", "input", "number"),
    "known_projects": ("project", "reporter", "item", "name", "quarter", "progress", "status", "due_on"),
    "explanations": ("reporter", "rule", "subject", "value", "text", "quarter"),
}


@dataclass(frozen=True)
class Own:
    """What a run asks by: `senders` (reporter); `own_inputs`, those that they gave figures for (input, place);
    `own_wordings`, what they wrote (id, file, reporter, item and `COLUMNS` of duban.warehouse.wordings); and the
    plan's reporters."""

    senders: pa.Table
    own_inputs: pa.Table
    own_wordings: pa.Table
    plan_reporters: pa.Table


@sparing
def read_earlier(
    home: Home, registry: Registry, quarter: Quarter, ledgers: Ledgers, day: dt.date, own: Own, *, spare: bool = False
) -> Mapping[str, pa.Table]:
    """Tables by name, in one short read: each query of `_COLUMNS`; `other_rates`, an input's figures per head of
    reporters that are no senders (see `_in_the_middle`); `accused`, the texts that others wrote before (id, other: the
    reporter). Empty where a home has no warehouse yet, but for what senders copied from each other.

    A figure of an earlier quarter is the corrected one: nobody falls below what was a mistake.
    """
    found = {}
    words = {"quarter": str(quarter)}
    more = {"known_projects": {"plan": registry.plan.plan}, "earlier_figures": {"only": None}}
    # without a warehouse the same is asked of one in memory
    warehouse = home.warehouse if home.warehouse.exists() else None
    # several threads would each hold blocks of it, and take no less time
    with open_warehouse(warehouse, looking=True, threads=1, spare=spare) as connection:
        for name, rows in vars(own).items():
            connection.register(name, rows)
        connection.register("copying", _copying(registry, quarter))
        found["accused"] = find_copies(connection, own.own_wordings)
        rates = arrow(connection, "queries/checking/other_rates", **words)
        found["other_rates"] = _in_the_middle(rates, own.own_inputs, own.senders.num_rows)
        query(connection, "queries/checking/narrowed")
        for name, columns in _COLUMNS.items():
            given = words | more.get(name, {})
            schema = pa.schema([(column, _TYPES.get(column, pa.string())) for column in columns])
            rows = arrow(connection, f"queries/{name}", **given)
            found[name] = rows.select(schema.names).cast(schema)
    for name in ("earlier_figures", "earlier_in_quarter"):
        columns = [column.to_pylist() for column in found[name].columns]
        rows = ledgers.corrected(registry, day, zip(*columns, strict=True))
        schema = found[name].schema
        found[name] = pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)
    return found


def _copying(registry: Registry, quarter: Quarter) -> pa.Table:
    """The row by which copies are searched; thresholds that the plan does not tell are null and find none."""
    told = registry.doubts.text_copied
    least, alike = (told.least, float(told.alike)) if told else (None, None)
    columns = {"quarter": str(quarter), "least": pa.scalar(least, pa.int32()), "alike": pa.scalar(alike, pa.float64())}
    return pa.table(
        {name: pa.array([value]) if name == "quarter" else pa.repeat(value, 1) for name, value in columns.items()}
    )


def _in_the_middle(rates: pa.Table, inputs: pa.Table, senders: int) -> pa.Table:
    """Of each input's rates, in their order, those between which the median is once every sender has put in one of its
    own: input, others (how many there are), below (how many of them are left out before), and the rates."""
    places, values = rates.column("place").to_numpy(), rates.column("rate").to_numpy()
    order = np.argsort(places, kind="stable")
    bounds = np.searchsorted(places[order], np.arange(1, inputs.num_rows))
    each = [np.sort(of) for of in np.split(values[order], bounds)][: inputs.num_rows]
    below = [max(len(of) // 2 - senders - 1, 0) for of in each]
    middle = [of[low : (len(of) + senders) // 2 + 2] for low, of in zip(below, each, strict=True)]
    columns = {"others": pa.array([len(of) for of in each], pa.int64()), "below": pa.array(below, pa.int64())}
    return pa.table({"input": inputs.column("input"), **columns, "rates": pa.array(middle, pa.list_(pa.float64()))})
