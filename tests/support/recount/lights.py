"""The lights of items, measures and deliverables counted once more, from the plan's files and the typed cells."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from recount.count import Count
from recount.plan import Measure, cut
from recount.sheets import rows_of, text

WORST_FIRST = ("red", "yellow", "green", "done", "grey")
_YELLOW_AT = Decimal("0.8")


@dataclass(frozen=True)
class Lit:
    """`judged` is what figures or dates say; `light` is yellow where what was overdue is only now made up. `reached` is
    the share of what is due by now."""

    item: int
    title: str
    light: str
    judged: str
    reached: Decimal | None = None
    completion: Decimal | None = None
    due: Decimal | int | None = None  # of a measure the share of its target, of a deliverable the quarter


@dataclass(frozen=True)
class Item:
    number: int
    title: str
    light: str
    judged: str
    computed: bool

    @property
    def kind(self) -> str:
        return self.light if self.computed or self.light == "grey" else "own"


class Lights:
    """The lights at the end of a count's quarter."""

    def __init__(self, count: Count):
        self.count, self.plan = count, count.plan
        self.past = [count.until(f"{count.quarter[:5]}{n}") for n in range(1, count.now + 1)]

    @cached_property
    def measures(self) -> dict[str, Lit]:
        return {name: self._measure(measure) for name, measure in self.plan.measures.items()}

    @cached_property
    def deliverables(self) -> dict[str, Lit]:
        return {
            record["name"]: self._deliverable(number, item, record)
            for number, item in self.plan.items.items()
            for record in item.get("deliverables") or ()
        }

    @cached_property
    def items(self) -> dict[int, Item]:
        found = {}
        for number, item in self.plan.items.items():
            below = [lit for lit in (*self.measures.values(), *self.deliverables.values()) if lit.item == number]
            light, judged = _worst(lit.light for lit in below), _worst(lit.judged for lit in below)
            computed = light != "grey"
            if not computed:
                light = judged = _worst(self._word(*said) for said in self.said(self.count, number))
            found[number] = Item(number, item["title"], light, judged, computed)
        return found

    @cached_property
    def worst(self) -> list[tuple[Item, Lit]]:
        """The five items furthest behind, each with the measure or deliverable that makes it so."""
        found = []
        for item in self.items.values():
            subjects = {**self.measures, **self.deliverables}
            behind = [
                (WORST_FIRST.index(lit.light), lit.reached, name, lit)
                for name, lit in subjects.items()
                if lit.item == item.number and lit.light in ("red", "yellow") and lit.judged != "done"
            ]
            if behind:
                rank, reached, _, lit = min(behind)
                found.append((rank, reached, item.number, item, lit))
        return [(item, lit) for *_, item, lit in sorted(found, key=lambda one: one[:3])[:5]]

    def of_reporter(self, measure: Measure, reporter: str) -> Lit | None:
        """A reporter's light against its own target; None where it has none."""
        owing = len(self.count.of_measure[measure.name])
        target = self.count.target(measure, reporter, owing)
        if target is None:
            return None
        return self._judge(measure, target, [count.stands_at(measure, reporter) for count in self.past])

    def _measure(self, measure: Measure) -> Lit:
        return self._judge(measure, measure.target, [count.stood(measure) for count in self.past])

    def _judge(self, measure: Measure, target: Decimal | None, values: list[Decimal | None]) -> Lit:
        shares = [measure.share_due(number) for number in range(1, len(values) + 1)]
        judged = [_light(*pair, target) for pair in zip(values, shares, strict=True)]
        overdue = [light for number, light in enumerate(judged[:-1], 1) if number >= (measure.by or 4)]
        light = _made_up(judged[-1], overdue)
        if target is None or values[-1] is None:
            return Lit(measure.item, measure.title, light, judged[-1])
        due = cut(target * shares[-1])
        reached, completion = cut(values[-1] / due) if due else None, cut(values[-1] / target)
        return Lit(measure.item, measure.title, light, judged[-1], reached, completion, shares[-1])

    def _deliverable(self, number: int, item: dict, record: dict) -> Lit:
        dates = [int(one["due"][-1]) for one in item["deliverables"]]
        due = int(record["due"][-1])
        judged = [self._delivered(count, number, due, due < max(dates)) for count in self.past]
        overdue = [light for quarter, light in enumerate(judged[:-1], 1) if quarter >= due]
        light = _made_up(judged[-1], overdue)
        reached = Decimal(0) if light == "red" else Decimal("0.9")
        return Lit(number, record["title"], light, judged[-1], reached, None, due)

    def _delivered(self, count: Count, item: int, due: int, others_to_come: bool) -> str:
        """What those that answer for an item say, against a date."""
        said = self.said(count, item)
        told = [(status, day) for status, day in said if status not in (None, "不适用")]
        excused = sum(status == "不适用" for status, _ in said)
        done = sum(status == "已完成" for status, _ in told)
        open_days = [day for status, day in told if status in ("推进中", "未启动") and day]
        late = bool(open_days) and max(open_days) > self.end(due)
        dated = sum(status == "推进中" and day is not None for status, day in told)
        begun = any(status in ("推进中", "已完成") for status, _ in told)
        if not told:
            return "grey"
        if done == len(said) - excused:
            return "done"
        if others_to_come and begun and (count.now >= due or late):
            return "grey"
        if count.now >= due:
            return "red"
        if late:
            return "yellow"
        return "green" if dated and dated + done == len(told) else "grey"

    def _word(self, status: str | None, day: dt.date | None) -> str:
        if status in (None, "不适用"):
            return "grey"
        if status == "已完成":
            return "done"
        if day and day <= self.end(self.count.now):
            return "red"
        return "yellow" if status == "未启动" else "green"

    def said(self, count: Count, item: int) -> list[tuple[str | None, dt.date | None]]:
        """State and expected day of those that answer for an item."""
        states = self._states(count)
        return [states.get((code, item), (None, None)) for code in self.plan.answering(item)]

    @cache  # noqa: B019  one count lives as long as its test
    def _states(self, count: Count) -> dict[tuple[str, int], tuple[str | None, dt.date | None]]:
        return dict(states_of(count))

    def end(self, quarter: int) -> dt.date:
        """The last day of a quarter of the year."""
        year = int(self.count.quarter[:4])
        return dt.date(year, 3 * quarter, calendar.monthrange(year, 3 * quarter)[1])


