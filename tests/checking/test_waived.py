"""What a waiver lifts, for whom and until when; and that it changes nothing else."""

import datetime as dt

import pytest
from drawn import NOW, Q1, Q2, Bench, Drawn

from duban.quarters import TIME_ZONE
from duban.registry.ledgers import ledgers_of

pytestmark = pytest.mark.engine
BLANK = {"inputs/trained/value": None}
WHY = "系统故障（办公室 2023-04-01 批准，有效至 2023-04-30）"


def waive(bench: Bench, *records: str) -> None:
    """Put waivers into the bench's ledger, written without what all of them say."""
    shared = 'reason: 系统故障, approved_by: 办公室, approved_on: "2023-04-01", expires: "2023-04-30"'
    text = "".join(f"- {{{record}, {shared}}}\n" for record in records)
    bench.ledgers = ledgers_of({"waivers.yaml": text}, bench.registry)


def settled(bench: Bench, *files: Drawn, **options) -> list[tuple]:
    """Verdict, rule, what settled it and why, of everything worse than a notice in these files."""
    accessions = bench.load(*files, **options)
    listed = ", ".join(f"'{accession}'" for accession in accessions)
    return bench.query(
        "SELECT s.verdict, f.rule, f.settled, f.because FROM submissions s LEFT JOIN findings f"
        f" ON f.accession = s.accession AND f.severity <> 'notice' WHERE s.accession IN ({listed}) ORDER BY ALL"
    )


def test_without_a_waiver_it_is_returned(bench):
    assert settled(bench, Drawn(BLANK)) == [("returned", "figure_missing", None, "")]


@pytest.mark.parametrize("place", ["input: trained", "item: 2", "quarters: [2023Q1]"])
def test_a_waiver_lifts_its_rule_and_tells_why(bench, place):
    waive(bench, f"rule: figure_missing, reporter: 甲市, {place}")
    assert settled(bench, Drawn(BLANK)) == [("accepted", "figure_missing", "waived", WHY)]


def test_what_was_waived_stays_blank(bench):
    waive(bench, "rule: figure_missing, reporter: 甲市")
    bench.load(Drawn(BLANK))
    found = bench.query("SELECT state, number FROM entries WHERE key = 'trained' AND field = 'value'")
    assert found == [("blank", None)]


@pytest.mark.parametrize(
    "record",
    [
        "rule: figure_missing, reporter: 乙市",
        "rule: figure_falls, reporter: 甲市",
        "rule: figure_missing, reporter: 甲市, item: 1",
        "rule: figure_missing, reporter: 甲市, input: spent",
        "rule: figure_missing, reporter: 甲市, quarters: [2023Q2]",
    ],
)
def test_a_waiver_of_another_thing_lifts_nothing(bench, record):
    waive(bench, record)
    assert settled(bench, Drawn(BLANK)) == [("returned", "figure_missing", None, "")]


@pytest.mark.parametrize(("day", "verdict"), [("2023-04-30", "accepted"), ("2023-05-01", "returned")])
def test_a_waiver_holds_through_the_day_that_it_expires(bench, day, verdict):
    waive(bench, "rule: figure_missing, reporter: 甲市")
    now = dt.datetime.fromisoformat(f"{day}T23:00:00").replace(tzinfo=TIME_ZONE)
    assert [row[0] for row in settled(bench, Drawn(BLANK), now=now)] == [verdict]


def test_what_a_waiver_does_not_lift_still_returns_the_file(bench):
    waive(bench, "rule: figure_missing, reporter: 甲市, input: trained")
    assert settled(bench, Drawn({**BLANK, "inputs/spent/value": None})) == [
        ("returned", "figure_missing", "waived", WHY),
        ("returned", "figure_missing", None, ""),
    ]


def test_of_several_waivers_the_first_is_told_and_one_fault_stays_one(bench):
    waive(bench, "rule: figure_missing, reporter: 甲市", "rule: figure_missing, reporter: 甲市, item: 2")
    assert settled(bench, Drawn(BLANK)) == [("accepted", "figure_missing", "waived", WHY)]


def test_a_waiver_lifts_a_doubt_that_nobody_explained_and_leaves_an_explanation_alone(bench):
    waive(bench, "rule: figure_falls, reporter: 甲市")
    bench.load(Drawn(body="first quarter"))
    fallen = {"inputs/rate.denominator/value": 9}  # of this input a fall is only doubted
    later = NOW + dt.timedelta(days=5)
    found = settled(bench, Drawn(fallen, body="a"), quarter=Q2, now=later)
    assert ("accepted", "figure_falls", "waived", WHY) in found
    explained = {**fallen, "inputs/rate.denominator/explanation": "剔除重复检查"}
    found = settled(bench, Drawn(explained, body="b"), quarter=Q2, now=later)
    assert ("accepted", "figure_falls", "explained", "剔除重复检查") in found


def test_nobody_falls_below_a_figure_that_was_corrected(bench):
    bench.load(Drawn({"inputs/stations/value": 300}))
    fewer = Drawn({"inputs/stations/value": 40}, body="second quarter")
    assert "figure_falls" in [row["rule"] for row in bench.findings(fewer, quarter=Q2)]
    shared = 'reason: 多写一个零, approved_by: 办公室, approved_on: "2023-04-01"'
    record = f"- {{quarter: 2023Q1, reporter: 甲市, input: stations, old: 300, new: 30, {shared}}}"
    bench.ledgers = ledgers_of({"corrections.yaml": record}, bench.registry)
    assert "figure_falls" not in [row["rule"] for row in bench.findings(fewer, quarter=Q2)]


def test_a_waiver_of_a_project_rule_lets_the_project_in(bench):
    waive(bench, "rule: project_owner_missing, reporter: 甲市, item: 1")
    found = settled(bench, Drawn({"projects/5/owner": None}), quarter=Q1)
    assert found == [("accepted", "project_owner_missing", "waived", WHY)]
    assert bench.query("SELECT project, name FROM projects") == [("A1-01-01", "东区站")]
