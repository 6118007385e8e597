"""What one reporter's fill-in workbook holds in one quarter, before any look is given to it."""

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, cached_property
from string import Formatter

from duban.fillin.keys import KeyRing
from duban.fillin.layout import BY_TABLE, FIGURES, PROGRESS, ROLES
from duban.fillin.stamp import sign
from duban.messages import load_messages
from duban.quarters import Quarter
from duban.registry.doubts import Doubts
from duban.registry.registry import Input, Registry
from duban.registry.shapes import Item, Limits, Reporter

BLANK_PROJECTS = 10
FIRST_ROW = 4  # of a table's rows in the sheet, counted from 1: title, hint and header stand above

Place = tuple[str, str, str]  # (tab, key, field): a cell of a form, wherever it stands


@dataclass(frozen=True)
class Row:
    """A row of a table: its key (item number, input code, project code, '' for a blank project row) and the texts of
    its cells by field, printed and pre-filled alike. `limits` of a figure; `percent` where its unit is one."""

    key: str
    texts: Mapping[str, str]
    limits: Limits | None = None


@dataclass(frozen=True)
class OwedItem:
    """An item as the instructions list it."""

    number: int
    title: str
    role: str
    inputs: int
    content: str


@dataclass(frozen=True)
class Form:
    """A reporter's workbook of one quarter. `rows` by table; `rules` are the wordings that the instructions print, by
    table; `stamp` is empty until the form is issued."""

    plan: str
    plan_title: str
    issuer: str
    contact: str
    registry: str
    quarter: Quarter
    reporter: Reporter
    due: dt.date
    owed: tuple[OwedItem, ...]
    rules: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, tuple[Row, ...]]
    stamp: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def template(self) -> str:
        """SHA-256 of everything that the form prints; when it was issued is not part of it."""
        content = {
            "plan": [self.plan, self.plan_title, self.issuer, self.contact, self.registry],
            "for": [str(self.quarter), self.reporter.code, self.reporter.full_name, self.due.isoformat()],
            "owed": [[item.number, item.title, item.role, item.inputs, item.content] for item in self.owed],
            "rules": {table: list(wordings) for table, wordings in self.rules.items()},
            "rows": {
                table: [
                    [row.key, dict(row.texts), row.limits.model_dump(mode="json") if row.limits else None]
                    for row in rows
                ]
                for table, rows in self.rows.items()
            },
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def file_name(self) -> str:
        return f"{self.quarter}-{self.reporter.code}-{self.reporter.name}.xlsx"

    def issue(self, issued_at: dt.datetime, ring: KeyRing) -> "Form":
        """The form with its stamp. What is filled in later does not change the stamp."""
        fields = {
            "plan": self.plan,
            "quarter": str(self.quarter),
            "reporter": self.reporter.code,
            "registry": self.registry,
            "template": self.template,
            "issued_at": issued_at.isoformat(),
        }
        return replace(self, stamp=sign(fields, ring))

    def standing(self) -> "Standing":
        """Where each cell of the keyed rows stands."""
        rows = {table: {row.key: place for place, row in enumerate(rows)} for table, rows in self.rows.items()}
        return Standing(rows)


class Standing:
    """(sheet, address) of the cells of a form by their places: few of hundreds are asked for."""

    def __init__(self, rows: Mapping[str, Mapping[str, int]]):
        self._rows = rows

    def __contains__(self, place: Place) -> bool:
        table, key, _ = place
        return bool(key) and key in self._rows[table]

    def __getitem__(self, place: Place) -> tuple[str, str]:
        table, key, field = place
        return BY_TABLE[table].title, f"{_LETTERS[table, field]}{FIRST_ROW + self._rows[table][key]}"


_LETTERS = {
    (table, column.field): chr(65 + col)
    for table, sheet in BY_TABLE.items()
    for col, column in enumerate(sheet.columns)
}


@dataclass(frozen=True)
class Prefill:
    """What earlier quarters say: figures as printed, by (reporter, input), and each reporter's open projects."""

    figures: Mapping[tuple[str, str], str] = field(default_factory=dict)
    projects: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)


