"""`faults/`: a file for every rule, named for it, made from a good workbook by one change."""

import csv
import io
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell

from duban.fillin.keys import key_ring
from duban.fillin.layout import INPUTS, PROGRESS, PROJECTS, STAMP
from duban.fillin.stamp import sign
from duban.home import Home
from duban.messages import load_messages
from duban.quarters import Quarter
from sample_submissions import mishaps
from sample_submissions.fill import cell_of, first_project_row, header_row, page_of, row_of, saved
from sample_submissions.second import second_quarter, template_of
from sample_submissions.strange import SAVED_AT, strange_files

# offices that type neatly: one with a rate and money, one with an upper limit, one without figures; and a prefecture
FINANCE, EQUIPMENT, CONSUMERS, HUANGSHI = "CS28", "CS20", "ZS03", "420200"
CHECKED, TO_CHECK, FUNDS = (
    "transfer_payment_checks.numerator",
    "transfer_payment_checks.denominator",
    "transfer_funds_checked",
)
ITEM, OTHER, LAW = 35, 33, 21  # of the finance office: one that it leads, two that it supports

# where a finding points: at cells, or at a sheet or the file as a whole
Place = Cell | Sequence[Cell] | str


@dataclass(frozen=True)
class Fault:
    """`change` gives the place of the rule's own finding, or the places of all findings by rule; a rule that the row's
    explanation settles says so: `rule explained`."""

    rule: str
    change: Callable[[Workbook], "Place | dict[str, Place] | None"]
    reporter: str = FINANCE
    quarter: int = 1


def _typed(table, key, field: str, value: object) -> Callable[[Workbook], Cell]:
    def change(book: Workbook) -> Cell:
        cell = cell_of(book, table, key, field)
        cell.value = value
        return cell

    return change


def _project(field: str, value: object, at: int = 0) -> Callable[[Workbook], Cell]:
    def change(book: Workbook) -> Cell:
        cell = _project_cell(book, field, at)
        cell.value = value
        return cell

    return change


def _project_cell(book: Workbook, field: str, at: int = 0) -> Cell:
    page, columns = page_of(book, PROJECTS)
    return page.cell(header_row(page, PROJECTS) + 1 + at, columns[field])


def _repeat_row(book: Workbook) -> Cell:
    return _append(book, PROGRESS, [cell.value for cell in book[PROGRESS.title][row_of(book, PROGRESS, OTHER)]])


def _unknown_row(book: Workbook) -> Cell:
    values = [cell.value for cell in book[INPUTS.title][row_of(book, INPUTS, FUNDS)]]
    return _append(book, INPUTS, [values[0], "transfer_funds_saved", "检查节约的资金", *values[3:]])


def _row_not_owed(book: Workbook) -> list[Cell]:
    values = [26, "公平竞争审查与反垄断", "配合", "推进中", "清理本条线政策措施3件", None, None, "2023-09-30"]
    row = _append(book, PROGRESS, values).row
    return [book[PROGRESS.title][f"{column}{row}"] for column in "DEH"]


def _append(book: Workbook, sheet, values: list) -> Cell:
    page, columns = page_of(book, sheet)
    row = page.max_row + 1
    for column, value in enumerate(values, start=1):
        page.cell(row, column, value)
    return page.cell(row, columns[sheet.keys[0]])


def _row_missing(book: Workbook) -> str:
    book[PROGRESS.title].delete_rows(row_of(book, PROGRESS, OTHER))
    return PROGRESS.title


def _sheet_missing(book: Workbook) -> str:
    book.remove(book[PROJECTS.title])
    return PROJECTS.title


def _column_missing(book: Workbook) -> str:
    page, columns = page_of(book, INPUTS)
    page.cell(header_row(page, INPUTS), columns["value"]).value = "一季度"
    return INPUTS.title


def _no_stamp(book: Workbook) -> None:
    book.remove(book[STAMP])


def _status(item: int, status: str, told: str, **others: object) -> Callable[[Workbook], Cell]:
    """Another status, and what else is typed into the row; the finding is at `told`."""

    def change(book: Workbook) -> Cell:
        for field, value in {"status": status, **others}.items():
            cell_of(book, PROGRESS, item, field).value = value
        return cell_of(book, PROGRESS, item, told)

    return change


def _not_applicable(book: Workbook) -> dict[str, Place]:
    """That it does not apply is explained; that it has figures is not."""
    status = _status(ITEM, "不适用", "status", explanation="转移支付检查本年改由省财政厅统一组织")(book)
    figures = [cell_of(book, INPUTS, code, "value") for code in (CHECKED, TO_CHECK, FUNDS)]
    return {"not_applicable_unexplained explained": status, "not_applicable_with_figures": figures}


