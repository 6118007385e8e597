"""The order of the steps of several batches: what goes on beside what, and what waits for what."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from duban.batches import work_off
from duban.collecting import TAKEN, write_received
from duban.intake import Received


class Told:
    """Steps that tell of themselves: `batches` is how many there are, `fails` the step at which one breaks."""

    def __init__(self, batches: int, fails: str = ""):
        self.batches, self.fails, self.told = batches, fails, []

    def begin(self, folder: Path, passed_over: list[str], before: Path | None) -> "Pending":
        number = int(folder.name)
        self._tell(f"begin {number} but {' '.join(passed_over)}; after {before and before.name}")
        write_received(folder / TAKEN, [Received(0, f"f{number}", "f", "", 1, "d")])
        more = number + 1 < self.batches
        taken = {"taken_in": 1, "new": 1, "known": [], "left": {f"left {number}": "open"}, "more": more}
        return Pending(self, f"was read {number}", taken)

    def check(self, folder: Path) -> None:
        self._tell(f"check {folder.name}")

    def load(self, folder: Path) -> list[str]:
        self._tell(f"load {folder.name}")
        return [f"loaded {folder.name}"]

    def answer(self, folder: Path, loaded: list[str], known: list[str]) -> "Pending":
        assert loaded == [f"loaded {folder.name}"]
        self._tell("answer")
        return Pending(self, "answered", "answers")

    def finish(self, folder: Path, taken: dict, answers: str) -> dict[str, str]:
        self._tell(f"finish {folder.name}")
        return {f"kept {folder.name}": "kept"}

    def _tell(self, what: str) -> None:
        self.told.append(what)
        if what == self.fails:
            raise ZeroDivisionError


class Pending:
    def __init__(self, steps: Told, what: str, value: object):
        self._steps, self._what, self._future = steps, what, Future()
        self._future.set_result(value)

    def result(self) -> object:
        self._steps._tell(self._what)
        return self._future.result()


def test_the_next_batch_is_taken_in_and_read_beside_the_check_and_answers_are_written_beside_the_next(tmp_path):
    steps = Told(3)
    assert work_off(tmp_path, steps) == (
        [
            {"taken_in": 1, "new": 1, "known": [], "left": {f"left {number}": "open"}, "more": number < 2}
            for number in range(3)
        ],
        {f"left {number}": "open" for number in range(3)} | {f"kept {number}": "kept" for number in range(3)},
    )
    assert steps.told == [
        *("begin 0 but ; after None", "was read 0"),
        *("begin 1 but left 0 f0; after 0", "check 0", "load 0", "answer"),
        *("was read 1", "begin 2 but left 0 left 1 f1 f0; after 1", "check 1", "answered", "finish 0"),
        *("load 1", "answer", "was read 2", "check 2", "answered", "finish 1", "load 2", "answer"),
        *("answered", "finish 2"),
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("fails", "then"),
    [
        ("check 1", ["answered", "finish 0", "was read 2"]),
        ("load 1", ["was read 2"]),
        ("answered", ["was read 2"]),
        ("finish 0", ["was read 2"]),
        ("was read 1", ["answered", "finish 0"]),
    ],
)
def test_a_run_that_fails_waits_for_what_is_under_way_and_finishes_what_is_loaded(tmp_path, fails, then):
    steps = Told(3, fails)
    with pytest.raises(ZeroDivisionError):
        work_off(tmp_path, steps)
    place = steps.told.index(fails)
    assert steps.told[place + 1 :] == then
