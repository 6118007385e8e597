"""总览: the one page that a director reads; it prints on one landscape page."""

from duban.publishing.marts import Material
from duban.publishing.sheets import changes, items, lagging
from duban.publishing.sheets.charts import chapters_chart, targets_chart
from duban.publishing.tables import (
    COVER,
    OVERVIEW,
    PAGE_NUMBERS,
    Cell,
    Column,
    Link,
    across,
    figure_cell,
    light_cell,
    lines_of,
    link_row,
    write_rows,
)
from duban.publishing.words import (
    INDENT,
    OWN_WORDS,
    as_of,
    counted,
    coverage,
    furthest,
    item_sheet,
    legend,
    listed,
    number_format,
    summary,
)
from duban.quarters import Quarter
from duban.sheets import Book, Format, Worksheet, set_up_page

TITLE = OVERVIEW
ABOUT = "一页看全局：灯、篇章、目标进度、滞后最多的五项"
COLUMNS = (
    Column("序号", 6, "centre"),
    Column("重点工作", 20, "link"),
    Column("灯", 11, "centre"),
    Column("最滞后的指标或成果", 24),
    Column("年度目标", 13, "number"),
    Column("实绩", 13, "number"),
    Column("完成率", 10, "percent"),
    Column("序时进度", 10, "percent"),
    Column("落后的单位", 24),
    Column("存在问题（牵头单位自述）", 36),
    Column("下一步打算（牵头单位自述）", 36),
)
_WIDTH = sum(column.width for column in COLUMNS)
_LAST = len(COLUMNS) - 1
_TILES = ((0, 1), (2, 3), (4, 6), (7, 8), (9, 9), (10, 10))
_CHARTS, _CHART_ROWS = 9, 19
_SECOND = 7  # the column from which the second chart stands
_NAMES = 6  # reporters named in a cell
_SAID = 120  # characters of what a lead says that the page has room for


def write(book: Book, material: Material) -> None:
    sheet = book.sheet(TITLE)
    for number, column in enumerate(COLUMNS):
        sheet.set_column(number, number, column.width)
    across(book, sheet, 0, _LAST, f"{material.quarter.title}重点工作总览", book.style("title", font_size=24), 42)
    issue = f"第 {material.revision} 版" if material.revision else "历史状态" if material.past else "草稿，未定稿"
    about = f"{material.registry.plan.title} · {issue} · 数据截至 {as_of(material)}"
    across(book, sheet, 1, _LAST, about, book.style("hint", align="center", font_size=11), 20)
    leads = [Link(COVER, f"← {COVER}"), *(Link(module.TITLE, module.TITLE) for module in (items, lagging, changes))]
    link_row(book, sheet, 2, [column.width for column in COLUMNS], leads)
    _tiles(book, sheet, material)
    prose = book.style("wrapped", font_size=13, valign="vcenter")
    _paragraph(book, sheet, 6, INDENT + summary(material) + furthest(material), prose)
    _paragraph(book, sheet, 7, INDENT + change_told(material), prose)
    _paragraph(book, sheet, 8, legend(), book.style("hint", text_wrap=True))
    for row in range(_CHARTS, _CHARTS + _CHART_ROWS):
        sheet.set_row(row, 21)
    height = 28 * _CHART_ROWS - 8
    chapters_chart(book, sheet, material, TITLE, (_CHARTS, 0), (_pixels(0, _SECOND) - 8, height))
    targets_chart(book, sheet, material, TITLE, (_CHARTS, _SECOND), (_pixels(_SECOND, _LAST + 1) - 4, height))
    end = _worst(book, sheet, material, _CHARTS + _CHART_ROWS + 1)
    set_up_page(sheet, footer=f"{material.publication} {TITLE}", paper="A3", tall=1, numbers=PAGE_NUMBERS)
    sheet.print_area(0, 0, end - 1, _LAST)
    sheet.set_zoom(85)  # all columns in sight on a laptop


def _pixels(first: int, end: int) -> int:
    return sum(int(7 * column.width + 0.5) + 5 for column in COLUMNS[first:end])


