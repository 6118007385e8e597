"""duban's own checks find in the sample submissions what their README and `expected.csv` say, and nothing else."""

import csv
import datetime as dt
import json
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from duban.checking.run import RECEIVED, check_run
from duban.checking.validator import Validator
from duban.demo import waves
from duban.files import digest_of
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.intake import Received
from duban.messages import load_messages
from duban.opening import open_quarter
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_files
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS
from duban.warehouse.load import load_run

pytestmark = pytest.mark.engine
SAMPLES = REPOSITORY / "sample_submissions"
FAULTS = SAMPLES / "faults"
Q1, Q2 = Quarter(2023, 1), Quarter(2023, 2)
FINDING = ("rule", "severity", "sheet", "cells", "settled")
NOW = dt.datetime(2023, 4, 12, 18, tzinfo=TIME_ZONE)
CRASHING = """
import os
from duban.reading.child import work
work(lambda place: os.abort())
"""


@dataclass(frozen=True)
class Judged:
    """What a run said of one file: `findings` are (rule, severity, sheet, cells, settled)."""

    verdict: str
    reporter: str | None
    findings: list[tuple[str, str, str, str, str]]


@dataclass
class Court:
    """A home in which both quarters are open."""

    home: Home
    validator: Validator
    work: Path
    runs: int = 0

    def __post_init__(self) -> None:
        self.registry = load_registry(SCHEMAS / "2023")

    def judge(self, paths: list[Path], quarter: Quarter, command: tuple[str, ...] = ()) -> dict[str, Judged]:
        """By path below faults/, else by name. A file in a folder that is named for a reporter was dropped there."""
        folder, received = self.run(paths, quarter, command)
        found = defaultdict(list)
        for finding in pq.read_table(folder / "findings.parquet").to_pylist():
            found[finding["file"]].append(finding)
        judged = {}
        for one in pq.read_table(folder / "submissions.parquet").to_pylist():
            told = [
                (f["rule"], f["severity"], f["sheet"], " ".join(f["cells"]), f["settled"] or "")
                for f in found[one["file"]]
            ]
            judged[received[one["file"]].source] = Judged(one["verdict"], one["reporter"], sorted(told))
        return judged

    def run(self, paths: list[Path], quarter: Quarter, command: tuple[str, ...] = ()) -> tuple[Path, list[Received]]:
        self.runs += 1
        folder = self.work / f"run-{self.runs}"
        folder.mkdir()
        received = []
        for place, path in enumerate(paths):
            source = path.relative_to(FAULTS).as_posix() if path.is_relative_to(FAULTS) else path.name
            dropped = path.parent.name if path.parent.name in self.registry.by_code else ""
            received.append(Received(place, source, path.name, dropped, path.stat().st_size, digest_of(path)))
        files = [(one.place, one.digest, path) for one, path in zip(received, paths, strict=True)]
        others = {"command": command} if command else {}
        read_files(files, self.home.keys, self.registry, folder, **others)
        (folder / RECEIVED).write_text(json.dumps([asdict(one) for one in received]), encoding="utf-8")
        check_run(folder, self.registry, self.home, quarter, NOW, self.validator)
        return folder, received


@pytest.fixture(scope="module")
def court(tmp_path_factory, validator) -> Court:
    one = Court(Home(tmp_path_factory.mktemp("home")), validator, tmp_path_factory.mktemp("work"))
    copy_keys(SAMPLES / "keys", one.home.keys)
    open_quarter(one.home, one.registry, Q1, NOW)
    return one


@pytest.fixture(scope="module")
def sixty(court: Court) -> dict[str, Judged]:
    """The samples of the first quarter as they first came in, judged before anything was accepted."""
    first = [wave for wave in waves(SAMPLES / "2023Q1", court.registry.due(Q1)) if wave.revision == 1]
    return court.judge(sorted(one.path for wave in first for one in wave.arrivals), Q1)


@pytest.fixture(scope="module")
def after(court: Court, sixty) -> Court:
    """The court when they have been accepted, and the second quarter is open."""
    load_run(court.home, court.registry, Q1, court.work / "run-1", NOW)
    open_quarter(court.home, court.registry, Q2, NOW)
    return court


