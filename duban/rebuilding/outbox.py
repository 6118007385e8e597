"""What is gone from the outbox, written again: answers and fill-in workbooks as the record tells of them.

They are made in a scratch home with a copy of the warehouse, by the functions that made them first, so that the record
itself stays as it is.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from duban.answering.answer import answer_all
from duban.files import atomic_path
from duban.home import Home
from duban.journal import Step, kept_registry, kept_text
from duban.opening import open_quarter
from duban.quarters import Quarter
from duban.registry.ledgers import ledgers_of
from duban.warehouse.connection import open_warehouse, query


def restore_outbox(home: Home, steps: Sequence[Step], scratch: Path) -> dict:
    """Write what is missing: {"answers", "workbooks": how many were written, "changed": how many workbooks were not,
    because plan or duban have moved on since and they would be others now}."""
    told = {"answers": 0, "workbooks": 0, "changed": 0}
    copy = Home(scratch / "outbox")
    copy.root.mkdir()
    shutil.copyfile(home.warehouse, copy.warehouse)
    if home.keys.is_dir():
        copy.keys.symlink_to(home.keys.resolve())
    with open_warehouse(copy.warehouse) as connection:
        answers = query(connection, "queries/journal/answers")
        opened = query(connection, "queries/rehearsal/opened")
    for quarter, registry, _ in opened:
        rules = kept_registry(home, registry)
        done = [step for step in steps if step.quarter == quarter]
        judged_by = next((one.details["ledgers"] for one in reversed(done) if one.kind == "received"), None)
        ledgers = ledgers_of(kept_text(home, judged_by) if judged_by else {}, rules)
        now = done[-1].at
        gone = {path: one for one, of, path in answers if of == quarter and not (home.outbox / path).exists()}
        before = _issued(copy, quarter)
        workbooks = open_quarter(copy, rules, Quarter.parse(quarter), now, ledgers=ledgers)
        after = _issued(copy, quarter)
        for path in workbooks:
            below, reporter = path.relative_to(copy.outbox), path.parent.name
            if (home.outbox / below).exists():
                continue
            same = after[reporter] == before.get(reporter)
            told["workbooks" if same else "changed"] += 1
            if same:
                _put(path, home.outbox / below)
        if gone:
            answer_all(copy, rules, Quarter.parse(quarter), now, again=gone.values(), ledgers=ledgers)
            for path in gone:
                if (copy.outbox / path).exists():
                    _put(copy.outbox / path, home.outbox / path)
                    told["answers"] += 1
    return told


def _issued(home: Home, quarter: str) -> dict[str, tuple]:
    """What each reporter was last issued, and when."""
    with open_warehouse(home.warehouse) as connection:
        return {
            reporter: tuple(last)
            for reporter, *last in query(connection, "queries/present_forms", quarter=quarter, only=None)
        }


def _put(path: Path, to: Path) -> None:
    with atomic_path(to) as temporary:
        shutil.copyfile(path, temporary)
