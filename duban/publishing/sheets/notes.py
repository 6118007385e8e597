"""数据说明: how lights and totals are computed, who is missing, the versions, and what was assumed."""

import json
from collections.abc import Iterator

from duban.fillin.layout import ROLES
from duban.messages import load_messages
from duban.publishing.marts import Material
from duban.publishing.sheets.rules import light_rows, rule_rows
from duban.publishing.tables import Column, table_sheet
from duban.publishing.words import absent, legend, percent
from duban.registry.shapes import Item
from duban.sheets import Book

TITLE = "数据说明"
ABOUT = "算法、未报单位、台账、情况说明、假定和校验规则"
COLUMNS = (
    Column("类别", 14, "centre"),
    Column("名称", 30),
    Column("说明", 90, shared=True),
    Column("依据或理由", 50, shared=True),
)
_KEYS = {
    "local": "属地",
    "consolidates": "汇总单位",
    "deliverables": "成果和期限",
    "measures": "跟踪指标",
    "reported_by": "填报单位",
    "schedule": "序时进度",
}
_OUTCOMES = {
    "applied": "已按更正后的数汇总",
    "retired": "单位已自行改正，此条不再起作用",
    "expired": "已过有效期，不再起作用",
}
_BRIEF = 60  # characters that are quoted of what a reporter typed
_ROLES = ROLES | {"consolidates": "汇总单位"}


def write(book: Book, material: Material) -> None:
    title = f"{material.quarter.title}数据说明"
    notes = ["本页说明本期汇总的口径和限度；凡方案未写明而由方案文件假定的，逐条列出，请业务处室核定。"]
    rows = [*_lights(material), *_totals(material), *_ledgers(material), *_explained(material), *_versions(material)]
    rows += [*_assumptions(material), *rule_rows(book)]
    table_sheet(book, material, TITLE, title, notes, COLUMNS, rows)


def _lights(material: Material) -> Iterator[tuple]:
    kind, floor = "灯", percent(material.registry.plan.lights.yellow_at)
    standard = "/".join(map(str, material.registry.plan.schedule))
    yield kind, "图例", legend(), ""
    yield (
        kind,
        "指标",
        f"应达 = 年度目标 × 序时进度。实绩达到目标为已达标，达到应达为绿灯，达到应达的 {floor} 为黄灯，低于此为红灯；"
        "没有目标或没有数据的不亮灯。",
        f"序时进度除单项另定外为 {standard}（%）",
    )
    yield (
        kind,
        "成果",
        "牵头单位全部自报已完成为已达标；期限所在季度已到而未完成为红灯；预计完成晚于期限为黄灯；"
        "推进中且预计按期为绿灯；其余不亮灯。",
        "牵头单位“工作进展”表的状态和预计完成时间",
    )
    yield (
        kind,
        "重点工作",
        "取所属指标和成果中最差的灯；全部完成才算已达标；没有可计算的，用牵头单位自报状态的空心标记代替。",
        "",
    )
    yield (
        kind,
        "各单位",
        "有本单位目标的按其目标计算，牵头单位另计成果；没有可计算的，用其自报状态代替。",
        "任务分解见 targets.csv",
    )
    yield from light_rows()
    yield kind, "自报逾期", "未完成，而自报的预计完成时间不晚于本季度末。", ""
    yield (
        kind,
        "与数据不符",
        "自报“已完成”而按数据或时限计算并未完成的，在状态下注明；牵头单位全部自报“已完成”的，与该项的灯对照。",
        "",
    )


def _totals(material: Material) -> Iterator[tuple]:
    kind = "汇总"
    yield (
        kind,
        "口径",
        "年初至今累计、期末口径取本季数，不跨季相加；本季口径以各季之和对照年度目标。比率为分子合计 ÷ 分母合计，"
        "不是各单位比率的平均；除不尽的截去六位小数以后。",
        "",
    )
    yield kind, "未报单位", absent(material) or "无，应报单位全部计入。", "未报的不按 0 计，也不沿用上季数"
    for row in material.measures:
        if row.target is None and material.registry.measures[row.measure][1].target:
            yield kind, row.title, "目标引用的基数尚未填入，暂不亮灯。", f"第 {row.item} 项，plan.yaml 的 baselines"


