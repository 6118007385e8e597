"""The numbers that stand in sentences: of 封面, of 总览 and of the circular."""

from collections.abc import Iterator

from recount.circular import Circular
from recount.compare import Compared
from recount.counted import Counted
from recount.phrases import LIGHTS, ORDINALS, OWN, Listing, Told, held
from recount.sheets import find, grid_of, names_of

WORST = "滞后最多的重点工作（至多五项，完整清单见“滞后清单”）"


def sentences(compared: Compared) -> list[Told]:
    """What a publication says in sentences that the count does not, and the other way round."""
    return [*Front(compared).told(), *Circular(compared).told()]


class Front(Counted):
    """The two sheets that a director opens."""

    def told(self) -> Iterator[Told]:
        both = [*self._head(), *self._summary(), *self._furthest(3)]
        issue = f"（{self.count.manifest['publication']}）"
        yield from held("封面", self._cover(), [issue, *both], self._names)
        phrases = [*both, *self._tiles(), *self._change(), *self._table()]
        yield from held("总览", self._overview(), phrases, self._names)

    def _cover(self) -> list[str]:
        names = set(names_of(self.compared.book))
        return [cell for row in grid_of(self.compared.book, "封面") for cell in row if str(cell) not in names]

    def _overview(self) -> Iterator[str]:
        """All but the data of charts, and what leads say themselves."""
        grid = grid_of(self.compared.book, "总览")
        below, _ = find(grid, WORST)
        for number, row in enumerate(grid):
            yield from (cell for cell in row[: 9 if number > below else 11] if isinstance(cell, str))

    def _tiles(self) -> Iterator[str]:
        for light in LIGHTS:
            yield f"\n{self._of(light)}项\n"
        yield f"\n{self._of('own') + self._of('grey')}项\n"
        words = "、".join(f"{OWN[light][2:]}{number}" for light, number in self.own.items())
        yield f"自报：{words or '无'}；无从判断{self._of('grey')}"
        yield f"\n{len(self._names_in('accepted'))}/{len(self.states)}家\n"
        yield f"\n{self._coverage()}\n"

    def _table(self) -> Iterator["str | Listing"]:
        """The five of 总览."""
        for _, lit in self.lights.worst:
            if isinstance(lit.due, int):
                yield f"{lit.title}（{self.count.quarter[:4]}年{ORDINALS[lit.due - 1]}季度末到期）"
            elif names := self._dragging(lit):
                yield Listing(names, "\n", "家")

    def _change(self) -> Iterator["str | Listing"]:
        if not self.other:
            return
        other, measures = self.compared._of(self.other), 0
        for measure in self.plan.measures.values():
            then, effects = self.compared._effects(measure, other)
            measures += any(effects.values()) or then != self.count.stood(measure)
        yield f"与{self.other}相比，{measures}个指标的数有变化"
        if self.moved:
            yield f"灯有变化的重点工作{len(self.moved)}项"
            yield from (f"第{now.number}项{now.title}" for _, now in self.moved[:6])
