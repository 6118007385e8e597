"""Findings of one kind that are many, told as one, so that a list of them can be read."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from duban.answering.submission import Finding

_FEW = 3  # findings of one kind that are told one by one
_PARTS = 6  # cells, or runs of cells, that are named
_RUN = 3  # cells below each other that are named as from … to
_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")


@dataclass(frozen=True)
class Together:
    """Findings that are told in one place: one, or many of a kind, of which the first stands for all."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def cells(self) -> list[str]:
        """All cells that they speak of, each once."""
        return list(dict.fromkeys(cell for finding in self.findings for cell in finding.cells))

    @property
    def value(self) -> str:
        return "、".join(dict.fromkeys(finding.value for finding in self.findings if finding.value))

    @property
    def message(self) -> str:
        if len(self.findings) == 1:
            return self.first.message
        return f"同类问题 {len(self.findings)} 个，以第一个为例：{self.first.message}"


def together(findings: Iterable[Finding]) -> list[Together]:
    """Findings in their order; more than a few of one rule, in the same columns of a sheet and with the same remedy,
    are one, in the place of the first."""
    kinds: dict[tuple, list[Finding]] = {}
    for finding in findings:
        columns = frozenset(match[1] for match in map(_ADDRESS.fullmatch, finding.cells) if match)
        kind = (finding.rule, finding.severity, finding.sheet, columns, finding.remedy)
        kinds.setdefault((*kind, finding.settled, finding.because), []).append(finding)
    told = [
        Together(tuple(group))
        for found in kinds.values()
        for group in ([found] if len(found) > _FEW else [[finding] for finding in found])
    ]
    return sorted(told, key=lambda group: group.first.place)


def few(addresses: Sequence[str]) -> str:
    """Addresses in words: the first ones, runs down a column as E4:E103, and how many there are in all."""
    parts = _spans(addresses)
    named = "、".join(parts[:_PARTS])
    return named if len(parts) <= _PARTS else f"{named} 等 {len(addresses)} 格"


def _spans(addresses: Sequence[str]) -> list[str]:
    matches = [_ADDRESS.fullmatch(address) for address in addresses]
    if len(addresses) < _RUN or not all(matches):
        return list(addresses)
    cells = sorted((len(match[1]), match[1], int(match[2])) for match in matches)
    spans = []
    for _, run in groupby(enumerate(cells), key=lambda numbered: (numbered[1][1], numbered[1][2] - numbered[0])):
        names = [f"{column}{row}" for _, (_, column, row) in run]
        spans += names if len(names) < _RUN else [f"{names[0]}:{names[-1]}"]
    return spans