def _ledgers(material: Material) -> Iterator[tuple]:
    """The data team's three ledgers, each record with what it did; nothing granted is said, too."""
    for row in material.extensions:
        text = f"{row.words}的报送期限由 {row.calendar} 延至 {row.due}。"
        yield "延期", f"延期第 {row.number} 条", text, f"{row.reason}（{row.approved_by} {row.approved_on} 批准）"
    for row in material.waivers:
        where = row.input or (f"第 {row.item} 项" if row.item else "全部事项")
        used = f"涉及 {row.lifted}。" if row.lifted else "本期未用到。"
        text = f"{row.name}：不再要求“{load_messages()[row.rule].title}”（{where}）。{used}"
        yield "豁免", f"豁免第 {row.number} 条" if row.number else "豁免（已撤销）", text, row.because
    for row in material.corrections:
        what = f"“{row.title}”" + ("的进展状态" if row.tab == "progress" else "")
        text = f"{row.name} {row.quarter} 第 {row.item} 项{what}由 {row.old} 更正为 {row.new}"
        cell = f"（{row.accession} {row.cell}）" if row.cell else ""
        why = f"{row.reason}（{row.approved_by} {row.approved_on} 批准）"
        yield "更正", f"更正第 {row.number} 条", f"{text}：{_OUTCOMES[row.outcome]}{cell}。", why
    if not (material.extensions or material.waivers or material.corrections):
        yield "台账", "延期、豁免、更正", "本期没有。", "extensions.yaml、waivers.yaml、corrections.yaml"


def _explained(material: Material) -> Iterator[tuple]:
    """What reporters said of figures and texts that looked odd."""
    for row in material.explained:
        item = f"第 {row.item} 项 {row.item_title}" if row.item else ""
        value = "" if row.value in row.message else f"；填写“{_brief(row.value)}”"
        text = f"{row.message}（{row.sheet} {'、'.join(row.cells)}{value}）"
        yield "情况说明", f"{row.name} {item}".rstrip(), text, row.because


def _brief(text: str) -> str:
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF]}……"


def _versions(material: Material) -> Iterator[tuple]:
    as_of = f"数据截至 {material.as_of:%Y-%m-%d %H:%M:%S}（计入的最后一份报送收到的时间）"
    yield "版本", "发布", f"{material.publication}，{as_of}", ""
    if material.approval:
        yield "版本", "审定", f"由{material.approval.told}", "审定的正是本版所载的数"
    yield "版本", "duban", material.duban, ""
    yield "版本", "方案摘要", material.registry.digest, "同一摘要即同一套方案文件"
    yield "版本", "台账摘要", material.ledgers["digest"], "同一摘要即同一套台账文件"


def _assumptions(material: Material) -> Iterator[tuple]:
    """Everything that the plan leaves open and its files decided, by item and key."""
    registry, kind = material.registry, "假定"
    values = registry.plan.model_dump(mode="json")
    for key in registry.plan.assumed:
        yield kind, f"plan.yaml {key}", json.dumps(values[key], ensure_ascii=False), "方案未写明"
    for name, group in registry.groups.items():
        if group.assumed:
            members = "、".join(reporter.name for reporter in registry.members(name))
            yield kind, f"groups.yaml {name}", members, group.because or ""
    for item in registry.items:
        lines = [f"{_KEYS.get(key, key)}（{key}）：{_assumed(material, item, key)}" for key in item.assumed]
        reasons = dict.fromkeys(measure.because for measure in item.measures.values() if measure.because)
        if lines:
            yield kind, f"第 {item.item} 项 {item.title}", "\n".join(lines), "；".join(reasons)


def _assumed(material: Material, item: Item, key: str) -> str:
    """What was decided, as far as one line can tell."""
    match key:
        case "local":
            words = {"all": "全部市州承担", "none": "市州不承担"}
            if isinstance(item.local, str):
                return words[item.local]
            return "、".join(material.registry.by_code[code].name for code in item.local)
        case "consolidates":
            return item.consolidates or ""
        case "deliverables":
            return "；".join(f"{record.title}（{record.due}）" for record in item.deliverables)
        case "measures":
            return "、".join(measure.title for measure in item.measures.values())
        case "reported_by":
            return "；".join(
                f"{measure.title}由{'、'.join(_ROLES.get(word, word) for word in measure.reported_by)}填报"
                for measure in item.measures.values()
            )
        case "schedule":
            own = [measure for measure in item.measures.values() if measure.schedule]
            return "；".join(f"{m.title} {'/'.join(map(str, m.schedule))}" for m in own) or "按统一序时"
        case _:
            return "方案未写明，由该项文件规定"
