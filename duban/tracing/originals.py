"""Archived originals: what stands in the very cells that a trace ends at."""

import hashlib
from dataclasses import dataclass
from functools import cache

from duban.fillin.layout import BY_TABLE, PROJECT_STATUSES, STATUSES
from duban.home import Home
from duban.reading import values
from duban.reading.cells import Book, read_book
from duban.reading.faults import Refused
from duban.reading.rows import clean
from duban.reading.submission import read_bytes
from duban.reading.tables import Table, find_tables
from duban.reading.values import BLANK, UNREADABLE, Value
from duban.tracing.publication import Source, parse_cell

_TITLES = {word: title for title, word in (STATUSES | PROJECT_STATUSES).items()}


@dataclass(frozen=True)
class Original:
    """A source's cell as the archive holds it. `state`: same (as the publication says), different, missing (no such
    file), spoilt (its bytes are not those of its digest) or unreadable; `value` is the typed text cleaned anew."""

    state: str
    typed: str | None = None
    value: Value = BLANK


class Originals:
    """The archive of a home, each file opened once."""

    def __init__(self, home: Home):
        self._home = home
        self.book = cache(self._book)
        self._found: dict[tuple, Original] = {}

    def _book(self, digest: str) -> Book | str | None:
        """The workbook with this digest; 'spoilt' where the bytes are others, 'unreadable' where they are no workbook,
        None where the file is not there."""
        path = self._home.archived(digest)
        if not path.is_file():
            return None
        data = read_bytes(str(path))
        if hashlib.sha256(data).hexdigest() != digest:
            return "spoilt"
        try:
            return read_book(data)
        except Refused:
            return "unreadable"

    def of(self, source: Source) -> Original:
        """What stands in a source's cell."""
        known = (source.accession, source.sheet, source.cell, source.typed, source.state)
        if known not in self._found:
            self._found[known] = self._look_up(source)
        return self._found[known]

    def _look_up(self, source: Source) -> Original:
        book = self.book(source.digest)
        if not isinstance(book, Book):
            return Original(book or "missing")
        place = parse_cell(source.cell)
        page = next((page for page in book.pages if page.name == source.sheet), None)
        cell = page.rows.get(place[0], {}).get(place[1]) if page and place else None
        if cell is None:
            return Original("different" if source.typed else "same", "", BLANK)
        kind, typed = cell
        told = source.typed is not None or source.state == "blank"
        same = not told or typed == source.typed or (source.state == "blank" and source.typed is None)
        return Original("same" if same else "different", typed, _read(source, kind, typed))


def _read(source: Source, kind: str, typed: str) -> Value:
    if kind in ("error", "formula"):
        return UNREADABLE
    column = BY_TABLE[source.tab].column(source.field)
    unit = source.unit if source.field == "value" else ""
    return clean(column, kind, typed, source.tab, unit, int(source.quarter[:4]))


def word_of(value: Value, typed: str) -> str:
    """A value as it is published: a status by its title, a day in ISO, a text cleaned."""
    if value.text is not None:
        return _TITLES.get(value.text, value.text)
    if value.day is not None:
        return value.day.isoformat()
    if value.number is not None:
        return f"{value.number:f}"
    return {"not_applicable": "不适用", "blank": ""}.get(value.state, typed)


def entry_at(book: Book, sheet: str, row: int, column: int) -> tuple[str, str, str] | str:
    """Table, key and field of the entry in a submission's cell; else what the cell is: printed, stamp or outside."""
    tables, _ = find_tables(book)
    table = next((table for table in tables.values() if table.page.name == sheet), None)
    if table is None:
        return "stamp" if sheet.startswith("_") else "outside" if sheet not in _PRINTED else "printed"
    if row <= table.header:
        return "printed"
    field = next((field for field, place in table.columns.items() if place == column), None)
    if field is None:
        return "outside"
    key = _key(table, row)
    if not key:
        return "outside"
    read = {column.field for column, *_ in table.read}
    return (table.sheet.table, key, field) if field in read else "printed"


_PRINTED = ("填报说明", "问题清单")


def _key(table: Table, row: int) -> str:
    """What tells a row apart, as `entries` hold it; '' for a row that is none."""
    name, cells = table.sheet.keys[0], table.page.rows.get(row, {})
    if name == "row":
        return str(row)
    cell = cells.get(table.columns[name])
    if cell is None:
        return ""
    return values.item_number(*cell).text or "" if name == "item" else values.code(cell[1])


def place_of(book: Book, tab: str, key: str, field: str) -> tuple[str, int, int] | None:
    """Sheet, row and column of an entry."""
    tables, _ = find_tables(book)
    table = tables.get(tab)
    if table is None:
        return None
    row = next((row for row in table.page.rows if row > table.header and _key(table, row) == key), None)
    return row and (table.page.name, row, table.columns[field])
