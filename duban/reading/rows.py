"""From tables to entries: every place made for an entry, what stands there, and what it was read as."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from duban.fillin.layout import PROJECT_STATUSES, STATUSES, Column
from duban.reading import values
from duban.reading.cells import Cell
from duban.reading.faults import Fault
from duban.reading.places import address
from duban.reading.tables import Table
from duban.reading.values import BLANK, UNREADABLE, Value

MAX_OUTSIDE = 200  # notices of one sheet; the cells themselves are all kept
_UNREADABLE = {
    "status": "status_unknown",
    "date": "date_unreadable",
    "figure": "figure_unreadable",
    "percent": "percent_unreadable",
    "item": "item_unreadable",
}
_MARKS = {"error": "error_cell", "formula": "formula_without_value"}
Row = dict[int, Cell]
Read = tuple[str, str, str | None, Decimal | None, dt.date | None]  # an entry's state, typed, text, number, day
_EMPTY: Read = ("blank", "", None, None, None)


@dataclass(frozen=True)
class Words:
    """What reading has to know of a plan: its `year`, its item numbers, and its inputs as code -> (item, unit)."""

    year: int
    items: frozenset[int]
    inputs: dict[str, tuple[int, str]]

    @classmethod
    def parse(cls, words: dict) -> "Words":
        """From what `duban.reading.worker.describe` made of a registry."""
        return cls(words["year"], frozenset(words["items"]), {code: (i, u) for code, (i, u) in words["inputs"].items()})


@dataclass
class Reading:
    """What was read of one table. `rows` are the sheet's rows that were taken for rows of the table, with their key and
    item, `entries` what was read there in each of the columns of `Table.read`; `refused` are the rows that a fault of
    their own speaks of."""

    rows: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    entries: list[Read] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)


def read_table(table: Table, words: Words) -> Reading:
    """Read a table's rows: those of items and inputs by their key, those of projects wherever something stands."""
    reading = Reading()
    below = {number: row for number, row in table.page.rows.items() if number > table.header}
    if table.sheet.table == "projects":
        _read_projects(table, below, words, reading)
    else:
        _read_keyed(table, below, words, reading)
    reading.faults += _outside(table, below, reading)
    return reading


def part_of(table: Table, reading: Reading, number: int) -> str | None:
    """What the cells of a row of a table's page are, printed or outside; None for a row of the table, where each is
    what `Table.parts` says of its column."""
    return "printed" if number <= table.header else None if number in reading.rows else "outside"


def _read_keyed(table: Table, below: dict[int, Row], words: Words, reading: Reading) -> None:
    name, page, key_field = table.sheet.table, table.page, table.sheet.keys[0]
    read_key = _item_key if key_field == "item" else _input_key
    column = table.columns[key_field]
    keys = {number: read_key(row[column], words) for number, row in below.items() if column in row}
    last = max((number for number, (key, _) in keys.items() if key), default=0)
    first: dict[str, int] = {}

    def refuse(rule: str, number: int, place: int, key: str = "", item: int | None = None, **details: str) -> None:
        field = key_field if place == column else table.typed[place].field
        where, (_, value) = address(number, place), below[number][place]
        reading.faults.append(Fault(rule, name, page.name, key, item, field, where, value, tuple(details.items())))
        reading.refused.add(number)

    for number, row in below.items():
        key, item = keys.get(number, ("", None))
        cell = row.get(column)
        if cell is not None and cell[0] in _MARKS:
            refuse(_MARKS[cell[0]], number, column)
        elif item is None:
            # a row between the table's own belongs to something; below them people put remarks
            typed = min(table.typed.keys() & row.keys(), default=None)
            if key or (typed is not None and number < last):
                refuse("row_unknown", number, column if cell else typed, key)
        elif key in first:
            refuse("row_repeated", number, column, key, item, first=str(first[key]))
        else:
            first[key] = number
            unit = words.inputs[key][1] if name == "inputs" else ""
            _read_row(table, words, reading, number, row, key, item, unit)


