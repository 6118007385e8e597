"""Every number of the published workbook, counted once more from the sample files by code that is not duban's."""

import shutil

import openpyxl
import pytest
from recount.compare import Compared
from recount.count import Count
from recount.plan import Plan
from walking import SAMPLES

from duban.settings import SCHEMAS

pytestmark = pytest.mark.engine


def recounted(folder) -> Compared:
    return Compared(folder, Count.of(folder, Plan(SCHEMAS / "2023"), SAMPLES.parent)).everything()


def test_every_number_in_the_workbook_is_the_one_that_was_counted(walked):
    compared = recounted(walked.published.folder)
    assert compared.wrong == []
    assert compared.untold() == []
    assert len(compared.seen) > 5000


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
    compared = recounted(folder)
    [(sheet, row, column, found, counted)] = compared.wrong
    assert (sheet, row, column, found) == ("指标完成情况", 6, 5, cell.value) and found == counted + 1
    assert compared.untold() == [("数据说明", 2, 10, 7)]
