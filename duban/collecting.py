"""The seams of a collect run: which of the received files are new, and what the run answered."""

import datetime as dt
import json
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from duban.checking.settle import hint_of
from duban.fault_points import reached
from duban.files import WAITING, write_text
from duban.home import Home
from duban.intake import Received, Taken, clear, take_batch
from duban.lifecycle import require_opened
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import Ledgers
from duban.registry.registry import Registry
from duban.severities import DOUBTFUL
from duban.warehouse.connection import open_warehouse, query, records, transaction
from duban.warehouse.due import move_due_dates, noted_dues

TAKEN, NEW = "taken.json", "received.json"  # lists in a batch's folder: all that was taken in, and what is to be read


def last_receipt(home: Home) -> dt.datetime | None:
    """When the last file of all was received, in Asia/Shanghai."""
    if not home.warehouse.exists():
        return None
    with open_warehouse(home.warehouse, looking=True) as connection:
        [(moment,)] = query(connection, "queries/last_receipt")
    return moment and moment.astimezone(TIME_ZONE)


def follow_extensions(home: Home, registry: Registry, quarter: Quarter, ledgers: Ledgers, now: dt.datetime) -> None:
    """Move the due dates of an open quarter to where the extensions of the day put them."""
    dues = ledgers.dues(registry, quarter, now.date())
    with open_warehouse(home.warehouse, looking=True) as connection:
        if dues == noted_dues(connection, quarter):
            return  # whoever records obligations moves them to the dates that are noted
    with open_warehouse(home.warehouse) as connection, transaction(connection):
        move_due_dates(connection, quarter, dues, now)


def take_in(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    ledgers: Ledgers,
    now: dt.datetime,
    most: int,
    folder: Path,
    passed_over: list[str],
    before: Path | None = None,
) -> dict:
    """Archive a batch of what lies in the intake folder and list it in `folder`: {taken_in, new, known: [accession, …],
    left: {source: reason}, more}. Left out are the sources that are passed over, and repeats of the batch in `before`,
    which is not loaded yet."""
    opened_at = require_opened(home, quarter)
    follow_extensions(home, registry, quarter, ledgers, now)
    batch = take_batch(
        home,
        quarter,
        most,
        lambda inside, name: hint_of(inside, name, registry),
        set(passed_over),
        now=now,
        opened_at=opened_at,
    )
    batch = without_repeats_of(batch, read_received(before / TAKEN) if before else [])
    new, known = sort_out(home, registry, quarter, batch.received)
    write_received(folder / TAKEN, batch.received)
    write_received(folder / NEW, new)
    return {
        "taken_in": len(batch.received),
        "new": len(new),
        "known": known,
        "left": {one.source: one.reason for one in batch.left},
        "more": batch.more,
    }


def without_repeats_of(batch: Taken, under_way: list[Received]) -> Taken:
    """A batch without the files whose very bytes are under way in another, which is not loaded yet: whether they are
    known shows when it is. They stay in the intake for a later batch."""
    digests = {file.digest for file in under_way}
    received = [file for file in batch.received if file.digest not in digests]
    return Taken(received, batch.left, batch.more or len(received) < len(batch.received))


def sort_out(
    home: Home, registry: Registry, quarter: Quarter, received: list[Received]
) -> tuple[list[Received], list[str]]:
    """Tell new files from known ones: those to read, each once, and the accessions of those that were judged before.

    A file is known when its reporter has sent the same bytes in the quarter. From another reporter they are another
    submission: two offices may both send an empty file, and one may send what belongs to the other.
    """
    reached("archived")
    judged = _judged(home, quarter, received)
    fresh: dict[tuple[str, str | None], Received] = {}
    known: set[str] = set()
    for file in received:
        hint = hint_of(file.folder, file.file_name, registry)
        same = _same(file, hint, judged)
        known.update(row["accession"] for row in same)
        if not same:
            fresh.setdefault((file.digest, hint), file)
    reached("sorted_out")
    return list(fresh.values()), sorted(known)


def repeats(home: Home, registry: Registry, quarter: Quarter, taken: list[Received], new: list[Received]) -> list[dict]:
    """The files of a run that were sent before, or twice, once the `new` ones are loaded and answered: each with the
    accession number that its content goes by and the path of its answer, in order of place."""
    if len({file.digest for file in new}) == len(taken):
        return []  # nothing is known of bytes that are all new, and none of them the same
    judged, fresh, first = _judged(home, quarter, taken), {file.place for file in new}, set()
    found = []
    for file in taken:
        same = _same(file, hint_of(file.folder, file.file_name, registry), judged)
        accessions = {row["accession"] for row in same}
        if file.place not in fresh or accessions <= first:  # from two folders, the same may be read twice
            found += [
                {"file": file.source, "accession": row["accession"], "answer": str(home.outbox / row["path"])}
                for row in same
            ]
        first |= accessions
    return found


def _judged(home: Home, quarter: Quarter, files: list[Received]) -> dict[str, list[dict]]:
    """What the quarter knows of these files' content, by digest."""
    judged, digests = defaultdict(list), [file.digest for file in files]
    with open_warehouse(home.warehouse, looking=True) as connection:
        for row in records(connection, "queries/judged", quarter=str(quarter), digests=digests):
            judged[row["digest"]].append(row)
    return judged


def _same(file: Received, hint: str | None, judged: dict[str, list[dict]]) -> list[dict]:
    """The submissions that a file is the same as. A stamp outweighs a file's name, but not the folder it lies in."""
    return [
        row
        for row in judged.get(file.digest, ())
        if row["reporter"] == hint or (row["template"] and file.folder != hint)
    ]


def clear_all(home: Home, taken: list[Received]) -> list[str]:
    """Take what was answered out of the intake folder, the last step of all; returns the sources of what stayed."""
    kept = []
    with ThreadPoolExecutor(WAITING) as threads:
        for file, cleared in zip(taken, threads.map(lambda file: clear(home, file), taken), strict=True):
            if not cleared:
                kept.append(file.source)
            reached("removed")
    reached("cleared")
    return kept


def write_received(path: Path, received: list[Received]) -> Path:
    """Hand a list of received files to a later step, as JSON."""
    return write_text(path, json.dumps([asdict(file) for file in received], ensure_ascii=True))


def read_received(path: Path) -> list[Received]:
    return [Received(**fields) for fields in json.loads(path.read_text(encoding="utf-8"))]


def answered(home: Home, quarter: Quarter, paths: list[Path]) -> list[dict]:
    """What the answers that this run wrote say, one record each, in the order of accession numbers.

    `findings` counts by severity, `rules` by rule; `doubtful` are those of them that make it doubtful who sent the
    file; `answer` is the path of the answer.
    """
    written = {path.relative_to(home.outbox).as_posix(): str(path) for path in paths}
    if not written:
        return []
    with open_warehouse(home.warehouse, looking=True) as connection:
        rows = records(connection, "queries/answered", quarter=str(quarter), paths=list(written))
    found = []
    for row in rows:
        rules, answer = dict(row["rules"]), written[row.pop("path")]
        doubtful = [rule for rule in DOUBTFUL if rule in rules]
        told = {"findings": dict(row["findings"]), "rules": rules, "doubtful": doubtful, "answer": answer}
        found.append(row | told)
    return found
