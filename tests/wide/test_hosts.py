"""A scheduler and two workers on hosts of their own: one dies in the middle, then one is cut off, and every file of the
samples is decided once, as on one machine."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hosts import hosts, possible
from spread import copied, lost_while_reading, spread_over, tables

from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.settings import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not possible(), reason="no root, or no ip netns")]

SAMPLES = REPOSITORY / "sample_submissions"
DASK = {
    "PYTHONPATH": str(REPOSITORY),
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "20s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "15s",
}


def duban(home: Path, *told: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "duban", *told, "2023Q1", "--home", str(home)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=1500)


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Path:
    """A home whose intake holds the sixty, and a crowd of files that are none."""
    home = tmp_path_factory.mktemp("opened") / "home"
    copy_keys(SAMPLES / "keys", home / "keys")
    assert duban(home, "open", "--as-of", "2023-04-03T09:00:00+08:00").returncode == 0
    intake = home / "intake" / "2023Q1"
    intake.mkdir(parents=True, exist_ok=True)
    for path in (SAMPLES / "2023Q1").glob("*.xlsx"):
        shutil.copy(path, intake)
    for number in range(200):
        (intake / f"无用{number}.xlsx").write_bytes(b"%%PDF-1.4 %d" % number)
    return home


@pytest.fixture(scope="module")
def alone(opened, tmp_path_factory) -> dict:
    """What one machine makes of it."""
    home = copied(opened, tmp_path_factory.mktemp("alone") / "home")
    assert duban(home, "collect", "--as-of", "2023-04-08T09:00:00+08:00").returncode in (0, 1)
    return tables(Home(home))


@pytest.mark.parametrize("misfortune", ["die", "pull_the_cable"])
def test_a_host_that_is_lost_in_the_middle_costs_a_retry_and_no_file(opened, alone, tmp_path, misfortune):
    home = copied(opened, tmp_path / "home")
    environment = os.environ | DASK
    with hosts("s", "a", "b") as (scheduler, *workers):
        address = f"tcp://{scheduler.address}:8786"
        told = ("--host", scheduler.address, "--port", "8786", "--no-dashboard", "--no-show")
        scheduler.start(
            sys.executable, "-m", "distributed.cli.dask_scheduler", *told, environment=environment, cwd=tmp_path
        )
        for one in workers:
            told = (
                address,
                "--host",
                one.address,
                "--nthreads",
                "1",
                "--no-dashboard",
                "--local-directory",
                str(tmp_path / one.name),
            )
            one.start(sys.executable, "-m", "distributed.cli.dask_worker", *told, environment=environment, cwd=tmp_path)
        spread_over(home, f"scheduler: {address}\nstorage: {tmp_path / 'shared'}\nfiles_per_task: 20\n")
        until_ready(home, 2)
        victim = workers[0]
        with lost_while_reading(victim.running[0].pid, getattr(victim, misfortune)) as lost:
            said = duban(home, "collect", "--as-of", "2023-04-08T09:00:00+08:00")
    assert lost, said.stderr
    assert said.returncode == 1, said.stderr
    assert tables(Home(home)) == alone


def until_ready(home: Path, workers: int) -> None:
    """The check-up sees so many workers."""
    from duban.doctor.spread import spread

    deadline = time.monotonic() + 300
    while f"{workers} 个工作进程" not in (said := spread(Home(home)).said):
        assert time.monotonic() < deadline, said
        time.sleep(1)
