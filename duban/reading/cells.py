"""The only home of calamine: a workbook's bytes as typed cells at their true addresses."""

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from python_calamine import CalamineWorkbook

from duban.limits import Limits, load_limits
from duban.reading.faults import Refused
from duban.reading.package import Package, Part, plain_package
from duban.reading.plain import NUMBERS, PLAIN, Cell, Rows, Values, days, shortest
from duban.reading.precheck import Checked, check_amplifier, look_over, precheck
from duban.reading.sheetxml import take
from duban.reading.walk import MAIN, Walked

_SMALL = 1 << 17  # bytes; larger parts are not kept, so that what hostile files make us remember is bounded
_MOST_STYLES = 1_000
_A_DAY = 45_107


@dataclass(frozen=True)
class Page:
    """A worksheet: its non-blank cells by row and column, both counted from 1. Where `days_from_1904`, a bare number
    cannot be taken for a day."""

    name: str
    rows: Rows
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
    pages = _taken(checked, limits)
    if pages is None:
        walked = look_over(checked, limits)
        try:
            pages = _parsed(checked.package, walked, limits)
        except (Refused, KeyboardInterrupt, SystemExit):
            raise
        except MemoryError:
            raise Refused("reader_failed") from None
        except BaseException:  # a panic of the parser is not an Exception
            raise Refused("damaged") from None
    return Book(tuple(pages), checked.has_macros)


class _Later:
    """A page whose cells are read when somebody asks for them."""

    days_from_1904 = False

    def __init__(self, book: CalamineWorkbook, name: str):
        self.name, self._book = name, book

    @cached_property
    def rows(self) -> dict[int, dict[int, Cell]]:
        return _page(self.name, self._book.get_sheet_by_name(self.name), self.days_from_1904).rows


def read_own(data: bytes) -> Book:
    """A workbook that duban wrote itself, to the byte: nothing in it is to be feared, no limit holds, and of its many
    sheets only those are read whose rows somebody asks for."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return Book(tuple(_Later(book, name) for name in book.sheet_names), False)


def _taken(checked: Checked, limits: Limits) -> list[Page] | None:
    """The pages as they stand in the XML; None where it is not plain throughout."""
    package, strings = checked.package, checked.strings
    if strings.taken is None or (styles := _styles(package)) is None:
        return None
    read = {**styles, b"s": strings.taken}
    pages, cells = [], 0
    for part in package.sheets:
        rows = take(part.xml, read, limits)
        if rows is None:
            return None
        pages.append(Page(part.name, rows, package.days_from_1904))
        cells += sum(map(len, rows.values()))
        if cells > limits.cells:
            raise _too_many(cells, limits.cells)
    check_amplifier(package, limits)
    return pages


def _styles(package: Package) -> Mapping[bytes, Values] | None:
    """How calamine reads a cell's value by its type or the number of its style; None where that is not asked for."""
    if len(package.workbook) + len(package.styles) > _SMALL:
        return None
    return _asked(package.workbook, package.styles, tuple((s.name, s.relation) for s in package.sheets), package.others)


@lru_cache(64)
def _asked(
    workbook: bytes, styles: bytes, sheets: tuple[tuple[str, str], ...], others: tuple[tuple[str, str], ...]
) -> Mapping[bytes, Values] | None:
    """calamine's own answer, from a workbook of the same parts with one day in each style: thousands of files have the
    same. None where it does not open that, and where it would make something else of a number than one or a day."""
    count = min(styles.count(b"xf "), _MOST_STYLES)
    rows = "".join(f'<row r="{n + 1}"><c r="A{n + 1}" s="{n}"><v>{_A_DAY}</v></c></row>' for n in range(count))
    sheet = f'<worksheet xmlns="{MAIN[0]}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    parts = tuple(Part(name, relation, sheet) for name, relation in sheets)
    plain = plain_package(Package(workbook, parts, others, strings=b"", styles=styles, days_from_1904=False))
    read = dict(PLAIN)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(plain)) as book:
            for part in parts:
                found = book.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
                for n, [value] in enumerate(found):
                    if type(value) is float:
                        read[b"%d" % n] = NUMBERS
                    elif type(value) is dt.date:
                        read[b"%d" % n] = days(value - dt.timedelta(_A_DAY))
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        return None
    return read


def _parsed(package: Package, walked: dict[str, Walked], limits: Limits) -> list[Page]:
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
    rows: Rows = {}
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
