"""The lights are computed in SQL; these tests draw the tables that decide them."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.publishing.publish import publish
from duban.quarters import Quarter
from duban.warehouse.connection import open_warehouse, query

Q1, Q2 = Quarter.parse("2023Q1"), Quarter.parse("2023Q2")
BADNESS = {"done": 1, "green": 2, "yellow": 3, "red": 4}


@pytest.fixture(scope="module")
def sql():
    with open_warehouse(None) as connection:
        query(connection, "marts/macros")
        yield lambda expression, *values: connection.execute(f"SELECT {expression}", list(values)).fetchall()[0][0]


#    value        target  share  light
MEASURES = """
     180          180     0.10   done
     200          180     1      done
     18           180     0.10   green
     17.999999    180     0.10   yellow
     14.4         180     0.10   yellow
     14.399999    180     0.10   red
     0            180     0.10   red
     0            100     0      green
     0.35         0.35    1      done
     0.349999     0.35    1      yellow
     0.999999     1       1      yellow
     0.28         0.35    1      yellow
     0.279999     0.35    1      red
     -            180     0.10   grey
     20           -       0.10   grey
     20           180     -      grey
"""


@pytest.mark.parametrize("case", MEASURES.strip().splitlines())
def test_a_measure_is_judged_by_its_value_target_and_schedule(sql, case):
    *given_values, light = case.split()
    value, target, share = (None if word == "-" else Decimal(word) for word in given_values)
    expression = "light_of($1::DECIMAL(24, 6), $2::DECIMAL(24, 6), $3::DECIMAL(9, 6), 0.8)"
    assert sql(expression, value, target, share) == light


FIGURES = st.decimals(0, 10**9, places=6)


@settings(max_examples=200, deadline=None)
@given(FIGURES, FIGURES, FIGURES, st.integers(0, 100), st.integers(1, 100))
def test_a_higher_value_never_has_a_worse_light(sql, one, other, target, percent, floor):
    expression = "light_of($1::DECIMAL(24, 6), $2::DECIMAL(24, 6), $3::DECIMAL(9, 6), $4::DECIMAL(7, 6))"
    low, high = sorted((one, other))
    share, yellow_at = Decimal(percent) / 100, Decimal(floor) / 100
    lower, higher = (sql(expression, value, target, share, yellow_at) for value in (low, high))
    assert BADNESS[higher] <= BADNESS[lower]


@settings(max_examples=200, deadline=None)
@given(FIGURES, FIGURES.filter(bool))
def test_a_ratio_is_cut_off_and_never_rounded_up(sql, part, whole):
    ratio = sql("exact_ratio($1::DECIMAL(24, 6), $2::DECIMAL(24, 6))", part, whole)
    assert ratio * whole <= part < (ratio + Decimal("0.000001")) * whole


#    schedule            quarter  due by   share
SHARES = """
     10,35,70,100        2023Q1   2023Q4   0.10
     10,35,70,100        2023Q4   2023Q4   1
     25,50,75,100        2023Q1   2023Q2   0.5
     25,50,75,100        2023Q3   2023Q2   1
     25,50,75,100        2023Q2   -        0.5
     25,50,75,100        2023Q2   2024Q2   0.5
     0,0,60,100          2023Q1   2023Q2   1
"""


@pytest.mark.parametrize("case", SHARES.strip().splitlines())
def test_the_share_due_follows_the_schedule_and_is_whole_at_the_targets_own_quarter(sql, case):
    schedule, quarter, due, share = case.split()
    found = sql(
        "share_due($1, $2, $3)", [int(part) for part in schedule.split(",")], quarter, None if due == "-" else due
    )
    assert found == Decimal(share)


#    status          expected_on   light of one's own word at 2023-03-31
WORDS = """
     done            2023-02-01    done
     under_way       2023-06-30    green
     under_way       2023-03-31    red
     under_way       -             green
     not_started     -             yellow
     not_started     2023-03-30    red
     not_applicable  2023-01-01    grey
     -               -             grey
