"""Checking what reading found: who sent it, whether it is whole and plausible, and what to say about it."""

import datetime as dt
import json
import sys
from collections.abc import Collection, Mapping
from importlib import import_module
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.parquet as pq

from duban.checking.find import Elsewhere, find_faults
from duban.checking.findings import Fault, Finding, word_findings
from duban.checking.settle import Sent, Settled, settle
from duban.checking.validator import Validator
from duban.fault_points import reached
from duban.garbage import no_collection
from duban.home import Home
from duban.messages import MESSAGES, Rule, load_messages
from duban.quarters import Quarter
from duban.registry.files import read_text
from duban.registry.ledgers import NO_LEDGERS, Ledgers
from duban.registry.registry import Registry
from duban.warehouse.connection import open_warehouse, query
from duban.warehouse.load import JUDGED_BY

_READ = ("file", "digest", "readable", "token_ok", "plan", "quarter", "reporter", "registry", "template")
RECEIVED = "received.json"  # the received files that reading was given, in the run's folder

_SUBMISSIONS = pa.schema(
    [
        ("file", pa.int32()),
        ("digest", pa.string()),
        ("file_name", pa.string()),
        ("folder", pa.string()),
        ("size", pa.int64()),
        ("arrived_at", pa.string()),
        ("quarter", pa.string()),
        ("reporter", pa.string()),
        ("registry", pa.string()),
        ("template", pa.string()),
        ("verdict", pa.string()),
    ]
)
_FINDINGS = pa.schema(
    [
        ("file", pa.int32()),
        ("place", pa.int32()),
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("item", pa.int32()),
        ("sheet", pa.string()),
        ("cells", pa.list_(pa.string())),
        ("value", pa.string()),
        ("message", pa.string()),
        ("remedy", pa.string()),
        ("settled", pa.string()),
        ("because", pa.string()),
    ]
)
_EXPLANATIONS = pa.schema(
    [
        ("file", pa.int32()),
        ("rule", pa.string()),
        ("item", pa.int32()),
        ("subject", pa.string()),
        ("value", pa.string()),
        ("text", pa.string()),
    ]
)


def import_ahead() -> None:
    """Prepare pyarrow: its compute functions are imported in a thread, beside whoever waits for a disk. Pandas, for
    which it looks at its first array of a list and never again, it does not find: nothing here makes a frame."""
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _NoPandas)
        pa.array([0])
        sys.meta_path.remove(_NoPandas)
    Thread(target=import_module, args=("pyarrow.compute",), name="imports", daemon=True).start()


class _NoPandas:
    """For as long as it finds modules, there is no pandas."""

    @staticmethod
    def find_spec(name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ImportError(name)


@no_collection()
def check_run(
    folder: Path,
    registry: Registry,
    home: Home,
    quarter: Quarter,
    now: dt.datetime,
    validator: Validator | None,
    messages: Mapping[str, Rule] | None = None,
    ledgers: Ledgers = NO_LEDGERS,
    elsewhere: Elsewhere | None = None,
) -> list[Fault]:
    """Check the parts in `folder` and write `submissions.parquet` (a verdict per file), `findings.parquet` and
    `explanations.parquet` there; returns the faults that the findings word.

    `messages` where others than the repository's are meant; no `validator` is needed where what is wrong within each
    file is looked for `elsewhere`. Raises ValidatorFailed when Great Expectations could not
    judge; nothing is written then.
    """
    reached("read")
    messages = messages or load_messages()
    received = _sent(folder)
    strange = {one.reporter for one in received if one.registry != registry.digest and one.reporter}
    issued = _issued(home, quarter, strange) if strange else {}
    settled = [settle(sent, registry, quarter, issued) for sent in received]
    faults, explanations = find_faults(
        folder, settled, registry, home, quarter, now, validator, messages, ledgers, elsewhere
    )
    findings = word_findings(faults, messages, {"quarter": str(quarter)})
    _write(folder / "explanations.parquet", explanations, _EXPLANATIONS)
    columns = zip(*findings, strict=True) if findings else [()] * len(_FINDINGS)
    arrays = [pa.array(column, of.type) for column, of in zip(columns, _FINDINGS, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=_FINDINGS), folder / "findings.parquet")
    _write(folder / "submissions.parquet", _submissions(settled, findings, registry, quarter), _SUBMISSIONS)
    judged_by = {"ledgers": dict(ledgers.files), "wording": {MESSAGES.name: read_text(MESSAGES)}}
    (folder / JUDGED_BY).write_text(json.dumps(judged_by), encoding="utf-8")
    reached("checked")
    return faults


def verdict(settled: Settled, findings: list[Finding]) -> str:
    """Nobody's files are set aside; others are returned for anything worse than a notice that is not settled: a doubt
    without an explanation, a fault without a waiver."""
    if settled.state != "open":
        return settled.state
    return "returned" if any(f.severity != "notice" and not f.settled for f in findings) else "accepted"


def _sent(folder: Path) -> list[Sent]:
    """The files of the run, in order of place."""
    sources = {record["place"]: record for record in json.loads((folder / RECEIVED).read_text(encoding="utf-8"))}
    parts = [pq.read_table(part, columns=list(_READ)) for part in sorted(folder.glob("files-*.parquet"))]
    files = [record for part in parts for record in part.to_pylist()]
    sent = []
    for record in sorted(files, key=lambda record: record["file"]):
        source = sources[record["file"]]
        told = {word: source.get(word) for word in ("file_name", "folder", "size", "arrived_at")}
        sent.append(Sent(**record, **told))
    return sent


def _issued(home: Home, quarter: Quarter, reporters: Collection[str]) -> dict[str, str]:
    """The registry under which the present form of the quarter of each of these reporters was issued."""
    if not home.warehouse.exists():
        return {}
    with open_warehouse(home.warehouse, looking=True) as connection:
        return {
            reporter: under
            for reporter, _, under, _ in query(
                connection, "queries/present_forms", quarter=str(quarter), only=list(reporters)
            )
        }


def _submissions(settled: list[Settled], findings: list[Finding], registry: Registry, quarter: Quarter) -> list[dict]:
    of_file: dict[int, list[Finding]] = {}
    for finding in findings:
        of_file.setdefault(finding.file, []).append(finding)
    return [
        {
            "file": one.sent.file,
            "digest": one.sent.digest,
            "file_name": one.sent.file_name,
            "folder": one.sent.folder,
            "size": one.sent.size,
            "arrived_at": one.sent.arrived_at,
            "quarter": str(quarter),
            "reporter": one.reporter,
            "registry": registry.digest,
            "template": one.sent.template,
            "verdict": verdict(one, of_file.get(one.sent.file, [])),
        }
        for one in settled
    ]


def _write(path: Path, rows: list[dict], schema: pa.Schema) -> None:
    pq.write_table(pa.Table.from_pylist(rows, schema), path)
