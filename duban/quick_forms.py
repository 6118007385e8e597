"""Forms as xlsxwriter writes them, at a third of the cost: thousands of workbooks that differ in their cells alone.

`FormWorkbook` takes the calls of `duban.sheets.Book` in xlsxwriter's place. All that a form has beside its cells
(widths, protection, page set-up, styles, relations) xlsxwriter writes once for all forms of a shape, as a mould with
slots; cells, notes and limits are put into the slots. Tests hold the parts to be those that it writes by itself.
"""

import copy
import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.comments import Comments
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings, SharedStringTable
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.vml import Vml
from xlsxwriter.worksheet import Worksheet
from xlsxwriter.xmlwriter import XMLwriter

from duban.quick_xlsx import Part, QuickSheet, check, packed, plain, zipped

_OPTIONS = {"in_memory": True, "strings_to_urls": False}
_QUICKLY = 1  # deflated so, a form is a tenth larger, and deflating takes half the time
_SHAPES = 64  # moulds that are kept
_ROW = 1_000_000  # a row that no form has: where header rows stand in a mould, each sheet's apart
_CREATED = dt.datetime(1980, 1, 1)
# what of xlsxwriter's a sheet is set up with: the same for all forms of a shape
_SETTINGS = {
    *("set_column", "hide_gridlines", "freeze_panes", "protect", "very_hidden"),
    *("set_paper", "set_portrait", "set_landscape", "fit_to_pages", "set_margins", "center_horizontally"),
}
_letters = lru_cache(xl_col_to_name)
_xml = XMLwriter()


def _range(first: int, left: int, last: int, right: int) -> str:
    start = f"{_letters(left)}{first + 1}"
    return start if (first, left) == (last, right) else f"{start}:{_letters(right)}{last + 1}"


def _slot(name: str, number: object = "") -> str:
    """A place in a mould to put something into; private characters, which nothing that xlsxwriter is given holds."""
    return f"\uf8f0{name}{number}\uf8f1"


_SLOTS = re.compile("\uf8f0(.*?)\uf8f1")
_FOOTER, _IGNORED, _TITLE, _CELL = _slot("footer"), _slot("ignored"), _slot("title"), _slot("cell")


class FormWorkbook:
    """A workbook whose file is to be had as bytes. It knows what forms use of xlsxwriter, and nothing else."""

    def __init__(self, font: str, size: int, created: dt.datetime, title: str, author: str):
        self.str_table = SharedStringTable()
        self._base = {"font_name": font, "font_size": size}
        self._created, self._title, self._author = created, title, author
        self._sheets: list[FormSheet] = []
        self._names: dict[str, tuple[str, str]] = {}
        self._numbers: dict[tuple, int] = {}

    def add_worksheet(self, name: str, worksheet_class: type[QuickSheet]) -> "FormSheet":
        self._sheets.append(FormSheet(name, worksheet_class, self.str_table))
        return self._sheets[-1]

    def add_format(self, properties: dict) -> "_Style":
        return _Style(properties, self._numbers)

    def define_name(self, name: str, formula: str) -> None:
        sheet, _, cells = formula.rpartition("!")
        self._names[name] = sheet, cells

    def data(self) -> bytes:
        """The whole file."""
        noted = [sheet for sheet in self._sheets if sheet.notes]
        content: dict[str, str | Part] = {
            "strings": _strings(self.str_table),
            "styles": _styles(tuple(self._base.items()), tuple(self._numbers), bool(noted)),
            "title": _xml._escape_data(self._title),
            "created": f"{self._created:%Y-%m-%dT%H:%M:%SZ}",
        }
        content |= {name: cells for name, (_, cells) in self._names.items()}
        mould = self._mould(noted)
        for number, sheet in enumerate(self._sheets):
            content |= {f"{word}{number}": text for word, text in sheet.content().items()}
        block = 1
        for number, sheet in enumerate(noted, start=1):
            made = mould.sheets[self._sheets.index(sheet)]
            content[f"notes{number}"], content[f"boxes{number}"], block = _notes(sheet, made, block, number)
        return zipped({name: _filled(part, content) for name, part in mould.parts.items()})

    def _mould(self, noted: Sequence["FormSheet"]) -> "_Mould":
        names = {name: sheet for name, (sheet, _) in self._names.items()}
        shape = repr((self._base, self._author, names, [(*sheet.shape(), sheet in noted) for sheet in self._sheets]))
        mould = _moulds.get(shape)
        if mould is None:
            if len(_moulds) >= _SHAPES:
                _moulds.clear()
            mould = _moulds[shape] = self._make_mould(names, noted)
        return mould

    def _make_mould(self, names: Mapping[str, str], noted: Sequence["FormSheet"]) -> "_Mould":
        """Have xlsxwriter write a workbook of this shape, and cut its parts at what differs."""
        made = _Plain(self._base)
        given = {"title": _TITLE, "author": self._author, "company": self._author, "created": _CREATED}
        made.set_properties(given)
        for number, sheet in enumerate(self._sheets):
            sheet.set_up(made.add_worksheet(sheet.name, worksheet_class=sheet.kind), number, sheet in noted)
        for name, sheet in names.items():
            made.define_name(name, f"{sheet}!{_slot(name)}")
        parts = made.texts()
        for number, _ in enumerate(self._sheets):
            path = f"xl/worksheets/sheet{number + 1}.xml"
            parts[path] = _cut(parts[path], number)
            titles = f"${_ROW + number + 1}:${_ROW + number + 1}"
            parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(titles, _slot("header", number))
        parts["docProps/core.xml"] = parts["docProps/core.xml"].replace(
            f"{_CREATED:%Y-%m-%dT%H:%M:%SZ}", _slot("created")
        )
        parts |= {"xl/sharedStrings.xml": _slot("strings"), "xl/styles.xml": _slot("styles")}
        for number, _ in enumerate(noted, start=1):
            parts[f"xl/comments{number}.xml"] = _slot("notes", number)
            parts[f"xl/drawings/vmlDrawing{number}.vml"] = _slot("boxes", number)
        return _Mould({name: _sliced(text) for name, text in parts.items()}, made.worksheets())


