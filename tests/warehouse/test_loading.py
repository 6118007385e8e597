"""Loading drawn returns: what stands in the warehouse afterwards."""

import datetime as dt
import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drawn import NOW, Q1, Q2, Drawn

from duban.checking.earlier import read_earlier
from duban.checking.find import find_faults
from duban.errors import UserError
from duban.quarters import Quarter
from duban.warehouse import connection as opening
from duban.warehouse.load import load_run

pytestmark = pytest.mark.engine

GOOD = Drawn()
BETTER = Drawn({"inputs/stations/value": 13})
BEST = Drawn({"inputs/stations/value": 14})
BAD = Drawn({"inputs/stations/value": None})
NEIGHBOUR = Drawn(reporter="A2")
NOBODY = Drawn(readable=False, faults=[{"rule": "damaged"}])
CHAIN = "SELECT accession, verdict, supersedes FROM submissions ORDER BY reporter NULLS LAST, number"
COUNTS = """SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM cells), (SELECT count(*) FROM entries),
    (SELECT count(*) FROM findings), (SELECT count(*) FROM projects), (SELECT count(*) FROM project_rows)"""


def second(name: str, code: str | None = None) -> dict:
    fields = {"item": 1, "name": name, "owner": "李四", "due_on": dt.date(2023, 6, 30), "progress": "0.1"}
    fields |= {"status": "推进中", "code": code}
    return {f"projects/9/{field}": value for field, value in fields.items()}


def test_accession_numbers_count_a_reporters_files_in_order_of_arrival(bench):
    assert bench.load(GOOD, NEIGHBOUR, BAD, NOBODY) == [
        "2023Q1-A1-01",
        "2023Q1-A2-01",
        "2023Q1-A1-02",
        "2023Q1-000000-01",
    ]
    assert bench.load(BETTER, replace(NOBODY, body="2")) == ["2023Q1-A1-03", "2023Q1-000000-02"]
    assert bench.load(GOOD, quarter=Q2) == ["2023Q2-A1-01"]


def test_an_accepted_one_takes_the_place_of_the_accepted_one_before_it(bench):
    bench.load(GOOD, BAD, BETTER, NEIGHBOUR)
    bench.load(BEST)
    assert bench.query(CHAIN) == [
        ("2023Q1-A1-01", "accepted", None),
        ("2023Q1-A1-02", "returned", None),
        ("2023Q1-A1-03", "accepted", "2023Q1-A1-01"),
        ("2023Q1-A1-04", "accepted", "2023Q1-A1-03"),
        ("2023Q1-A2-01", "accepted", None),
    ]


def test_what_little_memory_is_not_enough_for_is_checked_and_loaded_with_more(bench, monkeypatch):
    monkeypatch.setattr(opening, "_LITTLE", 1 << 20)
    monkeypatch.setattr(opening, "_A_THREAD", 0)
    steps = find_faults, read_earlier, load_run
    for step in steps:
        monkeypatch.setattr(step, "spares", True)
    bench.load(GOOD, BAD, BETTER, NEIGHBOUR)
    assert [step.spares for step in steps] == [False, False, False]
    assert bench.query(CHAIN) == [
        ("2023Q1-A1-01", "accepted", None),
        ("2023Q1-A1-02", "returned", None),
        ("2023Q1-A1-03", "accepted", "2023Q1-A1-01"),
        ("2023Q1-A2-01", "accepted", None),
    ]


def test_several_accepted_ones_in_one_run_are_a_chain(bench):
    bench.load(GOOD, BETTER, BEST)
    assert bench.query(CHAIN) == [
        ("2023Q1-A1-01", "accepted", None),
        ("2023Q1-A1-02", "accepted", "2023Q1-A1-01"),
        ("2023Q1-A1-03", "accepted", "2023Q1-A1-02"),
    ]


