"""The only home of xlsxwriter: workbooks that are whole or not there, whose bytes depend on their content alone."""

import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from duban.files import atomic_path
from duban.theme import Theme, theme

__all__ = ["Book", "Chart", "Format", "Worksheet", "address", "column_letters", "open_workbook", "range_address"]

LONGEST_TEXT = 32_767  # characters in a cell
_LONGEST_FOOTER = 100  # with the page numbers 255 are allowed, and an & takes two
_LONGEST_NOTE, _NOTE_WIDTH = 2_000, 44
_NONCHARACTERS = re.compile("[\ufffe\uffff]")  # XML has no place for them; other controls xlsxwriter escapes in cells …
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")  # … but not in comments
PAPERS = {"A3": 8, "A4": 9}
_CUT = "……（原文过长，此处截断）"

address = xl_rowcol_to_cell  # address(0, 1) == "B1"; rows and columns count from 0 here
range_address = xl_range_abs
column_letters = xl_col_to_name


@contextmanager
def open_workbook(path: Path, created: dt.datetime, title: str, author: str = "") -> Iterator["Book"]:
    """A workbook to write to; it appears at `path` when the block ends without an exception.

    `created` (aware) is the only time in the file, so equal content gives equal bytes; a file that already holds them
    is left as it is.
    """
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    look = theme()
    workbook.formats[0].set_font_name(look.font)
    workbook.formats[0].set_font_size(look.size)
    utc = created.astimezone(dt.UTC).replace(tzinfo=None)
    workbook.set_properties({"title": title, "author": author, "company": author, "created": utc})
    yield Book(workbook, look)
    workbook.close()
    data = buffer.getvalue()
    if path.exists() and path.read_bytes() == data:
        return
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


class _Growing(Worksheet):
    """A sheet whose row heights are not marked as chosen by hand, so that Excel goes on fitting them. xlsxwriter has no
    word for this; a test holds the effect."""

    def _xml_start_tag_unencoded(self, tag, attributes=()):
        if tag == "row":
            attributes = [attribute for attribute in attributes if attribute[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


class Book:
    """A workbook under way. Sheets are xlsxwriter's own, so charts and conditional formats are at hand; text from
    outside goes through `text`, which never makes a formula or a link of it."""

    def __init__(self, workbook: xlsxwriter.Workbook, look: Theme):
        self.workbook = workbook
        self.theme = look
        self._bases = _bases(look)
        self._formats: dict[tuple, Format] = {}

    def sheet(self, name: str, grows: bool = False) -> Worksheet:
        """A new sheet, without the gridlines that the borders of tables replace. Where it `grows`, row heights that are
        set hold only until someone types in the row; then it is fitted to what was typed."""
        sheet = self.workbook.add_worksheet(name, worksheet_class=_Growing if grows else None)
        sheet.hide_gridlines(2)
        return sheet

    def chart(self, kind: str, subtype: str | None = None) -> Chart:
        """A native chart (`column`, `bar`, `line`, `pie` …)."""
        return self.workbook.add_chart({"type": kind} | ({"subtype": subtype} if subtype else {}))

    def style(self, name: str, **changes) -> Format:
        """The theme's style of this name (see `_bases`) with xlsxwriter's format properties changed; made once each."""
        key = (name, *sorted(changes.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(self._bases[name] | changes)
        return self._formats[key]

    def look(self, kind: Mapping, word: str, base: str = "centre", **changes) -> Format:
        """The style of a light or severity: `book.look(book.theme.lights, "red")`."""
        return self.style(base, font_color="#" + kind[word].colour, bg_color="#" + kind[word].fill, **changes)

    def text(self, sheet: Worksheet, row: int, col: int, text: str | None, style: Format) -> None:
        """Text as text, whatever it begins with; None and '' give a blank cell that keeps the style."""
        if not text:
            check(sheet.write_blank(row, col, None, style))
            return
        check(sheet.write_string(row, col, shortened(_NONCHARACTERS.sub("", text)), style))

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

    def link(self, sheet: Worksheet, row: int, col: int, target: str, cell: str, text: str, style: Format) -> None:
        """Text that leads to a cell of another sheet."""
        check(sheet.write_url(row, col, f"internal:{quoted(target)}!{cell}", style, text))

    def name(self, name: str, sheet: str, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Define a name for a range, from (row, column) to (row, column)."""
        check(self.workbook.define_name(name, f"={quoted(sheet)}!{xl_range_abs(*first, *last)}"))


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text, cut where it is too long, and saying so."""
    return text if len(text) <= longest else text[: longest - len(_CUT)] + _CUT


def check(code: int | None) -> None:
    """Raise where xlsxwriter reports a fault by its return value (-1 out of range, -2 too long …)."""
    if code:
        raise XlsxWriterException(f"xlsxwriter refused to write, code {code}")


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
) -> None:
    """Print one page wide with margins, `header_rows` (first and last, from 0) on every page, and page numbers.

    `footer` stands at the left of the page's foot.
    """
    sheet.set_paper(PAPERS[paper])
    sheet.set_portrait() if portrait else sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer(f"&L&8 {footer[:_LONGEST_FOOTER].replace('&', '&&')}&R&8 第 &P 页 / 共 &N 页", {"margin": 0.25})
    if header_rows:
        sheet.repeat_rows(*header_rows)


@lru_cache(maxsize=100_000)
def text_width(text: str) -> int:
    """Width in characters as columns count them: East Asian wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def column_width(texts: Iterable[str], least: int = 6, most: int = 60) -> int:
    """A column's width for its widest line, within bounds."""
    lines = (line for text in texts for line in text.split("\n"))
    return max(least, min(most, max(map(text_width, lines), default=0) + 2))


def wrapped_lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of this width."""
    room = max(2.0, width - 1)
    return sum(max(1, math.ceil(text_width(line) / room)) for line in text.split("\n"))


def row_height(texts: Iterable[tuple[str, float]], size: float | None = None) -> float:
    """Points that a row needs to show its texts, each given with the width of its column; at most Excel's 409."""
    lines = max((wrapped_lines(text, width) for text, width in texts if text), default=1)
    return min(409.0, lines * (size or theme().size) * 1.5 + 5)


def _bases(look: Theme) -> dict[str, dict]:
    """Every style by name: plain text, numbers, table headers, titles, printed and input cells, links, hints."""
    colours = look.colours
    font = {"font_name": look.font, "font_size": look.size, "font_color": "#" + colours.ink, "valign": "vcenter"}
    cell = font | {"border": 1, "border_color": "#" + colours.line}
    wrapped = cell | {"text_wrap": True}
    return {
        "plain": font,
        "wrapped": font | {"text_wrap": True, "valign": "top"},
        "title": font | {"font_size": look.size + 6, "bold": True, "font_color": "#" + colours.heading},
        "section": font
        | {"font_size": look.size + 1, "bold": True, "font_color": "#" + colours.heading}
        | {"bg_color": "#" + colours.band},
        "hint": font | {"font_color": "#" + colours.muted},
        "header": wrapped
        | {"bold": True, "align": "center", "font_color": "#" + colours.on_heading}
        | {"bg_color": "#" + colours.heading},
        "text": wrapped,
        "centre": wrapped | {"align": "center"},
        "number": cell | {"align": "right"},
        "count": cell | {"align": "right", "num_format": "#,##0"},
        "percent": cell | {"align": "right", "num_format": "0.0%"},
        "link": wrapped | {"font_color": "#" + colours.link, "underline": 1},
        "printed": wrapped | {"bg_color": "#" + colours.printed},
        "input": wrapped | {"bg_color": "#" + colours.input, "locked": False},
    }
