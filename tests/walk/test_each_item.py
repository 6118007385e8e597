"""Every item of the plan, walked from its template to its place in the published workbook."""

import json
import re
import unicodedata
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from walking import COLLECTED, QUARTER, Walked, archive, tables

from duban.checking.run import check_run
from duban.reading.worker import read_received
from duban.registry.load import load_registry
from duban.settings import SCHEMAS

REGISTRY = load_registry(SCHEMAS / str(QUARTER.year))
ITEMS = [item.item for item in REGISTRY.items]
pytestmark = [
    pytest.mark.engine(seconds=15),
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning"),  # openpyxl passes over sparklines
]


tables_of = cache(tables)


def rows_of(path: Path, title: str) -> list[dict]:
    return tables_of(path)[title]


def items_in(path: Path, title: str) -> list[str]:
    return [str(row["序号"]) for row in rows_of(path, title)]


@pytest.mark.parametrize("number", ITEMS)
def test_the_template_has_the_item_for_exactly_those_who_owe_it(number: int, walked: Walked) -> None:
    having = {code for code, path in walked.templates.items() if str(number) in items_in(path, "工作进展")}
    assert having == {owed.reporter.code for owed in REGISTRY.owed[number]}


@pytest.mark.parametrize("number", ITEMS)
def test_the_template_asks_for_the_items_figures_of_exactly_those_who_report_them(number: int, walked: Walked) -> None:
    item = REGISTRY.item(number)
    asked, wanted = defaultdict(set), defaultdict(set)
    for code, path in walked.templates.items():
        for row in rows_of(path, "指标数据"):
            if str(row["序号"]) == str(number):
                asked[row["指标编码"]].add(code)
    for name, measure in item.measures.items():
        for entry in REGISTRY.inputs_of(name):
            wanted[entry.code] = {reporter.code for reporter in REGISTRY.reporting(item, measure)}
    assert asked == wanted


@pytest.mark.parametrize("number", ITEMS)
def test_a_filled_sample_of_the_item_is_accepted(number: int, walked: Walked) -> None:
    owing = {owed.reporter.code for owed in REGISTRY.owed[number]}
    accepted = owing & walked.accepted.keys()
    assert accepted
    for code in accepted:
        assert any(item == str(number) for item in map(tidy_number, items_in(walked.accepted[code], "工作进展")))


def tidy_number(text: str) -> str:
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="module")
def spoiled(walked: Walked, tmp_path_factory) -> dict[int, tuple[str, str, str, list[dict]]]:
    """For each item one accepted sample with one fault put into that item, and what checking all of them at once says:
    (rule, sheet, cell, findings). A figure of the item is spoiled where the reporter has one, else its status."""
    folder = tmp_path_factory.mktemp("spoiled")
    files, wanted = [], []
    for number in ITEMS:
        code, rows = donor(number, walked)
        sheet, header = ("指标数据", "本季填报数") if rows else ("工作进展", "进展状态")
        if not rows:
            rows = [r for r in rows_of(walked.accepted[code], sheet) if tidy_number(str(r["序号"])) == str(number)]
        book = openpyxl.load_workbook(walked.accepted[code])
        cell = book[sheet].cell(rows[0]["_row"], rows[0]["_columns"][header])
        cell.value = "约三成" if sheet == "指标数据" else "差不多了"
        book.save(folder / f"{number}.xlsx")
        files.append(folder / f"{number}.xlsx")
        rule = "figure_unreadable" if sheet == "指标数据" else "status_unknown"
        wanted.append((rule, sheet, cell.coordinate))
    parts = folder / "parts"
    parts.mkdir()
    read_received(archive(files, walked), walked.home, walked.registry, parts)
    check_run(parts, walked.registry, walked.home, QUARTER, COLLECTED, walked.validator)
    findings = pq.read_table(parts / "findings.parquet").to_pylist()
    return {
        number: (*wanted[place], [finding for finding in findings if finding["file"] == place])
        for place, number in enumerate(ITEMS)
    }


def donor(number: int, walked: Walked) -> tuple[str, list[dict]]:
    """An accepted reporter of the item, one with a figure of it if there is any, and its rows of those figures."""
    owing = [owed.reporter.code for owed in REGISTRY.owed[number] if owed.reporter.code in walked.accepted]
    for code in owing:
        rows = [r for r in rows_of(walked.accepted[code], "指标数据") if tidy_number(str(r["序号"])) == str(number)]
        if rows:
            return code, rows
    return owing[0], []


@pytest.mark.parametrize("number", ITEMS)
def test_a_fault_in_the_item_is_found_at_its_cell(number: int, spoiled) -> None:
    rule, sheet, cell, findings = spoiled[number]
    serious = [
        (finding["rule"], finding["sheet"], list(finding["cells"]))
        for finding in findings
        if finding["severity"] in ("structure", "must_fix")
    ]
    assert serious == [(rule, sheet, [cell])]


@pytest.fixture(scope="module")
def book(walked: Walked):
    return openpyxl.load_workbook(walked.published.workbook)


def item_sheet(book, number: int):
    return next(sheet for sheet in book.worksheets if re.match(rf"{number:02d} ", sheet.title))


