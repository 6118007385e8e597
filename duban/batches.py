"""The batches of a collect run: while one is checked, the next is taken in and the answers to the one before are
written; while it is loaded, the next is read."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from duban.collecting import TAKEN, read_received
from duban.garbage import give_back


class Pending(Protocol):
    """Something under way, which goes on beside other steps until its result is asked for."""

    def result(self) -> Any: ...


class Steps(Protocol):
    """What is done with a batch, in this order; `folder` is its scratch."""

    def take_in(self, folder: Path, passed_over: list[str], before: Path | None) -> Pending:
        """Archive a batch of the intake but for these sources, and for repeats of the batch in `before`, which is not
        loaded yet; its result is what `duban.collecting.take_in` returns."""

    def read(self, folder: Path) -> Pending:
        """Read what is new into Parquet."""

    def check(self, folder: Path) -> Any:
        """Judge what was read."""

    def load(self, folder: Path) -> Any:
        """Load what was judged, in one transaction."""

    def answer(self, known: list[str]) -> Pending:
        """Write the answers that are wanting, and those of known files once more."""

    def finish(self, folder: Path, taken: dict, answers: Any) -> dict[str, str]:
        """Note the answers that `answer` wrote and clear the intake; what stays in it: {source: reason}."""


@dataclass(frozen=True)
class _Batch:
    folder: Path
    taken: dict
    reading: Pending | None  # None where there is nothing new

    @property
    def sources(self) -> list[str]:
        return [file.source for file in read_received(self.folder / TAKEN)]


def work_off(folder: Path, steps: Steps) -> tuple[list[dict], dict[str, str]]:
    """Take all through the steps, batch by batch; what each took in, and what was left: {source: reason}. `folder` is
    the run's scratch.

    The order is what makes a killed run harmless: bytes are archived before anything is recorded, everything is
    recorded in one transaction, answered from the record, and only then taken out of the intake folder. Whatever the
    kill left undone the next run finds and does. Nothing is loaded before the answers to the batch before are noted,
    so that the record is that of batches which come one by one.
    """
    all_taken: list[dict] = []
    left: dict[str, str] = {}
    answering: tuple[_Batch, Pending] | None = None
    begun: list[Pending] = []

    def started(pending: Pending) -> Pending:
        begun.append(pending)
        return pending

    def result(pending: Pending) -> Any:
        begun.remove(pending)
        return pending.result()

    def take_in(before: _Batch | None) -> tuple[Path, Pending]:
        own = folder / str(next(numbers))
        own.mkdir()
        under_way = [source for batch in (before, answering and answering[0]) if batch for source in batch.sources]
        return own, started(steps.take_in(own, [*left, *under_way], before and before.folder))

    def begin(own: Path, coming: Pending) -> _Batch:
        taken = result(coming)
        left.update(taken["left"])
        all_taken.append(taken)
        return _Batch(own, taken, started(steps.read(own)) if taken["new"] else None)

    def finish() -> None:
        nonlocal answering
        if answering:
            (batch, answers), answering = answering, None
            left.update(steps.finish(batch.folder, batch.taken, result(answers)))
            shutil.rmtree(batch.folder)

    numbers = count()
    try:
        batch = begin(*take_in(None))
        while batch:
            if batch.reading:
                result(batch.reading)
            coming = take_in(batch) if batch.taken["more"] else None
            if batch.reading:
                steps.check(batch.folder)
            finish()
            following = begin(*coming) if coming else None
            if batch.reading:
                steps.load(batch.folder)
            answering = batch, started(steps.answer(batch.taken["known"]))
            batch = following
            give_back()
        finish()
    except BaseException as error:
        if isinstance(error, Exception):
            with suppress(Exception):  # why the run fails is to be told, and what is loaded need not wait for it
                finish()
        for pending in begun:  # what they write goes to the run's folder, which is about to go
            with suppress(Exception):
                pending.result()
        raise
    return all_taken, left
