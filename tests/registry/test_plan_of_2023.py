"""The plan's own facts, typed here from its text and not from the files that they check."""

import dataclasses
from collections import Counter
from decimal import Decimal

import pytest

from duban.quarters import Quarter
from duban.registry.registry import Registry

LEADS = {
    1: "机关党委", 2: "机关党委", 3: "机关纪委", 4: "", 5: "注册处",
    6: "注册处", 7: "注册处", 8: "", 9: "", 10: "",
    11: "消保处", 12: "质量发展处", 13: "", 14: "计量处", 15: "认检处",
    16: "质量发展处 计量处 认检处", 17: "食品协调处", 18: "食品协调处", 19: "", 20: "",
    21: "法规处", 22: "信用处", 23: "科信处", 24: "", 25: "科信处",
    26: "反垄断处", 27: "价监竞争处", 28: "网监合同处", 29: "", 30: "",
    31: "价监竞争处", 32: "办公室", 33: "办公室 省标质院", 34: "宣传处", 35: "财务处",
    36: "督审处", 37: "人事处", 38: "工会", 39: "离退休处",
}  # fmt: skip

SUPPORT = {
    4: "办公室 人事处 机关党委 机关纪委 督审处",
    7: "科信处 信息中心",
    8: "质量发展处 质量监督处",
    9: "标准化处 认检处 省纤检局 省计量院 省标质院",
    10: "质量发展处 广告处",
    11: "质量发展处 质量监督处 科信处 信息中心 12315指挥中心 省消保中心",
    13: "标准化处 省标质院",
    17: "食品生产处 食品流通处 餐饮处 食品抽检处 食品稽查局 省食检院",
    18: "食品生产处 食品流通处 餐饮处 食品抽检处 科信处 信息中心 食品稽查局 省食检院",
    19: "特设处 科信处 信息中心 湖北特检院",
    20: "质量监督处 科信处 省纤检局 信息中心",
    22: "科信处 信息中心",
    23: "稽查处 网监合同处 标准化处 省标质院 信息中心",
    24: "特设处 质量监督处 消保处 科信处 信息中心",
    25: "培训中心 省纤检局 省质检院 省计量院 湖北特检院 省标质院 省电子院 省食检院",
    29: "稽查处 反垄断处 质量监督处 计量处 标准化处 认检处",
    30: "稽查处 网监合同处 广告处 食品稽查局",
    37: "市场监管干校 培训中心",
}

CONSOLIDATES = {
    4: "办公室", 8: "质量发展处", 9: "标准化处", 10: "质量发展处", 13: "标准化处",
    19: "特设处", 20: "质量监督处", 24: "食品协调处", 29: "稽查处", 30: "稽查处",
}  # fmt: skip

TARGETS = {
    (5, "market_party_coverage"): "1",
    (7, "single_licence_industries"): "25",
    (10, "premium_brands_certified"): "100",
    (13, "provincial_standards_issued"): "180",
    (18, "food_batches_sampled"): "230000",
    (18, "substandard_food_disposed"): "1",
    (18, "quick_tests"): "10",
    (18, "dairy_varieties_sampled"): "1",
    (18, "infant_formula_varieties_sampled"): "1",
    (18, "health_food_varieties_sampled"): "1",
    (19, "lift_platform_coverage"): "1",
    (22, "joint_check_share"): "0.35",
    (22, "check_matter_coverage"): "0.9",
    (22, "credit_modules_built"): "7",
    (22, "penalties_published"): "1",
    (22, "annual_report_rate"): None,  # last year's average, until the data team fills it in
    (35, "transfer_payment_checks"): "1",
    (37, "online_training_coverage"): "1",
}

PLACES = {
    15: "420100 420600 420500",
    24: "420300",
    29: "420100 420600 420500 421000 420800",
}


def test_the_plan_has_39_items_in_8_chapters(registry: Registry):
    assert [item.item for item in registry.items] == list(range(1, 40))
    chapters = Counter(item.chapter for item in registry.items)
    assert [chapters[number] for number in registry.plan.chapters] == [5, 3, 3, 5, 4, 5, 6, 8]


def test_60_reporters_owe_reports(registry: Registry):
    kinds = Counter(reporter.kind for reporter in registry.reporters)
    assert kinds == {"prefecture": 17, "department": 30, "institution": 13}
    assert [r.code for r in registry.reporters[17:20]] == ["CS01", "CS02", "CS03"]
    assert registry.reporters[-1].code == "ZS13"


def test_prefectures_carry_their_populations(registry: Registry):
    people = {r.name: r.population for r in registry.reporters if r.population is not None}
    assert len(people) == 17
    assert sum(people.values()) == 57_752_557
    assert (people["武汉"], people["恩施州"], people["神农架林区"]) == (12_326_518, 3_456_136, 66_571)


@pytest.mark.parametrize("number", LEADS)
def test_leads_supports_and_consolidators_are_the_plans(registry: Registry, number: int):
    item = registry.item(number)
    assert " ".join(item.lead) == LEADS[number]
    assert " ".join(item.support) == SUPPORT.get(number, "")
    assert item.consolidates == CONSOLIDATES.get(number)


