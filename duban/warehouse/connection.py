"""The only home of duckdb: opening the warehouse, hardened, and running its SQL files by name."""

import atexit
import errno
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import duckdb

from duban.errors import WarehouseBusy, refused_in
from duban.holder import holder
from duban.warehouse.upgrade import SQL, make_tables, tables_digest, upgrade

if TYPE_CHECKING:
    import pyarrow

__all__ = [
    "IN_PIECES",
    "SQL",
    "Connection",
    "arrow",
    "copy_out",
    "in_pieces",
    "open_warehouse",
    "query",
    "records",
    "sparing",
    "streamed",
    "text_of",
    "transaction",
]

Connection = duckdb.DuckDBPyConnection
Returned = TypeVar("Returned")
_CONFIG = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    # of the machine, for every process; left alone DuckDB takes four fifths. What does not fit goes to the disk, but
    # not all of it can: lists and texts that are put together are held until the whole is made
    "memory_limit": "25%",
}
# For what puts lists and texts together piece by piece, however large the whole is. Every thread needs its share: with
# eight of them a publication of 6,000 fails
IN_PIECES = {"memory": "300MB", "threads": 2}
# For what is done batch by batch and mostly fits: bytes, and as many again for each thread
_LITTLE, _A_THREAD = 64 << 20, 32 << 20

_LOGS = ("", ".wal", ".wal.checkpoint", ".wal.recovery")  # a warehouse, and what DuckDB writes beside it
_PIECE = 1_000  # rows of a long answer that are fetched at once
_alone = threading.RLock()  # a process opens a file in one way at a time, for looking or for writing


@contextmanager
def open_warehouse(
    path: Path | None,
    *,
    read_from: Sequence[Path] = (),
    wait: float = 30.0,
    read_only: bool = False,
    looking: bool = False,
    threads: int | None = None,
    memory: str | None = None,
    spare: bool = False,
) -> Iterator[Connection]:
    """A short connection to the warehouse, made with its tables where it is new; `None` is one in memory.

    `read_from` are the folders from which Parquet may be read; no other file or address can be reached from SQL.
    A `read_only` one changes no byte of a warehouse that is there: not even a table that it lacks is made. One for
    `looking` is read-only as well, but for a warehouse that has to be brought up to date first. Any number of
    processes may look at once; of a process, one thread after the other. `threads` are those of DuckDB, one a core
    unless told; `memory` is what it may hold, a quarter of the machine's unless told, and little where it shall `spare`
    it (see `sparing`). Waits up to `wait` seconds for another process, then raises WarehouseBusy. A warehouse that an
    earlier duban made is brought up to date; raises UserError for one of a later duban, and OSError where disk, share
    or rights refuse.
    """
    connection = None
    if path and not _alone.acquire(timeout=wait):
        raise WarehouseBusy(f"数据仓库 {path} 正由本进程的另一步占用，已等待 {wait:.0f} 秒：请稍后重试。")
    try:
        if spare:
            memory = f"{_LITTLE + _A_THREAD * (threads or os.cpu_count() or 1)} bytes"
        own = path is None or bool(read_from) or threads is not None or memory is not None or not path.exists()
        connect = _connect if own else _attach
        connection = connect(path, wait, read_only or looking)
        standing = _stands(connection)
        if looking and not standing:
            _close(connection)
            connection = connect(path, wait, False)
        if standing is False and not read_only:
            _close(connection)
            upgrade(path, lambda which: _connect(which, wait, False))
            connection = connect(path, wait, False)
        if own:
            _harden(connection, read_from, threads, memory)
        if standing is None and not read_only:
            make_tables(connection)
        yield connection
    except duckdb.Error as error:
        refusal = _refusal(error, path)
        if refusal is None:
            raise
        raise refusal from error
    finally:
        if connection is not None:
            _close(connection)
        if path:
            _alone.release()


def _harden(
    connection: Connection, read_from: Sequence[Path], threads: int | None = None, memory: str | None = None
) -> None:
    if read_from:
        folders = ", ".join(_quoted(f"{folder.resolve()}/") for folder in read_from)
        connection.execute(f"SET allowed_directories = [{folders}]")
        # what memory cannot hold goes where the run's other parts are, and with them where the run is killed
        connection.execute(f"SET temp_directory = {_quoted(f'{read_from[0].resolve()}/.spilled')}")
    if memory:
        connection.execute(f"SET memory_limit = {_quoted(memory)}")
    if threads:
        connection.execute(f"SET threads = {threads}")
    connection.execute("SET GLOBAL TimeZone = 'Asia/Shanghai'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _stands(connection: Connection) -> bool | None:
    """Whether the warehouse has this duban's tables: None for one that has none yet."""
    try:
        return connection.execute("SELECT tables FROM made_with").fetchall() == [(tables_digest(),)]
    except duckdb.CatalogException:  # asked only now, because the list of tables costs more than all else of opening
        return False if connection.execute("SELECT 1 FROM duckdb_tables()").fetchall() else None


def _refusal(error: duckdb.Error, path: Path | None) -> OSError | None:
    """What the system refused, where that is what DuckDB complains of."""
    if number := refused_in(str(error)):
        return OSError(number, os.strerror(number), str(path or "DuckDB"))
    if "fsync failed" in str(error):  # without a word why
        return OSError(errno.EIO, os.strerror(errno.EIO), str(path))
    return None


def _connect(path: Path | None, wait: float, read_only: bool) -> Connection:
    if path is None:
        return duckdb.connect(config=_CONFIG)
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    return _patiently(path, wait, lambda: duckdb.connect(str(path), read_only=read_only, config=_CONFIG))


def _patiently(path: Path, wait: float, connect: Callable[[], Connection]) -> Connection:
    """What `connect` returns, once no other process has the warehouse open."""
    deadline = time.monotonic() + wait
    while True:
        try:
            return connect()
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error):
                raise
            if time.monotonic() > deadline:
                raise WarehouseBusy(
                    f"数据仓库 {path} 正被占用（{_who(path, str(error))}），已等待 {wait:.0f} 秒：请待其结束后重试。"
                ) from None
            time.sleep(0.05)


