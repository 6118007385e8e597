"""Every rule by its cases: what is typed, and the whole list of findings that it gets.

All cases are files of two runs, one a quarter, so that each is also judged beside all the others. What they get is
written out in `findings.txt`: severity, rule, item, cells, value, message, remedy.
"""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from drawn import GONE, Q1, Q2, Drawn, new_bench

from duban.checking.find import CHECKS as SQL_CHECKS
from duban.checking.rules import CHECKS
from duban.messages import load_messages

pytestmark = pytest.mark.engine
GOLDEN = Path(__file__).parent / "findings.txt"


@dataclass(frozen=True)
class Case:
    """`fires` is what breaks the rule, `near` the nearest thing that does not."""

    rule: str
    fires: dict | Drawn
    near: dict | Drawn | None = None
    quarter: object = Q1


def second_project(**fields) -> dict:
    row = {
        "item": 1,
        "name": "西区站",
        "owner": "李四",
        "due_on": dt.date(2023, 6, 30),
        "progress": 0,
        "status": "未启动",
    }
    return {f"projects/9/{name}": value for name, value in (row | fields).items()}


def by_reading(rule: str, **fields) -> Case:
    """A fault that reading found: it is worded, and nothing else is made of it. There is no near case here."""
    file_is_lost = load_messages()[rule].scope == "file" and rule != "macros_present"
    unstamped = rule in ("no_stamp", "bad_token")
    drawn = Drawn(faults=[{"rule": rule, **fields}], readable=not file_is_lost, token_ok=not unstamped, folder="A1")
    return Case(rule, drawn)


CASES = [
    # who sent it
    Case("wrong_plan", Drawn(stamp={"plan": "small-2022"}), {}),
    Case("wrong_quarter", Drawn(stamp={"quarter": "2022Q4"}), {}),
    Case("wrong_reporter", Drawn(reporter="A2", folder="A1"), Drawn(folder="A1")),
    Case("stale_template", Drawn(stamp={"registry": "0" * 64}), {}),
    # rows
    Case("row_missing", {"progress/2/status": GONE}, {"progress/2/problems": None}),
    Case("row_missing", {"inputs/trained/value": GONE, "inputs/spent/value": GONE}),
    Case("row_not_owed", {"progress/3/status": "推进中", "progress/3/done": "开会"}, {"progress/3/status": None}),
    # progress
    Case("status_missing", {"progress/1/status": None}, {"progress/2/status": "未启动", "progress/2/done": None}),
    Case("status_missing", {"progress/1/status": None, "progress/2/status": None}),
    Case("status_unknown", {"progress/1/status": "差不多"}, {"progress/1/status": "推进中"}),
    Case("progress_missing", {"progress/2/done": None}, {"progress/2/done": None, "progress/2/status": "未启动"}),
    Case(
        "done_without_date",
        {"progress/2/status": "已完成"},
        {"progress/2/status": "已完成", "progress/2/expected_on": dt.date(2023, 3, 1)},
    ),
    Case("not_started_with_progress", {"progress/1/status": "未启动"}, {"progress/1/status": "?未启动吧"}),
    Case(
        "date_outside_year",
        {"progress/1/expected_on": dt.date(2032, 9, 30)},
        {"progress/1/expected_on": dt.date(2023, 12, 31)},
    ),
    # figures
    Case("figure_missing", {"inputs/trained/value": None}, {"inputs/trained/value": "不适用"}),
    Case(
        "figure_missing", {f"inputs/{code}/value": None for code in ("stations", "rate.numerator", "trained", "spent")}
    ),
    Case("figure_below_minimum", {"inputs/stations/value": -1}, {"inputs/stations/value": 0}),
    Case("figure_above_maximum", {"inputs/stations/value": 501}, {"inputs/stations/value": 500}),
    Case("figure_too_precise", {"inputs/spent/value": "1.555"}, {"inputs/spent/value": "1.55"}),
    Case("part_above_whole", {"inputs/rate.numerator/value": 11}, {"inputs/rate.numerator/value": 10}),
    Case("figure_falls", {"inputs/stations/value": 11}, {"inputs/stations/value": 12}, Q2),
    Case(
        "figure_falls",
        {"inputs/rate.denominator/value": 9},
        {"inputs/rate.denominator/value": 9, "inputs/rate.denominator/explanation": "上季多计一家"},
        Q2,
    ),
    Case(
        "not_applicable_with_figures",
        {"progress/2/status": "不适用", "progress/2/done": None},
        {"progress/2/status": "不适用", "inputs/trained/value": None, "inputs/spent/value": "不适用"},
    ),
    # projects
    Case("project_item_missing", {"projects/5/item": None}, {}),
    Case("project_name_missing", {"projects/5/name": None}, {}),
    Case("project_owner_missing", {"projects/5/owner": None}, {}),
    Case("project_due_missing", {"projects/5/due_on": None}, {"projects/5/due_on": "?年底"}),
    Case("project_progress_missing", {"projects/5/progress": None}, {"projects/5/progress": 0}),
    Case("project_status_missing", {"projects/5/status": None}, {}),
    Case("project_item_not_owed", {"projects/5/item": 3}, {"projects/5/item": 2}),
    Case("project_progress_out_of_range", {"projects/5/progress": "1.2"}, {"projects/5/progress": 1}),
    Case("project_progress_out_of_range", {"projects/5/progress": "-0.1", "projects/5/status": "已完成"}),
    Case(
        "project_finished_incomplete",
        {"projects/5/status": "已销号", "projects/5/progress": "0.9"},
        {"projects/5/status": "已销号", "projects/5/progress": 1},
    ),
    Case("project_code_unknown", {"projects/5/code": "A1-01-09"}, {"projects/5/code": None}),
    Case("project_code_unknown", {"projects/5/code": "A2-01-01"}, {"projects/5/code": "A1-01-01"}, Q2),
    Case("project_vanished", {"projects/5/name": GONE}, {"projects/5/code": None}, Q2),
    Case("project_vanished", {"projects/5/name": "东区新站"}, Drawn({"projects/5/name": GONE}, reporter="A2"), Q2),
    Case("project_progress_falls", {"projects/5/progress": "0.3"}, {"projects/5/progress": "0.35"}, Q2),
    Case("project_repeated", second_project(name="东区站"), second_project()),
    Case("project_repeated", second_project(name="东区站", code="A1-01-01", progress=1), None, Q2),
    # found by reading
    by_reading("empty_file"),
    by_reading("not_a_workbook", value="网页"),
    by_reading("encrypted"),
    by_reading("damaged"),
    by_reading("old_format", value=".xls 工作簿"),
    by_reading("too_large", value="文件 30 MB", details={"limit": "20 MB"}),
    by_reading("reader_failed"),
    by_reading("no_stamp"),
    by_reading("bad_token"),
    by_reading("sheet_missing", tab="inputs", sheet="指标数据"),
    by_reading("column_missing", tab="progress", sheet="工作进展", field="status", value="进展状态"),
    by_reading("row_repeated", tab="inputs", sheet="指标数据", key="trained", item=2, field="code", address="B12"),
    by_reading("row_unknown", tab="progress", sheet="工作进展", key="77", field="item", address="A9", value="77"),
    by_reading(
        "error_cell", tab="inputs", sheet="指标数据", key="spent", item=2, field="value", address="H9", value="#REF!"
    ),
    by_reading(
        "formula_without_value", tab="inputs", sheet="指标数据", key="spent", item=2, field="value", address="H9"
    ),
    by_reading(
        "figure_unreadable",
        tab="inputs",
        sheet="指标数据",
        key="spent",
        item=2,
        field="value",
        address="H9",
        value="若干",
    ),
    by_reading(
        "date_unreadable",
        tab="progress",
        sheet="工作进展",
        key="1",
        item=1,
        field="expected_on",
        address="H5",
        value="尽快",
        details={"example": "2023年12月31日"},
    ),
    by_reading(
        "percent_unreadable",
        tab="projects",
        sheet="项目清单",
        key="5",
        item=1,
        field="progress",
        address="F5",
        value="半",
    ),
    by_reading(
        "item_unreadable", tab="projects", sheet="项目清单", key="5", field="item", address="A5", value="第一项等"
    ),
    by_reading(
        "cleaned",
        tab="inputs",
        sheet="指标数据",
        key="stations",
        item=1,
        field="value",
        address="H5",
        value="12个",
        details={"typed": "12个", "cleaned": "12"},
    ),
    by_reading("outside_cell", tab="progress", sheet="工作进展", address="K3", value="请领导审阅"),
    by_reading("macros_present"),
]


