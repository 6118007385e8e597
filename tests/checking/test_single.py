"""The self-check on real workbooks: one fault a file, found alone and where it is."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from duban.checking.single import check_file
from duban.errors import UserError
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.load import load_registry
from duban.registry.registry import Registry
from duban.settings import REPOSITORY, SCHEMAS

pytestmark = pytest.mark.engine

SAMPLES = REPOSITORY / "sample_submissions"
NOW = dt.datetime(2023, 4, 8, 9, tzinfo=TIME_ZONE)
KEPT = (
    "figure_missing",
    "row_missing",
    "row_not_owed",
    "part_above_whole",
    "project_repeated",
    "wrong_quarter",
    "cleaned",
)


@pytest.fixture(scope="module")
def registry_of_2023() -> Registry:
    return load_registry(SCHEMAS / "2023")


@pytest.fixture
def home(tmp_path) -> Home:
    """A home that knows the samples' key and nothing else."""
    home = Home(tmp_path / "home")
    copy_keys(SAMPLES / "keys", home.keys)
    return home


def expected() -> dict[str, dict]:
    with (SAMPLES / "faults" / "expected.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["rule"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("rule", KEPT)
def test_the_fault_of_a_file_is_found_alone_and_in_its_cells(home, registry_of_2023, validator, rule):
    row = expected()[rule]
    before = sorted(home.root.rglob("*"))
    file = SAMPLES / "faults" / row["file"]
    found = check_file(file, registry_of_2023, home, Quarter(2023, 1), NOW, validator)
    assert (found["reporter"], found["quarter"]) == (row["reporter"], "2023Q1")
    assert [(one["rule"], one["cells"]) for one in found["findings"]] == [(rule, row["cells"].split())]
    assert found["verdict"] == ("accepted" if found["findings"][0]["severity"] == "notice" else "returned")
    keys = ["rule", "severity", "sheet", "cells", "value", "message", "remedy", "settled", "because"]
    assert list(found["findings"][0]) == keys
    assert sorted(home.root.rglob("*")) == before


def test_without_a_quarter_the_stamp_says_which_it_is(home, registry_of_2023):
    file = SAMPLES / "faults" / expected()["figure_missing"]["file"]
    assert check_file(file, registry_of_2023, home, None, NOW)["quarter"] == "2023Q1"


def test_what_is_no_file_is_said_so(home, registry_of_2023):
    with pytest.raises(UserError, match="找不到文件"):
        check_file(Path("nowhere.xlsx"), registry_of_2023, home, None, NOW)
