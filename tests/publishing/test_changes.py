"""What changed and why: the effects add up to the difference, and each cause is the right one."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.publishing.changes import CORRECTED, GONE, NEW, NEXT, PLAN, RESENT, RULES, Part, Steps, effects, province
from duban.publishing.publish import publish
from duban.quarters import Quarter
from duban.registry.ledgers import ledgers_of

WORDS = ("aggregate", "figures", "unit", "reference", "per")
FIGURES = st.decimals(0, 1000, places=2)
RULE = st.fixed_dictionaries(
    {
        "aggregate": st.sampled_from(["sum", "ratio", "max", "latest"]),
        "figures": st.sampled_from(["to_date", "in_quarter", "latest"]),
        "unit": st.sampled_from(["项", "次"]),
        "reference": st.none(),
        "per": st.just(1),
    }
)


def parts_of(number):
    """What a reporter says; no two of them say it at the same moment."""
    moments = st.integers(0, 5).map(lambda moment: 10 * moment + number)
    return st.builds(Part, FIGURES, st.decimals(1, 1000, places=2), moments)


def other(draw, part, parts):
    """The same, another one, or none."""
    return draw(st.one_of(st.just(part), st.just(part), parts, st.none()))


@st.composite
def all_steps(draw, later, figures):
    found = []
    for number in range(draw(st.integers(0, 4))):
        owed_then, owed_now = draw(st.sampled_from([(True, True)] * 4 + [(True, False), (False, True)]))
        parts = parts_of(number)
        published = draw(st.one_of(st.none(), parts)) if owed_then else None
        ruled = other(draw, published, parts) if owed_now and published else None
        typed = other(draw, ruled, parts) if ruled else None
        between = other(draw, typed, parts) if later and owed_now and owed_then else None
        now_typed = other(draw, between if later and figures == "in_quarter" else typed, parts) if owed_now else None
        now = other(draw, now_typed, parts) if owed_now else None
        sent = "then" if published or typed or between else draw(st.sampled_from(["", "then"]))
        found.append(
            Steps(
                reporter=f"r{number}",
                name=f"r{number}",
                later=later,
                owed_then=owed_then,
                owed_now=owed_now,
                published=published,
                ruled=ruled,
                typed=typed,
                between=between,
                now_typed=now_typed,
                now=now,
                sent_then=sent,
                sent_now="now",
            )
        )
    return found


@st.composite
def cases(draw):
    then, later = draw(RULE), draw(st.booleans())
    now = draw(st.one_of(st.just(then), RULE))
    definition = {f"{word}_{when}": rule[word] for when, rule in (("then", then), ("now", now)) for word in WORDS}
    return definition | {"then": True, "now": True}, draw(all_steps(later, now["figures"]))


def moved(steps, figures):
    """The causes that a reporter's own steps can have had."""
    if not (steps.owed_then and steps.owed_now):
        return {PLAN}
    found = {CORRECTED} if (steps.ruled, steps.now_typed) != (steps.typed, steps.now) else set()
    chain = [steps.typed, steps.between, steps.now_typed]
    if not steps.later or figures != "in_quarter":
        del chain[1]
    for place, (before, after) in enumerate(pairwise(chain)):
        if before == after:
            continue
        last = place == len(chain) - 2
        if after is None:
            found.add(GONE)
        elif before is None and not steps.sent_then:
            found.add(NEW)
        else:
            found.add(NEXT if steps.later and last else RESENT)
    return found


@settings(max_examples=200, deadline=None)
@given(cases())
def test_effects_add_up_to_the_difference_and_each_has_a_cause_that_was_there(case):
    definition, steps = case
    then, now, found = effects(definition, steps)
    assert then == province(definition["aggregate_then"], [s.published for s in steps if s.published])
    assert now == province(definition["aggregate_now"], [s.now for s in steps if s.now and s.owed_now])
    assert sum((one.effect for one in found), Decimal(0)) == (now or 0) - (then or 0)
    of = {one.reporter: one for one in steps}
    for one in found:
        if one.reporter == "":
            assert one.cause == RULES
        else:
            assert one.cause in moved(of[one.reporter], definition["figures_now"])
    assert max(Counter((one.reporter, one.cause) for one in found).values(), default=1) == 1


