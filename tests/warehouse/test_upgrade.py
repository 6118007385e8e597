"""A warehouse of an earlier duban, opened by this one."""

from pathlib import Path

import duckdb
import pytest

from duban.errors import UserError
from duban.warehouse import upgrade
from duban.warehouse.connection import open_warehouse

BEFORE = Path(__file__).parent / "tables_of_0.1.0"
TABLES = ("registries", "obligations", "submissions", "findings", "publication_submissions")
TABLES += ("(SELECT accession, late FROM punctuality)",)
ROWS = """
    INSERT INTO registries VALUES (repeat('a', 64), 'plan', 2023, '{"plan.yaml": "…"}', '2023-04-01 09:00:00+08');
    INSERT INTO quarters VALUES ('2023Q1', repeat('a', 64), '2023-03-31', '2023-04-10', '2023-04-01 09:00:00+08');
    INSERT INTO obligations VALUES ('2023Q1', 'A1', 1, 'lead', '2023-04-20');
    INSERT INTO owed_items VALUES (repeat('a', 64), 1, 'A1', 'lead');
    INSERT INTO submissions SELECT '2023Q1-A1-01', '2023Q1', 'A1', 1, repeat('b', 64), 'a.xlsx', '', 9,
        '2023-04-11 09:00:00+08', repeat('a', 64), NULL, 'accepted', true, NULL;
    INSERT INTO submissions SELECT '2023Q1-A1-02', '2023Q1', 'A1', 2, repeat('c', 64), 'b.xlsx', '', 9,
        '2023-04-12 09:00:00+08', repeat('a', 64), NULL, 'accepted', true, '2023Q1-A1-01';
    INSERT INTO cells SELECT '2023Q1-A1-02', '指标数据', n, 8, 'H' || n, 'number', n, 'entry' FROM range(10000) t(n);
    INSERT INTO findings VALUES ('2023Q1-A1-01', 1, 'cleaned', 'notice', 1, '指标数据', ['H1', 'H2'], '1', '…', '…',
        NULL, '');
    INSERT INTO publications VALUES ('2023Q1-r1', '2023Q1', 1, repeat('a', 64), '2023-04-12 09:00:00+08', NULL, '{}',
        'inputs', 'digest', '2023-04-12 10:00:00+08');
    INSERT INTO publication_submissions VALUES ('2023Q1-r1', '2023Q1-A1-02', true);
"""


@pytest.fixture
def old(tmp_path, monkeypatch) -> Path:
    """Its cells are carried in three goes."""
    monkeypatch.setattr(upgrade, "_ROWS", 4096)
    path = tmp_path / "duban.duckdb"
    with duckdb.connect(str(path)) as connection:
        for table in sorted(BEFORE.glob("*.sql")):
            connection.execute(table.read_text(encoding="utf-8"))
        connection.execute(ROWS)
    return path


def told(path: Path) -> list:
    with open_warehouse(path) as connection:
        return [connection.execute(f"FROM {table}").fetchall() for table in TABLES] + connection.execute(
            "SELECT count(*), sum(row) FROM cells"
        ).fetchall()


def test_every_row_of_before_is_there_in_the_tables_of_now(old):
    with duckdb.connect(str(old), read_only=True) as connection:
        connection.execute("SET TimeZone = 'Asia/Shanghai'")
        before = [connection.execute(f"FROM {table}").fetchall() for table in TABLES]
    at = before[2][0].index("a.xlsx") + 3  # what is known of an arrival is the time of receipt
    before[2] = [(*row[: at + 1], row[at], *row[at + 1 :]) for row in before[2]]
    assert told(old) == [*before, (10_000, sum(range(10_000)))]
    with open_warehouse(old) as connection:
        assert connection.execute(
            "SELECT publication, as_of = pinned_at, duban, wording, workbook FROM publications"
        ).fetchall() == [("2023Q1-r1", True, "0.1.0", "{}", "digest")]
        assert connection.execute("SELECT quarter, registry FROM quarter_rules").fetchall() == [("2023Q1", "a" * 64)]
        assert connection.execute("FROM lacking ORDER BY ALL").fetchall() == [
            ("2023Q1-A1-01", 1, ["status"]),
            ("2023Q1-A1-02", 1, ["status"]),
        ]
    assert sorted(path.name for path in old.parent.iterdir()) == ["duban.duckdb", "duban.duckdb.old"]


def test_an_upgrade_that_is_killed_leaves_the_old_one_and_is_done_by_the_next(old, monkeypatch):
    bytes_before, carry = old.read_bytes(), upgrade._carry

    def killed(one, other, table, *words):
        if table == "findings":
            raise KeyboardInterrupt
        carry(one, other, table, *words)

    with monkeypatch.context() as context, pytest.raises(KeyboardInterrupt):
        context.setattr(upgrade, "_carry", killed)
        told(old)
    assert old.read_bytes() == bytes_before
    assert told(old)[-1] == (10_000, sum(range(10_000)))


def test_a_warehouse_of_a_later_duban_is_refused_and_left_as_it_is(old):
    told(old)
    with duckdb.connect(str(old)) as connection:
        connection.execute("ALTER TABLE cells ADD COLUMN colour VARCHAR")
        connection.execute("UPDATE made_with SET tables = 'of a later one'")
    before = old.read_bytes()
    with pytest.raises(UserError, match=r"是更新的 duban 写成的（有现在不认识的 cells\.colour）：请换回"):
        told(old)
    assert old.read_bytes() == before


def test_a_new_warehouse_needs_no_upgrade(tmp_path):
    for _ in range(2):
        with open_warehouse(tmp_path / "duban.duckdb") as connection:
            assert connection.execute("SELECT count(*) FROM submissions").fetchall() == [(0,)]
    assert [path.name for path in tmp_path.iterdir()] == ["duban.duckdb"]
