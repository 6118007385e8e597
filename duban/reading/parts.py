"""What reading hands over: four Parquet files for each batch of submissions, with the same columns always."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from duban.fillin.stamp import FIELDS
from duban.reading.faults import Fault

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


@dataclass
class Parts:
    """Rows on their way into the four files, each a tuple in the order of its schema; but cells are kept as columns,
    a list each: a thousand files have a million of them, most of them printed, and nobody looks at those again."""

    files: list[tuple] = field(default_factory=list)
    cells: list[list] = field(default_factory=lambda: [[] for _ in SCHEMAS["cells"]])
    entries: list[tuple] = field(default_factory=list)
    faults: list[tuple] = field(default_factory=list)

    def add_unreadable(self, place: int, digest: str, fault: Fault) -> None:
        """A file of which nothing but its one fault is known."""
        self.files.append((place, digest, False, *(None for _ in _STAMP), False))
        self.add_faults(place, [fault])

    def add(self, other: "Parts") -> None:
        self.files += other.files
        self.entries += other.entries
        self.faults += other.faults
        for mine, others in zip(self.cells, other.cells, strict=True):
            mine += others

    def add_faults(self, place: int, faults: Iterable[Fault]) -> None:
        self.faults += [(place, *fault[:-1], json.dumps(dict(fault.details), ensure_ascii=False)) for fault in faults]


def write_parts(folder: Path, number: int, parts: Parts) -> None:
    """Write `files-NNN.parquet` and its three companions, all of them also where there are no rows."""
    for kind, schema in SCHEMAS.items():
        rows: Sequence[Sequence] = getattr(parts, kind)
        columns = rows if kind == "cells" else list(zip(*rows, strict=True)) or [()] * len(schema)
        table = pa.Table.from_arrays(
            [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
        )
        pq.write_table(table, _path(folder, kind, number), compression="lz4", write_statistics=False)


def remove_parts(folder: Path, number: int) -> None:
    """Remove what a lost worker may have written of a batch that others then read."""
    for kind in SCHEMAS:
        _path(folder, kind, number).unlink(missing_ok=True)


def _path(folder: Path, kind: str, number: int) -> Path:
    return folder / f"{kind}-{number:03d}.parquet"