@settings(max_examples=100, deadline=None)
@given(cases())
def test_in_a_sum_every_reporters_causes_add_up_to_its_own_difference(case):
    definition, steps = case
    definition |= {"aggregate_then": "sum", "aggregate_now": "sum"}
    _, _, found = effects(definition, steps)
    if not found:
        return
    for one in steps:
        first = one.ruled if one.owed_then and one.owed_now else one.published
        own = sum((effect.effect for effect in found if effect.reporter == one.reporter), Decimal(0))
        assert own == (one.now.numerator if one.now else 0) - (first.numerator if first else 0)


# from what was received to the causes --------------------------------------------------------------------------------

GRANTED = 'reason: 多写一个零, approved_by: 督审处, approved_on: "2023-04-06"'


def corrections(office, reporter, old, new, quarter="2023Q1", measure="batches"):
    record = f"- {{quarter: {quarter}, reporter: {reporter}, input: {measure}, old: {old}, new: {new}, {GRANTED}}}\n"
    return ledgers_of({"corrections.yaml": record}, office.registry)


def told(connection, office, measure="batches"):
    """(comparison, figure then, figure now, [(reporter, cause, effect)]) of a measure's changes."""
    changes = [one for one in office.gathered(connection).changes if one.measure == measure]
    found = {}
    for one in changes:
        key = (one.comparison, one.base_value, one.now_value)
        found.setdefault(key, []).append((one.cause.name, one.cause.cause, one.cause.effect))
    return [(*key, causes) for key, causes in found.items()]


@pytest.fixture
def first(filled_office):
    """武汉 100, 黄石 50, and nothing of 十堰; issued."""
    assert filled_office.issue("2023Q1", "2023-04-12T09:00:00") == "2023Q1-r1"
    return filled_office


def test_a_new_report_and_a_reporters_own_correction_are_told_apart(first):
    first.submit("2023Q1", "420300", {"batches": 70}, received="2023-04-13T10:00:00")
    first.submit("2023Q1", "420200", {"batches": 40}, received="2023-04-13T11:00:00", supersedes="2023Q1-420200-01")
    with first.staged("2023Q1", "2023-04-14T09:00:00") as connection:
        assert told(connection, first) == [("base", 150, 210, [("黄石", RESENT, -10), ("十堰", NEW, 70)])]
        assert told(connection, first, "disposed") == [
            ("base", Decimal("0.866666"), Decimal("0.8"), [("黄石", GONE, Decimal("-0.066666"))])
        ]


def test_a_figure_that_is_no_longer_given_is_told(first):
    first.submit("2023Q1", "420200", {"batches": None}, received="2023-04-13T11:00:00", supersedes="2023Q1-420200-01")
    with first.staged("2023Q1", "2023-04-14T09:00:00") as connection:
        assert told(connection, first) == [("base", 150, 100, [("黄石", GONE, -50)])]


def test_a_declared_correction_is_told_when_it_is_made_changed_and_withdrawn(first):
    steps = [
        (corrections(first, "武汉", 100, 300), 150, 350, 200),
        (corrections(first, "武汉", 100, 200), 350, 250, -100),
        (ledgers_of({}, first.registry), 250, 150, -100),
    ]
    for day, (ledgers, then, now, effect) in enumerate(steps, start=13):
        moment = f"2023-04-{day}T09:00:00"
        with first.staged("2023Q1", moment, ledgers) as connection:
            assert told(connection, first) == [("base", then, now, [("武汉", CORRECTED, effect)])]
        first.issue("2023Q1", moment, ledgers)


def test_a_correction_that_retires_while_the_reporter_corrects_more_is_told_apart_from_it(first):
    ledgers = corrections(first, "武汉", 100, 300)
    first.issue("2023Q1", "2023-04-13T09:00:00", ledgers)
    first.submit(
        "2023Q1", "420100", {"batches": 300, "disposed.numerator": 9, "disposed.denominator": 10},
        received="2023-04-14T10:00:00", supersedes="2023Q1-420100-01",
    )  # fmt: skip
    with first.staged("2023Q1", "2023-04-15T09:00:00", ledgers) as connection:
        assert told(connection, first) == []  # 300 then and now
        assert [one[3] for one in told(connection, first, "disposed")] == [[("武汉", RESENT, Decimal("0.066667"))]]


