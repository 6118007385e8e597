"""From an issued form to a return to mend, and from that to a receipt: the real reading, checking and loading."""

import datetime as dt
import time

import openpyxl
import pytest
from desk import LATE, Q1, Desk

from duban.answering.answer import answer_all
from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.intake import take_in
from duban.reading.worker import read_received
from duban.warehouse.load import load_run

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def validator():
    with Validator() as running:
        yield running


def collect(desk: Desk, validator: Validator, now: dt.datetime):
    """Take in what lies in the intake folder, judge it, and answer."""
    received = take_in(desk.home, Q1)
    folder = desk.home.work / now.isoformat()
    folder.mkdir(parents=True)
    read_received(received, desk.home, desk.registry, folder)
    check_run(folder, desk.registry, desk.home, Q1, now, validator)
    load_run(desk.home, desk.registry, Q1, folder, now)
    for file in (desk.home.intake / str(Q1)).iterdir():
        file.unlink()
    return answer_all(desk.home, desk.registry, Q1, now)


def drop(desk: Desk, book: openpyxl.Workbook) -> None:
    folder = desk.home.intake / str(Q1)
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / "甲市报送.xlsx")
    time.sleep(0.05)


def test_a_return_corrected_and_dropped_back_is_accepted(desk, validator):
    book = openpyxl.load_workbook(desk.open()[0])
    for row in (4, 5):
        book["工作进展"].cell(row, 4).value = "推进中"
        book["工作进展"].cell(row, 5).value = "按计划推进。"
    for row, value in ((4, "约三百"), (5, 8), (6, 10), (7, "35%")):
        book["指标数据"].cell(row, 8).value = value
    for col, value in ((1, 1), (3, "东区站"), (4, "张三"), (5, "2023年9月底"), (6, "35%"), (7, "推进中"), (8, "开工")):
        book["项目清单"].cell(9, col).value = value
    drop(desk, book)
    (returned,) = collect(desk, validator, LATE)
    assert returned.name == "2023Q1-A1-01-退回修改.xlsx"
    book = openpyxl.load_workbook(returned)
    listed = [[cell.value for cell in row][1:4] for row in book["问题清单"].iter_rows(min_row=6)]
    assert [line for line in listed if line[0] == "强制"] == [["强制", "指标数据", "H4"]]
    book["指标数据"]["H4"].value = 300
    drop(desk, book)
    (receipt,) = collect(desk, validator, LATE + dt.timedelta(hours=1))
    assert receipt.name == "2023Q1-A1-02-回执.txt"
    lines = receipt.read_text(encoding="utf-8-sig").splitlines()
    assert "  A1-01-01  东区站" in lines
    assert desk.query("SELECT number FROM entries WHERE accession = '2023Q1-A1-02' AND key = 'stations' LIMIT 1") == [
        (300,)
    ]


def test_five_hundred_wrong_cells_are_a_list_to_be_read_in_a_minute_and_each_says_what_is_wrong(desk, validator):
    book = openpyxl.load_workbook(desk.open()[0])
    for row in (4, 5):
        book["工作进展"].cell(row, 4).value = "推进中"
        book["工作进展"].cell(row, 5).value = "新建站点，完成摸底。"
    for row, value in ((4, "约三百"), (5, 8), (6, 10), (7, "35%")):
        book["指标数据"].cell(row, 8).value = value
    sheet, wrong = book["项目清单"], {"H4": "约三百"}
    for row in range(4, 171):
        sheet.cell(row, 1).value = 1
        sheet.cell(row, 3).value = f"东区{row}号站"
        sheet.cell(row, 4).value = "张三"
        for col, text in ((5, f"等第{row}号文"), (6, f"差{row}户"), (7, f"已谈妥{row}户")):
            sheet.cell(row, col).value = text
            wrong[f"{' ABCDEFG'[col]}{row}"] = text
    drop(desk, book)
    (returned,) = collect(desk, validator, LATE)
    assert len(wrong) == 502
    book = openpyxl.load_workbook(returned)
    notes = {
        cell.coordinate: cell.comment.text
        for title in ("指标数据", "项目清单")
        for row in book[title].iter_rows()
        for cell in row
        if cell.comment
    }
    assert [at for at, text in wrong.items() if text not in notes.get(at, "")] == []
    listed = [[cell.value for cell in row][1:4] for row in book["问题清单"].iter_rows(min_row=8)]
    assert listed == [
        ["强制", "指标数据", "H4"],
        ["强制", "项目清单", "E4:E170"],
        ["强制", "项目清单", "F4:F170"],
        ["强制", "项目清单", "G4:G170"],
    ]
    assert book["问题清单"]["A3"].value == (
        "退回修改：共 502 个问题，其中强制 502 个（必须改正）。同类的合并列出，共 4 行。"
    )
    assert book["问题清单"]["F9"].value.startswith("同类问题 167 个，以第一个为例：“项目清单”中第4行项目“东区4号站”")
