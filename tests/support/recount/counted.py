"""What a publication's sentences are made of, counted: items by light, who reported, who is behind, what moved."""

import re
from collections.abc import Iterator
from functools import cached_property

from recount.compare import Compared
from recount.lights import Item, Lights, Lit
from recount.phrases import ABSENT, KINDS, LIGHTS, ORDINALS, OWN, Listing, day, percent


class Counted:
    def __init__(self, compared: Compared):
        self.compared, self.count, self.plan = compared, compared.count, compared.count.plan
        self.lights = compared.lights
        year, quarter = self.count.quarter[:4], self.count.now
        self.quarter = f"{year}年{ORDINALS[quarter - 1]}季度"

    @cached_property
    def _names(self) -> list[str]:
        """Names in which digits stand."""
        return [name for name in self.plan.names.values() if re.search(r"\d", name)]

    def _head(self) -> list[str]:
        last = max(self.count.files[one["digest"]][1] for one in self.count.manifest["submissions"])
        name = self.count.manifest["publication"]
        issue = f"第{name.rpartition('-r')[2]}版"
        return [self.plan.about["title"], self.quarter, issue, f"数据截至{day(last)}{last:%H:%M}"]

    @cached_property
    def items(self) -> list[Item]:
        return list(self.lights.items.values())

    def _of(self, kind: str, chapter: int | None = None) -> int:
        """Items of a light; `own` where a self-reported state stands in."""
        return sum(item.kind == kind and chapter in (None, self._chapter(item)) for item in self.items)

    def _chapter(self, item: Item) -> int:
        return int(self.plan.items[item.number]["chapter"])

    @cached_property
    def own(self) -> dict[str, int]:
        found = {light: sum(i.kind == "own" and i.light == light for i in self.items) for light in OWN}
        return {light: number for light, number in found.items() if number}

    @cached_property
    def states(self) -> dict[str, str]:
        """What became of each reporter's report."""
        found = {}
        for code in self.plan.names:
            sent = [s for s in self.count.manifest["submissions"]
                    if (s["quarter"], s["reporter"]) == (self.count.quarter, code)]  # fmt: skip
            verdicts = {one["verdict"] for one in sent}
            stands = any(one["current"] for one in sent)
            found[code] = "accepted" if stands else next((v for v in ABSENT if v in verdicts), "missing")
        return found

    def _names_in(self, state: str) -> list[str]:
        return [self.plan.names[code] for code, one in self.states.items() if one == state]

    def _coverage(self) -> str:
        parts = []
        for kind, title in KINDS.items():
            codes = [code for code, one in self.plan.kinds.items() if one == kind]
            parts.append(f"{title}{sum(self.states[code] == 'accepted' for code in codes)}/{len(codes)}")
        return "、".join(parts)

    def _summary(self, brief: bool = False) -> Iterator["str | Listing"]:
        judged = sum(self._of(light) for light in LIGHTS)
        parts = "、".join(f"{title}{self._of(light)}项" for light, title in LIGHTS.items() if self._of(light))
        yield f"{self.quarter}，{len(self.items)}项重点工作中，按指标和时限可以判断的{judged}项，其中{parts}"
        if self.own:
            yield f"另有{self._of('own')}项没有可计算的依据"
            yield from [] if brief else ["（" + "、".join(f"{OWN[k]}{n}项" for k, n in self.own.items()) + "）"]
        if self._of("grey"):
            yield f"{self._of('grey')}项无从判断"
        aimed = [lit.light for lit in self.lights.measures.values() if lit.light != "grey"]
        on_time = sum(light in ("done", "green") for light in aimed)
        yield f"有目标且有数据的指标{len(aimed)}个，达到序时或已达标{on_time}个"
        heard = len(self._names_in("accepted"))
        yield f"应报单位{len(self.states)}家，已报{heard}家（{self._coverage()}）"
        for state, title in ABSENT.items():
            names = self._names_in(state)
            if names and not brief:
                yield Listing(names, f"{title}{len(names)}家（", "家")

    def _why(self, lit: Lit) -> str:
        if isinstance(lit.due, int):
            ended = "到期未完成" if lit.light == "red" else "预计逾期"
            return f"{lit.title}应于{ORDINALS[lit.due - 1]}季度末前完成，{ended}"
        return f"{lit.title}完成{percent(lit.completion)}，序时应达{percent(lit.due)}"

    def _furthest(self, most: int) -> list[str]:
        return [f"第{item.number}项{item.title}（{self._why(lit)}）" for item, lit in self.lights.worst[:most]]

    def _dragging(self, lit: Lit) -> list[str]:
        """The reporters behind their own target, the furthest behind first."""
        [measure] = [m for m in self.plan.measures.values() if (m.item, m.title) == (lit.item, lit.title)]
        found = []
        for code in self.count.of_measure[measure.name]:
            own = self.lights.of_reporter(measure, code)
            if own and own.light in ("red", "yellow") and own.judged != "done":
                found.append((own.reached, self.plan.places[code], self.plan.names[code]))
        return [name for *_, name in sorted(found)]

    @cached_property
    def other(self) -> str | None:
        return self.count.manifest["base"] or self.count.manifest["before"]

    @cached_property
    def moved(self) -> list[tuple[Item, Item]]:
        """Items whose light is another one: then and now."""
        before = Lights(self.compared._of(self.other)).items
        pairs = [(before[item.number], item) for item in self.items]
        return [(then, now) for then, now in pairs if (then.light, then.computed) != (now.light, now.computed)]

    def _leads(self, item: Item) -> str:
        codes = sorted(self.plan.answering(item.number), key=self.plan.places.get)
        return "、".join(self.plan.names[code] for code in codes)
