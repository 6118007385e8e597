"""A published cell leads to the cells that were typed, and a typed cell to what was published of it."""

import json
import random
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from tampered import put

from duban.cli import CLEAN, LOOK, USAGE, run
from duban.errors import UserError
from duban.reading.cells import read_book
from duban.reading.faults import Refused
from duban.reading.places import address
from duban.tracing import words
from duban.tracing.cells import Cells
from duban.tracing.originals import Originals, _read
from duban.tracing.publication import Shelf, open_publication
from duban.tracing.trace import told, trace

MILLION = Decimal(1_000_000)
CHANGES = "本期变化"
MEASURED = {"province", "stood", "figure", "standing"}


@pytest.fixture(scope="module")
def second(published):
    return open_publication(published.home.published / "2023Q1-r2" / "2023Q1-r2.xlsx")


def place_of(publication, sheet: str, header: str, **row: str) -> str:
    """The cell under a header word in the row that holds these texts."""
    page = publication.pages[sheet]
    table = publication.table(page, {header, *row})
    for number, cells in page.rows.items():
        if number > table.header and all(cells.get(table.column(w), ("", ""))[1] == text for w, text in row.items()):
            return f"{sheet}!{address(number, table.column(header))}"
    raise AssertionError((sheet, header, row))


def measured(publication, header: str, measure: str) -> str:
    return place_of(publication, "指标完成情况", header, 指标编码=measure)


def test_two_hundred_random_cells_end_at_typed_cells_that_give_the_published_figure(published, second):
    """Independent of the tracing's own arithmetic: the test adds up and divides what the archive holds."""
    originals, cells = Originals(published.home), Cells(second, Shelf(published.home.published))
    numbers = [
        (sheet, row, column, figure)
        for sheet, row, column, figure in cells.all()
        if second.pages[sheet].rows[row][column][0] == "number" and figure.kind == "figure"
    ]
    assert len(numbers) > 800
    kinds = set()
    for sheet, row, column, figure in random.Random(20230412).sample(numbers, 200):
        answer = told(cells, figure, sheet, row, column, originals)
        assert answer["agrees"], answer
        assert {cell["original"] for cell in answer["cells"]} == {"same"}, answer
        kinds.add(figure.keys[0][0])
        if sheet != CHANGES and figure.keys[0][0] in MEASURED and "差" not in answer["what"]:
            found = by_hand(second, figure, answer["cells"])
            if "完成率" in answer["what"]:
                found = (found * MILLION / figure.light.target) // 1 / MILLION
            assert float(found) == float(answer["printed"]), answer
    assert kinds - {"earlier"} == {*MEASURED, "input", "project"}


def by_hand(publication, figure, cells) -> Decimal:
    """The figure of a measure from the values of its cells; all of them are of one quarter."""
    record = publication.measures[figure.keys[0][1]]
    values = defaultdict(dict)
    for cell in cells:
        if cell["state"] == "value":
            part = cell["key"].rpartition(".")[2] if record["aggregate"] == "ratio" else "value"
            values[cell["reporter"]][part] = Decimal(cell["value"])
    if record["aggregate"] == "ratio":
        whole = Decimal(0)
        for reporter, parts in values.items():
            population = publication.reporters[reporter]["population"]
            whole += Decimal(population) / record["per"] if record["reference"] else parts["denominator"]
        return (sum(parts["numerator"] for parts in values.values()) * MILLION / whole) // 1 / MILLION
    assert record["aggregate"] == "sum" or len(values) == 1
    return sum(parts["value"] for parts in values.values())


def test_every_cell_of_both_editions_that_can_be_traced_agrees_with_the_archive(published):
    for name in ("2023Q1-r1", "2023Q1-r2"):
        publication = open_publication(published.home.published / name / f"{name}.xlsx")
        cells, originals = Cells(publication, Shelf(published.home.published)), Originals(published.home)
        wrong = [
            (name, sheet, address(row, column))
            for sheet, row, column, figure in cells.all()
            if (answer := told(cells, figure, sheet, row, column, originals))["agrees"] is False
            or {cell["original"] for cell in answer["cells"]} - {"same"}
        ]
        assert wrong == []


def test_every_number_is_traced_but_those_that_only_count_rows(published, second):
    cells = Cells(second, Shelf(published.home.published))
    untraced = set()
    for sheet, page in second.pages.items():
        layout = cells.layout(sheet)
        for row, found in page.rows.items():
            for column, (kind, _) in found.items():
                below = layout and row > layout[0].header and column in layout[0].columns
                if kind == "number" and below and cells.at(sheet, row, column) is None:
                    untraced.add(layout[0].columns[column])
    assert untraced <= {"序号", "来源行"}


