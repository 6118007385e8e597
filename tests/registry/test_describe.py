import json

import pytest

from duban.errors import RegistryError
from duban.registry.describe import describe, describe_item, describe_plan
from duban.registry.registry import Registry
from duban.registry.text import ASSUMPTIONS
from duban.registry.words import Assumption


@pytest.fixture(scope="module")
def told(registry: Registry) -> dict:
    return json.loads(json.dumps(describe(registry)))


def test_the_plan_tells_its_digest_and_when_reports_are_due(told: dict, registry: Registry):
    assert told["plan"]["digest"] == registry.digest
    assert told["plan"]["quarters"][0] == {"quarter": "2023Q1", "end": "2023-03-31", "due": "2023-04-10"}
    assert told["plan"]["baselines"] == {"annual_report_rate_2021": None}


def test_an_item_is_told_as_the_plan_names_it(told: dict):
    item = told["items"][12]
    owed_by = item.pop("owed_by")
    assert item.pop("summary")
    assert item == {
        "item": 13,
        "name": "provincial_standards",
        "chapter": 4,
        "title": "全域标准化发展",
        "lead": [],
        "support": ["标准化处", "省标质院"],
        "groups": [],
        "consolidates": "标准化处",
        "local": "all",
        "assumed": ["consolidates", "local", "deliverables", "measures", "reported_by", "schedule"],
        "measures": [
            {
                "name": "provincial_standards_issued",
                "title": "新制定省地方标准",
                "unit": "项",
                "figures": "to_date",
                "aggregate": "sum",
                "target": {"at_least": 180, "by": "2023Q4"},
                "schedule": [10, 35, 70, 100],
                "reported_by": ["标准化处"],
                "inputs": [{"code": "provincial_standards_issued", "title": "新制定省地方标准", "unit": "项"}],
            },
            {
                "name": "standard_innovators",
                "title": "入库培育的标准创新型企业",
                "unit": "家",
                "figures": "latest",
                "aggregate": "latest",
                "target": None,
                "schedule": [25, 50, 75, 100],
                "reported_by": ["省标质院"],
                "inputs": [{"code": "standard_innovators", "title": "入库培育的标准创新型企业", "unit": "家"}],
            },
        ],
        "deliverables": [{"name": "standardization_pilot", "title": "申报国家标准化创新发展试点", "due": "2023Q4"}],
    }
    assert owed_by[:3] == [
        {"reporter": "标准化处", "role": "support"},
        {"reporter": "省标质院", "role": "support"},
        {"reporter": "武汉", "role": "local"},
    ]
    assert len(owed_by) == 19


def test_a_target_by_reference_names_its_baseline_and_has_no_figure_yet(told: dict):
    rate = told["items"][21]["measures"][-1]
    assert rate["target"] == {"at_least": None, "by": "2023Q4", "baseline": "annual_report_rate_2021"}
    assert [entry["code"] for entry in rate["inputs"]] == [
        "annual_report_rate.numerator",
        "annual_report_rate.denominator",
    ]


def test_rates_are_told_as_fractions_and_groups_by_their_members(told: dict):
    shares = {measure["name"]: measure["target"]["at_least"] for measure in told["items"][21]["measures"]}
    assert shares["joint_check_share"] == 0.35
    assert told["groups"]["食品相关处室"] == {
        "members": ["食品协调处", "食品生产处", "食品流通处", "餐饮处", "食品抽检处"],
        "assumed": True,
    }
    assert told["groups"]["各处室"]["assumed"] is False


def test_people_read_an_item_in_chinese(registry: Registry):
    text = describe_item(registry, 24)
    assert text.splitlines()[:9] == [
        "第 24 项  茅箭区智慧监管试点",
        "在十堰茅箭区综合试点，用智慧手段压实各方责任。",
        "",
        "篇章  6 综合监管能力",
        "牵头  要点未写牵头",
        "汇总  食品协调处",
        f"配合  {'、'.join(registry.item(24).support)}",
        "成组  食品相关处室（5 家，成员为设定）",
        "",
    ]
    assert "  属地 1  十堰\n" in text
    assert text.endswith("要点未写明、由本方案设定：汇总单位、属地范围、成果及其时限、无目标的跟踪指标、指标由谁填报\n")


def test_people_read_rates_as_percentages(registry: Registry):
    text = describe_item(registry, 22)
    assert "目标 不低于 35%，2023年四季度末前" in text
    assert "目标 不低于基数 annual_report_rate_2021（待填），2023年四季度末前" in text
    assert "目标 不低于 230000 批次，2023年四季度末前" in describe_item(registry, 18)


@pytest.mark.parametrize("number", range(1, 40))
def test_every_item_can_be_shown(registry: Registry, number: int):
    assert describe_item(registry, number).startswith(f"第 {number} 项  {registry.item(number).title}\n")


def test_the_plan_is_shown_in_a_line_for_each_item(registry: Registry):
    lines = describe_plan(registry).splitlines()
    assert lines[1].startswith("39 项，填报单位 60 家（市州 17、处室 30、直属单位 13）")
    assert [int(line.split()[0]) for line in lines[4:]] == list(range(1, 40))
    assert lines[16] == "  13 全域标准化发展                (标准化处)                      19    2    1"


def test_an_item_that_is_none_is_refused(registry: Registry):
    with pytest.raises(RegistryError, match=r"^方案中没有第 99 项"):
        describe_item(registry, 99)


def test_every_assumption_has_its_chinese_word():
    assert set(ASSUMPTIONS) == set(Assumption.__args__)
