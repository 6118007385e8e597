"""What may be true, and has to be asked about."""

from decimal import Decimal

from drafts import Line

from injecting.cells import SENT
from injecting.injection import Injection, NoPlace, partners
from injecting.statuses import with_figures


def not_applicable_unexplained(one: Injection) -> None:
    """An item of which no reason was ever given, or one figure of an item that does apply."""
    if one.rng.random() < 0.5:
        others = {line.texts["item"] for line in one.draft.lines["inputs"] if line.key} | one.explained
        line = one.pick("progress", lambda line: line.key not in others and line.texts["role"] != "牵头")
        line.texts |= {"status": "不适用", "explanation": ""}
        one.expect("not_applicable_unexplained", "progress", line, "status")
        return
    line = one.pick("inputs")
    line.texts["value"] = "不适用"
    one.expect("not_applicable_unexplained", "inputs", line, "value")


def text_says_nothing(one: Injection) -> None:
    line = one.pick("progress", lambda line: line.texts["status"] in SENT)
    line.texts["done"] = one.rng.choice(("正常推进", "按计划推进。", "有序推进", "无"))
    one.expect("text_says_nothing", "progress", line, "done")


def text_repeated(one: Injection) -> None:
    line = one.pick("progress", lambda line: line.texts["status"] in SENT and line.key in one.said_before)
    line.texts["done"] = one.said_before[line.key] + one.rng.choice(("", "。"))
    one.expect("text_repeated", "progress", line, "done")


def text_copied(one: Injection) -> None:
    """From one whose file came before."""
    line = one.pick("progress", lambda line: line.texts["status"] in SENT and line.key in one.said_by_others)
    line.texts["done"] = one.said_by_others[line.key] + one.rng.choice(("", "。"))
    one.expect("text_copied", "progress", line, "done")


def done_below_target(one: Injection) -> None:
    """All figures of the item are needed to tell."""
    line, figures = with_figures(one)
    if not any(_below_target(one, figure) for figure in figures):
        raise NoPlace
    line.texts |= {"status": "已完成", "expected_on": str(one.draft.form.quarter.end)}
    one.expect("done_below_target", "progress", line, "status")


def _below_target(one: Injection, figure: Line) -> bool:
    entry = one.registry.inputs[figure.key]
    target = one.registry.target_of(one.draft.form.reporter.code, entry.measure)
    summed = one.registry.measures[entry.measure][1].aggregate == "sum" and entry.figures != "in_quarter"
    return target is not None and summed and Decimal(figure.texts["value"]) < target


def _unrelated(one: Injection) -> set[str]:
    """Figures that are compared with no others, so that they may grow as they like."""
    return {line.key for line in one.draft.lines["inputs"] if line.key and not partners(one.registry, line.key)}


def figure_jumps(one: Injection) -> None:
    """Far from what was reported before, and not yet far from the neighbours."""
    far = _unrelated(one)
    line = one.pick("inputs", lambda line: line.key in far and one.earlier.get(line.key, Decimal(0)) >= 20)
    expected = one.earlier[line.key] * (2 if one.registry.inputs[line.key].figures == "to_date" else 1)
    line.texts["value"] = f"{expected * 7:f}"
    one.expect("figure_jumps", "inputs", line, "value")


def figure_outlies(one: Injection) -> None:
    if one.earlier or one.draft.form.reporter.kind != "prefecture":
        raise NoPlace
    inputs, reporters = one.registry.inputs, one.registry.reporters_of
    far = {key for key in _unrelated(one) if len(reporters[inputs[key].measure]) > 12}  # enough to compare with
    line = one.pick("inputs", lambda line: line.key in far and Decimal(line.texts["value"]) >= 10)
    line.texts["value"] = f"{Decimal(line.texts['value']) * 60:f}"
    one.expect("figure_outlies", "inputs", line, "value")


def lead_without_project(one: Injection) -> None:
    led = {line.key for line in one.draft.lines["progress"] if line.texts.get("role") == "牵头"}
    line = one.pick("progress", lambda line: line.key in led)
    projects = [project for project in one.draft.projects() if project.texts.get("item") == line.key]
    others = [other for other in one.draft.form.rows["progress"] if other.key not in led]
    bound = {("projects", id(project)) for project in projects} & one.claimed
    if bound or not others or any(project.key for project in projects):
        raise NoPlace
    for project in projects:
        project.texts["item"] = one.rng.choice(others).key
        one.claimed.add(("projects", id(project)))
    one.expect("lead_without_project", "progress", line, "explanation")


def project_due_moved(one: Injection) -> None:
    line = one.pick("projects", lambda line: bool(line.key))
    line.texts["due_on"] = "2023-11-15"
    one.expect("project_due_moved", "projects", line, "due_on")


def project_overdue(one: Injection) -> None:
    line = one.pick("projects", lambda line: not line.key)
    line.texts["due_on"] = str(one.draft.form.quarter.start)
    one.expect("project_overdue", "projects", line, "due_on")


def known_project_overdue(one: Injection) -> None:
    """It was to be done later: the date has moved as well."""
    line = one.pick("projects", lambda line: bool(line.key))
    line.texts["due_on"] = str(one.draft.form.quarter.end)
    one.expect("project_overdue", "projects", line, "due_on")
    one.expect("project_due_moved", "projects", line, "due_on")


def project_due_outside_year(one: Injection) -> None:
    line = one.pick("projects", lambda line: not line.key)
    line.texts["due_on"] = one.rng.choice(("2024-06-30", "2032-12-31"))
    one.expect("project_due_outside_year", "projects", line, "due_on")
