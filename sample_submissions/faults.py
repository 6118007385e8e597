"""`faults/`: files with one fault each, named for its rule, made from a good sample by one change."""

import csv
import datetime as dt
import random
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook

from duban.fillin.keys import key_ring
from duban.fillin.layout import INPUTS, PROGRESS, PROJECTS, STAMP
from duban.fillin.stamp import sign
from duban.home import Home
from duban.opening import open_quarter
from duban.quarters import TIME_ZONE, Quarter
from sample_submissions import mishaps
from sample_submissions.compound import compound
from sample_submissions.fill import cell_of, first_project_row, header_row, page_of, row_of, saved
from sample_submissions.parcel import with_part

FINANCE, EQUIPMENT = "CS28", "CS20"  # two offices that type neatly: one with a rate and money, one with an upper limit
SAVED_AT = dt.datetime(2023, 4, 6, 15, 30, tzinfo=TIME_ZONE)
CHECKED, TO_CHECK, FUNDS = (
    "transfer_payment_checks.numerator",
    "transfer_payment_checks.denominator",
    "transfer_funds_checked",
)
ITEM, OTHER = 35, 33  # of the finance office: one that it leads, one that it supports


@dataclass(frozen=True)
class Fault:
    """`cells`: where the finding has to point, None where it speaks of the whole file or sheet."""

    rule: str
    change: Callable[[Workbook], "str | None"]
    reporter: str = FINANCE
    suffix: str = ".xlsx"


def _typed(table, key, field: str, value: object) -> Callable[[Workbook], str]:
    def change(book: Workbook) -> str:
        cell = cell_of(book, table, key, field)
        cell.value = value
        return cell.coordinate

    return change


def _project(field: str, value: object, at: int = 0) -> Callable[[Workbook], str]:
    def change(book: Workbook) -> str:
        page, columns = page_of(book, PROJECTS)
        cell = page.cell(header_row(page, PROJECTS) + 1 + at, columns[field])
        cell.value = value
        return cell.coordinate

    return change


def _repeat_row(book: Workbook) -> str:
    return _append(book, PROGRESS, [cell.value for cell in book[PROGRESS.title][row_of(book, PROGRESS, OTHER)]])


def _unknown_row(book: Workbook) -> str:
    values = [cell.value for cell in book[INPUTS.title][row_of(book, INPUTS, FUNDS)]]
    return _append(book, INPUTS, [values[0], "transfer_funds_saved", "检查节约的资金", *values[3:]])


def _row_not_owed(book: Workbook) -> str:
    values = [26, "公平竞争审查与反垄断", "配合", "推进中", "清理本条线政策措施3件", None, None, "2023-09-30"]
    row = _append(book, PROGRESS, values)[1:]
    return f"D{row} E{row} H{row}"


def _append(book: Workbook, sheet, values: list) -> str:
    page, columns = page_of(book, sheet)
    row = page.max_row + 1
    for column, value in enumerate(values, start=1):
        page.cell(row, column, value)
    return page.cell(row, columns[sheet.keys[0]]).coordinate


def _row_missing(book: Workbook) -> None:
    book[PROGRESS.title].delete_rows(row_of(book, PROGRESS, OTHER))


def _sheet_missing(book: Workbook) -> None:
    book.remove(book[PROJECTS.title])


def _column_missing(book: Workbook) -> None:
    page, columns = page_of(book, INPUTS)
    page.cell(header_row(page, INPUTS), columns["value"]).value = "一季度"


def _no_stamp(book: Workbook) -> None:
    book.remove(book[STAMP])


def _done_without_date(book: Workbook) -> str:
    cell_of(book, PROGRESS, OTHER, "status").value = "已完成"
    return _typed(PROGRESS, OTHER, "expected_on", None)(book)


def _not_started(book: Workbook) -> str:
    cell_of(book, PROGRESS, OTHER, "status").value = "未启动"
    return cell_of(book, PROGRESS, OTHER, "done").coordinate


