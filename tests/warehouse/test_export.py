"""An export is what the warehouse holds, as Hive lays it out, whole or not at all, and replaces nothing else."""

import datetime as dt
import json

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from desk import LATE, Q2, RECEIVED, desk_at

from duban.cli import run
from duban.errors import UserError
from duban.export import PLANNED, SENT, export
from duban.settings import REPOSITORY

FINDINGS = [("row_missing", "must_fix", 1, "指标数据", ["H4", "H5"], "12", "不对。", "请改。")]
HIVE = ds.partitioning(pa.schema([(name, pa.string()) for name in ("plan", "quarter", "reporter")]), flavor="hive")


@pytest.fixture
def filled(tmp_path):
    desk = desk_at(tmp_path)
    desk.open()
    desk.open(Q2, LATE)
    desk.submit("2023Q1-A1-01", typed={"工作进展!E5 progress/1/done": "=1+1"}, received_at=RECEIVED)
    desk.submit("2023Q1-A2-01", verdict="returned", findings=FINDINGS, received_at=LATE)
    desk.submit("2023Q2-A1-01", typed={"指标数据!H4 inputs/stations/value": "12"}, received_at=LATE)
    return desk


def read(folder, table: str) -> list[dict]:
    return ds.dataset(folder / table, partitioning=HIVE).to_table().to_pylist()


def told_of(rows) -> list[str]:
    """Rows in an order of their own, and times in one zone."""
    zoned = [{k: v.astimezone(dt.UTC) if isinstance(v, dt.datetime) else v for k, v in row.items()} for row in rows]
    return sorted(str(row).replace("zoneinfo.ZoneInfo(key='UTC')", "UTC") for row in zoned)


def test_every_row_of_what_was_received_stands_under_its_plan_quarter_and_reporter(filled, tmp_path):
    told = export(filled.home, tmp_path / "out", None)
    assert told["quarters"] == ["2023Q1", "2023Q2"] and set(told["tables"]) == {*SENT, *PLANNED}
    for table in SENT:
        found = read(tmp_path / "out", table) if told["tables"][table] else []
        columns = [row[0] for row in filled.query(f"DESCRIBE {table}")]
        kept = [{name: row[name] for name in columns} for row in found]
        wanted = filled.query(f"SELECT * FROM {table}")
        assert told_of(kept) == told_of(dict(zip(columns, row, strict=True)) for row in wanted), table
        assert len(found) == told["tables"][table] and {row["plan"] for row in found} <= {"desk-2023"}
    places = {(row["quarter"], row["reporter"]) for row in read(tmp_path / "out", "entries")}
    assert places == {("2023Q1", "A1"), ("2023Q2", "A1")}
    for table in PLANNED:
        assert pq.read_table(tmp_path / "out" / f"{table}.parquet").num_rows == told["tables"][table]


def test_every_table_that_hangs_on_a_submission_is_exported(filled):
    hanging = filled.query(
        "SELECT DISTINCT table_name FROM duckdb_columns() JOIN duckdb_tables() USING (table_name)"
        " WHERE column_name = 'accession'"
    )
    assert {name for (name,) in hanging} - {*SENT, *PLANNED} == {
        *("answers", "mailed", "project_rows", "publication_submissions"),  # what duban itself did with them
        "wordings",  # nothing but the texts of entries once more, as copies are searched by them
    }


def test_a_quarter_in_which_nothing_was_done_is_taken_over_and_another_is_written_anew(filled, tmp_path):
    def files() -> dict[str, tuple[int, bytes]]:
        found = sorted((tmp_path / "out").rglob("reporter=*/*.parquet"))
        return {path.relative_to(tmp_path).as_posix(): (path.stat().st_ino, path.read_bytes()) for path in found}

    export(filled.home, tmp_path / "out", None)
    before = files()
    filled.submit("2023Q2-A2-01", typed={"指标数据!H4 inputs/stations/value": "7"}, received_at=LATE)
    told = export(filled.home, tmp_path / "out", None)
    after, again = files(), export(filled.home, tmp_path / "fresh", None)
    assert told["tables"] == again["tables"]
    assert read(tmp_path / "out", "entries") == read(tmp_path / "fresh", "entries")
    first = {name for name in before if "quarter=2023Q1" in name}
    assert first and {name: after[name] for name in first} == {name: before[name] for name in first}
    assert not {inode for name, (inode, _) in after.items() if "quarter=2023Q2" in name} & {
        inode for inode, _ in before.values()
    }


def test_pandas_and_pyarrow_read_exact_figures_instants_days_and_lists(filled, tmp_path):
    filled.submit("2023Q1-A1-02", typed={"指标数据!H4 inputs/stations/value": "12.5"}, supersedes="2023Q1-A1-01")
    export(filled.home, tmp_path / "out", None)
    entries = ds.dataset(tmp_path / "out" / "entries", partitioning=HIVE).to_table().to_pandas()
    assert sorted(str(number) for number in entries[entries.field == "value"].number) == ["12.000000", "12.500000"]
    sent = pd.read_parquet(tmp_path / "out" / "submissions").set_index("accession")
    assert sent.received_at["2023Q1-A1-01"] == pd.Timestamp(RECEIVED)
    assert str(sent.received_at.dtype) == "datetime64[us, UTC]" and list(sent.loc["2023Q1-A1-02", ["reporter"]]) == [
        "A1"
    ]
    [found] = pd.read_parquet(tmp_path / "out" / "findings").cells
    assert list(found) == ["H4", "H5"]
    owed = pd.read_parquet(
        tmp_path / "out" / "obligations", filters=[("quarter", "=", "2023Q2"), ("reporter", "=", "A1")]
    )
    assert sorted(zip(owed.item, owed.due, strict=True)) == [(1, dt.date(2023, 7, 10)), (7, dt.date(2023, 7, 10))]


@pytest.mark.parametrize("table", [*SENT, *PLANNED])
def test_strangers_are_told_every_column_of_every_table(filled, table):
    lines = (REPOSITORY / "docs" / "export.md").read_text(encoding="utf-8").splitlines()
    [told] = [line for line in lines if line.startswith(f"| `{table}` |")]
    columns = {row[0] for row in filled.query(f"DESCRIBE {table}")} - {
        "plan",
        "quarter",
        "reporter",
        "accession",
        "registry",
    }
    assert {column for column in columns if f"`{column}`" not in told} == set()


def test_one_quarter_replaces_an_earlier_export_as_a_whole(filled, tmp_path):
    export(filled.home, tmp_path / "out", None)
    told = export(filled.home, tmp_path / "out", Q2)
    assert {row["quarter"] for row in read(tmp_path / "out", "submissions")} == {"2023Q2"}
    assert told["quarters"] == ["2023Q2"] and not (tmp_path / "out" / "findings").exists()


def test_what_is_no_export_stays(filled, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", encoding="utf-8")
    for folder in (tmp_path / "mine", tmp_path / "mine" / "letter.txt"):
        with pytest.raises(UserError, match="别的东西"):
            export(filled.home, folder, None)
    with pytest.raises(UserError, match="别的东西"):
        export(filled.home, filled.home.root, None)
    with pytest.raises(UserError, match="尚未布置"):
        export(filled.home, tmp_path / "out", Q2.next())
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "x" and not (tmp_path / "out").exists()


def test_the_command_says_what_it_wrote(filled, tmp_path, capsys):
    words = ["--home", str(filled.home.root), "export", str(tmp_path / "out"), "--quarter", "2023Q1", "--json"]
    assert run(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["export"] == str(tmp_path / "out") and told["tables"]["submissions"] == 2
    assert json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))["quarters"] == ["2023Q1"]
