"""The words and signs that the sheets share."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal

from duban.fillin.layout import PROJECT_STATUSES, STATUSES
from duban.publishing.marts import Material, Row
from duban.quarters import Quarter
from duban.theme import LIGHTS, theme

STATUS_TITLES = {word: title for title, word in (STATUSES | PROJECT_STATUSES).items()}
KIND_TITLES = {"prefecture": "市州", "department": "处室", "institution": "直属单位"}
STATE_TITLES = {"accepted": "已报", "returned": "退回修改中", "set_aside": "搁置待查", "missing": "未报送"}
CONTRADICTED = "与数据不符"
INDENT = "　　"  # two characters before a paragraph
# a hollow sign is a reporter's own word, so it does not bear the name of a computed light
OWN_WORDS = {"done": "自报完成", "green": "自报推进", "yellow": "自报未启动", "red": "自报逾期", "grey": "无从判断"}
WORST_FIRST = ("red", "yellow", "green", "done", "grey")


def sign(light: str, computed: bool) -> str:
    """The sign alone: filled where computed, hollow where the reporter's own word stands in."""
    look = theme().lights[light]
    return look.sign if computed else look.hollow


def light_text(light: str, computed: bool) -> str:
    """Sign and word: `● 绿灯`, `○ 自报推进`; the sign alone where there is nothing to judge by."""
    if light == "grey":
        return sign(light, computed)
    return f"{sign(light, computed)} {theme().lights[light].title if computed else OWN_WORDS[light]}"


def legend() -> str:
    """What the signs mean, in one line."""
    lights = theme().lights
    filled = " ".join(f"{lights[light].sign} {lights[light].title}" for light in LIGHTS if light != "grey")
    hollow = " ".join(f"{lights[light].hollow} {OWN_WORDS[light]}" for light in LIGHTS if light != "grey")
    return f"实心为按数据和时限计算：{filled}；空心为无可计算、以单位自报代替：{hollow}；{lights['grey'].sign} 无从判断"


def number_format(unit: str | None, decimals: int, told: bool = False) -> str:
    """The number format of a measure: percent, or so many digits after the point, with the unit where it is `told`."""
    if unit == "%":
        return "0.0%"
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    return digits + (' "' + unit.replace('"', "") + '"' if told and unit else "")


def day(date: dt.date) -> str:
    """A date as people write it: 2023年4月8日."""
    return f"{date.year}年{date.month}月{date.day}日"


def as_of(material: Material) -> str:
    return f"{day(material.as_of)} {material.as_of:%H:%M}"


def percent(value: Decimal | None) -> str:
    """A fraction as percent with one digit, cut off so that what is not whole never reads as 100%."""
    return "—" if value is None else f"{(value * 100).quantize(Decimal('0.1'), ROUND_DOWN)}%"


def figure(value: Decimal | None, unit: str | None) -> str:
    """A figure in a sentence, with its unit."""
    if value is None:
        return "无"
    if unit == "%":
        return percent(value)
    text = f"{value.quantize(Decimal('0.01'), ROUND_DOWN):,}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + f" {unit}"


def corrected(row: Row) -> str:
    """An applied correction in words: 由 100 更正为 120：小数点错位（张三 2023-04-11 批准）."""
    return f"由 {row.old} 更正为 {row.new}：{row.reason}（{row.approved_by} {row.approved_on} 批准）"


def item_sheet(item: int, title: str) -> str:
    """The name of an item's own sheet."""
    return f"{item:02d} {title}"


def statuses(words: Iterable[str]) -> str:
    return "、".join(STATUS_TITLES[word] for word in words)


def counted(material: Material) -> Counter:
    """Items by light: `red` … where computed, `own` where a self-reported state stands in, `grey`."""
    return Counter(bucket(row) for row in material.items)


def bucket(row: Row) -> str:
    return row.light if row.computed or row.light == "grey" else "own"


def coverage(material: Material) -> str:
    """Who has reported, by kind: `市州 15/17、处室 30/30`."""
    parts = []
    for kind, title in KIND_TITLES.items():
        rows = [row for row in material.reporting if row.kind == kind]
        if rows:
            parts.append(f"{title} {sum(row.state == 'accepted' for row in rows)}/{len(rows)}")
    return "、".join(parts)


