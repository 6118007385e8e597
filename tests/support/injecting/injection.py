"""A draft that is being spoilt, and what has to be found because of it."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from drafts import Draft, Line

from duban.fillin.keys import KeyRing
from duban.fillin.layout import BY_TABLE
from duban.registry.registry import Registry

Found = tuple[str, str, str]  # rule, sheet, and the cell; the row's key or what is missing where there is no cell
Injector = Callable[["Injection"], None]  # raises NoPlace, and has changed nothing then


class NoPlace(Exception):
    """The draft has no free place for this fault."""


@dataclass
class Injection:
    """A draft that is being spoilt. `expected` holds (rule, table, line, field), or what is missing and no line."""

    draft: Draft
    registry: Registry
    rng: random.Random
    ring: KeyRing
    earlier: Mapping[str, Decimal] = field(default_factory=dict)  # figures of the quarter before, as accepted
    said_before: Mapping[str, str] = field(default_factory=dict)  # progress of that quarter, by item
    explained: frozenset[str] = frozenset()  # items of which it was said before why they do not apply
    said_by_others: Mapping[str, str] = field(default_factory=dict)  # progress in files that came before, by item
    expected: list[tuple[str, str, Line | None, str]] = field(default_factory=list)
    injected: list[str] = field(default_factory=list)
    claimed: set[tuple[str, object]] = field(default_factory=lambda: {("progress", ""), ("inputs", "")})

    def expect(self, rule: str, tab: str, line: Line | None, name: str) -> None:
        self.expected.append((rule, tab, line, name))

    def findings(self) -> set[Found]:
        """What has to be found, once all rows stand where they will be sent."""
        return {
            (rule, BY_TABLE[tab].title if tab else "", self.draft.address(tab, line, name) if line else name)
            for rule, tab, line, name in self.expected
        }

    def pick(self, tab: str, wanted: Callable[[Line], bool] = lambda line: True) -> Line:
        """A line that no fault bears on yet, claimed with the figures that it is compared with."""
        free = [one for one in self.draft.lines[tab] if one.texts and not self._bound(tab, one) and wanted(one)]
        if not free:
            raise NoPlace
        line = self.rng.choice(free)
        self.claimed |= self._bonds(tab, line)
        return line

    def claim_item(self, item: str) -> list[Line]:
        """The figures of an item, claimed together: what a status says bears on all of them."""
        lines = [line for line in self.draft.lines["inputs"] if line.key and line.texts["item"] == item]
        bonds = {bond for line in lines for bond in self._bonds("inputs", line)} | {("progress", item)}
        if bonds & self.claimed:
            raise NoPlace
        self.claimed |= bonds
        return lines

    def _bound(self, tab: str, line: Line) -> bool:
        return bool(self._bonds(tab, line) & self.claimed)

    def _bonds(self, tab: str, line: Line) -> set[tuple[str, object]]:
        if tab == "projects":
            return {(tab, id(line))}
        return {(tab, line.key), *((tab, key) for key in partners(self.registry, line.key))}


def partners(registry: Registry, code: str) -> set[str]:
    """The inputs that an input is compared with."""
    pairs = [pair for pair, _ in part_of_whole(registry) if code in pair]
    return {one for pair in pairs for one in pair}


def part_of_whole(registry: Registry) -> Iterator[tuple[tuple[str, str], str]]:
    for item in registry.items:
        for check in item.checks:
            if check.not_above:
                yield check.not_above, check.severity


def never_falling(registry: Registry) -> set[str]:
    return {check.never_falls for item in registry.items for check in item.checks if check.never_falls}
