import json
import os
import signal
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duban.checking.rules import CHECKS
from duban.checking.validator import Validator, ValidatorFailed, warm_up

pytestmark = pytest.mark.engine

NUMBERS = ("number", "minimum", "maximum", "digits", "decimals", "whole", "previous", "complete", "year", "plan_year")
SCHEMA = pa.schema(
    [
        ("n", pa.int64()),
        ("times", pa.int64()),
        ("kind", pa.string()),
        ("required", pa.bool_()),
        ("present", pa.float64()),
        ("status", pa.string()),
        *((name, pa.float64()) for name in NUMBERS),
    ]
)

EVERY_FAULT = (
    {"n": 10, "kind": "inputs.value", "required": True, "present": None},
    {"n": 11, "kind": "progress.status", "required": True, "present": None},
    {"n": 12, "kind": "progress.done", "required": False, "present": None},
    {"n": 13, "kind": "inputs.value", "number": -1.0, "minimum": 0.0, "maximum": 5.0},
    {"n": 14, "kind": "inputs.value", "number": 6.0, "minimum": 0.0, "maximum": 5.0},
    {"n": 15, "kind": "inputs.value", "number": 5.0, "minimum": 5.0, "maximum": 5.0},
    {"n": 16, "kind": "projects.progress", "number": 1.5, "minimum": 0.0, "maximum": 1.0},
    {"n": 17, "kind": "inputs.value", "number": 1.25, "digits": 2.0, "decimals": 1.0},
    {"n": 18, "kind": "inputs.not_above", "number": 3.0, "whole": 2.0},
    {"n": 19, "kind": "inputs.never_falls", "number": 3.0, "previous": 4.0},
    {"n": 20, "kind": "projects.progress", "number": 0.5, "previous": 0.6, "complete": 1.0},
    {"n": 21, "kind": "progress.expected_on", "year": 2032.0, "plan_year": 2023.0},
    {"n": 22, "kind": "progress.status", "status": "progress.status:closed"},
    {"n": 23, "kind": "projects.status", "status": "projects.status:closed"},
)


def draw(path, *rows: dict):
    """A frame of rows that differ from a present, optional one in what is given."""
    blank = {name: None for name in NUMBERS} | {"status": None, "required": False, "present": 1.0, "times": 1}
    pq.write_table(pa.Table.from_pylist([{**blank, **row} for row in rows], SCHEMA), path)
    return path


@pytest.fixture(autouse=True)
def nothing_remembered(validator, tmp_path_factory, monkeypatch):
    monkeypatch.setattr(validator, "known", tmp_path_factory.mktemp("nothing"))


def test_great_expectations_names_the_rows_that_fail_and_the_rule_that_each_breaks(validator, tmp_path):
    frame = draw(tmp_path / "frame.parquet", *EVERY_FAULT)
    validator.validate(frame, tmp_path / "failures.parquet")
    failures = pq.read_table(tmp_path / "failures.parquet").to_pylist()
    assert sorted((row["n"], row["rule"]) for row in failures) == [
        (10, "figure_missing"),
        (11, "status_missing"),
        (13, "figure_below_minimum"),
        (14, "figure_above_maximum"),
        (16, "project_progress_out_of_range"),
        (17, "figure_too_precise"),
        (18, "part_above_whole"),
        (19, "figure_falls"),
        (20, "project_finished_incomplete"),
        (20, "project_progress_falls"),
        (21, "date_outside_year"),
        (22, "status_unknown"),
    ]


def test_what_each_expectation_found_is_written_down_beside_the_failures(validator, tmp_path):
    """Elements are those that there was something to judge of: blanks count only where a value is required. What comes
    several times counts as often."""
    frame = draw(
        tmp_path / "frame.parquet",
        {"n": 0, "kind": "inputs.value", "required": True, "present": None, "times": 3},
        {"n": 1, "kind": "inputs.value", "required": True, "number": 6.0, "minimum": 0.0, "maximum": 5.0},
        {"n": 2, "kind": "progress.done", "required": False, "present": None},
        {"n": 3, "kind": "progress.status", "status": "progress.status:done"},
        {"n": 4, "kind": "progress.expected_on", "year": 2032.0, "plan_year": 2023.0},
    )
    validator.validate(frame, tmp_path / "failures.parquet", tmp_path / "results.json")
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    greater = "expect_column_pair_values_a_to_be_greater_than_b"
    told = {one["check"]: (one["expectation"], one["columns"], one["elements"], one["unexpected"]) for one in results}
    assert told == {
        "required": ("expect_column_values_to_not_be_null", ["present"], 4, 3),
        "status": ("expect_column_values_to_be_in_set", ["status"], 1, 0),
        "minimum": (greater, ["number", "minimum"], 1, 0),
        "maximum": (greater, ["maximum", "number"], 1, 1),
        "precision": (greater, ["decimals", "digits"], 0, 0),
        "part": (greater, ["whole", "number"], 0, 0),
        "falls": (greater, ["number", "previous"], 0, 0),
        "complete": (greater, ["number", "complete"], 0, 0),
        "year": ("expect_column_pair_values_to_be_equal", ["year", "plan_year"], 1, 1),
    }
    assert list(told) == list(CHECKS)