@pytest.mark.parametrize("year", [1970, 2023])
def test_a_clock_that_was_set_back_turns_the_order_of_receipt_and_no_deadline_round(bench, year):
    late = NOW + dt.timedelta(days=30)
    bench.load(GOOD, now=late)
    bench.load(BETTER, now=NOW.replace(year=year))
    bench.load(BEST, now=late + dt.timedelta(days=1))
    rows = bench.query("SELECT accession, supersedes, received_at, late FROM submissions ORDER BY received_at, number")
    assert [(accession, supersedes, at - late, is_late) for accession, supersedes, at, is_late in rows] == [
        ("2023Q1-A1-01", None, dt.timedelta(0), True),
        ("2023Q1-A1-02", "2023Q1-A1-01", dt.timedelta(0), True),
        ("2023Q1-A1-03", "2023Q1-A1-02", dt.timedelta(days=1), True),
    ]


def test_loading_twice_is_loading_once(bench):
    folder = bench.check(GOOD, BAD, NOBODY)
    first = load_run(bench.home, bench.registry, Q1, folder, NOW)
    before = bench.query(COUNTS)
    assert load_run(bench.home, bench.registry, Q1, folder, NOW + dt.timedelta(hours=1)) == first
    assert bench.query(COUNTS) == before


def test_an_identical_file_gets_the_first_ones_number_in_the_same_run_and_later(bench):
    assert bench.load(GOOD, replace(GOOD, file_name="副本.xlsx"), BAD) == [
        "2023Q1-A1-01",
        "2023Q1-A1-01",
        "2023Q1-A1-02",
    ]
    assert bench.load(BAD, GOOD) == ["2023Q1-A1-02", "2023Q1-A1-01"]
    assert bench.query("SELECT file_name FROM submissions ORDER BY number") == [("x.xlsx",), ("x.xlsx",)]


def test_the_same_bytes_from_another_reporter_are_another_submission(bench):
    empty = Drawn(readable=False, faults=[{"rule": "empty_file"}], file_name="空.xlsx")
    folders = [replace(empty, folder=folder) for folder in ("A1", "A2", "", "A1")]
    loaded = ["2023Q1-A1-01", "2023Q1-A2-01", "2023Q1-000000-01", "2023Q1-A1-01"]
    assert bench.load(*folders) == loaded
    assert bench.load(*folders) == loaded


def test_the_same_bytes_in_another_quarter_are_another_submission(bench):
    assert bench.load(GOOD) + bench.load(GOOD, quarter=Q2) == ["2023Q1-A1-01", "2023Q2-A1-01"]


@pytest.mark.parametrize(
    ("received", "late"),
    [
        (dt.datetime(2023, 4, 10, 23, 59), False),
        (dt.datetime(2023, 4, 11, 0, 0), True),
    ],
)
def test_late_is_after_the_day_that_is_due(bench, received, late):
    bench.load(GOOD, now=received.replace(tzinfo=NOW.tzinfo))
    assert bench.query("SELECT late FROM submissions") == [(late,)]


@pytest.mark.parametrize(
    ("arrived", "noted", "late"),
    [
        (dt.datetime(2023, 4, 10, 23, 50), dt.datetime(2023, 4, 10, 23, 50), False),
        (dt.datetime(2023, 4, 11, 0, 0), dt.datetime(2023, 4, 11, 0, 0), True),
        (dt.datetime(2023, 4, 11, 0, 10), None, True),
        (dt.datetime(2099, 1, 1), None, True),  # nothing arrives after it is received
        (None, None, True),  # nothing else is known of it
    ],
)
def test_late_goes_by_the_arrival_and_a_step_notes_one_that_is_not_the_receipt(bench, arrived, noted, late):
    zone, now = NOW.tzinfo, dt.datetime(2023, 4, 11, 0, 10, tzinfo=NOW.tzinfo)
    bench.load(replace(GOOD, arrived_at=arrived and arrived.replace(tzinfo=zone)), now=now)
    told = "SELECT arrived_at, received_at, late FROM submissions"
    assert bench.query(told) == [(noted.replace(tzinfo=zone) if noted else now, now, late)]
    [(files,)] = bench.query("SELECT details->'files' FROM steps WHERE kind = 'received'")
    [file] = json.loads(files)
    assert file.get("arrived_at", None) == (noted and noted.replace(tzinfo=zone).isoformat())


