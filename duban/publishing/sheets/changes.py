"""本期变化: what differs from the last publication of the quarter and from that of the quarter before: figures with
their causes, which add up to the difference; targets; lights."""

from collections.abc import Iterator
from itertools import groupby

from duban.publishing.changes import Change
from duban.publishing.marts import Material, Row
from duban.publishing.tables import Cell, Column, figure_cell, light_cell, table_sheet
from duban.publishing.words import light_text, number_format, sign
from duban.sheets import Book

TITLE = "本期变化"
ABOUT = "与上版、上季发布相比的变化和原因"
COLUMNS = (
    Column("对比", 15, "centre"),
    Column("类别", 8, "centre"),
    Column("序号", 6, "centre"),
    Column("指标编码", 34),
    Column("指标名称", 30),
    Column("计量单位", 10, "centre"),
    Column("上次", 12, "number"),
    Column("本次", 12, "number"),
    Column("变化", 12, "number"),
    Column("原因单位", 13),
    Column("原因", 15, "centre"),
    Column("影响", 12, "number"),
    Column("原报送", 20),
    Column("现报送", 20),
    Column("说明", 36),
)
FIGURE, TARGET, LIGHT, TOTAL = "指标数", "目标", "灯", "合计"
_TITLES = {"base": "上版", "before": "上季"}


def write(book: Book, material: Material) -> None:
    title = f"{material.quarter.title}本期变化"
    rows = [*_figures(book, material), *_targets(book, material), *_lights(book, material)]
    order = list(compared_with(material).values())
    rows.sort(key=lambda row: order.index(row[0]))  # the rest stays in its order
    table_sheet(book, material, TITLE, title, _notes(material, rows), COLUMNS, rows, freeze=5, paper="A3")


def compared_with(material: Material) -> dict[str, str]:
    """What the publication is compared with: `上版 2023Q1-r1`, `上季 2022Q4-r2`; nothing for the first of the year."""
    return {
        comparison: f"{title} {getattr(material, comparison)}"
        for comparison, title in _TITLES.items()
        if getattr(material, comparison)
    }


def changed_measures(material: Material) -> set[str]:
    """The measures whose figure is not that of the publication that 总览 tells the changes against."""
    return {row.measure for row in material.changes if row.comparison == material.comparison}


def changed_lights(material: Material, most: int | None = None) -> str:
    """The items whose light is not that of the publication that 总览 tells the changes against, in one line, of which
    `most` are named; '' where there are none."""
    rows = [row for row in material.changed_lights if row.comparison == material.comparison and row.scope == "item"]
    parts = [
        f"第 {row.item} 项{row.title} {light_text(row.before_light, row.before_computed)}"
        f"→{light_text(row.light, row.computed)}"
        for row in rows[:most]
    ]
    rest = f" 等，余见“{TITLE}”" if len(parts) < len(rows) else ""
    return f"灯有变化的重点工作 {len(rows)} 项：{'；'.join(parts)}{rest}。" if parts else ""


def _notes(material: Material, rows: list[tuple]) -> list[str]:
    if material.compared is None:
        return [f"{material.publication} 为本年度首次发布，没有可比的上一次发布。"]
    moments = {"base": material.base_as_of, "before": material.before_as_of}
    against = "、".join(
        f"{text}（数据截至 {moments[comparison]:%Y-%m-%d %H:%M}）"
        for comparison, text in compared_with(material).items()
    )
    lines = [
        f"对比：{against}。上版是本季上一次发布，上季是上一季最后一次发布。",
        "每行是一个原因对一个指标的影响，同一指标各行“影响”之和（合计）恰等于“变化”。依次替换计算：先去掉不再填报的单位，"
        "再改用现行规则，然后按单位顺序逐家替换；比率每一步截去六位小数以后，截去的尾差计入当步。",
        "原因：新报送（原来没有报送的单位报来）、本季新数、单位更正（单位自己重报）、台账更正（数据更正的登记、改动或失效）、"
        "未报（原有数、现没有）、规则调整（指标的口径、汇总方式、计量单位等有变）、方案或单位调整（单位或应报事项增减）。",
        "只列指标数、目标和灯。项目的进度和单位的文字逐条出自各单位报送，不作汇总，变化请对照两版的“项目台账”和各项分表。",
        changed_lights(material) or "各项重点工作的灯没有变化。",
    ]
    return [*lines, "" if any(row[1] == FIGURE for row in rows) else "各项指标数没有变化。"]


