"""A small plan, and returns drawn as what is typed into which entry, so that a test shows the one thing it changes."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from once import copy_of

from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.fillin.layout import BY_TABLE, PROJECT_STATUSES, SHEETS, STATUSES
from duban.home import Home
from duban.opening import record_quarter
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.parts import SCHEMAS
from duban.registry.ledgers import NO_LEDGERS, Ledgers
from duban.registry.load import load_registry
from duban.registry.registry import Registry
from duban.warehouse.connection import open_warehouse, transaction
from duban.warehouse.load import load_run
from duban.warehouse.plan import record_registry
from duban.warehouse.steps import whoever

NOW = dt.datetime(2023, 4, 8, 9, tzinfo=TIME_ZONE)
Q1, Q2 = Quarter(2023, 1), Quarter(2023, 2)

PLAN = {
    "plan.yaml": """
        plan: small-2023
        year: 2023
        title: 小方案
        issuer: 某局
        issued: "2023-02-03"
        collected_by: 办公室
        chapters: {1: {title: 第一篇}}
    """,
    "reporters.yaml": """
        - {code: "A1", name: 甲市, full_name: 甲市局, kind: prefecture, population: 1000}
        - {code: "A2", name: 乙市, full_name: 乙市局, kind: prefecture, population: 2000}
        - {code: "B1", name: 办公室, full_name: 某局办公室, kind: department}
    """,
    "groups.yaml": "{}",
    "items/01_stations.yaml": """
        item: 1
        name: stations
        chapter: 1
        title: 建设站点
        summary: 建设站点。
        lead: [办公室]
        local: all
        measures:
          stations: {title: 站点, unit: 个, figures: to_date, reported_by: [local], aggregate: sum, limits: {max: 500}}
          rate:
            title: 达标率
            unit: "%"
            figures: to_date
            reported_by: [local]
            aggregate: ratio
            numerator: {title: 达标数, unit: 个}
            denominator: {title: 检查数, unit: 个}
        checks:
          - {never_falls: stations}
          - {never_falls: rate.denominator, severity: confirm}
          - {not_above: [rate.numerator, rate.denominator]}
    """,
    "items/02_training.yaml": """
        item: 2
        name: training
        chapter: 1
        title: 开展培训
        summary: 开展培训。
        lead: [办公室]
        local: all
        measures:
          trained: {title: 培训, unit: 人次, figures: in_quarter, reported_by: [local], aggregate: sum}
          spent:
            title: 经费
            unit: 万元
            figures: to_date
            reported_by: [local]
            aggregate: sum
            limits: {decimals: 2}
    """,
    "items/03_house.yaml": """
        item: 3
        name: house
        chapter: 1
        title: 机关建设
        summary: 机关建设。
        lead: [办公室]
        local: none
        deliverables: [{name: rules, title: 制度, due: 2023Q4}]
    """,
}

# the small plan with what doubts are measured by: neighbours of the same size, and a target of each reporter's own
DOUBTFUL_PLAN = PLAN | {
    "reporters.yaml": PLAN["reporters.yaml"].rstrip(" ")
    + "".join(
        f'        - {{code: "A{n}", name: {name}市, full_name: {name}市局, kind: prefecture, population: 1000}}\n'
        for n, name in ((3, "丙"), (4, "丁"), (5, "戊"))
    ),
    "items/01_stations.yaml": PLAN["items/01_stations.yaml"].replace(
        "denominator: {title: 检查数, unit: 个}",
        "denominator: {title: 检查数, unit: 个}\n            target: {at_least: 0.9, by: 2023Q4}",
    ),
    "doubts.yaml": """
        figure_jumps: {times: 6, at_least: 30, because: 测试}
        figure_outlies: {times: 20, peers: 3, because: 测试}
        text_repeated: {alike: 0.9, least: 20, because: 测试}
        text_copied: {alike: 0.85, least: 30, because: 测试}
        text_disagrees: {within: 0.01, because: 测试}
        text_says_nothing: {words: [无, 按计划推进], because: 测试}
    """,
}
# What a prefecture's good return holds; tests change it entry by entry.
GOOD = {
    "progress/1/status": "推进中",
    "progress/1/done": "建成两个",
    "progress/1/expected_on": dt.date(2023, 9, 30),
    "progress/2/status": "推进中",
    "progress/2/done": "办了一期",
    "inputs/stations/value": 12,
    "inputs/rate.numerator/value": 8,
    "inputs/rate.denominator/value": 10,
    "inputs/trained/value": 0,
    "inputs/spent/value": "1.5",
    "projects/5/item": 1,
    "projects/5/name": "东区站",
    "projects/5/owner": "张三",
    "projects/5/due_on": dt.date(2023, 12, 31),
    "projects/5/progress": "0.35",
    "projects/5/status": "推进中",
}
ITEM_OF = {"stations": 1, "rate.numerator": 1, "rate.denominator": 1, "trained": 2, "spent": 2}
GONE = object()  # the row was deleted


@dataclass
class Drawn:
    """One drawn file. `faults` are reading's: (rule, tab, sheet, key, field, address, value, details)."""

    changes: dict = field(default_factory=dict)
    reporter: str = "A1"
    folder: str = ""
    file_name: str = "x.xlsx"
    stamp: dict = field(default_factory=dict)
    readable: bool = True
    token_ok: bool = True
    faults: list[dict] = field(default_factory=list)
    base: dict = field(default_factory=lambda: GOOD)
    body: str = ""  # what makes the file's bytes different from another's
    arrived_at: dt.datetime | None = None

    @property
    def digest(self) -> str:
        known = (
            sorted((k, repr(v)) for k, v in self.changes.items()),
            self.reporter,
            self.stamp,
            self.faults,
            self.body,
        )
        return hashlib.sha256(repr(known).encode()).hexdigest()