def _other_figure_than_the_text(book: Workbook) -> Cell:
    _typed(INPUTS, TO_CHECK, "value", 65)(book)
    return cell_of(book, PROGRESS, ITEM, "done")


def _hundredfold(book: Workbook) -> Cell:
    cell = cell_of(book, INPUTS, "fee_subjects_checked", "value")
    cell.value *= 100
    return cell


def _part_above_whole(book: Workbook) -> Cell:
    whole = cell_of(book, INPUTS, "joint_check_share.denominator", "value").value
    return _typed(INPUTS, "joint_check_share.numerator", "value", whole + 3)(book)


def _finished_incomplete(book: Workbook) -> Cell:
    _project("status", "已完成")(book)
    return _project("progress", "60%")(book)


def _repeated_project(book: Workbook) -> Cell:
    page, columns = page_of(book, PROJECTS)
    row, blank = header_row(page, PROJECTS) + 1, first_project_row(book)
    for column in columns.values():
        page.cell(blank, column).value = page.cell(row, column).value
    return page.cell(blank, columns["name"])


def _no_project_of_the_lead(book: Workbook) -> Cell:
    page, columns = page_of(book, PROJECTS)
    for row in range(header_row(page, PROJECTS) + 1, first_project_row(book)):
        if page.cell(row, columns["item"]).value == ITEM:
            page.cell(row, columns["item"]).value = OTHER
    return cell_of(book, PROGRESS, ITEM, "explanation")


def _project_vanished(book: Workbook) -> str:
    page, _ = page_of(book, PROJECTS)
    page.delete_rows(header_row(page, PROJECTS) + 2)
    return PROJECTS.title


def _empty(book: Workbook) -> Cell:
    """Sent as it was issued, but for the statuses."""
    page, columns = page_of(book, PROGRESS)
    for row in range(header_row(page, PROGRESS) + 1, page.max_row + 1):
        for column in PROGRESS.columns:
            if column.typed:
                page.cell(row, columns[column.field]).value = "未启动" if column.field == "status" else None
    projects, _ = page_of(book, PROJECTS)
    for row in projects.iter_rows(min_row=header_row(projects, PROJECTS) + 1):
        for cell in row:
            cell.value = None
    return page.cell(header_row(page, PROGRESS) + 1, columns["explanation"])


def _outside(book: Workbook) -> Cell:
    page, _ = page_of(book, PROGRESS)
    cell = page.cell(page.max_row + 2, 2)
    cell.value = "本表已经处务会审核，联系人：梁晓峰"
    return cell


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
    Fault("done_without_date", _status(OTHER, "已完成", "expected_on", expected_on=None)),
    Fault("done_below_target", _status(ITEM, "已完成", "status", expected_on="2023-03-30")),
    Fault("not_started_with_progress", _status(OTHER, "未启动", "done")),
    Fault("not_applicable_unexplained", _status(OTHER, "不适用", "status", done=None)),
    Fault("not_applicable_with_figures", _not_applicable),
    Fault("text_says_nothing", _typed(PROGRESS, OTHER, "done", "正常推进")),
    Fault("text_disagrees", _other_figure_than_the_text),
    Fault("report_empty", _empty, CONSUMERS),
    Fault("lead_without_project", _no_project_of_the_lead),
    Fault("figure_missing", _typed(INPUTS, FUNDS, "value", None)),
    Fault("figure_unreadable", _typed(INPUTS, FUNDS, "value", "约4300")),
    Fault("figure_below_minimum", _typed(INPUTS, FUNDS, "value", -12)),
    Fault("figure_above_maximum", _typed(INPUTS, "prefectures_evaluated", "value", 19), EQUIPMENT),
    Fault("figure_too_precise", _typed(INPUTS, "fee_subjects_checked", "value", 260.5), HUANGSHI),
    Fault("figure_outlies", _hundredfold, HUANGSHI),
    Fault("part_above_whole", _part_above_whole, HUANGSHI),
    Fault("item_unreadable", _project("item", "财务")),
    Fault("project_item_missing", _project("item", None)),
    Fault("project_item_not_owed", _project("item", 26)),
    Fault("project_name_missing", _project("name", None)),
    Fault("project_owner_missing", _project("owner", None)),
    Fault("project_due_missing", _project("due_on", None)),
    Fault("project_due_outside_year", _project("due_on", "2024-06-30")),
    Fault("project_overdue", _project("due_on", "2023-03-20")),
    Fault("project_progress_missing", _project("progress", None)),
    Fault("project_status_missing", _project("status", None)),
    Fault("percent_unreadable", _project("progress", "过半")),
    Fault("project_progress_out_of_range", _project("progress", "120%")),
    Fault("project_finished_incomplete", _finished_incomplete),
    Fault("project_code_unknown", _project("code", "CS28-35-09")),
    Fault("project_repeated", _repeated_project),
    Fault("cleaned", _typed(INPUTS, FUNDS, "value", "4,360.75万元")),
    Fault("outside_cell", _outside),
    Fault("figure_falls", _typed(INPUTS, FUNDS, "value", 4182.4), quarter=2),
    Fault("figure_jumps", _typed(INPUTS, FUNDS, "value", 88152), quarter=2),
    Fault("project_vanished", _project_vanished, quarter=2),
    Fault("project_progress_falls", _project("progress", "10%", at=2), quarter=2),
    Fault("project_due_moved", _project("due_on", "2023-11-30", at=2), quarter=2),
)


