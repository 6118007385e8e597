"""From an issued form to a return to mend, and from that to a receipt: the real reading, checking and loading."""

import datetime as dt
import time
from textwrap import dedent

import openpyxl
import pytest
from desk import LATE, PLAN, Q1, Desk, desk_at

from duban.answering.answer import answer_all
from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.intake import take_in
from duban.reading.worker import read_received
from duban.warehouse.load import load_run

pytestmark = pytest.mark.engine


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


def filled(desk: Desk) -> openpyxl.Workbook:
    """甲市's issued workbook with everything in it that it owes."""
    book = openpyxl.load_workbook(desk.open()[0])
    for row in (4, 5):
        book["工作进展"].cell(row, 4).value = "推进中"
        book["工作进展"].cell(row, 5).value = "新建站点，完成摸底。"
    for row, value in ((4, 300), (5, 8), (6, 10), (7, "35%")):
        book["指标数据"].cell(row, 8).value = value
    return book


def listed(path) -> list[list]:
    """级别, 工作表, 单元格 and 说明写在 of every line of a return's list."""
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path)["问题清单"].iter_rows()]
    return [[*row[1:4], row[7]] for row in rows if isinstance(row[0], int)]


def test_a_return_corrected_and_dropped_back_is_accepted(desk, validator):
    book = filled(desk)
    book["指标数据"]["H4"].value = "约三百"
    for col, value in ((1, 1), (3, "东区站"), (4, "张三"), (5, "2023年9月底"), (6, "35%"), (7, "推进中"), (8, "开工")):
        book["项目清单"].cell(9, col).value = value
    drop(desk, book)
    (returned,) = collect(desk, validator, LATE)
    assert returned.name == "2023Q1-A1-01-退回修改.xlsx"
    assert [line for line in listed(returned) if line[0] == "强制"] == [["强制", "指标数据", "H4", None]]
    book = openpyxl.load_workbook(returned)
    book["指标数据"]["H4"].value = 300
    drop(desk, book)
    (receipt,) = collect(desk, validator, LATE + dt.timedelta(hours=1))
    assert receipt.name == "2023Q1-A1-02-回执.txt"
    lines = receipt.read_text(encoding="utf-8-sig").splitlines()
    assert "  A1-01-01  东区站" in lines
    assert "  · 指标“站点” 本季填报数：约三百 → 300（指标数据 H4）" in lines
    assert desk.query("SELECT number FROM entries WHERE accession = '2023Q1-A1-02' AND key = 'stations' LIMIT 1") == [
        (300,)
    ]


def test_a_doubt_is_answered_where_the_return_says_and_never_asked_again(tmp_path, validator):
    part = "checks: [{not_above: [rate.numerator, rate.denominator], severity: confirm}]"
    desk = desk_at(tmp_path, **{"01_stations": dedent(PLAN["items/01_stations.yaml"]) + part})
    book = filled(desk)
    book["指标数据"]["H5"].value = 12
    drop(desk, book)
    (returned,) = collect(desk, validator, LATE)
    assert listed(returned) == [["核实", "指标数据", "H5", "I5"]]
    book = openpyxl.load_workbook(returned)
    assert book["指标数据"]["H5"].comment and book["指标数据"]["H5"].fill.fgColor.rgb == "FFFFE08A"
    book["指标数据"]["I5"].value = "含上年结转的两个站点"
    book["问题清单"]["E9"].value = "已说明"  # what is written on the list itself is not read
    drop(desk, book)
    (receipt,) = collect(desk, validator, LATE + dt.timedelta(hours=1))
    assert receipt.name == "2023Q1-A1-02-回执.txt"
    lines = receipt.read_text(encoding="utf-8-sig").splitlines()
    heading = next(n for n, line in enumerate(lines) if line.endswith("已说明或已豁免，不用处理"))
    assert lines[heading + 1] == "  1.【已说明】指标数据 H5"
    assert lines[heading + 3] == "     情况说明：含上年结转的两个站点"
    assert "  内容完整  2/2 项" in lines
    book["指标数据"]["I5"].value = None  # said once is enough
    book["指标数据"]["H4"].value = "约三百"
    drop(desk, book)
    (returned,) = collect(desk, validator, LATE + dt.timedelta(hours=2))
    assert [line[:3] for line in listed(returned)] == [
        ["强制", "指标数据", "H4"],
        ["已说明", "指标数据", "H5"],
    ]
    assert openpyxl.load_workbook(returned)["指标数据"]["H5"].comment is None


def test_five_hundred_wrong_cells_are_a_list_to_be_read_in_a_minute_and_each_says_what_is_wrong(desk, validator):
    book = filled(desk)
    book["指标数据"]["H4"].value = "约三百"
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
    assert [line for line in listed(returned) if line[0] == "强制"] == [
        ["强制", "指标数据", "H4", None],
        ["强制", "项目清单", "E4:E170", None],
        ["强制", "项目清单", "F4:F170", None],
        ["强制", "项目清单", "G4:G170", None],
    ]
    assert len(listed(returned)) == 4
    cells = [cell.value for row in book["问题清单"].iter_rows(max_row=13) for cell in row if cell.value]
    assert "退回修改，未入库。要处理的问题 502 个，同类的合并列出，共 4 行：" in cells
    assert any(
        str(text).startswith("同类问题 167 个，以第一个为例：“项目清单”中第4行项目“东区4号站”") for text in cells
    )
