"""A small plan, a home in which a quarter of it is opened, and submissions put straight into the warehouse."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path

from once import copy_of

from duban.completeness import keep_lacking
from duban.fillin.layout import BY_TABLE
from duban.home import Home
from duban.opening import open_quarter
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.load import load_registry
from duban.registry.registry import Registry
from duban.warehouse.connection import open_warehouse, transaction
from duban.warehouse.steps import whoever

Q1, Q2 = Quarter(2023, 1), Quarter(2023, 2)
OPENED = dt.datetime(2023, 4, 3, 9, tzinfo=TIME_ZONE)
RECEIVED = dt.datetime(2023, 4, 7, 9, 12, tzinfo=TIME_ZONE)
LATE = dt.datetime(2023, 4, 12, 17, 30, tzinfo=TIME_ZONE)

PLAN = {
    "plan.yaml": """
        plan: desk-2023
        year: 2023
        title: 2023年工作要点
        issuer: 某局
        issued: "2023-02-03"
        collected_by: 办公室
        chapters: {1: {title: 第一篇}}
    """,
    "reporters.yaml": """
        - {code: "A1", name: 甲市, full_name: 甲市局, kind: prefecture, population: 1000}
        - {code: "A2", name: 乙市, full_name: 乙市局, kind: prefecture, population: 2000}
        - {code: "B1", name: 办公室, full_name: 某局办公室, kind: department}
        - {code: "B2", name: 人事处, full_name: 某局人事处, kind: department}
    """,
    "groups.yaml": "{}",
    "targets.csv": "reporter,measure,target\n甲市,stations,1200\n乙市,stations,2300.5\n",
    "items/01_stations.yaml": """
        item: 1
        name: stations
        chapter: 1
        title: 建设站点
        summary: 把站点建起来。
        lead: [办公室]
        local: all
        deliverables: [{name: manual, title: 站点手册, due: 2023Q2}]
        measures:
          stations:
            title: 站点
            unit: 个
            figures: to_date
            reported_by: [local]
            aggregate: sum
            limits: {max: 5000, decimals: 1}
            target: {at_least: 3500.5, by: 2023Q4}
          rate:
            title: 达标率
            unit: "%"
            figures: latest
            reported_by: [local]
            aggregate: ratio
            numerator: {title: 达标数, unit: 个}
            denominator: {title: 检查数, unit: 个}
            target: {at_least: 0.95, by: 2023Q4}
    """,
    "items/07_share.yaml": """
        item: 7
        name: share
        chapter: 1
        title: 提高占比
        summary: 提高占比。
        lead: [办公室]
        local: ["A1"]
        measures:
          share:
            title: 占比
            unit: "%"
            figures: in_quarter
            reported_by: [local]
            aggregate: latest
            limits: {max: 1}
    """,
}


def write_plan(folder: Path, **changed: str) -> Path:
    """The plan's files; `changed` replaces files by name (without folder and suffix)."""
    for name, text in PLAN.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text), encoding="utf-8")
    return folder


@dataclass
class Desk:
    home: Home
    registry: Registry

    def open(self, quarter: Quarter = Q1, now: dt.datetime = OPENED) -> list[Path]:
        """Open a quarter; where that is the first thing that is done, as a copy of a home in which it was: what opening
        itself does is tested by `open_quarter`."""
        if self.home.root.exists():
            return open_quarter(self.home, self.registry, quarter, now)
        name = f"desk-{whoever()}-{self.registry.digest}-{quarter}-{now.timestamp():.0f}"
        copy_of(name, lambda home: open_quarter(Home(home), self.registry, quarter, now), self.home.root)
        folders = [self.home.outbox / str(quarter) / reporter.code for reporter in self.registry.reporters]
        return [path for folder in folders for path in folder.glob("*.xlsx")]

    def query(self, sql: str, *parameters) -> list[tuple]:
        with open_warehouse(self.home.warehouse) as connection:
            return connection.execute(sql, parameters or None).fetchall()

    def submit(
        self,
        accession: str,
        verdict: str = "accepted",
        typed: dict[str, str] | None = None,
        findings: list[tuple] = (),
        projects: dict[str, tuple[str, str]] | None = None,
        received_at: dt.datetime = RECEIVED,
        arrived_at: dt.datetime | None = None,
        supersedes: str | None = None,
        file_name: str = "填报表.xlsx",
    ) -> None:
        """Put a submission into the warehouse as loading would leave it.

        `typed` maps `sheet!address tab/key/field` to a text, with ` = …` for what it was read as (`?`: not);
        `findings` are (rule, severity, item, sheet, cells, value, message, remedy), and where one is settled (…,
        settled, because); `projects` maps a code to the row
        that it stands in and its name.
        """
        quarter, reporter, number = accession.split("-")
        nobody = reporter == "000000"
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            connection.execute(
                "INSERT INTO submissions VALUES (?, ?, ?, ?, ?, ?, '', 100, ?, ?, ?, NULL, ?, ?, ?)",
                [
                    accession,
                    quarter,
                    None if nobody else reporter,
                    int(number),
                    hashlib.sha256(accession.encode()).hexdigest(),
                    file_name,
                    received_at,
                    arrived_at or received_at,
                    self.registry.digest,
                    verdict,
                    (arrived_at or received_at).date() > dt.date(2023, 4, 10),
                    supersedes,
                ],
            )
            for place, text in (typed or {}).items():
                connection.execute(*_entry(accession, place, text))
            for place, finding in enumerate(findings, start=1):
                settled = finding[8:] or (None, "")
                connection.execute(
                    "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [accession, place, *finding[:8], *settled],
                )
            for code, (key, name) in (projects or {}).items():
                if not connection.execute("SELECT 1 FROM projects WHERE project = ?", [code]).fetchall():
                    _, item, last = code.split("-")
                    connection.execute(
                        "INSERT INTO projects VALUES (?, ?, ?, ?, ?, ?, ?)",
                        [code, self.registry.plan.plan, reporter, int(item), int(last), name, accession],
                    )
                connection.execute("INSERT INTO project_rows VALUES (?, ?, ?)", [accession, key, code])
            keep_lacking(connection, [accession])


def _entry(accession: str, place: str, text: str) -> tuple[str, list]:
    at, name = place.split(" ")
    sheet, address = at.split("!")
    tab, key, field = name.split("/")
    typed, _, read = text.partition(" = ")
    kind = BY_TABLE[tab].column(field).type
    state = "blank" if not typed else "not_applicable" if typed == "不适用" and kind == "figure" else "value"
    state = "unreadable" if read == "?" else state
    return "INSERT INTO entries VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [
        accession,
        tab,
        key,
        field,
        state,
        typed,
        (read or typed) if kind in ("text", "status", "code") and state == "value" else None,
        float(read or typed) if kind == "figure" and state == "value" else None,
        (read or None) if kind == "date" else None,
        sheet,
        int(address[1:]),
        address,
    ]


def desk_at(root: Path, **changed: str) -> Desk:
    return Desk(Home(root / "home"), load_registry(write_plan(root / "plan", **changed)))
