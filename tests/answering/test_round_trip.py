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