def _light(value: Decimal | None, share: Decimal, target: Decimal | None) -> str:
    if value is None or target is None:
        return "grey"
    due = cut(target * share)
    if value >= target:
        return "done"
    return "green" if value >= due else "yellow" if value >= cut(due * _YELLOW_AT) else "red"


def _made_up(judged: str, overdue: list[str]) -> str:
    told = [light for light in overdue if light != "grey"]
    return "yellow" if judged == "done" and told and told[-1] in ("red", "yellow") else judged


def _worst(lights: Iterator[str]) -> str:
    return min(lights, key=WORST_FIRST.index, default="grey")


def states_of(count: Count) -> Iterator[tuple[tuple[str, int], tuple[str, dt.date | None]]]:
    """What each reporter says of its items this quarter: state, and the day on which it wants to be done."""
    year = int(count.quarter[:4])
    for one in count.current:
        if one["quarter"] == count.quarter:
            for _, cells in rows_of(count.files[one["digest"]][0], "工作进展", "序号", "进展状态"):
                if text(cells["序号"]).isdecimal():
                    state = text(cells["进展状态"]) or None
                    yield (one["reporter"], int(text(cells["序号"]))), (state, day_of(cells["预计完成时间"], year))


def day_of(typed: object, year: int) -> dt.date | None:
    """A typed date: 2023-06-30, 2023年6月底, 6月30日."""
    found = re.fullmatch(r"(?:(\d{4})\D)?(\d{1,2})\D(?:(\d{1,2})日?|底)", text(typed))
    if not found:
        return None
    told, month = int(found[1] or year), int(found[2])
    return dt.date(told, month, int(found[3] or calendar.monthrange(told, month)[1]))
