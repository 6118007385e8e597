"""Finding the three tables: by the sheet's title or its header words, wherever they stand."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

from duban.fillin.layout import BY_TITLE, SHEETS, Column, Sheet
from duban.reading.cells import Book, Page
from duban.reading.faults import Fault

_HEADER_ROWS = 30  # how far down a header may have been pushed


@dataclass(frozen=True)
class Table:
    """A table sheet as it stands in a file: its page, the row of its header, and each field's column (from 1)."""

    sheet: Sheet
    page: Page
    header: int
    columns: dict[str, int]

    @cached_property
    def typed(self) -> dict[int, Column]:
        """The columns for typing, by where they stand."""
        return {self.columns[column.field]: column for column in self.sheet.columns if column.typed}

    @cached_property
    def read(self) -> list[tuple[Column, int]]:
        """The columns of which every row gives an entry, and where they stand: those for typing, and the printed code
        of a project."""
        return [
            (column, self.columns[column.field])
            for column in self.sheet.columns
            if column.typed or (self.sheet.table == "projects" and column.type == "code")
        ]

    @cached_property
    def parts(self) -> dict[int, str]:
        """What the cells of the table's rows are, by column: entry or printed."""
        return {place: "entry" if place in self.typed else "printed" for place in self.columns.values()}


def find_tables(book: Book) -> tuple[dict[str, Table], list[Fault]]:
    """The tables by name, and a structure fault for every sheet or column that is not there.

    A sheet is told by its title, and where it was renamed by the words of its header.
    """
    titled = {}
    for page in book.pages:
        titled.setdefault(_word(page.name), page)
    titles = {title: titled.get(_word(title)) for title in BY_TITLE}
    rest = [page for page in book.pages if page not in titles.values()]
    tables, faults = {}, []
    for sheet in SHEETS:
        page = titles[sheet.title]
        found = _header(sheet, page, at_least=2) if page else None
        if found is None:
            # renamed, or an empty sheet has taken its title
            others = [(page, header) for page in rest if (header := _header(sheet, page, len(sheet.columns) / 2))]
            if others:
                page, found = max(others, key=lambda other: len(other[1][1]))
        if page is None:
            faults.append(Fault("sheet_missing", sheet.table, sheet.title))
            continue
        header, columns = found or (0, {})
        missing = [column for column in sheet.columns if _needed(sheet, column) and column.field not in columns]
        faults += [
            Fault("column_missing", sheet.table, page.name, field=column.field, value=column.header)
            for column in missing
        ]
        if not missing:
            tables[sheet.table] = Table(sheet, page, header, columns)
    return tables, faults


def _needed(sheet: Sheet, column: Column) -> bool:
    """Whether a table cannot be read without a column: what is typed, and what tells its rows apart."""
    return column.typed or column.field in sheet.keys or column.type == "code"


def _header(sheet: Sheet, page: Page, at_least: float) -> tuple[int, dict[str, int]] | None:
    """The row with the most of the sheet's header words, if it has enough of them, and where they stand."""
    fields = {_word(column.header): column.field for column in sheet.columns}
    best: tuple[int, dict[str, int]] = (0, {})
    for number, row in page.rows.items():
        if number > _HEADER_ROWS:
            break
        columns: dict[str, int] = {}
        for column, (kind, typed) in row.items():
            field = fields.get(_word(typed)) if kind == "text" else None
            if field:
                columns.setdefault(field, column)
        if len(columns) > len(best[1]):
            best = number, columns
        if len(columns) == len(fields):
            break  # no row has more of them
    return best if len(best[1]) >= at_least else None


@lru_cache(4096)
def _word(text: str) -> str:
    """Header text as it is compared: half-width, without blanks and line breaks."""
    return text if text.isalnum() else re.sub(r"[\s\u200b\ufeff*]", "", unicodedata.normalize("NFKC", text))
