import math
import os
import pickle
import signal
import subprocess
import sys
import time

import pytest

import duban.processes as processes
from duban.processes import WORTH, ChildLost, Here, sharing
from duban.settings import REPOSITORY

MANY = 2 * WORTH


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_little_work_is_done_here_and_much_in_children():
    with sharing(MANY - 1) as workers:
        assert isinstance(workers, Here)
        assert workers.submit(os.getpid).result() == os.getpid()
    with sharing(MANY) as workers:
        assert len(workers.ids) == 2
        assert {workers.submit(os.getpid).result() for _ in range(4)} <= set(workers.ids)
    with sharing(1000, processes=3) as workers:
        assert len(workers.ids) == 3


def test_results_belong_to_their_pieces_and_work_goes_on_side_by_side(tmp_path):
    with sharing(MANY) as workers:
        meet = "timeout 30 sh -c 'touch {0}/{1}; until [ -e {0}/{2} ]; do sleep 0.02; done'"
        meetings = [workers.submit(os.system, meet.format(tmp_path, *pair)) for pair in ("ab", "ba")]
        assert [meeting.result() for meeting in meetings] == [0, 0]
        squares = [workers.submit(pow, number, 2) for number in range(100)]
        assert [square.result() for square in squares] == [number**2 for number in range(100)]


def test_what_is_printed_is_no_answer():
    with sharing(MANY) as workers:
        assert workers.submit(print, "被打印").result() is None
        assert workers.submit(os.system, "echo printed").result() == 0


def test_an_error_comes_back_as_it_was_raised_and_says_where():
    with sharing(MANY) as workers:
        with pytest.raises(FileNotFoundError) as caught:
            workers.submit(os.stat, "/nowhere/at/all").result()
        assert caught.value.filename == "/nowhere/at/all"
        assert "In a child process:\nTraceback" in caught.value.__notes__[0]
        with pytest.raises((pickle.PicklingError, AttributeError)):
            workers.submit(lambda: None).result()
        assert workers.submit(math.sqrt, 9).result() == 3  # neither cost a child


def test_a_child_that_dies_is_an_error_and_the_others_are_ended():
    with pytest.raises(ChildLost, match="a child process ended with 9"), sharing(MANY) as workers:
        children = workers.ids
        workers.submit(os._exit, 9).result()
    assert all(map(gone, children))
    with pytest.raises(ChildLost, match="ended with -9"), sharing(MANY) as workers:
        for child in workers.ids:
            os.kill(child, signal.SIGKILL)
        workers.submit(math.sqrt, 9).result()


def test_what_was_not_begun_is_dropped_and_what_was_begun_is_finished(tmp_path):
    with pytest.raises(KeyboardInterrupt), sharing(MANY) as workers:
        workers.submit(math.sqrt, 4).result()
        children = workers.ids
        for number in range(40):
            workers.submit(os.system, f"sleep 0.2; touch {tmp_path}/{number}")
        time.sleep(0.1)
        raise KeyboardInterrupt
    assert all(map(gone, children))
    assert len(list(tmp_path.iterdir())) < 40


def test_a_child_that_does_not_end_is_killed(monkeypatch):
    monkeypatch.setattr(processes, "_PATIENCE", 0.2)
    with sharing(MANY) as workers:
        children = workers.ids
        for child in children:
            os.kill(child, signal.SIGSTOP)
    assert all(map(gone, children))


def test_a_child_imports_neither_the_program_that_was_started_nor_what_it_needs_not():
    with sharing(MANY) as workers:
        loaded = workers.submit(eval, "sorted(__import__('sys').modules)").result()
        main = workers.submit(eval, "__import__('sys').modules['__main__'].__spec__.name").result()
    assert main == "duban.processes"
    assert not {"pytest", "prefect", "duckdb", "pandas"} & set(loaded) and "pytest" in sys.modules


def test_what_arrow_frees_is_the_systems_again_in_every_process():
    says = "import pyarrow; print(pyarrow.default_memory_pool().backend_name, flush=True)"
    code = f"import duban, subprocess, sys; {says}; subprocess.run([sys.executable, '-c', {says!r}])"
    told = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    said = subprocess.run([sys.executable, "-c", code], env=told, cwd=REPOSITORY, capture_output=True, text=True)
    assert said.stdout.split() == ["system", "system"]
