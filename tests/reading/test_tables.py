"""Tables are found by their header words and rows by their keys: nothing that people do to a sheet shifts a value."""

import datetime as dt
import re
from decimal import Decimal

import openpyxl
import pytest

from duban.reading.rows import MAX_OUTSIDE

D = Decimal


def values_of(parts):
    """(tab, key, field) -> what was read, of every place that is not blank."""
    found = {}
    for _, tab, key, _, field, state, _, text, number, day, *_ in parts.entries:
        if state != "blank":
            found[tab, key, field] = (
                state if state != "value" else next(value for value in (number, day, text) if value is not None)
            )
    return found


def faults_of(parts):
    """(rule, key, field, address, value) of every fault."""
    return [(rule, key, field, address, value) for _, rule, _, _, key, _, field, address, value, _ in parts.faults]


PROGRESS = {
    ("progress", "1", "status"): "under_way",
    ("progress", "1", "done"): "开展学习",
    ("progress", "1", "problems"): "无",
    ("progress", "1", "next"): "继续",
    ("progress", "1", "expected_on"): dt.date(2023, 12, 31),
    ("progress", "13", "status"): "not_started",
}
INPUTS = {
    ("inputs", "standards", "value"): D(23),
    ("inputs", "tests", "value"): D(0),
    ("inputs", "rate", "value"): D("0.35"),
}


def projects(row):
    return {
        ("projects", row, "item"): D(13),
        ("projects", row, "name"): "试点",
        ("projects", row, "owner"): "张三",
        ("projects", row, "due_on"): dt.date(2023, 6, 30),
        ("projects", row, "progress"): D("0.5"),
        ("projects", row, "status"): "under_way",
        ("projects", row, "done"): "已申报",
    }


ALL = PROGRESS | INPUTS | projects("4")


def test_a_workbook_as_it_was_issued_and_filled_in(filled_in, read):
    parts = read(filled_in())
    assert values_of(parts) == ALL
    assert parts.faults == []
    assert parts.files == [(0, "d", True, "x", "2023Q1", "420100", "x", "x", "x", *parts.files[0][9:11], None)]
    blank = [entry[4] for entry in parts.entries if entry[1:3] == ("progress", "13") and entry[5] == "blank"]
    assert blank == ["done", "problems", "next", "expected_on", "explanation"]
    assert next(
        (tab, key, item, field, state, typed, sheet, row, address)
        for _, tab, key, item, field, state, typed, _, _, _, sheet, row, address in parts.entries
        if key == "standards" and field == "value"
    ) == ("inputs", "standards", 13, "value", "value", "23", "指标数据", 4, "H4")


def test_every_cell_is_kept_with_what_became_of_it(filled_in, read):
    book = filled_in()
    book["工作进展"]["L5"] = "旁注"
    parts = read(book)
    counts = {}
    for _, sheet, _, _, _, _, _, part in zip(*parts.cells, strict=True):
        counts[sheet, part] = counts.get((sheet, part), 0) + 1
    assert counts == {
        ("填报说明", "printed"): 1,
        ("工作进展", "printed"): 1 + 9 + 3 + 3,
        ("工作进展", "entry"): 6,
        ("工作进展", "outside"): 1,
        ("指标数据", "printed"): 1 + 9 + 7 + 5 + 5,
        ("指标数据", "entry"): 3,
        ("项目清单", "printed"): 1 + 9,
        ("项目清单", "entry"): 7,
        ("_duban", "stamp"): 16,
    }
    kept = zip(*parts.cells, strict=True)
    assert {(sheet, address) for _, sheet, _, _, address, _, _, part in kept if part == "entry"} == {
        (entry[10], entry[12]) for entry in parts.entries if entry[5] != "blank"
    }


def insert_rows(book):
    for page in book.worksheets[1:4]:
        page.insert_rows(5, 3)
        page.insert_rows(1, 4)


def insert_columns(book):
    for page in book.worksheets[1:4]:
        page.insert_cols(5, 2)
        page.insert_cols(1)


