"""What a publication is made from, fixed before it is built: the same pins give the same workbook for ever."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version

from duban.errors import UserError
from duban.messages import MESSAGES
from duban.publishing.ledgers import digest_of_records
from duban.quarters import Quarter
from duban.settings import SCHEMAS
from duban.warehouse.connection import Connection, transaction

VERSION = version("duban")


@dataclass(frozen=True)
class Edition:
    """A row of `publications`. `revision` is None for a draft; `workbook` the digest it was issued with, None until
    its folder stands; `pinned` says that this call made it."""

    publication: str
    revision: int | None
    registry: str
    as_of: dt.datetime
    workbook: str | None
    pinned: bool


def pin_edition(connection: Connection, quarter: Quarter, ledgers: dict, draft: bool = False) -> Edition:
    """The edition to build next: one left unfinished, else the last issued one where nothing has changed since, else a
    new one, pinned. Its lights are for the caller to fill in, in the same transaction.

    `ledgers` is what `pinned_ledgers` keeps of them. Raises UserError where the quarter was not opened or nothing has
    been received.
    """
    registry = _opened(connection, quarter)
    last = None if draft else _last(connection, quarter)
    if last and last.workbook is None:
        return last
    submissions = _submissions(connection, quarter)
    if not any(submission.quarter == str(quarter) for submission in submissions):
        raise UserError(f"{quarter} 还没有收到任何报送，无可发布：请先运行 duban collect {quarter} 接收填报表。")
    inputs = _inputs(connection, quarter, registry, submissions, ledgers)
    if last and _inputs_of(connection, last.publication) == inputs:
        return last
    revision = None if draft else (last.revision + 1 if last else 1)
    name = f"{quarter}-draft" if draft else f"{quarter}-r{revision}"
    as_of = max(submission.received_at for submission in submissions)
    connection.execute(
        "INSERT INTO publications BY NAME SELECT $1 AS publication, $2 AS quarter, $3::INTEGER AS revision,"
        " $4 AS registry, $5::TIMESTAMPTZ AS as_of, $6 AS base, $7 AS ledgers, $8 AS inputs",
        [name, str(quarter), revision, registry, as_of, _base(connection, quarter)]
        + [json.dumps(ledgers, ensure_ascii=False, sort_keys=True), inputs],
    )
    connection.execute(
        "INSERT INTO publication_submissions SELECT $1, unnest($2::VARCHAR[]), unnest($3::BOOLEAN[])",
        [name, [s.accession for s in submissions], [s.current for s in submissions]],
    )
    return Edition(name, revision, registry, as_of, None, True)


def drop_draft(connection: Connection, quarter: Quarter) -> None:
    """Forget the last draft. Two transactions, because DuckDB refuses to delete a row and those that refer to it in
    one; killed in between, the next draft finishes it."""
    name = f"{quarter}-draft"
    with transaction(connection):
        connection.execute("DELETE FROM lights WHERE publication = ?", [name])
        connection.execute("DELETE FROM publication_submissions WHERE publication = ?", [name])
    with transaction(connection):
        connection.execute("DELETE FROM publications WHERE publication = ?", [name])


def record_issue(connection: Connection, publication: str, workbook: str, now: dt.datetime) -> None:
    """Note that a publication's folder stands; a publication issued before keeps its first date."""
    connection.execute(
        "UPDATE publications SET workbook = $1, issued_at = $2 WHERE publication = $3 AND workbook IS NULL",
        [workbook, now, publication],
    )


@dataclass(frozen=True)
class _Submission:
    accession: str
    quarter: str
    digest: str
    verdict: str
    received_at: dt.datetime
    current: bool


def _opened(connection: Connection, quarter: Quarter) -> str:
    found = connection.execute("SELECT registry FROM quarters WHERE quarter = ?", [str(quarter)]).fetchall()
    if not found:
        raise UserError(f"{quarter} 尚未布置填报：请先运行 duban open {quarter}，收到填报表后再发布。")
    return found[0][0]


def _last(connection: Connection, quarter: Quarter) -> Edition | None:
    found = connection.execute(
        "SELECT publication, revision, registry, as_of, workbook, false FROM publications"
        " WHERE quarter = ? AND revision IS NOT NULL ORDER BY revision DESC LIMIT 1",
        [str(quarter)],
    ).fetchall()
    return Edition(*found[0]) if found else None


def _base(connection: Connection, quarter: Quarter) -> str | None:
    """The last issued publication of this quarter or, for its first, of the year's earlier ones."""
    found = connection.execute(
        "SELECT publication FROM publications WHERE quarter BETWEEN $1 AND $2 AND workbook IS NOT NULL"
        " AND revision IS NOT NULL ORDER BY quarter DESC, revision DESC LIMIT 1",
        [str(quarter.of_year[0]), str(quarter)],
    ).fetchall()
    return found[0][0] if found else None


def _submissions(connection: Connection, quarter: Quarter) -> list[_Submission]:
    """All submissions of the quarter, and of the year's earlier quarters those that stand."""
    rows = connection.execute(
        "SELECT s.accession, s.quarter, s.digest, s.verdict, s.received_at,"
        " s.verdict = 'accepted' AND s.accession NOT IN"
        " (SELECT supersedes FROM submissions WHERE supersedes IS NOT NULL) AS current"
        " FROM submissions s WHERE s.quarter = $2 OR (s.quarter BETWEEN $1 AND $2 AND current)"
        " ORDER BY s.accession",
        [str(quarter.of_year[0]), str(quarter)],
    ).fetchall()
    return [_Submission(*row) for row in rows]


def _inputs_of(connection: Connection, publication: str) -> str:
    return connection.execute("SELECT inputs FROM publications WHERE publication = ?", [publication]).fetchall()[0][0]


def _inputs(
    connection: Connection, quarter: Quarter, registry: str, submissions: Iterable[_Submission], ledgers: dict
) -> str:
    """SHA-256 of everything that the workbook is made from."""
    obligations = connection.execute(
        "SELECT reporter, item, role, due FROM obligations WHERE quarter = ? ORDER BY ALL", [str(quarter)]
    ).fetchall()
    whole = hashlib.sha256(f"duban {VERSION}\nregistry {registry}\nledgers {digest_of_records(ledgers)}\n".encode())
    for path in (SCHEMAS / "theme.yaml", MESSAGES):
        whole.update(path.read_bytes())
    for submission in submissions:
        words = (submission.accession, submission.verdict, submission.digest, str(submission.current))
        whole.update((" ".join(words) + "\n").encode())
    for row in obligations:
        whole.update((" ".join(map(str, row)) + "\n").encode())
    return whole.hexdigest()
