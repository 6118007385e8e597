"""What is doubted and what is not, at its edges. The wordings stand in findings.txt."""

import datetime as dt

import pytest
from drawn import GONE, GOOD, Q1, Q2, Drawn

from duban.quarters import Quarter

pytestmark = pytest.mark.engine(seconds=25)

TEXT = "在东区办理了一期监管骨干培训班，请企业里的老师傅授课，学员回去后各带三个徒弟"
OTHER = "与税务、人社两家共建一个教学点，周末轮流开课，课件放到网上供乡镇所点播，结业前到市场实习三天"


def told(bench, *files: Drawn, quarter=Q1) -> list[tuple]:
    """(file, rule, cells) of every finding that still asks for something."""
    rows = bench.findings(*files, quarter=quarter)
    return [(row["file"], row["rule"], ",".join(row["cells"])) for row in rows if not row["settled"]]


def accept(bench, *files: Drawn, quarter=Q1) -> None:
    accessions = bench.load(*files, quarter=quarter)
    kept = bench.query("SELECT accession FROM submissions WHERE verdict = 'accepted'")
    assert set(accessions) <= {row[0] for row in kept}


def figure(**values) -> dict:
    return {f"inputs/{code.replace('__', '.')}/value": value for code, value in values.items()}


# ---- figures and the reporter's own past


def test_a_cumulative_figure_is_expected_to_grow_by_the_quarter_and_a_quarters_own_to_stay(doubtful):
    accept(doubtful, Drawn(figure(stations=10, trained=60)))
    assert told(
        doubtful,
        Drawn(figure(stations=120, trained=360)),  # 6 x 20, 6 x 60
        Drawn(figure(stations=121, trained=361)),
        Drawn(figure(stations=10, trained=10)),  # a sixth of what is expected
        Drawn(figure(stations=10, trained=9)),
        quarter=Q2,
    ) == [(1, "figure_jumps", "H5"), (1, "figure_jumps", "H8"), (3, "figure_jumps", "H8")]


def test_a_small_difference_an_expected_nought_and_an_unknown_past_are_no_jump(doubtful):
    accept(doubtful, Drawn(figure(trained=0, spent=2)), Drawn(figure(trained=1), reporter="A2"))
    assert told(
        doubtful,
        Drawn(figure(trained=900, spent=33)),
        Drawn(figure(trained=30), reporter="A2"),
        Drawn(figure(trained=900), reporter="A3"),
        Drawn(figure(trained=31), reporter="A2"),
        quarter=Q2,
    ) == [(3, "figure_jumps", "H8")]


def test_a_past_of_two_quarters_ago_is_scaled_by_both(doubtful):
    third = Quarter(2023, 3)
    accept(doubtful, Drawn(figure(stations=10)))
    six_times = [Drawn(figure(stations=value)) for value in (180, 181)]  # of 30
    assert told(doubtful, *six_times, quarter=third) == [(1, "figure_jumps", "H5")]


# ---- figures and the neighbours'


def test_a_figure_is_held_against_the_median_of_the_others_by_population(doubtful):
    def trained(reporter: str, value: object) -> Drawn:
        return Drawn(figure(trained=value), reporter=reporter)

    # A2 has twice the people; per thousand the others have 10, 12 and 20
    others = [trained("A2", 20), trained("A3", 12), trained("A4", 20)]
    own = [trained("A1", value) for value in (240, 241, 0)]
    assert told(doubtful, *own, *others) == [(1, "figure_outlies", "H8")]
    # two peers are too few, and those with nothing are none
    assert not told(doubtful, trained("A1", 241), *others[:2], trained("A4", 0))
    # the others' may stand in the warehouse, but what they send now counts
    accept(doubtful, *others)
    assert told(doubtful, trained("A1", 241)) == [(0, "figure_outlies", "H8")]
    assert not told(doubtful, trained("A1", 399), trained("A3", 20))
    # another submission of one's own is no peer
    assert told(doubtful, trained("A1", 241), trained("A1", 12)) == [(0, "figure_outlies", "H8")]