def reverse_columns(book):
    for page in book.worksheets[1:4]:
        for row in list(page.iter_rows(min_row=3)):
            for cell, value in zip(row, [cell.value for cell in reversed(row)], strict=True):
                cell.value = value


def reverse_rows(book):
    for page in book.worksheets[1:3]:
        rows = list(page.iter_rows(min_row=4, values_only=True))
        for number, row in enumerate(reversed(rows), start=4):
            for column, value in enumerate(row, start=1):
                page.cell(number, column).value = value


def move_and_hide(book):
    book._sheets.reverse()
    for page in book.worksheets[1:4]:
        page.row_dimensions[4].hidden = True
        page.column_dimensions["D"].hidden = True


def rename_sheets(book):
    book["工作进展"].title = "Sheet1"
    book["指标数据"].title = "武汉报送"
    book["项目清单"].title = " 项目 清单"


def decorate_headers(book):
    book["工作进展"]["E3"] = "本季度\n工作进展 "
    book["指标数据"]["B3"] = "指标　编码"
    book["项目清单"]["F3"] = "完成进度*"


def drop_printed_columns(book):
    book["工作进展"].delete_cols(2, 2)
    book["指标数据"].delete_cols(3, 5)
    book["指标数据"].delete_cols(1)


def letter_the_keys(book):
    book["工作进展"]["A4"], book["工作进展"]["A5"] = "第1项", "１３"
    book["指标数据"]["B4"], book["指标数据"]["B5"] = " standards ", "TESTS"


def an_empty_sheet_takes_the_title(book):
    book["工作进展"].title = "工作进展(旧)"
    book.create_sheet("工作进展")


@pytest.mark.parametrize(
    "reshape",
    [
        insert_rows,
        insert_columns,
        reverse_columns,
        reverse_rows,
        move_and_hide,
        rename_sheets,
        decorate_headers,
        drop_printed_columns,
        letter_the_keys,
        an_empty_sheet_takes_the_title,
    ],
)
def test_reshaping_a_workbook_changes_no_value_and_raises_no_fault(filled_in, read, reshape):
    book = filled_in()
    reshape(book)
    parts = read(book)
    row = next(entry[2] for entry in parts.entries if entry[1] == "projects")
    assert (values_of(parts), parts.faults) == (PROGRESS | INPUTS | projects(row), [])
    shown = openpyxl.load_workbook(as_file(book), data_only=True)
    for _, _, _, _, _, _, typed, _, _, _, sheet, number, address in parts.entries:
        cell = shown[sheet][address]
        assert (cell.row, "" if cell.value is None else 1) == (number, "" if typed == "" else 1)


def as_file(book):
    import io

    data = io.BytesIO()
    book.save(data)
    return data


def test_addresses_stay_true_on_a_sheet_that_does_not_begin_at_a1(filled_in, read):
    book = filled_in()
    page = book["指标数据"]
    page["H4"] = "约23"
    page.move_range("A1:I6", rows=7, cols=3)
    assert faults_of(read(book)) == [("figure_unreadable", "standards", "value", "K11", "约23")]


def test_a_merged_value_counts_for_its_first_row_only(filled_in, read):
    book = filled_in()
    book["工作进展"].merge_cells("E4:E5")
    book["工作进展"].merge_cells("A1:I1")
    parts = read(book)
    assert (values_of(parts), parts.faults) == (ALL, [])


def test_missing_sheets_and_columns_are_named_once_each(filled_in, read):
    book = filled_in()
    del book["项目清单"]
    book["工作进展"]["D3"] = "状态"
    book["工作进展"]["E3"] = None
    parts = read(book)
    assert [fault[1:4] + fault[6:9] for fault in parts.faults] == [
        ("column_missing", "progress", "工作进展", "status", "", "进展状态"),
        ("column_missing", "progress", "工作进展", "done", "", "本季度工作进展"),
        ("sheet_missing", "projects", "项目清单", "", "", ""),
    ]
    assert values_of(parts) == INPUTS