def form_of(registry: Registry, quarter: Quarter, reporter: Reporter, prefill: Prefill) -> Form:
    """The form of a reporter, not yet issued."""
    owed, inputs = registry.owed_items[reporter.code], registry.owed_inputs[reporter.code]
    counts = Counter(entry.item for entry in inputs)
    progress = tuple(
        Row(str(item.item), {"item": str(item.item), "title": item.title, "role": ROLES[role]}) for item, role in owed
    )
    projects = prefill.projects.get(reporter.code, ())
    return Form(
        plan=registry.plan.plan,
        plan_title=registry.plan.title,
        issuer=registry.plan.issuer,
        contact=registry.by_name[registry.plan.collected_by].full_name,
        registry=registry.digest,
        quarter=quarter,
        reporter=reporter,
        due=registry.due(quarter),
        owed=tuple(
            OwedItem(item.item, item.title, ROLES[role], counts[item.item], _content(item)) for item, role in owed
        ),
        rules=printed_rules(registry.doubts),
        rows={
            PROGRESS.table: progress,
            "inputs": tuple(_input_row(registry, reporter, entry, prefill) for entry in inputs),
            "projects": (*projects, *blank_projects()),
        },
    )


def blank_projects() -> tuple[Row, ...]:
    return (Row("", {}),) * BLANK_PROJECTS


@cache
def printed_rules(doubts: Doubts) -> Mapping[str, tuple[str, ...]]:
    """What the instructions say of each table: what every rule that must be kept wants, and why; and under `confirm`
    what the plan asks about although it may be true. A wording with a slot that is no threshold only speaks of one
    cell; there the reason says it all."""
    thresholds: dict[str, dict[str, str]] = defaultdict(dict)
    for code, word, value in doubts.flat():
        thresholds[code][word] = "" if value is None else _measured(value)
    found: dict[str, list[str]] = {table: [] for table in ("sheet", *BY_TABLE, "confirm")}
    for code, rule in load_messages().items():
        slots = {name for _, name, _, _ in Formatter().parse(rule.wanted) if name}
        wanted = f"{rule.wanted.format_map(thresholds[code])}——" if slots <= thresholds[code].keys() else ""
        line = f"{rule.title}：{wanted}{rule.reason}。"
        if rule.severity == "must_fix" and rule.scope in found:
            found[rule.scope].append(line)
        elif rule.severity == "confirm" and (code not in Doubts.model_fields or getattr(doubts, code)):
            found["confirm"].append(line)
    return {table: tuple(lines) for table, lines in found.items()}


def _measured(value: Decimal) -> str:
    """A threshold as people read it: times and counts as they are, shares in percent."""
    return plain(value) if value > 1 else f"{plain(value * 100)}%"


def plain(number: Decimal) -> str:
    """A number as people write it: thousands separated, no idle zeros."""
    return f"{number.normalize():,f}"


def _content(item: Item) -> str:
    """What the item is about, and what is due when."""
    due = "；".join(f"{record.title}（{Quarter.parse(record.due).title}末前）" for record in item.deliverables)
    return f"{item.summary}\n交付：{due}" if due else item.summary


def _input_row(registry: Registry, reporter: Reporter, entry: Input, prefill: Prefill) -> Row:
    _, measure = registry.measures[entry.measure]
    texts = {
        "item": str(entry.item),
        "code": entry.code,
        "title": entry.title if entry.part == "value" else f"{measure.title}：{entry.title}",
        "unit": entry.unit,
        "figures": FIGURES[entry.figures],
        "target": _target(registry, reporter, entry),
        "previous": prefill.figures.get((reporter.code, entry.code), ""),
    }
    return Row(entry.code, texts, entry.limits)


def _target(registry: Registry, reporter: Reporter, entry: Input) -> str:
    """The reporter's own target with its unit; a ratio's stands beside its numerator, though it is no count."""
    target = registry.target_of(reporter.code, entry.measure)
    if target is None or entry.part == "denominator":
        return ""
    unit = registry.measures[entry.measure][1].unit
    return f"比率 {plain(target * 100)}%" if unit == "%" else f"{plain(target)}{unit}"
