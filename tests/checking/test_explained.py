"""情况说明: said once of a value, it settles the doubt of that value, and of no other."""

import datetime as dt

import pytest
from drawn import GOOD, Q1, Q2, Drawn

pytestmark = pytest.mark.engine(seconds=25)

HIGH = {"inputs/trained/value": "不适用"}
SAID = HIGH | {"inputs/trained/explanation": "本单位没有培训机构"}
LONG = "与税务、人社两家共建一个教学点，周末轮流开课，课件放到网上供乡镇所点播，结业前到市场实习三天"


def standing(bench, *files: Drawn, quarter=Q1) -> list[tuple]:
    """(file, rule, settled, because) of every finding."""
    return [(r["file"], r["rule"], r["settled"], r["because"]) for r in bench.findings(*files, quarter=quarter)]


def falls(value: object, said: str | None = None, **more) -> Drawn:
    """A return whose 检查数 is below the 10 of the quarter before, which its item asks to be confirmed."""
    typed = {"inputs/rate.denominator/value": value, "inputs/rate.denominator/explanation": said}
    return Drawn({"inputs/rate.numerator/value": 1} | typed, **more)


@pytest.fixture
def second(doubtful):
    """A bench on which A1's and A2's first quarter is accepted: 达标数 1 of 检查数 10."""
    first = {"inputs/rate.numerator/value": 1}
    doubtful.load(Drawn(first), Drawn(first, reporter="A2"))
    return doubtful


def verdict(bench, drawn: Drawn, quarter=Q2) -> str:
    (accession,) = bench.load(drawn, quarter=quarter)
    ((found,),) = bench.query(f"SELECT verdict FROM submissions WHERE accession = '{accession}'")
    return found


def test_a_doubt_that_is_explained_in_its_row_stands_as_a_finding_and_the_return_is_accepted(second):
    assert standing(second, falls(9), falls(9, "上季多计一家"), quarter=Q2) == [
        (0, "figure_falls", None, ""),
        (1, "figure_falls", "explained", "上季多计一家"),
    ]
    assert verdict(second, falls(9, "上季多计一家")) == "accepted"
    assert second.query("SELECT rule, settled, because FROM findings") == [
        ("figure_falls", "explained", "上季多计一家")
    ]
    assert second.query("SELECT reporter, rule, item, subject, value, text FROM explanations") == [
        ("A1", "figure_falls", 1, "rate.denominator", "9", "上季多计一家")
    ]


def test_a_word_that_says_nothing_is_no_explanation(second):
    words = "无", " 无。", "按计划推进！", "。", None
    assert standing(second, *(falls(9, word) for word in words), quarter=Q2) == [
        (n, "figure_falls", None, "") for n in range(len(words))
    ]


def test_an_explanation_in_another_row_or_of_another_reporter_does_not_help(second):
    elsewhere = Drawn(falls(9).changes | {"inputs/stations/explanation": "上季多计一家"})
    assert standing(second, elsewhere, quarter=Q2) == [(0, "figure_falls", None, "")]
    assert verdict(second, falls(9, "上季多计一家")) == "accepted"
    assert standing(second, falls(9, reporter="A2"), quarter=Q2) == [(0, "figure_falls", None, "")]


def test_it_holds_over_resubmissions_without_the_text(second):
    assert verdict(second, falls(9, "上季多计一家")) == "accepted"
    again = falls(9, body="again")
    assert standing(second, again, quarter=Q2) == [(0, "figure_falls", "explained", "上季多计一家")]
    assert verdict(second, again) == "accepted"


def test_it_holds_although_the_return_that_gave_it_was_returned_for_something_else(second):
    spoilt = Drawn(falls(9, "上季多计一家").changes | {"inputs/trained/value": None})
    assert verdict(second, spoilt) == "returned"
    assert standing(second, falls(9), quarter=Q2) == [(0, "figure_falls", "explained", "上季多计一家")]


def test_another_value_is_asked_about_again_although_the_old_text_stands_in_the_cell(second):
    assert verdict(second, falls(9, "上季多计一家")) == "accepted"
    assert verdict(second, falls(8, "上季多计一家")) == "returned"
    (found,) = second.findings(falls(8, "上季多计一家"), quarter=Q2)
    assert found["remedy"].endswith("请就现在的内容重新写明。")
    assert verdict(second, falls(8, "上季多计两家")) == "accepted"
    # and what was said of the first value holds for it still, whatever stands in the cell now
    assert standing(second, falls(9, "上季多计两家"), quarter=Q2) == [(0, "figure_falls", "explained", "上季多计一家")]
    assert standing(second, falls(8), falls(7), quarter=Q2) == [
        (0, "figure_falls", "explained", "上季多计两家"),
        (1, "figure_falls", None, ""),
    ]


def test_files_of_one_reporter_in_one_run_count_in_their_order(second):
    said, silent = falls(9, "上季多计一家"), falls(9)
    assert [one[2] for one in standing(second, said, silent, quarter=Q2)] == ["explained", "explained"]
    assert [one[2] for one in standing(second, silent, said, quarter=Q2)] == [None, "explained"]
    assert [one[2] for one in standing(second, said, falls(8, "上季多计一家"), quarter=Q2)] == ["explained", None]


