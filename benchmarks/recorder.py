"""Every call of XlsxWriter that a workbook takes, to be made again without the program that made them."""

import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NamedTuple
from xml.etree import ElementTree

from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet


class Ref(NamedTuple):
    """A format, chart or sheet that an earlier call made."""

    number: int


class Call(NamedTuple):
    target: Ref | None  # None is the workbook
    name: str
    words: tuple
    options: dict
    makes: Ref | None


_CELL = re.compile(r'<c r="[A-Z]+[0-9]+" s="([0-9]+)"(?:/>|( t="s")?><v>([^<]*)</v></c>)')
_ESCAPED = re.compile("_x([0-9A-F]{4})_")
_OF_THE_BOOK = ("add_worksheet", "add_format", "add_chart", "define_name", "set_properties")


@contextmanager
def recording() -> Iterator[list[Call]]:
    """Collects the outermost calls while the block runs. Cells, rows and links that `duban.sheets` writes in the file's
    own form are told as the calls that XlsxWriter has for them."""
    from duban.deflated import Run
    from duban.quick_xlsx import QuickSheet
    from duban.sheets import Book

    calls: list[Call] = []
    known: dict[int, Ref] = {}
    kept: list[object] = []  # so that no id is given twice
    depth = 0
    in_numbers: list[tuple[int, Workbook]] = []  # where in `calls` a cell of a run or row is
    runs: dict[Run, list[bytes]] = defaultdict(list)  # rows that no sheet holds yet
    links: dict[tuple[int, int, int], str] = {}  # by sheet and place, of cells that are yet to come

    def told(value: object) -> object:
        if isinstance(value, (Format, Chart, Worksheet)):
            return known.get(id(value))
        if isinstance(value, dict):
            return {key: told(one) for key, one in value.items() if key != "worksheet_class"}
        return value

    def logged(function, of_book: bool):
        @wraps(function)
        def call(self, *words, **options):
            nonlocal depth
            depth += 1
            try:
                made = function(self, *words, **options)
            finally:
                depth -= 1
            if depth == 0 and (of_book or id(self) in known):
                ref = None
                if isinstance(made, (Format, Chart, Worksheet)):
                    ref = known[id(made)] = Ref(len(kept))
                    kept.append(made)
                given = tuple(told(word) for word in words)
                calls.append(Call(None if of_book else known[id(self)], function.__name__, given, told(options), ref))
            return made

        return call

    def begin(self, *words, **options):  # what a workbook makes for itself is no call of anybody's
        nonlocal depth
        depth += 1
        try:
            own_begin(self, *words, **options)
        finally:
            depth -= 1

    def run(self, sheet, row, first, cells, texts):
        nonlocal depth
        depth += 1
        try:
            own_run(self, sheet, row, first, cells, texts)
        finally:
            depth -= 1
        for col, cell in enumerate(cells, start=first):
            style, text, value = _CELL.fullmatch(cell).groups()
            name, value = ("write_string", int(value)) if text else ("write_number", value and float(value))
            name = "write_blank" if value is None else name
            in_numbers.append((len(calls), self.workbook))
            calls.append(Call(known[id(sheet)], name, (row, col, value, int(style)), {}, None))

    def deflate(self, run, rows):
        runs[run] += rows
        own_deflate(self, run, rows)

    def put_rows(self, sheet, first, width, run, count):
        own_put_rows(self, sheet, first, width, run, count)
        for row in runs.pop(run, ()):
            hear(self.workbook, sheet, row)

    def hear(book: Workbook, sheet: Worksheet, xml: bytes) -> None:
        row = ElementTree.fromstring(xml)
        if height := row.get("ht"):
            calls.append(Call(known[id(sheet)], "set_row", (int(row.get("r")) - 1, float(height)), {}, None))
        for cell in row:
            place = xl_cell_to_rowcol(cell.get("r"))
            name, value = _held(cell)
            if url := links.pop((id(sheet), *place), None):
                name, value = "write_url", (url, value)
            in_numbers.append((len(calls), book))
            calls.append(Call(known[id(sheet)], name, (*place, value, int(cell.get("s"))), {}, None))

    def put_link(self, row, col, target, text):
        fits = own_put_link(self, row, col, target, text)
        if fits:
            links[id(self), row, col] = target
        return fits

    def spelled() -> None:
        """Cells name their styles, and texts of runs, by numbers; which those are, the closed workbook tells."""
        books = {id(book): book for _, book in in_numbers}
        texts = {key: book.str_table.string_array for key, book in books.items()}
        styles = {key: {one.xf_index: one for one in book.formats} for key, book in books.items()}
        for place, book in in_numbers:
            call = calls[place]
            row, col, value, style = call.words
            style = told(styles[id(book)][style])
            if call.name == "write_url":
                url, text = value
                words = row, col, url, style, text
            else:
                words = row, col, texts[id(book)][value] if value.__class__ is int else value, style
            calls[place] = call._replace(words=words)

    own_begin, own_run, own_put_link = Workbook.__init__, Book.run, QuickSheet.put_link
    own_deflate, own_put_rows = Book.deflate, Book.put_rows
    replaced = []
    for owner, of_book in ((Workbook, True), (Worksheet, False), (Chart, False)):
        for name, function in inspect.getmembers(owner, inspect.isfunction):
            if name in _OF_THE_BOOK if of_book else not name.startswith("_"):
                replaced.append((owner, name, function))
                setattr(owner, name, logged(function, of_book))
    Workbook.__init__, Book.run, QuickSheet.put_link = begin, run, put_link
    Book.deflate, Book.put_rows = deflate, put_rows
    try:
        yield calls
        spelled()
    finally:
        Workbook.__init__, Book.run, QuickSheet.put_link = own_begin, own_run, own_put_link
        Book.deflate, Book.put_rows = own_deflate, own_put_rows
        for owner, name, function in replaced:
            setattr(owner, name, function)


def _held(cell: ElementTree.Element) -> tuple[str, str | float | None]:
    """What a cell of a row holds, and the method that writes it."""
    for told in cell:
        if told.tag == "v":
            return "write_number", float(told.text)
        [text] = told  # <is><t>
        return "write_string", _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text.text)
    return "write_blank", None
