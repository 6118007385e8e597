"""The brief: the quarter in the form of an official circular of one or two pages, from the figures of 总览."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from duban.errors import UserError
from duban.pages import Line, Part, Table, pages_of
from duban.publishing.marts import Material
from duban.publishing.words import (
    KIND_TITLES,
    WORST_FIRST,
    bucket,
    day,
    furthest,
    listed,
    percent,
    summary,
    why_behind,
)
from duban.theme import theme


class Room(NamedTuple):
    """How much is told: items behind, characters of their reasons, names in a sentence, measures ahead."""

    behind: int
    said: int
    names: int
    ahead: int


# the first of these that fits is taken
_ROOMS = tuple(
    Room(behind, said, names, ahead)
    for names, ahead in ((6, 2), (4, 1), (3, 0), (2, 0), (1, 0))
    for behind, said in ((5, 90), (5, 60), (5, 45), (5, 30))
) + (Room(3, 30, 1, 0), Room(2, 30, 1, 0))
_PAGES = 1.96  # a little less than two: fonts differ
_COLUMNS = {"重点工作（牵头单位）": 42, "差距": 50, "自述原因": 64}  # millimetres
_ORDINALS = "一二三四五六七八九十"
_ASKED = {
    "returned": "请按退回意见改正后立即重报",
    "set_aside": "请与{office}联系后重报",
    "missing": "请立即补报",
}
_GAPS = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[0-9])|(?<=[0-9%]) (?=[\u4e00-\u9fff])")


def write_brief(path: Path, material: Material) -> Path:
    """Write `通报.docx`; the same material gives the same bytes."""
    from duban.documents import write_document  # only publishing needs it

    properties = {
        "title": _title(material),
        "subject": f"{material.quarter.title}重点工作进展情况",
        "author": material.registry.plan.issuer,
        "category": "通报",
        "keywords": material.publication,
        "comments": f"由{material.approval.told}" if material.approval else "",
    }
    return write_document(path, material.as_of, parts_of(material), properties)


def parts_of(material: Material) -> list[Part]:
    """The circular's paragraphs and its table, from the issuer's name at its head to the date at its foot; no more than
    two pages."""
    for room in _ROOMS:
        found = _parts(material, room)
        if pages_of(found) <= _PAGES:
            break
    return found


def _title(material: Material) -> str:
    return f"关于{material.quarter.title}重点工作进展情况的通报"


def _parts(material: Material, room: Room) -> list[Part]:
    plan, quarter = material.registry.plan, material.quarter
    found: list[Part] = [Line("issuer", plan.issuer), Line("title", _title(material))]
    if not material.revision:
        found.append(Line("mark", "（历史状态，从未印发）" if material.past else "（草稿，未定稿）"))
    kinds = "、".join(KIND_TITLES[kind] for kind in KIND_TITLES if any(row.kind == kind for row in material.reporting))
    found += [Line("addressee", f"各{kinds}："), Line("body", f"现将《{plan.title}》{quarter.title}进展通报如下。")]
    chapters = {
        "总体情况": _overall(material, room.names),
        "进展较快的工作": [_body(_ahead(material, room))],
        "滞后的工作及原因": list(_behind(material, room)),
        "工作要求": list(_asked(material, room.names)),
    }
    for ordinal, (heading, told) in zip(_ORDINALS, chapters.items(), strict=False):
        found += [Line("heading", f"{ordinal}、{heading}"), *told]
    found.append(Line("annex", f"附件：{quarter.title}重点工作进展情况汇总（{material.publication}）"))
    return [*found, Line("signature", plan.issuer), Line("signature", day(material.as_of))]


def _body(text: str) -> Line:
    """A paragraph in our own words, without the gaps around numbers, which official documents do not have."""
    return Line("body", _GAPS.sub("", text))


def _overall(material: Material, most: int) -> list[Part]:
    told = [_body(summary(material, brief=True)), _body(_chapters(material))]
    return [*told, *([_body(_changed(material, most))] if material.compared else [])]


def _chapters(material: Material) -> str:
    """Which chapters hold what is behind."""
    names = dict.fromkeys((row.chapter, row.chapter_title) for row in material.items)
    count = Counter((row.chapter, bucket(row)) for row in material.items)
    told, late = [], set()
    for light in ("red", "yellow"):
        holding = {name: count[chapter, light] for chapter, name in names if count[chapter, light]}
        late |= holding.keys()
        parts = [name if items == 1 else f"{name}（{items} 项）" for name, items in holding.items()]
        told += [f"{theme().lights[light].title}在{'、'.join(parts)}"] if parts else []
    if not told:
        return f"分篇章看，{len(names)} 个篇章都没有红灯、黄灯。"
    rest = len(names) - len(late)
    return f"分篇章看，{'，'.join(told)}" + (f"，其余 {rest} 个篇章没有。" if rest else "。")


def _changed(material: Material, most: int) -> str:
    """How many items stand better than in the publication compared with, and which stand worse."""
    rank = {light: place for place, light in enumerate(WORST_FIRST)}
    moves = [
        (rank[row.light] - rank[row.before_light], f"第 {row.item} 项{row.title}")
        for row in material.changed_lights
        if row.comparison == material.comparison and row.scope == "item" and "grey" not in (row.light, row.before_light)
    ]
    worse = [name for move, name in moves if move < 0]
    better = sum(move > 0 for move, _ in moves)
    text = f"与 {material.compared} 相比，灯转好的重点工作 {better} 项，转差的 {len(worse)} 项"
    return text + (f"：{listed(worse, most, '项')}。" if worse else "。")


def _ahead(material: Material, room: Room) -> str:
    """Items that are done, and the measures that are furthest beyond their schedule."""
    done = [f"第 {row.item} 项{row.title}" for row in material.items if row.computed and row.light == "done"]
    ahead = [row for row in material.measures if row.light in ("done", "green") and row.completion > row.schedule]
    ahead.sort(key=lambda row: (row.schedule - row.completion, row.item, row.measure))
    text = f"已达标的重点工作 {len(done)} 项：{listed(done, room.names, '项')}。" if done else ""
    if ahead:
        told = [
            f"{row.title}完成 {percent(row.completion)}（序时 {percent(row.schedule)}）" for row in ahead[: room.ahead]
        ]
        text += f"超出序时的指标 {len(ahead)} 个" + (f"，其中{'、'.join(told)}。" if told else "。")
    return text or "按已有数据，还没有达标或超出序时的工作。"


def _behind(material: Material, room: Room) -> Iterator[Part]:
    """The items furthest behind, each with its lead's own reason."""
    leads = {row.item: row.lead for row in material.items}
    problems = {row.item: row.problems for row in material.items}
    if not material.worst:
        yield _body(furthest(material) or "还没有能按指标和时限判断的重点工作。")
        return
    rows = []
    for row in material.worst[: room.behind]:
        dragging = (
            f"；落后的有{listed(row.dragging, room.names)}" if row.dragging not in ([], [leads[row.item]]) else ""
        )
        name = f"第 {row.item} 项{row.item_title}（{leads[row.item]}）"
        told = [_GAPS.sub("", text) for text in (name, why_behind(row) + dragging)]
        rows.append((*told, _said(problems[row.item], room.said) or "未说明"))
    yield Table(_COLUMNS, rows)
    rest = [f"第 {row.item} 项{row.item_title}（{leads[row.item]}）" for row in material.worst[room.behind :]]
    if rest:
        yield _body(f"滞后较多的还有{listed(rest, room.names, '项')}。")


