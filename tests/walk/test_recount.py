"""Counting a published workbook once more from the sample files, by code that is not duban's, finds what is off."""

import shutil

import openpyxl
import pytest
from recount.compare import recounted
from walking import SAMPLES

pytestmark = pytest.mark.engine


def test_a_number_that_was_changed_or_added_is_told(walked, tmp_path):
    home = tmp_path / "home"
    (home / "published").mkdir(parents=True)
    (home / "outbox").symlink_to(walked.home.outbox.resolve())
    folder = home / "published" / walked.published.folder.name
    shutil.copytree(walked.published.folder, folder)
    book = openpyxl.load_workbook(folder / f"{folder.name}.xlsx")
    cell = book["指标完成情况"]["F6"]
    cell.value += 1
    book["数据说明"]["K2"] = 7
    book.save(folder / f"{folder.name}.xlsx")
    compared = recounted(folder, SAMPLES.parent)
    [(sheet, row, column, found, counted)] = compared.wrong
    assert (sheet, row, column, found) == ("指标完成情况", 6, 5, cell.value) and found == counted + 1
    assert compared.untold() == [("数据说明", 2, 10, 7)]
