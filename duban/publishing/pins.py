"""What a publication is made from, fixed before it is built: the same pins give the same workbook for ever."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from duban.errors import UserError
from duban.lifecycle import life_of
from duban.messages import MESSAGES, pinned_messages
from duban.publishing.decision import Decision, record_decision
from duban.publishing.ledgers import digest_of_records
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.files import read_text
from duban.theme import THEME, pinned_theme
from duban.warehouse.connection import Connection, records, transaction
from duban.warehouse.steps import VERSION, record_step

ISSUED, DRAFT, PAST = "issued", "draft", "past"


@dataclass(frozen=True)
class Edition:
    """A row of `publications`. `revision` is None for a draft and for a past state; `workbook` the digest it was issued
    with, None until its folder stands; `inputs` the digest of what it is made from."""

    publication: str
    revision: int | None
    registry: str
    as_of: dt.datetime
    pinned_at: dt.datetime
    workbook: str | None
    inputs: str


@dataclass(frozen=True)
class Submission:
    accession: str
    quarter: str
    digest: str
    verdict: str
    received_at: dt.datetime
    current: bool


@dataclass(frozen=True)
class State:
    """All that was known of a quarter at a moment: the rules it stood under, what had been received, the ledgers."""

    quarter: Quarter
    moment: dt.datetime
    registry: str
    submissions: tuple[Submission, ...]
    ledgers: dict

    @property
    def inputs(self) -> str:
        """SHA-256 of it. Times of receipt are no part of it: an accession number has only one."""
        whole = hashlib.sha256(f"registry {self.registry}\nledgers {digest_of_records(self.ledgers)}\n".encode())
        for one in self.submissions:
            whole.update(f"{one.accession} {one.verdict} {one.digest} {one.current}\n".encode())
        return whole.hexdigest()


def issued(connection: Connection, quarter: Quarter) -> list[Edition]:
    """The revisions of a quarter, the last one first; one that was cut off may be the first of them."""
    rows = records(connection, "queries/issued", quarter=str(quarter))
    return [Edition(**row) for row in rows]


def state_at(connection: Connection, quarter: Quarter, ledgers: dict, moment: dt.datetime) -> State:
    """What is known of a quarter at a moment: all its submissions received by then, and of the year's earlier quarters
    those that stood. Where the quarter was closed by then, what came after that waits. `ledgers` is what
    `pinned_ledgers` keeps of them on that day.

    Raises UserError where the quarter was not opened or nothing had been received.
    """
    rules = records(connection, "queries/rules_at", quarter=str(quarter), moment=moment)
    if not rules:
        raise UserError(f"{quarter} 尚未布置填报：请先运行 duban open {quarter}，收到填报表后再发布。")
    first, until = str(quarter.of_year[0]), life_of(connection, quarter, moment).closed_at or moment
    rows = records(connection, "queries/known_submissions", first=first, quarter=str(quarter), moment=until)
    submissions = tuple(Submission(**row) for row in rows)
    if not any(submission.quarter == str(quarter) for submission in submissions):
        raise UserError(
            f"截至 {moment:%Y-%m-%d %H:%M}，{quarter} 还没有收到任何报送，无可发布："
            f"请先运行 duban collect {quarter} 接收填报表；用了 --as-of 的，请核对时间。"
        )
    return State(quarter, moment, rules[0]["registry"], submissions, ledgers)


def pin(
    connection: Connection,
    state: State,
    kind: str = ISSUED,
    made_by: str | None = None,
    wording: dict | None = None,
    approval: Decision | None = None,
) -> Edition:
    """Store a state as the next revision, as the draft, or as a past state. Its lights are for the caller to fill in,
    in the same transaction. The version and the look and wordings are the installation's, unless others are meant;
    `approval` is the decision that lets it pass."""
    if wording is None:
        wording = {path.name: read_text(path) for path in (THEME, MESSAGES)}
    compared = [_compared(connection, state, earlier) for earlier in (False, True)]
    known = issued(connection, state.quarter)
    revision = (known[0].revision + 1 if known else 1) if kind == ISSUED else None
    name = {ISSUED: f"{state.quarter}-r{revision}"}.get(kind) or unissued_name(state.quarter, state.moment, kind)
    edition = Edition(
        publication=name,
        revision=revision,
        registry=state.registry,
        as_of=max(submission.received_at for submission in state.submissions),
        pinned_at=state.moment,
        workbook=None,
        inputs=state.inputs,
    )
    if approval:
        record_decision(connection, state.quarter, name, state.inputs, approval)
    connection.execute(
        "INSERT INTO publications BY NAME SELECT $1 AS publication, $2 AS quarter, $3::INTEGER AS revision,"
        " $4 AS registry, $5::TIMESTAMPTZ AS as_of, $6::TIMESTAMPTZ AS pinned_at, $7 AS base, $8 AS before,"
        " $9 AS ledgers, $10 AS inputs, $11 AS duban, $12 AS wording",
        [name, str(state.quarter), revision, edition.registry, edition.as_of, edition.pinned_at]
        + compared
        + [json.dumps(state.ledgers, ensure_ascii=False, sort_keys=True), edition.inputs, made_by or VERSION]
        + [json.dumps(wording, ensure_ascii=False)],
    )
    connection.execute(
        "INSERT INTO publication_submissions SELECT $1, unnest($2::VARCHAR[]), unnest($3::BOOLEAN[])",
        [name, [s.accession for s in state.submissions], [s.current for s in state.submissions]],
    )
    told = {"publication": name, "kind": kind, "inputs": edition.inputs, "base": compared[0], "before": compared[1]}
    texts = {"ledgers": state.ledgers, "wording": wording}
    record_step(connection, "pinned", state.quarter, state.moment, told, texts, edition.registry)
    return edition


def unissued_name(quarter: Quarter, moment: dt.datetime, kind: str) -> str:
    """The name of what is no revision: `2023Q1-draft`, or `2023Q1-asof-20230412T0900` (with seconds where there are
    any)."""
    local = moment.astimezone(TIME_ZONE)
    return f"{quarter}-draft" if kind == DRAFT else f"{quarter}-asof-{local:%Y%m%dT%H%M}{local:%S}".removesuffix("00")


def drop_unissued(connection: Connection, name: str) -> None:
    """Forget a draft or a past state. Two transactions, because DuckDB refuses to delete a row and those that refer to
    it in one; killed in between, the next one finishes it."""
    with transaction(connection):
        connection.execute("DELETE FROM lights WHERE publication = ?", [name])
        connection.execute("DELETE FROM publication_submissions WHERE publication = ?", [name])
    with transaction(connection):
        connection.execute("DELETE FROM publications WHERE publication = ? AND revision IS NULL", [name])


def record_issue(
    connection: Connection, publication: str, workbook: str, now: dt.datetime, by: str | None = None
) -> None:
    """Note that a publication's folder stands; a publication issued before keeps its first date."""
    open_ones = "SELECT quarter FROM publications WHERE publication = ? AND workbook IS NULL"
    for (quarter,) in connection.execute(open_ones, [publication]).fetchall():
        connection.execute(
            "UPDATE publications SET workbook = $1, issued_at = $2 WHERE publication = $3",
            [workbook, now, publication],
        )
        record_step(connection, "published", quarter, now, {"publication": publication, "workbook": workbook}, by=by)


@contextmanager
def worded(files: dict[str, str]) -> Iterator[None]:
    """Write with the look and the wordings that a publication pins, whatever the installation's are by now. Those that
    it does not pin, because it was issued before they were kept, are the installation's."""
    with ExitStack() as stack:
        for path, pinned in ((THEME, pinned_theme), (MESSAGES, pinned_messages)):
            if path.name in files:
                stack.enter_context(pinned(files[path.name]))
        yield


def _compared(connection: Connection, state: State, earlier: bool) -> str | None:
    """The last publication by then of the same quarter, or of the year's last `earlier` one that has any."""
    quarters = [one for one in state.quarter.of_year if one < state.quarter] if earlier else [state.quarter]
    found: Iterable[Edition] = (
        edition
        for quarter in reversed(quarters)
        for edition in issued(connection, quarter)
        if edition.workbook and edition.pinned_at <= state.moment
    )
    return next((edition.publication for edition in found), None)