def test_of_the_sixty_all_are_accepted_but_those_that_the_readme_names(sixty):
    progress, inputs, projects = "工作进展", "指标数据", "项目清单"
    assert len(sixty) == 60
    assert {
        name: (one.verdict, one.reporter, [" ".join(found).strip() for found in one.findings if found[1] != "notice"])
        for name, one in sixty.items()
        if one.verdict != "accepted"
    } == {
        "2023Q1-420800-荆门.xlsx": (
            "returned",
            "420800",
            [f"figure_missing must_fix {inputs} H13", f"part_above_whole must_fix {inputs} H20"],
        ),
        "2023Q1-421200-咸宁.xlsx": (
            "returned",
            "421200",
            [f"date_unreadable must_fix {progress} H10", f"figure_unreadable must_fix {inputs} H9"],
        ),
        "2023Q1-421300-随州.xlsx": (
            "returned",
            "421300",
            [
                f"done_below_target confirm {progress} D24",
                f"part_above_whole confirm {inputs} H38",
                f"project_overdue confirm {projects} E4",
            ],
        ),
        "2023Q1-422800-恩施州.xlsx": (
            "returned",
            "422800",
            [f"done_without_date must_fix {progress} H11", f"part_above_whole must_fix {inputs} H11"],
        ),
        "2023Q1-CS17-食品流通处.xlsx": ("returned", "CS17", [f"row_missing must_fix {progress}"]),
        "2023Q1-429005-潜江.xlsx": ("returned", "429005", ["damaged structure"]),
        "2023Q1-ZS10-省电子院.xlsx": ("set_aside", "ZS10", ["no_stamp structure"]),
        "一季度填报(最终版2).xlsx": ("set_aside", None, ["bad_token structure"]),
    }


def test_what_is_odd_in_the_accepted_ones_is_explained_and_not_frequent(sixty):
    accepted = {one.reporter: one.findings for one in sixty.values() if one.verdict == "accepted"}
    odd = {code: [found for found in findings if found[1] != "notice"] for code, findings in accepted.items()}
    assert {code: [" ".join(found) for found in findings] for code, findings in odd.items() if findings} == {
        "420900": ["part_above_whole confirm 指标数据 H38 explained"],
        "421000": ["project_overdue confirm 项目清单 E4 explained"],
        "429021": ["not_applicable_unexplained confirm 工作进展 D5 explained"],
        "CS08": ["project_overdue confirm 项目清单 E5 explained"],
        "ZS04": [f"project_overdue confirm 项目清单 {cell} explained" for cell in ("E4", "E5")],
    }
    notices = {found[0] for findings in accepted.values() for found in findings if found[1] == "notice"}
    assert notices == {"cleaned", "outside_cell"}


def test_each_fault_file_has_the_findings_that_are_expected_of_it_and_no_others(after):
    expected = defaultdict(list)
    for row in expected_findings():
        expected[row["file"]].append(tuple(row[word] for word in FINDING))
    quarters = {row["file"]: Quarter.parse(row["quarter"]) for row in expected_findings()}
    found = {}
    for quarter in (Q1, Q2):
        found |= after.judge(sorted(FAULTS / name for name, of in quarters.items() if of == quarter), quarter)
    assert {name: one.findings for name, one in found.items()} == {name: sorted(of) for name, of in expected.items()}
    assert {name: one.reporter for name, one in found.items() if one.verdict != "set_aside"} == {
        row["file"]: row["reporter"] for row in expected_findings() if found[row["file"]].verdict != "set_aside"
    }


def test_a_file_that_brings_the_reader_down_is_found_so(after, tmp_path):
    """No file is known that passes the pre-check and does it, so the reader is one that falls over any."""
    script = tmp_path / "crashing.py"
    script.write_text(CRASHING)
    good = SAMPLES / "2023Q1" / "2023Q1-CS28-财务处.xlsx"
    [one] = after.judge([good], Q1, (sys.executable, str(script))).values()
    assert one == Judged("returned", "CS28", [("reader_failed", "structure", "", "", "")])


def test_every_rule_is_found_in_the_file_that_is_named_for_it_and_no_file_is_named_for_another():
    files = {path.relative_to(FAULTS).as_posix(): path.stem for path in FAULTS.rglob("*.xls*")}
    shown = {(row["file"], row["rule"]) for row in expected_findings()}
    assert {row["file"] for row in expected_findings()} == files.keys()
    assert set(files.items()) <= shown
    assert {*files.values(), "reader_failed"} == set(load_messages())


def expected_findings() -> list[dict[str, str]]:
    with (FAULTS / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