def test_a_later_due_date_of_the_reporter_counts(bench):
    bench.query("UPDATE obligations SET due = DATE '2023-04-20' WHERE reporter = 'A1'")
    bench.load(GOOD, NEIGHBOUR, now=NOW + dt.timedelta(days=7))
    assert bench.query("SELECT reporter, late FROM submissions ORDER BY reporter") == [("A1", False), ("A2", True)]


def test_everything_that_was_typed_and_found_is_kept(bench):
    bench.load(BAD)
    assert bench.query("SELECT accession, count(*) FROM cells GROUP BY ALL") == [("2023Q1-A1-01", 15)]
    entry = "SELECT state, typed, number, sheet, row, address FROM entries WHERE key = 'spent' AND field = 'value'"
    ((state, typed, number, *place),) = bench.query(entry)
    assert (state, typed, str(number), *place) == ("value", "1.5", "1.500000", "指标数据", 9, "H9")
    found = "SELECT accession, place, rule, severity, item, sheet, cells, value FROM findings"
    assert bench.query(found) == [
        ("2023Q1-A1-01", 1, "figure_missing", "must_fix", 1, "指标数据", ["H5"], ""),
    ]


def test_a_project_gets_its_code_when_it_is_first_accepted_and_keeps_it(bench):
    bench.load(Drawn({"projects/5/owner": None}), Drawn(second("西区站")), NEIGHBOUR)
    bench.load(Drawn(second("南区站")))
    bench.load(Drawn({"projects/5/code": "A1-01-01", "projects/5/name": "东区新站"} | second("西区站")), quarter=Q2)
    assert bench.query("SELECT project, reporter, item, number, name, accession FROM projects ORDER BY project") == [
        ("A1-01-01", "A1", 1, 1, "东区站", "2023Q1-A1-02"),
        ("A1-01-02", "A1", 1, 2, "西区站", "2023Q1-A1-02"),
        ("A1-01-03", "A1", 1, 3, "南区站", "2023Q1-A1-03"),
        ("A2-01-01", "A2", 1, 1, "东区站", "2023Q1-A2-01"),
    ]
    assert bench.query("SELECT * FROM project_rows ORDER BY ALL") == [
        ("2023Q1-A1-02", "5", "A1-01-01"),
        ("2023Q1-A1-02", "9", "A1-01-02"),
        ("2023Q1-A1-03", "5", "A1-01-01"),
        ("2023Q1-A1-03", "9", "A1-01-03"),
        ("2023Q1-A2-01", "5", "A2-01-01"),
    ]


def test_a_row_that_the_warehouse_refuses_rolls_the_whole_run_back(bench):
    folder = bench.check(GOOD, NEIGHBOUR)
    cells = pq.read_table(folder / "cells-001.parquet")
    odd = cells.set_column(cells.schema.get_field_index("kind"), "kind", pa.array(["odd"] * cells.num_rows))
    pq.write_table(odd, folder / "cells-001.parquet")
    with pytest.raises(Exception, match="CHECK"):
        load_run(bench.home, bench.registry, Q1, folder, NOW)
    assert bench.query(COUNTS) == [(0, 0, 0, 0, 0, 0)]
    pq.write_table(cells, folder / "cells-001.parquet")
    assert load_run(bench.home, bench.registry, Q1, folder, NOW) == ["2023Q1-A1-01", "2023Q1-A2-01"]


def test_a_quarter_that_is_not_open_takes_nothing(bench):
    with pytest.raises(UserError, match="2023Q3"):
        load_run(bench.home, bench.registry, Quarter(2023, 3), bench.check(GOOD), NOW)


def test_a_run_without_files_loads_nothing(bench):
    assert bench.load() == []
    assert bench.query(COUNTS) == [(0, 0, 0, 0, 0, 0)]