def entry(tab: str, name: str, value: object) -> dict:
    """What reading makes of a typed value: `?x` is one that it cannot read."""
    kind = BY_TABLE[tab].column(name).type
    read = {"state": "value", "typed": "" if value is None else str(value), "text": None, "number": None, "day": None}
    words = PROJECT_STATUSES if tab == "projects" else STATUSES
    if value is None:
        read["state"] = "blank"
    elif isinstance(value, str) and value.startswith("?"):
        read |= {"state": "unreadable", "typed": value[1:]}
    elif kind == "figure" and value == "不适用":
        read["state"] = "not_applicable"
    elif kind == "status":
        read["text"] = words.get(value, value)
    elif isinstance(value, dt.date):
        read["day"] = value
    elif kind in ("figure", "percent", "item"):
        try:
            read["number"] = Decimal(str(value))
        except InvalidOperation:
            read["state"] = "unreadable"
    else:
        read["text"] = str(value)
    return read


def entries(number: int, drawn: Drawn) -> list[dict]:
    """Every typed column of every row that is drawn; rows stand below each other from row 5."""
    typed = drawn.base | drawn.changes
    gone = {tuple(name.split("/")[:2]) for name, value in drawn.changes.items() if value is GONE}
    keys = dict.fromkeys(tuple(name.split("/")[:2]) for name in typed)
    found, rows = [], {sheet.table: 4 for sheet in SHEETS}
    for tab, key in keys:
        if (tab, key) in gone:
            continue
        rows[tab] += 1
        row = int(key) if tab == "projects" else rows[tab]
        item = (
            typed.get(f"projects/{key}/item") if tab == "projects" else int(key) if tab == "progress" else ITEM_OF[key]
        )
        for col, column in enumerate(BY_TABLE[tab].columns):
            if column.typed or (tab == "projects" and column.field == "code"):
                found.append(
                    {
                        "file": number,
                        "tab": tab,
                        "key": key,
                        "item": item if isinstance(item, int) else None,
                        "field": column.field,
                        "sheet": BY_TABLE[tab].title,
                        "row": row,
                        "address": f"{'ABCDEFGHI'[col]}{row}",
                        **entry(tab, column.field, typed.get(f"{tab}/{key}/{column.field}")),
                    }
                )
    return found


