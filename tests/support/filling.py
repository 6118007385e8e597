"""A reporter of the small plan (`desk`) at work: its issued workbook, filled in."""

import datetime as dt
from pathlib import Path

import openpyxl
from walking import header_row

REPORT = {  # what 甲市 types: sheet, row's key column and key → header word → value
    ("工作进展", "序号", 1): {
        "进展状态": "推进中",
        "本季度工作进展": "新建站点两处",
        "预计完成时间": dt.date(2023, 9, 30),
    },
    ("工作进展", "序号", 7): {
        "进展状态": "推进中",
        "本季度工作进展": "完成摸底",
        "预计完成时间": dt.date(2023, 12, 31),
    },
    ("指标数据", "指标编码", "stations"): {"本季填报数": 320},
    ("指标数据", "指标编码", "rate.numerator"): {"本季填报数": 90},
    ("指标数据", "指标编码", "rate.denominator"): {"本季填报数": 100},
    ("指标数据", "指标编码", "share"): {"本季填报数": 0.35},
}


def fill_in(issued: Path, target: Path, **changes) -> Path:
    """Fill an issued workbook in as `REPORT` says; `changes` replaces figures by input code."""
    book = openpyxl.load_workbook(issued)
    for (title, word, key), typed in REPORT.items():
        sheet = book[title]
        first, columns = header_row(sheet)
        for row in range(first + 1, sheet.max_row + 1):
            if sheet.cell(row, columns[word]).value == key:
                for header, value in typed.items():
                    sheet.cell(row, columns[header]).value = changes.get(key, value) if "填报数" in header else value
    book.save(target)
    return target
