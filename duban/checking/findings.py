"""From faults, one a cell, to findings, one a thing to do: worded, grouped over cells, and in order."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import groupby
from typing import Literal, NamedTuple

from duban.fillin.layout import BY_TABLE, BY_TITLE, PROJECT_STATUSES, SHEETS, STATUSES
from duban.messages import Rule, word
from duban.registry.shapes import Severity
from duban.severities import SEVERITIES

_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")
_ORDER = {sheet.title: place for place, sheet in enumerate(SHEETS, start=1)}
_FEW = 3  # so many measures are named; more are counted
_LONGEST_VALUE = 200
_OUTDATED = "原有的“情况说明”说的是改动前的内容，请就现在的内容重新写明。"
Settled = Literal["explained", "waived"]


class Fault(NamedTuple):
    """One fault of one cell or row. `subject` is what its row is about: the title of its item or input, or the name of
    its project; `words` fill the slots of the rule's wording that only the fault knows; `outdated` where the
    row has an explanation that was given for another value."""

    file: int
    rule: str
    severity: Severity
    tab: str
    sheet: str
    key: str
    item: int | None
    field: str
    address: str
    value: str
    subject: str
    words: Mapping[str, object]
    settled: Settled | None = None
    because: str = ""
    outdated: bool = False


class Finding(NamedTuple):
    """What a reporter is told. `place` is its order in the file, from 1; `cells` are the addresses in `sheet`;
    `settled` where it no longer stands in the way, `because` of this explanation or waiver."""

    file: int
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


def word_findings(faults: Iterable[Fault], messages: Mapping[str, Rule], common: Mapping[str, str]) -> list[Finding]:
    """Word faults and group those that say the same of several cells of a sheet; by file, severity, sheet and row.

    `common` are the words that every fault of the run knows. Raises KeyError for a rule without wording.
    """
    slots = {code: sorted(rule.words) for code, rule in messages.items()}
    groups: dict[tuple, tuple[dict[str, object], list[Fault]]] = {}  # with the words that all of a group have in common
    for fault in faults:
        words = _words(fault, common)
        wording = tuple([str(words[slot]) for slot in slots[fault.rule] if slot in words])
        key = (
            fault.file,
            fault.rule,
            fault.severity,
            fault.sheet,
            wording,
            fault.settled,
            fault.because,
            fault.outdated,
        )
        _, group = groups.setdefault(key, (words, []))
        group.append(fault)
    for _, group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda fault: (_position(fault.address), fault.value))
    ordered = sorted(((_rank(group), words, group) for words, group in groups.values()), key=lambda found: found[0])
    findings = []
    for file, of_file in groupby(ordered, key=lambda found: found[2][0].file):
        for place, (_, words, group) in enumerate(of_file, start=1):
            findings.append(_finding(file, place, group, messages, words))
    return findings


def _finding(
    file: int, place: int, group: list[Fault], messages: Mapping[str, Rule], words: Mapping[str, object]
) -> Finding:
    first = group[0]
    message, remedy = word(messages[first.rule], {**words, "where": where(group)}, first.severity)
    if len(group) == 1:
        item, cells, value = first.item, [first.address] if first.address else [], first.value
    else:
        items = {fault.item for fault in group}
        item = items.pop() if len(items) == 1 else None
        cells = sorted({fault.address for fault in group if fault.address}, key=_position)
        value = "、".join(dict.fromkeys([fault.value for fault in group if fault.value]))
    return Finding(
        file=file,
        place=place,
        rule=first.rule,
        severity=first.severity,
        item=item,
        sheet=first.sheet,
        cells=cells,
        value=value[:_LONGEST_VALUE],
        message=message,
        remedy=remedy + _OUTDATED if first.outdated else remedy,
        settled=first.settled,
        because=first.because,
    )


def where(group: Iterable[Fault]) -> str:
    """The rows that a group of faults speaks of, in words: 第13项“标题”, 指标“标题”, 第7行项目“名称”."""
    rows = list(group)
    if len(rows) > 1:
        rows = list({(fault.key, fault.item): fault for fault in rows}.values())
        rows.sort(key=lambda fault: (fault.item or 0, int(fault.key) if fault.key.isdecimal() else 0))
    items = "、".join(str(item) for item in dict.fromkeys(fault.item for fault in rows) if item is not None)
    match rows[0].tab:
        case "progress":
            return f"第{items}项“{rows[0].subject}”" if len(rows) == 1 else f"第{items}项"
        case "inputs":
            if len(rows) > _FEW:
                return f"第{items}项的 {len(rows)} 个指标"
            of_item = f"第{items}项" if items else ""
            return f"{of_item}指标" + "".join(f"“{fault.subject or fault.key}”" for fault in rows)
        case "projects":
            places = "、".join(fault.key for fault in rows)
            name = rows[0].subject if len(rows) == 1 else ""
            return f"第{places}行项目“{name}”" if name else f"第{places}行"
        case _:
            return ""


def _words(fault: Fault, common: Mapping[str, str]) -> dict[str, object]:
    own = {"sheet": fault.sheet, "value": fault.value}
    return {**common, **own, **_of_column(fault.tab, fault.field), **fault.words}


@cache
def _of_column(tab: str, field: str) -> Mapping[str, str]:
    """What a column of a table may say, and what it is called."""
    table = BY_TABLE.get(tab)
    if table is None:
        return {}
    statuses = "、".join(PROJECT_STATUSES if tab == "projects" else STATUSES)
    return {"statuses": statuses, "header": next((c.header for c in table.columns if c.field == field), field)}


@lru_cache(maxsize=10_000)
def _position(address: str) -> tuple[int, int, str]:
    """A cell's place in reading order: row, then column (A before AA); the file itself comes first."""
    match = _ADDRESS.fullmatch(address)
    return (int(match[2]), len(match[1]), match[1]) if match else (0, 0, address)


def _rank(group: list[Fault]) -> tuple:
    first = group[0]
    cell = _position(first.address)
    order = BY_TITLE[first.sheet].table if first.sheet in BY_TITLE else first.tab
    sheet = _ORDER[BY_TABLE[order].title] if order in BY_TABLE else 0
    items = min((fault.item or 0) for fault in group)
    worst_first = first.settled is not None, SEVERITIES.index(first.severity)
    place = (first.file, *worst_first, sheet, first.sheet, cell, items, first.rule, first.field, first.because)
    return *place, first.value, [fault.address for fault in group]  # one order, whatever order the faults came in
