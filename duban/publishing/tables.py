"""Sheets that hold one table: title, note, link back, header row, rows; ready to filter, scroll and print."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from duban.publishing.marts import Material
from duban.publishing.words import light_text
from duban.sheets import Book, Format, Worksheet, set_up_page

COVER = "封面"
HEADER_ROW = 3  # counted from 0: title, note, link back, header
_LINE = 15.5  # points that a line of text takes
_ROW = 21  # points of a row of one line
_INDENTED = ("text", "link", "number", "count", "percent")  # what is not centred keeps off the borders


@dataclass(frozen=True)
class Column:
    """A column of a table: `style` is the theme's style of its cells, with `changes` to it."""

    header: str
    width: float
    style: str = "text"
    number: str | None = None  # number format

    def format(self, book: Book) -> Format:
        changes = {"indent": 1} if self.style in _INDENTED else {}
        return book.style(self.style, **changes | ({"num_format": self.number} if self.number else {}))


class Cell(NamedTuple):
    """A value in a style of its own."""

    value: Any
    style: Format


class Link(NamedTuple):
    """Text that leads to another sheet."""

    sheet: str
    text: str


def light_cell(book: Book, light: str, computed: bool, text: str | None = None) -> Cell:
    """A light: coloured, with its sign; hollow ones are pale, so that they do not pass for computed ones."""
    if light == "grey":
        style = book.style("centre", font_color="#" + book.theme.lights["grey"].colour)
    elif computed:
        style = book.look(book.theme.lights, light, bold=True)
    else:
        style = book.style("centre", font_color="#" + book.theme.lights[light].colour)
    return Cell(text or light_text(light, computed), style)


def figure_cell(book: Book, value: Decimal | None, number: str) -> Cell:
    return Cell(value, book.style("number", num_format=number, indent=1))


def table_sheet(
    book: Book,
    material: Material,
    name: str,
    title: str,
    notes: Sequence[str],
    columns: Sequence[Column],
    rows: Iterable[Sequence],
    *,
    freeze: int = 0,
    paper: str = "A4",
    back: str = COVER,
    total: Sequence | None = None,
) -> Worksheet:
    """A whole sheet with one table. `rows` hold a value, Cell or Link per column; `freeze` columns stay in sight;
    `total` is a row below the table, outside of its filter."""
    sheet = book.sheet(name)
    sheet.set_default_row(_ROW)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
    book.text(sheet, 0, 0, title, book.style("title"))
    sheet.set_row(0, 30)
    width = sum(column.width for column in columns)
    note_lines(book, sheet, 1, notes, min(len(columns), 16_384) - 1, width)
    book.link(sheet, 2, 0, back, "A1", f"← {back}", book.style("link", border=0, text_wrap=False))
    header = book.style("header")
    for number, column in enumerate(columns):
        book.text(sheet, HEADER_ROW, number, column.header, header)
    sheet.set_row(HEADER_ROW, max(lines_of(column.header, column.width) for column in columns) * _LINE + 8)
    end = write_rows(book, sheet, HEADER_ROW + 1, columns, rows)
    sheet.autofilter(HEADER_ROW, 0, max(end - 1, HEADER_ROW), len(columns) - 1)
    if total:
        write_rows(book, sheet, end, columns, [total])
    sheet.freeze_panes(HEADER_ROW + 1, freeze)
    sheet.set_selection(HEADER_ROW + 1, 0, HEADER_ROW + 1, 0)
    footer = f"{material.publication} {title}"
    set_up_page(sheet, footer=footer, header_rows=(HEADER_ROW, HEADER_ROW), paper=paper)
    return sheet


def note_lines(book: Book, sheet: Worksheet, row: int, notes: Sequence[str], last: int, width: float) -> None:
    """Notes over the whole width of a table, one a line."""
    text = "\n".join(note for note in notes if note)
    style = book.style("hint", text_wrap=True, valign="top")
    if last > 0:
        sheet.merge_range(row, 0, row, last, "", style)
    book.text(sheet, row, 0, text, style)
    sheet.set_row(row, min(409.0, max(1, lines_of(text, width)) * _LINE + 3) if text else 6)


def write_rows(book: Book, sheet: Worksheet, top: int, columns: Sequence[Column], rows: Iterable[Sequence]) -> int:
    """Write rows from `top` on and return the row after the last. The loop is tight: a publication has half a million
    cells."""
    usual = [column.format(book) for column in columns]
    widths = [column.width for column in columns]
    row = top - 1
    for row, given in enumerate(rows, start=top):
        values, styles, first, lines = [], [], 0, 1
        for value, style, width in zip(given, usual, widths, strict=True):
            if value.__class__ is Cell:
                value, style = value
            if value.__class__ is str:
                if len(value) * 2 > width or "\n" in value:
                    lines = max(lines, lines_of(value, width))
            elif value.__class__ is Link:
                if values:
                    book.row(sheet, row, first, values, styles)
                first += len(values)
                book.link(sheet, row, first, value.sheet, "A1", value.text, style)
                lines = max(lines, lines_of(value.text, width))
                values, styles, first = [], [], first + 1
                continue
            values.append(value)
            styles.append(style)
        if values:
            book.row(sheet, row, first, values, styles)
        if lines > 1:
            sheet.set_row(row, min(409.0, lines * _LINE + 6))
    return row + 1


@lru_cache(maxsize=20_000)  # the long texts of 数据来源 come once per reporter
def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column; its length in GBK is its width, two to a Chinese character."""
    room = max(2, int(width) - 1)  # a character's width is the cell's indent
    total = 0
    for line in text.split("\n"):
        total += max(1, -(-len(line.encode("gbk", "replace")) // room))
    return total
