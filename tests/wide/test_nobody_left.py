"""What a cluster cannot get over ends the run with a sentence, and the next run, on one machine, finds every file."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from spread import copied, lost_while_reading, spread_over, tables

from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.settings import REPOSITORY

pytestmark = pytest.mark.slow
SAMPLES = REPOSITORY / "sample_submissions"
COLLECT = ("collect", "--as-of", "2023-04-08T09:00:00+08:00")


def duban(home: Path, *told: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "duban", *told, "2023Q1", "--home", str(home)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=900)


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Path:
    """A home whose intake holds a few of the sixty."""
    home = tmp_path_factory.mktemp("opened") / "home"
    copy_keys(SAMPLES / "keys", home / "keys")
    assert duban(home, "open", "--as-of", "2023-04-03T09:00:00+08:00").returncode == 0
    (home / "intake" / "2023Q1").mkdir(parents=True, exist_ok=True)
    for path in sorted((SAMPLES / "2023Q1").glob("*.xlsx"))[:12]:
        shutil.copy(path, home / "intake" / "2023Q1")
    return home


@pytest.fixture(scope="module")
def alone(opened, tmp_path_factory) -> dict:
    """What one machine makes of it."""
    home = copied(opened, tmp_path_factory.mktemp("alone") / "home")
    assert duban(home, *COLLECT).returncode in (0, 1)
    return tables(Home(home))


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


def collects_alone(home: Path, alone: dict) -> None:
    assert len(list((home / "intake" / "2023Q1").iterdir())) == 12
    (home / "cluster.yaml").unlink()
    assert duban(home, *COLLECT).returncode in (0, 1)
    assert tables(Home(home)) == alone


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [("scheduler", "与 Dask 调度程序的连接断了"), ("worker", "工作进程都不在了：请重新启动它们后再运行")],
)
def test_a_scheduler_or_the_last_worker_that_dies_ends_the_run_with_a_sentence(opened, alone, tmp_path, lost, sentence):
    home = copied(opened, tmp_path / "home")
    with cluster(tmp_path / "cluster", home) as (scheduler, worker):
        victim = scheduler if lost == "scheduler" else worker
        until_ready(home)
        with lost_while_reading(worker.pid, lambda: ended(victim)) as seen:
            said = duban(home, *COLLECT)
    assert seen and said.returncode == 2, said.stderr
    assert sentence in said.stderr and "Traceback" not in said.stderr
    collects_alone(home, alone)


def test_workers_that_die_over_the_same_files_again_and_again_end_the_run_with_a_sentence(opened, alone, tmp_path):
    home = copied(opened, tmp_path / "home")
    spread_over(home, "local: 1\nfiles_per_task: 100\n")
    with lost_while_reading(os.getpid(), times=20) as lost:
        said = duban(home, *COLLECT)
    assert len(lost) >= 3, said.stderr  # Dask gives the same out three times again
    assert said.returncode == 2 and "接连有几个工作进程中止在上面" in said.stderr and "Traceback" not in said.stderr
    collects_alone(home, alone)


def until_ready(home: Path) -> None:
    """The check-up sees the worker."""
    import time

    from duban.doctor.spread import spread

    deadline = time.monotonic() + 120
    while "1 个工作进程" not in (said := spread(Home(home)).said):
        assert time.monotonic() < deadline, said
        time.sleep(1)