def as_drawn(case: dict | Drawn) -> Drawn:
    return case if isinstance(case, Drawn) else Drawn(case)


def as_text(rows: list[dict]) -> str:
    return "\n".join(
        f"{row['severity']} {row['rule']} {row['item'] or '-'} {row['sheet'] or '-'}!{','.join(row['cells']) or '-'} "
        f"[{row['value']}]\n  {row['message']}\n  {row['remedy']}"
        for row in rows
    )


@pytest.fixture(scope="module")
def judged(tmp_path_factory, registry, validator):
    """The findings of every case and of every near case, as text, by the case's number."""
    bench = new_bench(tmp_path_factory.mktemp("rules"), registry, validator)
    closed = {"projects/5/status": "已销号", "projects/5/progress": 1}
    assert bench.load(Drawn(), Drawn(closed, reporter="A2")) == ["2023Q1-A1-01", "2023Q1-A2-01"]
    found = {}
    for quarter in (Q1, Q2):
        files = [(n, which, getattr(case, which)) for n, case in enumerate(CASES) for which in ("fires", "near")]
        files = [file for file in files if file[2] is not None and CASES[file[0]].quarter == quarter]
        folder = bench.check(*(as_drawn(drawn) for _, _, drawn in files), quarter=quarter)
        rows = pq.read_table(folder / "findings.parquet").to_pylist()
        for place, (n, which, _) in enumerate(files):
            found[n, which] = as_text([row for row in rows if row["file"] == place])
    return found


def golden() -> list[tuple[str, str]]:
    """(rule, findings) of each case, as the file of them has it."""
    blocks = re.split(r"^## (\w+)\n", GOLDEN.read_text(encoding="utf-8"), flags=re.M)[1:]
    return [(rule, text.strip()) for rule, text in zip(blocks[::2], blocks[1::2], strict=True)]


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{n}-{CASES[n].rule}")
def test_a_rule_fires_with_exactly_these_findings(judged, number):
    assert (CASES[number].rule, judged[number, "fires"]) == golden()[number]
    assert f" {CASES[number].rule} " in judged[number, "fires"]


@pytest.mark.parametrize("number", [n for n, case in enumerate(CASES) if case.near is not None])
def test_the_nearest_good_return_gets_no_finding_of_the_rule(judged, number):
    assert judged[number, "near"] == ""


def test_every_rule_of_checking_has_a_case_that_fires_and_one_that_does_not():
    stamp = {"wrong_plan", "wrong_quarter", "wrong_reporter", "stale_template"}
    checking = {rule for kinds in CHECKS.values() for rule in kinds.values()} | set(SQL_CHECKS) | stamp
    assert {case.rule for case in CASES if case.near is not None} == checking
    assert {case.rule for case in CASES} == set(load_messages())
