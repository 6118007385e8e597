"""The same submissions give the same publication, wherever and whenever it is made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from duban.settings import REPOSITORY

HERE = Path(__file__).parent
pytestmark = [pytest.mark.slow, pytest.mark.engine]

ELSEWHERE = {"TZ": "America/St_Johns", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "4711"}


def test_another_home_day_locale_time_zone_hash_seed_and_order_of_arrival_give_the_same_bytes(walked, tmp_path):
    home = tmp_path / "somewhere else" / "存放"
    command = [sys.executable, str(HERE / "elsewhere.py"), str(home), "any", "2024-02-29T23:59:59+00:00"]
    path = os.pathsep.join((str(HERE.parent / "support"), str(REPOSITORY)))
    environment = {**os.environ, **ELSEWHERE, "PYTHONPATH": path}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    made = Path(done.stdout.strip())
    there = {one.name: one.read_bytes() for one in made.iterdir()}
    here = {one.name: one.read_bytes() for one in walked.published.folder.iterdir()}
    assert there.keys() == here.keys() >= {"2023Q1-r1.xlsx", "manifest.json", "findings.csv"}
    assert [name for name in here if there[name] != here[name]] == []