def test_a_change_leads_to_what_was_typed_then_and_now(published, second):
    rows = {"对比": "上版 2023Q1-r1", "指标编码": "food_batches_sampled", "原因单位": "武汉"}
    answer = trace(published.home, "2023Q1-r2", place_of(second, CHANGES, "影响", **rows))
    then, now = answer["cells"]
    assert (then["accession"], now["accession"]) == ("2023Q1-420100-01", "2023Q1-420100-02")
    effect = Decimal(now["value"]) - Decimal(then["value"])
    assert (answer["value"], answer["agrees"]) == (str(effect), True)
    assert answer["arithmetic"] == f"{now['value']} 减去 {then['value']} = {effect}"


def test_a_correction_in_the_ledger_moves_a_figure_by_what_it_says(published, second):
    rows = {"指标编码": "food_batches_sampled", "原因单位": "黄石", "原因": "台账更正"}
    answer = trace(published.home, "2023Q1-r2", place_of(second, CHANGES, "影响", **rows))
    then, now = answer["cells"]
    assert (then["typed"], then["correction"]) == (now["typed"], "") and now["correction"]
    assert Decimal(answer["value"]) == Decimal(now["value"]) - Decimal(then["value"]) < 0 and answer["agrees"]


def test_the_effects_of_a_measure_add_up_to_the_change_of_its_cells(published, second):
    cells = Cells(second, Shelf(published.home.published))
    effects = cells.changes("2023Q1-r1").effects("food_batches_sampled")
    total = trace(published.home, "2023Q1-r2", place_of(second, CHANGES, "变化", 指标编码="food_batches_sampled"))
    assert sum(effect.value for effect in effects.values()) == Decimal(total["value"]) and total["agrees"]


def test_without_the_earlier_workbook_a_change_is_told_and_not_reckoned(published, second, tmp_path):
    where = place_of(second, CHANGES, "上次", 指标编码="food_batches_sampled")
    answer = trace(type(published.home)(tmp_path), str(second.path), where)
    assert (answer["value"], answer["agrees"], answer["cells"]) == (None, None, [])
    assert "published/2023Q1-r1/2023Q1-r1.xlsx" in words.render(answer)


def test_a_corrected_figure_shows_what_was_typed_what_counts_and_why(published, second):
    where = place_of(second, "18 食品抽检与快检", "食品安全抽检（批次）", 填报单位="黄石")
    answer = trace(published.home, "2023Q1-r2", where)
    [cell] = answer["cells"]
    assert (cell["typed"], cell["value"], cell["original"]) == (cell["original_typed"], answer["printed"], "same")
    assert Decimal(cell["typed"]) // 10 == Decimal(cell["value"])
    assert cell["correction"] == f"由 {cell['typed']} 更正为 {cell['value']}：多写一个零（督审处 2023-04-09 批准）"


def test_a_trace_tells_reporter_file_cell_typed_text_and_value(published, second):
    where = place_of(second, "18 食品抽检与快检", "食品安全抽检（批次）", 填报单位="武汉")
    answer = trace(published.home, str(second.path), where)
    digest = second.current["2023Q1", "420100"]["digest"]
    at = {key: answer["cells"][0].pop(key) for key in ("sheet", "cell")}
    assert answer == {
        "direction": "published",
        "publication": "2023Q1-r2",
        "quarter": "2023Q1",
        "file": str(second.path),
        "sheet": "18 食品抽检与快检",
        "cell": where.partition("!")[2],
        "what": "武汉 2023Q1 食品安全抽检（年初至今累计）",
        "kind": "figure",
        "printed": "20000",
        "value": "20000",
        "agrees": True,
        "arithmetic": "填报数 20000",
        "light": None,
        "notes": [],
        "cells": [
            {
                "quarter": "2023Q1",
                "reporter": "420100",
                "name": "武汉",
                "accession": "2023Q1-420100-02",
                "digest": digest,
                "table": "inputs",
                "key": "food_batches_sampled",
                "field": "value",
                "typed": "2万批次",
                "state": "value",
                "value": "20000",
                "correction": "",
                "original": "same",
                "original_typed": "2万批次",
            }
        ],
    }
    page = next(p for p in read_book(published.home.archived(digest).read_bytes()).pages if p.name == at["sheet"])
    assert "2万批次" in [text for row in page.rows.values() for _, text in row.values()]


