"""`duban export`: what was received, as Parquet that any engine reads, a file for each plan, quarter and reporter.

`DIR/<table>/plan=…/quarter=…/reporter=…/*.parquet` is how Hive lays partitions out, which DuckDB, Spark, Dask, Polars
and pandas take for columns. What the plan says stands beside, a file a table: `DIR/<table>.parquet`.
"""

import json
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from duban.errors import UserError
from duban.files import atomic_folder
from duban.home import Home
from duban.quarters import Quarter
from duban.warehouse.connection import SQL, Connection, copy_out, open_warehouse, query, text_of

MARK = "export.json"
SENT = sorted(path.stem for path in (SQL / "queries" / "export").glob("*.sql") if path.stem != "of_quarters")
PLANNED = ("registries", "reporters", "items", "measures", "deliverables", "inputs", "quarters", "projects")
Progress = Callable[[int, int], None]


def export(home: Home, folder: Path, quarter: Quarter | None, progress: Progress = lambda done, total: None) -> dict:
    """Write all quarters, or one, to a folder, which stands whole or not at all; an earlier export in it is replaced.

    Returns {export, quarters, tables: {name: rows}}. Raises UserError where there is no warehouse or no such quarter,
    and for a folder that holds anything but an export.
    """
    if not home.warehouse.exists():
        raise UserError(f"{home.root} 里没有数据仓库，没有可导出的：请用 --home 指向收取报送的文件夹。")
    if (folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file()) or folder.is_file():
        raise UserError(f"{folder} 里有别的东西：导出会整个替换所指的文件夹，请指一个新的，或以前导出的。")
    if home.root.resolve().is_relative_to(folder.resolve()):
        raise UserError(f"导出不能替换 {home.root} 所在的文件夹：请指向别处。")
    with atomic_folder(folder) as unfinished:
        with open_warehouse(home.warehouse, looking=True, read_from=[unfinished]) as connection:
            quarters = [name for (name,) in connection.execute("SELECT quarter FROM quarters ORDER BY 1").fetchall()]
            if quarter and str(quarter) not in quarters:
                raise UserError(f"{quarter} 尚未布置，没有可导出的：已布置的有 {'、'.join(quarters) or '（无）'}。")
            wanted = [str(quarter)] if quarter else quarters
            tables = _write(connection, unfinished, wanted, progress)
        told = {"duban": version("duban"), "quarters": wanted, "tables": tables}
        (unfinished / MARK).write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        os.sync()  # of many thousands of files, one by one, it would take longer than the rest
    return {"export": str(folder), "quarters": wanted, "tables": tables}


def render(result: dict) -> str:
    """The outcome in a line, and where it is."""
    rows = "、".join(f"{name} {count:,}" for name, count in result["tables"].items())
    return f"已导出 {'、'.join(result['quarters'])}：{rows} 行。\n{result['export']}"


def _write(connection: Connection, folder: Path, quarters: list[str], progress: Progress) -> dict[str, int]:
    connection.execute("SET VARIABLE quarters = $quarters", {"quarters": quarters})
    query(connection, "queries/export/of_quarters")
    total, tables = len(SENT) + len(PLANNED), {}
    for name in SENT:
        partitions, options = folder / name, "PARTITION_BY (plan, quarter, reporter), "
        tables[name] = copy_out(connection, text_of(f"queries/export/{name}"), partitions, options)
        if not tables[name]:
            partitions.rmdir()  # no engine reads a folder without files
        progress(len(tables), total)
    for name in PLANNED:
        tables[name] = copy_out(connection, f"SELECT * FROM {name} ORDER BY ALL", folder / f"{name}.parquet")
        progress(len(tables), total)
    return tables
