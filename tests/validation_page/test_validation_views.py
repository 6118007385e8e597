"""The tables of the page, from submissions that stand in a warehouse."""

import pytest
from desk import Q1

from duban.rulebook import rulebook
from duban.validation_page import views
from duban.validation_page.gather import gather
from duban.validation_page.views import Counted, Trend

RUN = ["2023Q1-000000-01", "2023Q1-A1-01", "2023Q1-A2-01", "2023Q1-B1-01"]


@pytest.fixture
def gathered(drawn_run):
    return gather(drawn_run.desk.home, Q1, drawn_run.folder, RUN)


def test_by_rule_the_worst_stand_first_with_whom_each_trips(gathered):
    rows = views.by_rule(gathered.found)
    assert [(row.severity, row.code, row.findings, row.cells, row.settled, row.tripped) for row in rows] == [
        ("structure", "bad_token", 1, 0, 0, (("无法认定（2023Q1-000000-01）", 1),)),
        ("must_fix", "figure_missing", 1, 2, 0, (("甲市", 1),)),
        ("confirm", "figure_jumps", 1, 1, 1, (("乙市", 1),)),
        ("notice", "cleaned", 1, 2, 0, (("甲市", 1),)),
    ]


def test_by_item_a_finding_over_several_items_counts_in_each(gathered, drawn_run):
    rows = views.by_item(gathered, drawn_run.desk.registry)
    assert [(row.item, row.title, row.counts, row.reporters, row.only_notices) for row in rows] == [
        (1, "建设站点", {"must_fix": 1, "confirm": 1, "notice": 1}, 2, False),
        (7, "提高占比", {"notice": 1}, 1, True),
        (None, "整个文件或工作表", {"structure": 1}, 1, False),
    ]
    assert rows[0].rules == (
        Counted("figure_missing", "must_fix", 1),
        Counted("figure_jumps", "confirm", 1),
        Counted("cleaned", "notice", 1),
    )


def test_by_reporter_what_needs_a_look_stands_first(gathered):
    rows = views.by_reporter(gathered)
    assert [(row.sent.accession, row.sent.name, row.sent.verdict, row.counts, row.settled) for row in rows] == [
        ("2023Q1-000000-01", "无法认定", "set_aside", {"structure": 1}, 0),
        ("2023Q1-A1-01", "甲市", "returned", {"must_fix": 1, "notice": 1}, 0),
        ("2023Q1-A2-01", "乙市", "accepted", {"confirm": 1}, 1),
        ("2023Q1-B1-01", "办公室", "accepted", {}, 0),
    ]
    assert [row.clean for row in rows] == [False, False, False, True]


def test_the_trend_counts_all_submissions_of_each_quarter_and_knows_quarters_without_any(gathered):
    order = {"bad_token": 0, "figure_missing": 1, "cleaned": 2}
    assert views.over_quarters(gathered, Q1.of_year, order) == [
        Trend("bad_token", (1, 0, None, None)),
        Trend("figure_missing", (1, 2, None, None)),
        Trend("cleaned", (1, 1, None, None)),
        Trend("figure_jumps", (1, 0, None, None)),  # a rule that is gone since
    ]
    assert views.totals(gathered, Q1.of_year, {"accepted": "受理", "returned": "退回"})[1:] == [
        Trend("其中受理", (2, 1, None, None)),
        Trend("其中退回", (1, 0, None, None)),
        Trend("问题（个）", (4, 3, None, None)),
    ]


def test_only_the_runs_own_submissions_are_its_findings(drawn_run):
    alone = gather(drawn_run.desk.home, Q1, drawn_run.folder, ["2023Q1-B1-01"])
    assert (len(alone.sent), alone.found, alone.placed) == (1, (), ())
    assert alone.trend["2023Q1", "figure_missing"] == 1


def test_every_rule_stands_in_one_place_of_the_suite(gathered, drawn_run):
    records = rulebook(drawn_run.desk.registry)
    suites = views.suites(records, gathered.found)
    listed = [(record.code, findings) for suite in suites for record, findings in suite.rules]
    assert sorted(code for code, _ in listed) == sorted(record.code for record in records)
    assert {code: findings for code, findings in listed if findings} == {
        "bad_token": 1,
        "figure_missing": 1,
        "figure_jumps": 1,
        "cleaned": 1,
    }


def test_an_expectation_is_told_as_a_sentence_with_where_its_limits_stand(gathered):
    [row] = views.expectation_rows(gathered.expectations)
    assert (row["says"], row["limits"]) == ("数据不小于下限，项目进度不小于 0", "各项文件的 limits.min，不写为 0")
    assert (row["condition"], row["elements"], row["unexpected"]) == ("number ≥ minimum", 1234, 5)
    assert row["rules"] == ["figure_below_minimum", "project_progress_out_of_range"]
