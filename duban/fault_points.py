"""Named places between the steps of a run, where a test may kill it. In a run of any other kind they do nothing.

`DUBAN_KILL_AT=archived` kills the process (-9) where it first comes by the point of that name.
"""

import os
import signal
from collections.abc import Callable

VARIABLE = "DUBAN_KILL_AT"
POINTS = {
    # open
    "workbooks_written": "every fill-in workbook stands in the outbox; its rows are not committed",
    "opened": "what is owed and what was issued are committed",
    # collect
    "copied": "a file's bytes are written and synced under a temporary name in the archive",
    "archived": "every file stands in the archive under its digest, and its folders are synced",
    "sorted_out": "it is known which files are new",
    "read": "the new files are read, into scratch",
    "checked": "verdicts and findings are in scratch",
    "numbered": "inside the transaction: submissions are inserted with their accession numbers",
    "loaded": "the transaction is committed",
    "answer_written": "one answer stands in the outbox, others may not; none is recorded",
    "answers_stand": "a batch of answers stands in the outbox; that is not recorded",
    "answered": "the answers are recorded",
    "removed": "a file has been taken out of the intake folder",
    "cleared": "all that was answered has been taken out of the intake folder",
    # publish
    "pinned": "what a publication is made of is committed; nothing of it is written",
    "built": "the publication's folder is whole under a temporary name",
    "placed": "the publication stands under its name; that is not recorded",
    "issued": "the issue is recorded",
}
act: Callable[[str], None] | None = None  # what happens at each point


def reached(point: str) -> None:
    """Come by a point of `POINTS`."""
    if act is not None:
        act(point)


def kill_at(wanted: str) -> Callable[[str], None]:
    """What to do at each point in order to die at one. Raises ValueError for a name that no point has."""
    if wanted not in POINTS:
        raise ValueError(f"{VARIABLE}={wanted}: there is no such point, only {', '.join(POINTS)}")

    def kill(point: str) -> None:
        if point == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


if VARIABLE in os.environ:
    act = kill_at(os.environ[VARIABLE])
