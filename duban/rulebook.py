"""The rulebook: every rule as one record, from the wordings, the doubts' thresholds and the items that switch it on.

The list that is printed, the page `docs/rules.md` and the validation page are all made of these records.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import yaml

from duban.checking.rules import CHECKS
from duban.errors import UserError
from duban.messages import Rule, load_messages
from duban.registry.files import read_yaml
from duban.registry.registry import Registry
from duban.registry.shapes import Check, Item, Limits, Record, Severity
from duban.settings import SCHEMAS
from duban.severities import SEVERITIES


class Expectation(Record):
    """What a general expectation says, and where its limits stand."""

    says: str
    limits: str


class Vocabulary(Record):
    """`vocabulary.yaml`: the Chinese words for what rules are made of."""

    severities: dict[Severity, str]
    scopes: dict[str, str]
    slots: dict[str, str]
    thresholds: dict[str, str]
    lines: dict[str, str]
    expectations: dict[str, Expectation]

    def readable(self, wording: str, known: Mapping[str, str]) -> str:
        """A wording with the slots that are `known` filled, and the names of the others in Chinese:
        “〔表名〕”中〔哪一行〕."""
        return wording.format_map(_Slots({slot: f"〔{word}〕" for slot, word in self.slots.items()} | known))


class _Slots(dict):
    def __missing__(self, slot: str) -> str:
        return f"〔{slot}〕"


@cache
def vocabulary() -> Vocabulary:
    """The words of this installation; raises RegistryError naming file and key where one is misspelt."""
    return read_yaml(SCHEMAS / "vocabulary.yaml", Vocabulary)


@dataclass(frozen=True)
class ItemLine:
    """A line of an item's file that switches a rule on or sets its limit. `file` is below the plan's folder, `line`
    counts from 1, `word` is the key that stands there, `limit` what it sets (None for a rule between inputs)."""

    item: int
    title: str
    file: str
    line: int
    word: str
    inputs: tuple[str, ...]
    severity: Severity
    limit: Decimal | None = None
    because: str | None = None


@dataclass(frozen=True)
class RuleRecord:
    """One rule: its wording (`rule`), what it is measured by and why, and the lines of the items that use it."""

    code: str
    rule: Rule
    thresholds: Mapping[str, object]
    because: str | None
    items: tuple[ItemLine, ...]

    @property
    def measured(self) -> str:
        """What a doubt is measured by, in words; '' where nothing is."""
        words = vocabulary().thresholds
        return "；".join(f"{words.get(word, word)} {measure(value)}" for word, value in self.thresholds.items())

    def readable(self, wording: str) -> str:
        """One of the rule's wordings for people: with its thresholds, and with words for what differs by cell."""
        return vocabulary().readable(wording, {word: measure(value) for word, value in self.thresholds.items()})

    def told(self) -> dict:
        """The record as `duban rules --json` gives it."""
        return {
            "code": self.code,
            **self.rule.model_dump(mode="json"),
            "thresholds": {word: _number(value) for word, value in self.thresholds.items()},
            "because": self.because,
            "items": [{word: _number(value) for word, value in vars(line).items()} for line in self.items],
        }


def rulebook(registry: Registry) -> tuple[RuleRecord, ...]:
    """Every rule under this plan: worst severity first, then by scope, then in the order of `messages.yaml`."""
    scopes = list(vocabulary().scopes)
    lines: dict[str, list[ItemLine]] = {}
    for rule, line in _item_lines(registry):
        lines.setdefault(rule, []).append(line)
    records = []
    for code, rule in load_messages().items():
        doubt = getattr(registry.doubts, code, None)
        measured = {} if doubt is None else doubt.model_dump()
        because = measured.pop("because", None)
        records.append(RuleRecord(code, rule, measured, because, tuple(lines.get(code, ()))))
    return tuple(sorted(records, key=lambda one: (SEVERITIES.index(one.rule.severity), scopes.index(one.rule.scope))))


def rule_named(records: tuple[RuleRecord, ...], code: str) -> RuleRecord:
    """Raises UserError when there is no such rule."""
    for record in records:
        if record.code == code:
            return record
    raise UserError(f"没有规则“{code}”：应写规则的代码，如 {records[0].code}，全部代码见 duban rules。")


def _item_lines(registry: Registry) -> Iterator[tuple[str, ItemLine]]:
    """Rules and the lines that use them, in the order of items and of their files."""
    items = {item.item: item for item in registry.items}
    for name in sorted(name for name in registry.files if name.startswith("items/")):
        root = yaml.compose(registry.files[name], Loader=yaml.CSafeLoader)
        item = items[int(_under(root, "item").value)]
        yield from _checks(name, item, root)
        yield from _limits(registry, name, item, root)


def _checks(name: str, item: Item, root: yaml.MappingNode) -> Iterator[tuple[str, ItemLine]]:
    """The rules between inputs."""
    nodes = _under(root, "checks").value if item.checks else []
    for node, check in zip(nodes, item.checks, strict=True):
        word = next(word for word in Check.model_fields if word in _RULES and getattr(check, word) is not None)
        named, line = getattr(check, word), _line(node, word)
        inputs = (named,) if isinstance(named, str) else tuple(named)
        found = ItemLine(item.item, item.title, name, line, word, inputs, check.severity, None, check.because)
        yield _RULES[word], found


def _limits(registry: Registry, name: str, item: Item, root: yaml.MappingNode) -> Iterator[tuple[str, ItemLine]]:
    """The limits that the item's measures write; those that they leave to the default have no line."""
    for measure, record in item.measures.items():
        written = _under(_under(_under(root, "measures"), measure), "limits")
        for word in Limits.model_fields:
            line, limit = _line(written, word), getattr(record.limits, word)
            if line is not None and limit is not None:
                rule, inputs = _RULES[word], tuple(entry.code for entry in registry.inputs_of(measure))
                severity = load_messages()[rule].severity
                found = ItemLine(item.item, item.title, name, line, word, inputs, severity, limit, record.because)
                yield rule, found


def _under(node: yaml.MappingNode | None, word: str) -> yaml.Node | None:
    return next((value for key, value in node.value if key.value == word), None) if node else None


def _line(node: yaml.MappingNode | None, word: str) -> int | None:
    """The line of a key, from 1; None where it is not written."""
    return next((key.start_mark.line + 1 for key, _ in node.value if key.value == word), None) if node else None


def _rules_of_words() -> dict[str, str]:
    """The rule that each word of an item's file switches on or sets the limit of."""
    between = {
        kind.removeprefix("inputs."): rule
        for kinds in CHECKS.values()
        for kind, rule in kinds.items()
        if kind.startswith("inputs.") and kind != "inputs.value"
    }
    limits = {"min": "minimum", "max": "maximum", "decimals": "precision"}
    return between | {word: CHECKS[check]["inputs.value"] for word, check in limits.items()}


_RULES = _rules_of_words()


def plain(value: object) -> str:
    """A threshold or limit as people write it."""
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def measure(threshold: object) -> str:
    """A threshold as people read it: times and counts as they are, shares in percent."""
    share = isinstance(threshold, Decimal) and threshold <= 1
    return f"{plain(threshold * 100)}%" if share else plain(threshold)


def _number(value: object) -> object:
    """Decimals as a program reads them."""
    return (int(value) if value == int(value) else float(value)) if isinstance(value, Decimal) else value
