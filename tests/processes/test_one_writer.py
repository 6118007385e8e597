"""One run at a time in a home; who waits is told for whom; who only looks stands beside others."""

import os
import subprocess
import sys
import textwrap
import time

import pytest

from duban.errors import WarehouseBusy
from duban.holder import LOCK, holder
from duban.home import Home
from duban.runs import run_folder
from duban.settings import REPOSITORY
from duban.warehouse.connection import open_warehouse

HOLD_HOME = "with run_folder(Home(Path(sys.argv[1])), 'collect'): ready()"
HOLD_WAREHOUSE = "with open_warehouse(Path(sys.argv[1]) / 'duban.duckdb'): ready()"
LOOK = "with open_warehouse(Path(sys.argv[1]) / 'duban.duckdb', looking=True): ready()"
COUNT = """
home = Home(Path(sys.argv[1]))
for _ in range(4):
    with run_folder(home, 'collect', wait=120), open_warehouse(home.warehouse, wait=120) as c:
        [(n,)] = c.execute('SELECT coalesce(max(n), 0) FROM counted').fetchall()
        c.execute('INSERT INTO counted VALUES (?)', [n + 1])
"""
WATCH = """
for _ in range(4):
    with open_warehouse(Path(sys.argv[1]) / 'duban.duckdb', looking=True, wait=120) as c:
        numbers = [n for (n,) in c.execute('SELECT n FROM counted ORDER BY n').fetchall()]
        assert numbers == list(range(1, len(numbers) + 1)), numbers
"""


@pytest.fixture
def start(tmp_path):
    """Start a process that does something in the home, and where it says `ready()` stays in it until it is ended."""
    running = []

    def begin(code: str) -> subprocess.Popen:
        program = textwrap.dedent("""
            import sys, time
            from pathlib import Path
            from duban.home import Home
            from duban.runs import run_folder
            from duban.warehouse.connection import open_warehouse
            def ready():
                print('ready', flush=True)
                time.sleep(600)
        """)
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", program + code, str(tmp_path)],
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            )
        )
        if "ready" in code:
            assert running[-1].stdout.readline() == b"ready\n"
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def home(tmp_path):
    with open_warehouse(tmp_path / "duban.duckdb") as connection:
        connection.execute("CREATE TABLE counted (n INTEGER PRIMARY KEY)")
    return Home(tmp_path)


def test_a_second_run_waits_its_time_and_says_which_run_it_waited_for_and_since_when(home, start):
    other = start(HOLD_HOME)
    begun = time.monotonic()
    told = rf"collect，进程 {other.pid}，自 \d\d-\d\d \d\d:\d\d:\d\d 起）.*请待其结束后重试"
    with pytest.raises(WarehouseBusy, match=told), run_folder(home, "publish", wait=0.3):
        pass
    assert 0.3 < time.monotonic() - begun < 5


def test_a_run_that_was_killed_holds_nothing_and_is_not_named(home, start):
    other = start(HOLD_HOME)
    assert holder(home.root).startswith(f"collect，进程 {other.pid}，")
    other.kill()
    other.wait()
    assert holder(home.root) == ""
    assert (home.root / LOCK).read_text(encoding="utf-8").startswith("collect")
    with run_folder(home, "publish", wait=0.3):
        assert holder(home.root).startswith(f"publish，进程 {os.getpid()}，")
    assert (home.root / LOCK).read_text(encoding="utf-8") == ""


def test_what_a_killed_run_left_unfinished_is_gone_and_a_folder_that_lay_aside_is_back(home):
    (home.root / LOCK).write_text("collect 1 01-01 00:00:00", encoding="utf-8")
    for place in ("outbox/2023Q1/A1/.x.tmp", "validation/2023Q1/.x.tmp", "archive/x.tmp", "work/collect-1/x.parquet"):
        (home.root / place).parent.mkdir(parents=True)
        (home.root / place).write_bytes(b"half")
    for place in (".2023Q1-r1.aside", ".2023Q1-r2.aside", "2023Q1-r2", ".2023Q1-r3.x.tmp"):
        (home.published / place).mkdir(parents=True)
        (home.published / place / "manifest.json").write_text(place, encoding="utf-8")
    with run_folder(home, "collect"):
        files = {path.relative_to(home.root).as_posix() for path in home.root.rglob("*") if path.is_file()}
    assert files == {"duban.duckdb", ".lock", "published/2023Q1-r1/manifest.json", "published/2023Q1-r2/manifest.json"}
    assert (home.published / "2023Q1-r2/manifest.json").read_text(encoding="utf-8") == "2023Q1-r2"


def test_who_finds_the_warehouse_held_is_told_by_whom(home, start):
    other = start(HOLD_WAREHOUSE)
    for looking in (True, False):
        with (
            pytest.raises(WarehouseBusy, match=f"（进程 {other.pid}）"),
            open_warehouse(home.warehouse, wait=0.2, looking=looking),
        ):
            pass


def test_who_looks_stands_beside_others_who_look(home, start):
    start(LOOK)
    with open_warehouse(home.warehouse, wait=0.2, looking=True) as connection:
        assert connection.execute("SELECT count(*) FROM counted").fetchall() == [(0,)]


def test_who_looks_brings_an_older_warehouse_up_to_date_and_one_that_is_read_only_does_not(home):
    with open_warehouse(home.warehouse) as connection:
        connection.execute("DROP TABLE counted")
        connection.execute("UPDATE made_with SET tables = 'of before'")
    with open_warehouse(home.warehouse, read_only=True) as connection:
        assert connection.execute("FROM made_with").fetchall() == [("of before",)]
    with open_warehouse(home.warehouse, looking=True) as connection:
        assert connection.execute("FROM made_with").fetchall() != [("of before",)]


@pytest.mark.slow
def test_of_eight_processes_none_loses_or_doubles_what_another_wrote_and_readers_see_whole_states(home, start):
    processes = [start(code) for code in (COUNT, WATCH) * 4]
    assert [process.wait(300) for process in processes] == [0] * 8
    with open_warehouse(home.warehouse) as connection:
        assert connection.execute("SELECT n FROM counted ORDER BY n").fetchall() == [(n,) for n in range(1, 17)]
