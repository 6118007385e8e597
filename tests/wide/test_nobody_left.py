"""What a cluster cannot get over ends the run with a sentence, and the next run, on one machine, finds every file."""

import os
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from spread import COLLECT, collected_alone, copied, duban, lost_while_reading, opened_with, spread_over, until_ready

from duban.settings import REPOSITORY

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Path:
    return opened_with(tmp_path_factory.mktemp("opened") / "home", 12)


@pytest.fixture(scope="module")
def alone(opened, tmp_path_factory) -> dict:
    return collected_alone(copied(opened, tmp_path_factory.mktemp("alone") / "home"))


@contextmanager
def cluster(folder: Path, home: Path):
    """A scheduler and a worker that nobody starts again; gives their processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir()
    told = {"cwd": folder, "env": {**os.environ, "PYTHONPATH": str(REPOSITORY)}, "stderr": subprocess.DEVNULL}
    with ExitStack() as stack:

        def start(module: str, *words: str) -> subprocess.Popen:
            process = subprocess.Popen([sys.executable, "-m", f"distributed.cli.{module}", *words], **told)
            stack.callback(ended, process)
            return process

        scheduler = start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")
        address = f"tcp://127.0.0.1:{port}"
        worker = start("dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard")
        spread_over(home, f"scheduler: {address}\nstorage: {folder / 'shared'}\nfiles_per_task: 3\n")
        yield scheduler, worker


def ended(process: subprocess.Popen) -> None:
    """With all that it started."""
    below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.wait()
    for one in below:
        one.kill()


def next_run_finds_all(home: Path, alone: dict) -> None:
    assert len(list((home / "intake" / "2023Q1").iterdir())) == 12
    (home / "cluster.yaml").unlink()
    assert collected_alone(home) == alone


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [("scheduler", "与 Dask 调度程序的连接断了"), ("worker", "工作进程都不在了：请重新启动它们后再运行")],
)
def test_a_scheduler_or_the_last_worker_that_dies_ends_the_run_with_a_sentence(opened, alone, tmp_path, lost, sentence):
    home = copied(opened, tmp_path / "home")
    with cluster(tmp_path / "cluster", home) as (scheduler, worker):
        victim = scheduler if lost == "scheduler" else worker
        until_ready(home, 1)
        with lost_while_reading(worker.pid, lambda: ended(victim)) as seen:
            said = duban(home, *COLLECT)
    assert seen and said.returncode == 2, said.stderr
    assert sentence in said.stderr and "Traceback" not in said.stderr
    next_run_finds_all(home, alone)


def test_workers_that_die_over_the_same_files_again_and_again_end_the_run_with_a_sentence(opened, alone, tmp_path):
    home = copied(opened, tmp_path / "home")
    spread_over(home, "local: 1\nfiles_per_task: 100\n")
    with lost_while_reading(os.getpid(), times=20) as lost:
        said = duban(home, *COLLECT)
    assert len(lost) >= 3, said.stderr  # Dask gives the same out three times again
    assert said.returncode == 2 and "接连有几个工作进程中止在上面" in said.stderr and "Traceback" not in said.stderr
    next_run_finds_all(home, alone)
