"""The tables of a validation page, from what was gathered: by rule, item and reporter, over the quarters, the suite."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duban.checking.find import CHECKS as SQL_CHECKS
from duban.checking.rules import CHECKS
from duban.quarters import Quarter
from duban.registry.registry import Registry
from duban.rulebook import RuleRecord, vocabulary
from duban.severities import SEVERITIES
from duban.validation_page.gather import Found, Gathered, Sent

VERDICTS = ("set_aside", "returned", "accepted")  # what needs a look comes first
_PLACES = ("读取和辨认文件时", "通用检查（Great Expectations）", "跨行、跨表、跨季的检查（SQL）")


@dataclass(frozen=True)
class RuleTrips:
    """One rule of one severity in this run; `tripped` are the reporters that it found fault with and how often."""

    code: str
    severity: str
    findings: int
    cells: int
    settled: int
    tripped: tuple[tuple[str, int], ...]

    @property
    def reporters(self) -> int:
        return len(self.tripped)


@dataclass(frozen=True)
class Counted:
    """A count of findings of a rule at one severity, to be named beside an item or a reporter."""

    code: str
    severity: str
    findings: int


def _only_notices(counts: Mapping[str, int]) -> bool:
    return set(counts) <= {"notice"}


@dataclass(frozen=True)
class ItemTrips:
    """What fell on one item; `item` is None for whole files and sheets."""

    item: int | None
    title: str
    counts: Mapping[str, int]
    reporters: int
    rules: tuple[Counted, ...]

    @property
    def only_notices(self) -> bool:
        return _only_notices(self.counts)


@dataclass(frozen=True)
class Return:
    """A submission with its counts by severity."""

    sent: Sent
    counts: Mapping[str, int]
    settled: int
    rules: tuple[Counted, ...]

    @property
    def only_notices(self) -> bool:
        return self.sent.verdict == "accepted" and _only_notices(self.counts)

    @property
    def clean(self) -> bool:
        return self.only_notices and not self.counts


@dataclass(frozen=True)
class Trend:
    """A rule (or a total, by its title) over the quarters: findings, None where nothing has come in yet."""

    code: str
    findings: tuple[int | None, ...]

    @property
    def highest(self) -> int:
        """What scales its bars."""
        return max(filter(None, self.findings), default=1)


@dataclass(frozen=True)
class Suite:
    """Rules that are judged in one place, with the findings of each in this run."""

    title: str
    rules: tuple[tuple[RuleRecord, int], ...]


def by_rule(found: Iterable[Found]) -> list[RuleTrips]:
    """Worst severity first, then the rule that trips most reporters."""
    groups: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for one in found:
        groups[one.severity, one.rule].append(one)
    rows = []
    for (severity, code), group in groups.items():
        names = {one.sent.who: one.sent.known_as for one in group}
        counts: Counter[str] = Counter()
        for one in group:
            counts[one.sent.who] += one.findings
        tripped = tuple(
            (names[who], count) for who, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        )
        sums = (sum(getattr(one, word) for one in group) for word in ("findings", "cells", "settled"))
        rows.append(RuleTrips(code, severity, *sums, tripped))
    return sorted(rows, key=lambda row: (SEVERITIES.index(row.severity), -len(row.tripped), -row.findings, row.code))


def by_item(gathered: Gathered, registry: Registry) -> list[ItemTrips]:
    """Items that something fell on: those with most to mend first, among equals in the plan's order; what fell on
    whole files stands after them."""
    titles = {item.item: item.title for item in registry.items}
    whose = {sent.accession: sent.who for sent in gathered.sent}
    groups = defaultdict(list)
    for one in gathered.placed:
        groups[one.item].append(one)
    rows = []
    for item, group in groups.items():
        reporters = len({whose[accession] for one in group for accession in one.accessions})
        title = "整个文件或工作表" if item is None else titles.get(item, "")
        rows.append(ItemTrips(item, title, _by_severity(group), reporters, _counted(group)))
    return sorted(rows, key=lambda row: (row.item is None, _worst(row.counts), row.item))


def by_reporter(gathered: Gathered) -> list[Return]:
    """Every submission of the run: set aside, returned, then accepted; among equals the one with most to mend first."""
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in gathered.found:
        groups[one.sent.accession].append(one)
    rows = []
    for sent in gathered.sent:
        group = groups[sent.accession]
        rows.append(Return(sent, _by_severity(group), sum(one.settled for one in group), _counted(group)))

    def order(row: Return) -> tuple:
        return VERDICTS.index(row.sent.verdict), _worst(row.counts), row.sent.accession

    return sorted(rows, key=order)


def over_quarters(gathered: Gathered, quarters: list[Quarter], order: Mapping[str, int]) -> list[Trend]:
    """Every rule that found something this year, in the rulebook's order; rules that are gone since come last."""
    started = {quarter for quarter, _ in gathered.verdicts}
    codes = sorted({rule for _, rule in gathered.trend}, key=lambda code: (order.get(code, len(order)), code))
    rows = []
    for code in codes:
        counts = tuple(gathered.trend[str(q), code] if str(q) in started else None for q in quarters)
        rows.append(Trend(code, counts))
    return rows


