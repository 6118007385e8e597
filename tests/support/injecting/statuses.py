"""Statuses and what they ask for."""

from drafts import Line, phrases

from injecting.cells import SENT
from injecting.injection import Injection, NoPlace


def done_without_date(one: Injection) -> None:
    line = one.pick("progress", lambda line: line.texts["status"] in SENT)
    line.texts |= {"status": "已完成", "expected_on": ""}
    one.expect("done_without_date", "progress", line, "expected_on")


def done_with_an_unreadable_date(one: Injection) -> None:
    """It is not missing as well."""
    line = one.pick("progress", lambda line: line.texts["status"] in SENT)
    line.texts |= {"status": "已完成", "expected_on": "已经办完"}
    one.expect("date_unreadable", "progress", line, "expected_on")


def not_started_with_progress(one: Injection) -> None:
    line = one.pick("progress", lambda line: line.texts["status"] in SENT)
    line.texts["status"] = "未启动"
    one.expect("not_started_with_progress", "progress", line, "done")


def not_started_and_silent(one: Injection) -> None:
    """Nothing is wrong with that; but a date out of the year is."""
    line = one.pick("progress", lambda line: line.texts["status"] in SENT)
    line.texts |= {"status": "未启动", "done": "", "expected_on": "2033-06-30"}
    one.expect("date_outside_year", "progress", line, "expected_on")


def blank_status_and_progress(one: Injection) -> None:
    """Whether progress is wanted follows from the status."""
    line = one.pick("progress")
    line.texts |= {"status": "", "done": ""}
    one.expect("status_missing", "progress", line, "status")


def unknown_status_without_date(one: Injection) -> None:
    line = one.pick("progress")
    line.texts |= {"status": "差不多完成", "done": "", "expected_on": ""}
    one.expect("status_unknown", "progress", line, "status")


def with_figures(one: Injection) -> tuple[Line, list[Line]]:
    items = {line.texts["item"] for line in one.draft.lines["inputs"] if line.key}
    lines = [line for line in one.draft.lines["progress"] if line.key in items]
    one.rng.shuffle(lines)
    for line in lines:
        try:
            return line, one.claim_item(line.key)
        except NoPlace:
            continue
    raise NoPlace


def not_applicable_with_figures(one: Injection) -> None:
    """Of its figures those that are blank or 不适用 are as they should be."""
    line, figures = with_figures(one)
    line.texts |= {"status": "不适用", "explanation": "本地没有这方面的职能和对象，" + phrases(one.rng, 1)}
    for figure in figures[1:]:
        figure.texts["value"] = one.rng.choice((figure.texts["value"], "", "不适用"))
    for figure in figures:
        if figure.texts["value"] not in ("", "不适用"):
            one.expect("not_applicable_with_figures", "inputs", figure, "value")


def unknown_status_and_blank_figures(one: Injection) -> None:
    """An item whose status is not known still owes its figures."""
    line, figures = with_figures(one)
    line.texts["status"] = one.rng.choice(("", "不确定"))
    one.expect("status_unknown" if line.texts["status"] else "status_missing", "progress", line, "status")
    for figure in figures:
        figure.texts["value"] = ""
        one.expect("figure_missing", "inputs", figure, "value")