def absent(material: Material, most: int | None = None) -> str:
    """The reporters without an accepted report by what became of theirs, of whom `most` of a kind are named:
    `退回修改中 2 家（荆门、咸宁）、未报送 1 家（督审处）`; '' where there are none."""
    parts = []
    for state, title in STATE_TITLES.items():
        names = [row.name for row in material.reporting if row.state == state]
        if names and state != "accepted":
            parts.append(f"{title} {len(names)} 家（{listed(names, most)}）")
    return "、".join(parts)


def listed(names: list[str], most: int | None = None, counted: str = "家") -> str:
    """Names in a sentence: 甲、乙等 5 家."""
    rest = f"等 {len(names)} {counted}" if most and len(names) > most else ""
    return "、".join(names[:most]) + rest


def summary(material: Material, brief: bool = False) -> str:
    """The quarter in one paragraph, built from the figures alone; a `brief` one names nobody."""
    return f"{material.quarter.title}，{_lit(material, brief)}{_aimed(material)}{_heard(material, brief)}"


def _lit(material: Material, brief: bool) -> str:
    """How the items stand, by light."""
    lights, count = theme().lights, counted(material)
    parts = [f"{lights[light].title} {count[light]} 项" for light in LIGHTS if light != "grey" and count[light]]
    judged = sum(count[light] for light in LIGHTS if light != "grey")
    text = f"{len(material.items)} 项重点工作中，"
    text += f"按指标和时限可以判断的 {judged} 项，其中{'、'.join(parts)}" if judged else "还没有能按指标和时限判断的"
    own = Counter(row.light for row in material.items if bucket(row) == "own")
    words = "、".join(f"{OWN_WORDS[light]} {own[light]} 项" for light in LIGHTS if own[light])
    text += f"；另有 {count['own']} 项没有可计算的依据，以牵头单位自报状态代替" if own else ""
    text += f"（{words}）" if own and not brief else ""
    return text + (f"；{count['grey']} 项无从判断。" if count["grey"] else "。")


def _aimed(material: Material) -> str:
    aimed = [row for row in material.measures if row.target is not None]
    judged = [row for row in aimed if row.light != "grey"]
    on_time = sum(row.light in ("done", "green") for row in judged)
    if not aimed:
        return ""
    if not judged:
        return f"有目标的指标 {len(aimed)} 个，都还没有可用的数据。"
    return f"有目标且有数据的指标 {len(judged)} 个，达到序时或已达标 {on_time} 个。"


def _heard(material: Material, brief: bool) -> str:
    missing = absent(material, 8)
    names = "" if brief else f"：{missing}"
    if not material.reported:
        return f"应报单位 {material.owing} 家，都还没有已采用的报送{names}。"
    text = f"应报单位 {material.owing} 家，已报 {material.reported} 家（{coverage(material)}）"
    if not missing:
        return f"{text}，全部计入。"
    return f"{text}。" if brief else f"{text}，其余未计入{names}。"


def furthest(material: Material, most: int = 3) -> str:
    """The items furthest behind, in one sentence; '' where nothing can be judged."""
    parts = [f"第 {row.item} 项{row.item_title}（{why_behind(row)}）" for row in material.worst[:most]]
    if parts:
        return f"滞后最多的是：{'、'.join(parts)}。"
    return (
        "按已有数据，没有滞后的重点工作。"
        if any(row.computed and row.light != "grey" for row in material.items)
        else ""
    )


def why_behind(row: Row) -> str:
    """What makes an item of the worst lag: a deliverable that is overdue, or a measure below its schedule."""
    if row.due:
        ended = "到期未完成" if row.light == "red" else "预计逾期"
        due = Quarter.parse(row.due)
        return f"{row.subject}应于{due.title.removeprefix(f'{due.year}年')}末前完成，{ended}"
    return f"{row.subject}完成 {percent(row.completion)}，序时应达 {percent(row.schedule)}"
