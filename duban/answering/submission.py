"""A submission as its answer needs it."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from duban.checking.findings import Settled
from duban.differences import Difference
from duban.quarters import TIME_ZONE
from duban.registry.shapes import Severity


class Entry(NamedTuple):
    """What was typed into one cell, and where it stood in the file that was sent."""

    tab: str
    key: str
    field: str
    typed: str
    sheet: str
    row: int
    address: str


@dataclass(frozen=True)
class Finding:
    """A worded finding; `cells` are addresses in the file that was sent."""

    place: int
    rule: str
    severity: Severity
    item: int | None
    sheet: str
    cells: list[str]
    value: str
    message: str
    remedy: str
    settled: Settled | None = None
    because: str = ""


@dataclass(frozen=True)
class Submission:
    """A submission and what became of it. `standing` is the other return of the same reporter that counts at present;
    `projects` are the codes that this one was given, with their names; `compared` is the one before it, accepted if
    there is such, by accession and verdict, and `changes` what is different from that; `lacks` what each item owed
    lacks, where it was accepted; `waits` says why it does not count yet, '' where it does. It was recorded at
    `received_at`; whether it is late goes by `arrived_at`, when its transfer was complete.
    """

    accession: str
    quarter: str
    reporter: str | None
    reporter_title: str | None
    file_name: str
    received_at: dt.datetime
    arrived_at: dt.datetime
    due: dt.date
    verdict: str
    late: bool
    supersedes: str | None
    standing: str | None
    compared: Mapping[str, str] | None
    counts: Mapping[str, int]
    projects: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    entries: tuple[Entry, ...]
    changes: tuple[Difference, ...]
    lacks: Mapping[int, Sequence[str]]
    waits: str = ""

    @property
    def unsettled(self) -> tuple[Finding, ...]:
        """The findings that ask for something."""
        return tuple(finding for finding in self.findings if finding.settled is None)

    @property
    def settled(self) -> tuple[Finding, ...]:
        """The findings that were explained or waived."""
        return tuple(finding for finding in self.findings if finding.settled is not None)

    @property
    def can_be_mended(self) -> bool:
        """Whether it is returned for its content, so that it can be sent back to be corrected."""
        return self.verdict == "returned" and all(finding.severity != "structure" for finding in self.unsettled)

    @property
    def before(self) -> str:
        """The one that it is compared with, in words; '' where there is none."""
        if not self.compared:
            return ""
        return f"{'已受理' if self.compared['verdict'] == 'accepted' else '上次退回'}的 {self.compared['accession']}"

    @property
    def replaced_by(self) -> str | None:
        """The later one that counts in its place."""
        return self.standing if self.standing and _number(self.standing) > _number(self.accession) else None

    @property
    def received(self) -> dt.datetime:
        """When it was recorded, in Asia/Shanghai."""
        return self.received_at.astimezone(TIME_ZONE)

    @property
    def arrived(self) -> dt.datetime:
        """When its transfer was complete, in Asia/Shanghai."""
        return self.arrived_at.astimezone(TIME_ZONE)

    @property
    def lay_waiting(self) -> bool:
        """Whether it was recorded in another minute than that in which it arrived, so that both are worth telling."""
        return self.arrived.replace(second=0, microsecond=0) != self.received.replace(second=0, microsecond=0)

    @property
    def by_severity(self) -> Counter:
        """How many findings ask for something, by severity."""
        return Counter(finding.severity for finding in self.unsettled)

    @property
    def punctuality(self) -> str:
        """On time or late, in words: 截止 4月10日,按时."""
        due = f"截止 {self.due.month}月{self.due.day}日"
        return f"{due}，迟报 {(self.arrived.date() - self.due).days} 天" if self.late else f"{due}，按时"


def _number(accession: str) -> int:
    return int(accession.rpartition("-")[2])