def _not_applicable(book: Workbook) -> str:
    cell_of(book, PROGRESS, ITEM, "status").value = "不适用"
    return " ".join(cell_of(book, INPUTS, code, "value").coordinate for code in (CHECKED, TO_CHECK, FUNDS))


def _part_above_whole(book: Workbook) -> str:
    whole = cell_of(book, INPUTS, TO_CHECK, "value").value
    return _typed(INPUTS, CHECKED, "value", whole + 3)(book)


def _finished_incomplete(book: Workbook) -> str:
    _project("status", "已完成")(book)
    return _project("progress", "60%")(book)


def _repeated_project(book: Workbook) -> str:
    page, columns = page_of(book, PROJECTS)
    row, blank = header_row(page, PROJECTS) + 1, first_project_row(book)
    for column in columns.values():
        page.cell(blank, column).value = page.cell(row, column).value
    return page.cell(blank, columns["name"]).coordinate


def _outside(book: Workbook) -> str:
    page, _ = page_of(book, PROGRESS)
    cell = page.cell(page.max_row + 2, 2)
    cell.value = "本表已经处务会审核，联系人：梁晓峰"
    return cell.coordinate


CHANGES = (
    Fault("no_stamp", _no_stamp),
    Fault("bad_token", mishaps.stamp_altered),
    Fault("sheet_missing", _sheet_missing),
    Fault("column_missing", _column_missing),
    Fault("row_missing", _row_missing),
    Fault("row_repeated", _repeat_row),
    Fault("row_unknown", _unknown_row),
    Fault("row_not_owed", _row_not_owed),
    Fault("error_cell", _typed(INPUTS, FUNDS, "value", "#REF!")),
    Fault("formula_without_value", _typed(INPUTS, FUNDS, "value", "=SUM(K4:K9)")),
    Fault("status_missing", _typed(PROGRESS, OTHER, "status", None)),
    Fault("status_unknown", _typed(PROGRESS, OTHER, "status", "基本完成")),
    Fault("progress_missing", _typed(PROGRESS, OTHER, "done", None)),
    Fault("date_unreadable", _typed(PROGRESS, OTHER, "expected_on", "尽快")),
    Fault("date_outside_year", _typed(PROGRESS, OTHER, "expected_on", "2032-06-30")),
    Fault("done_without_date", _done_without_date),
    Fault("not_started_with_progress", _not_started),
    Fault("not_applicable_with_figures", _not_applicable),
    Fault("figure_missing", _typed(INPUTS, FUNDS, "value", None)),
    Fault("figure_unreadable", _typed(INPUTS, FUNDS, "value", "约4300")),
    Fault("figure_below_minimum", _typed(INPUTS, FUNDS, "value", -12)),
    Fault("figure_above_maximum", _typed(INPUTS, "prefectures_evaluated", "value", 19), reporter=EQUIPMENT),
    Fault("figure_too_precise", _typed(INPUTS, CHECKED, "value", 12.5)),
    Fault("part_above_whole", _part_above_whole),
    Fault("item_unreadable", _project("item", "财务")),
    Fault("project_item_missing", _project("item", None)),
    Fault("project_item_not_owed", _project("item", 26)),
    Fault("project_name_missing", _project("name", None)),
    Fault("project_owner_missing", _project("owner", None)),
    Fault("project_due_missing", _project("due_on", None)),
    Fault("project_progress_missing", _project("progress", None)),
    Fault("project_status_missing", _project("status", None)),
    Fault("percent_unreadable", _project("progress", "过半")),
    Fault("project_progress_out_of_range", _project("progress", "120%")),
    Fault("project_finished_incomplete", _finished_incomplete),
    Fault("project_code_unknown", _project("code", "CS28-35-09")),
    Fault("project_repeated", _repeated_project),
    Fault("cleaned", _typed(INPUTS, FUNDS, "value", "4,360.75万元")),
    Fault("outside_cell", _outside),
)


