"""The registry: a plan's files, read, cross-checked and expanded into who owes what."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Generic, Literal, TypeVar

from duban.errors import RegistryError, UserError
from duban.quarters import Quarter
from duban.registry.doubts import Doubts
from duban.registry.shapes import Figures, Group, Item, Limits, Measure, Plan, Reporter, Role

Part = Literal["value", "numerator", "denominator"]
Owing = TypeVar("Owing")


@dataclass(frozen=True)
class Input:
    """One typed cell of a measure. `code` is the measure's name, or `<measure>.numerator` / `.denominator`."""

    code: str
    item: int
    measure: str
    part: Part
    title: str
    unit: str
    figures: Figures
    limits: Limits


@dataclass(frozen=True)
class Owed:
    """A reporter owes an item, in the first of the roles lead, support, local that the plan gives it."""

    item: int
    reporter: Reporter
    role: Role


_KNOWN = 2_000  # of whom something is kept: a run asks for those of a batch again and again, and then for others


class OfReporters(Mapping[str, tuple[Owing, ...]], Generic[Owing]):
    """Something of each of these reporters, by code, made for one when it is asked for: most runs ask for a few of tens
    of thousands."""

    def __init__(self, codes: Iterable[str], made: Callable[[str], tuple[Owing, ...]]):
        self._codes, self._made, self._known = dict.fromkeys(codes), made, {}

    def __getitem__(self, code: str) -> tuple[Owing, ...]:
        if code not in self._known:
            if code not in self._codes:
                raise KeyError(code)
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[code] = self._made(code)
        return self._known[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)


