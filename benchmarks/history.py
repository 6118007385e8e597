"""What years of quarters in the warehouse cost those who work in the last one.

    python -m benchmarks.history [--donors 60] [--reporters 600] [--years 1 2.5 5 10] [--runs 3] [--without cells …]

A home in which one quarter was really collected and published is grown backwards: every earlier quarter is made of it
in SQL, by `--reporters` reporters, with all rows that a quarter leaves. `--without` leaves out the two tables that are
nine tenths of the file. Whole commands are then timed, in turn without and with each history: processor seconds of all
their processes, and the ratio to those without.
"""

import argparse
import datetime as dt
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from python_calamine import CalamineWorkbook

from benchmarks.cycle import AS_OF
from benchmarks.prepare import LAIN, inputs, open_home
from duban.home import Home
from duban.journal import keep_up
from duban.quarters import Quarter
from duban.settings import REPOSITORY
from duban.warehouse.connection import copy_out, open_warehouse

QUARTER = Quarter(2023, 1)
NEW_FILES = 10
_SQL = Path(__file__).with_suffix(".sql")
_LARGE = ("cells", "entries")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--donors", type=int, default=60, help="reporters of the quarter that is really collected")
    parser.add_argument("--reporters", type=int, default=600, help="reporters of every quarter before it")
    parser.add_argument("--years", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without", nargs="+", choices=_LARGE, default=(), metavar="TABLE")
    parser.add_argument("--scratch", type=Path, help="where to work; default: the system's temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        folder = Path(scratch)
        given = inputs(folder / "inputs", arguments.donors)
        files, schemas, keys = given.files, given.schemas, given.keys
        donor, held_back = collected(folder / "0", files, schemas, keys, NEW_FILES * arguments.runs)
        homes = {0.0: donor}
        for years in arguments.years:
            homes[years] = shutil.copytree(donor, folder / str(years))
            grow(Home(homes[years]), Home(donor), round(4 * years), arguments.reporters, arguments.without)
        times = {years: [] for years in homes}
        for run in range(arguments.runs):
            for years, home in homes.items():
                new = held_back[run * NEW_FILES : (run + 1) * NEW_FILES]
                times[years].append(measured(home, schemas, new, run))
        report(homes, times)


def collected(root: Path, files: Path, schemas: Path, keys: Path, later: int) -> tuple[Path, list[Path]]:
    """A home whose quarter is collected and published, and the files of the last reporters, which were held back."""
    open_home(root, files, schemas, keys)
    held_back = sorted(Home(root).intake.joinpath(str(QUARTER)).glob("*.xlsx"))[-later:]
    aside = root.parent / "held_back"
    aside.mkdir()
    moved = [path.rename(aside / path.name) for path in held_back]
    time.sleep(LAIN)
    _run(["-m", "benchmarks.cycle", "whole", str(root), str(schemas)])
    return root, moved


def grow(home: Home, donor: Home, quarters: int, reporters: int, without: tuple[str, ...]) -> None:
    """Put that many quarters before the one in the home; its own rows come after them, as if received last."""
    started = time.perf_counter()
    parts = home.work / "donor"
    parts.mkdir(parents=True, exist_ok=True)
    with open_warehouse(donor.warehouse, read_only=True, read_from=[parts]) as connection:
        found = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_oid").fetchall()
        tables = [name for (name,) in found if name != "made_with"]
        for table in tables:
            copy_out(connection, f"FROM {table}", parts / f"{table}.parquet")
    home.warehouse.unlink()
    shutil.rmtree(home.archive / "journal", ignore_errors=True)
    with open_warehouse(home.warehouse, read_from=[parts]) as connection:
        connection.execute("ATTACH ':memory:' AS donor")
        for table in tables:
            connection.execute(f"CREATE TABLE donor.{table} AS FROM read_parquet(?)", [str(parts / f"{table}.parquet")])
        connection.execute("INSERT INTO kept FROM donor.kept")
        [(donors,)] = connection.execute("SELECT count(*) FROM donor.reporters").fetchall()
        quarter, back = QUARTER, []
        for _ in range(quarters):
            quarter = _before(quarter)
            back.append(quarter)
        for place, quarter in enumerate(reversed(back)):
            before = str(_before(quarter)) if quarter.number > 1 and place else None
            words = {
                "quarter": str(quarter),
                "before": before,
                "opens": before is None,
                "year": str(quarter.year),
                "place": quarter.year - back[-1].year + 1,
                "donor": str(QUARTER),
                "copies": -(-reporters // donors),
                "reporters": reporters,
                "shift": (quarter.end - QUARTER.end).days,
                **{table: table not in without for table in _LARGE},
            }
            for name, value in words.items():
                connection.execute(f"SET VARIABLE {name} = $value", {"value": value})
            connection.execute("BEGIN")
            connection.execute(_SQL.read_text(encoding="utf-8"))
            connection.execute("COMMIT")
            if (home.published / f"{QUARTER}-r1").exists():
                _manifest(home, connection, f"{quarter}-r1")
            print(f"   {quarter} {time.perf_counter() - started:.0f} s", flush=True)
        connection.execute("BEGIN")
        for table in tables:
            if table == "steps":
                last = "step + (SELECT coalesce(max(step), 0) FROM steps) AS step"
                connection.execute(f"INSERT INTO steps SELECT * REPLACE ({last}) FROM donor.steps ORDER BY step")
            elif table != "kept":
                connection.execute(f"INSERT INTO {table} FROM donor.{table}")
        connection.execute("COMMIT")
    shutil.rmtree(parts)
    keep_up(home)


def _before(quarter: Quarter) -> Quarter:
    return Quarter(quarter.year, quarter.number - 1) if quarter.number > 1 else Quarter(quarter.year - 1, 4)


def _manifest(home: Home, connection, publication: str) -> None:
    """The manifest that lies beside a published workbook, which `duban trace` looks through."""
    rows = connection.execute(
        "SELECT accession, quarter, reporter, digest, verdict, current FROM publication_submissions"
        " JOIN submissions USING (accession) WHERE publication = ? ORDER BY accession",
        [publication],
    ).fetchall()
    words = ("accession", "quarter", "reporter", "digest", "verdict", "current")
    manifest = json.loads((home.published / f"{QUARTER}-r1" / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"publication": publication, "quarter": publication[:6], "base": None, "before": None}
    manifest["submissions"] = [dict(zip(words, row, strict=True)) for row in rows]
    folder = home.published / publication
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")


def measured(home: Path, schemas: Path, new: list[Path], run: int) -> dict[str, float]:
    """Processor seconds of each command; the last one takes in new files and publishes the quarter again."""
    reporter = new[0].name.split("-")[1]
    last = f"{QUARTER}-{reporter}-01"
    as_of = (AS_OF + dt.timedelta(hours=1 + run)).isoformat()
    duban = ["-m", "duban", "--home", str(home), "--schemas", str(schemas), "--as-of", as_of]
    shutil.rmtree(home / "work", ignore_errors=True)  # the parts of the run before
    for path in new:
        shutil.copyfile(path, home / "intake" / str(QUARTER) / path.name)
    time.sleep(LAIN)
    cycle = "whole", home, schemas, "--as-of", as_of
    return {
        "duban --help": _run(["-m", "duban", "--help"]),
        "collect 10 files, publish": _run(["-m", "benchmarks.cycle", *map(str, cycle)]),
        "status": _run([*duban, "status", str(QUARTER), "--json"]),
        "history": _run([*duban, "history", reporter, str(QUARTER)]),
        "trace, a submission's cell": _run([*duban, "trace", last, "工作进展!E4"]),
        "trace, a published figure": _run([*duban, "trace", f"{QUARTER}-r1", _figure(home)], (0, 1)),
    }


def _figure(home: Path) -> str:
    """The first figure of the first publication, as its sheet and cell."""
    workbook = home / "published" / f"{QUARTER}-r1" / f"{QUARTER}-r1.xlsx"
    sheet, header = "指标完成情况", "一二三四"[QUARTER.number - 1] + "季度"
    rows = CalamineWorkbook.from_path(workbook).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    col = next(cells.index(header) for cells in rows if header in cells)
    row = next(row for row, cells in enumerate(rows, start=1) if isinstance(cells[col], float))
    return f"{sheet}!{chr(ord('A') + col)}{row}"


def _run(command: list[str], ends: tuple[int, ...] = (0,)) -> float:
    """Processor seconds of a whole Python process and its children."""
    used = sum(os.times()[2:4])
    done = subprocess.run([sys.executable, *command], cwd=REPOSITORY, capture_output=True, text=True)
    if done.returncode not in ends:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return sum(os.times()[2:4]) - used


def report(homes: dict[float, Path], times: dict[float, list[dict[str, float]]]) -> None:
    sizes = {years: Home(home).warehouse.stat().st_size / 1e6 for years, home in homes.items()}
    print("\n| processor seconds | " + " | ".join(f"{years:g} years, {sizes[years]:,.0f} MB" for years in homes) + " |")
    print("|---" * (len(homes) + 1) + "|")
    for name in times[0.0][0]:
        cells = []
        for years in homes:
            mine, bare = ([run[name] for run in times[which]] for which in (years, 0.0))
            ratio = statistics.median(one / other for one, other in zip(mine, bare, strict=True))
            cells.append(f"{statistics.median(mine):.2f}" + (f" ({ratio:.2f})" if years else ""))
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
