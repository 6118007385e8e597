"""Killed, with a failing disk, flooded with one file, and looked at all the while: a short run of each."""

import subprocess
import sys

import pytest

from duban.settings import REPOSITORY


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_torn_in_a_short_run_of_each_script():
    ended = subprocess.run(
        [sys.executable, "-m", "tests.robustness.short"], capture_output=True, text=True, cwd=REPOSITORY, timeout=900
    )
    assert (ended.returncode, ended.stdout.strip()) == (0, ""), ended.stderr
