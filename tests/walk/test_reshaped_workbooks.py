"""What people do to a sheet's shape changes no value, and every address still tells where the value stands."""

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from walking import Walked, header_row, read_files

TABLES = ("工作进展", "指标数据", "项目清单")
pytestmark = pytest.mark.engine


def insert_rows(book: openpyxl.Workbook) -> None:
    for title in TABLES:
        first, _ = header_row(book[title])
        book[title].insert_rows(first + 3, amount=2)
        book[title].insert_rows(1)


def insert_columns(book: openpyxl.Workbook) -> None:
    for title in TABLES:
        book[title].insert_cols(3)
        book[title].insert_cols(1, amount=2)


def reorder_sheets(book: openpyxl.Workbook) -> None:
    for _ in range(len(book.sheetnames) - 1):
        book.move_sheet(book.worksheets[0], offset=len(book.sheetnames) - 1)
    book.active = 0


def merge_cells(book: openpyxl.Workbook) -> None:
    """Blank neighbours swallowed by the cell above, as people do who write one explanation for two rows."""
    for title in TABLES:
        sheet = book[title]
        first, words = header_row(sheet)
        column = words["情况说明"]
        for row in range(first + 1, min(first + 8, sheet.max_row), 2):
            if sheet.cell(row + 1, column).value is None:
                sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=5)


def hide_rows(book: openpyxl.Workbook) -> None:
    for title in TABLES:
        first, _ = header_row(book[title])
        for row in range(first + 1, first + 30, 3):
            book[title].row_dimensions[row].hidden = True
        book[title].column_dimensions["B"].hidden = True


RESHAPED = (insert_rows, insert_columns, reorder_sheets, merge_cells, hide_rows)


def shown(value: object) -> str:
    """A cell's value as reading keeps it."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float | int):
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value)


def plain(entries: list[dict]) -> list[tuple]:
    """Entries without where they stand; projects, whose key is their row, by their order."""
    rows = sorted({(e["row"]) for e in entries if e["tab"] == "projects"})
    return sorted(
        (
            entry["tab"],
            f"{rows.index(entry['row']):03d}" if entry["tab"] == "projects" else entry["key"],
            entry["field"],
            entry["item"] or 0,
            entry["state"],
            entry["typed"],
            entry["text"] or "",
            str(entry["number"]),
            str(entry["day"]),
        )
        for entry in entries
    )


def source(walked: Walked) -> Path:
    """The accepted sample with the most to lose."""
    return max(walked.accepted.values(), key=lambda path: (path.stat().st_size, path.name))


@pytest.mark.parametrize("reshape", RESHAPED, ids=lambda reshape: reshape.__name__)
def test_a_changed_shape_changes_no_value_and_addresses_stay_true(
    reshape: Callable, walked: Walked, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.xlsx"
    book = openpyxl.load_workbook(source(walked))
    reshape(book)
    book.save(changed)
    compare(changed, walked, tmp_path)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_resave_through_libreoffice_changes_no_value_and_addresses_stay_true(walked: Walked, tmp_path: Path) -> None:
    resaved = tmp_path / "resaved"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
        + ["--outdir", str(resaved), str(source(walked))],
        check=True,
        capture_output=True,
        timeout=120,
    )
    compare(next(resaved.glob("*.xlsx")), walked, tmp_path)


def compare(changed: Path, walked: Walked, tmp_path: Path) -> None:
    folder = tmp_path / "read"
    folder.mkdir()
    before, after = read_files([source(walked), changed], walked, folder)
    assert len(before) > 200
    assert plain(after) == plain(before)
    book = openpyxl.load_workbook(changed, data_only=True)
    told = [(entry["typed"], shown(book[entry["sheet"]][entry["address"]].value)) for entry in after if entry["typed"]]
    assert len(told) > 100
    assert [typed for typed, _ in told] == [there for _, there in told]