def _item_key(cell: Cell, words: Words) -> tuple[str, int | None]:
    """The item number as a key, and as an item if the plan has it; ('', None) for what is no number at all."""
    number = values.item_number(*cell).text
    if number is None:
        return "", None
    return number, int(number) if int(number) in words.items else None


def _input_key(cell: Cell, words: Words) -> tuple[str, int | None]:
    """The input's code as a key, and its item if the plan has it; ('', None) for what cannot be a code."""
    kind, typed = cell
    if typed in words.inputs:
        return typed, words.inputs[typed][0]
    code = values.code(typed)
    for spelling in (code, code.lower()):
        if spelling in words.inputs:
            return spelling, words.inputs[spelling][0]
    return (code if kind == "text" and code.isascii() else ""), None


def _read_projects(table: Table, below: dict[int, Row], words: Words, reading: Reading) -> None:
    item_column = table.columns["item"]
    columns = {*table.typed, table.columns["code"]}
    for number, row in below.items():
        present = columns & row.keys()
        item = values.item_number(*row[item_column]) if item_column in row else BLANK
        if not present or (present == {item_column} and item.state != "value" and row[item_column][0] == "text"):
            continue  # an empty row, or a remark below the table
        known = int(item.text) if item.text and int(item.text) in words.items else None
        _read_row(table, words, reading, number, row, str(number), known, "")


def _read_row(
    table: Table, words: Words, reading: Reading, number: int, row: Row, key: str, item: int | None, unit: str
) -> None:
    reading.rows[number] = key, item
    name, entries = table.sheet.table, reading.entries
    for column, place in table.read:
        cell = row.get(place)
        if cell is None:
            entries.append(_EMPTY)
            continue
        kind, typed = cell
        counted = kind == "number" and column.type == "date" and table.page.days_from_1904
        value = UNREADABLE if kind in _MARKS or counted else clean(column, kind, typed, name, unit, words.year)
        state, text, figure, day, cleaned = value
        entries.append((state, typed, text, figure, day))
        if state == "unreadable":
            rule = _MARKS.get(kind) or _UNREADABLE[column.type]
            details = _slots(rule, name, words.year)
        elif cleaned is not None:
            rule, details = "cleaned", (("typed", typed), ("cleaned", cleaned))
        else:
            continue
        where = address(number, place)
        reading.faults.append(Fault(rule, name, table.page.name, key, item, column.field, where, typed, details))


def clean(column: Column, kind: str, typed: str, table: str, unit: str, year: int) -> Value:
    """What a typed cell of a column is read as; `unit` is that of an input's figure, `year` the plan's."""
    match column.type:
        case "text":
            return values.text(kind, typed)
        case "status":
            return _status(kind, typed, table)
        case "figure":
            return values.figure(kind, typed, unit)
        case "date":
            return values.date(kind, typed, year)
        case "percent":
            return values.percent(kind, typed)
        case "item":
            return values.item_number(kind, typed)
        case "code":
            return Value("value", text=values.code(typed))


@lru_cache(1024)
def _status(kind: str, typed: str, table: str) -> Value:
    return values.status(kind, typed, _statuses(table))


def _statuses(table: str) -> dict[str, str]:
    return PROJECT_STATUSES if table == "projects" else STATUSES


def _slots(rule: str, table: str, year: int) -> tuple[tuple[str, str], ...]:
    """The words that a rule's message needs beside the value."""
    if rule == "status_unknown":
        return (("statuses", "、".join(_statuses(table))),)
    if rule == "date_unreadable":
        return (("example", f"{year}年12月31日"),)
    return ()


def _outside(table: Table, below: dict[int, Row], reading: Reading) -> Iterator[Fault]:
    """A notice for each thing written where nothing is asked for: beside the table, or below it."""
    found = (
        Fault("outside_cell", table.sheet.table, table.page.name, address=address(number, column), value=typed)
        for number, row in below.items()
        if number not in reading.refused and not (number in reading.rows and table.parts.keys() >= row.keys())
        for column, (_, typed) in row.items()
        if number not in reading.rows or column not in table.parts
    )
    return islice(found, MAX_OUTSIDE)