def test_a_figure_far_below_the_others_is_asked_about(doubtful):
    others = [Drawn(figure(trained=n), reporter=reporter) for reporter, n in (("A3", 100), ("A4", 100), ("A5", 100))]
    own = [Drawn(figure(trained=value)) for value in (5, 4)]
    assert told(doubtful, *own, *others) == [(1, "figure_outlies", "H8")]


def test_where_the_others_have_less_than_one_there_is_no_yardstick(doubtful):
    others = [Drawn(figure(spent="0.01"), reporter=f"A{n}") for n in (3, 4, 5)]
    assert not told(doubtful, Drawn(figure(spent="99")), *others)


# ---- texts


def written(text: str | None, item: int = 2, **changes) -> dict:
    return {f"progress/{item}/done": text} | changes


def test_last_quarters_text_is_known_under_other_numbers_and_stops(doubtful):
    accept(doubtful, Drawn(written(f"全年计划 12 期。{TEXT}")))
    again = f"全年计划12期；{TEXT}", f"全年计划1,350期，{TEXT}。", f" 全年计划 ３ 期。{TEXT}"
    files = [Drawn(written(text)) for text in (*again, OTHER)]
    assert told(doubtful, *files, quarter=Q2) == [(n, "text_repeated", "E6") for n in range(3)]
    assert not told(doubtful, files[0])  # sent again in the same quarter


def test_a_short_text_may_well_be_the_same(doubtful):
    accept(doubtful, Drawn(written("举办了三期培训班")))
    assert not told(doubtful, Drawn(written("举办了三期培训班")), quarter=Q2)


def test_who_wrote_first_is_not_asked(doubtful):
    mine, copied = Drawn(written(OTHER)), Drawn(written(OTHER.replace("三天", "十天")), reporter="A2")
    assert told(doubtful, mine, copied) == [(1, "text_copied", "E6")]
    assert told(doubtful, copied, mine) == [(1, "text_copied", "E6")]
    accept(doubtful, mine)
    assert told(doubtful, copied) == [(0, "text_copied", "E6")]
    assert not told(doubtful, mine)
    # my own text of another submission, and the same text of another item
    assert not told(doubtful, mine, Drawn(written(OTHER), body="again"))
    assert not told(doubtful, Drawn(written(OTHER, item=1), reporter="A2"))


def test_who_wrote_first_and_was_returned_for_something_else_is_not_asked_either(doubtful):
    spoilt = Drawn(written(OTHER, **figure(trained=None)))
    assert doubtful.load(spoilt) == ["2023Q1-A1-01"]
    copied = Drawn(written(OTHER), reporter="A2")
    accept(doubtful, copied)  # what was returned is not what the province knows
    assert not told(doubtful, Drawn(written(OTHER)))
    assert told(doubtful, Drawn(written(OTHER), reporter="A3")) == [(0, "text_copied", "E6")]


def test_a_text_that_everybody_has_names_the_one_that_had_it_first(doubtful):
    files = [Drawn(written(OTHER), reporter=f"A{n}") for n in (1, 2, 3, 4)]
    found = doubtful.findings(*files)
    assert [(row["file"], row["rule"], "甲市" in row["message"]) for row in found] == [
        (n, "text_copied", True) for n in (1, 2, 3)
    ]


def test_what_both_were_told_to_write_is_too_short_to_be_a_copy(doubtful):
    short = OTHER[:29]
    assert not told(doubtful, Drawn(written(short)), Drawn(written(short), reporter="A2"))


def test_a_text_pasted_from_last_quarter_that_is_a_neighbours_too_is_told_once(doubtful):
    accept(doubtful, Drawn(written(OTHER)))
    files = Drawn(written(OTHER), reporter="A2"), Drawn(written(OTHER))
    assert told(doubtful, *files, quarter=Q2) == [(1, "text_repeated", "E6")]


DISAGREES = [
    ("建成站点 15 个", True),
    ("建成站点15个，检查 9 家", True),
    ("建成站点１５个", True),
    ("全市累计建成站点 1.5 万个", True),
    ("建成站点 12 个", False),  # the figure
    ("建成站点 8 个、达标数 8 个", False),  # another figure of the item
    ("建成站点 15 处", False),  # another unit
    ("办会 15 个", False),  # not about it
    ("站点建设方案已印发，走访企业 15 个", False),  # not right before it
    ("计划建成站点 15 个", False),
    ("站点同比增加 15 个", False),
    ("建成站点近 15 个", False),
    ("其中乡镇站点 5 个", False),
    ("站点运行 15 个月", False),
]