def test_the_next_quarter_is_compared_with_the_last_one_and_its_own_revisions_with_it_too(first):
    first.submit("2023Q2", "420100", {"batches": 320}, received="2023-07-05T10:00:00")
    first.submit("2023Q2", "420300", {"batches": 80}, received="2023-07-05T10:00:00")
    with first.staged("2023Q2", "2023-07-12T09:00:00") as connection:
        assert told(connection, first) == [
            ("before", 150, 400, [("武汉", NEXT, 220), ("黄石", GONE, -50), ("十堰", NEW, 80)])
        ]
    first.issue("2023Q2", "2023-07-12T09:00:00")
    first.submit("2023Q2", "420200", {"batches": 90}, received="2023-07-20T10:00:00")
    with first.staged("2023Q2", "2023-07-21T09:00:00") as connection:
        assert told(connection, first) == [
            ("base", 400, 490, [("黄石", NEW, 90)]),
            ("before", 150, 490, [("武汉", NEXT, 220), ("黄石", NEXT, 40), ("十堰", NEW, 80)]),
        ]


def test_figures_of_single_quarters_tell_what_was_corrected_of_the_last_one_apart_from_the_new(first):
    first.submit("2023Q1", "D01", {"visits": 10}, received="2023-05-05T10:00:00", supersedes="2023Q1-D01-01")
    first.submit("2023Q2", "D01", {"visits": 9}, received="2023-07-05T10:00:00")
    with first.staged("2023Q2", "2023-07-12T09:00:00") as connection:
        assert told(connection, first, "visits") == [("before", 12, 19, [("食品处", RESENT, -2), ("食品处", NEXT, 9)])]


def test_a_changed_rule_is_told_before_what_reporters_did_under_it(first, changed_plan):
    changed = changed_plan(
        **{
            "01_food": (
                "    aggregate: sum\n    target: {at_least: 1000",
                "    aggregate: max\n    target: {at_least: 1000",
            )
        }
    )
    first.reopen("2023Q1", changed, "2023-04-13T09:00:00")
    first.submit("2023Q1", "420300", {"batches": 170}, received="2023-04-13T10:00:00")
    with first.staged("2023Q1", "2023-04-14T09:00:00") as connection:
        assert told(connection, first) == [("base", 150, 170, [("", RULES, -50), ("十堰", NEW, 70)])]
        [note] = {one.cause.note for one in first.gathered(connection).changes if one.cause.cause == RULES}
        assert note == "汇总方式有变"


def test_reporters_that_no_longer_owe_and_those_that_newly_owe_are_told_as_the_plans(first, changed_plan):
    changed = changed_plan(
        **{"01_food": ("local: all", 'local: ["420100", "420300"]')}
        | {
            "targets": (
                "武汉,batches,600\n黄石,batches,200\n十堰,batches,200\n",
                "武汉,batches,700\n十堰,batches,300\n",
            )
        }
    )
    first.reopen("2023Q1", changed, "2023-04-13T09:00:00")
    with first.staged("2023Q1", "2023-04-14T09:00:00") as connection:
        assert told(connection, first) == [("base", 150, 100, [("黄石", PLAN, -50)])]
        moved_targets = [
            (row.title, row.reporter, row.target_then, row.target_now)
            for row in first.gathered(connection).changed_targets
        ]
    assert moved_targets == [
        ("抽检批次", "武汉", 600, 700),
        ("抽检批次", "黄石", 200, None),
        ("抽检批次", "十堰", 200, 300),
        ("处置率", "黄石", Decimal("0.9"), None),
    ]
    first.issue("2023Q1", "2023-04-14T09:00:00")
    first.submit("2023Q1", "420200", {"batches": 55}, received="2023-04-15T09:00:00", supersedes="2023Q1-420200-01")
    first.reopen("2023Q1", changed_plan(), "2023-04-15T09:00:00")
    with first.staged("2023Q1", "2023-04-16T09:00:00") as connection:
        assert told(connection, first) == [("base", 100, 155, [("黄石", PLAN, 55)])]


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_targets_dates_and_lights_that_a_changed_plan_moved_stand_in_the_sheet_with_their_causes(
    first, changed_plan, now
):
    text = "at_least: 20, by: 2023Q4}\n    schedule: [10, 50, 80, 100]"
    changed = changed_plan(**{"02_standards": (text, "at_least: 30, by: 2023Q3}\n    schedule: [20, 50, 80, 100]")})
    first.reopen("2023Q1", changed, "2023-04-13T09:00:00")
    published = publish(first.home, changed, Quarter.parse("2023Q1"), now + dt.timedelta(days=2))
    rows = openpyxl.load_workbook(published.workbook)["本期变化"].iter_rows(min_row=5, values_only=True)
    against = "上版 2023Q1-r1"
    assert [[cell for cell in row if cell is not None] for row in rows] == [
        [against, "目标", 2, "新制定标准（年度目标）", "项", 20, 30, 10, "方案调整"]
        + ["期限 2023Q4→2023Q3；序时进度 10/50/80/100→20/50/80/100"],
        [against, "目标", 2, "新制定标准（分解目标）", "项", 20, 30, 10, "标准化处", "方案调整"],
        [against, "灯", 2, "标准制定（重点工作）", "● 绿灯", "■ 红灯", "所属指标和成果", "新制定标准 ●→■"],
        [against, "灯", 2, "standards_issued", "新制定标准", "项", "● 绿灯", "■ 红灯", "目标调整、序时调整"]
        + ["实绩 2，年度目标 30 × 序时 25% = 应达 7.5；低于黄灯线 6"],
    ]


