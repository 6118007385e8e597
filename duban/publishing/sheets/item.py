"""One sheet per item: the province's figures above, every reporter that owes it below."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from duban.fillin.layout import ROLES, STATUSES
from duban.publishing.marts import Material, Row
from duban.publishing.sheets.items import TITLE as TABLE
from duban.publishing.sheets.items import light_history
from duban.publishing.tables import (
    HEADER_ROW,
    OVERVIEW,
    Cell,
    Column,
    Link,
    Made,
    Ready,
    asked_by,
    light_cell,
    made,
    shared_out,
    table_sheet,
)
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
from duban.sheets import Book, Format, first_letters

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


@dataclass(frozen=True)
class Plan:
    """The columns of an item's sheet, its measures, and what was corrected of this quarter's returns on it, by
    reporter."""

    columns: list[Column]
    measures: list[Row]
    corrections: dict[str, list[Row]]


class Items:
    """The sheets of all items; their rows come out of one answer, item by item, and are made in a thread beside, while
    the sheets before them are written."""

    def __init__(self, book: Book, material: Material):
        told = {row[0]: row[1:] for row in material.long.rows("items_told", "item_rows")}
        self.plans = {
            row.item: _plan(material, row, *told.get(row.item, (0, 0, 0, 0, False))) for row in material.items
        }
        self._book = book
        self._groups = groupby(_rows(book, material, self.plans), key=itemgetter(0))
        self._next: tuple[int, Iterable[tuple]] | None = None
        self._made = {row.item: material.long.beside(self._make, row.item) for row in material.items}

    def rows(self, item: int) -> Made:
        """The rows of an item, once they are made."""
        return self._made.pop(item).result()

    def _make(self, item: int) -> Made:
        """The rows of an item; called in the items' order."""
        if self._next is None:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != item:
            return made(self._book, Ready(()))
        rows, self._next = self._next[1], None
        return made(self._book, Ready(_in_their_places(rows)))


def _in_their_places(rows: Iterable[tuple]) -> Iterator[tuple[bytes, float]]:
    for number, (_, row_number, row, points) in enumerate(rows, start=HEADER_ROW + 2):
        if row_number != number:
            raise RuntimeError(f"row {row_number} of an item came where row {number} belongs")
        yield row, points


def _plan(material: Material, item: Row, rows: int, done: int, problems: int, following: int, explained: bool) -> Plan:
    measures = [row for row in material.measures if row.item == item.item]
    figures = [Column(f"{row.title}（{row.unit}）", 13, "number") for row in measures]
    corrections = _corrections(material, item)
    columns = [
        *_BEFORE,
        *figures,
        *_TEXTS,
        _EXPLAINED if explained else _UNEXPLAINED,
        _ACCESSION,
        *([_CORRECTED] if corrections else ()),
    ]
    asked = [asked_by(squares, rows) for squares in (done, problems, following)]
    return Plan(shared_out(columns, asked), measures, corrections)


def write(book: Book, material: Material, sheets: Items, before: Row | None, item: Row, after: Row | None) -> None:
    """The sheet of `item`, with links to those of the items `before` and `after` it."""
    plan = sheets.plans[item.item]
    title = item_sheet(item.item, item.title)
    table_sheet(
        book,
        material,
        title,
        title,
        _notes(material, item) + ["带底色的数和状态已按台账更正，见最后一栏。" if plan.corrections else ""],
        plan.columns,
        sheets.rows(item.item),
        freeze=1,
        paper="A3",
        links=_links(before, after),
        total=_total(book, item, plan.measures, len(plan.columns)),
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


def _rows(book: Book, material: Material, plans: dict[int, Plan]) -> Iterator[tuple[int, int, bytes, float]]:
    """Item, number of the row, the row in the file's own form and its height in points."""
    text, centre = _TEXTS[0].format(book), _BEFORE[1].format(book)
    ends = _ends(book, centre)
    corrected = [(item, code, rows) for item, plan in plans.items() for code, rows in plan.corrections.items()]
    places = {row.measure: n for plan in plans.values() for n, row in enumerate(plan.measures, start=1)}
    return material.long.rows(
        "items",
        "item_rows",
        above=HEADER_ROW + 1,
        items=list(plans),
        sheets=[_sheet(book, plan) for plan in plans.values()],
        corrected=[f"{item} {code}" for item, code, _ in corrected],
        corrections=[
            {
                "figures": [places[row.measure] for row in rows if row.measure in places],
                "state": any(row.tab == "progress" for row in rows),
                "words": _told(rows),
            }
            for *_, rows in corrected
        ],
        keys=list(ends),
        ends=list(ends.values()),
        text=book.numbers(text),
        centre=book.numbers(centre),
    )


def _sheet(book: Book, plan: Plan) -> dict:
    """What the rows of an item's sheet are told of it: `widths` of name, texts, explanation and corrections."""
    numbers = [{"num_format": number_format(row.unit, row.decimals), "indent": 1} for row in plan.measures]
    marked = [book.look(book.theme.severities, "notice", "number", **number) for number in numbers]
    texts = plan.columns[len(_BEFORE) + len(plan.measures) :]
    return {
        "letters": list(first_letters(0, len(plan.columns))),
        "widths": [float(column.width) for column in (plan.columns[0], *texts[:3], texts[4], texts[-1])],
        "numbers": [book.numbers(book.style("number", **number))[0] for number in numbers],
        "marked": [book.numbers(style)[0] for style in marked] if plan.corrections else [0] * len(marked),
        "corrected": bool(plan.corrections),
    }


def _ends(book: Book, centre: Format) -> dict[str, str]:
    """How cells end that hold one of a few words."""
    lights, colours = book.theme.lights, book.theme.colours
    alarm = book.style("centre", bold=True, font_color="#" + lights["red"].colour)
    done, unfilled = STATUS_TITLES["done"], {"": "未填"}
    statuses = {word: STATUS_TITLES[word] for word in STATUSES.values()} | unfilled
    silent = {
        state: book.style("number", indent=1, font_color="#" + lights["red" if state == "absent" else "grey"].colour)
        for state in _SILENT
    }
    cells = {f"role {role}": Cell(title, centre) for role, title in ROLES.items()}
    cells |= {f"status {status}": Cell(title, centre) for status, title in statuses.items()}
    cells |= {f"state {state}": Cell(title, alarm) for state, title in STATE_TITLES.items()}
    cells["contradicted"] = Cell(f"{done}\n{CONTRADICTED}", alarm)
    corrected = book.look(book.theme.severities, "notice")
    cells |= {f"corrected {status}": Cell(title, corrected) for status, title in statuses.items()}
    for light in lights:
        for computed in (True, False):
            cells[f"light {light} {str(computed).lower()}"] = light_cell(book, light, computed)
    cells["nothing"] = Cell(None, book.style("printed"))
    cells |= {f"figure {state}": Cell(_SILENT[state], style) for state, style in silent.items()}
    cells["figure value"] = Cell("无基数", book.style("number", indent=1, font_color="#" + colours.muted))
    return {key: book.inline(style)[text] for key, (text, style) in cells.items()}


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
