"""duban's own checks find in the sample submissions what their README and `expected.csv` say, and nothing else."""

import csv
import datetime as dt
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from duban.checking.run import RECEIVED, check_run
from duban.checking.validator import Validator
from duban.files import digest_of
from duban.home import Home
from duban.intake import Received
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_files
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS

pytestmark = pytest.mark.engine
SAMPLES = REPOSITORY / "sample_submissions"
NOW = dt.datetime(2023, 4, 12, 18, tzinfo=TIME_ZONE)


@pytest.fixture
def judge(tmp_path):
    """Judges the files of a folder in one run: {file name: (verdict, reporter, [(rule, severity, cells)])}."""

    def run(root: Path) -> dict[str, tuple]:
        home, folder, registry = Home(tmp_path / "home"), tmp_path / "run", load_registry(SCHEMAS / "2023")
        shutil.copytree(SAMPLES / "keys", home.keys)
        paths = [path for path in sorted(root.rglob("*")) if path.suffix.startswith(".xls")]
        received = [
            Received(
                place,
                path.relative_to(root).as_posix(),
                path.name,
                "" if path.parent == root else path.parent.name,
                path.stat().st_size,
                digest_of(path),
            )
            for place, path in enumerate(paths)
        ]
        read_files([(one.place, one.digest, root / one.source) for one in received], home.keys, registry, folder)
        (folder / RECEIVED).write_text(json.dumps([asdict(one) for one in received]), encoding="utf-8")
        with Validator() as validator:
            check_run(folder, registry, home, Quarter(2023, 1), NOW, validator)
        found: dict[int, list] = {one.place: [] for one in received}
        for finding in pq.read_table(folder / "findings.parquet").to_pylist():
            found[finding["file"]].append((finding["rule"], finding["severity"], " ".join(finding["cells"])))
        submissions = pq.read_table(folder / "submissions.parquet").to_pylist()
        return {one["file_name"]: (one["verdict"], one["reporter"], sorted(found[one["file"]])) for one in submissions}

    return run


def test_of_the_sixty_all_are_accepted_but_those_that_the_readme_names(judge):
    verdicts = judge(SAMPLES / "2023Q1")
    assert len(verdicts) == 60
    assert {name: found for name, found in verdicts.items() if found[0] != "accepted"} == {
        "2023Q1-420800-荆门.xlsx": (
            "returned",
            "420800",
            [("figure_missing", "must_fix", "H13"), ("part_above_whole", "must_fix", "H20")],
        ),
        "2023Q1-421200-咸宁.xlsx": (
            "returned",
            "421200",
            [("date_unreadable", "must_fix", "H10"), ("figure_unreadable", "must_fix", "H9")],
        ),
        "2023Q1-421300-随州.xlsx": ("returned", "421300", [("part_above_whole", "confirm", "H38")]),
        "2023Q1-422800-恩施州.xlsx": (
            "returned",
            "422800",
            [("done_without_date", "must_fix", "H11"), ("part_above_whole", "must_fix", "H11")],
        ),
        "2023Q1-CS17-食品流通处.xlsx": ("returned", "CS17", [("row_missing", "must_fix", "")]),
        "2023Q1-429005-潜江.xlsx": ("returned", "429005", [("damaged", "structure", "")]),
        "2023Q1-ZS10-省电子院.xlsx": ("set_aside", "ZS10", [("no_stamp", "structure", "")]),
        "一季度填报(最终版2).xlsx": ("set_aside", None, [("bad_token", "structure", "")]),
    }
    assert sum(bool(findings) for verdict, _, findings in verdicts.values() if verdict == "accepted") == 17
    rules = {finding[0] for verdict, _, findings in verdicts.values() if verdict == "accepted" for finding in findings}
    assert rules == {"cleaned", "outside_cell"}


def test_each_file_of_faults_has_exactly_the_fault_that_it_is_named_for(judge):
    with (SAMPLES / "faults" / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["file"]: (row["rule"], row["cells"]) for row in csv.DictReader(file)}
    found = {
        name: [(rule, cells) for rule, _, cells in findings]
        for name, (_, _, findings) in judge(SAMPLES / "faults").items()
    }
    assert found == {name: [fault] for name, fault in expected.items()}
    assert {name: Path(name).stem for name in expected} == {name: rule for name, (rule, _) in expected.items()}