class _Style:
    """A style; it is numbered when it is first used, as xlsxwriter does."""

    def __init__(self, properties: dict, numbers: dict[tuple, int]):
        self._properties, self._numbers, self._index = properties, numbers, None

    def _get_xf_index(self) -> int:
        if self._index is None:
            key = tuple(self._properties.items())
            self._index = self._numbers.setdefault(key, len(self._numbers) + 1)
        return self._index


class FormSheet:
    """A sheet under way: what xlsxwriter's worksheet is to `Book` and to the forms."""

    def __init__(self, name: str, kind: type[QuickSheet], strings: SharedStringTable):
        self.name, self.kind, self._strings = name, kind, strings
        self.notes: list[tuple[int, int, str, dict]] = []
        self.heights: dict[int, float] = {}
        self._settings: list[tuple[str, tuple, dict]] = []
        self._cells: dict[int, dict[int, str]] = defaultdict(dict)
        self._merged: list[str] = []
        self._limits: list[str] = []
        self._links: list[str] = []
        self._footer, self._ignored, self._header = "", "", None
        self._width = 0

    def __getattr__(self, name: str):
        if name not in _SETTINGS:
            raise AttributeError(f"forms know nothing of {name}")
        return lambda *arguments, **options: self._settings.append((name, arguments, options))

    def set_footer(self, footer: str, options: dict) -> None:
        self._footer = footer
        self._settings.append(("set_footer", (_FOOTER, options), {}))

    def ignore_errors(self, options: dict) -> None:
        [(kind, self._ignored)] = options.items()
        self._settings.append(("ignore_errors", ({kind: _IGNORED},), {}))

    def repeat_rows(self, first: int, last: int) -> None:
        self._header = first, last

    def set_row(self, row: int, height: float) -> None:
        self.heights[row] = height

    def write_blank(self, row: int, col: int, _, style: _Style) -> None:
        self.put_run(row, col, 1, f'<c r="{_letters(col)}{row + 1}" s="{style._get_xf_index()}"/>')

    def write_string(self, row: int, col: int, text: str, style: _Style) -> None:
        index = self._strings._get_shared_string_index(text)
        start = f'<c r="{_letters(col)}{row + 1}" s="{style._get_xf_index()}"'
        self.put_run(row, col, 1, f'{start} t="s"><v>{index}</v></c>')

    def write_number(self, row: int, col: int, number: float, style: _Style) -> None:
        start = f'<c r="{_letters(col)}{row + 1}" s="{style._get_xf_index()}"'
        self.put_run(row, col, 1, f"{start}><v>{number:.16G}</v></c>")

    def write_url(self, row: int, col: int, url: str, style: _Style, text: str) -> None:
        self.write_string(row, col, text, style)
        to, shown = (_xml._escape_attributes(word) for word in (url.removeprefix("internal:"), text))
        self._links.append(f'<hyperlink ref="{_letters(col)}{row + 1}" location="{to}" display="{shown}"/>')

    def write_comment(self, row: int, col: int, text: str, options: dict) -> None:
        self.notes.append((row, col, text, options))

    def put_run(self, row: int, first: int, width: int, xml: str) -> None:
        self._cells[row][first] = xml
        if first + width > self._width:
            self._width = first + width

    def merge_range(self, row: int, first: int, last_row: int, last: int, _, style: _Style) -> None:
        """Merge cells, each of which is to be written as well: this writes none."""
        self._merged.append(f'<mergeCell ref="{_range(row, first, last_row, last)}"/>')

    def data_validation(self, first: int, left: int, last: int, right: int, options: dict) -> None:
        others = options.get("other_cells", ())
        cells = " ".join([_range(*each) for each in [(first, left, last, right), *others]])
        at, rule = f"{_letters(left)}{first + 1}", {k: v for k, v in options.items() if k != "other_cells"}
        if rule["validate"] == "custom":
            rule["value"] = rule["value"].replace(at, _CELL)
        before, after = _limit(tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in rule.items()))
        self._limits.append(f"{before}{cells}{after.replace(_CELL, at)}")

    def shape(self) -> tuple:
        """What a mould depends on."""
        return self.name, self.kind.__name__, self._settings, self._header is not None

    def set_up(self, made: Worksheet, number: int, has_notes: bool) -> None:
        """Do to one of xlsxwriter's what this one was told, with slots for what differs."""
        for name, arguments, options in self._settings:
            getattr(made, name)(*arguments, **options)
        made.write_string(0, 0, "x")
        if self._header:
            made.repeat_rows(_ROW + number, _ROW + number)
        if has_notes:
            made.write_comment(0, 0, "x")

    def content(self) -> dict[str, str]:
        """What its slots are filled with, by their names."""
        rows = []
        opening = _openings(self.kind)
        for row in sorted(self._cells.keys() | self.heights.keys()):
            cells, start = self._cells.get(row), opening[self.heights.get(row)]
            if cells:
                rows.append(f'<row r="{row + 1}"{start}>')
                rows += cells.values() if len(cells) == 1 else [cells[col] for col in sorted(cells)]
                rows.append("</row>")
            else:
                rows.append(f'<row r="{row + 1}"{start}/>')
        last = max(self._cells.keys() | self.heights.keys()) + 1
        below = [
            f'<mergeCells count="{len(self._merged)}">{"".join(self._merged)}</mergeCells>' if self._merged else "",
            f'<dataValidations count="{len(self._limits)}">{"".join(self._limits)}</dataValidations>'
            if self._limits
            else "",
            f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else "",
        ]
        return {
            "cells": f"A1:{_letters(self._width - 1)}{last}",
            "rows": "".join(rows),
            "below": "".join(below),
            "footer": _xml._escape_data(self._footer),
            "ignored": self._ignored,
            "header": "${}:${}".format(*(row + 1 for row in self._header)) if self._header else "",
        }


