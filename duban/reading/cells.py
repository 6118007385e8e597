"""The only home of calamine: a workbook's bytes as typed cells at their true addresses."""

import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal

from python_calamine import CalamineWorkbook

from duban.limits import Limits, load_limits
from duban.reading.faults import Refused
from duban.reading.package import Package, plain_package
from duban.reading.precheck import precheck
from duban.reading.sheetxml import Walked

# Kind: text, number, date, bool, error or formula (without a stored value). Typed: the text as it stands; a number's
# shortest decimal text, a date in ISO, TRUE or FALSE. A plain tuple, because a thousand files have a million of them.
Cell = tuple[str, str]


@dataclass(frozen=True)
class Page:
    """A worksheet: its non-blank cells by row and column, both counted from 1. Where `days_from_1904`, a bare number
    cannot be taken for a day."""

    name: str
    rows: dict[int, dict[int, Cell]]
    days_from_1904: bool = False


@dataclass(frozen=True)
class Book:
    pages: tuple[Page, ...]
    has_macros: bool


def read_book(data: bytes, limits: Limits | None = None) -> Book:
    """Read every worksheet, hidden ones too; raises Refused with the file's one fault. Limits are those of this
    installation unless given."""
    limits = limits or load_limits()
    checked = precheck(data, limits)
    try:
        pages = _pages(checked.package, checked.walked, limits)
    except (Refused, KeyboardInterrupt, SystemExit):
        raise
    except MemoryError:
        raise Refused("reader_failed") from None
    except BaseException:  # a panic of the parser is not an Exception
        raise Refused("damaged") from None
    return Book(tuple(pages), checked.has_macros)


def _pages(package: Package, walked: dict[str, Walked], limits: Limits) -> list[Page]:
    pages, cells = [], 0
    with CalamineWorkbook.from_filelike(io.BytesIO(plain_package(package))) as book:
        for part in package.sheets:
            sheet = book.get_sheet_by_name(part.name)
            if sheet.total_height * sheet.total_width > limits.rectangle:
                raise _too_many(sheet.total_height * sheet.total_width, limits.rectangle)
            page = _page(part.name, sheet, package.days_from_1904)
            if part.name in walked:
                page = _held_against(page, walked[part.name])
            pages.append(page)
            cells += sum(map(len, page.rows.values()))
            if cells > limits.cells:
                raise _too_many(cells, limits.cells)
    return pages


def _too_many(cells: int, limit: int) -> Refused:
    return Refused("too_large", f"{cells:,} 个单元格", limit=f"{limit:,} 个单元格")


def _page(name: str, sheet, days_from_1904: bool) -> Page:
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
    return Page(name, rows, days_from_1904)


def _held_against(page: Page, walked: Walked) -> Page:
    """The page with the errors and formulas that the parser shows as blank; raises Refused where it shows any other
    cell otherwise than it stands in the XML."""
    read = {(number, column): cell for number, row in page.rows.items() for column, cell in row.items()}
    for place, cell in walked.cells.items():
        if not _same(read.pop(place, None), cell):
            raise Refused("damaged")
    if read:
        raise Refused("damaged")
    rows = {number: dict(row) for number, row in page.rows.items()}
    for (number, column), mark in walked.marks.items():
        rows.setdefault(number, {})[column] = mark
    return Page(page.name, {number: dict(sorted(rows[number].items())) for number in sorted(rows)}, page.days_from_1904)


def _same(read: Cell | None, walked: Cell) -> bool:
    kind, text = walked
    if read is None:
        return kind in ("text", "shared") and not text.strip()
    match kind:
        case "shared":  # written plainly, and the parser finds it by its number
            return read[0] == "text"
        case "number":  # a day where its format says so
            return read[0] == "date" or (read[0] == "number" and float(read[1]) == float(text))
        case "text":  # blanks at the ends and line breaks are kept by some and not by others
            return read[0] in ("text", "date") and read[1].split() == text.split()
    return read == walked


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
