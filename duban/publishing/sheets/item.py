"""One sheet per item: the province's figures above, every reporter that owes it below."""

from collections.abc import Iterator

from duban.fillin.layout import ROLES
from duban.publishing.marts import Material, Row
from duban.publishing.sheets.items import TITLE as TABLE
from duban.publishing.sheets.items import light_history
from duban.publishing.tables import OVERVIEW, Cell, Column, Link, light_cell, table_sheet
from duban.publishing.words import (
    CONTRADICTED,
    STATE_TITLES,
    STATUS_TITLES,
    corrected,
    figure,
    item_sheet,
    light_text,
    number_format,
    percent,
    sign,
)
from duban.sheets import Book

_BEFORE = (
    Column("填报单位", 14),
    Column("职责", 7, "centre"),
    Column("进展状态", 12, "centre"),
    Column("灯", 11, "centre"),
)
_TEXTS = (
    Column("工作进展", 60, shared=True),
    Column("存在问题", 40, shared=True),
    Column("下一步打算", 40, shared=True),
    Column("预计完成", 12, "centre"),
)
_EXPLAINED, _UNEXPLAINED = Column("情况说明", 20), Column("情况说明", 10)
_ACCESSION = Column("报送编号", 18, "centre")
_CORRECTED = Column("台账更正", 34)
_SILENT = {"not_applicable": "不适用", "blank": "未填", "absent": "未报"}


def write(book: Book, material: Material, before: Row | None, item: Row, after: Row | None) -> None:
    """The sheet of `item`, with links to those of the items `before` and `after` it."""
    measures = [row for row in material.measures if row.item == item.item]
    figures = [Column(f"{row.title}（{row.unit}）", 13, "number") for row in measures]
    corrections = _corrections(material, item)
    explained = any(row.explanation for row in material.rows_of.get(item.item, ()))
    columns = [
        *_BEFORE,
        *figures,
        *_TEXTS,
        _EXPLAINED if explained else _UNEXPLAINED,
        _ACCESSION,
        *([_CORRECTED] if corrections else ()),
    ]
    title = item_sheet(item.item, item.title)
    table_sheet(
        book,
        material,
        title,
        title,
        _notes(material, item) + ["带底色的数和状态已按台账更正，见最后一栏。" if corrections else ""],
        columns,
        _rows(book, material, item, measures, corrections),
        freeze=1,
        paper="A3",
        links=_links(before, after),
        total=_total(book, item, measures, len(columns)),
    )


def _links(before: Row | None, after: Row | None) -> list[Link]:
    links = [Link(TABLE, f"← {TABLE}"), Link(OVERVIEW, OVERVIEW)]
    if before:
        links.append(Link(item_sheet(before.item, before.title), f"上一项：{before.title}"))
    if after:
        links.append(Link(item_sheet(after.item, after.title), f"下一项：{after.title}"))
    return links


def _notes(material: Material, item: Row) -> list[str]:
    """The item's light and every judged thing under it, one a line."""
    lines = [
        f"篇章：{item.chapter_title}  牵头：{item.lead}  灯：{light_text(item.light, item.computed)}（{item.formula}）"
        f"  各季灯：{light_history(material, 'item', item.item)}  {item.reported}/{item.owed} 家已报"
    ]
    for row in material.lights:
        if row.item != item.item or row.scope == "item":
            continue
        if row.scope == "deliverable":
            lines.append(f"{sign(row.light, row.computed)} 成果：{row.title}。{row.formula}")
        else:
            line = f"{sign(row.light, row.computed)} {row.title}：全省 {figure(row.value, row.unit)}"
            if row.target is not None:
                line += f"，年度目标 {figure(row.target, row.unit)}，完成 {percent(row.completion)}"
                line += f"，序时 {percent(row.schedule)}"
            told = row.light == "grey" or row.light != row.judged  # why it is no plain comparison
            lines.append(f"{line}，{row.reported}/{row.owed} 已报" + (f"（{row.formula}）" if told else ""))
    return lines


def _corrections(material: Material, item: Row) -> dict[str, list[Row]]:
    """What was corrected of this quarter's returns on the item, by reporter."""
    found: dict[str, list[Row]] = {}
    for row in material.corrections:
        if row.outcome == "applied" and row.item == item.item and row.quarter == str(material.quarter):
            found.setdefault(row.reporter, []).append(row)
    return found


def _told(corrections: list[Row]) -> str:
    return "\n".join(f"{'进展状态' if row.tab == 'progress' else row.title}{corrected(row)}" for row in corrections)


def _rows(
    book: Book, material: Material, item: Row, measures: list[Row], corrections: dict[str, list[Row]]
) -> Iterator[tuple]:
    alarm = book.style("centre", bold=True, font_color="#" + book.theme.lights["red"].colour)
    owing = [{reporter.code for reporter in material.registry.reporters_of[row.measure]} for row in measures]
    numbers = [{"num_format": number_format(row.unit, row.decimals), "indent": 1} for row in measures]
    styles = [book.style("number", **number) for number in numbers]
    marked = [book.look(book.theme.severities, "notice", "number", **number) for number in numbers]
    nothing = Cell(None, book.style("printed"))
    for row in material.rows_of.get(item.item, ()):
        own = corrections.get(row.reporter, [])
        touched = {one.measure for one in own}
        figures = [
            _figure(book, material, measure.measure, row, mark if measure.measure in touched else style)
            if row.reporter in owed
            else nothing
            for measure, owed, style, mark in zip(measures, owing, styles, marked, strict=True)
        ]
        status = STATUS_TITLES.get(row.status, "未填")
        if row.contradicted:
            status = Cell(f"{status}\n{CONTRADICTED}", alarm)
        elif row.state != "accepted":
            status = Cell(STATE_TITLES[row.state], alarm)
        elif any(one.tab == "progress" for one in own):
            status = Cell(status, book.look(book.theme.severities, "notice"))
        yield (
            row.name,
            ROLES[row.role],
            status,
            light_cell(book, row.light, row.computed),
            *figures,
            row.done,
            row.problems,
            row.next,
            row.expected_on and row.expected_on.isoformat(),
            row.explanation,
            row.accession,
            *([_told(own)] if corrections else ()),
        )


def _figure(book: Book, material: Material, measure: str, row: Row, style) -> Cell:
    state, value = material.figures.get((measure, row.reporter), ("blank" if row.accession else "absent", None))
    if state == "value":
        return (
            Cell("无基数", book.style("number", indent=1, font_color="#" + book.theme.colours.muted))
            if value is None
            else Cell(value, style)
        )
    colour = book.theme.lights["red" if state == "absent" else "grey"].colour
    return Cell(_SILENT[state], book.style("number", indent=1, font_color="#" + colour))


def _total(book: Book, item: Row, measures: list[Row], width: int) -> tuple:
    """The province below its reporters; each figure is this quarter's."""
    ground = {"bold": True, "bg_color": "#" + book.theme.colours.band}
    band, centre = book.style("text", indent=1, **ground), book.style("centre", **ground)
    cells = [Cell("全省", band), Cell(None, band), Cell(f"{item.reported}/{item.owed} 已报", centre)]
    cells += [light_cell(book, item.light, item.computed)]
    for row in measures:
        number = number_format(row.unit, row.decimals)
        cells.append(Cell(row.present, book.style("number", indent=1, num_format=number, **ground)))
    return tuple(cells + [Cell(None, band)] * (width - len(cells)))
