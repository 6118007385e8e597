"""项目台账: every project by item, with its deadline, its progress and a sign where it is overdue."""

from collections.abc import Iterator

from duban.publishing.marts import Material
from duban.publishing.tables import Cell, Column, asked_by, shared_out, table_sheet
from duban.publishing.words import STATUS_TITLES
from duban.sheets import Book

TITLE = "项目台账"
ABOUT = "各单位分解的项目：责任人、期限、进度，逾期有标记"
OVERDUE = "⚑ 逾期"
COLUMNS = (
    Column("序号", 6, "centre"),
    Column("重点工作", 22),
    Column("项目编号", 14, "centre"),
    Column("填报单位", 14),
    Column("项目名称", 36, shared=True),
    Column("责任人", 12, "centre"),
    Column("计划完成时间", 13, "centre"),
    Column("完成进度", 11, "percent", "0%"),
    Column("项目状态", 10, "centre"),
    Column("逾期", 9, "centre"),
    Column("本季度进展", 44, shared=True),
    Column("情况说明", 26, shared=True),
    Column("来源报送", 20),
    Column("来源行", 8, "centre"),
)
_PROGRESS = 7


def write(book: Book, material: Material) -> None:
    [(rows, overdue, *squares)] = material.long.rows("projects_told", "projects")
    columns = shared_out(COLUMNS, [asked_by(one, rows) for one in squares])
    notes = [
        f"已采用的报送中共 {rows} 个项目，逾期 {overdue} 个。"
        f"逾期：计划完成时间不晚于 {material.quarter.end.isoformat()}，而未完成、未销号。",
        "来源行为该报送“项目清单”表的行号。",
    ]
    title = f"{material.quarter.title}项目台账"
    sheet = table_sheet(book, material, TITLE, title, notes, columns, _rows(book, material), freeze=3, paper="A3")
    bar = {
        "type": "data_bar",
        "bar_solid": True,
        "bar_color": "#" + book.theme.official.bar,
        "min_type": "num",
        "min_value": 0,
    }
    bar |= {"max_type": "num", "max_value": 1}
    sheet.conditional_format(4, _PROGRESS, 4 + max(0, rows - 1), _PROGRESS, bar)


def _rows(book: Book, material: Material) -> Iterator[tuple]:
    alarm = book.look(book.theme.lights, "red", bold=True)
    for row in material.long.named("projects"):
        yield (
            row.item,
            row.item_title,
            row.project,
            row.reporter,
            row.name,
            row.owner,
            row.due_on and row.due_on.isoformat(),
            row.progress,
            STATUS_TITLES.get(row.status, ""),
            Cell(OVERDUE, alarm) if row.overdue else None,
            row.done,
            row.explanation,
            row.accession,
            row.row,
        )