def _texts(good: dict[str, Path]) -> list[Fault]:
    """Texts that stand elsewhere: a neighbour's, and one's own of the quarter before with another figure."""
    copied = cell_of(load_workbook(good[EQUIPMENT]), PROGRESS, LAW, "done").value
    repeated = cell_of(load_workbook(good[FINANCE]), PROGRESS, LAW, "done").value.replace("55", "61")
    return [
        Fault("text_copied", _typed(PROGRESS, LAW, "done", copied)),
        Fault("text_repeated", _typed(PROGRESS, LAW, "done", repeated), quarter=2),
    ]


def make_faults(home: Home, registry, quarter: Quarter, out: Path) -> None:
    """Write the folder anew, and `expected.csv`: every finding of every file. In `home` the quarter's samples were
    accepted, and the next quarter is open."""
    folder = out / "faults"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    severities = {code: rule.severity for code, rule in load_messages().items()}
    offices = (FINANCE, EQUIPMENT, CONSUMERS, HUANGSHI)
    good = {code: out / str(quarter) / template_of(home, quarter, code).name for code in offices}
    expected = []

    def keep(rule: str, data: bytes, found: dict[str, Place | None], suffix: str = ".xlsx", **where: object) -> None:
        name = f"{where.get('folder', '')}{rule}{suffix}"
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        head = name, str(where.get("quarter", quarter)), where.get("reporter", FINANCE)
        for rule_found, place in found.items():
            code, _, settled = rule_found.partition(" ")
            expected.append((*head, code, severities[code], *_told(place), settled))

    second = second_quarter(template_of(home, quarter.next(), FINANCE))
    for fault in (*CHANGES, *_texts(good)):
        book = load_workbook(good[fault.reporter]) if fault.quarter == 1 else load_workbook(io.BytesIO(second))
        found = fault.change(book)
        found = found if isinstance(found, dict) else {fault.rule: found}
        of = quarter if fault.quarter == 1 else quarter.next()
        keep(fault.rule, saved(book, "梁晓峰", SAVED_AT), found, reporter=fault.reporter, quarter=of)
    for rule, words in {"wrong_plan": {"plan": "hubei-2022"}, "stale_template": {"registry": "0" * 64}}.items():
        keep(rule, _stamped(good[FINANCE], home, words), {rule: ""})
    keep("wrong_quarter", template_of(home, quarter.next(), FINANCE).read_bytes(), {"wrong_quarter": ""})
    whole = good[FINANCE].read_bytes()
    keep("wrong_reporter", whole, {"wrong_reporter": ""}, folder=f"{EQUIPMENT}/", reporter=EQUIPMENT)
    for rule, (data, suffix) in strange_files(whole).items():
        keep(rule, data, {rule: ""}, suffix)
    with (folder / "expected.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "quarter", "reporter", "rule", "severity", "sheet", "cells", "settled"))
        writer.writerows(sorted(expected))


def _told(place: Place | None) -> tuple[str, str]:
    """A place as sheet and cells."""
    if isinstance(place, str) or not place:
        return place or "", ""
    cells = [place] if isinstance(place, Cell) else place
    return cells[0].parent.title, " ".join(cell.coordinate for cell in cells)


def _stamped(path: Path, home: Home, words: dict[str, str]) -> bytes:
    """The workbook under a true stamp that says something else."""
    book = load_workbook(path)
    rows = {row[0].value: row[1] for row in book[STAMP].iter_rows()}
    fields = {word: cell.value for word, cell in rows.items()} | words
    for word, value in sign(fields, key_ring(home.keys, create=False)).items():
        rows[word].value = value
    return saved(book, "梁晓峰", SAVED_AT)
