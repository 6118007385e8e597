"""The directors' list of those that are overdue, as a workbook."""

import datetime as dt
import math
from pathlib import Path

from duban.publishing.tables import Column, across, lines_of, note_lines, write_rows
from duban.registry.text import ROLES
from duban.reminding.deciding import Desk
from duban.reminding.words import STATES, counts, what_stands
from duban.sheets import open_workbook, set_up_page

COLUMNS = (
    Column("序号", 6, "centre"),
    Column("填报单位", 16),
    Column("状态", 10, "centre"),
    Column("欠报内容", 48),
    Column("截止日期", 12, "centre"),
    Column("逾期工作日", 8, "count"),
    Column("已催报次数", 8, "count"),
    Column("目前情况", 40),
    Column("联系人", 32),
)
_HEADER = 2  # the row of the headers, from 0


def write_list(path: Path, desk: Desk, now: dt.datetime, author: str) -> Path:
    """Who is overdue, since when, what is missing, how often it was reminded, and whom to ask; the longest overdue
    first."""
    reminded: dict[str, int] = {}
    for row in desk.known:
        reminded[row["reporter"]] = reminded.get(row["reporter"], 0) + (row["state"] == "sent")
    overdue = sorted(desk.overdue, key=lambda one: -one.days)
    title = f"{desk.quarter.title}逾期未报单位"
    with open_workbook(path, now, title, author) as book:
        sheet = book.sheet("逾期未报")
        widths, last = [column.width for column in COLUMNS], len(COLUMNS) - 1
        for number, column in enumerate(COLUMNS):
            sheet.set_column(number, number, column.width)
        across(book, sheet, 0, last, title, book.style("title"), 38)
        note = f"截至 {desk.today:%Y年%m月%d日}：{counts(desk)}。"
        listed = f"列入标准：逾期 {desk.contacts.reminders.directors_from} 个工作日以上而没有受理的报送。"
        note_lines(book, sheet, 1, [note, listed], last, sum(widths))
        header = book.style("header")
        for number, column in enumerate(COLUMNS):
            book.text(sheet, _HEADER, number, column.header, header)
        sheet.set_row(_HEADER, 14.5 * max(math.ceil(lines_of(one.header, one.width)) for one in COLUMNS) + 8)
        rows = (
            (
                place,
                one.name,
                STATES[one.state],
                "；".join(f"第{item}项 {name}（{ROLES[role]}）" for item, name, role in one.items),
                one.due.isoformat(),
                one.days,
                reminded.get(one.reporter, 0),
                what_stands(one),
                "\n".join(_people(desk, one.reporter)) or "未登记",
            )
            for place, one in enumerate(overdue, start=1)
        )
        write_rows(book, sheet, _HEADER + 1, COLUMNS, rows)
        sheet.freeze_panes(_HEADER + 1, 2)
        set_up_page(sheet, footer=title, header_rows=(_HEADER, _HEADER))
    return path


def _people(desk: Desk, reporter: str) -> list[str]:
    contact = desk.people.get(reporter)
    return [" ".join(filter(None, (one.name, one.phone, one.mail))) for one in contact.to] if contact else []
