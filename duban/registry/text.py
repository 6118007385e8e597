"""A registry as text for people: `duban plan` prints it."""

from decimal import Decimal

from duban.quarters import Quarter
from duban.registry.registry import Registry
from duban.registry.shapes import Item, Measure, Reporter

ROLES = {"lead": "牵头", "support": "配合", "local": "属地"}
FIGURES = {"to_date": "年初至今累计", "in_quarter": "本季", "latest": "期末"}
AGGREGATES = {"sum": "各单位相加", "ratio": "分子、分母分别相加后相除", "max": "取最大", "latest": "取最近一次"}
ASSUMPTIONS = {
    "lead": "牵头",
    "support": "配合",
    "groups": "成组单位",
    "consolidates": "汇总单位",
    "local": "属地范围",
    "deliverables": "成果及其时限",
    "measures": "无目标的跟踪指标",
    "reported_by": "指标由谁填报",
    "schedule": "序时进度",
}


def describe_item(registry: Registry, number: int) -> str:
    """One item as text for people; raises RegistryError when the plan has no such item."""
    item = registry.item(number)
    lines = [f"第 {item.item} 项  {item.title}", item.summary, ""]
    lines.append(f"篇章  {item.chapter} {registry.plan.chapters[item.chapter].title}")
    lines.append(f"牵头  {'、'.join(_named(registry, item.lead)) or '要点未写牵头'}")
    if item.consolidates:
        lines.append(f"汇总  {registry.by_name[item.consolidates].name}")
    if item.support:
        lines.append(f"配合  {'、'.join(_named(registry, item.support))}")
    for group in item.groups:
        lines.append(f"成组  {group}（{len(registry.members(group))} 家{_assumed(registry, group)}）")
    lines += ["", f"应报单位  {len(registry.owed[number])} 家"]
    for role, title in ROLES.items():
        names = [owed.reporter.name for owed in registry.owed[number] if owed.role == role]
        if names:
            lines.append(f"  {title} {len(names)}  {'、'.join(names)}")
    lines += ["", f"指标  {len(item.measures)} 个"]
    for name, measure in item.measures.items():
        lines += _measure_lines(registry, item, name, measure)
    if item.deliverables:
        lines += ["", f"成果  {len(item.deliverables)} 个"]
        lines += [f"  {d.title}，{Quarter.parse(d.due).title}末前" for d in item.deliverables]
    if item.assumed:
        lines += ["", f"要点未写明、由本方案设定：{'、'.join(ASSUMPTIONS[word] for word in item.assumed)}"]
    return "\n".join(lines) + "\n"


def _measure_lines(registry: Registry, item: Item, name: str, measure: Measure) -> list[str]:
    reporting = registry.reporting(item, measure)
    lines = [
        f"  {measure.title}({measure.unit})  {name}",
        f"    口径 {FIGURES[measure.figures]}，{AGGREGATES[measure.aggregate]}；填报 {_listed(reporting)}",
        f"    目标 {target_text(registry, measure)}",
    ]
    if measure.target:
        lines.append(f"    序时 {'、'.join(f'{share}%' for share in registry.schedule_of(measure))}")
    if measure.because:
        lines.append(f"    说明 {measure.because}")
    lines += [f"    填报项 {entry.code}  {entry.title}（{entry.unit}）" for entry in registry.inputs_of(name)]
    if measure.denominator and measure.denominator.reference:
        lines.append(f"    分母 取常住人口，以 {measure.denominator.per} 人计")
    return lines


def describe_plan(registry: Registry) -> str:
    """The plan as a compact table: its head, then one line per item."""
    plan = registry.plan
    kinds = [sum(r.kind == kind for r in registry.reporters) for kind in ("prefecture", "department", "institution")]
    dues = "、".join(f"{quarter} {registry.due(quarter):%m-%d}" for quarter in Quarter(plan.year, 1).of_year)
    lines = [
        plan.title,
        f"{len(registry.items)} 项，填报单位 {len(registry.reporters)} 家（市州 {kinds[0]}、处室 {kinds[1]}、"
        f"直属单位 {kinds[2]}），指标 {len(registry.measures)} 个，填报项 {len(registry.inputs)} 个；报送截止 {dues}",
        "",
        f"序号 {_pad('重点工作', 30)}{_pad('牵头(无牵头的为汇总)', 30)}应报 指标 目标",
    ]
    for item in registry.items:
        who = "、".join(_named(registry, item.lead)) or f"({registry.by_name[item.consolidates].name})"
        owing, goals = len(registry.owed[item.item]), sum(m.target is not None for m in item.measures.values())
        lines.append(
            f"{item.item:>4} {_pad(item.title, 30)}{_pad(who, 30)}{owing:>4} {len(item.measures):>4} {goals or '':>4}"
        )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def target_text(registry: Registry, measure: Measure) -> str:
    """A measure's target in words, percentages in print."""
    if measure.target is None:
        return "无，只跟踪"
    figure, by = registry.target_figure(measure), Quarter.parse(measure.target.by).title
    if figure is None:
        return f"不低于基数 {measure.target.baseline}（待填），{by}末前"
    printed = f"{_plain(figure * 100)}%" if measure.unit == "%" else f"{_plain(figure)} {measure.unit}"
    return f"不低于 {printed}，{by}末前"


def _assumed(registry: Registry, group: str) -> str:
    return "，成员为设定" if registry.groups[group].assumed else ""


def _listed(reporters: list[Reporter]) -> str:
    return "、".join(r.name for r in reporters) if len(reporters) <= 5 else f"{len(reporters)} 家单位"


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}"


def _pad(text: str, width: int) -> str:
    """Text padded to a width in terminal cells, of which a Chinese character takes two."""
    cells = sum(2 if ord(character) > 0x2E7F or character in "“”" else 1 for character in text)
    return text + " " * max(1, width - cells)


def _named(registry: Registry, names: tuple[str, ...]) -> list[str]:
    return [registry.by_name[name].name for name in names]
