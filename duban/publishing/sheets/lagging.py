"""滞后清单: who is behind, by how much, and what they say about it; the worst first."""

from collections.abc import Iterator
from functools import cache

from duban.fillin.layout import ROLES
from duban.publishing.marts import Material
from duban.publishing.tables import Cell, Column, Link, asked_by, figure_cell, light_cell, shared_out, table_sheet
from duban.publishing.words import absent, item_sheet, legend, number_format
from duban.sheets import Book

TITLE = "滞后清单"
ABOUT = "谁滞后、差多少、单位自述的原因和下一步"
COLUMNS = (
    Column("灯", 11, "centre"),
    Column("序号", 6, "centre"),
    Column("重点工作", 20, "link"),
    Column("指标或成果", 24),
    Column("填报单位", 14),
    Column("职责", 7, "centre"),
    Column("年度目标", 11, "number"),
    Column("实绩", 11, "number"),
    Column("完成率", 9, "percent"),
    Column("序时进度", 9, "percent"),
    Column("距序时差", 11, "number"),
    Column("存在问题（单位自述）", 36, shared=True),
    Column("下一步打算（单位自述）", 36, shared=True),
    Column("情况说明", 24, shared=True),
    Column("判断依据", 40, shared=True),
    Column("报送编号", 20),
)


def write(book: Book, material: Material) -> None:
    missing = absent(material)
    notes = [
        "列入标准：按数据或时限计算为红灯、黄灯的指标和成果，以及自报预计完成时间已过而未完成的工作；由重到轻排列。",
        "“全省”行的问题和打算取自牵头单位。" + (f"没有已采用报送、无法判断的单位：{missing}。" if missing else ""),
        legend(),
    ]
    title = f"{material.quarter.title}滞后清单"
    [(rows, *squares)] = material.long.rows("lagging_told", "lagging")
    columns = shared_out(COLUMNS, [asked_by(one, rows) for one in squares])
    table_sheet(
        book, material, TITLE, title, notes, columns, _rows(book, material), freeze=5, paper="A3"
    )  # fmt: skip


def _rows(book: Book, material: Material) -> Iterator[tuple]:
    muted = book.style("text", indent=1, font_color="#" + book.theme.colours.muted)
    silent = Cell("未说明", muted)
    decimals = {row.measure: row.decimals for row in material.measures}
    sheets = {row.item: Link(item_sheet(row.item, row.title), row.title) for row in material.items}
    light = cache(lambda light, computed: light_cell(book, light, computed))
    style = cache(lambda unit, decimals: figure_cell(book, None, number_format(unit, decimals)).style)
    for row in material.long.named("lagging"):
        figures = style(row.unit, decimals.get(row.code, 0))
        yield (
            light(row.light, row.computed),
            row.item,
            sheets[row.item],
            row.subject,
            row.name,
            ROLES[row.role] if row.reporter else "",
            Cell(row.target, figures),
            Cell(row.value, figures),
            row.completion,
            row.schedule,
            Cell(row.short, figures),
            row.problems or silent,
            row.next or silent,
            row.explanation,
            row.formula,
            row.accession,
        )
