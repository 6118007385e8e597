"""What led from another publication's figure to this one's, step by step, reckoned from the typed cells of both."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from duban.publishing.changes import PLAN, RULES, Part, Steps, own_steps, rules_changed
from duban.tracing.figures import Figures, exact_ratio, plain, shown

_WORDS = ("aggregate", "figures", "unit", "reference", "per")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Told = tuple[Decimal | None, str]  # a figure, and how it is told


@dataclass
class Effect:
    """What one cause did to the province's figure, and the arithmetic of every step at which it did."""

    value: Decimal = Decimal(0)
    arithmetic: list[str] = field(default_factory=list)
    sent_then: str = ""
    sent_now: str = ""


class Changes:
    """From a publication `then` to `now`. A figure is looked at as it was published, under the rules of now, without
    the corrections of then, of earlier quarters as typed by now, without the corrections of now, and as it is."""

    def __init__(self, then: Figures, now: Figures):
        self.then, self.now = then, now
        before, after = then.publication, now.publication
        later = before.quarter < after.quarter
        self._views = {
            "published": then,
            "ruled": Figures(before, after),
            "typed": Figures(before, after, typed=True),
            "between": Figures(after, until=before.quarter, typed=True) if later else None,
            "now_typed": Figures(after, typed=True),
            "now": now,
        }
        self.effects = cache(self._effects)

    @property
    def measures(self) -> list[str]:
        """Those of both plans."""
        return list(self.now.publication.measures | self.then.publication.measures)

    def stood(self, figures: Figures, measure: str) -> Decimal | None:
        """The province's figure on one of the two sides; None where its plan has no such measure."""
        return figures.stood(measure).value if measure in figures.rules.measures else None

    def difference(self, measure: str) -> Decimal:
        """What the figure of now is more than that of then."""
        return (self.stood(self.now, measure) or Decimal(0)) - (self.stood(self.then, measure) or Decimal(0))

    def _effects(self, measure: str) -> dict[tuple[str, str], Effect]:
        """The effects by reporter ('' for the rules) and cause."""
        rules = {"then": self.then.publication.measures.get(measure), "now": self.now.publication.measures.get(measure)}
        definition = {f"{word}_{when}": (rule or {}).get(word) for when, rule in rules.items() for word in _WORDS}
        every = [self._steps(measure, code) for code in self._reporters()]
        unit = (rules["now"] or rules["then"])["unit"]
        published = {one.reporter: one.published for one in every if one.published}
        walk = _Walk(definition["aggregate_then"] or "sum", unit, published)
        for one in every:
            if one.published and not one.owed_now:
                walk.put(one, None, PLAN)
        ruled = {one.reporter: one.ruled for one in every if one.ruled and one.owed_then and one.owed_now}
        walk.rule(definition["aggregate_now"] or "sum", ruled, rules_changed({**rules, **definition}))
        for one in every:
            for part, cause in own_steps(one, definition["figures_now"]) if one.owed_now else ():
                walk.put(one, part, cause)
        return walk.effects

    def _reporters(self) -> list[str]:
        """Of both plans, in the order of now."""
        now, then = self.now.publication.places, self.then.publication.places
        return sorted(now.keys() | then.keys(), key=lambda code: (now.get(code, then.get(code)), code))

    def _steps(self, measure: str, code: str) -> Steps:
        before, after = self.then.publication, self.now.publication
        reporter = after.reporters.get(code) or before.reporters[code]
        sent = [(one.current.get((one.quarter, code)) or {"accession": ""})["accession"] for one in (before, after)]
        return Steps(
            reporter=code,
            name=reporter["name"],
            later=before.quarter < after.quarter,
            owed_then=code in before.owing.get(measure, ()),
            owed_now=code in after.owing.get(measure, ()),
            sent_then=sent[0],
            sent_now=sent[1],
            **{name: _part(view, measure, code) for name, view in self._views.items()},
        )


def _part(view: Figures | None, measure: str, code: str) -> Part | None:
    """What a reporter puts into a measure, as one of the views has it."""
    if view is None or code not in view.rules.owing.get(measure, ()) or code not in view.publication.reporters:
        return None
    part = view.standing(measure, code)
    if part.state != "value":
        return None
    received = dt.datetime.fromisoformat(view.received(measure, code, view.quarters))
    recency = (received - _EPOCH) // dt.timedelta(microseconds=1) * 1_000_000 + view.rules.places[code]
    return Part(part.numerator, part.denominator, recency)


class _Walk:
    """The parts of a measure as they take each other's place; sums are kept, so that a step costs what it moves."""

    def __init__(self, aggregate: str, unit: str, parts: dict[str, Part]):
        self.unit = unit
        self.effects: dict[tuple[str, str], Effect] = {}
        self._begin(aggregate, parts)

    def _begin(self, aggregate: str, parts: dict[str, Part]) -> None:
        self.aggregate, self.parts = aggregate, parts
        self.above = sum((part.numerator for part in parts.values()), Decimal(0))
        self.below = sum((part.denominator or Decimal(0) for part in parts.values()), Decimal(0))

    def put(self, steps: Steps, part: Part | None, cause: str) -> None:
        """A reporter's part in the place of the one it has."""
        old = self.parts.get(steps.reporter)
        if part == old:
            return
        before = self._together()
        self.parts.pop(steps.reporter, None)
        if part:
            self.parts[steps.reporter] = part
        for one, sign in ((old, -1), (part, 1)):
            if one:
                self.above += sign * one.numerator
                self.below += sign * (one.denominator or 0)
        own = [(one.numerator, plain(one.numerator)) if one else (None, "无") for one in (part, old)]
        alone = self.aggregate == "sum"  # a sum moves by the reporter's own figure
        effect = self._note((steps.reporter, cause), *(own if alone else (self._together(), before)))
        effect.sent_then, effect.sent_now = steps.sent_then, steps.sent_now

    def rule(self, aggregate: str, parts: dict[str, Part], changed: str) -> None:
        """All parts under other rules."""
        if changed or (aggregate, parts) != (self.aggregate, self.parts):
            before = self._together()
            self._begin(aggregate, parts)
            self._note(("", RULES), self._together(), before)

    def _note(self, key: tuple[str, str], after: Told, before: Told) -> Effect:
        effect = self.effects.setdefault(key, Effect())
        moved = (after[0] or Decimal(0)) - (before[0] or Decimal(0))
        effect.value += moved
        effect.arithmetic.append(f"{after[1]} 减去 {before[1]} = {shown(moved, self.unit)}")
        return effect

    def _together(self) -> Told:
        """The province's figure from the parts that stand, and how."""
        if not self.parts:
            return None, "无"
        match self.aggregate:
            case "sum":
                return self.above, plain(self.above)
            case "ratio":
                value = exact_ratio(self.above, self.below)
                return value, f"{plain(self.above)} ÷ {plain(self.below)}（{shown(value, self.unit)}）"
            case "max":
                value = max(part.numerator for part in self.parts.values())
            case _:
                value = max(self.parts.values(), key=lambda part: part.recency).numerator
        return value, shown(value, self.unit)
