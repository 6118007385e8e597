"""What reading hands over: four Parquet files for each batch of submissions, with the same columns always."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow._compute import call_function  # pyarrow.compute wraps every function there is: a fifth of a worker's start

from duban.fillin.stamp import FIELDS
from duban.reading.faults import Fault
from duban.reading.places import address

_STAMP = [(word, pa.string()) for word in FIELDS]
SCHEMAS = {
    "files": pa.schema(  # `token_ok` is left open by reading, and filled in where the keys are
        [("file", pa.int32()), ("digest", pa.string()), ("readable", pa.bool_()), *_STAMP, ("token_ok", pa.bool_())]
    ),
    "cells": pa.schema(
        [
            ("file", pa.int32()),
            ("sheet", pa.string()),
            ("row", pa.int32()),
            ("col", pa.int32()),
            ("address", pa.string()),
            ("kind", pa.string()),
            ("typed", pa.string()),
            ("part", pa.string()),
        ]
    ),
    "entries": pa.schema(
        [
            ("file", pa.int32()),
            ("tab", pa.string()),
            ("key", pa.string()),
            ("item", pa.int32()),
            ("field", pa.string()),
            ("state", pa.string()),
            ("typed", pa.string()),
            ("text", pa.string()),
            ("number", pa.decimal128(24, 6)),
            ("day", pa.date32()),
            ("sheet", pa.string()),
            ("row", pa.int32()),
            ("address", pa.string()),
        ]
    ),
    "faults": pa.schema(
        [
            ("file", pa.int32()),
            ("rule", pa.string()),
            ("tab", pa.string()),
            ("sheet", pa.string()),
            ("key", pa.string()),
            ("item", pa.int32()),
            ("field", pa.string()),
            ("address", pa.string()),
            ("value", pa.string()),
            ("details", pa.string()),
        ]
    ),
}


Layout = tuple[tuple[int, str], ...]


class Row(NamedTuple):
    """What is the same for all cells or entries of a sheet's row. `layout` says where they stand and what they are:
    column and part of a cell, column and field of an entry. `tab`, `key` and `item` are those of entries."""

    file: int
    sheet: str
    row: int
    layout: Layout
    tab: str = ""
    key: str = ""
    item: int | None = None


@dataclass
class Parts:
    """Rows on their way into the four files, each a tuple in the order of its schema. But of cells and entries, of
    which a thousand files have a million, only what differs within a sheet's row stands for each of them."""

    files: list[tuple] = field(default_factory=list)
    faults: list[tuple] = field(default_factory=list)
    cell_rows: list[Row] = field(default_factory=list)
    cells: list[tuple[str, str]] = field(default_factory=list)  # kind, typed
    entry_rows: list[Row] = field(default_factory=list)
    entries: list[tuple] = field(default_factory=list)  # state, typed, text, number, day

    def add_unreadable(self, place: int, digest: str, fault: Fault) -> None:
        """A file of which nothing but its fault is known."""
        self.files.append((place, digest, False, *(None for _ in _STAMP), False))
        self.add_faults(place, [fault])

    def add(self, other: "Parts") -> None:
        for mine, others in zip(vars(self).values(), vars(other).values(), strict=True):
            mine += others

    def add_faults(self, place: int, faults: Iterable[Fault]) -> None:
        self.faults += [(place, *fault[:-1], json.dumps(dict(fault.details), ensure_ascii=False)) for fault in faults]

    def table(self, kind: str) -> pa.Table:
        """The rows of one of the four files."""
        schema = SCHEMAS[kind]
        match kind:
            case "cells":
                columns = _spread(self.cell_rows, "part", schema.names) | _columns(self.cells, "kind", "typed")
            case "entries":
                columns = _spread(self.entry_rows, "field", schema.names)
                columns |= _columns(self.entries, "state", "typed", "text", "number", "day")
            case _:
                columns = _columns(getattr(self, kind), *schema.names)
        return pa.Table.from_arrays(
            [
                column if isinstance(column := columns[one.name], pa.Array) else pa.array(column, one.type)
                for one in schema
            ],
            schema=schema,
        )


def _columns(rows: Sequence[tuple], *names: str) -> dict[str, Sequence]:
    return dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))


def _spread(rows: Sequence[Row], what: str, wanted: Sequence[str]) -> dict[str, pa.Array]:
    """The columns that rows tell of, those that are wanted, with a value for each of their cells or entries."""
    told = _columns(rows, *Row._fields)
    # rows of one quarter's files stand at the same places: those are written out once, and then pointed at
    known: dict[tuple[int, int], int] = {}
    written: list[tuple[int, int, str]] = []
    places: list[range] = []
    at = []
    for row, layout in zip(told.pop("row"), told.pop("layout"), strict=True):
        place = known.setdefault((row, id(layout)), len(known))
        if place == len(places):
            places.append(range(len(written), len(written) + len(layout)))
            written += [(row, column, one) for column, one in layout]
        at.append(place)
    spread = call_function("take", [pa.array(places, pa.list_(pa.int32())), pa.array(at, pa.int32())])
    each, ends = call_function("list_flatten", [spread]), spread.offsets[1:]
    columns = {
        "row": pa.array([row for row, _, _ in written], pa.int32()),
        "col": pa.array([column for _, column, _ in written], pa.int32()),
        "address": pa.array([address(row, column) for row, column, _ in written], pa.string()),
        what: pa.array([one for _, _, one in written], pa.string()),
    }
    columns = {name: call_function("take", [of, each]) for name, of in columns.items() if name in wanted}
    for name, values in told.items():
        if name in wanted:
            of = pa.array(values, pa.int32() if name in ("file", "item") else pa.string())
            columns[name] = call_function("run_end_decode", [pa.RunEndEncodedArray.from_arrays(ends, of)])
    return columns


def write_parts(folder: Path, number: int, parts: Parts) -> None:
    """Write `files-NNN.parquet` and its three companions, all of them also where there are no rows."""
    for kind in SCHEMAS:
        pq.write_table(parts.table(kind), _path(folder, kind, number), compression="lz4", write_statistics=False)


def remove_parts(folder: Path, number: int) -> None:
    """Remove what a lost worker may have written of a batch that others then read."""
    for kind in SCHEMAS:
        _path(folder, kind, number).unlink(missing_ok=True)


def _path(folder: Path, kind: str, number: int) -> Path:
    return folder / f"{kind}-{number:03d}.parquet"
