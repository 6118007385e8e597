"""The first quarter of the samples, published: the workbook that `duban demo` ends with. The year: test_year.py."""

import shutil

import docx
import openpyxl
import pytest
from issued import (
    SAMPLES,
    is_as_other_code_counts,
    leads_to_what_was_typed,
    libreoffice_shows_the_same,
    reads_the_same_twice,
    workbook_of,
)
from recount.compare import recounted
from recount.sentences import sentences

pytestmark = pytest.mark.engine(seconds=15)
ISSUED = "2023Q1-r1"


def test_every_number_in_workbook_and_circular_is_the_one_that_other_code_counted(demo):
    is_as_other_code_counts(demo, ISSUED)


def test_a_number_that_was_changed_or_added_is_told_in_tables_and_in_sentences(demo, tmp_path):
    home = tmp_path / "home"
    (home / "published").mkdir(parents=True)
    (home / "outbox").symlink_to(demo.outbox.resolve())
    folder = home / "published" / ISSUED
    shutil.copytree(demo.published / ISSUED, folder)
    book = openpyxl.load_workbook(folder / f"{folder.name}.xlsx")
    cell = book["指标完成情况"]["F6"]
    cell.value += 1
    book["数据说明"]["K2"] = 7
    book["总览"]["A7"].value = book["总览"]["A7"].value.replace("有数据的指标 17 个", "有数据的指标 18 个")
    book.save(folder / f"{folder.name}.xlsx")
    compared = recounted(folder, SAMPLES)
    [(sheet, row, column, found, counted)] = compared.wrong
    assert (sheet, row, column, found) == ("指标完成情况", 6, 5, cell.value) and found == counted + 1
    assert compared.untold() == [("数据说明", 2, 10, 7)]
    brief = docx.Document(folder / "通报.docx")
    brief.tables[0].rows[2].cells[1].text = "完成12.3%"
    brief.save(folder / "通报.docx")
    told = {(where, kind) for where, kind, _ in sentences(compared)}
    assert told == {(w, kind) for w in ("总览", "通报") for kind in ("counted and not said", "said and not counted")}


def test_two_hundred_random_figures_lead_to_the_typed_cells_that_give_them(demo):
    leads_to_what_was_typed(demo, ISSUED)


def test_every_cell_reads_the_same_by_openpyxl_and_by_calamine(demo):
    reads_the_same_twice(demo, ISSUED)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_shows_every_number_and_text_of_it(demo, tmp_path):
    libreoffice_shows_the_same([workbook_of(demo, ISSUED)], tmp_path)