@dataclass
class _Instance:
    """A DuckDB that reaches one warehouse and no other file, and outlives the connections to it: to make one takes
    30 ms of a processor, to open a file in it 15. While no connection stands it has the file not open."""

    path: Path
    engine: Connection
    opened: Connection | None = None  # the one that the warehouse is attached for

    @property
    def name(self) -> str:
        """What the warehouse is attached as: as if it were connected to."""
        return '"' + self.path.stem.replace('"', '""') + '"'


_kept: list[_Instance] = []  # of the warehouse that this process opened last; whoever holds `_alone` changes it
atexit.register(_kept.clear)  # else the library complains of what is left over


def _attach(path: Path, wait: float, read_only: bool) -> Connection:
    """As `_connect`, to a warehouse that is there, hardened already: in the instance that is kept for it, if no other
    connection stands in that."""
    path = path.parent.resolve() / path.name  # DuckDB allows no path with a step back in it
    if _kept and _kept[0].opened is not None:
        connection = _connect(path, wait, read_only)
        _harden(connection, ())
        return connection
    if not _kept or _kept[0].path != path:
        _kept[:] = [_Instance(path, _engine(path))]
    [kept] = _kept
    kept.opened = connection = kept.engine.cursor()
    mode = "READ_ONLY" if read_only else "READ_WRITE"
    try:
        _patiently(path, wait, lambda: connection.execute(f"ATTACH {_quoted(str(path))} AS {kept.name} ({mode})"))
        connection.execute(f"USE {kept.name}")
    except BaseException:
        _close(connection)
        raise
    return connection


def _engine(path: Path) -> Connection:
    engine = duckdb.connect(config=_CONFIG | {"temp_directory": f"{path}.tmp"})
    files = ", ".join(_quoted(f"{path}{ending}") for ending in _LOGS)
    engine.execute(f"SET allowed_paths = [{files}]")
    _harden(engine, ())
    return engine


def _close(connection: Connection) -> None:
    """Close a connection, and what it stands in: the file is nobody's afterwards."""
    connection.close()
    for kept in [one for one in _kept if one.opened is connection]:
        _kept.remove(kept)
        with suppress(duckdb.Error):  # the disk refused to take the log in, which the next one does
            kept.engine.execute(f"DETACH {kept.name}")
            kept.opened = None
            _kept.append(kept)


def _who(path: Path, said: str) -> str:
    """Who holds the warehouse: the run that goes on in its home, or else the process that DuckDB names."""
    process = re.search(r"PID (\d+)", said)
    running = holder(path.parent)
    if process and f"进程 {process[1]}" not in running:
        return f"进程 {process[1]}"
    return running or "另一进程"


def sparing(step: Callable[..., Returned]) -> Callable[..., Returned]:
    """Of a step that can be done over again: told to `spare` memory (a keyword that it hands to `open_warehouse`), and
    where that was not enough done with as much as anything else may hold, from then on at once."""

    @wraps(step)
    def done(*told, **named) -> Returned:
        if done.spares:
            with suppress(duckdb.OutOfMemoryException):
                return step(*told, **named, spare=True)
            done.spares = False
        return step(*told, **named, spare=False)

    done.spares = True
    return done


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # DuckDB has done it where the disk failed; that is what to tell
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@cache
def text_of(name: str) -> str:
    """The text of `warehouse/<name>.sql`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def query(connection: Connection, name: str, **parameters) -> list[tuple]:
    """Run `warehouse/<name>.sql` (such as `queries/status`) with its `$named` parameters; all rows at once."""
    return connection.execute(text_of(name), parameters or None).fetchall()


def streamed(connection: Connection, name: str, **parameters) -> Iterator[tuple]:
    """As `query`, of a database in memory, the rows of a long answer one after the other; no more than a piece of it is
    held. Another answer may be read meanwhile."""
    with closing(connection.cursor()) as own:
        own.execute(text_of(name), parameters or None)
        while piece := own.fetchmany(_PIECE):
            yield from piece


def records(connection: Connection, name: str, **parameters) -> list[dict]:
    """As `query`, each row a dictionary by column name."""
    cursor = connection.execute(text_of(name), parameters or None)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def arrow(connection: Connection, name: str, **parameters) -> "pyarrow.Table":
    """As `query`, all rows as one Arrow table."""
    return connection.sql(text_of(name), params=parameters or None).to_arrow_table()


def in_pieces(connection: Connection, name: str, rows: int) -> "Iterator[pyarrow.RecordBatch]":
    """As `arrow`, so many rows at a time; no more of a long answer is held, and no other may be asked for meanwhile."""
    yield from connection.sql(text_of(name)).to_arrow_reader(rows)


def copy_out(connection: Connection, text: str, target: Path, options: str = "") -> int:
    """Write what a query selects as Parquet, with `options` of COPY (`PARTITION_BY (…), `) if wanted; how many rows."""
    statement = f"COPY ({text}) TO {_quoted(str(target.resolve()))} ({options}FORMAT parquet)"
    [(rows,)] = connection.execute(statement).fetchall()
    return rows


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
