"""What a validation page is made of: the run's findings from the warehouse, and what its expectations found."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from duban.checking.find import RESULTS
from duban.home import Home
from duban.quarters import Quarter
from duban.warehouse.connection import open_warehouse, records


@dataclass(frozen=True)
class Sent:
    """A submission of the run. `who` tells reporters apart: a code, or the accession number of what is nobody's."""

    accession: str
    who: str
    name: str
    file_name: str
    verdict: str
    late: bool

    @property
    def known_as(self) -> str:
        return f"{self.name}（{self.accession}）" if self.who == self.accession else self.name


@dataclass(frozen=True)
class Found:
    """Findings of one submission, rule and severity; `settled` of them are explained or waived."""

    sent: Sent
    rule: str
    severity: str
    findings: int
    cells: int
    settled: int


@dataclass(frozen=True)
class Placed:
    """Findings of one item (None: of whole files or sheets), rule and severity, and the submissions they stand in."""

    item: int | None
    rule: str
    severity: str
    findings: int
    accessions: tuple[str, ...]


@dataclass(frozen=True)
class Gathered:
    """`trend` counts findings by quarter and rule, `verdicts` submissions by quarter and verdict; `expectations` are
    what each general check found, empty where no content could be judged."""

    sent: tuple[Sent, ...]
    found: tuple[Found, ...]
    placed: tuple[Placed, ...]
    trend: Mapping[tuple[str, str], int]
    verdicts: Mapping[tuple[str, str], int]
    expectations: tuple[dict, ...]


def gather(home: Home, quarter: Quarter, folder: Path, accessions: list[str]) -> Gathered:
    """Everything about a run that left `folder` and was loaded under these accession numbers."""
    quarters = [str(one) for one in quarter.of_year]
    with open_warehouse(home.warehouse, read_only=True) as connection:
        submissions = records(connection, "queries/validation/submissions", quarter=str(quarter), accessions=accessions)
        findings = records(connection, "queries/validation/findings", accessions=accessions)
        items = records(connection, "queries/validation/items", accessions=accessions)
        trend = records(connection, "queries/validation/trend", quarters=quarters)
        verdicts = records(connection, "queries/validation/quarters", quarters=quarters)
    sent = {row["accession"]: _sent(row) for row in submissions}
    results = folder / RESULTS
    return Gathered(
        sent=tuple(sent.values()),
        found=tuple(Found(**{**row, "sent": sent[row["sent"]]}) for row in findings),
        placed=tuple(Placed(**{**row, "accessions": tuple(row["accessions"])}) for row in items),
        trend=Counter({(row["quarter"], row["rule"]): row["findings"] for row in trend}),
        verdicts=Counter({(row["quarter"], row["verdict"]): row["submissions"] for row in verdicts}),
        expectations=tuple(json.loads(results.read_text(encoding="utf-8"))) if results.exists() else (),
    )


def _sent(row: dict) -> Sent:
    accession, reporter = row["accession"], row["reporter"]
    name = row["name"] or reporter or "无法认定"
    return Sent(accession, reporter or accession, name, row["file_name"], row["verdict"], row["late"])