def test_a_number_that_follows_a_title_is_held_against_the_figure(doubtful):
    found = told(doubtful, *(Drawn(written(text, item=1)) for text, _ in DISAGREES))
    assert [(DISAGREES[file][0], *doubt) for file, *doubt in found] == [
        (text, "text_disagrees", "E5") for text, asked in DISAGREES if asked
    ]


def test_what_was_added_in_the_quarter_and_what_it_adds_up_to_are_the_figure_too(doubtful):
    accept(doubtful, Drawn(figure(stations=12, trained=40)))
    said = written("培训 70 人次", **written("建成站点 8 个", item=1, **figure(stations=20, trained=30)))
    assert not told(doubtful, Drawn(said), quarter=Q2)
    assert told(doubtful, Drawn(said | written("培训 71 人次")), quarter=Q2) == [(0, "text_disagrees", "E6")]


def test_a_rounded_number_is_no_other_number(doubtful):
    assert told(
        doubtful,
        Drawn(written("已培训 1.2 万人次", **figure(trained=12085))),
        Drawn(written("已培训 1.2 万人次", **figure(trained=12150))),
        Drawn(written("培训 30 人次", **figure(trained="?约三十"))),
    ) == [(1, "text_disagrees", "E6")]


def test_a_phrase_says_nothing_only_where_something_should_be_said(doubtful):
    phrases = "无", "按计划推进。", " 按计划 推进！"
    wanting = [Drawn(written(phrase)) for phrase in phrases]
    others = [Drawn(written(phrase, **{"progress/2/status": "未启动"})) for phrase in phrases]
    assert told(doubtful, *wanting, *others) == [(n, "text_says_nothing", "E6") for n in range(3)]


# ---- statuses


def test_done_is_held_against_what_has_a_target_of_the_reporters_own(doubtful):
    done = {"progress/1/status": "已完成"}
    assert told(
        doubtful,
        Drawn(done),  # 8 of 10
        Drawn(done | figure(rate__numerator=9)),
        Drawn(done | figure(rate__numerator=0, rate__denominator=0)),
        Drawn(done | figure(rate__denominator=None)),
    ) == [(0, "done_below_target", "D5"), (3, "figure_missing", "H7")]


def test_an_item_that_does_not_apply_explains_its_figures_too(doubtful):
    away = figure(trained="不适用", spent="不适用") | {"progress/2/status": "不适用", "progress/2/done": None}
    said = [away | {"progress/2/explanation": text} for text in (None, "无。", "职能已划出")]
    assert told(doubtful, *map(Drawn, said)) == [(n, "not_applicable_unexplained", "D6") for n in (0, 1)]


# ---- empty returns and leads

NOTHING = {
    name: 0 if name.startswith("inputs") else "未启动" for name in GOOD if name.split("/")[2] in ("value", "status")
}
NOTHING = {name: value for name, value in NOTHING.items() if not name.startswith("projects")}


def test_a_return_in_which_nothing_says_anything_is_empty(doubtful):
    empty = [
        {},
        {"progress/1/done": "无", "progress/2/problems": "按计划推进"},
        {"inputs/spent/value": "不适用", "inputs/spent/explanation": "本级没有经费"},
    ]
    not_empty = [
        {"inputs/stations/value": 1},
        {"progress/1/next": "二季度启动"},
        {"progress/1/expected_on": dt.date(2023, 9, 30)},
        {"progress/1/explanation": "机构改革，业务已停"},
        {"projects/5/name": "东区站"},
    ]
    found = told(doubtful, *(Drawn(typed, base=NOTHING) for typed in empty + not_empty))
    assert [one for one in found if one[0] < 7] == [(n, "report_empty", "I5") for n in range(3)]
    of_the_project = [rule for file, rule, _ in found if file == 7]
    assert of_the_project and "report_empty" not in of_the_project


