"""Every rule by its cases: what is typed, and the whole list of findings that it gets.

All cases are files of two runs, one a quarter, so that each is also judged beside all the others, and beside what was
accepted before. What they get is written out in `findings.txt`: severity, rule, item, cells, value, message, remedy.
"""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from drawn import DOUBTFUL_PLAN, GONE, GOOD, Q1, Q2, Drawn, new_bench, write_plan

from duban.checking.find import CHECKS as SQL_CHECKS
from duban.checking.rules import CHECKS
from duban.messages import load_messages
from duban.registry.load import load_registry

pytestmark = pytest.mark.engine
GOLDEN = Path(__file__).parent / "findings.txt"

OWN = "在东区办理了一期监管骨干培训班，请企业里的老师傅授课，学员回去后各带三个徒弟"
NEIGHBOURS = "与税务、人社两家共建一个教学点，周末轮流开课，课件放到网上供乡镇所点播，结业前到市场实习三天"


@dataclass(frozen=True)
class Case:
    """`fires` is what breaks the rule, `near` the nearest thing that does not."""

    rule: str
    fires: dict | Drawn
    near: dict | Drawn | None = None
    quarter: object = Q1


def without(*left_out: str) -> dict:
    return {name: value for name, value in GOOD.items() if not any(word in name for word in left_out)}


def empty() -> dict:
    """A return in which nothing was begun."""
    nothing = {name: 0 for name in GOOD if name.startswith("inputs/")}
    return nothing | {"progress/1/status": "未启动", "progress/2/status": "未启动"}


def of_lead(**changes) -> Drawn:
    """A return of the office that leads all three items, with a project for each."""
    base = {f"progress/{n}/{word}": GOOD[f"progress/1/{word}"] for n in (1, 2, 3) for word in ("status", "done")}
    for row, item in ((5, 1), (6, 2), (7, 3)):
        base |= {
            f"projects/{row}/{word}": GOOD[f"projects/5/{word}"] for word in ("owner", "due_on", "progress", "status")
        }
        base |= {f"projects/{row}/item": item, f"projects/{row}/name": f"牵头{item}"}
    return Drawn(changes, reporter="B1", base=base)


def second_project(**fields) -> dict:
    row = {
        "item": 1,
        "name": "西区站",
        "owner": "李四",
        "due_on": dt.date(2023, 12, 31),
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
    # doubts of progress
    Case("not_applicable_unexplained", {"inputs/trained/value": "不适用"}, {"inputs/trained/value": 0}),
    Case(
        "not_applicable_unexplained",
        {
            "progress/2/status": "不适用",
            "progress/2/done": None,
            "inputs/trained/value": "不适用",
            "inputs/spent/value": None,
        },
        {
            "progress/2/status": "不适用",
            "progress/2/done": None,
            "progress/2/explanation": "职能已划出",
            "inputs/trained/value": "不适用",
            "inputs/spent/value": None,
        },
    ),
    Case("text_says_nothing", {"progress/2/done": " 按 计划推进。 "}, {"progress/2/done": "按计划推进两项"}),
    Case(
        "text_repeated",
        {"progress/2/done": OWN.replace("一期", "二期")},
        {"progress/2/done": OWN[:-18] + "另办了两期远程班，参加的都是乡镇所"},
        Q2,
    ),
    Case(
        "text_copied",
        {"progress/2/done": NEIGHBOURS.replace("三天", "五天")},
        {"progress/2/done": NEIGHBOURS[:24] + "市局另派三名同志驻点，按季度轮换"},
    ),
    Case("text_disagrees", {"progress/1/done": "本季建设站点 15 个"}, {"progress/1/done": "本季建设站点 12 个"}),
    Case(
        "done_below_target",
        {"progress/1/status": "已完成"},
        {"progress/1/status": "已完成", "inputs/rate.numerator/value": 9},
    ),
    Case("lead_without_project", of_lead(**{"projects/6/item": 1}), of_lead()),
    Case(
        "report_empty",
        Drawn(empty(), base=without("done", "expected_on", "projects")),
        Drawn(empty() | {"progress/1/next": "二季度启动"}, base=without("done", "expected_on", "projects")),
    ),
    # figures
    Case("figure_missing", {"inputs/trained/value": None}, {"inputs/trained/value": 0}),
    Case(
        "figure_missing", {f"inputs/{code}/value": None for code in ("stations", "rate.numerator", "trained", "spent")}
    ),
    Case("figure_jumps", {"inputs/stations/value": 145}, {"inputs/stations/value": 144}, Q2),
    Case("figure_outlies", {"inputs/trained/value": 201}, {"inputs/trained/value": 200}),
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
        {"progress/2/status": "不适用", "progress/2/done": None, "progress/2/explanation": "职能已划出"},
        {
            "progress/2/status": "不适用",
            "progress/2/explanation": "职能已划出",
            "inputs/trained/value": None,
            "inputs/spent/value": "不适用",
        },
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
    Case(
        "project_due_moved",
        {"projects/5/due_on": dt.date(2023, 12, 1)},
        {"projects/5/due_on": dt.date(2023, 12, 31)},
        Q2,
    ),
    Case("project_overdue", {"projects/5/due_on": dt.date(2023, 3, 31)}, {"projects/5/due_on": dt.date(2023, 4, 1)}),
    Case(
        "project_due_outside_year",
        {"projects/5/due_on": dt.date(2024, 1, 1)},
        {"projects/5/due_on": dt.date(2023, 12, 31)},
    ),
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
def judged(tmp_path_factory, validator):
    """The findings of every case and of every near case that nothing has settled, as text, by the case's number."""
    registry = load_registry(write_plan(tmp_path_factory.mktemp("plan"), DOUBTFUL_PLAN))
    bench = new_bench(tmp_path_factory.mktemp("rules"), registry, validator)
    closed = {"projects/5/status": "已销号", "projects/5/progress": 1, "progress/2/done": NEIGHBOURS}
    trained = {"inputs/trained/value": 10}
    others = [Drawn(trained | {"inputs/stations/value": 40}, reporter=f"A{n}") for n in (3, 4, 5)]
    others.append(Drawn(trained | closed, reporter="A2"))
    accepted = bench.load(Drawn({"progress/2/done": OWN}), *others)
    assert bench.query("SELECT accession FROM submissions WHERE verdict = 'accepted'") == [(one,) for one in accepted]
    found = {}
    for quarter in (Q1, Q2):
        files = [(n, which, getattr(case, which)) for n, case in enumerate(CASES) for which in ("fires", "near")]
        files = [file for file in files if file[2] is not None and CASES[file[0]].quarter == quarter]
        folder = bench.check(*(as_drawn(drawn) for _, _, drawn in files), quarter=quarter)
        rows = pq.read_table(folder / "findings.parquet").to_pylist()
        for place, (n, which, _) in enumerate(files):
            found[n, which] = as_text([row for row in rows if row["file"] == place and not row["settled"]])
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