class _Mould(NamedTuple):
    """Parts by name: a whole one, or its text and the names of its slots by turns; and xlsxwriter's sheets."""

    parts: dict[str, Part | list[str]]
    sheets: list[Worksheet]


_moulds: dict[str, _Mould] = {}


class _Plain(xlsxwriter.Workbook):
    """xlsxwriter's own workbook, whose parts are to be had as text."""

    def __init__(self, base: Mapping):
        super().__init__(io.BytesIO(), _OPTIONS)
        self.formats[0].set_font_name(base["font_name"])
        self.formats[0].set_font_size(base["font_size"])
        self._packager = Packager()

    def _get_packager(self):
        return self._packager

    def texts(self) -> dict[str, str]:
        self.close()
        return {name: text.getvalue() for text, name, _ in self._packager.filenames}


def _cut(text: str, number: int) -> str:
    """A sheet's part with slots where forms differ."""
    text = re.sub('(?<=<dimension ref=")[^"]*', _slot("cells", number), text)
    rows, below = _slot("rows", number), _slot("below", number)
    text = re.sub(
        "<sheetData>.*</sheetData>(<sheetProtection[^>]*>)?", rf"<sheetData>{rows}</sheetData>\1{below}", text
    )
    return text.replace(_FOOTER, _slot("footer", number)).replace(_IGNORED, _slot("ignored", number))


