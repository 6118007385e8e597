"""What is written as plainly as spreadsheets write it, taken from the XML as it was proven, without calamine.

All that stands there is known here: rows in their order, in each its cells in theirs, every one blank, a number, a
truth or the number of a shared string. calamine is not asked for what cannot be otherwise: it would cost as much as all
the rest of reading. Wherever there is more to it (an escaped character, a time of day, a style that is not there), the
answer is None, and calamine reads the workbook.
"""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache, reduce
from typing import NamedTuple

# Kind: text, number, date, bool, error or formula (without a stored value). Typed: the text as it stands; a number's
# shortest decimal text, a date in ISO, TRUE or FALSE. A plain tuple, because a thousand files have a million of them.
Cell = tuple[str, str]
Rows = dict[int, dict[int, Cell]]  # by row and column, both from 1, in that order
Values = Mapping[bytes, Cell | None]  # by how they are written; None is a blank

# What follows a possessive + is never tried again, so that a long sheet takes no longer than its length.
NUMBER = rb"-?[0-9]++(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]{1,2})?+"
ROW = rb'<row r="([1-9][0-9]{0,3})"(?: [A-Za-z0-9:]++="[^"<&\x00-\x1f]*+")*+'
BLANK = rb'(?: t="(?:n|s|str|b|inlineStr)")?+(?: ?/>|></c>)'
_VALUE = re.compile(rb"(<v>[-+.0-9eE]++</v>)")
_VALUE_OR_TEXT = re.compile(rb'(<v>[-+.0-9eE]++</v>|<is><t(?: xml:space="preserve")?+>[^<]*+</t></is>)')
_START = re.compile(ROW + rb"( ?/)?+>")
_CELL = re.compile(
    rb'<c r="([A-Z]{1,2})([1-9][0-9]{0,3})"(?: s="([0-9]++)")?+(?:'
    + BLANK
    + rb'|(?: t="([nsb]|inlineStr)")?+>(<v>)</c>)'
)
_A_NUMBER = re.compile(rb"<v>(" + NUMBER + rb")</v>")
_A_DAY = re.compile(rb"<v>([1-9][0-9]{1,4})</v>")
_FIRST_DAY = 61  # before it, days are counted with one that never was
_CONTROLS = bytes(set(range(32)) - {9, 10})  # the carriage return too, which parsers make a line break of
_PRESERVED = '<si><t xml:space="preserve">'
_ENTITY = re.compile("&(amp|lt|gt|quot|apos);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_INDEXES: list[bytes] = []  # <v>0</v>, <v>1</v> … as cells point at shared strings
# what hostile files make us remember is bounded
_MOST_STRINGS = 1 << 16
_MOST_VALUES = 1 << 13
_LONGEST_ROW = 2048  # bytes, without values


def take_strings(xml: bytes, count: int) -> dict[bytes, Cell | None] | None:
    """The shared strings between `<sst>` and `</sst>` by the number that cells write; None for a blank one.

    None where they are not `count` plain ones."""
    if count > _MOST_STRINGS or len(xml.translate(None, _CONTROLS)) < len(xml):
        return None
    try:
        text = xml.decode()
    except UnicodeDecodeError:
        return None
    if preserved := _PRESERVED in text:
        text = text.replace(_PRESERVED, "<si><t>\0")
    start, between, end = "<si><t>", "</t></si><si><t>", "</t></si>"
    texts = text.removeprefix(start).removesuffix(end).split(between)
    # every tag is one of these, and all of them are there
    if len(texts) != count or len(text) != sum(map(len, texts)) + count * len(between) or "_x" in text:
        return None
    if text.count("<") != 4 * count:
        return None
    if "&" in text:
        if len(_ENTITY.findall(text)) < text.count("&"):
            return None
        texts = [_ENTITY.sub(lambda found: _ENTITIES[found[1]], text) if "&" in text else text for text in texts]
    if preserved:
        texts = [text[1:] if text.startswith("\0") else text.strip(" \t\n") for text in texts]
    else:
        texts = [text.strip(" \t\n") for text in texts]
    _INDEXES.extend(b"<v>%d</v>" % number for number in range(len(_INDEXES), count))
    cells = [("text", text) if text and not text.isspace() else None for text in texts]
    return dict(zip(_INDEXES, cells, strict=False))


def take_rows(xml: bytes, read: Mapping[bytes, Values]) -> Rows | None:
    """The cells between `<sheetData>` and `</sheetData>`; None where they are not written plainly.

    `read` knows the values by the type of their cells, which numbers have by the number of their style: shared strings
    (`s`), and what `PLAIN` gives."""
    pieces = (_VALUE_OR_TEXT if b"<is>" in xml else _VALUE).split(xml)
    *texts, rest = b"<v>".join(pieces[::2]).split(b"</row>")
    if rest:
        return None
    shapes, kinds, last = [], [], 0
    for text in texts:
        shape = _shape(text)
        if shape is None or shape.first <= last:
            return None
        shapes.append(shape)
        kinds += shape.kinds
        last = shape.row
    values = pieces[1::2]
    if len(kinds) != len(values):
        return None
    try:
        cells = [read[kind][value] for kind, value in zip(kinds, values, strict=True)]
    except KeyError:
        return None
    each = iter(cells)
    rows = {shape.row: dict(zip(shape.columns, each, strict=False)) for shape in shapes if shape.columns}
    if None in cells:
        told = {number: {column: cell for column, cell in row.items() if cell} for number, row in rows.items()}
        rows = {number: row for number, row in told.items() if row}
    return rows


class _Shape(NamedTuple):
    """A row without its values: its number, where they stand and how they are read. `first` is its number too, or that
    of the first of the empty rows before it."""

    first: int
    row: int
    columns: tuple[int, ...]
    kinds: tuple[bytes, ...]


@lru_cache(2048)
def _shape(text: bytes) -> _Shape | None:
    """The shape of a row written with `<v>` in place of each value, without its `</row>`: files of one quarter have the
    same rows, so that most are known. None where it is not plain, or its cells are not of it or not in their order."""
    first, last, row = 0, 0, _START.match(text)
    while row and row[2]:
        first, last, row = first or int(row[1]), int(row[1]), _START.match(text, row.end())
        if row and int(row[1]) <= last:
            return None
    if not row or len(text) > _LONGEST_ROW:
        return None
    column, at, columns, kinds = 0, row.end(), [], []
    while at < len(text):
        cell = _CELL.match(text, at)
        if not cell or cell[2] != row[1]:
            return None
        letters, _, style, kind, valued = cell.groups(b"")
        before, column = column, reduce(lambda column, letter: column * 26 + letter - 64, letters, 0)
        if column <= before:
            return None
        if valued:
            columns.append(column)
            kinds.append(style if kind in (b"", b"n") else kind)
        at = cell.end()
    return _Shape(first or int(row[1]), int(row[1]), tuple(columns), tuple(kinds))


class _Numbers(dict[bytes, Cell]):
    def __init__(self, epoch: dt.date | None):
        self._epoch = epoch

    def __missing__(self, value: bytes) -> Cell:
        told = (_A_DAY if self._epoch else _A_NUMBER).fullmatch(value)
        if told and not self._epoch:
            cell = "number", shortest(float(told[1]))
        elif told and int(told[1]) >= _FIRST_DAY:
            cell = "date", (self._epoch + dt.timedelta(int(told[1]))).isoformat()
        else:  # a time of day, or a day before the first
            raise KeyError(value)
        if len(self) < _MOST_VALUES:
            self[value] = cell
        return cell


class _Texts(dict[bytes, Cell | None]):
    def __missing__(self, value: bytes) -> Cell | None:
        found = take_strings(b"<si>" + value.removeprefix(b"<is>").removesuffix(b"</is>") + b"</si>", 1)
        if found is None:
            raise KeyError(value)
        return found[_INDEXES[0]]


@lru_cache(8)
def days(epoch: dt.date) -> Values:
    """Cells of numbers that are days counted from an epoch."""
    return _Numbers(epoch)


NUMBERS: Values = _Numbers(None)
PLAIN: Mapping[bytes, Values] = {
    b"": NUMBERS,
    b"b": {b"<v>0</v>": ("bool", "FALSE"), b"<v>1</v>": ("bool", "TRUE")},
    b"inlineStr": _Texts(),
}


def shortest(number: float) -> str:
    """The shortest decimal text of a float, without an exponent: 23.0 is 23."""
    text = repr(number)
    if text.endswith(".0"):
        return text[:-2]
    return format(Decimal(text), "f") if "e" in text else text