def published_rows(sheet, first: str) -> tuple[list[str], list[dict]]:
    """A published table: its header words and its rows, found by the header's first word."""
    header = next(row for row in sheet.iter_rows() if row[0].value == first)
    words = [str(cell.value) for cell in header if cell.value is not None]
    rows = []
    for row in sheet.iter_rows(min_row=header[0].row + 1, max_col=len(words)):
        if row[0].value is None:
            break
        rows.append(dict(zip(words, (cell.value for cell in row), strict=True)))
    return words, rows


def typed_number(value: object) -> Decimal | None:
    """A typed figure read independently of duban: half-width, without separators and units, 万 counted."""
    if value is None:
        return None
    text = unicodedata.normalize("NFKC", str(value)).strip().lstrip("'").replace(",", "").replace(" ", "")
    match = re.match(r"^[+-]?\d+(\.\d+)?", text)
    if not match:
        return None
    number = Decimal(match[0])
    return number * 10000 if text[match.end() :].startswith("万") and not text.endswith("万元") else number


@pytest.mark.parametrize("number", ITEMS)
def test_the_published_figures_equal_an_independent_sum_over_the_sample_files(
    number: int, walked: Walked, book
) -> None:
    item = REGISTRY.item(number)
    _, published = published_rows(book["指标完成情况"], "序号")
    by_code = {row["指标编码"]: row for row in published}
    typed: dict[tuple[str, str], Decimal] = {}
    for code, path in walked.accepted.items():
        for row in rows_of(path, "指标数据"):
            figure = typed_number(row["本季填报数"])
            if figure is not None:
                typed[row["指标编码"], code] = figure
    for name, measure in item.measures.items():
        reporting = [reporter for reporter in REGISTRY.reporting(item, measure)]

        def column(part: str, reporting=reporting) -> dict[str, Decimal]:
            return {r.code: typed[part, r.code] for r in reporting if (part, r.code) in typed}

        if measure.aggregate == "ratio":
            above = column(f"{name}.numerator")
            if measure.denominator.reference:
                below = {code: Decimal(REGISTRY.by_code[code].population) / measure.denominator.per for code in above}
            else:
                below = column(f"{name}.denominator")
            both = above.keys() & below.keys()
            whole = sum(below[code] for code in both)
            wanted = sum(above[code] for code in both) / whole if whole else None
        else:
            values = column(name)
            wanted = (
                {"sum": sum, "max": max}.get(measure.aggregate, lambda found: next(iter(found)))(values.values())
                if values
                else None
            )
        shown = by_code[name]["一季度"]
        if wanted is None:
            assert not isinstance(shown, int | float), name
        else:
            assert shown == pytest.approx(float(wanted), rel=1e-5, abs=1e-6), name


@pytest.mark.parametrize("number", ITEMS)
def test_the_items_sheet_shows_every_reporter_with_what_it_wrote(number: int, walked: Walked, book) -> None:
    words, rows = published_rows(item_sheet(book, number), "填报单位")
    assert words[:4] == ["填报单位", "职责", "进展状态", "灯"]
    texts = 4 + len(REGISTRY.item(number).measures)  # a column per measure stands before them
    assert words[texts : texts + 3] == ["工作进展", "存在问题", "下一步打算"]
    by_name = {row["填报单位"]: row for row in rows}
    assert list(by_name) == [*(owed.reporter.name for owed in REGISTRY.owed[number]), "全省"]
    compared = 0
    for owed in REGISTRY.owed[number]:
        if owed.reporter.code not in walked.accepted:
            continue
        for typed in rows_of(walked.accepted[owed.reporter.code], "工作进展"):
            if tidy_number(str(typed["序号"])) == str(number):
                shown = by_name[owed.reporter.name]["工作进展"] or ""
                assert tidy(shown) == tidy(typed["本季度工作进展"] or ""), owed.reporter.name
                compared += 1
    assert compared


def tidy(text: str) -> str:
    return re.sub(r"\s+", "", text).lstrip("'")


@pytest.mark.parametrize("number", ITEMS)
def test_the_items_projects_stand_in_the_project_list_with_codes(number: int, walked: Walked, book) -> None:
    _, rows = published_rows(book["项目台账"], "序号")
    shown = sorted(tidy(str(row["项目名称"])) for row in rows if str(row["序号"]) == str(number))
    typed = sorted(
        tidy(str(row["项目名称"]))
        for path in walked.accepted.values()
        for row in rows_of(path, "项目清单")
        if tidy_number(str(row["序号"])) == str(number) and row["项目名称"]
    )
    assert shown == typed
    codes = [row["项目编号"] for row in rows if str(row["序号"]) == str(number)]
    assert all(re.fullmatch(rf"[A-Z0-9]+-{number:02d}-\d{{2}}", code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_every_lead_has_a_project_for_its_item_somewhere_in_the_samples(walked: Walked) -> None:
    lacking = [
        (item.item, lead.name)
        for item in REGISTRY.items
        for lead in REGISTRY.consolidators(item)
        if lead.code in walked.accepted
        and item.item
        not in {
            int(tidy_number(str(row["序号"])))
            for row in rows_of(walked.accepted[lead.code], "项目清单")
            if row["项目名称"]
        }
    ]
    assert lacking == []


def test_the_manifest_names_the_files_it_was_made_of(walked: Walked) -> None:
    manifest = json.loads(walked.published.manifest.read_text(encoding="utf-8"))
    current = {record["reporter"] for record in manifest["submissions"] if record["current"]}
    assert current == set(walked.accepted)
