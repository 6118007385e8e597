"""From SQL nothing outside of the warehouse can be reached, and that cannot be undone."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from duban.warehouse import connection as opening
from duban.warehouse.connection import _CONFIG, open_warehouse, sparing


def test_what_does_not_fit_into_memory_goes_into_the_runs_folder_and_is_gone_afterwards(tmp_path, monkeypatch):
    monkeypatch.setitem(_CONFIG, "memory_limit", "40MB")
    monkeypatch.setitem(_CONFIG, "threads", 1)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "run"
    folder.mkdir()
    with open_warehouse(None, read_from=[folder]) as connection:
        connection.execute("CREATE TABLE texts AS SELECT md5(n::VARCHAR) AS text FROM range(2000000) AS t(n)")
        spilled = sorted(path.name for path in (folder / ".spilled").iterdir())
        [(different,)] = connection.execute("SELECT count(DISTINCT text) FROM texts").fetchall()
    assert (different, bool(spilled)) == (2_000_000, True)
    assert [path.name for path in tmp_path.iterdir()] == ["run"] and list(folder.iterdir()) == []


def test_a_step_that_little_memory_is_not_enough_for_is_done_with_more_and_from_then_on_at_once(monkeypatch):
    monkeypatch.setattr(opening, "_LITTLE", 4 << 20)
    monkeypatch.setattr(opening, "_A_THREAD", 0)
    tried = []

    @sparing
    def joined(numbers: int, *, spare: bool = False) -> int:
        tried.append(spare)
        with open_warehouse(None, spare=spare) as connection:
            return connection.execute(
                "SELECT length(string_agg(range::VARCHAR, ',')) FROM range(?)", [numbers]
            ).fetchall()[0][0]

    lengths = [joined(numbers) for numbers in (10, 2_000_000, 10)]
    assert lengths == [len(",".join(map(str, range(numbers)))) for numbers in (10, 2_000_000, 10)]
    assert tried == [True, True, False, False]


@pytest.fixture(params=["made", "opened", "opened again"])
def warehouse(request, tmp_path):
    """One that is made as it is opened, one that was there, and one that this process has opened before."""
    path = tmp_path / "home.duckdb"
    for _ in range(["made", "opened", "opened again"].index(request.param)):
        with open_warehouse(path):
            pass
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{outside}')",
        "SELECT * FROM read_text('{outside}')",
        "SELECT * FROM '{outside}'",
        "COPY (SELECT 1) TO '{outside}'",
        "EXPORT DATABASE '{outside}.d'",
        "ATTACH '{outside}.duckdb' AS other",
        "SELECT * FROM read_csv('http://127.0.0.1:9/')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
    ],
)
def test_a_statement_reaches_no_file_address_or_extension(tmp_path, warehouse, statement):
    outside = tmp_path / "outside.csv"
    outside.write_text("a,b\n1,2\n")
    with open_warehouse(warehouse) as connection, pytest.raises(duckdb.Error) as refused:
        connection.execute(statement.format(outside=outside)).fetchall()
    assert not isinstance(refused.value, duckdb.ParserException)
    assert outside.read_text() == "a,b\n1,2\n" and [path.name for path in tmp_path.glob("outside*")] == ["outside.csv"]


def test_between_two_connections_the_file_is_open_to_other_processes_and_what_they_wrote_is_seen(tmp_path):
    path = tmp_path / "home.duckdb"
    insert = "INSERT INTO kept VALUES ('{}', '{{}}')"
    for number in range(3):
        with open_warehouse(path, read_only=number == 2) as connection:
            [(found,)] = connection.execute("SELECT count(*) FROM kept").fetchall()
            if number < 2:
                connection.execute(insert.format(f"own {number}".rjust(64)))
        other = f"import duckdb; duckdb.connect({str(path)!r}).execute({insert.format(f'other {number}'.rjust(64))!r})"
        subprocess.run([sys.executable, "-c", other], check=True)
        assert found == 2 * number
        assert [file.name for file in tmp_path.iterdir()] == ["home.duckdb"]


def test_a_warehouse_is_opened_by_any_way_that_leads_to_it(tmp_path, monkeypatch):
    (tmp_path / "homes" / "one").mkdir(parents=True)
    (tmp_path / "a link's").symlink_to(tmp_path / "homes" / "one")
    monkeypatch.chdir(tmp_path / "homes")
    insert = "INSERT INTO kept VALUES ($1, '{}')"
    for number, way in enumerate(("one", "./one", "../homes/one", "../a link's", tmp_path / "a link's")):
        for again in range(2):
            with open_warehouse(Path(way) / "home.duckdb") as connection:
                connection.execute(insert, [f"{number}{again}".rjust(64)])
                [(found,)] = connection.execute("SELECT count(*) FROM kept").fetchall()
                assert found == 2 * number + again + 1


def test_a_process_that_opened_a_warehouse_ends_without_a_word(tmp_path):
    code = f"""
from pathlib import Path
from duban.warehouse.connection import open_warehouse
for _ in range(2):
    with open_warehouse(Path({str(tmp_path / "home.duckdb")!r})) as connection:
        connection.execute("SELECT 1").fetchall()
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_connection_that_only_looks_changes_nothing(tmp_path):
    for options in ({"looking": True}, {"read_only": True}):
        with open_warehouse(tmp_path / "home.duckdb"):
            pass
        before = (tmp_path / "home.duckdb").read_bytes()
        with open_warehouse(tmp_path / "home.duckdb", **options) as connection, pytest.raises(duckdb.Error):
            connection.execute("INSERT INTO kept VALUES ('own', '{}')")
        assert (tmp_path / "home.duckdb").read_bytes() == before