def totals(gathered: Gathered, quarters: list[Quarter], verdicts: Mapping[str, str]) -> list[Trend]:
    """Over the same quarters: submissions, those of each verdict, and findings."""
    started = [str(quarter) if any(q == str(quarter) for q, _ in gathered.verdicts) else None for quarter in quarters]

    def counted(title: str, counts: Mapping[tuple[str, str], int], words: Iterable[str]) -> Trend:
        return Trend(title, tuple(None if q is None else sum(counts[q, word] for word in words) for q in started))

    codes = {rule for _, rule in gathered.trend}
    return [
        counted("报送（件）", gathered.verdicts, verdicts),
        *(counted(f"其中{title}", gathered.verdicts, [verdict]) for verdict, title in verdicts.items()),
        counted("问题（个）", gathered.trend, codes),
    ]


def suites(rules: Iterable[RuleRecord], found: Iterable[Found]) -> list[Suite]:
    """All rules by where they are judged."""
    general = {rule for kinds in CHECKS.values() for rule in kinds.values()}
    counts: Counter[str] = Counter()
    for one in found:
        counts[one.rule] += one.findings
    places: dict[str, list[tuple[RuleRecord, int]]] = {title: [] for title in _PLACES}
    for record in rules:
        general_or_sql = _PLACES[1] if record.code in general else _PLACES[2] if record.code in SQL_CHECKS else None
        places[general_or_sql or _PLACES[0]].append((record, counts[record.code]))
    return [Suite(title, tuple(of_place)) for title, of_place in places.items() if of_place]


def condition(expectation: dict) -> str:
    """What an expectation asks of the frame's columns, in signs."""
    columns = expectation["columns"]
    match expectation["expectation"]:
        case "expect_column_values_to_not_be_null":
            return f"{columns[0]} 不为空"
        case "expect_column_values_to_be_in_set":
            return f"{columns[0]} 是 {len(expectation['allowed'])} 个词之一"
        case "expect_column_pair_values_to_be_equal":
            return f"{columns[0]} = {columns[1]}"
        case _:
            return f"{columns[0]} ≥ {columns[1]}"


def expectation_rows(expectations: Iterable[dict]) -> list[dict]:
    """General checks as sentences, beside what they found."""
    words = vocabulary().expectations
    return [
        {
            **one,
            "says": words[one["check"]].says,
            "limits": words[one["check"]].limits,
            "condition": condition(one),
            "rules": list(dict.fromkeys(CHECKS[one["check"]].values())),
        }
        for one in expectations
    ]


def _worst(counts: Mapping[str, int]) -> list[int]:
    """Sorts what has most to mend first; notices ask for nothing."""
    return [-counts.get(severity, 0) for severity in SEVERITIES if severity != "notice"]


def _by_severity(group: Iterable) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for one in group:
        counts[one.severity] += one.findings
    return dict(counts)


def _counted(group: Iterable) -> tuple[Counted, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for one in group:
        counts[one.severity, one.rule] += one.findings
    ordered = sorted(counts.items(), key=lambda pair: (SEVERITIES.index(pair[0][0]), -pair[1], pair[0][1]))
    return tuple(Counted(code, severity, findings) for (severity, code), findings in ordered)