def _tiles(book: Book, sheet: Worksheet, material: Material) -> None:
    """Six numbers: items by light, items by their own word, reporters heard."""
    lights, count = book.theme.lights, counted(material)
    own = [row.light for row in material.items if not row.computed and row.light != "grey"]
    words = "、".join(f"{OWN_WORDS[light][2:]} {own.count(light)}" for light in OWN_WORDS if own.count(light))
    tiles = [
        (f"{lights[light].sign} {lights[light].title}", f"{count[light]} 项", note, light)
        for light, note in (("done", "达到目标"), ("green", "达到序时"), ("yellow", "略低于序时"), ("red", "明显滞后"))
    ]
    tiles.append(
        (
            "自报与无从判断",
            f"{count['own'] + count['grey']} 项",
            f"自报：{words or '无'}；无从判断 {count['grey']}",
            "grey",
        )
    )
    heard = "green" if material.reported == material.owing else "yellow"
    tiles.append(("已报单位", f"{material.reported}/{material.owing} 家", coverage(material), heard))
    sheet.set_row(3, 22)
    sheet.set_row(4, 40)
    sheet.set_row(5, 20)
    for (first, last), (label, value, note, light) in zip(_TILES, tiles, strict=True):
        for row, text, size in (
            (3, label, {"bold": True, "font_size": 12}),
            (4, value, {"bold": True, "font_size": 24}),
            (5, note, {"font_size": 9}),
        ):
            line = {"left": 2, "right": 2, "left_color": "#FFFFFF", "right_color": "#FFFFFF"}
            style = book.look(lights, light, base="plain", align="center", **size, **line)
            if last > first:
                sheet.merge_range(row, first, row, last, "", style)
            book.text(sheet, row, first, text, style)


def _worst(book: Book, sheet: Worksheet, material: Material, top: int) -> int:
    """The items furthest behind, with what their leads say; returns the row after."""
    book.text(sheet, top, 0, "滞后最多的重点工作（至多五项，完整清单见“滞后清单”）", book.style("section"))
    for col in range(1, _LAST + 1):
        book.text(sheet, top, col, "", book.style("section"))
    sheet.set_row(top, 22)
    for col, column in enumerate(COLUMNS):
        book.text(sheet, top + 1, col, column.header, book.style("header"))
    sheet.set_row(top + 1, 24)
    items = {row.item: row for row in material.items}
    decimals = {row.title: row.decimals for row in material.measures}
    silent = Cell("未说明", book.style("text", indent=1, font_color="#" + book.theme.colours.muted))
    rows = []
    for row in material.worst:
        number = number_format(row.unit, decimals.get(row.subject, 0), told=True)
        lead = items[row.item]
        rows.append(
            (
                row.item,
                Link(item_sheet(row.item, row.item_title), row.item_title),
                light_cell(book, row.light, True),
                row.subject + (f"（{Quarter.parse(row.due).title}末到期）" if row.due else ""),
                *(figure_cell(book, value, number) for value in (row.target, row.value)),
                row.completion,
                row.schedule,
                listed(row.dragging, _NAMES) or lead.lead,
                _said(lead.problems) or silent,
                _said(lead.next) or silent,
            )
        )
    return write_rows(book, sheet, top + 2, COLUMNS, rows or [("", "没有滞后的重点工作", *[""] * (_LAST - 1))])[0]


def _said(text: str) -> str:
    return text if len(text) <= _SAID else f"{text[: _SAID - 2]}……"


def change_told(material: Material) -> str:
    """What changed since the last publication."""
    if material.compared is None:
        change = "本年度首次发布，没有可比的上一次发布。"
    else:
        measures = len(changes.changed_measures(material))
        lights = changes.changed_lights(material, _NAMES) or "灯没有变化。"
        change = f"与 {material.compared} 相比，{measures} 个指标的数有变化；{lights}"
    return f"本期变化：{change}"


def _paragraph(book: Book, sheet: Worksheet, row: int, text: str, style: Format) -> None:
    size = style.font_size
    across(book, sheet, row, _LAST, text, style, 1.55 * size * lines_of(text, _WIDTH * book.theme.size / size) + 4)