EVENTS = st.sampled_from(["none", "send", "resend", "withdraw", "correct", "correct and resend"])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happened_the_figures_are_those_published_and_every_event_is_its_cause(
    data, make_office, small_registry, tmp_path_factory
):
    office = make_office(tmp_path_factory.mktemp("home"), small_registry, "2023Q1", "2023Q2")
    figures = st.integers(1, 50)
    office.submit("2023Q1", "D01", {"visits": 1})
    names = {"420100": "武汉", "420200": "黄石", "420300": "十堰"}
    then = {code: data.draw(st.one_of(st.none(), figures)) for code in names}
    for code, number in then.items():
        if number is not None:
            office.submit("2023Q1", code, {"batches": number, "disposed.numerator": number, "disposed.denominator": 60})
    office.issue("2023Q1", "2023-04-12T09:00:00")
    expected, records = {}, ""
    for code, name in names.items():
        event, number, standing = data.draw(EVENTS), data.draw(figures), then[code]
        sent = {"batches": number, "disposed.numerator": number, "disposed.denominator": 60}
        at = {"received": "2023-04-13T10:00:00"}
        if standing is None:
            if event != "none":
                office.submit("2023Q1", code, sent, **at)
                expected[name, NEW] = number
            continue
        at["supersedes"] = f"2023Q1-{code}-01"
        typed = standing
        if event == "withdraw":
            office.submit("2023Q1", code, {"batches": None}, **at)
            expected[name, GONE] = -standing
        if event in ("resend", "correct and resend"):
            office.submit("2023Q1", code, sent, **at)
            typed = number
            expected[name, RESENT] = number - standing
        if event.startswith("correct"):
            expected[name, CORRECTED] = 7
            record = f"{{quarter: 2023Q1, reporter: {name}, input: batches, old: {typed}, new: {typed + 7}, {GRANTED}}}"
            records += f"- {record}\n"
    ledgers = ledgers_of({"corrections.yaml": records}, small_registry)
    with office.staged("2023Q1", "2023-04-14T09:00:00", ledgers) as connection:
        stored = connection.execute("SELECT subject, publication, value FROM lights WHERE scope = 'measure'").fetchall()
        changes = office.gathered(connection).changes
    published = {(subject, publication): value for subject, publication, value in stored}
    net = Counter()
    for (name, _), effect in expected.items():
        net[name] += effect
    found = {(c.cause.name, c.cause.cause): c.cause.effect for c in changes if c.measure == "batches"}
    assert found == ({key: effect for key, effect in expected.items() if effect} if any(net.values()) else {})
    for measure in ("batches", "disposed"):
        old, new = published[measure, "2023Q1-r1"], published[measure, "2023Q1-draft"]
        own = [c for c in changes if c.measure == measure]
        assert sum(c.cause.effect for c in own) == (new or 0) - (old or 0)
        assert {(c.base_value, c.now_value) for c in own} <= {(old, new)}