def _figures(book: Book, material: Material) -> Iterator[tuple]:
    """A row per cause, and a total below several."""
    compared = compared_with(material)
    strong = {"bold": True, "bg_color": "#" + book.theme.colours.band}
    for _, rows in groupby(material.changes, key=lambda row: (row.comparison, row.measure)):
        rows = list(rows)
        first = rows[0]
        number = _exact(rows)
        head = (compared[first.comparison], FIGURE, first.item, first.measure, first.title, first.unit)
        values = [figure_cell(book, value, number) for value in (first.base_value, first.now_value, first.difference)]
        for row in rows:
            cause = row.cause
            effect = figure_cell(book, cause.effect, number)
            yield (*head, *values, cause.name, cause.cause, effect, cause.sent_then, cause.sent_now, cause.note)
        if len(rows) > 1:
            total = Cell(
                sum(row.cause.effect for row in rows), book.style("number", num_format=number, indent=1, **strong)
            )
            yield (*head, *values, "", Cell(TOTAL, book.style("centre", **strong)), total, "", "", "")


def _exact(rows: list[Change]) -> str:
    """A number format in which nothing is cut off, so that what is printed adds up."""
    first = rows[0]
    if first.unit == "%":
        return "0.0000%"
    figures = (first.base_value or 0, first.now_value or 0, *(row.cause.effect for row in rows))
    whole = all(figure * 10**first.decimals % 1 == 0 for figure in figures)
    return number_format(first.unit, first.decimals if whole else 6)


def _targets(book: Book, material: Material) -> Iterator[tuple]:
    """Targets of the province and of reporters, and the dates of deliverables, that the plan's files moved."""
    compared = compared_with(material)

    def row(comparison, item, title, unit, pair, reporter, note):
        number = number_format(unit, 2 if any(one is not None and one % 1 for one in pair) else 0)
        difference = pair[1] - pair[0] if None not in pair else None
        cells = [figure_cell(book, value, number) for value in (*pair, difference)]
        return (compared[comparison], TARGET, item, "", title, unit, *cells, reporter, "方案调整", "", "", "", note)

    for one in material.definitions:
        if not (one.then and one.now):
            continue
        notes = [
            f"{title} {before or '无'}→{after or '无'}"
            for title, before, after in (
                ("期限", one.target_by_then, one.target_by_now),
                ("序时进度", _shares(one.schedule_then), _shares(one.schedule_now)),
            )
            if before != after
        ]
        if notes or one.target_then != one.target_now:
            pair = (one.target_then, one.target_now)
            yield row(one.comparison, one.item, f"{one.title}（年度目标）", one.unit_now, pair, "", "；".join(notes))
    for one in material.changed_targets:
        if one.reporter:
            pair = (one.target_then, one.target_now)
            yield row(one.comparison, one.item, f"{one.title}（分解目标）", one.unit, pair, one.reporter, "")
        else:
            note = f"期限 {one.due_then or '无'}→{one.due_now or '无'}"
            yield row(one.comparison, one.item, f"{one.title}（成果）", "", (None, None), "", note)


def _shares(schedule: list[int]) -> str:
    return "/".join(map(str, schedule))


def _lights(book: Book, material: Material) -> Iterator[tuple]:
    """The lights that changed, each with why: an item's by those under it."""
    compared = compared_with(material)
    for row in material.changed_lights:
        code, title = (row.subject, row.title) if row.scope != "item" else ("", f"{row.title}（重点工作）")
        lights = [
            light_cell(book, *pair) for pair in ((row.before_light, row.before_computed), (row.light, row.computed))
        ]
        head = (compared[row.comparison], LIGHT, row.item, code, title, row.unit or "")
        note = _under(material, row) if row.scope == "item" else row.formula
        yield (*head, *lights, "", "", _why(row), "", "", "", note)


def _why(row: Row) -> str:
    """What the light is made of that is not what it was."""
    if row.light != row.judged:
        return "逾期后补齐"
    moved = [
        title
        for title, before, after in (
            ("实绩变化", row.before_value, row.value),
            ("目标调整", row.before_target, row.target),
            ("序时推进" if row.comparison == "before" else "序时调整", row.before_schedule, row.schedule),
            ("黄灯线调整", row.before_threshold, row.threshold),
        )
        if before != after and row.scope == "measure"
    ]
    of_item = "所属指标和成果" if row.computed or row.before_computed else "自报状态"
    return "、".join(moved) or {"item": of_item, "deliverable": "自报状态或期限"}.get(row.scope, "规则调整")


def _under(material: Material, item: Row) -> str:
    found = [
        f"{row.title} {sign(row.before_light, row.before_computed)}→{sign(row.light, row.computed)}"
        for row in material.changed_lights
        if (row.comparison, row.item) == (item.comparison, item.item) and row.scope != "item"
    ]
    return "；".join(found) or item.formula