def test_rows_that_repeat_are_unknown_or_have_lost_their_key(filled_in, read):
    rows = [
        [1, "党建", "牵头", "推进中", "一", None, None, None, None],
        [None, None, None, None, "续一", None, None, None, None],
        [99, "没有的", "牵头", "推进中", "二", None, None, None, None],
        [13, "标准化", "属地", None, None, None, None, None, None],
        [13, "标准化", "属地", "已完成", "三", None, None, None, None],
        [None] * 9,
        ["填表人:张三", None, None, None, None, None, "电话", None, None],
    ]
    parts = read(filled_in(progress=rows, inputs=[[1, "no_such_code", *[None] * 7]], projects=[[None] * 9]))
    assert faults_of(parts) == [
        ("row_unknown", "", "done", "E5", "续一"),
        ("row_unknown", "99", "item", "A6", "99"),
        ("row_repeated", "13", "item", "A8", "13"),
        ("outside_cell", "", "", "A10", "填表人:张三"),
        ("outside_cell", "", "", "G10", "电话"),
        ("row_unknown", "no_such_code", "code", "B4", "no_such_code"),
    ]
    assert values_of(parts) == {("progress", "1", "status"): "under_way", ("progress", "1", "done"): "一"}
    assert {entry[2] for entry in parts.entries} == {"1", "13"}


def test_a_row_with_nothing_but_its_key_is_a_blank_row(filled_in, read):
    parts = read(
        filled_in(progress=[[1, *[None] * 8]], inputs=[[None, "rate.numerator", *[None] * 7]], projects=[[None] * 9])
    )
    assert [(entry[2], entry[3], entry[4], entry[5]) for entry in parts.entries] == [
        *[("1", 1, field, "blank") for field in ("status", "done", "problems", "next", "expected_on", "explanation")],
        *[("rate.numerator", 2, field, "blank") for field in ("value", "explanation")],
    ]
    assert parts.faults == []


def test_projects_stand_wherever_something_is_typed(filled_in, read):
    rows = [
        [None, "420100-13-01", None, None, None, None, None, None, None],
        [None] * 9,
        ["第13项", None, "甲", "李四", "6月底", "35％", "完成", None, None],
        ["x", None, "乙", None, None, "过半", "快了", None, None],
        [None, None, None, None, None, None, None, None, "只有说明"],
        ["注:以上为重点项目", *[None] * 8],
    ]
    parts = read(filled_in(projects=rows))
    assert {key: value for key, value in values_of(parts).items() if key[0] == "projects"} == {
        ("projects", "4", "code"): "420100-13-01",
        ("projects", "6", "item"): D(13),
        ("projects", "6", "name"): "甲",
        ("projects", "6", "owner"): "李四",
        ("projects", "6", "due_on"): dt.date(2023, 6, 30),
        ("projects", "6", "progress"): D("0.35"),
        ("projects", "6", "status"): "done",
        ("projects", "7", "item"): "unreadable",
        ("projects", "7", "name"): "乙",
        ("projects", "7", "progress"): "unreadable",
        ("projects", "7", "status"): "unreadable",
        ("projects", "8", "explanation"): "只有说明",
    }
    assert [fault[1:] for fault in parts.faults] == [
        ("cleaned", "projects", "项目清单", "6", 13, "item", "A6", "第13项", '{"typed": "第13项", "cleaned": "13"}'),
        (
            "cleaned",
            "projects",
            "项目清单",
            "6",
            13,
            "due_on",
            "E6",
            "6月底",
            '{"typed": "6月底", "cleaned": "2023-06-30"}',
        ),
        ("cleaned", "projects", "项目清单", "6", 13, "progress", "F6", "35％", '{"typed": "35％", "cleaned": "35%"}'),
        ("cleaned", "projects", "项目清单", "6", 13, "status", "G6", "完成", '{"typed": "完成", "cleaned": "已完成"}'),
        ("item_unreadable", "projects", "项目清单", "7", None, "item", "A7", "x", "{}"),
        ("percent_unreadable", "projects", "项目清单", "7", None, "progress", "F7", "过半", "{}"),
        (
            "status_unknown",
            "projects",
            "项目清单",
            "7",
            None,
            "status",
            "G7",
            "快了",
            '{"statuses": "未启动、推进中、已完成、已销号"}',
        ),
        ("outside_cell", "projects", "项目清单", "", None, "", "A9", "注:以上为重点项目", "{}"),
    ]


