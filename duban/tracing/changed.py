"""What 本期变化 says: figures, targets and lights of two publications, and what each cause did."""

from decimal import Decimal
from typing import TYPE_CHECKING

from duban.tracing.content import Figure, Row, named, sign_of
from duban.tracing.figures import Key, shown

if TYPE_CHECKING:
    from duban.tracing.cells import Cells

CHANGES = "本期变化"
THEN, NOW, DIFFERENCE, EFFECT = "上次", "本次", "变化", "影响"
TOTAL = "合计"
_OF_TARGETS = ("（年度目标）", "（分解目标）")
_OF_ITEM = "（重点工作）"


class Changed:
    """The cells of 本期变化; None where the publication that is compared with is not at hand."""

    def __init__(self, cells: "Cells"):
        self.cells, self.publication = cells, cells.publication

    def at(self, header: str, row: Row) -> Figure | None:
        """What stands in a cell of a row, by the row's kind."""
        name = row.get("对比", "").rpartition(" ")[2]
        earlier = self.cells.earlier(name)
        if earlier is None:
            return self._alone(header, row, name)
        match row.get("类别"):
            case "指标数":
                return self._figure(header, row, name, earlier)
            case "目标":
                return self._target(header, row, name, earlier)
            case "灯":
                return self._light(header, row, name, earlier)
        return None

    def _alone(self, header: str, row: Row, name: str) -> Figure | None:
        """A figure of which nothing more can be told."""
        if header not in (THEN, NOW, DIFFERENCE, EFFECT) or not name:
            return None
        text = f"找不到 published/{name}/{name}.xlsx 或不能读取，不能重算：请把该汇总簿放回后重试"
        return Figure(f"{row.get('指标名称', '')} 与 {name} 对比的{header}", "figure", None, text)

    def _figure(self, header: str, row: Row, name: str, earlier: "Cells") -> Figure | None:
        measure = row.get("指标编码", "")
        rules = self.publication.measures.get(measure) or earlier.publication.measures.get(measure)
        if rules is None:
            return None
        changes, title, unit = self.cells.changes(name), rules["title"], rules["unit"]
        then, now = (self._stands(cells, measure) for cells in (earlier, self.cells))
        keys = (*_of_earlier(name, then.keys), *now.keys)
        if header == THEN:
            return Figure(f"{name} 中{then.what}", "figure", then.value, then.arithmetic, _of_earlier(name, then.keys))
        if header == NOW:
            return now
        if header == DIFFERENCE or (header == EFFECT and row.get("原因") == TOTAL):
            difference = changes.difference(measure)
            text = f"本次 {shown(now.value, unit)} 减去 上次 {shown(then.value, unit)} = {shown(difference, unit)}"
            what = f"{title} 与 {name} 相比的变化"
            return Figure(what, "figure", difference, f"上次：{then.arithmetic}；本次：{now.arithmetic}；{text}", keys)
        code = self._code(row.get("原因单位", ""), earlier)
        effect = changes.effects(measure).get((code, row.get("原因", "")))
        if effect is None or header not in (EFFECT, "原报送", "现报送"):
            return None
        what = f"{title} 与 {name} 相比，{row.get('原因单位') or '全省'}因{row['原因']}的{header}"
        if header != EFFECT:
            return Figure(what, "count", effect.sent_then if header == "原报送" else effect.sent_now)
        aggregates = {cells.publication.measures.get(measure, {}).get("aggregate") for cells in (earlier, self.cells)}
        if code and aggregates <= {"sum", None}:  # a sum moves by the reporter's own figures alone
            own = [self._own(cells, measure, code) for cells in (earlier, self.cells)]
            keys = (*_of_earlier(name, own[0]), *own[1])
        return Figure(what, "figure", effect.value, "；".join(effect.arithmetic), keys)

    def _stands(self, cells: "Cells", measure: str) -> Figure:
        if measure in cells.publication.measures:
            return cells.measured.stands(measure, "")
        return Figure(f"全省年内 {measure}", "figure", None, "没有这个指标")

    def _own(self, cells: "Cells", measure: str, code: str) -> tuple[Key, ...]:
        owing = code in cells.publication.owing.get(measure, ())
        return (("standing", measure, code),) if owing else ()

    def _code(self, name: str, earlier: "Cells") -> str:
        return self.publication.codes.get(name) or earlier.publication.codes.get(name, "")

    def _target(self, header: str, row: Row, name: str, earlier: "Cells") -> Figure | None:
        """A target of the province or of a reporter, then and now."""
        if header not in (THEN, NOW, DIFFERENCE):
            return None
        title, item = row.get("指标名称", ""), int(row.get("序号", 0))
        own = title
        for ending in _OF_TARGETS:
            own = own.removesuffix(ending)
        plans = (self.publication.measures, earlier.publication.measures)
        measure = next(filter(None, (named(measures, item, own) for measures in plans)), None)
        if measure is None:
            return None
        code = self._code(row.get("原因单位", ""), earlier)
        pair = [_target_of(cells, item, measure, code) for cells in (earlier, self.cells)]
        values = {THEN: pair[0], NOW: pair[1], DIFFERENCE: None if None in pair else pair[1] - pair[0]}
        return Figure(f"{row.get('原因单位', '')}{title} {header}", "plan", values[header], "方案所定")

    def _light(self, header: str, row: Row, name: str, earlier: "Cells") -> Figure | None:
        """A light, then and now."""
        if header not in (THEN, NOW):
            return None
        item, subject = int(row.get("序号", 0)), row.get("指标编码", "")
        scope = "measure" if subject in self.publication.measures else "deliverable" if subject else "item"
        found = (earlier if header == THEN else self.cells).lit.light_of(scope, item, subject, "")
        if found is None or header == NOW:
            return found
        value = sign_of(earlier.publication, found.light)
        what = f"{name} 中{found.what}"
        return Figure(what, "light", value, found.arithmetic, _of_earlier(name, found.keys), found.light, found.notes)


def _of_earlier(name: str, keys: tuple[Key, ...]) -> tuple[Key, ...]:
    return tuple(("earlier", name, key) for key in keys)


def _target_of(cells: "Cells", item: int, measure: str, code: str) -> Decimal | None:
    scope = "reporter_measure" if code else "measure"
    light = cells.publication.lights.get((scope, item, measure, code))
    return light.target if light else None