def make_faults(home: Home, registry, quarter: Quarter, out: Path) -> None:
    """Write the folder anew, and `expected.csv`: file, rule, reporter, cells (separated by blanks)."""
    folder = out / "faults"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    good = {code: next((out / str(quarter)).glob(f"*{code}*.xlsx")) for code in (FINANCE, EQUIPMENT)}
    expected = []

    def keep(rule: str, data: bytes, reporter: str = FINANCE, cells: str = "", suffix: str = ".xlsx") -> None:
        (folder / f"{rule}{suffix}").write_bytes(data)
        expected.append((f"{rule}{suffix}", rule, reporter, cells))

    for fault in CHANGES:
        book = load_workbook(good[fault.reporter])
        cells = fault.change(book) or ""
        keep(fault.rule, saved(book, "梁晓峰", SAVED_AT), fault.reporter, cells)
    for rule, words in {"wrong_plan": {"plan": "hubei-2022"}, "stale_template": {"registry": "0" * 64}}.items():
        keep(rule, _stamped(good[FINANCE], home, words))
    keep("wrong_quarter", _next_quarter(registry, quarter))
    for rule, (data, suffix) in strange_files(good[FINANCE].read_bytes()).items():
        keep(rule, data, suffix=suffix)
    with (folder / "expected.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("file", "rule", "reporter", "cells"), *sorted(expected)])


def _stamped(path: Path, home: Home, words: dict[str, str]) -> bytes:
    """The workbook under a true stamp that says something else."""
    book = load_workbook(path)
    rows = {row[0].value: row[1] for row in book[STAMP].iter_rows()}
    fields = {word: cell.value for word, cell in rows.items()} | words
    for word, value in sign(fields, key_ring(home.keys, create=False)).items():
        rows[word].value = value
    return saved(book, "梁晓峰", SAVED_AT)


def _next_quarter(registry, quarter: Quarter) -> bytes:
    """The form of the quarter that follows, issued by mistake."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch))
        home.keys.mkdir(parents=True)
        shutil.copy(Path(__file__).parent / "keys" / "samples.key", home.keys)
        open_quarter(home, registry, quarter.next(), SAVED_AT)
        [path] = (home.outbox / str(quarter.next()) / FINANCE).glob("*.xlsx")
        return saved(load_workbook(path), "梁晓峰", SAVED_AT)


STRANGE_FILES = ("empty_file", "not_a_workbook", "encrypted", "old_format", "damaged", "too_large", "macros_present")


def strange_files(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Files that are not what their name says, by rule, with their suffix."""
    noise = random.Random("noise").randbytes(len(good) // 8 * 8)
    info = b"\x04\0\x04\0\x40\0\0\0" + _ENCRYPTION.encode()
    begin = bytes.fromhex("0908100000060500dd1fcc07c100000006040000")  # BIFF8: begin of globals
    return {
        "empty_file": (b"", ".xlsx"),
        "not_a_workbook": (_PDF, ".xlsx"),
        "encrypted": (compound({"EncryptionInfo": info, "EncryptedPackage": _length(good) + noise}), ".xlsx"),
        "old_format": (compound({"Workbook": begin + b"\x0a\0\0\0"}), ".xls"),
        "damaged": (good[: len(good) * 3 // 5], ".xlsx"),
        "too_large": (with_part(good, "xl/media/image1.bmp", bytes(17 << 20), SAVED_AT), ".xlsx"),
        "macros_present": (
            with_part(good, "xl/vbaProject.bin", compound({"VBA": b"Attribute VB_Name"}), SAVED_AT),
            ".xlsm",
        ),
    }


def _length(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little")


_ENCRYPTION = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption">'
    '<keyData saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" '
    'cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512" saltValue="cHVibGlzaGVkIHNhbXBsZQ=="/></encryption>'
)
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
