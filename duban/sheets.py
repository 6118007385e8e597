"""The home of xlsxwriter, with `quick_xlsx`: workbooks that are whole or not there, whose bytes depend on their
content alone."""

import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from duban.deflated import Run
from duban.endings import STARTS_FORMULA, Endings, EndingsOf, Inline, shortened, storable
from duban.files import atomic_path, write_bytes
from duban.quick_forms import FormWorkbook
from duban.quick_xlsx import GrowingSheet, QuickSheet, QuickWorkbook, check, opening
from duban.styles import bases, official_bases
from duban.theme import Theme, theme

__all__ = [
    "Book",
    "Chart",
    "Format",
    "Worksheet",
    "address",
    "column_letters",
    "open_workbook",
    "opening",
    "range_address",
]

_LONGEST_FOOTER = 100  # with the page numbers 255 are allowed, and an & takes two
_LONGEST_NOTE, _NOTE_WIDTH = 2_000, 44
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # not for comments
PAPERS = {"A3": 8, "A4": 9}
_INCHES = {"A3": (16.54, 11.69), "A4": (11.69, 8.27)}  # landscape: across, down
_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}  # inches
_POINTS_A_CHARACTER, _POINTS_A_COLUMN = 5.25, 3.75  # 7 and 5 pixels
_PIECE = 1_000  # rows that are deflated at once
Row = TypeVar("Row")

address = xl_rowcol_to_cell  # address(0, 1) == "B1"; rows and columns count from 0 here
range_address = xl_range_abs
column_letters = xl_col_to_name


@contextmanager
def open_workbook(
    path: Path,
    created: dt.datetime,
    title: str,
    author: str = "",
    *,
    official: bool = False,
    properties: Mapping[str, str] = MappingProxyType({}),
) -> Iterator["Book"]:
    """A workbook to write to; it appears at `path` when the block ends without an exception.

    `created` (aware) is the only time in the file, so equal content gives equal bytes; a file that already holds them
    is left as it is. An `official` one is set in the theme's faces of official documents; `properties` are further
    document properties, as xlsxwriter names them.
    """
    workbook = QuickWorkbook({"in_memory": True, "strings_to_urls": False}, path.parent)
    look = theme()
    workbook.formats[0].set_font_name(look.official.table if official else look.font)
    workbook.formats[0].set_font_size(look.size)
    utc = created.astimezone(dt.UTC).replace(tzinfo=None)
    workbook.set_properties({"title": title, "author": author, "company": author, "created": utc, **properties})
    try:
        yield Book(workbook, look, official_bases(look) if official else bases(look))
        workbook.close()
    finally:
        workbook.deflater.close()
    if path.exists():
        whole = io.BytesIO()
        workbook.write_to(whole)
        if path.read_bytes() == whole.getvalue():
            return
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        workbook.write_to(file)


@contextmanager
def open_form(path: Path, created: dt.datetime, title: str, author: str) -> Iterator["Book"]:
    """As `open_workbook`, for what is written by the thousand: the sheets are `duban.quick_forms`' own and know of
    xlsxwriter's no more than forms use."""
    look = theme()
    workbook = FormWorkbook(look.font, look.size, created.astimezone(dt.UTC), title, author)
    yield Book(workbook, look, bases(look))
    data = workbook.data()
    if not (path.exists() and path.read_bytes() == data):
        write_bytes(path, data)


