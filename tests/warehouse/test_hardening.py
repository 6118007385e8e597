"""From SQL nothing outside of the warehouse can be reached, and that cannot be undone."""

import duckdb
import pytest

from duban.warehouse.connection import _CONFIG, open_warehouse


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
def test_a_statement_reaches_no_file_address_or_extension(tmp_path, statement):
    outside = tmp_path / "outside.csv"
    outside.write_text("a,b\n1,2\n")
    with open_warehouse(tmp_path / "home.duckdb") as connection, pytest.raises(duckdb.Error) as refused:
        connection.execute(statement.format(outside=outside)).fetchall()
    assert not isinstance(refused.value, duckdb.ParserException)
    assert outside.read_text() == "a,b\n1,2\n" and [path.name for path in tmp_path.glob("outside*")] == ["outside.csv"]