def test_an_original_is_read_in_the_unit_of_its_input(second):
    source = next(one for key, one in second.sources.items() if second.inputs[key[0]][2] == "万元")
    assert _read(source, "text", "436.26万元").number == Decimal("436.26")


def test_a_light_is_traced_with_the_inputs_that_were_stored(published, second):
    answer = trace(published.home, "2023Q1-r2", measured(second, "灯", "food_batches_sampled"))
    light = answer["light"]
    assert Decimal(light["value"]) == sum(Decimal(c["value"]) for c in answer["cells"] if c["value"])
    assert (light["target"], light["threshold"]) == ("230000", "0.8")
    assert answer["agrees"] and light["formula"] in words.render(answer)


def test_a_text_leads_to_the_cell_that_it_was_typed_in(published, second):
    code = next(code for (_, code) in second.current if code.startswith("CS"))
    item = second.reporters[code]["items"][0]
    sheet = next(name for name in second.pages if name.startswith(f"{item:02d} "))
    where = place_of(second, sheet, "工作进展", 填报单位=second.reporters[code]["name"])
    answer = trace(published.home, "2023Q1-r2", where)
    [cell] = answer["cells"]
    assert (answer["kind"], answer["agrees"], cell["field"], cell["original"]) == ("text", True, "done", "same")
    assert cell["original_typed"].strip() == answer["printed"]


def test_an_old_publication_is_traced_without_warehouse_or_schemas(published, second, tmp_path):
    shutil.copytree(published.home.archive, tmp_path / "bare" / "archive")
    workbook = shutil.copy(published.home.published / "2023Q1-r1" / "2023Q1-r1.xlsx", tmp_path / "给领导.xlsx")
    bare = type(published.home)(tmp_path / "bare")
    answer = trace(bare, str(workbook), measured(second, "一季度", "food_batches_sampled"))
    assert answer["agrees"] and {cell["original"] for cell in answer["cells"]} == {"same"}
    assert sorted(path.name for path in bare.root.iterdir()) == ["archive"]


def test_without_the_archive_a_trace_answers_and_says_so(published, second, tmp_path):
    answer = trace(type(published.home)(tmp_path), str(second.path), measured(second, "一季度", "food_batches_sampled"))
    assert answer["agrees"] and {cell["original"] for cell in answer["cells"]} == {"missing"}
    assert "原件不在" in words.render(answer)


def test_an_archived_byte_that_changed_is_told_and_asks_to_be_looked_at(spoilable, second, capsys):
    victim = spoilable.home.archived(second.current["2023Q1", "420100"]["digest"])
    victim.write_bytes(victim.read_bytes()[:-1] + b"!")
    where = measured(second, "一季度", "food_batches_sampled")
    assert run(["--home", str(spoilable.home.root), "--json", "trace", "2023Q1-r2", where]) == LOOK
    answer = json.loads(capsys.readouterr().out)
    states = {cell["accession"]: cell["original"] for cell in answer["cells"]}
    assert states.pop("2023Q1-420100-02") == "spoilt" and set(states.values()) == {"same"}


# from a submission on --------------------------------------------------------------------------------------------


def typed_cell(published, accession: str, publication) -> str:
    """Where food_batches_sampled stands in a submission."""
    source = publication.sources["food_batches_sampled", accession.split("-")[1], "2023Q1"]
    assert source.accession == accession
    return f"{source.sheet}!{source.cell}"


def test_a_typed_cell_names_every_published_cell_that_it_fed(published, second):
    where = typed_cell(published, "2023Q1-420100-02", second)
    answer = trace(published.home, "2023Q1-420100-02", where)
    assert (answer["became"], answer["typed"], answer["key"]) == (
        "已计入发布的汇总簿",
        "2万批次",
        "food_batches_sampled",
    )
    [edition] = answer["publications"]
    fed = {f"{cell['sheet']}!{cell['cell']}" for cell in edition["fed"]}
    assert edition["publication"] == "2023Q1-r2"
    assert {
        measured(second, "一季度", "food_batches_sampled"),
        measured(second, "灯", "food_batches_sampled"),
        place_of(second, "18 食品抽检与快检", "食品安全抽检（批次）", 填报单位="武汉"),
        place_of(second, "数据来源", "采用值", 填报项编码="food_batches_sampled", 填报单位="武汉"),
    } <= fed
    assert place_of(second, "18 食品抽检与快检", "食品安全抽检（批次）", 填报单位="黄石") not in fed