@dataclass(frozen=True)
class Registry:
    """One year's plan with everything that follows from it. `shares` holds reporters' shares of targets by
    (reporter code, measure). `digest` identifies the files it was read from; `files` are their texts by name."""

    plan: Plan
    reporters: tuple[Reporter, ...]
    groups: dict[str, Group]
    items: tuple[Item, ...]
    shares: dict[tuple[str, str], Decimal]
    doubts: Doubts
    digest: str
    files: dict[str, str]

    @cached_property
    def by_code(self) -> dict[str, Reporter]:
        return {reporter.code: reporter for reporter in self.reporters}

    @cached_property
    def by_name(self) -> dict[str, Reporter]:
        """Reporters under every name they go by: code, short name, full name, aliases."""
        return {
            name: reporter
            for reporter in self.reporters
            for name in (reporter.code, reporter.name, reporter.full_name, *reporter.aliases)
        }

    def named(self, name: str) -> Reporter:
        """The reporter that goes by a name; raises UserError when nobody does."""
        reporter = self.by_name.get(name.strip()) or self.by_name.get(name.strip().upper())
        if reporter is None:
            raise UserError(f"方案中没有填报单位“{name}”：应写单位代码、简称或全称，名单见 duban status。")
        return reporter

    def heir(self, code: str) -> str:
        """The code of who reports what the plan asks of a reporter: its own, until it is merged into another."""
        into = self.by_code[code].merged_into
        return self.by_name[into].code if into else code

    def item(self, number: int) -> Item:
        """Raises RegistryError when the plan has no such item."""
        for item in self.items:
            if item.item == number:
                return item
        numbers = "、".join(str(item.item) for item in self.items)
        raise RegistryError(f"方案中没有第 {number} 项：可用 {numbers}。")

    def members(self, group: str) -> list[Reporter]:
        """The reporters of a group, in the registry's order; for those that were merged, who took over."""
        return [self.by_code[code] for code in self._members(group)]

    def _members(self, group: str) -> tuple[str, ...]:
        record = self.groups[group]
        if not record.members:
            return self._of_kind.get(record.kind, ())
        return self._in_order({self._reports(name) for name in record.members})

    def _reports(self, name: str) -> str:
        return self.heir(self.by_name[name].code)

    @cached_property
    def _of_kind(self) -> dict[str, tuple[str, ...]]:
        """The codes of each kind of reporters that were not merged, in the registry's order."""
        found = defaultdict(list)
        for reporter in self.reporters:
            if not reporter.merged_into:
                found[reporter.kind].append(reporter.code)
        return {kind: tuple(codes) for kind, codes in found.items()}

    @cached_property
    def _place(self) -> dict[str, int]:
        return {reporter.code: place for place, reporter in enumerate(self.reporters)}

    def _in_order(self, codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(codes, key=self._place.__getitem__))

    def due(self, quarter: Quarter) -> dt.date:
        """The date by which reports of a quarter are due: written in `plan.yaml`, else by the calendar."""
        written = self.plan.due.get(str(quarter))
        return dt.date.fromisoformat(written) if written else quarter.due(self.plan.due_day)

    @cached_property
    def owed(self) -> dict[int, tuple[Owed, ...]]:
        """Who owes each item: leads, then supports, then localities; each in the registry's order, none twice."""
        return {
            item: tuple(Owed(item, self.by_code[code], role) for role, codes in by_role.items() for code in codes)
            for item, by_role in self.roles.items()
        }

    @cached_property
    def roles(self) -> dict[int, dict[Role, tuple[str, ...]]]:
        """The codes of those who owe each item, by role: as in `owed`, without a record for each of them."""
        return {item.item: self._roles(item) for item in self.items}

    def _roles(self, item: Item) -> dict[Role, tuple[str, ...]]:
        leads = {self._reports(name) for name in item.lead}
        supports = {self._reports(name) for name in item.support}
        supports.update(*(self._members(group) for group in item.groups))
        supports -= leads
        if item.local == "all":
            local = self._of_kind.get("prefecture", ())
        else:
            local = () if item.local == "none" else self._in_order({self.heir(code) for code in item.local})
        before = leads | supports
        if not before.isdisjoint(local):
            local = tuple(code for code in local if code not in before)
        return {"lead": self._in_order(leads), "support": self._in_order(supports), "local": local}

    def consolidators(self, item: Item) -> list[Reporter]:
        """Who answers for an item as a whole: its leads, or where the plan names none the one that sums it up."""
        codes = dict.fromkeys(self._reports(name) for name in item.lead or (item.consolidates,))
        return [self.by_code[code] for code in codes]

    def reporting(self, item: Item, measure: Measure) -> list[Reporter]:
        """Who reports a measure of an item: `reported_by` resolved from roles, `consolidates`, groups and names."""
        return [self.by_code[code] for code in self.reporting_codes(item, measure)]

    def reporting_codes(self, item: Item, measure: Measure) -> tuple[str, ...]:
        """The codes of who reports a measure of an item, in the registry's order."""
        meant = [self._meant(word, item) for word in measure.reported_by]
        return meant[0] if len(meant) == 1 else self._in_order(set().union(*meant))

    def _meant(self, word: str, item: Item) -> tuple[str, ...]:
        """The codes that a word of `reported_by` stands for."""
        if word in ("lead", "support", "local"):
            return self.roles[item.item][word]
        if word == "consolidates":
            return self._in_order({reporter.code for reporter in self.consolidators(item)})
        return self._members(word) if word in self.groups else (self._reports(word),)

    @cached_property
    def inputs(self) -> dict[str, Input]:
        """Every typed cell of every measure, by code, in the plan's order."""
        found: dict[str, Input] = {}
        for item in self.items:
            for name, measure in item.measures.items():
                if measure.aggregate == "ratio":
                    for part in ("numerator", "denominator"):
                        record = getattr(measure, part)
                        if record.reference is None:
                            found[f"{name}.{part}"] = Input(
                                f"{name}.{part}",
                                item.item,
                                name,
                                part,
                                record.title,
                                record.unit,
                                measure.figures,
                                measure.limits,
                            )
                else:
                    found[name] = Input(
                        name, item.item, name, "value", measure.title, measure.unit, measure.figures, measure.limits
                    )
        return found

    def inputs_of(self, measure: str) -> list[Input]:
        """What is typed for a measure: one input, or a ratio's two."""
        parts = (measure, f"{measure}.numerator", f"{measure}.denominator")
        return [self.inputs[code] for code in parts if code in self.inputs]

    @cached_property
    def measures(self) -> dict[str, tuple[Item, Measure]]:
        return {name: (item, measure) for item in self.items for name, measure in item.measures.items()}

    @cached_property
    def reporters_of(self) -> dict[str, tuple[Reporter, ...]]:
        """Who reports each measure, by its name."""
        return {name: tuple(self.reporting(item, measure)) for name, (item, measure) in self.measures.items()}

    @cached_property
    def owing(self) -> dict[int, dict[Role, frozenset[str]]]:
        """As `roles`, in no order: for the question whether somebody is among them."""
        return {item: {role: self._set(codes) for role, codes in roles.items()} for item, roles in self.roles.items()}

    @cached_property
    def typing(self) -> dict[str, frozenset[str]]:
        """The codes of who reports each measure, by its name, in no order."""
        return {name: self._set(self.reporting_codes(*measure)) for name, measure in self.measures.items()}

    def _set(self, codes: tuple[str, ...]) -> frozenset[str]:
        """Most of them are one and the same: everybody of a kind."""
        if codes not in self._sets:
            self._sets[codes] = frozenset(codes)
        return self._sets[codes]

    @cached_property
    def _sets(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}

    @cached_property
    def owed_items(self) -> Mapping[str, tuple[tuple[Item, Role], ...]]:
        """What each reporter (by code) owes: items with its role, in the plan's order."""
        return OfReporters(self.by_code, self._owed_items)

    def _owed_items(self, code: str) -> tuple[tuple[Item, Role], ...]:
        items = ((item, self.owing[item.item]) for item in self.items)
        return tuple((item, role) for item, roles in items for role, codes in roles.items() if code in codes)

    @cached_property
    def owed_inputs(self) -> Mapping[str, tuple[Input, ...]]:
        """The inputs that each reporter (by code) has to type, in the plan's order."""
        return OfReporters(self.by_code, self._owed_inputs)

    def _owed_inputs(self, code: str) -> tuple[Input, ...]:
        return tuple(entry for entry in self.inputs.values() if code in self.typing[entry.measure])

    def target_of(self, reporter: str, measure: str) -> Decimal | None:
        """A reporter's own target by Q4: its share, or the measure's target where every reporter has to reach it
        (ratios), or where it alone reports."""
        _, record = self.measures[measure]
        if (reporter, measure) in self.shares:
            return self.shares[reporter, measure]
        if record.target is None:
            return None
        alone = len(self.typing[measure]) == 1
        return self.target_figure(record) if record.aggregate == "ratio" or alone else None

    def target_figure(self, measure: Measure) -> Decimal | None:
        """The figure of a measure's target: written, or the plan's baseline; None while the baseline is empty."""
        if measure.target is None:
            return None
        return (
            measure.target.at_least if measure.target.baseline is None else self.plan.baselines[measure.target.baseline]
        )

    def schedule_of(self, measure: Measure) -> tuple[int, int, int, int]:
        """Percent of the target due by the end of each quarter."""
        return measure.schedule or self.plan.schedule
