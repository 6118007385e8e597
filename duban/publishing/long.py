"""The marts that grow with reporters: put aside as Parquet while the warehouse is open, and read in pieces while the
workbook is written, so that a publication of any size takes the same memory."""

from collections import namedtuple
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import NamedTuple, TypeVar

from duban.warehouse.connection import IN_PIECES, Connection, open_warehouse, query, streamed


def long_file(folder: Path, name: str) -> Path:
    """Where a long mart is put aside."""
    return folder / f"{name}.parquet"


Result = TypeVar("Result")


class Long:
    """The long marts in a folder. They are read through a connection of their own, which reaches nothing else."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._connection: Connection | None = None
        self._thread: ThreadPoolExecutor | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Let them be read, in a thread beside as well: what that has not begun in the end is called off."""
        with open_warehouse(None, read_from=[self._folder], read_only=True, **IN_PIECES) as self._connection:
            query(self._connection, "sheets/macros")
            self._thread = ThreadPoolExecutor(1)
            try:
                yield
            finally:
                self._thread.shutdown(cancel_futures=True)

    def beside(self, do: Callable[..., Result], *told) -> Future[Result]:
        """Do it in the thread beside, after what that was given before, under the look and wordings of now."""
        return self._thread.submit(copy_context().run, do, *told)

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
