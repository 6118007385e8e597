"""The marts that grow with reporters: put aside as Parquet while the warehouse is open, and read in pieces while the
workbook is written, so that a publication of any size takes the same memory."""

from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from duban.warehouse.connection import IN_PIECES, Connection, open_warehouse, query, streamed


def long_file(folder: Path, name: str) -> Path:
    """Where a long mart is put aside."""
    return folder / f"{name}.parquet"


class Long:
    """The long marts in a folder. They are read through a connection of their own, which reaches nothing else."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._connection: Connection | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Let them be read."""
        with open_warehouse(None, read_from=[self._folder], read_only=True, **IN_PIECES) as self._connection:
            query(self._connection, "sheets/macros")
            yield

    def rows(self, statement: str, mart: str, **parameters) -> Iterator[tuple]:
        """What `warehouse/sheets/<statement>.sql` makes of a mart, in its order; no more than a piece of it is held."""
        return streamed(self._connection, f"sheets/{statement}", path=self.path(mart), **parameters)

    def named(self, mart: str) -> Iterator[NamedTuple]:
        """A mart's rows, with its columns for names."""
        columns = [name for name, *_ in self.rows("columns", mart)]
        return map(namedtuple(mart, columns)._make, self.rows("all", mart))

    def path(self, mart: str) -> str:
        """The mart's file, as SQL is told it."""
        return str(long_file(self._folder.resolve(), mart))