def test_where_nothing_at_all_was_typed_the_blanks_say_so(doubtful):
    blank = Drawn(base=dict.fromkeys(NOTHING))
    assert told(doubtful, blank) == [(0, "status_missing", "D5,D6"), (0, "figure_missing", "H5,H6,H7,H8,H9")]


def test_a_lead_that_sent_an_empty_return_is_not_asked_for_projects_as_well(doubtful):
    base = {f"progress/{n}/status": "未启动" for n in (1, 2, 3)}
    begun = Drawn({"progress/1/status": "推进中", "progress/1/done": "定了方案"}, reporter="B1", base=base)
    away = {"progress/2/status": "不适用", "progress/2/explanation": "已划出", "progress/3/status": None}
    others = Drawn(begun.changes | away, reporter="B1", base=base)
    assert told(doubtful, Drawn(reporter="B1", base=base), begun, others) == [
        (0, "report_empty", "I5"),
        (1, "lead_without_project", "I5,I6,I7"),
        (2, "status_missing", "D7"),
        (2, "lead_without_project", "I5"),
    ]


# ---- projects


def test_a_deadline_is_passed_by_the_end_of_the_quarter_whenever_the_return_comes(doubtful):
    def due(day: dt.date, **changes) -> Drawn:
        return Drawn({"projects/5/due_on": day} | {f"projects/5/{name}": value for name, value in changes.items()})

    last = dt.date(2023, 3, 31)
    assert told(
        doubtful,
        due(last),
        due(last, status="未启动", progress=0),
        due(last, status="已完成", progress=1),
        due(last, progress=1),
        due(last + dt.timedelta(1)),
        due(last, status=None),
        due(dt.date(2022, 12, 31)),
    ) == [
        (0, "project_overdue", "E5"),
        (1, "project_overdue", "E5"),
        (5, "project_status_missing", "G5"),
        (6, "project_due_outside_year", "E5"),
    ]


def test_a_deadline_moves_against_what_was_last_accepted(doubtful):
    accept(doubtful, Drawn())
    moved = {"projects/5/due_on": dt.date(2023, 12, 1)}
    asked = [(0, "project_due_moved", "E5")]
    assert not told(doubtful, Drawn(moved))  # within the quarter it is not given yet
    named = Drawn(moved | {"projects/5/code": "A1-01-01", "projects/5/name": "东城站"})
    unreadable = Drawn({"projects/5/due_on": "?年底前"})
    assert told(doubtful, Drawn(moved), named, unreadable, quarter=Q2) == [*asked, (1, "project_due_moved", "E5")]
    accept(doubtful, Drawn(moved | {"projects/5/explanation": "征地推迟"}), quarter=Q2)
    assert not told(doubtful, Drawn(moved), quarter=Quarter(2023, 3))
    assert told(doubtful, Drawn({"projects/5/due_on": dt.date(2024, 6, 1)}), quarter=Q2) == [
        (0, "project_due_outside_year", "E5")
    ]


# ---- what follows from what a figure is


def test_a_rate_and_a_cumulative_figure_are_held_to_what_they_are_without_a_line_of_the_item(doubtful):
    accept(doubtful, Drawn())
    assert told(doubtful, Drawn(figure(spent="1.4")), quarter=Q2) == [(0, "figure_falls", "H9")]


def test_what_has_to_be_mended_in_a_cell_is_not_doubted_as_well(doubtful):
    others = [Drawn(figure(stations=20), reporter=f"A{n}") for n in (3, 4, 5)]
    assert told(doubtful, Drawn(figure(stations=501)), *others) == [(0, "figure_above_maximum", "H5")]
    accept(doubtful, Drawn())
    assert told(doubtful, Drawn(figure(stations=450)), *others, quarter=Q2) == [(0, "figure_jumps", "H5")]


def test_a_plan_that_names_no_doubts_asks_about_nothing_that_needs_a_measure(bench):
    accept(bench, Drawn(written(OTHER)))
    again = Drawn(written(OTHER, **figure(stations=400, trained=900), **written("建成站点 3 个，无", item=1)))
    assert not told(bench, again, Drawn(written(OTHER), reporter="A2"), quarter=Q2)
    assert not told(bench, Drawn(written("无")), Drawn({"projects/5/name": GONE}, reporter="A2"))
