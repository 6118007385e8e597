"""What differs between two warehouses: every table, row by row."""

from pathlib import Path

from duban.warehouse.connection import open_warehouse

_HASH = "SELECT count(*), sum(hash(t)::HUGEINT) FROM {table} t"
_TABLES = "SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY table_oid"


def compare_tables(old: Path, new: Path) -> tuple[int, list[dict]]:
    """How many tables were compared, and those that differ: {table, rows (old and new), only_old, only_new, example}.

    The example is a row that only one of them has. Rows are compared whole, whatever order they stand in.
    """
    found = []
    with open_warehouse(old, read_only=True) as before, open_warehouse(new, read_only=True) as after:
        tables = [name for (name,) in after.execute(_TABLES).fetchall()]
        for table in tables:
            sums = [connection.execute(_HASH.format(table=table)).fetchall()[0] for connection in (before, after)]
            if sums[0] != sums[1]:
                found.append(_differing(before, after, table, [count for count, _ in sums]))
    return len(tables), found


def _differing(before, after, table: str, counts: list[int]) -> dict:
    after.register("before", before.sql(f"FROM {table}").to_arrow_table())
    after.register("after", after.sql(f"FROM {table}").to_arrow_table())
    only = {}
    for word, left, right in (("only_old", "before", "after"), ("only_new", "after", "before")):
        only[word] = after.execute(f"SELECT * FROM (FROM {left} EXCEPT ALL FROM {right}) ORDER BY ALL").fetchall()
    example = next((row for rows in only.values() for row in rows), ())
    for name in ("before", "after"):
        after.unregister(name)
    told = {word: len(rows) for word, rows in only.items()}
    return {"table": table, "rows": counts, **told, "example": "、".join(map(str, example))[:300]}
