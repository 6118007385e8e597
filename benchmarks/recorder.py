"""Every call of XlsxWriter that a workbook takes, to be made again without the program that made them."""

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NamedTuple

from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
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
_OF_THE_BOOK = ("add_worksheet", "add_format", "add_chart", "define_name", "set_properties")


@contextmanager
def recording() -> Iterator[list[Call]]:
    """Collects the outermost calls while the block runs; those that `duban.sheets` makes for itself are told as the
    ones that XlsxWriter has for them."""
    from duban.sheets import Book

    calls: list[Call] = []
    known: dict[int, Ref] = {}
    kept: list[object] = []  # so that no id is given twice
    depth = 0
    in_numbers: list[tuple[int, Workbook]] = []  # where in `calls` a cell of a run is

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

    def spelled() -> None:
        """Cells name their texts and styles by numbers; which those are, the workbook tells once it is closed."""
        books = {id(book): book for _, book in in_numbers}
        texts = {key: book.str_table.string_array for key, book in books.items()}
        styles = {key: {one.xf_index: one for one in book.formats} for key, book in books.items()}
        for place, book in in_numbers:
            call = calls[place]
            row, col, value, style = call.words
            value = texts[id(book)][value] if call.name == "write_string" else value
            calls[place] = call._replace(words=(row, col, value, told(styles[id(book)][style])))

    own_begin, own_run, replaced = Workbook.__init__, Book.run, []
    for owner, of_book in ((Workbook, True), (Worksheet, False), (Chart, False)):
        for name, function in inspect.getmembers(owner, inspect.isfunction):
            if name in _OF_THE_BOOK if of_book else not name.startswith("_"):
                replaced.append((owner, name, function))
                setattr(owner, name, logged(function, of_book))
    Workbook.__init__, Book.run = begin, run
    try:
        yield calls
        spelled()
    finally:
        Workbook.__init__, Book.run = own_begin, own_run
        for owner, name, function in replaced:
            setattr(owner, name, function)
