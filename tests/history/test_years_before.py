"""What lies years back changes nothing of the present quarter. The years are made by the benchmark's own SQL."""

import shutil

import pytest
from desk import LATE, Q1, Q2

from benchmarks.history import grow
from duban.history import history
from duban.home import Home
from duban.opening import read_prefill
from duban.status import status
from duban.warehouse.connection import open_warehouse

TYPED = {
    "工作进展!D4 progress/1/status": "推进中 = under_way",
    "指标数据!H4 inputs/stations/value": "300",
    "项目清单!C9 projects/9/name": "东区站",
}
MISSING = ("figure_missing", "must_fix", 1, "指标数据", ["H4"], "", "没有填写。", "请补填。")


@pytest.fixture
def grown(desk) -> Home:
    """A copy of the desk's home with six more quarters before, each with more reporters."""
    desk.open()
    desk.submit("2023Q1-A1-01", typed=TYPED, projects={"A1-01-01": ("9", "东区站")})
    desk.submit("2023Q1-A1-02", "returned", findings=[MISSING])
    desk.submit("2023Q1-A2-01", typed=TYPED, received_at=LATE)
    desk.query("INSERT INTO wordings VALUES ('2023Q1-A1-01', 1, -1, 10, 10, 3, '!!', [1, 4294967295])")
    home = Home(shutil.copytree(desk.home.root, desk.home.root.parent / "grown"))
    grow(home, desk.home, 6, 10, ())
    return home


def test_every_quarter_before_has_all_that_a_quarter_leaves(desk, grown):
    with open_warehouse(grown.warehouse) as connection:
        quarters = [quarter for (quarter,) in connection.execute("SELECT quarter FROM quarters ORDER BY 1").fetchall()]
        sent = connection.execute("SELECT quarter, count(*) FROM submissions GROUP BY ALL ORDER BY 1").fetchall()
    assert quarters == ["2021Q3", "2021Q4", "2022Q1", "2022Q2", "2022Q3", "2022Q4", "2023Q1"]
    assert sent == [(quarter, 9) for quarter in quarters[:-1]] + [("2023Q1", 3)]
    past = status(grown, None, Q1.previous(), LATE)
    assert past["counts"] == {"accepted": 6, "returned": 0, "set_aside": 0, "missing": 2}


def test_whatever_a_submission_leaves_rows_in_holds_those_of_the_years_before_as_well(desk, grown):
    def counted(home):
        with open_warehouse(home.warehouse) as connection:
            named = "FROM duckdb_columns() SEMI JOIN duckdb_tables() USING (table_name) WHERE column_name = 'accession'"
            tables = connection.execute(f"SELECT table_name {named} ORDER BY 1").fetchall()
            return {
                table: connection.execute(
                    f"SELECT count(*), count(DISTINCT left(accession, 6)) FROM {table}"
                ).fetchone()
                for (table,) in tables
            }

    before, after = counted(desk.home), counted(grown)
    assert [table for table, (rows, _) in before.items() if rows] == [
        "entries",
        "findings",
        "lacking",
        "project_rows",
        "projects",
        "submissions",
        "wordings",
    ]
    assert {table: quarters for table, (_, quarters) in after.items() if before[table][0]} == {
        table: 3 if table == "projects" else 7 for table, (rows, _) in before.items() if rows
    }


def test_the_present_quarter_stands_as_it_did_without_them(desk, grown):
    assert status(grown, None, Q1, LATE) == status(desk.home, desk.registry, Q1, LATE)
    assert history(grown, desk.registry, "A1", Q1) == history(desk.home, desk.registry, "A1", Q1)


def test_the_next_quarter_is_issued_with_the_figures_and_projects_of_this_year_alone(desk, grown):
    issued = []
    for home in (desk.home, grown):
        with open_warehouse(home.warehouse) as connection:
            issued.append(read_prefill(connection, desk.registry, Q2, LATE.date()))
    assert issued[0] == issued[1]
    assert issued[0].figures == {("A1", "stations"): "300", ("A2", "stations"): "300"}
    assert [row.key for row in issued[0].projects["A1"]] == ["A1-01-01"]
