"""Typing a report into an issued workbook, as an office program would save it."""

import datetime as dt
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from duban.fillin.layout import INPUTS, PROGRESS, PROJECTS, Sheet
from sample_submissions.parcel import parcel
from sample_submissions.report import Report
from sample_submissions.typing_habits import Quoted

_ISSUED = ("item", "name", "owner", "due_on")  # of a project that is known: typed again only where its date moves
Place = Callable[[str, object, str], Cell]  # (table, key, field) to the cell


def fill(template: Path, report: Report) -> Workbook:
    """The workbook with everything typed into its cells; nothing else is touched."""
    book = load_workbook(template)
    for sheet, rows in ((PROGRESS, report.progress), (INPUTS, report.inputs)):
        for key, typed in rows.items():
            for field, value in typed.items():
                write(cell_of(book, sheet, key, field), value)
            fit(book[sheet.title], row_of(book, sheet, key))
    page, columns = page_of(book, PROJECTS)
    blank = first_project_row(book)
    issued = {page.cell(row, columns["name"]).value: row for row in range(header_row(page, PROJECTS) + 1, blank)}
    for project in report.projects:
        row = issued.get(project["name"], blank)
        for field, value in project.items():
            if row == blank or field not in _ISSUED or (field == "due_on" and project.get("explanation")):
                write(page.cell(row, columns[field]), value)
        fit(page, row)
        blank += row == blank
    return book


def write(cell: Cell, value: object) -> None:
    if isinstance(value, Quoted):
        cell.value, cell.quotePrefix = value.text, True
    elif isinstance(value, dt.date):
        cell.value, cell.number_format = value, "yyyy-mm-dd"
    else:
        cell.value = value


def fit(page: Worksheet, row: int) -> None:
    """Make a row high enough for what was typed into it, as people do once their text is cut off."""
    lines = 1
    widths = {at: one.width for one in page.column_dimensions.values() for at in range(one.min, one.max + 1)}
    for cell in page[row]:
        text, width = str(cell.value or ""), widths[cell.column]
        lines = max(lines, -(-sum(2 if character > "\u2e7f" else 1 for character in text) // int(width - 1)))
    page.row_dimensions[row].height = max(page.row_dimensions[row].height or 0, 8 + 15 * lines)


def page_of(book: Workbook, sheet: Sheet) -> tuple[Worksheet, Mapping[str, int]]:
    """A table's page and the column of each field, by header word."""
    page = book[sheet.title]
    row = header_row(page, sheet)
    headers = {cell.value: cell.column for cell in page[row] if cell.value}
    return page, {column.field: headers[column.header] for column in sheet.columns}


def header_row(page: Worksheet, sheet: Sheet) -> int:
    wanted = {column.header for column in sheet.columns}
    return next(row[0].row for row in page.iter_rows() if wanted <= {cell.value for cell in row})


def row_of(book: Workbook, sheet: Sheet, key: object) -> int:
    """The row of an item or of an input."""
    page, columns = page_of(book, sheet)
    column = columns[sheet.keys[0]]
    start = header_row(page, sheet) + 1
    return next(row for row in range(start, page.max_row + 1) if page.cell(row, column).value == key)


def cell_of(book: Workbook, sheet: Sheet, key: object, field: str) -> Cell:
    page, columns = page_of(book, sheet)
    return page.cell(row_of(book, sheet, key), columns[field])


def first_project_row(book: Workbook) -> int:
    """The first row of 项目清单 in which nothing is typed."""
    page, columns = page_of(book, PROJECTS)
    row = header_row(page, PROJECTS) + 1
    while page.cell(row, columns["name"]).value:
        row += 1
    return row


def saved(book: Workbook, by: str, saved_at: dt.datetime) -> bytes:
    """The workbook's bytes; the same content saved at the same time by the same person gives the same bytes."""
    book.properties.lastModifiedBy = by
    out = io.BytesIO()
    book.save(out)
    return parcel(out.getvalue(), saved_at)
