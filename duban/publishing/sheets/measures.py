"""指标完成情况: every measure with its quarters, its trend, and where it stands against target and schedule."""

from collections.abc import Iterator
from decimal import Decimal

from duban.fillin.layout import FIGURES
from duban.publishing.marts import Material, Row
from duban.publishing.sheets.items import light_history
from duban.publishing.tables import HEADER_ROW, Column, figure_cell, light_cell, table_sheet
from duban.publishing.words import legend, number_format
from duban.sheets import Book, address, quoted

TITLE = "指标完成情况"
ABOUT = "全部指标的各季数、完成率、序时进度和灯"
COLUMNS = (
    Column("序号", 6, "centre"),
    Column("指标编码", 34),
    Column("指标名称", 28),
    Column("计量单位", 10, "centre"),
    Column("年度目标", 11, "number"),
    Column("一季度", 11, "number"),
    Column("二季度", 11, "number"),
    Column("三季度", 11, "number"),
    Column("四季度", 11, "number"),
    Column("趋势", 12, "centre"),
    Column("完成率", 12, "percent"),
    Column("序时进度", 10, "percent"),
    Column("灯", 11, "centre"),
    Column("已报/应报", 10, "centre"),
    Column("各季灯", 16, "centre"),
    Column("口径", 14, "centre"),
    Column("判断依据", 44),
    Column("未计入单位", 24),
)
_FIRST_QUARTER, _TREND, _COMPLETION = 5, 9, 10


def write(book: Book, material: Material) -> None:
    notes = [
        "趋势柱高：有年度目标的累计和期末指标为占目标的比例，其余为与最高一季之比。各季栏为该季填报数汇总：年初至今累计和期末口径不跨季相加，本季口径的指标以各季之和对照目标。"
        "完成率 = 年内实绩 ÷ 年度目标；未报单位不计入，见“已报/应报”。",
        legend(),
    ]
    title = f"{material.quarter.title}指标完成情况"
    sheet = table_sheet(
        book, material, TITLE, title, notes, COLUMNS, _rows(book, material), freeze=3, paper="A3"
    )  # fmt: skip
    first = HEADER_ROW + 1
    last = HEADER_ROW + len(material.measures)
    colour = "#" + book.theme.lights["done"].colour
    for place, row in enumerate(material.measures, start=first):
        sheet.add_sparkline(place, _TREND, _trend(row, place, colour))
    bar = {
        "type": "data_bar",
        "bar_solid": True,
        "bar_color": "#" + book.theme.official.bar,
        "min_type": "num",
        "min_value": 0,
    }
    sheet.conditional_format(first, _COMPLETION, last, _COMPLETION, bar | {"max_type": "num", "max_value": 1})


def _trend(row: Row, place: int, colour: str) -> dict:
    """A column per quarter, as high as its share of the target where the figure runs up to one."""
    figures = [value for value in (row.q1, row.q2, row.q3, row.q4) if value is not None]
    goal = row.target if row.target is not None and row.figures != "in_quarter" else 0
    highest = max([goal, *(value * Decimal("1.2") for value in figures)])
    cells = f"{address(place, _FIRST_QUARTER)}:{address(place, _FIRST_QUARTER + 3)}"
    options = {"range": f"{quoted(TITLE)}!{cells}", "type": "column", "series_color": colour, "min": 0}
    return options | ({"max": float(highest)} if highest > 0 else {})


def _rows(book: Book, material: Material) -> Iterator[tuple]:
    for row in material.measures:
        number = number_format(row.unit, row.decimals)
        yield (
            row.item,
            row.measure,
            row.title,
            row.unit,
            *(figure_cell(book, value, number) for value in (row.target, row.q1, row.q2, row.q3, row.q4)),
            None,
            row.completion,
            row.schedule,
            light_cell(book, row.light, row.computed),
            f"{row.reported}/{row.owed}",
            light_history(material, "measure", row.item, row.measure),
            FIGURES[row.figures],
            row.formula,
            row.missing,
        )