class Book:
    """A workbook under way. Sheets are xlsxwriter's own, so charts and conditional formats are at hand; text from
    outside goes through `text`, which never makes a formula or a link of it."""

    def __init__(self, workbook: QuickWorkbook, look: Theme, bases: dict[str, dict]):
        self.workbook = workbook
        self.theme = look
        self._bases = bases
        self._formats: dict[tuple | str, Format] = {}
        self._made_of: dict[Format, dict] = {}
        self._quoting: dict[Format, Format] = {}
        self._endings = EndingsOf(self)
        self._inline: dict[Format, Inline] = {}

    def sheet(self, name: str, grows: bool = False) -> Worksheet:
        """A new sheet, without the gridlines that the borders of tables replace. Where it `grows`, row heights that are
        set hold only until someone types in the row; then it is fitted to what was typed."""
        sheet = self.workbook.add_worksheet(name, worksheet_class=GrowingSheet if grows else QuickSheet)
        sheet.hide_gridlines(2)
        return sheet

    def chart(self, kind: str, subtype: str | None = None) -> Chart:
        """A native chart (`column`, `bar`, `line`, `pie` …)."""
        return self.workbook.add_chart({"type": kind} | ({"subtype": subtype} if subtype else {}))

    def style(self, name: str, **changes) -> Format:
        """The style of this name (see `duban.styles`) with xlsxwriter's format properties changed; made once each."""
        key = (name, *sorted(changes.items())) if changes else name
        if key not in self._formats:
            properties = self._bases[name] | changes
            self._formats[key] = self.workbook.add_format(properties)
            self._made_of[self._formats[key]] = properties
        return self._formats[key]

    def quoting(self, style: Format) -> Format:
        """The style for a text that begins as formulas do: the cell stays text when somebody enters it once more, as if
        an apostrophe stood before it."""
        if style not in self._quoting:
            self._quoting[style] = self.workbook.add_format(self._made_of[style] | {"quote_prefix": True})
            for one in (style, self._quoting[style]):  # numbered now, whichever way the cell is written
                one._get_xf_index()
        return self._quoting[style]

    def look(self, kind: Mapping, word: str, base: str = "centre", **changes) -> Format:
        """The style of a light or severity: `book.look(book.theme.lights, "red")`."""
        return self.style(base, font_color="#" + kind[word].colour, bg_color="#" + kind[word].fill, **changes)

    def text(self, sheet: Worksheet, row: int, col: int, text: str | None, style: Format) -> None:
        """Text as text, whatever it begins with; None and '' give a blank cell that keeps the style."""
        if not text:
            check(sheet.write_blank(row, col, None, style))
            return
        style = self.quoting(style) if text.startswith(STARTS_FORMULA) else style
        check(sheet.write_string(row, col, storable(text), style))

    def note(self, sheet: Worksheet, row: int, col: int, text: str) -> None:
        """A cell's comment, in a box that shows all of it."""
        text = shortened(_CONTROLS.sub("", text), _LONGEST_NOTE)
        lines = sum(wrapped_lines(line, _NOTE_WIDTH) for line in text.split("\n"))
        look = {"author": "duban", "font_name": self.theme.font, "font_size": 9, "width": 7 * _NOTE_WIDTH}
        check(sheet.write_comment(row, col, text, look | {"height": 24 + 17 * lines}))

    def number(self, sheet: Worksheet, row: int, col: int, value: int | float | Decimal | None, style: Format) -> None:
        """A number; None gives a blank cell that keeps the style."""
        code = sheet.write_blank(row, col, None, style) if value is None else sheet.write_number(row, col, value, style)
        check(code)

    def row(self, sheet: Worksheet, row: int, first: int, values: Sequence, styles: Sequence[Format]) -> None:
        """Cells side by side from column `first` on, each value in its style: as `text` and `number` write them, at a
        fraction of the cost. Nothing can be written over them, and charts keep no copy of their values."""
        number, endings = str(row + 1), self._endings
        starts = _starts(first, len(values))
        cells = zip(starts, styles, values, strict=True)
        xml = "".join([f"{start}{number}{endings[style][value]}" for start, style, value in cells])
        self.workbook.str_table.count += xml.count(' t="s"')
        sheet.put_run(row, first, len(starts), xml)

    def endings(self, style: Format) -> Endings:
        """How cells of this style end in the file, for who writes many rows (`run`); the style is numbered by that."""
        return self._endings[style]

    def run(self, sheet: Worksheet, row: int, first: int, cells: Sequence[str], texts: int) -> None:
        """Cells side by side that are in the file's own form: `<c r="B7` and the ending of each. So many of them hold a
        text."""
        self.workbook.str_table.count += texts
        sheet.put_run(row, first, len(cells), "".join(cells))

    def inline(self, style: Format) -> Inline:
        """How cells of this style end in rows that go to the file as they come (`rows`)."""
        found = self._inline.get(style)
        if found is None:
            found = self._inline[style] = Inline(style, self.quoting)
        return found

    def numbers(self, style: Format) -> list[int]:
        """The numbers of a style in the file, and of that for texts that begin as formulas do."""
        return [style._get_xf_index(), self.quoting(style)._get_xf_index()]

    def deflate(self, run: Run, rows: Sequence[bytes]) -> None:
        """Further rows of a run, `<row r="7" …</row>`: they are deflated together and put aside, so that a sheet can
        hold as many as Excel. In any thread."""
        self.workbook.deflater.add(run, b"".join(rows))

    def put_rows(self, sheet: Worksheet, first: int, width: int, run: Run, count: int) -> None:
        """Put the rows of a run, so many, into a sheet from `first` on; none of them can be told or written over
        later."""
        sheet.put_rows(first, count, width, run)

    def put_link(self, sheet: Worksheet, row: int, col: int, target: str, cell: str, text: str) -> bool:
        """Let a cell of such rows lead to another sheet; False where the sheet has as many links as Excel reads."""
        return sheet.put_link(row, col, f"internal:{quoted(target)}!{cell}", text)

    def link(self, sheet: Worksheet, row: int, col: int, target: str, cell: str, text: str, style: Format) -> None:
        """Text that leads to a cell of another sheet."""
        check(sheet.write_url(row, col, f"internal:{quoted(target)}!{cell}", style, text))

    def name(self, name: str, sheet: str, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Define a name for a range, from (row, column) to (row, column)."""
        check(self.workbook.define_name(name, f"={quoted(sheet)}!{xl_range_abs(*first, *last)}"))


def batched(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """As many at a time as are deflated together."""
    left = iter(rows)
    while piece := list(islice(left, _PIECE)):
        yield piece


def quoted(sheet: str) -> str:
    """A sheet's name as formulas and links spell it."""
    return "'" + sheet.replace("'", "''") + "'"


def set_up_page(
    sheet: Worksheet,
    *,
    footer: str = "",
    header_rows: tuple[int, int] | None = None,
    paper: str = "A4",
    portrait: bool = False,
    tall: int = 0,
    numbers: str = "第 &P 页 / 共 &N 页",
) -> None:
    """Print one page wide with margins, `header_rows` (first and last, from 0) on every page, and page numbers.

    `footer` stands at the left of the page's foot. `tall` is how many pages it may take, 0 as many as it needs.
    """
    sheet.set_paper(PAPERS[paper])
    sheet.set_portrait() if portrait else sheet.set_landscape()
    sheet.fit_to_pages(1, tall)
    sheet.set_margins(**_MARGINS)
    sheet.center_horizontally()
    sheet.set_footer(f"&L&8 {footer[:_LONGEST_FOOTER].replace('&', '&&')}&R&8 {numbers}", {"margin": 0.25})
    if header_rows:
        sheet.repeat_rows(*header_rows)


def pages_tall(widths: Iterable[float], points: float, header: float, paper: str) -> float:
    """How many landscape pages a table takes that is printed one page wide: columns of these widths, rows of so many
    points in all, of which `header` come again on every page."""
    inches = _INCHES[paper]
    across = sum(_POINTS_A_CHARACTER * width + _POINTS_A_COLUMN for width in widths)
    scale = min(1.0, 72 * (inches[0] - _MARGINS["left"] - _MARGINS["right"]) / across)
    room = 72 * (inches[1] - _MARGINS["top"] - _MARGINS["bottom"]) / scale
    return max(0.0, points - header) / max(1.0, room - header)


@lru_cache
def _starts(first: int, count: int) -> tuple[str, ...]:
    """How so many cells side by side begin in the file, before the number of their row."""
    return tuple(f'<c r="{letters}' for letters in first_letters(first, count))


@lru_cache
def first_letters(first: int, count: int) -> tuple[str, ...]:
    """The letters of so many columns side by side."""
    return tuple(column_letters(col) for col in range(first, first + count))


@lru_cache(maxsize=100_000)
def text_width(text: str) -> int:
    """Width in characters as columns count them: East Asian wide characters take two."""
    return sum(map(_WIDTHS.__getitem__, text))


class _Widths(dict[str, int]):
    """The widths of characters, each looked up once."""

    def __missing__(self, character: str) -> int:
        self[character] = width = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        return width


_WIDTHS = _Widths()


def column_width(texts: Iterable[str], least: int = 6, most: int = 60) -> int:
    """A column's width for its widest line, within bounds."""
    lines = (line for text in texts for line in text.split("\n"))
    return max(least, min(most, max(map(text_width, lines), default=0) + 2))


@lru_cache(maxsize=20_000)  # most texts of a form are those of other forms too
def wrapped_lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of this width."""
    room = max(2.0, width - 1)
    if "\n" not in text:
        return max(1, math.ceil(text_width(text) / room))
    return sum(max(1, math.ceil(text_width(line) / room)) for line in text.split("\n"))


def row_height(texts: Iterable[str], widths: Iterable[float], size: float | None = None) -> float:
    """Points that a row needs to show its texts in columns of these widths; at most Excel's 409."""
    return min(409.0, max(map(wrapped_lines, texts, widths)) * (size or theme().size) * 1.5 + 5)
