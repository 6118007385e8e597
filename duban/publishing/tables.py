"""Sheets that hold one table: title, note, link back, header row, rows; ready to filter, scroll and print."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from duban.deflated import Run
from duban.endings import Inline
from duban.publishing.marts import Material
from duban.publishing.words import light_text
from duban.sheets import (
    Book,
    Format,
    Worksheet,
    batched,
    first_letters,
    opening,
    pages_tall,
    set_up_page,
    text_width,
)

COVER, OVERVIEW = "封面", "总览"
MOST_ROWS = 1_048_000  # of a table on one sheet: Excel has 1,048,576
HEADER_ROW = 3  # counted from 0: title, notes, links, header
PAGE_NUMBERS = "第 &P 页，共 &N 页"
_TITLE, _LINKS = 38, 18  # points of these rows
_LINE = 14.5  # points that a line of text takes
_ROW = 20  # points of a row of one line
_NARROWEST = 12  # a column that shares its width
_SQUEEZED = 0.25  # how much of a page is squeezed into those before it, so that none holds a few rows alone
_MOST_PAGES = 12  # beyond, the estimate is not good enough to squeeze by
_INDENTED = ("text", "link", "number", "count", "percent")  # what is not centred keeps off the borders


@dataclass(frozen=True)
class Column:
    """A column of a table: `style` is the theme's style of its cells. Those that are marked `shared` share their widths
    as their texts need them."""

    header: str
    width: float
    style: str = "text"
    number: str | None = None  # number format
    shared: bool = False

    def format(self, book: Book) -> Format:
        changes = {"indent": 1} if self.style in _INDENTED else {}
        return book.style(self.style, **changes | ({"num_format": self.number} if self.number else {}))


class Cell(NamedTuple):
    """A value in a style of its own."""

    value: Any
    style: Format


@dataclass(frozen=True)
class Ready:
    """Rows that are in the file's own form already: each one, and its height in points."""

    rows: Iterable[tuple[bytes, float]]


class Made(NamedTuple):
    """Rows that are deflated already: how many, and the points that they take in all."""

    run: Run
    count: int
    points: float


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
    rows: Iterable[Sequence] | Ready | Made,
    *,
    freeze: int = 0,
    paper: str = "A4",
    links: Sequence[Link] = (Link(COVER, f"← {COVER}"), Link(OVERVIEW, OVERVIEW)),
    total: Sequence | None = None,
) -> Worksheet:
    """A whole sheet with one table. `rows` hold a value, Cell or Link per column, or are ready or made; `freeze`
    columns stay in sight; `links` lead to other sheets; `total` is a row below the table, outside of its filter."""
    if not isinstance(rows, Ready | Made) and any(column.shared for column in columns):
        rows = list(rows)
        columns = shared_out(columns, [_asked(rows, place) for place, column in enumerate(columns) if column.shared])
    sheet = book.sheet(name)
    sheet.set_default_row(_ROW)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
    widths, last = [column.width for column in columns], min(len(columns), 16_384) - 1
    across(book, sheet, 0, last, title, book.style("title"), _TITLE)
    above = note_lines(book, sheet, 1, notes, last, sum(widths))
    link_row(book, sheet, 2, widths, links)
    header = book.style("header")
    for number, column in enumerate(columns):
        book.text(sheet, HEADER_ROW, number, column.header, header)
    header_points = max(lines_of(column.header, column.width) for column in columns) * _LINE + 8
    sheet.set_row(HEADER_ROW, header_points)
    end, points = stream_rows(book, sheet, HEADER_ROW + 1, columns, rows)
    sheet.autofilter(HEADER_ROW, 0, max(end - 1, HEADER_ROW), len(columns) - 1)
    if total:
        points += write_rows(book, sheet, end, columns, [total])[1]
    sheet.freeze_panes(HEADER_ROW + 1, freeze)
    sheet.set_selection(HEADER_ROW + 1, 0, HEADER_ROW + 1, 0)
    pages = pages_tall(widths, _TITLE + above + _LINKS + header_points + points, header_points, paper)
    set_up_page(
        sheet,
        footer=f"{material.publication} {title}",
        header_rows=(HEADER_ROW, HEADER_ROW),
        paper=paper,
        tall=max(1, math.ceil(pages - _SQUEEZED)) if pages < _MOST_PAGES else 0,
        numbers=PAGE_NUMBERS,
    )
    return sheet


def shared_out(columns: Sequence[Column], asked: Sequence[float]) -> list[Column]:
    """The columns, those that share their widths as wide as their texts have `asked`: so rows are as low as they can
    be."""
    places = [place for place, column in enumerate(columns) if column.shared]
    free = sum(columns[place].width for place in places) - _NARROWEST * len(places)
    found = list(columns)
    for place, one in zip(places, asked, strict=True):
        width = _NARROWEST + math.floor(free * one / sum(asked))
        found[place] = replace(columns[place], width=width, shared=False)
    return found


def asked_by(squares: int, rows: int) -> float:
    """The width that texts ask for: of so many `rows`, by the sum of the squares of their lengths."""
    return math.sqrt(squares / (rows or 1)) + 1


def _asked(rows: Sequence[Sequence], place: int) -> float:
    return asked_by(sum(len(row[place]) ** 2 for row in rows if row[place].__class__ is str), len(rows))


def across(book: Book, sheet: Worksheet, row: int, last: int, text: str, style: Format, height: float) -> None:
    """Text over all columns up to the `last`, in a row of this height."""
    if last > 0:
        sheet.merge_range(row, 0, row, last, "", style)
    book.text(sheet, row, 0, text, style)
    sheet.set_row(row, height)


