"""What changed since another publication, and why: reporters and rules are put over one after another, so that the
effects of the causes add up to the difference, exactly."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

NEW, RESENT, NEXT = "新报送", "单位更正", "本季新数"
CORRECTED, RULES, PLAN, GONE = "台账更正", "规则调整", "方案或单位调整", "未报"
_WORDS = {
    "aggregate": "汇总方式",
    "figures": "口径",
    "unit": "计量单位",
    "reference": "分母",
    "per": "分母单位",
}
_MILLION = 10**6
Row = Any


class Part(NamedTuple):
    """What a reporter puts into a measure. `recency` orders them where the latest counts."""

    numerator: Decimal
    denominator: Decimal | None
    recency: int = 0


@dataclass(frozen=True)
class Steps:
    """A reporter's part in a measure, from what was published to what is: `published` then, `ruled` under the rules of
    now, `typed` without the corrections of then; `between`, of earlier quarters, as typed by now; `now_typed`, and
    `now` with its corrections.

    `sent_then` and `sent_now` are the accepted submissions of the compared quarter and of the present one, '' where
    there is none; `later` says that these are two quarters.
    """

    reporter: str
    name: str
    later: bool
    owed_then: bool
    owed_now: bool
    published: Part | None
    ruled: Part | None
    typed: Part | None
    between: Part | None
    now_typed: Part | None
    now: Part | None
    sent_then: str
    sent_now: str


@dataclass(frozen=True)
class Effect:
    """What one cause did to the province's figure; of no `reporter` where it is the rules."""

    reporter: str
    name: str
    cause: str
    effect: Decimal
    sent_then: str
    sent_now: str
    note: str = ""


@dataclass(frozen=True)
class Change:
    """A figure that is not what it was, with one of its causes; the effects of all of them add up to `difference`."""

    comparison: str
    item: int
    measure: str
    title: str
    unit: str
    decimals: int
    base_value: Decimal | None
    now_value: Decimal | None
    difference: Decimal
    cause: Effect


def province(aggregate: str, parts: Iterable[Part]) -> Decimal | None:
    """The province's figure from its parts; a ratio is cut off after six decimals, as in the warehouse."""
    parts = list(parts)
    if not parts:
        return None
    match aggregate:
        case "sum":
            return sum((part.numerator for part in parts), Decimal(0))
        case "ratio":
            known = [part.denominator for part in parts if part.denominator is not None]
            return _ratio(sum((part.numerator for part in parts), Decimal(0)), sum(known, Decimal(0)))
        case "max":
            return max(part.numerator for part in parts)
    return max(parts, key=lambda part: part.recency).numerator


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    if not whole:
        return None
    above, below = int(part * _MILLION), int(whole * _MILLION)
    quotient = abs(above) * _MILLION // abs(below)
    return Decimal(quotient if (above < 0) == (below < 0) else -quotient).scaleb(-6)


def effects(
    definition: Mapping[str, Any], all_steps: Iterable[Steps]
) -> tuple[Decimal | None, Decimal | None, list[Effect]]:
    """The figure then, the figure now, and what led from the one to the other, in this order: reporters that no longer
    owe it, the rules, and the reporters one by one as they come; nothing where no part made a difference."""
    all_steps = list(all_steps)
    parts = _Parts(definition["aggregate_then"] or "sum", {s.reporter: s.published for s in all_steps if s.published})
    then = parts.value
    for steps in all_steps:
        if steps.published and not steps.owed_now:
            parts.put(steps, None, PLAN)
    ruled = {s.reporter: s.ruled for s in all_steps if s.ruled and s.owed_then and s.owed_now}
    parts.rule(definition["aggregate_now"] or "sum", ruled, rules_changed(definition))
    for steps in all_steps:
        if steps.owed_now:
            for part, cause in own_steps(steps, definition["figures_now"]):
                parts.put(steps, part, cause)
    return then, parts.value, parts.told()


def figure_changes(definitions: Iterable[Row], contributions: Iterable[Row]) -> list[Change]:
    """Every figure that changed, cause by cause, from the rows of the marts of these names: comparisons in their order,
    measures in the plan's, reporters in the registry's."""
    steps: dict[tuple[str, str], list[Steps]] = {}
    for row in contributions:
        parts = {
            word: Part(found["n"], found["d"], found["r"]) if (found := getattr(row, word)) else None
            for word in ("published", "ruled", "typed", "between", "now_typed", "now")
        }
        one = Steps(
            row.reporter, row.name, row.later, row.owed_then, row.owed_now,
            **parts, sent_then=row.sent_then, sent_now=row.sent_now,
        )  # fmt: skip
        steps.setdefault((row.comparison, row.measure), []).append(one)
    return [change for row in definitions for change in _changes(row, steps.get((row.comparison, row.measure), []))]