def write_parts(folder: Path, registry: Registry, quarter: Quarter, files: list[Drawn]) -> Path:
    """The Parquet that reading would leave, in two batches of each kind, and the list of what was received."""
    folder.mkdir(parents=True, exist_ok=True)
    received, parts = [], {"files": [], "entries": [], "cells": [], "faults": []}
    for number, drawn in enumerate(files):
        received.append(
            {
                "place": number,
                "source": drawn.file_name,
                "file_name": drawn.file_name,
                "folder": drawn.folder,
                "size": 100,
                "digest": drawn.digest,
                "arrived_at": drawn.arrived_at and drawn.arrived_at.isoformat(),
            }
        )
        stamp = {
            "plan": registry.plan.plan,
            "quarter": str(quarter),
            "reporter": drawn.reporter,
            "registry": registry.digest,
            "template": "t" * 64,
            "issued_at": "2023-04-01T09:00:00+08:00",
            "key": "12345678",
        } | drawn.stamp
        if not drawn.readable or not drawn.token_ok:
            stamp = dict.fromkeys(stamp)
        parts["files"].append(
            {
                "file": number,
                "digest": drawn.digest,
                "readable": drawn.readable,
                "token_ok": drawn.token_ok and drawn.readable,
                **stamp,
            }
        )
        parts["faults"] += [_fault(number, fault) for fault in drawn.faults]
        rows = entries(number, drawn) if drawn.readable else []
        parts["entries"] += rows
        parts["cells"] += [
            {
                "file": number,
                "sheet": one["sheet"],
                "row": one["row"],
                "col": "ABCDEFGHI".index(one["address"][0]) + 1,
                "address": one["address"],
                "kind": "text",
                "typed": one["typed"],
                "part": "entry",
            }
            for one in rows
            if one["typed"]
        ]
    (folder / "received.json").write_text(json.dumps(received), encoding="utf-8")
    for kind, rows in parts.items():
        schema = SCHEMAS[kind]
        half = len(rows) // 2
        pq.write_table(pa.Table.from_pylist(rows[:half], schema), folder / f"{kind}-000.parquet")
        pq.write_table(pa.Table.from_pylist(rows[half:], schema), folder / f"{kind}-001.parquet")
    return folder


def _fault(number: int, fault: dict) -> dict:
    blank = {"tab": "", "sheet": "", "key": "", "item": None, "field": "", "address": "", "value": "", "details": "{}"}
    details = json.dumps(fault.get("details", {}), ensure_ascii=False)
    return {"file": number, **blank, **fault, "details": details}


@dataclass
class Bench:
    """A home with a small plan, opened quarters, and runs in it."""

    home: Home
    registry: Registry
    validator: Validator
    work: Path
    runs: int = 0
    ledgers: Ledgers = NO_LEDGERS

    def check(self, *files: Drawn, quarter: Quarter = Q1, now: dt.datetime = NOW) -> Path:
        self.runs += 1
        folder = write_parts(self.work / f"run-{self.runs}", self.registry, quarter, list(files))
        check_run(folder, self.registry, self.home, quarter, now, self.validator, ledgers=self.ledgers)
        return folder

    def load(self, *files: Drawn, quarter: Quarter = Q1, now: dt.datetime = NOW) -> list[str]:
        folder = self.check(*files, quarter=quarter, now=now)
        return load_run(self.home, self.registry, quarter, folder, now)

    def findings(self, *files: Drawn, quarter: Quarter = Q1) -> list[dict]:
        return pq.read_table(self.check(*files, quarter=quarter) / "findings.parquet").to_pylist()

    def verdicts(self, *files: Drawn, quarter: Quarter = Q1) -> list[tuple]:
        rows = pq.read_table(self.check(*files, quarter=quarter) / "submissions.parquet").to_pylist()
        return [(row["reporter"], row["verdict"]) for row in rows]

    def query(self, sql: str) -> list[tuple]:
        with open_warehouse(self.home.warehouse) as connection:
            return connection.execute(sql).fetchall()


def open_quarter(home: Home, registry: Registry, quarter: Quarter) -> None:
    """What opening a quarter leaves in the warehouse, without the workbooks."""
    with open_warehouse(home.warehouse) as connection, transaction(connection):
        record_registry(connection, registry, NOW)
        record_quarter(connection, registry, quarter, NOW)


def write_plan(folder: Path, plan: dict[str, str] = PLAN) -> Path:
    for name, text in plan.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def registry(tmp_path_factory) -> Registry:
    return load_registry(write_plan(tmp_path_factory.mktemp("plan")))


def new_bench(folder: Path, registry: Registry, validator: Validator) -> Bench:
    def make(home: Path) -> None:
        for quarter in (Q1, Q2):
            open_quarter(Home(home), registry, quarter)

    copy_of(f"bench-{whoever()}-{registry.digest}", make, folder / "home")
    return Bench(Home(folder / "home"), registry, validator, folder / "work")


@pytest.fixture
def bench(tmp_path, registry, validator) -> Bench:
    return new_bench(tmp_path, registry, validator)


@pytest.fixture(scope="session")
def doubtful_registry(tmp_path_factory) -> Registry:
    return load_registry(write_plan(tmp_path_factory.mktemp("doubtful-plan"), DOUBTFUL_PLAN))


@pytest.fixture
def doubtful(tmp_path, doubtful_registry, validator) -> Bench:
    """A bench whose plan says what doubts are measured by."""
    return new_bench(tmp_path, doubtful_registry, validator)
