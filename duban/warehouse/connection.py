"""The only home of duckdb: opening the warehouse, hardened, and running its SQL files by name."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb

from duban.errors import WarehouseBusy
from duban.warehouse.upgrade import SQL, make_tables, stands, upgrade

__all__ = ["SQL", "Connection", "open_warehouse", "query", "records", "transaction"]

Connection = duckdb.DuckDBPyConnection
_CONFIG = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
}


@contextmanager
def open_warehouse(
    path: Path | None, *, read_from: Sequence[Path] = (), wait: float = 30.0, read_only: bool = False
) -> Iterator[Connection]:
    """A short connection to the warehouse, made with its tables where it is new; `None` is one in memory.

    `read_from` are the folders from which Parquet may be read; no other file or address can be reached from SQL.
    A `read_only` one changes no byte of a warehouse that is there: not even a table that it lacks is made. Waits up to
    `wait` seconds for another process, then raises WarehouseBusy. One that an earlier duban made is brought up to date
    first; raises UserError for one of a later duban.
    """
    connection = _connect(path, wait, read_only)
    try:
        standing = stands(connection)
        if standing is False and not read_only:
            connection.close()
            upgrade(path, lambda which: _connect(which, wait, False))
            connection = _connect(path, wait, False)
        if read_from:
            folders = ", ".join("'" + str(folder.resolve()).replace("'", "''") + "/'" for folder in read_from)
            connection.execute(f"SET allowed_directories = [{folders}]")
        connection.execute("SET TimeZone = 'Asia/Shanghai'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        if standing is None and not read_only:
            make_tables(connection)
        yield connection
    finally:
        connection.close()


def _connect(path: Path | None, wait: float, read_only: bool) -> Connection:
    if path is None:
        return duckdb.connect(config=_CONFIG)
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=_CONFIG)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            if time.monotonic() > deadline:
                raise WarehouseBusy(
                    f"数据仓库 {path.name} 正被另一个 duban 进程占用，已等待 {wait:.0f} 秒：请待其结束后重试。"
                ) from None
            time.sleep(0.1)


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def query(connection: Connection, name: str, **parameters) -> list[tuple]:
    """Run `warehouse/<name>.sql` (such as `queries/status`) with its `$named` parameters; all rows at once."""
    return connection.execute(_text(SQL / f"{name}.sql"), parameters or None).fetchall()


def records(connection: Connection, name: str, **parameters) -> list[dict]:
    """As `query`, each row a dictionary by column name."""
    cursor = connection.execute(_text(SQL / f"{name}.sql"), parameters or None)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