def _changes(row: Row, steps: list[Steps]) -> Iterator[Change]:
    then, now, causes = effects(row._asdict(), steps) if steps else (None, None, [])
    for cause in causes:
        yield Change(
            comparison=row.comparison,
            item=row.item,
            measure=row.measure,
            title=row.title,
            unit=row.unit_now or row.unit_then,
            decimals=row.decimals,
            base_value=then,
            now_value=now,
            difference=(now or Decimal(0)) - (then or Decimal(0)),
            cause=cause,
        )


def rules_changed(definition: Mapping[str, Any]) -> str:
    """What differs between a measure's definition then and now, in words; '' where nothing does or one is not there."""
    if not (definition["then"] and definition["now"]):
        return ""
    changed = [title for word, title in _WORDS.items() if definition[f"{word}_then"] != definition[f"{word}_now"]]
    return "、".join(changed)


class _Parts:
    """The parts of a measure as they are put over one after another, with what each did to the province's figure."""

    def __init__(self, aggregate: str, parts: dict[str, Part]) -> None:
        self._begin(aggregate, parts)
        self._first = self.value
        self._effects: dict[tuple[str, str], Effect] = {}

    def _begin(self, aggregate: str, parts: dict[str, Part]) -> None:
        self._aggregate, self._parts = aggregate, parts
        self._above = sum((part.numerator for part in parts.values()), Decimal(0))
        self._below = sum((part.denominator or 0 for part in parts.values()), Decimal(0))
        self.value = self._value()

    def _value(self) -> Decimal | None:
        if not self._parts or self._aggregate not in ("sum", "ratio"):
            return province(self._aggregate, self._parts.values())
        return self._above if self._aggregate == "sum" else _ratio(self._above, self._below)

    def put(self, steps: Steps, part: Part | None, cause: str) -> None:
        """Put a reporter's part in the place of the one it has."""
        old = self._parts.pop(steps.reporter, None)
        if part:
            self._parts[steps.reporter] = part
        if old == part:
            return
        for one, sign in ((old, -1), (part, 1)):
            if one:
                self._above += sign * one.numerator
                self._below += sign * (one.denominator or 0)
        self._note(steps.reporter, steps.name, cause, self._value(), steps.sent_then, steps.sent_now)

    def rule(self, aggregate: str, parts: dict[str, Part], changed: str) -> None:
        """Put all parts under other rules."""
        if (aggregate, parts) != (self._aggregate, self._parts) or changed:
            before = self.value
            self._begin(aggregate, parts)
            after, self.value = self.value, before
            note = f"{changed}有变" if changed else "基数或填报项有变"
            self._note("", "", RULES, after, "", "", note)

    def _note(
        self, reporter: str, name: str, cause: str, value: Decimal | None, sent_then: str, sent_now: str, note: str = ""
    ) -> None:
        effect = (value or Decimal(0)) - (self.value or Decimal(0))
        known = self._effects.get((reporter, cause))
        self._effects[reporter, cause] = Effect(
            reporter, name, cause, effect + (known.effect if known else 0), sent_then, sent_now, note
        )
        self.value = value

    def told(self) -> list[Effect]:
        """The effects; none where each reporter's come to nothing and so does the difference, under the same rules."""
        found = list(self._effects.values())
        net: dict[str, Decimal] = {}
        for one in found:
            net[one.reporter] = net.get(one.reporter, Decimal(0)) + one.effect
        if self.value == self._first and not any(net.values()) and not any(one.reporter == "" for one in found):
            return []
        return [one for one in found if one.effect or not one.reporter] or found


def own_steps(steps: Steps, figures: str) -> Iterator[tuple[Part | None, str]]:
    """A reporter's own steps, each with its cause."""
    if not steps.owed_then:
        yield steps.now, PLAN
        return
    yield steps.typed, CORRECTED
    last = steps.typed
    if figures == "in_quarter" and steps.later:
        yield steps.between, _sent(last, steps.between, steps.sent_then, RESENT)
        last = steps.between
    yield steps.now_typed, _sent(last, steps.now_typed, steps.sent_then, NEXT if steps.later else RESENT)
    yield steps.now, CORRECTED


def _sent(before: Part | None, after: Part | None, sent_then: str, otherwise: str) -> str:
    if before is not None and after is None:
        return GONE
    return NEW if before is None and not sent_then else otherwise
