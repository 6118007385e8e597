"""重点工作总表: every item with its light, what the light rests on, and what its lead says."""

from collections import defaultdict
from collections.abc import Iterator

from duban.publishing.marts import Material, Row
from duban.publishing.tables import Cell, Column, Link, light_cell, table_sheet
from duban.publishing.words import CONTRADICTED, WORST_FIRST, item_sheet, legend, percent, sign, statuses
from duban.sheets import Book

TITLE = "重点工作总表"
ABOUT = "每项重点工作的灯、判断依据、进展、问题和下一步"
COLUMNS = (
    Column("序号", 6, "centre"),
    Column("篇章", 14),
    Column("重点工作", 22, "link"),
    Column("牵头", 13),
    Column("灯", 11, "centre"),
    Column("各季灯", 16, "centre"),
    Column("自报状态", 11, "centre"),
    Column("判断依据", 34),
    Column("收到/应报", 9, "centre"),
    Column("已报/应报", 9, "centre"),
    Column("完整/应报", 9, "centre"),
    Column("本季度工作进展", 46),
    Column("存在问题", 30),
    Column("下一步打算", 30),
    Column("预计完成", 11, "centre"),
)


def write(book: Book, material: Material) -> None:
    notes = [
        legend(),
        "重点工作名称可点击，进入该项分表。牵头一栏在方案未定牵头时为汇总单位。"
        "收到、已报（受理）、完整（受理且内容齐全）分开计数，均以应报为准。",
    ]
    table_sheet(
        book, material, TITLE, f"{material.quarter.title}重点工作总表", notes, COLUMNS, _rows(book, material),
        freeze=3, paper="A3",
    )  # fmt: skip


def _rows(book: Book, material: Material) -> Iterator[tuple]:
    reasons = reasons_of(material)
    alarm = book.style("centre", bold=True, font_color="#" + book.theme.lights["red"].colour)
    for row in material.items:
        said = statuses(row.statuses) if row.told else "未报"
        yield (
            row.item,
            row.chapter_title,
            Link(item_sheet(row.item, row.title), row.title),
            row.lead,
            light_cell(book, row.light, row.computed),
            light_history(material, "item", row.item),
            Cell(f"{said}\n{CONTRADICTED}", alarm) if row.contradicted else said,
            "\n".join(reasons[row.item]) or row.formula,
            *(f"{count}/{row.owed}" for count in (row.received, row.reported, row.complete)),
            row.done,
            row.problems,
            row.next,
            row.expected_on and row.expected_on.isoformat(),
        )


def light_history(material: Material, scope: str, item: int, subject: str = "") -> str:
    """The lights of the year's quarters up to this one, as signs: `■→▲→●`."""
    return "→".join(sign(*light) for light in material.light_history[scope, item, subject])


def reasons_of(material: Material) -> dict[int, list[str]]:
    """What each item's light rests on: its judged measures and deliverables, the worst first."""
    found = defaultdict(list)
    judged = [row for row in material.lights if row.scope != "item" and row.light != "grey"]
    for row in sorted(judged, key=lambda row: WORST_FIRST.index(row.light)):
        found[row.item].append(f"{sign(row.light, row.computed)} {_reason(row)}")
    return found


def _reason(row: Row) -> str:
    if row.scope == "deliverable":
        return f"{row.title}（{row.due} 前完成）"
    return f"{row.title} {percent(row.completion)}（序时 {percent(row.schedule)}，{row.reported}/{row.owed} 已报）"
