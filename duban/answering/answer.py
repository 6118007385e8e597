"""Answering submissions: what was received is told to its sender, once, in the outbox."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from duban import lifecycle
from duban.answering.letters import note, receipt, refusal
from duban.answering.returned import write_returned
from duban.answering.submission import Entry, Finding, Submission
from duban.completeness import lacks_of
from duban.differences import differences
from duban.fault_points import reached
from duban.files import WAITING, write_text
from duban.fillin.form import Form
from duban.fillin.keys import key_ring
from duban.garbage import no_collection
from duban.home import Home
from duban.journal import keep_up, unwritten, write_out
from duban.opening import forms, record_templates
from duban.processes import Workers, sharing
from duban.quarters import Quarter
from duban.registry.ledgers import NO_LEDGERS, Ledgers
from duban.registry.registry import Registry
from duban.warehouse.connection import Connection, open_warehouse, query, records, transaction
from duban.warehouse.steps import record_step

UNIDENTIFIED = "unidentified"  # the outbox folder of what is nobody's that can be told


class Answers:
    """What is to be answered: `waiting`, with the forms by reporter that returns are written on. No dataclass: Prefect
    would look through all of it for futures each time it is handed on."""

    def __init__(self, waiting: list[Submission], forms: dict[str, Form]):
        self.waiting, self.forms = waiting, forms


def answer_all(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    again: Iterable[str] = (),
    ledgers: Ledgers = NO_LEDGERS,
) -> list[Path]:
    """Write an answer for every submission of the quarter without one, and for the accessions in `again`.

    Accepted: a receipt. Returned: its own figures in a form to mend, or a letter where there is nothing to mend.
    Set aside: a note. An answer is recorded once its file stands, so a killed run is continued by the next.
    Returns the paths.
    """
    answers = write_answers(home, registry, draw_up(home, registry, quarter, now, again, ledgers))
    note_answers(home, quarter, now, answers)
    return list(answers.values())


@no_collection()
def draw_up(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    again: Iterable[str] = (),
    ledgers: Ledgers = NO_LEDGERS,
) -> Answers:
    """Fetch all that the answers say which are wanting, and those in `again`; forms that have changed since they were
    issued are issued anew."""
    with open_warehouse(home.warehouse) as connection:
        waiting = _waiting(connection, quarter, now, list(again))
        return Answers(waiting, _forms(connection, home, registry, quarter, now, waiting, ledgers))


@no_collection()
def write_answers(home: Home, registry: Registry, answers: Answers) -> dict[str, Path]:
    """Write answers into the outbox, without the warehouse; returns their paths by accession once all stand."""
    if not answers.waiting:
        return {}
    with sharing(sum(submission.can_be_mended for submission in answers.waiting)) as workers:
        paths = _write(home, registry, answers, workers)
    reached("answers_stand")
    return {one.accession: path for one, path in zip(answers.waiting, paths, strict=True)}


def note_answers(home: Home, quarter: Quarter, now: dt.datetime, answers: Mapping[str, Path]) -> None:
    """Record answers that stand, by accession, in the warehouse and in the journal."""
    if not answers:
        reached("answered")
        keep_up(home)  # before anything leaves the intake folder, the journal has to know what came of it
        return
    with open_warehouse(home.warehouse) as connection:
        with transaction(connection):
            below = [path.relative_to(home.outbox).as_posix() for path in answers.values()]
            record_answers(connection, quarter, list(answers), below, now)
        steps = unwritten(home, connection)
    reached("answered")
    write_out(home, steps)  # as above


def record_answers(
    connection: Connection, quarter: Quarter, accessions: list[str], paths: list[str], now: dt.datetime
) -> None:
    """Note that answers stand, at these paths below the outbox; one that was written again counts from now."""
    known = connection.execute(
        "SELECT accession, path FROM answers WHERE answered_at = ? AND list_contains(?::VARCHAR[], accession)",
        [now, accessions],
    ).fetchall()
    told = [list(pair) for pair in zip(accessions, paths, strict=True) if pair not in known]
    if not told:  # written again by a run that takes up where a killed one left it
        return
    connection.execute(
        "INSERT INTO answers SELECT unnest(?), unnest(?), ?"
        " ON CONFLICT (accession) DO UPDATE SET path = excluded.path, answered_at = excluded.answered_at",
        [*map(list, zip(*told, strict=True)), now],
    )
    record_step(connection, "answered", quarter, now, {"answers": told})


def _write(home: Home, registry: Registry, answers: Answers, workers: Workers) -> list[Path]:
    """Write answers: the workbooks wherever the workers are, the letters here. Returns once all stand."""
    submissions = answers.waiting
    contact = registry.by_name[registry.plan.collected_by].full_name
    paths = [_path(home, submission) for submission in submissions]
    mended = [
        workers.submit(write_returned, path, answers.forms[submission.reporter], submission)
        for path, submission in zip(paths, submissions, strict=True)
        if submission.can_be_mended
    ]
    letters = [
        (path, _letter(submission, contact))
        for path, submission in zip(paths, submissions, strict=True)
        if not submission.can_be_mended
    ]
    with ThreadPoolExecutor(WAITING) as threads:
        for written in threads.map(_write_letters, (letters[n::WAITING] for n in range(WAITING))):
            for _ in range(written):
                reached("answer_written")
    for future in mended:
        future.result()
        reached("answer_written")
    return paths


def _write_letters(letters: list[tuple[Path, str]]) -> int:
    for path, text in letters:
        write_text(path, text)
    return len(letters)


def _path(home: Home, submission: Submission) -> Path:
    folder = UNIDENTIFIED if submission.verdict == "set_aside" or not submission.reporter else submission.reporter
    if submission.can_be_mended:
        kind = "退回修改.xlsx"
    else:
        kind = {"accepted": "回执.txt", "set_aside": "说明.txt", "returned": "退回说明.txt"}[submission.verdict]
    return home.outbox / submission.quarter / folder / f"{submission.accession}-{kind}"


def _letter(submission: Submission, contact: str) -> str:
    write = {"accepted": receipt, "set_aside": note, "returned": refusal}[submission.verdict]
    return write(submission, contact)


def _forms(
    connection: Connection,
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    waiting: list[Submission],
    ledgers: Ledgers,
) -> dict[str, Form]:
    """The forms, by reporter, that returns are written on: as last issued, or issued now if they have changed since."""
    wanted = {submission.reporter for submission in waiting if submission.can_be_mended}
    if not wanted:
        return {}
    ring = key_ring(home.keys, create=True)
    with transaction(connection):
        issuing = list(forms(connection, registry, quarter, now.date(), ledgers, wanted))
        recorded = record_templates(connection, quarter, issuing, now)
    return {one.form.reporter.code: one.form.issue(one.issued_at, ring) for one in recorded}


def _waiting(connection: Connection, quarter: Quarter, now: dt.datetime, again: list[str]) -> list[Submission]:
    """The submissions to answer, with all that their answers say."""
    rows = records(connection, "queries/unanswered", quarter=str(quarter), again=again or [""])
    accessions = [row["accession"] for row in rows] or [""]
    findings, codes, entries = defaultdict(list), defaultdict(list), defaultdict(list)
    for record in records(connection, "queries/findings_of", accessions=accessions):
        findings[record.pop("accession")].append(Finding(**record))
    for accession, project, name in query(connection, "queries/new_projects", accessions=accessions):
        codes[accession].append((project, name))
    returned = [row["accession"] for row in rows if row["verdict"] == "returned"] or [""]
    for accession, *entry in query(connection, "queries/entries_of", accessions=returned):
        entries[accession].append(Entry(*entry))
    compared = {row["accession"]: row["compared"] for row in rows if row["compared"] and row["verdict"] != "set_aside"}
    pairs = [(before["accession"], accession) for accession, before in compared.items()]
    changes = {new: tuple(found) for (_, new), found in differences(connection, pairs).items()}
    lacks = defaultdict(dict)
    for accession, item, words in lacks_of(connection, accessions):
        lacks[accession][item] = words
    counts = {row.pop("accession"): row for row in records(connection, "queries/entry_counts", accessions=accessions)}
    life = lifecycle.life_of(connection, quarter, now)
    uncounted = set(lifecycle.waiting(connection, life))
    return [
        Submission(
            accession=row["accession"],
            quarter=row["quarter"],
            reporter=row["reporter"],
            reporter_title=row["full_name"],
            file_name=row["file_name"],
            received_at=row["received_at"],
            arrived_at=row["arrived_at"],
            due=row["due"],
            verdict=row["verdict"],
            late=row["late"],
            supersedes=row["supersedes"],
            standing=row["standing"],
            compared=compared.get(row["accession"]),
            counts=counts.get(row["accession"], {}),
            projects=tuple(codes[row["accession"]]),
            findings=tuple(findings[row["accession"]]),
            entries=tuple(entries[row["accession"]]),
            changes=changes.get(row["accession"], ()),
            lacks=lacks[row["accession"]],
            waits=lifecycle.why_waiting(life) if row["accession"] in uncounted else "",
        )
        for row in rows
    ]
