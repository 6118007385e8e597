"""`duban demo`, as a process of its own: what a visitor runs first."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from duban import cli_print
from duban.demo import run_demo
from duban.errors import UserError
from duban.files import digest_of
from duban.home import Home
from duban.settings import REPOSITORY, Settings

SAMPLES = REPOSITORY / "sample_submissions"


def duban(*arguments: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "DUBAN"))}
    command = [sys.executable, "-m", "duban", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, env=clean)


@pytest.mark.slow
@pytest.mark.engine(seconds=25)
def test_the_demo_ends_with_the_path_of_a_workbook_which_plain_functions_make_byte_for_byte(demo, tmp_path):
    home = shutil.copytree(demo.root, tmp_path / "demo")  # an earlier one's
    shown = duban("demo", "--json", "--home", str(home))
    assert shown.returncode == 0, shown.stderr
    for line in shown.stderr.splitlines():
        assert not line.isascii(), f"not one of our lines: {line}"
    result = json.loads(shown.stdout)
    workbook = Path(cli_print.demo(result).splitlines()[-1])
    assert workbook.parent.parent == home / "published"
    quarters = result["quarters"]
    assert [one["quarter"] for one in quarters] == ["2023Q1"]
    for one in quarters:
        arrived = [row for row in arrivals(one["quarter"]) if row["revision"] == "1"]
        judged = [
            record for run in one["collected"] for kind in ("accepted", "returned", "set_aside") for record in run[kind]
        ]
        assert len(judged) == sum(run["taken_in"] for run in one["collected"]) == len(arrived)
        assert all(Path(record["answer"]).is_file() for record in judged)
        assert {"accepted", "returned", "set_aside"} == {record["verdict"] for record in judged}
        assert any(record["late"] for record in judged)
        assert not [path for path in (home / "intake").rglob("*") if path.is_file()]
        plainly = demo.published / workbook.relative_to(home / "published")
        assert Path(one["published"]["workbook"]) == workbook and digest_of(workbook) == digest_of(plainly)


def arrivals(quarter: str) -> list[dict]:
    with (SAMPLES / quarter / "arrivals.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_demo_never_empties_a_folder_that_is_not_its_own(tmp_path):
    (tmp_path / "duban.duckdb").write_bytes(b"somebody's quarter")
    with pytest.raises(UserError, match="demo 会清空它"):
        run_demo(SAMPLES, Settings(Home(tmp_path)), run_flow=None)
    assert (tmp_path / "duban.duckdb").read_bytes() == b"somebody's quarter"
