"""The batches of a collect run: while one is checked and loaded, the next is taken in and read, and the answers to the
one before are written, with the page that shows how it was judged."""

import shutil
from contextlib import suppress
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

    def begin(self, folder: Path, passed_over: list[str], before: Path | None) -> Pending:
        """Archive a batch of the intake but for these sources, and for repeats of the batch in `before`, which is not
        loaded yet, and read what is new into Parquet. Its result is what `duban.collecting.take_in` returns."""

    def check(self, folder: Path) -> Any:
        """Judge what was read."""

    def load(self, folder: Path) -> list[str]:
        """Load what was judged, in one transaction; its accession numbers."""

    def answer(self, folder: Path, loaded: list[str], known: list[str]) -> Pending:
        """Show how what was loaded was judged, write the answers that are wanting, and those of known files once
        more."""

    def finish(self, folder: Path, taken: dict, answers: Any) -> dict[str, str]:
        """Note the answers that `answer` wrote and clear the intake; what stays in it: {source: reason}."""


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
    answering: tuple[Path, dict, Pending] | None = None
    begun: list[Pending] = []

    def started(pending: Pending) -> Pending:
        begun.append(pending)
        return pending

    def result(pending: Pending) -> Any:
        begun.remove(pending)
        return pending.result()

    def begin(number: int, before: Path | None) -> tuple[Path, Pending]:
        own = folder / str(number)
        own.mkdir()
        under_way = [batch for batch in (before, answering and answering[0]) if batch]
        sources = [file.source for batch in under_way for file in read_received(batch / TAKEN)]
        return own, started(steps.begin(own, [*left, *sources], before))

    def finish() -> None:
        nonlocal answering
        if answering:
            (batch, taken, answers), answering = answering, None
            left.update(steps.finish(batch, taken, result(answers)))
            shutil.rmtree(batch)

    try:
        batch, reading = begin(0, None)
        for number in count(1):
            taken = result(reading)
            left.update(taken["left"])
            all_taken.append(taken)
            coming = begin(number, batch) if taken["more"] else None
            if taken["new"]:
                steps.check(batch)
                give_back()
            finish()
            loaded = []
            if taken["new"]:
                loaded = steps.load(batch)
                give_back()
            answering = batch, taken, started(steps.answer(batch, loaded, taken["known"]))
            if coming is None:
                break
            batch, reading = coming
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