def test_all_offices_and_institutions_support_five_items(registry: Registry):
    assert len(registry.members("各处室")) == 30 and len(registry.members("各直属事业单位")) == 13
    everyone = [item.item for item in registry.items if {"各处室", "各直属事业单位"} <= set(item.groups)]
    assert everyone == [2, 3, 21, 32, 33]


def test_every_group_is_used_and_only_the_two_of_a_kind_are_not_assumed(registry: Registry):
    used = {group for item in registry.items for group in item.groups}
    assert used == set(registry.groups)
    assert {name for name, group in registry.groups.items() if not group.assumed} == {"各处室", "各直属事业单位"}


def test_targets_are_the_plans_and_none_is_invented(registry: Registry):
    found = {
        (item.item, name): registry.target_figure(measure)
        for name, (item, measure) in registry.measures.items()
        if measure.target
    }
    assert found == {key: figure and Decimal(figure) for key, figure in TARGETS.items()}


def test_what_must_hold_all_year_is_due_in_full_from_the_first_quarter(registry: Registry):
    always = {name for name, (_, m) in registry.measures.items() if registry.schedule_of(m) == (100, 100, 100, 100)}
    assert always == {"substandard_food_disposed", "joint_check_share", "penalties_published"}


def test_sampling_is_shared_by_population_and_adds_up(registry: Registry):
    shares = {code: share for (code, measure), share in registry.shares.items() if measure == "food_batches_sampled"}
    assert len(shares) == 17 and sum(shares.values()) == 230_000
    people = sum(r.population or 0 for r in registry.reporters)
    for code, share in shares.items():
        assert abs(share - Decimal(230_000) * registry.by_code[code].population / people) < 1


def test_quick_tests_are_judged_by_each_prefectures_population(registry: Registry):
    denominator = registry.measures["quick_tests"][1].denominator
    assert (denominator.reference, denominator.per) == ("population", 1000)
    assert [code for code in registry.inputs if code.startswith("quick_tests")] == ["quick_tests.numerator"]
    assert registry.target_of("429021", "quick_tests") == 10


def test_prefectures_owe_the_items_of_the_whole_province_and_those_that_name_them(registry: Registry):
    named = {item.item: " ".join(item.local) for item in registry.items if not isinstance(item.local, str)}
    assert named == PLACES
    assert 18 <= sum(item.local == "all" for item in registry.items) <= 24
    assert [item.item for item, _ in registry.owed_items["420300"] if item.item in PLACES] == [24]


def test_nobody_owes_nothing_and_nobody_owes_too_much(registry: Registry):
    for reporter in registry.reporters:
        assert 5 <= len(registry.owed_items[reporter.code]) <= 25, reporter.name
        assert len(registry.owed_inputs[reporter.code]) <= 42, reporter.name


def test_what_the_plan_leaves_open_is_marked(registry: Registry):
    for item in registry.items:
        decided = {"local": True, "consolidates": item.consolidates, "deliverables": item.deliverables}
        decided["measures"] = any(measure.target is None for measure in item.measures.values())
        decided["schedule"] = any(measure.schedule for measure in item.measures.values())
        assert {word for word, here in decided.items() if here} <= set(item.assumed), item.item


def test_cumulative_inputs_never_fall_and_parts_stay_below_wholes(registry: Registry):
    for item in registry.items:
        rising = {check.never_falls for check in item.checks if check.never_falls}
        inputs = [entry for entry in registry.inputs.values() if entry.item == item.item]
        assert rising == {entry.code for entry in inputs if entry.figures == "to_date"}, item.item
        below = {check.not_above for check in item.checks if check.not_above}
        codes = {entry.code for entry in inputs}
        pairs = {(f"{name}.numerator", f"{name}.denominator") for name in item.measures}
        assert {pair for pair in pairs if set(pair) <= codes} <= below, item.item


@pytest.mark.parametrize(
    ("quarter", "due"),
    [("2023Q1", "2023-04-10"), ("2023Q2", "2023-07-10"), ("2023Q3", "2023-10-10"), ("2023Q4", "2024-01-10")],
)
def test_reports_are_due_on_the_tenth_always_a_day_worked_this_year(registry: Registry, quarter: str, due: str):
    assert registry.due(Quarter.parse(quarter)).isoformat() == due


@pytest.mark.parametrize(
    ("quarter", "day", "due"),
    [
        ("2021Q1", 10, "2021-04-12"),  # a Saturday: the Monday after
        ("2023Q1", 5, "2023-04-06"),  # Qingming, a Wednesday
        ("2023Q3", 6, "2023-10-07"),  # the National Day holiday; the Saturday after is worked
        ("2020Q3", 10, "2020-10-10"),  # a Saturday that was worked stays
    ],
)
def test_a_due_date_on_a_day_off_moves_to_the_next_day_worked(quarter: str, day: int, due: str):
    assert Quarter.parse(quarter).due(day).isoformat() == due


def test_a_written_due_date_goes_before_the_calendar(registry: Registry):
    plan = registry.plan.model_copy(update={"due": {"2023Q1": "2023-04-14"}})
    moved = dataclasses.replace(registry, plan=plan)
    assert moved.due(Quarter(2023, 1)).isoformat() == "2023-04-14"
    assert moved.due(Quarter(2023, 2)).isoformat() == "2023-07-10"