def _asked(material: Material, most: int) -> Iterator[Part]:
    """What is asked of whom, and by when."""
    asked = [*_of_those_behind(material, most), *_of_the_silent(material, most)]
    asked += _of_overdue_projects(material, most)
    asked += _of_the_contradicted(material, most)
    if not asked:
        asked = [f"请各单位继续按序时进度推进，{_next_report(material)}如实报送。"]
    for ordinal, text in zip(_ORDINALS, asked, strict=False):
        yield _body(text)._replace(lead=f"（{ordinal}）" if len(asked) > 1 else "")


def _of_those_behind(material: Material, most: int) -> Iterator[str]:
    worst = {row.item for row in material.worst}
    leads = list(dict.fromkeys(row.lead for row in material.items if row.item in worst and row.lead))
    if leads:
        by = _next_report(material, dated=True)
        yield f"{listed(leads, most)}要对照滞后的指标和成果定措施、定时限，{by}写明结果。"


def _of_the_silent(material: Material, most: int) -> Iterator[str]:
    office, parts = material.registry.plan.collected_by, []
    for state, asked in _ASKED.items():
        names = [row.name for row in material.reporting if row.state == state]
        parts += [f"{listed(names, most)}{asked.format(office=office)}"] if names else []
    if parts:
        yield f"{'，'.join(parts)}。"


def _of_overdue_projects(material: Material, most: int) -> Iterator[str]:
    overdue = dict(material.long.rows("projects_overdue", "projects"))
    if overdue:
        names, count = list(overdue), sum(overdue.values())
        yield f"{listed(names, most)}的 {count} 个逾期项目要抓紧完成，{_next_report(material)}销号或说明原因。"


def _of_the_contradicted(material: Material, most: int) -> Iterator[str]:
    rows = [row for row in material.items if row.contradicted]
    if rows:
        items = listed([f"第 {row.item} 项{row.title}（{row.lead}）" for row in rows], most, "项")
        yield f"{items}自报“已完成”而数据或时限并未达到，请核实更正。"


def _next_report(material: Material, dated: bool = False) -> str:
    """When those asked are to answer: in the next report, `dated` by when it is due."""
    following = material.quarter.next()
    if following.year != material.registry.plan.year:
        return "在年度总结中"
    name = following.title.removeprefix(f"{following.year}年")
    if not dated:
        return f"在{name}报送中"
    try:
        return f"在{name}报送（{day(material.registry.due(following))}截止）中"
    except UserError:  # the calendar does not reach so far
        return f"在{name}报送中"


def _said(text: str, most: int) -> str:
    """What a reporter said, on one line and cut; it ends with a full stop."""
    line = "；".join(part.strip().rstrip("。；;") for part in text.splitlines() if part.strip())
    line = line if len(line) <= most else f"{line[: most - 2]}……"
    return line if not line or line.endswith(("。", "……")) else f"{line}。"
