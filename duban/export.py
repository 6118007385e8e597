"""`duban export`: what was received, as Parquet that any engine reads, a file for each plan, quarter and reporter.

`DIR/<table>/plan=…/quarter=…/reporter=…/*.parquet` is how Hive lays partitions out, which DuckDB, Spark, Dask, Polars
and pandas take for columns. What the plan says stands beside, a file a table: `DIR/<table>.parquet`. A quarter in which
nothing was done since an earlier export into the same folder is taken over from that one.
"""

import json
import os
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from duban.errors import UserError
from duban.files import atomic_folder
from duban.home import Home
from duban.quarters import Quarter
from duban.warehouse.connection import SQL, Connection, copy_out, open_warehouse, query, text_of
from duban.warehouse.upgrade import tables_digest

MARK = "export.json"
SENT = sorted(path.stem for path in (SQL / "queries" / "export").glob("*.sql") if path.stem != "of_quarter")
PLANNED = ("registries", "reporters", "items", "measures", "deliverables", "inputs", "quarters", "projects")
_AT_ONCE = 1000  # reporters: their rows are sorted in memory
_STEPS = 100  # of a progress bar, for each quarter
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
            marks = dict(query(connection, "queries/export_marks"))
            if quarter and str(quarter) not in marks:
                raise UserError(f"{quarter} 尚未布置，没有可导出的：已布置的有 {'、'.join(marks) or '（无）'}。")
            made_with = tables_digest()[:16]  # other tables make other files
            marks = {
                name: f"{mark}-{made_with}" for name, mark in marks.items() if quarter in (None, Quarter.parse(name))
            }
            rows = _write(connection, unfinished, marks, _Earlier(folder), progress)
            planned = {name: _write_table(connection, unfinished, name) for name in PLANNED}
        told = {"duban": version("duban"), "quarters": list(marks), "tables": _summed(rows) | planned}
        (unfinished / MARK).write_text(
            json.dumps(told | {"marks": marks, "rows": rows}, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        os.sync()  # of many thousands of files, one by one, it would take longer than the rest
    return {"export": str(folder), "quarters": told["quarters"], "tables": told["tables"]}


def render(result: dict) -> str:
    """The outcome in a line, and where it is."""
    rows = "、".join(f"{name} {count:,}" for name, count in result["tables"].items())
    return f"已导出 {'、'.join(result['quarters'])}：{rows} 行。\n{result['export']}"


class _Earlier:
    """An export that is to be replaced: what of it still holds is taken over, linked and not written again."""

    def __init__(self, folder: Path):
        self._folder = folder
        told = json.loads((folder / MARK).read_text(encoding="utf-8")) if (folder / MARK).is_file() else {}
        self._marks, self._rows = (told.get(word, {}) for word in ("marks", "rows"))

    def holds(self, quarter: str, mark: str) -> bool:
        return self._marks.get(quarter) == mark

    def take_over(self, quarter: str, to: Path) -> dict[str, int]:
        """Link a quarter's files below another folder; its rows by table."""
        for old in sorted(self._folder.glob(f"*/plan=*/quarter={quarter}")):
            shutil.copytree(old, to / old.relative_to(self._folder), copy_function=_link)
        return self._rows[quarter]


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except OSError:  # a file system without links
        shutil.copyfile(old, new)


def _write(
    connection: Connection, folder: Path, marks: dict[str, str], earlier: _Earlier, progress: Progress
) -> dict[str, dict[str, int]]:
    """Write what was received, quarter by quarter; how many rows of each table."""
    rows = {}
    for done, (quarter, mark) in enumerate(marks.items(), start=1):
        if earlier.holds(quarter, mark):
            rows[quarter] = earlier.take_over(quarter, folder)
        else:
            rows[quarter] = dict.fromkeys(SENT, 0)
            reporters = [code for (code,) in query(connection, "queries/export_reporters", quarter=quarter)]
            for first in range(0, len(reporters), _AT_ONCE):
                some = reporters[first : first + _AT_ONCE]
                for word, value in (("quarter", quarter), ("first", some[0]), ("last", some[-1])):
                    connection.execute(f"SET VARIABLE {word} = $value", {"value": value})
                for name, count in _write_parts(connection, folder).items():
                    rows[quarter][name] += count
                progress((done - 1) * _STEPS + _STEPS * first // len(reporters), len(marks) * _STEPS)
        progress(done * _STEPS, len(marks) * _STEPS)
    return rows


def _write_parts(connection: Connection, folder: Path) -> dict[str, int]:
    """Write what some reporters sent in a quarter; how many rows of each table."""
    query(connection, "queries/export/of_quarter")
    options, rows = "PARTITION_BY (plan, quarter, reporter), OVERWRITE_OR_IGNORE, ", {}
    for name in SENT:
        rows[name] = copy_out(connection, text_of(f"queries/export/{name}"), folder / name, options)
        if not rows[name] and not any((folder / name).iterdir()):
            (folder / name).rmdir()  # no engine reads a folder without files
    return rows


def _write_table(connection: Connection, folder: Path, name: str) -> int:
    return copy_out(connection, f"SELECT * FROM {name} ORDER BY ALL", folder / f"{name}.parquet")


def _summed(rows: dict[str, dict[str, int]]) -> dict[str, int]:
    return {name: sum(of_quarter[name] for of_quarter in rows.values()) for name in SENT}
