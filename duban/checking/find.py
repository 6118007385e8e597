"""Finding the faults of a run: the parts, the plan and earlier quarters side by side in a database in memory."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from duban.checking.earlier import Own, read_earlier
from duban.checking.findings import Fault
from duban.checking.settle import Settled
from duban.checking.validator import Validator
from duban.fillin.layout import BY_TABLE
from duban.home import Home
from duban.messages import Rule
from duban.quarters import Quarter
from duban.registry.ledgers import Ledgers
from duban.registry.registry import Registry
from duban.warehouse.connection import (
    SQL,
    Connection,
    arrow,
    copy_out,
    open_warehouse,
    query,
    records,
    sparing,
    text_of,
)
from duban.warehouse.plan import plan_tables
from duban.warehouse.wordings import PARTS, mark_texts

# one file a rule, named for it: it selects the cells or rows that break it
CHECKS = sorted(path.stem for path in (SQL / "queries" / "checks").glob("*.sql"))
# those that hold a submission against others and need all of a run side by side; any other rule needs its file alone
ACROSS = ("figure_outlies", "text_copied")
RESULTS = "expectations.json"  # what each expectation found, in the run's folder; absent where no file could be judged

Elsewhere = Callable[[list[Settled], Mapping[str, pa.Table]], Sequence[Path]]

_WORDS = Fault._fields.index("words")
_SETTLED = pa.schema([("file", pa.int32()), ("reporter", pa.string()), ("open", pa.bool_())])
_WAIVERS = pa.schema(
    [("number", pa.int32()), ("reporter", pa.string()), ("rule", pa.string()), ("item", pa.int32())]
    + [("input", pa.string()), ("because", pa.string())]
)
_SEVERITIES = pa.schema([("rule", pa.string()), ("base", pa.string())])
_STAMP_FAULTS = pa.schema(
    [("file", pa.int32()), ("rule", pa.string()), ("value", pa.string()), ("details", pa.string())]
)


@sparing
def find_faults(
    folder: Path,
    settled: list[Settled],
    registry: Registry,
    home: Home,
    quarter: Quarter,
    now: dt.datetime,
    validator: Validator,
    messages: Mapping[str, Rule],
    ledgers: Ledgers,
    elsewhere: Elsewhere | None = None,
    *,
    spare: bool = False,
) -> tuple[list[Fault], list[dict]]:
    """Every fault of the files in `folder`, one per cell or row, in order of file; and what was newly explained.

    Reading's own, the stamps', what Great Expectations finds in single entries and pairs of them, and what SQL finds
    across rows, tables and quarters. Where others look for what is wrong `elsewhere` within each file, only what needs
    all files is done here, and no validator is needed. Raises ValidatorFailed.
    """
    with open_warehouse(None, read_from=[folder], read_only=True, spare=spare) as connection:
        own = _side_by_side(connection, folder, settled, registry, quarter, messages)
        earlier = read_earlier(home, registry, quarter, ledgers, now.date(), own)
        _with_earlier(connection, earlier)
        if elsewhere:
            for path in elsewhere(settled, earlier):
                query(connection, "queries/checking/faults_in", faults=str(path.resolve()))
        else:
            _look_within(connection, folder, registry, validator)
        for rule in ACROSS:
            _insert(connection, rule)
        query(connection, "queries/checking/silence")
        query(connection, "queries/checking/explained")
        _register(connection, "waivers", ledgers.waivers_on(registry, quarter, now.date()), _WAIVERS)
        query(connection, "queries/checking/waived")
        found = query(connection, "queries/checking/found")
        explanations = records(connection, "queries/checking/explanations")
    return _faults(found), explanations


@sparing
def faults_within(
    folder: Path,
    settled: list[Settled],
    registry: Registry,
    earlier: Mapping[str, pa.Table],
    quarter: Quarter,
    validator: Validator,
    messages: Mapping[str, Rule],
    target: Path,
    *,
    spare: bool = False,
) -> None:
    """Write as Parquet what is wrong within each of the files in `folder`, for who looks at all of them. Raises
    ValidatorFailed."""
    with open_warehouse(None, read_from=[folder], read_only=True, spare=spare) as connection:
        _side_by_side(connection, folder, settled, registry, quarter, messages)
        _with_earlier(connection, earlier)
        [(known,)] = connection.execute("SELECT count(*) FROM faults").fetchall()
        _look_within(connection, folder, registry, validator)
        copy_out(connection, f"FROM faults WHERE rowid >= {known}", target)


def _side_by_side(
    connection: Connection,
    folder: Path,
    settled: list[Settled],
    registry: Registry,
    quarter: Quarter,
    messages: Mapping[str, Rule],
) -> Own:
    """Bring in the plan and the parts with their faults; returns what the warehouse is asked by."""
    senders = {one.reporter for one in settled}
    # a database without the warehouse's tables: those of the plan that are asked for here have the same names
    plan = plan_tables(registry, senders)
    for name, rows in plan.items():
        _keep(connection, name, rows)
    query(connection, "queries/checking/tables")
    query(connection, "queries/checking/scope", quarter=str(quarter), ends=quarter.end, year=registry.plan.year)
    severities = [{"rule": code, "base": rule.severity} for code, rule in messages.items()]
    _register(connection, "severities", severities, _SEVERITIES)
    _gather(connection, folder, settled)
    query(connection, "queries/checking/owed")
    query(connection, "queries/checking/texts")
    if not any(folder.glob(PARTS)):
        mark_texts(folder)
    own = Own(
        senders=pa.table({"reporter": pa.array([code for code in senders if code], pa.string())}),
        own_inputs=arrow(connection, "queries/checking/own_inputs"),
        own_wordings=arrow(connection, "queries/checking/own_wordings", parts=str(folder.resolve() / PARTS)),
        plan_reporters=plan["reporters"],
    )
    connection.register("own_wordings", own.own_wordings)
    return own


def _with_earlier(connection: Connection, earlier: Mapping[str, pa.Table]) -> None:
    for name, rows in earlier.items():
        connection.register(name, rows)
    query(connection, "queries/checking/rows")


def _look_within(connection: Connection, folder: Path, registry: Registry, validator: Validator) -> None:
    """Find what is wrong within each file: by the expectations, and by the rules in SQL that need no other file."""
    with ThreadPoolExecutor(1) as beside:
        query(connection, "queries/checking/frame", year=registry.plan.year)
        query(connection, "queries/checking/folded")
        judging = _judge(connection, folder, validator, beside)
        for rule in CHECKS:
            if rule not in ACROSS:
                _insert(connection, rule)
        if judging:
            query(connection, "queries/checking/failures", failures=judging.result())


def _faults(rows: Sequence[tuple]) -> list[Fault]:
    """A fault of a row that is not there stands in no sheet of the file; it names the sheet as it was issued."""
    words = json.loads(f"[{','.join([row[_WORDS] for row in rows])}]")  # all of them at once: a tenth of the work
    issued = {tab: sheet.title for tab, sheet in BY_TABLE.items()}
    return [
        Fault(*row[:4], row[4] or issued.get(row[3], ""), *row[5:_WORDS], own, *row[_WORDS + 1 :])
        for row, own in zip(rows, words, strict=True)
    ]


def _gather(connection: Connection, folder: Path, settled: list[Settled]) -> None:
    """Bring in the parts; the content of files that are not open stays out."""
    parts = folder.resolve()
    query(connection, "queries/checking/reading_faults", faults=str(parts / "faults-*.parquet"))
    faults = [
        {"file": fault.file, "rule": fault.rule, "value": fault.value, "details": fault.details}
        for one in settled
        for fault in one.faults
    ]
    _register(connection, "stamp_faults", faults, _STAMP_FAULTS)
    connection.execute("INSERT INTO faults BY NAME FROM stamp_faults")
    states = [{"file": s.sent.file, "reporter": s.reporter, "open": s.state == "open"} for s in settled]
    _register(connection, "settled", states, _SETTLED)
    query(connection, "queries/checking/sent")
    query(connection, "queries/checking/found_entries", entries=str(parts / "entries-*.parquet"))


def _insert(connection: Connection, rule: str) -> None:
    """Run the SQL of one rule; the columns that it does not select keep their defaults."""
    connection.execute(
        f"INSERT INTO faults BY NAME SELECT '{rule}' AS rule, * FROM (\n{text_of(f'queries/checks/{rule}')})"
    )


def _judge(
    connection: Connection, folder: Path, validator: Validator, beside: ThreadPoolExecutor
) -> Future[str] | None:
    """Have the frame judged by the validating process, which takes as long as the rules in SQL; the path of the rows
    that failed. An empty frame would pass everything; it only comes about when no file is open."""
    if not connection.execute("SELECT count(*) FROM frame").fetchall()[0][0]:
        return None
    frame, failures = folder.resolve() / "frame.parquet", folder.resolve() / "failures.parquet"
    copy_out(connection, text_of("queries/checking/frame_out"), frame)

    def judge() -> str:
        validator.validate(frame, failures, folder / RESULTS)
        return str(failures)

    return beside.submit(judge)


def _register(connection: Connection, name: str, rows: list[dict], schema: pa.Schema) -> None:
    # from_pylist would refuse the columns that a query has more than the schema
    connection.register(name, pa.Table.from_pylist([{k: row[k] for k in schema.names} for row in rows], schema))


def _keep(connection: Connection, name: str, rows: pa.Table) -> None:
    """A table of its own, for what is asked of again and again."""
    connection.register("incoming", rows)
    connection.execute(f"CREATE TEMP TABLE {name} AS FROM incoming")
    connection.unregister("incoming")