def test_what_was_superseded_still_names_the_edition_that_it_fed(published):
    first = open_publication(published.home.published / "2023Q1-r1" / "2023Q1-r1.xlsx")
    answer = trace(published.home, "2023Q1-420100-01", typed_cell(published, "2023Q1-420100-01", first))
    fed = {one["publication"]: {cell["sheet"] for cell in one["fed"]} for one in answer["publications"]}
    assert set(fed) == {"2023Q1-r1", "2023Q1-r2"} and len(fed["2023Q1-r1"]) > 3
    assert fed["2023Q1-r2"] == {CHANGES}  # which tells what stood before
    assert answer["superseded_by"] == "2023Q1-420100-02"


def test_a_file_is_known_by_its_bytes_whatever_it_is_called(published, second, tmp_path):
    digest = second.current["2023Q1", "420100"]["digest"]
    copy = shutil.copy(published.home.archived(digest), tmp_path / "改了名.xlsx")
    answer = trace(published.home, str(copy), typed_cell(published, "2023Q1-420100-02", second))
    assert (answer["accession"], answer["copy"]) == ("2023Q1-420100-02", False)


def test_what_did_not_count_says_what_became_of_it(published, second):
    became = {}
    for accession, submission in second.submissions.items():
        if submission["verdict"] != "accepted":
            try:
                book = read_book(published.home.archived(submission["digest"]).read_bytes())
            except Refused:
                with pytest.raises(UserError, match="读不出单元格"):
                    trace(published.home, accession, "指标数据!H5")
                continue
            page = next((page for page in book.pages if page.name == "工作进展"), book.pages[0])
            row, cells = list(page.rows.items())[-1]
            answer = trace(published.home, accession, f"{page.name}!{address(row, max(cells))}")
            became[submission["verdict"]] = answer["became"]
    assert set(became) <= {"returned", "set_aside"} and became
    for text in became.values():
        assert "没有计入" in text or "没有采用" in text or "不是填报" in text


def test_printed_cells_and_the_stamp_are_told_apart(published):
    assert "模板所印" in trace(published.home, "2023Q1-420100-02", "填报说明!A1")["became"]
    assert "表签" in trace(published.home, "2023Q1-420100-02", "_duban!B1")["became"]


# what cannot be traced --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "where", "said"),
    [
        ("2023Q1-r2", "指标完成情形!F5", "最接近的是“指标完成情况”"),
        ("2023Q1-r2", "指标完成情况!5F", "不是单元格"),
        ("2023Q1-r2", "指标完成情况!ZZ900", "是空单元格"),
        ("2023Q1-r2", "指标完成情况!A1", "是标题、名称或编号"),
        ("2023Q1-r2", "_lineage!A1", "没有工作表“_lineage”"),
        ("2023Q1-r2", "F5", "没有写明工作表"),
        ("2023Q1-r9", "封面!B2", "找不到文件"),
        ("2023Q1-999999-01", "指标数据!H5", "不是收到过的报送"),
        ("README.md", "封面!B2", "不是能读取的 .xlsx 工作簿"),
        ("2023Q1-420100-02", "指标!H5", "最接近的是“指标数据”"),
    ],
)
def test_what_cannot_be_traced_is_told_in_one_sentence(published, target, where, said):
    with pytest.raises(UserError, match=said) as refused:
        trace(published.home, target, where)
    assert "\n" not in str(refused.value) and str(refused.value).endswith(("。", "）。"))


def test_spoilt_lineage_is_refused_in_one_sentence(published, second, tmp_path):
    shutil.copyfile(second.path, tmp_path / "spoilt.xlsx")
    put(tmp_path / "spoilt.xlsx", "_lineage", {"B1": "{"})
    with pytest.raises(UserError, match="来源记录残缺"):
        trace(published.home, str(tmp_path / "spoilt.xlsx"), "总览!A5")


def test_the_command_answers_people_and_ends_clean(published, second, capsys):
    where = measured(second, "一季度", "food_batches_sampled")
    assert run(["--home", str(published.home.root), "trace", "2023Q1-r2", where]) == CLEAN
    text = capsys.readouterr().out
    assert "全省 2023Q1 食品安全抽检" in text and "填“2万批次”" in text and "与工作簿一致" in text
    assert run(["--home", str(published.home.root), "trace", str(Path("没有.xlsx")), where]) == USAGE