"""


@pytest.mark.parametrize("case", WORDS.strip().splitlines())
def test_a_reporters_own_word_stands_in_where_nothing_can_be_computed(sql, case):
    status, expected, light = (None if word == "-" else word for word in case.split())
    found = sql("light_of_word($1::VARCHAR, $2::DATE, DATE '2023-03-31')", status, expected)
    assert found == light


def stored(office, scope, quarter=Q1, revision=1):
    with open_warehouse(office.home.warehouse) as connection:
        return connection.execute(
            "SELECT subject, reporter, value, light, computed FROM lights WHERE publication = ? AND scope = ?",
            [f"{quarter}-r{revision}", scope],
        ).fetchall()


def test_every_light_is_stored_with_what_it_was_made_of(filled_office, now):
    publish(filled_office.home, filled_office.registry, Q1, now)
    with open_warehouse(filled_office.home.warehouse) as connection:
        found = connection.execute(
            "SELECT subject, value, target, schedule, threshold, formula, light FROM lights"
            " WHERE scope = 'measure' AND item = 1 AND publication = '2023Q1-r1'"
        ).fetchall()
    eight_tenths = Decimal("0.8")
    assert [(row[0], row[-1]) for row in found] == [
        ("batches", "red"),
        ("disposed", "yellow"),
        ("quick_tests", "grey"),
        ("visits", "green"),
    ]
    assert found[0] == (
        "batches",
        Decimal(150),
        Decimal(1000),
        Decimal("0.25"),
        eight_tenths,
        "实绩 150，年度目标 1000 × 序时 25% = 应达 250；低于黄灯线 200",
        "red",
    )
    assert found[1][1] == Decimal("0.866666")  # 13 of 15, not the mean of 80 % and 100 %


def test_an_item_takes_the_worst_of_its_lights_or_its_leads_own_word(filled_office, now):
    publish(filled_office.home, filled_office.registry, Q1, now)
    assert [row[3:] for row in stored(filled_office, "item")] == [("red", True), ("green", True), ("grey", False)]


def test_a_reporter_is_judged_by_its_own_share(filled_office, now):
    publish(filled_office.home, filled_office.registry, Q1, now)
    lights = {(row[0], row[1]): row[3] for row in stored(filled_office, "reporter_measure")}
    assert lights["batches", "420100"] == "red"
    assert lights["batches", "420200"] == "green"
    assert lights["batches", "420300"] == "grey"  # sent back: nothing of it counts


#    quarter  status of its consolidator  expected_on   light (due 2023Q2)
DELIVERABLES = [
    ("2023Q1", "under_way", "2023-06-30", "green"),
    ("2023Q1", "under_way", "2023-07-01", "yellow"),
    ("2023Q1", "not_started", "2023-06-30", "grey"),
    ("2023Q1", "not_started", "2023-09-30", "yellow"),
    ("2023Q1", "under_way", None, "grey"),
    ("2023Q1", "done", None, "done"),
    ("2023Q1", "not_applicable", None, "grey"),
    ("2023Q2", "under_way", "2023-06-30", "red"),
    ("2023Q2", "done", None, "done"),
]


@pytest.mark.parametrize(("quarter", "status", "expected_on", "light"), DELIVERABLES)
def test_a_deliverable_is_judged_by_status_and_dates(new_office, now, quarter, status, expected_on, light):
    office = new_office()
    fields = {"status": status} | ({"expected_on": expected_on} if expected_on else {})
    office.submit(quarter, "D02", {}, {2: fields})
    publish(office.home, office.registry, Quarter.parse(quarter), now)
    assert [row[3] for row in stored(office, "deliverable", Quarter.parse(quarter))] == [light]


#    quarter  status of the consolidator  expected_on   lights of what is due 2023Q1 and 2023Q3
SEVERAL = [
    ("2023Q1", "under_way", "2023-09-30", "grey", "green"),
    ("2023Q1", "under_way", "2023-12-31", "grey", "yellow"),
    ("2023Q1", "not_started", "2023-09-30", "red", "grey"),
    ("2023Q3", "under_way", "2023-09-30", "grey", "red"),
    ("2023Q3", "done", None, "done", "done"),
]


@pytest.mark.parametrize(("quarter", "status", "expected_on", "early", "late"), SEVERAL)
def test_one_state_does_not_judge_an_earlier_deliverable_while_others_are_to_come(
    make_office, two_deliverables, tmp_path, now, quarter, status, expected_on, early, late
):
    office = make_office(tmp_path / "home", two_deliverables, quarter)
    fields = {"status": status} | ({"expected_on": expected_on} if expected_on else {})
    office.submit(quarter, "D02", {}, {2: fields})
    publish(office.home, office.registry, Quarter.parse(quarter), now)
    found = {row[0]: row[3] for row in stored(office, "deliverable", Quarter.parse(quarter))}
    assert found == {"guide": early, "handbook": late}
    [(_, _, _, own, _)] = [row for row in stored(office, "reporter_item", Quarter.parse(quarter)) if row[1] == "D02"]
    assert own == max(early, late, key=lambda light: BADNESS.get(light, 0))


def test_figures_to_date_are_not_summed_over_quarters_and_those_of_quarters_are(filled_office, now):
    filled_office.submit("2023Q2", "420100", {"batches": 320}, received="2023-07-05T10:00:00")
    filled_office.submit("2023Q2", "D01", {"visits": 9}, received="2023-07-05T11:00:00")
    publish(filled_office.home, filled_office.registry, Q2, now + dt.timedelta(days=90))
    values = {row[0]: (row[2], row[3]) for row in stored(filled_office, "measure", Q2)}
    assert values["batches"] == (Decimal(320), "red")
    assert values["visits"] == (Decimal(21), "green")
    assert values["disposed"] == (None, "grey")
