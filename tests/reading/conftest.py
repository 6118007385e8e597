"""A small plan, a key, and a workbook that looks like one that was issued and filled in."""

import datetime as dt
import io
import zipfile
from types import SimpleNamespace

import openpyxl
import pytest

from duban.fillin.keys import key_ring
from duban.fillin.layout import SHEETS, STAMP
from duban.fillin.stamp import FIELDS, sign
from duban.reading.parts import SCHEMAS, Parts
from duban.reading.rows import Words
from duban.reading.submission import read_submission

WORDS = Words(
    2023,
    frozenset({1, 2, 13}),
    {"standards": (13, "项"), "tests": (2, "批次"), "rate": (2, "%"), "rate.numerator": (2, "家")},
)
ROWS = {
    "progress": [
        [1, "党建", "牵头", "推进中", "开展学习", "无", "继续", dt.date(2023, 12, 31), None],
        [13, "标准化", "属地", "未启动", None, None, None, None, None],
    ],
    "inputs": [
        [13, "standards", "新制定标准", "项", "年初至今累计", 180, 20, 23, None],
        [2, "tests", "快检", "批次", "年初至今累计", None, None, 0, None],
        [2, "rate", "覆盖率", "%", "期末", None, None, 0.35, None],
    ],
    "projects": [[13, None, "试点", "张三", dt.date(2023, 6, 30), 0.5, "推进中", "已申报", None], [None] * 9],
}


@pytest.fixture(scope="session")
def ring(tmp_path_factory):
    return key_ring(tmp_path_factory.mktemp("keys"), create=True)


@pytest.fixture(scope="session")
def filled_in(ring):
    """A function that gives such a workbook (openpyxl), each sheet titled in row 1, its header in row 3."""

    def make(stamped=True, **rows):
        book = openpyxl.Workbook()
        book.remove(book.active)
        book.create_sheet("填报说明")["A1"] = "怎样填写"
        for sheet in SHEETS:
            page = book.create_sheet(sheet.title)
            page.append([f"2023年一季度{sheet.title}"])
            page.append([])
            page.append([column.header for column in sheet.columns])
            for row in rows.get(sheet.table, ROWS[sheet.table]):
                page.append(row)
        if stamped:
            page = book.create_sheet(STAMP)
            page.sheet_state = "veryHidden"
            fields = dict.fromkeys(FIELDS, "x") | {"quarter": "2023Q1", "reporter": "420100"}
            for word, value in sign(fields, ring).items():
                page.append([word, value])
        return book

    return make


def saved(book):
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def rezipped(data, change):
    """The same package with each part changed: `change(name, bytes)` gives the new bytes, or None to leave it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (text := change(name, old.read(name))) is not None:
                new.writestr(name, text)
    return out.getvalue()


@pytest.fixture(scope="session")
def read():
    """Read bytes, or an openpyxl workbook, as file 0: rows of each kind, but cells as columns."""

    def reading(data, words=WORDS):
        parts = Parts()
        read_submission(0, "d", data if isinstance(data, bytes) else saved(data), words, parts)
        rows = {kind: [tuple(row.values()) for row in parts.table(kind).to_pylist()] for kind in SCHEMAS}
        return SimpleNamespace(**rows | {"cells": [column.to_pylist() for column in parts.table("cells")]})

    return reading


@pytest.fixture(scope="session")
def tools():
    return saved, rezipped
