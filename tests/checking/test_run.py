"""What a whole run makes of its files: verdicts, silence, and what it does with nothing."""

import pyarrow.parquet as pq
import pytest
from drawn import GOOD, Q1, Drawn

from duban.home import Home

pytestmark = pytest.mark.engine


def rules(bench, *files: Drawn) -> list[tuple]:
    return [(row["file"], row["rule"]) for row in bench.findings(*files)]


def test_a_good_return_is_accepted_without_a_word(bench):
    folder = bench.check(Drawn())
    assert pq.read_table(folder / "findings.parquet").num_rows == 0
    (row,) = pq.read_table(folder / "submissions.parquet").to_pylist()
    assert row == {
        "file": 0,
        "digest": Drawn().digest,
        "file_name": "x.xlsx",
        "folder": "",
        "size": 100,
        "arrived_at": None,
        "quarter": "2023Q1",
        "reporter": "A1",
        "registry": bench.registry.digest,
        "template": "t" * 64,
        "verdict": "accepted",
    }


def test_verdicts_follow_from_the_worst_finding_and_from_whose_the_file_is(bench):
    notice = {"rule": "macros_present"}
    assert bench.verdicts(
        Drawn(faults=[notice]),
        Drawn({"inputs/trained/value": None}),
        Drawn(readable=False, faults=[{"rule": "damaged"}], folder="A2"),
        Drawn(readable=False, faults=[{"rule": "damaged"}]),
        Drawn(token_ok=False, faults=[{"rule": "no_stamp"}], folder="A2"),
        Drawn(reporter="A2", folder="A1"),
    ) == [
        ("A1", "accepted"),
        ("A1", "returned"),
        ("A2", "returned"),
        (None, "set_aside"),
        ("A2", "set_aside"),
        ("A1", "returned"),
    ]


def test_a_fault_of_structure_stops_the_look_at_the_content(bench):
    spoilt = {"progress/1/status": None, "inputs/trained/value": None}
    missing = {"rule": "sheet_missing", "tab": "projects", "sheet": "项目清单"}
    cleaned = {"rule": "cleaned", "tab": "inputs", "sheet": "指标数据", "key": "spent", "details": {}}
    assert rules(bench, Drawn(spoilt, faults=[missing, cleaned]), Drawn(spoilt, stamp={"quarter": "2022Q4"})) == [
        (0, "sheet_missing"),
        (1, "wrong_quarter"),
    ]


def test_what_only_follows_from_a_blank_or_unreadable_cell_is_silent(bench):
    unreadable = {"rule": "figure_unreadable", "tab": "inputs", "sheet": "指标数据", "key": "rate.denominator"}
    unreadable |= {"field": "value", "address": "H7", "value": "若干"}
    assert rules(
        bench,
        Drawn({"progress/1/status": None, "progress/1/done": None}),
        Drawn({"inputs/rate.numerator/value": 11, "inputs/rate.denominator/value": None}),
        Drawn({"inputs/rate.numerator/value": 11, "inputs/rate.denominator/value": "?若干"}, faults=[unreadable]),
        Drawn({"projects/5/status": "已完成", "projects/5/progress": None}),
    ) == [(0, "status_missing"), (1, "figure_missing"), (2, "figure_unreadable"), (3, "project_progress_missing")]


def test_blank_zero_and_not_applicable_are_three_things(bench):
    typed = (None, 0, "不适用")
    reason = {"inputs/trained/explanation": "本单位没有培训机构"}
    assert bench.verdicts(*(Drawn(reason | {"inputs/trained/value": value}) for value in typed)) == [
        ("A1", "returned"),
        ("A1", "accepted"),
        ("A1", "accepted"),
    ]


def test_a_reporter_without_inputs_or_projects_is_checked_for_what_it_owes(bench):
    owed = {f"progress/{item}/{name}": GOOD[f"progress/1/{name}"] for item in (1, 2, 3) for name in ("status", "done")}
    without = {name: value for name, value in owed.items() if not name.startswith("progress/3")}
    assert rules(bench, Drawn(base=owed, reporter="B1"), Drawn(base=without, reporter="B1")) == [
        (0, "lead_without_project"),
        (1, "row_missing"),
        (1, "lead_without_project"),
    ]


def test_a_run_without_files_and_one_without_readable_files_write_what_they_know(bench):
    assert bench.verdicts() == []
    assert bench.verdicts(Drawn(readable=False, faults=[{"rule": "empty_file"}])) == [(None, "set_aside")]


def test_a_file_with_nothing_in_its_tables_lacks_every_row(bench):
    (progress, inputs) = bench.findings(Drawn(base={}))
    assert [(one["rule"], one["sheet"], one["cells"]) for one in (progress, inputs)] == [
        ("row_missing", "工作进展", []),
        ("row_missing", "指标数据", []),
    ]


def test_checking_needs_no_warehouse_and_makes_none(bench, tmp_path):
    bench.home = Home(tmp_path / "elsewhere")
    assert bench.verdicts(Drawn(), quarter=Q1) == [("A1", "accepted")]
    assert not bench.home.root.exists()