def test_a_check_that_could_not_run_is_our_fault_and_has_not_passed(validator, tmp_path):
    good = draw(tmp_path / "frame.parquet", {"n": 0, "kind": "inputs.value", "number": 1.0})
    for name in ("minimum", "status", "required", "plan_year"):
        without = tmp_path / "without.parquet"
        pq.write_table(pq.read_table(good).drop_columns([name]), without)
        with pytest.raises(ValidatorFailed, match="did not run"):
            validator.validate(without, tmp_path / "failures.parquet")
        assert not (tmp_path / "failures.parquet").exists()
    validator.validate(good, tmp_path / "failures.parquet")
    assert pq.read_table(tmp_path / "failures.parquet").to_pylist() == []


def test_an_empty_frame_is_refused_because_it_would_pass(validator, tmp_path):
    with pytest.raises(ValidatorFailed, match="empty frame"):
        validator.validate(draw(tmp_path / "frame.parquet"), tmp_path / "failures.parquet")


def test_a_child_that_was_killed_is_reported_and_closing_is_still_clean(tmp_path):
    with Validator() as validator:
        os.kill(validator.process, signal.SIGKILL)
        frame = draw(tmp_path / "frame.parquet", {"n": 0, "kind": "inputs.value"})
        with pytest.raises(ValidatorFailed, match="ended with code -9"):
            validator.validate(frame, tmp_path / "failures.parquet")
    validator.close()


def test_a_process_that_was_warmed_up_is_taken_over_by_one_validator():
    warmed = warm_up()
    with Validator() as first, Validator() as second:
        assert first.process == warmed != second.process


def test_the_main_process_imports_neither_great_expectations_nor_pandas():
    code = """
import sys, duban.checking.run, duban.checking.expectations
import pyarrow
duban.checking.run.import_ahead()
pyarrow.Table.from_pylist([{"number": 1}])  # where pyarrow would take pandas in
print([name for name in ("great_expectations", "pandas") if name in sys.modules])
import pandas  # whoever wants it has it
print(pandas.DataFrame({"word": ["a", None]})["word"].str.upper().tolist())
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n['A', nan]\n"


def test_what_is_left_out_of_great_expectations_changes_nothing_of_what_it_finds(tmp_path):
    frame = draw(tmp_path / "frame.parquet", *EVERY_FAULT)
    code = (
        "import sys, pathlib; from duban.checking import expectations, left_out; "
        "whole, frame, *written = sys.argv[1:]; whole == 'whole' or left_out.leave_out(); "
        "expectations.validate(*map(pathlib.Path, (frame, *written))); print(len(sys.modules))"
    )
    modules = []
    for how in ("whole", "lean"):
        paths = [str(path) for path in (frame, tmp_path / f"{how}.parquet", tmp_path / f"{how}.json")]
        said = subprocess.run([sys.executable, "-c", code, how, *paths], capture_output=True, text=True, check=True)
        modules.append(int(said.stdout))
    assert pq.read_table(tmp_path / "lean.parquet").num_rows == 12
    for kind in ("parquet", "json"):
        assert (tmp_path / f"lean.{kind}").read_bytes() == (tmp_path / f"whole.{kind}").read_bytes()
    assert modules[1] < modules[0] - 800  # else nothing is left out any more


def test_whatever_is_asked_of_what_is_left_out_is_refused():
    """A name can be had of a stand-in, as modules do at their top, but it can neither be called, nor asked for
    anything, nor compared with."""
    uses = (
        "HTTPAdapter()",
        "HTTPAdapter.send",
        "isinstance(1, HTTPAdapter)",
        "issubclass(int, HTTPAdapter)",
        "scipy.stats.norm.cdf(0)",
        "requests.get('http://localhost')",
        "from sqlalchemy import select",
    )
    code = """
import sys
from duban.checking import left_out
left_out.leave_out()
import requests, scipy.stats
from requests.adapters import HTTPAdapter
for use in sys.argv[1:]:
    try:
        exec(use)
    except Exception as error:
        print(type(error).__name__)
    else:
        print(use)
"""
    said = subprocess.run([sys.executable, "-c", code, *uses], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["LeftOutError"] * 6 + ["ModuleNotFoundError"]