def test_error_cells_and_formulas_without_a_value_are_found_where_they_stand(filled_in, read):
    book = filled_in()
    inputs, progress = book["指标数据"], book["工作进展"]
    inputs["H4"] = "=SUM(A1:A2)"
    inputs["H5"].value, inputs["H5"].data_type = "#REF!", "e"
    inputs["G6"] = "=1/0"  # printed: not the reporter's
    progress["A5"].value, progress["A5"].data_type = "#N/A", "e"
    parts = read(book)
    assert faults_of(parts) == [
        ("error_cell", "", "item", "A5", "#N/A"),
        ("formula_without_value", "standards", "value", "H4", "=SUM(A1:A2)"),
        ("error_cell", "tests", "value", "H5", "#REF!"),
    ]
    found = values_of(parts)
    assert (found["inputs", "standards", "value"], found["inputs", "tests", "value"]) == ("unreadable", "unreadable")
    kept = zip(*parts.cells, strict=True)
    kinds = {(sheet, address): kind for _, sheet, _, _, address, kind, _, _ in kept if kind in ("error", "formula")}
    assert kinds == {
        ("工作进展", "A5"): "error",
        ("指标数据", "H4"): "formula",
        ("指标数据", "H5"): "error",
        ("指标数据", "G6"): "formula",
    }


def test_a_formula_with_its_stored_value_is_that_value(filled_in, read, tools):
    saved, rezipped = tools
    book = filled_in()
    book["指标数据"]["H4"] = "=20+3"
    with_value = rezipped(saved(book), lambda _, text: re.sub(rb"<v ?/?>(</v>)?</c>", b"<v>23</v></c>", text))
    assert b"<f>" in b"".join(unzipped(with_value))
    parts = read(with_value)
    assert (values_of(parts), parts.faults) == (ALL, [])


def unzipped(data):
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [package.read(name) for name in package.namelist()]


def test_apostrophes_full_width_digits_and_dates_in_any_spelling_are_told(filled_in, read):
    book = filled_in()
    book["指标数据"]["H4"] = "'２３"
    book["工作进展"]["H4"] = "年底"
    parts = read(book)
    assert values_of(parts) == ALL
    assert faults_of(parts) == [
        ("cleaned", "1", "expected_on", "H4", "年底"),
        ("cleaned", "standards", "value", "H4", "'２３"),
    ]


def test_what_is_written_beside_a_table_is_told_but_not_without_end(filled_in, read):
    book = filled_in()
    book["指标数据"]["K2"] = "题头旁"  # above the header nothing is asked for either, but titles stand there
    for row in range(4, 4 + 2 * MAX_OUTSIDE):
        book["指标数据"].cell(row, 12).value = 7
    parts = read(book)
    assert faults_of(parts) == [("outside_cell", "", "", f"L{row}", "7") for row in range(4, 4 + MAX_OUTSIDE)]
    assert parts.cells[-1].count("outside") == 2 * MAX_OUTSIDE


def test_a_workbook_of_another_kind_has_one_fault(filled_in, read):
    other = openpyxl.Workbook()
    other.active["A1"] = "通讯录"
    parts = read(other)
    assert (faults_of(parts), parts.files) == (
        [("no_stamp", "", "", "", "")],
        [(0, "d", True, None, None, None, None, None, None, None, None, None)],
    )
    assert faults_of(read(filled_in(stamped=False))) == [("no_stamp", "", "", "", "")]
