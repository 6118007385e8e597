"""What people do to a filled workbook: harmless twists, and the faults of a handful. Each changes a workbook in place
or gives back another; `cast.yaml` says who does what."""

import subprocess
import tempfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell

from duban.fillin.layout import FIGURES, INPUTS, PROGRESS, PROJECTS, STAMP
from sample_submissions.fill import cell_of, first_project_row, header_row, page_of, row_of

_BACKLOG = ("special_cases_filed", "special_cases_closed")  # more closed than filed asks for an explanation


def blank_rows(book: Workbook) -> None:
    """A blank row between two items."""
    page, columns = page_of(book, PROGRESS)
    items = [row for row in range(4, page.max_row + 1) if page.cell(row, columns["item"]).value]
    page.insert_rows(items[4])


def hidden_rows(book: Workbook) -> None:
    page, _ = page_of(book, INPUTS)
    for row in range(6, 12):
        page.row_dimensions[row].hidden = True


def inserted_column(book: Workbook) -> None:
    """A column of one's own, left blank."""
    page, columns = page_of(book, INPUTS)
    page.insert_cols(columns["value"])


def moved_sheet(book: Workbook) -> None:
    book.move_sheet(INPUTS.title, -2)


def contact_line(book: Workbook) -> None:
    """A line below the table for which nobody asked."""
    page, _ = page_of(book, PROGRESS)
    page.cell(page.max_row + 2, 2, "填表人：邓少波　审核人：程立新　联系电话：027-87000000")


def explained_backlog(book: Workbook) -> None:
    backlog_not_explained(book)
    why = "上年12月立案的案件集中在一季度办结，办结数因此多于本年立案数"
    cell_of(book, INPUTS, _BACKLOG[1], "explanation").value = why


def backlog_not_explained(book: Workbook) -> None:
    filed = int(str(cell_of(book, INPUTS, _BACKLOG[0], "value").value))
    cell_of(book, INPUTS, _BACKLOG[1], "value").value = filed + 14


def blank_figure_and_numerator_above_denominator(book: Workbook) -> None:
    cell_of(book, INPUTS, "charging_piles_tested", "value").value = None
    whole = cell_of(book, INPUTS, "lift_platform_coverage.denominator", "value").value
    cell_of(book, INPUTS, "lift_platform_coverage.numerator", "value").value = int(whole * 1.2)


def words_for_a_figure_and_a_date(book: Workbook) -> None:
    cell_of(book, INPUTS, "enterprises_diagnosed", "value").value = "约300"
    cell_of(book, PROGRESS, 12, "expected_on").value = "尽快"


def more_closed_than_filed_and_done_without_date(book: Workbook) -> None:
    filed = cell_of(book, INPUTS, "consumer_fraud_cases_filed", "value").value
    cell_of(book, INPUTS, "consumer_fraud_cases_closed", "value").value = filed + 9
    cell_of(book, PROGRESS, 13, "status").value = "已完成"
    cell_of(book, PROGRESS, 13, "expected_on").value = None


def words_for_a_count(book: Workbook) -> None:
    cell = next(cell for cell in _typed(book) if cell.value not in (None, 0))
    cell.value = f"约{cell.value}"


def words_for_a_date(book: Workbook) -> None:
    page, columns = page_of(book, PROGRESS)
    cells = (page.cell(row, columns["expected_on"]) for row in range(header_row(page, PROGRESS) + 1, page.max_row + 1))
    next(cell for cell in cells if cell.value).value = "尽快"


def one_nought_too_many(book: Workbook) -> None:
    """The largest of the figures that go on from an earlier one."""
    cells = [cell for cell in _typed(book) if isinstance(cell.value, int) and _before(cell)]
    largest = max(cells, key=lambda cell: cell.value)
    largest.value *= 10


def quarter_for_the_year_to_date(book: Workbook) -> None:
    """What the quarter added, where the year to date is asked for, in the first two such figures."""
    slips = 0
    for cell in _typed(book):
        before = _before(cell)
        if isinstance(cell.value, int) and before and before <= cell.value < 2 * before and slips < 2:
            cell.value, slips = cell.value - before, slips + 1


def _typed(book: Workbook) -> list[Cell]:
    """The cells of this quarter's figures, from top to bottom."""
    page, columns = page_of(book, INPUTS)
    return [page.cell(row, columns["value"]) for row in range(header_row(page, INPUTS) + 1, page.max_row + 1)]


def _before(cell: Cell) -> int:
    """The figure of the quarter before that was printed beside it, where it counts from the start of the year."""
    page, columns = page_of(cell.parent.parent, INPUTS)
    to_date = page.cell(cell.row, columns["figures"]).value == FIGURES["to_date"]
    before = str(page.cell(cell.row, columns["previous"]).value or "").replace(",", "")
    return int(before) if to_date and before.isdigit() else 0


def done_below_its_target(book: Workbook) -> None:
    cell_of(book, PROGRESS, 37, "status").value = "已完成"


def project_deleted(book: Workbook) -> None:
    """The row of a project that was reported before."""
    page, _ = page_of(book, PROJECTS)
    page.delete_rows(header_row(page, PROJECTS) + 1)


def row_deleted(book: Workbook) -> None:
    page, _ = page_of(book, PROGRESS)
    page.delete_rows(row_of(book, PROGRESS, 22))


def tables_copied_without_the_stamp(book: Workbook) -> Workbook:
    """The three tables copied into a new workbook: what does not show is not copied."""
    copy = Workbook()
    copy.remove(copy.active)
    copy.properties.created = book.properties.created  # the clock is no part of a sample
    for sheet in (PROGRESS, INPUTS, PROJECTS):
        page = copy.create_sheet(sheet.title)
        last = first_project_row(book) if sheet is PROJECTS else book[sheet.title].max_row
        for row in book[sheet.title].iter_rows(max_row=last):
            for cell in row:
                page.cell(cell.row, cell.column, cell.value)
    return copy


def stamp_altered(book: Workbook) -> None:
    """A token that was not made here."""
    for row in book[STAMP].iter_rows():
        if row[0].value == "token":
            row[1].value = row[1].value[::-1]


def libreoffice(data: bytes) -> bytes:
    """The workbook saved again by LibreOffice; needs `soffice`."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "in", "book.xlsx")
        source.parent.mkdir()
        source.write_bytes(data)
        command = ["soffice", f"-env:UserInstallation=file://{scratch}/profile", "--headless"]
        command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", scratch, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return Path(scratch, "book.xlsx").read_bytes()
