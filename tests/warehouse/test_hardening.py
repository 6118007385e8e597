"""From SQL nothing outside of the warehouse can be reached, and that cannot be undone."""

import duckdb
import pytest

from duban.warehouse.connection import open_warehouse


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
