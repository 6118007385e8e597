"""A scheduler and two workers on hosts of their own: one dies in the middle, then one is cut off, and every file of the
samples is decided once, as on one machine."""

import os
import sys
from pathlib import Path

import pytest
from hosts import hosts, possible
from spread import (
    COLLECT,
    collected_alone,
    copied,
    duban,
    lost_while_reading,
    opened_with,
    spread_over,
    tables,
    until_ready,
)

from duban.home import Home
from duban.settings import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not possible(), reason="no root, or no ip netns")]

DASK = {
    "PYTHONPATH": str(REPOSITORY),
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "20s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "15s",
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Path:
    """A home whose intake holds the sixty, and a crowd of files that are none."""
    home = opened_with(tmp_path_factory.mktemp("opened") / "home")
    for number in range(200):
        (home / "intake" / "2023Q1" / f"无用{number}.xlsx").write_bytes(b"%%PDF-1.4 %d" % number)
    return home


@pytest.fixture(scope="module")
def alone(opened, tmp_path_factory) -> dict:
    return collected_alone(copied(opened, tmp_path_factory.mktemp("alone") / "home"))


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
            said = duban(home, *COLLECT)
    assert lost, said.stderr
    assert said.returncode == 1, said.stderr
    assert tables(Home(home)) == alone