def _sliced(text: str) -> Part | list[str]:
    slices = _SLOTS.split(text)
    return slices if len(slices) > 1 else packed(text.encode(), _QUICKLY)


def _filled(part: Part | list[str], content: Mapping[str, str | Part]) -> Part:
    if isinstance(part, Part):
        return part
    texts = [content[piece] if n % 2 else piece for n, piece in enumerate(part)]
    return texts[1] if isinstance(texts[1], Part) else packed("".join(texts).encode(), _QUICKLY)


def _strings(table: SharedStringTable) -> str:
    opening = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    opening += '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    items = "".join([f"<si><t>{text}</t></si>" if plain(text) else _item(text) for text in table.string_table])
    return f'{opening} count="{table.count}" uniqueCount="{table.unique_count}">{items}</sst>'


@lru_cache(maxsize=1_000)
def _item(text: str) -> str:
    writer = SharedStrings()
    writer.fh = io.StringIO()
    writer._write_si(text)
    return writer.fh.getvalue()


@lru_cache(maxsize=256)
def _styles(base: tuple, styles: tuple, has_notes: bool) -> Part:
    """The styles of a form, in the order of their numbers."""
    made = _Plain(dict(base))
    if has_notes:
        made.add_worksheet().write_comment(0, 0, "x")
    for properties in styles:
        made.add_format(dict(properties))._get_xf_index()
    return packed(made.texts()["xl/styles.xml"].encode(), _QUICKLY)


class _Openings(dict):
    """How a row opens after its number, by its height."""

    def __init__(self, kind: type[QuickSheet]):
        self._kind = kind

    def __missing__(self, height: float | None) -> str:
        sheet = self._kind()
        sheet.fh = io.StringIO()
        if height is not None:
            sheet.set_row(0, height)
        sheet._write_row(0, None, sheet.row_info.get(0))
        self[height] = opening = sheet.fh.getvalue().removeprefix('<row r="1"').removesuffix(">")
        return opening


_openings = lru_cache(_Openings)


@lru_cache(maxsize=1_000)
def _limit(rule: tuple) -> tuple[str, str]:
    """A limit before and after the cells that it is for."""
    sheet = Worksheet()
    sheet.fh = io.StringIO()
    options = {word: list(value) if isinstance(value, tuple) else value for word, value in rule}
    check(sheet.data_validation(0, 0, 0, 0, options))
    sheet._write_data_validation(sheet.validations[0])
    before, after = sheet.fh.getvalue().split(' sqref="A1"')
    return f'{before} sqref="', f'"{after}'


def _notes(sheet: FormSheet, made: Worksheet, block: int, number: int) -> tuple[str, str, int]:
    """The notes of a sheet and their boxes, which xlsxwriter places; `block` is where the numbers of boxes begin, in
    thousands, and the last one returned where those of the next sheet do."""
    made = copy.copy(made)
    made.comments, made.external_vml_links, made.external_comment_links = defaultdict(dict), [], []
    made.prev_col_offset = made.prev_row_offset = (0, 0)
    made.row_sizes = {row: [int(height * 4 / 3 + 0.5), False] for row, height in sheet.heights.items()}
    for row, col, text, options in sheet.notes:
        check(made.write_comment(row, col, text, options))
    count = made._prepare_vml_objects(block, 1024 * block, number, number)
    notes, boxes = Comments(), Vml()
    notes.fh, boxes.fh = io.StringIO(), io.StringIO()
    notes._assemble_xml_file(made.comments_list)
    boxes._assemble_xml_file(made.vml_data_id, made.vml_shape_id, made.comments_list, [])
    return notes.fh.getvalue(), boxes.fh.getvalue(), block + (1024 + count) // 1024