def link_row(book: Book, sheet: Worksheet, row: int, widths: Sequence[float], links: Sequence[Link]) -> None:
    """Links side by side, each in the first column that begins right of the one before."""
    style = book.style("link", border=0, text_wrap=False)
    room, column = 0.0, 0
    for link in links:
        while sum(widths[:column]) < room and column < len(widths) - 1:
            column += 1
        book.link(sheet, row, column, link.sheet, "A1", link.text, style)
        room, column = sum(widths[:column]) + text_width(link.text) + 2, column + 1
    sheet.set_row(row, _LINKS)


def note_lines(book: Book, sheet: Worksheet, row: int, notes: Sequence[str], last: int, width: float) -> float:
    """Notes over the whole width of a table, one a line; returns the points that they take."""
    text = "\n".join(note for note in notes if note)
    height = min(409.0, lines_of(text, width) * _LINE + 3) if text else 6.0
    across(book, sheet, row, last, text, book.style("hint", text_wrap=True, valign="top"), height)
    return height


def write_rows(
    book: Book, sheet: Worksheet, top: int, columns: Sequence[Column], rows: Iterable[Sequence]
) -> tuple[int, float]:
    """Write a few rows from `top` on; returns the row after the last, and the points that they take in all."""
    row, points = top - 1, 0.0
    for row, given in enumerate(rows, start=top):
        lines = 1
        for col, (value, column) in enumerate(zip(given, columns, strict=True)):
            value, style = value if isinstance(value, Cell) else (value, column.format(book))
            if isinstance(value, Link):
                book.link(sheet, row, col, value.sheet, "A1", value.text, style)
                value = value.text
            elif value is None or isinstance(value, str):
                book.text(sheet, row, col, value, style)
            else:
                book.number(sheet, row, col, value, style)
            if isinstance(value, str):
                lines = max(lines, lines_of(value, column.width))
        if lines > 1:
            sheet.set_row(row, _height(lines))
        points += _height(lines)
    return row + 1, points


def stream_rows(
    book: Book, sheet: Worksheet, top: int, columns: Sequence[Column], rows: Iterable[Sequence] | Ready | Made
) -> tuple[int, float]:
    """As `write_rows`, of as many rows as there are: they go to the file as they come."""
    if not isinstance(rows, Made):
        rows = made(book, rows if isinstance(rows, Ready) else Ready(_rendered(book, sheet, top, columns, rows)))
    book.put_rows(sheet, top, len(columns), rows.run, rows.count)
    return top + rows.count, rows.points


def made(book: Book, ready: Ready) -> Made:
    """Rows deflated as they come; in any thread."""
    run, count, total = Run(), 0, 0.0
    for piece in batched(ready.rows):
        rows, points = zip(*piece, strict=True)
        book.deflate(run, rows)
        count, total = count + len(rows), total + sum(points)
    return Made(run, count, total)


def _rendered(
    book: Book, sheet: Worksheet, top: int, columns: Sequence[Column], rows: Iterable[Sequence]
) -> Iterator[tuple[bytes, float]]:
    """Rows in the file's own form. The loop is tight: a publication has many."""
    shapes = _Shapes(book)
    styles, widths = [column.format(book) for column in columns], [column.width for column in columns]
    usual: list[_Shape | None] = [None] * len(columns)  # cells in the columns' own styles, once there are any
    letters = [f'<c r="{letter}' for letter in first_letters(0, len(columns))]
    unlinked = book.style("text", indent=1)  # what looks like a link leads somewhere
    for row, given in enumerate(rows, start=top):
        number, cells, lines = str(row + 1), [], 1
        for col, (letter, value) in enumerate(zip(letters, given, strict=True)):
            kind = value.__class__
            if kind is Cell:
                value, style = value
                shape, kind = shapes[style, widths[col]], value.__class__
            else:
                shape = usual[col]
                if shape is None:
                    shape = usual[col] = shapes[styles[col], widths[col]]
            if kind is Link:
                if not book.put_link(sheet, row, col, value.sheet, "A1", value.text):
                    shape = shapes[unlinked, widths[col]]
                kind, value = str, value.text
            if kind is str or value is None:
                ending, tall = shape[value]
                if tall > lines:
                    lines = tall
            else:
                ending = shape.endings.number(value)
            cells.append(f"{letter}{number}{ending}")
        height = _height(lines)
        yield f"{opening(row, height)}{''.join(cells)}</row>".encode(), height


def _height(lines: int) -> float:
    """Points of a row that holds so many lines."""
    return min(409.0, lines * _LINE + 6) if lines > 1 else _ROW


class _Shape(dict[str | None, tuple[str, int]]):
    """How a text ends in the file in cells of one style, and the lines that it takes in a column of this width; of long
    texts that is not kept."""

    def __init__(self, endings: Inline, width: float):
        self.endings, self._width = endings, width

    def __missing__(self, text: str | None) -> tuple[str, int]:
        wraps = text and (len(text) * 2 > self._width or "\n" in text)
        found = self.endings[text], lines_of(text, self._width) if wraps else 1
        if text is None or text in self.endings:
            self[text] = found
        return found


class _Shapes(dict[tuple[Format, float], _Shape]):
    """The shapes of a table, by style and width of a column; a style is numbered with its first cell."""

    def __init__(self, book: Book):
        self._book = book

    def __missing__(self, key: tuple[Format, float]) -> _Shape:
        style, width = key
        self[key] = found = _Shape(self._book.inline(style), width)
        return found


@lru_cache(maxsize=20_000)  # the long texts of 数据来源 come once per reporter
def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column; its length in GBK is its width, two to a Chinese character."""
    room = max(2, int(width) - 1)  # a character's width is the cell's indent
    total = 0
    for line in text.split("\n"):
        total += max(1, -(-len(line.encode("gbk", "replace")) // room))
    return total
