"""A warehouse that an earlier duban made, brought to the tables of this one: copied whole, then put in its place.

Tables are not altered where they stand, because DuckDB alters none that others refer to. The old file stays beside the
new one until somebody deletes it. What a table's rows of before say in columns that were added since, and what a table
that was added holds of them, `warehouse/upgrade/<table>.sql` tells; without it new columns are blank. What a table that
was added takes from several, `warehouse/upgrade/after/<table>.sql` puts into the copy once everything else is there.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from duban.errors import UserError
from duban.files import sync_folder

if TYPE_CHECKING:
    from duban.warehouse.connection import Connection

SQL = Path(__file__).parents[2] / "warehouse"
TABLES = sorted((SQL / "tables").glob("*.sql"))
_ROWS = 100_000  # carried at once
_MADE_WITH = "CREATE TABLE IF NOT EXISTS made_with (tables VARCHAR NOT NULL)"
IN_STEPS = {"submissions": "number"}  # tables whose rows refer to rows of the same table: by which column in order


@cache
def tables_digest() -> str:
    """SHA-256 of the files that make the tables."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in TABLES)).hexdigest()


def make_tables(connection: "Connection") -> None:
    """All tables of this duban, in a warehouse that has none."""
    connection.execute("BEGIN TRANSACTION")
    for path in TABLES:
        connection.execute(path.read_text(encoding="utf-8"))
    connection.execute(_MADE_WITH)
    connection.execute("INSERT INTO made_with VALUES (?)", [tables_digest()])
    connection.execute("COMMIT")


def upgrade(path: Path, connect: Callable[[Path], "Connection"]) -> Path:
    """Put a copy with this duban's tables and all rows in the place of the warehouse; returns where the old one lies.

    Killed anywhere, the old one still stands, or the new one does. Raises UserError for a warehouse that holds what
    this duban does not know: a later one made it.
    """
    new_path, kept = path.with_name(f"{path.name}.new"), path.with_name(f"{path.name}.old")
    for left in (new_path, new_path.with_name(f"{new_path.name}.wal")):
        left.unlink(missing_ok=True)
    old, new = connect(path), connect(new_path)
    try:
        make_tables(new)
        had, has = _columns(old), _columns(new)
        _refuse_unknown(path, had, has)
        for table, columns in has.items():
            if table != "made_with":
                _carry(old, new, table, had.get(table, []), columns)
        new.execute((SQL / "queries" / "completeness" / "content.sql").read_text(encoding="utf-8"))
        for told in sorted((SQL / "upgrade" / "after").glob("*.sql")):
            if told.stem not in had:
                new.execute(told.read_text(encoding="utf-8"))
        if "wordings" not in had:
            mark(old, new)
        old.execute("CHECKPOINT")  # nothing may be left in a log that goes by the new one's name
        new.execute("CHECKPOINT")
    finally:
        old.close()
        new.close()
    kept.unlink(missing_ok=True)
    os.link(path, kept)
    os.replace(new_path, path)
    sync_folder(path.parent)
    return kept


def _columns(connection: "Connection") -> dict[str, list[str]]:
    """Columns by table, tables in the order they were made: what is referred to comes first."""
    rows = connection.execute(
        "SELECT t.table_name, list(c.column_name ORDER BY c.column_index) FROM duckdb_tables() t"
        " JOIN duckdb_columns() c USING (table_oid) GROUP BY t.table_oid, t.table_name ORDER BY t.table_oid"
    ).fetchall()
    return dict(rows)


def _refuse_unknown(path: Path, old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    unknown = [f"{table}.{column}" for table in old for column in old[table] if column not in new.get(table, ())]
    if unknown:
        raise UserError(
            f"数据仓库 {path} 是更新的 duban 写成的（有现在不认识的 {'、'.join(unknown[:3])}）："
            "请换回那个版本的 duban，数据未改动。"
        )


def _carry(old: "Connection", new: "Connection", table: str, had: list[str], has: list[str]) -> None:
    """Copy a table's rows, those that others of the table refer to before those."""
    import pyarrow as pa  # a third of what opening a warehouse imports, and hardly ever wanted

    source = f"SELECT {', '.join(column for column in has if column in had)} FROM {table}"
    told = SQL / "upgrade" / f"{table}.sql"
    if told.exists() and set(has) - set(had):
        source = told.read_text(encoding="utf-8")
    elif not had:
        return
    steps = ["true"]
    if table in IN_STEPS:
        found = old.execute(f"SELECT DISTINCT {IN_STEPS[table]} FROM {table} ORDER BY ALL").fetchall()
        steps = [f"{IN_STEPS[table]} = {step}" for (step,) in found]
    for step in steps:
        for batch in old.sql(f"SELECT * FROM ({source}) WHERE {step}").to_arrow_reader(_ROWS):
            new.register("carried", pa.Table.from_batches([batch]))
            new.execute(f"INSERT INTO {table} BY NAME FROM carried")
            new.unregister("carried")
    [(before,)] = old.execute(f"SELECT count(*) FROM ({source})").fetchall()
    [(after,)] = new.execute(f"SELECT count(*) FROM {table}").fetchall()
    if before != after:
        raise RuntimeError(f"{table} had {before} rows and the copy has {after}")


def mark(old: "Connection", new: "Connection") -> None:
    """Mark the texts that were received before marks were kept."""
    import pyarrow as pa

    from duban.warehouse.wordings import with_marks

    source = (SQL / "queries" / "written.sql").read_text(encoding="utf-8")
    for batch in old.sql(source).to_arrow_reader(_ROWS):
        new.register("carried", with_marks(pa.Table.from_batches([batch])))
        new.execute("INSERT INTO wordings BY NAME FROM carried")
        new.unregister("carried")