def test_the_same_value_written_in_another_way_is_the_same_value(second):
    assert verdict(second, falls("9", "上季多计一家")) == "accepted"
    assert standing(second, falls("9.0", body="x"), quarter=Q2) == [(0, "figure_falls", "explained", "上季多计一家")]


def test_it_holds_over_the_next_quarter_for_the_same_value(doubtful):
    assert verdict(doubtful, Drawn(SAID), Q1) == "accepted"
    assert standing(doubtful, Drawn(HIGH), quarter=Q2) == [
        (0, "not_applicable_unexplained", "explained", "本单位没有培训机构")
    ]


def test_what_was_said_of_a_cumulative_figure_may_be_said_of_the_next_quarters_again(second):
    whole = {"inputs/rate.numerator/value": 1, "inputs/rate.denominator/explanation": "上年结转的不再计入"}
    assert verdict(second, Drawn(whole | {"inputs/rate.denominator/value": 9})) == "accepted"
    third = type(Q2)(2023, 3)
    later = Drawn(whole | {"inputs/rate.denominator/value": 7})
    assert standing(second, later, quarter=third) == [(0, "figure_falls", "explained", "上年结转的不再计入")]


def test_a_blank_or_a_phrase_is_the_quarters_own(doubtful):
    for text, rule in ((None, "progress_missing"), ("无", "text_says_nothing")):
        silent = {"progress/2/done": text}
        assert verdict(doubtful, Drawn(silent | {"progress/2/explanation": "本季停课"}), Q1) == "accepted"
        assert standing(doubtful, Drawn(silent)) == [(0, rule, "explained", "本季停课")]
        assert standing(doubtful, Drawn(silent), quarter=Q2) == [(0, rule, None, "")]


def test_a_text_may_change_its_numbers_and_stops_and_is_the_same_text(doubtful):
    doubtful.load(Drawn({"progress/2/done": LONG}, reporter="A2"))
    said = {"progress/2/done": LONG, "progress/2/explanation": "两市共同开展"}
    assert verdict(doubtful, Drawn(said), Q1) == "accepted"
    assert standing(doubtful, Drawn({"progress/2/done": LONG + " 12。"})) == [
        (0, "text_copied", "explained", "两市共同开展")
    ]
    other = LONG.replace("三天", "十天")
    assert standing(doubtful, Drawn(said | {"progress/2/done": other})) == [(0, "text_copied", None, "")]


def test_a_project_is_the_same_before_and_after_it_has_its_code(doubtful):
    overdue = {"projects/5/due_on": dt.date(2023, 3, 31)}
    said = overdue | {"projects/5/explanation": "征地推迟"}
    assert verdict(doubtful, Drawn(said), Q1) == "accepted"
    explained = [(0, "project_overdue", "explained", "征地推迟")]
    assert standing(doubtful, Drawn(overdue)) == explained
    # in another row, with its code, under another name
    moved = {name.replace("/5/", "/8/"): value for name, value in (GOOD | overdue).items()}
    moved |= {"projects/8/code": "A1-01-01", "projects/8/name": "东城区站"}
    assert standing(doubtful, Drawn(base=moved), quarter=Q2) == explained
    other = moved | {"projects/8/code": None}
    assert (0, "project_overdue", None, "") in standing(doubtful, Drawn(base=other), quarter=Q2)


def test_a_moved_deadline_is_explained_once_and_then_is_the_deadline(doubtful):
    assert verdict(doubtful, Drawn(), Q1) == "accepted"
    moved = {"projects/5/due_on": dt.date(2023, 12, 1), "projects/5/code": "A1-01-01"}
    assert verdict(doubtful, Drawn(moved)) == "returned"
    assert verdict(doubtful, Drawn(moved | {"projects/5/explanation": "提前"})) == "accepted"
    assert standing(doubtful, Drawn(moved), quarter=type(Q2)(2023, 3)) == []
    other = {"projects/5/due_on": dt.date(2023, 11, 1), "projects/5/explanation": "提前"}
    assert standing(doubtful, Drawn(moved | other), quarter=Q2) == [(0, "project_due_moved", None, "")]


def test_one_text_answers_all_the_doubts_of_its_row_and_a_fault_that_must_be_mended_none(second):
    row = {"inputs/rate.denominator/value": 9, "inputs/rate.denominator/explanation": "上季多计一家"}
    assert standing(second, Drawn(row | {"inputs/rate.numerator/value": 11}), quarter=Q2) == [
        (0, "part_above_whole", None, ""),
        (0, "figure_falls", "explained", "上季多计一家"),
    ]


def test_an_empty_return_is_explained_in_its_first_row(doubtful):
    base = {name: 0 for name in GOOD if name.startswith("inputs")} | {f"progress/{n}/status": "未启动" for n in (1, 2)}
    assert standing(doubtful, Drawn({"progress/2/explanation": "机构改革"}, base=base)) == [
        (0, "report_empty", None, "")
    ]
    assert standing(doubtful, Drawn({"progress/1/explanation": "机构改革"}, base=base)) == [
        (0, "report_empty", "explained", "机构改革")
    ]


def test_a_return_that_was_set_aside_explains_nothing(second):
    stranger = falls(9, "上季多计一家", token_ok=False, faults=[{"rule": "no_stamp"}])
    second.load(stranger, quarter=Q2)
    assert second.query("SELECT count(*) FROM explanations") == [(0,)]
    assert standing(second, falls(9), quarter=Q2) == [(0, "figure_falls", None, "")]
