"""The only home of calamine: a workbook's bytes as typed cells at their true addresses."""

import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal

from python_calamine import CalamineWorkbook, SheetTypeEnum

from duban.reading.faults import Refused
from duban.reading.precheck import precheck
from duban.reading.sheetxml import MAX_CELLS, MAX_RECTANGLE, Marks

# Kind: text, number, date, bool, error or formula (without a stored value). Typed: the text as it stands; a number's
# shortest decimal text, a date in ISO, TRUE or FALSE. A plain tuple, because a thousand files have a million of them.
Cell = tuple[str, str]


@dataclass(frozen=True)
class Page:
    """A worksheet: its non-blank cells by row and column, both counted from 1."""

    name: str
    rows: dict[int, dict[int, Cell]]


@dataclass(frozen=True)
class Book:
    pages: tuple[Page, ...]
    has_macros: bool


def read_book(data: bytes) -> Book:
    """Read every worksheet, hidden ones too; raises Refused with the file's one fault."""
    checked = precheck(data)
    pages, cells = [], 0
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for sheet in book.sheets_metadata:
                if sheet.typ != SheetTypeEnum.WorkSheet:
                    continue
                page = book.get_sheet_by_name(sheet.name)
                if page.total_height * page.total_width > MAX_RECTANGLE:
                    raise _too_many(page.total_height * page.total_width, MAX_RECTANGLE)
                pages.append(_page(sheet.name, page, checked.marks.get(sheet.name, {})))
                cells += sum(map(len, pages[-1].rows.values()))
                if cells > MAX_CELLS:
                    raise _too_many(cells, MAX_CELLS)
    except (Refused, KeyboardInterrupt, SystemExit):
        raise
    except MemoryError:
        raise Refused("reader_failed") from None
    except BaseException:  # a panic of the parser is not an Exception
        raise Refused("damaged") from None
    return Book(tuple(pages), checked.has_macros)


def _too_many(cells: int, limit: int) -> Refused:
    return Refused("too_large", f"{cells:,} 个单元格", limit=f"{limit:,} 个单元格")


def _page(name: str, sheet, marks: Marks) -> Page:
    rows: dict[int, dict[int, Cell]] = {}
    # iter_rows and the default of to_python begin at the first used cell, which would shift every address
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        row = {
            column: ("text", value) if type(value) is str else _cell(value)
            for column, value in enumerate(values, start=1)
            if value != "" and not (type(value) is str and value.isspace())
        }
        if row:
            rows[number] = row
    for (number, column), (kind, text) in marks.items():
        rows.setdefault(number, {})[column] = (kind, text)
    return Page(name, dict(sorted(rows.items())) if marks else rows)


def _cell(value: object) -> Cell:
    """A cell of any value but a text."""
    if type(value) is float:
        return "number", shortest(value)
    if type(value) is bool:
        return "bool", "TRUE" if value else "FALSE"
    if isinstance(value, dt.date | dt.time):
        return "date", value.isoformat()
    if type(value) is dt.timedelta:
        return "date", str(value)
    return "number", str(value)


def shortest(number: float) -> str:
    """The shortest decimal text of a float, without an exponent: 23.0 is 23."""
    text = repr(number)
    if text.endswith(".0"):
        return text[:-2]
    return format(Decimal(text), "f") if "e" in text else text


class _Letters(dict[int, str]):
    """`H` of 8."""

    def __missing__(self, column: int) -> str:
        name, rest = "", column
        while rest:
            rest, digit = divmod(rest - 1, 26)
            name = chr(65 + digit) + name
        self[column] = name
        return name


LETTERS = _Letters()


def address(row: int, column: int) -> str:
    """`H5` of row 5, column 8."""
    return f"{LETTERS[column]}{row}"
