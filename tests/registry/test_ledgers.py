"""The data team's ledgers: what they may say, and what is refused, in one sentence each."""

import datetime as dt

import pytest

from duban.errors import RegistryError
from duban.quarters import Quarter
from duban.registry.ledgers import load_ledgers
from duban.registry.load import load_registry
from duban.settings import SCHEMAS

Q1 = Quarter(2023, 1)
GRANTED = 'reason: 网络检修, approved_by: 督审处, approved_on: "2023-04-07"'
EXTENSION = f'{{quarter: 2023Q1, reporters: [十堰, 标准化处], due: "2023-04-14", {GRANTED}}}'
WAIVER = f'{{rule: figure_falls, reporter: 十堰, item: 18, {GRANTED}, expires: "2023-06-30"}}'
CORRECTION = f"{{quarter: 2023Q1, reporter: 十堰, input: food_batches_sampled, old: 100, new: 120, {GRANTED}}}"


@pytest.fixture(scope="module")
def registry():
    return load_registry(SCHEMAS / "2023")


@pytest.fixture
def ledgers(registry, tmp_path):
    def load(**records: str):
        for name, text in records.items():
            (tmp_path / f"{name}.yaml").write_text(f"- {text}\n", encoding="utf-8")
        return load_ledgers(tmp_path, registry)

    return load


def test_no_ledger_grants_nothing(ledgers, registry):
    found = ledgers()
    assert (found.dues(registry, Q1, dt.date(2023, 4, 8)), found.waivers, found.corrections) == ({}, (), ())


def test_the_ledgers_of_2023_can_be_read(registry):
    found = load_ledgers(SCHEMAS / "2023", registry)
    assert (found.extensions, found.waivers, found.corrections) == ((), (), ())


def test_an_extension_holds_from_its_approval_on(ledgers, registry):
    found = ledgers(extensions=EXTENSION)
    assert found.dues(registry, Q1, dt.date(2023, 4, 6)) == {}
    due = dt.date(2023, 4, 14)
    codes = {registry.by_name[name].code for name in ("十堰", "标准化处")}
    assert found.dues(registry, Q1, dt.date(2023, 4, 7)) == dict.fromkeys(sorted(codes), due)
    assert found.dues(registry, Quarter(2023, 2), dt.date(2023, 7, 7)) == {}


def test_a_waiver_holds_until_it_expires(ledgers, registry):
    found = ledgers(waivers=WAIVER)
    held = [
        [record["rule"] for record in found.waivers_on(registry, Q1, day)]
        for day in (dt.date(2023, 4, 6), dt.date(2023, 4, 7), dt.date(2023, 6, 30), dt.date(2023, 7, 1))
    ]
    assert held == [[], ["figure_falls"], ["figure_falls"], []]


@pytest.mark.parametrize(
    ("ledger", "old", "new", "said"),
    [
        ("extensions", "十堰", "十偃", "第1条.reporters"),
        ("extensions", "2023-04-14", "2023-04-10", "不成延期"),
        ("extensions", "due:", "dues:", "dues"),
        ("extensions", "2023Q1", "2022Q1", "quarter"),
        ("waivers", "figure_falls", "figure_fall", "figure_falls"),
        ("waivers", "figure_falls", "sheet_missing", "结构问题未解决就读不出数据"),
        ("waivers", "figure_falls", "cleaned", "提示不影响受理"),
        ("waivers", "item: 18", "item: 24, input: food_batches_sampled", "属于第 18 项"),
        ("waivers", ', expires: "2023-06-30"', "", "expires"),
        ("waivers", "2023-06-30", "2023-04-01", "晚于 expires"),
        ("corrections", "new: 120", "new: 100", "没有改动"),
        ("corrections", "food_batches_sampled", "food_batches", "input"),
        ("corrections", "十堰", "标准化处", "不由“标准化处”填报"),
        ("corrections", "old: 100", "old: 大约100", "old"),
        ("corrections", "input: food_batches_sampled", "item: 18", "取一"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_with_its_place(ledgers, ledger, old, new, said):
    record = {"extensions": EXTENSION, "waivers": WAIVER, "corrections": CORRECTION}[ledger]
    assert old in record
    with pytest.raises(RegistryError) as refused:
        ledgers(**{ledger: record.replace(old, new)})
    assert str(refused.value).startswith(f"{ledger}.yaml：") and said in str(refused.value)


def test_two_corrections_of_one_cell_are_refused(ledgers):
    with pytest.raises(RegistryError, match="第2条与第1条改的是同一处"):
        ledgers(corrections=f"{CORRECTION}\n- {CORRECTION.replace('120', '130')}")
