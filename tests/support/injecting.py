"""Putting faults of known kind and place into good drafts, and knowing all that has to be found because of them.

An injector changes a draft and says what follows: none, one or several places. What it touches it claims, so that two
faults of a draft never bear on each other; where one fault silences another, or brings one along, that is an injector
of its own.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from drafts import Draft, Line, phrases

from duban.fillin.keys import KeyRing
from duban.fillin.layout import BY_TABLE, STAMP
from duban.fillin.stamp import sign
from duban.registry.registry import Registry
from sample_submissions.strange import STRANGE_FILES, strange_files

Found = tuple[str, str, str]  # rule, sheet, and the cell; the row's key or what is missing where there is no cell
Injector = Callable[["Injection"], None]  # raises NoPlace, and has changed nothing then


class NoPlace(Exception):
    """The draft has no free place for this fault."""


@dataclass
class Injection:
    """A draft that is being spoilt. `expected` holds (rule, table, line, field), or what is missing and no line."""

    draft: Draft
    registry: Registry
    rng: random.Random
    ring: KeyRing
    earlier: Mapping[str, Decimal] = field(default_factory=dict)  # figures of the quarter before, as accepted
    said_before: Mapping[str, str] = field(default_factory=dict)  # progress of that quarter, by item
    explained: frozenset[str] = frozenset()  # items of which it was said before why they do not apply
    said_by_others: Mapping[str, str] = field(default_factory=dict)  # progress in files that came before, by item
    expected: list[tuple[str, str, Line | None, str]] = field(default_factory=list)
    injected: list[str] = field(default_factory=list)
    claimed: set[tuple[str, object]] = field(default_factory=lambda: {("progress", ""), ("inputs", "")})

    def expect(self, rule: str, tab: str, line: Line | None, name: str) -> None:
        self.expected.append((rule, tab, line, name))

    def findings(self) -> set[Found]:
        """What has to be found, once all rows stand where they will be sent."""
        return {
            (rule, BY_TABLE[tab].title if tab else "", self.draft.address(tab, line, name) if line else name)
            for rule, tab, line, name in self.expected
        }

    def pick(self, tab: str, wanted: Callable[[Line], bool] = lambda line: True) -> Line:
        """A line that no fault bears on yet, claimed with the figures that it is compared with."""
        free = [one for one in self.draft.lines[tab] if one.texts and not self._bound(tab, one) and wanted(one)]
        if not free:
            raise NoPlace
        line = self.rng.choice(free)
        self.claimed |= self._bonds(tab, line)
        return line

    def claim_item(self, item: str) -> list[Line]:
        """The figures of an item, claimed together: what a status says bears on all of them."""
        lines = [line for line in self.draft.lines["inputs"] if line.key and line.texts["item"] == item]
        bonds = {bond for line in lines for bond in self._bonds("inputs", line)} | {("progress", item)}
        if bonds & self.claimed:
            raise NoPlace
        self.claimed |= bonds
        return lines

    def _bound(self, tab: str, line: Line) -> bool:
        return bool(self._bonds(tab, line) & self.claimed)

    def _bonds(self, tab: str, line: Line) -> set[tuple[str, object]]:
        if tab == "projects":
            return {(tab, id(line))}
        return {(tab, line.key), *((tab, key) for key in partners(self.registry, line.key))}


def partners(registry: Registry, code: str) -> set[str]:
    """The inputs that an input is compared with."""
    pairs = [pair for pair, _ in part_of_whole(registry) if code in pair]
    return {one for pair in pairs for one in pair}


def part_of_whole(registry: Registry) -> Iterator[tuple[tuple[str, str], str]]:
    for item in registry.items:
        for check in item.checks:
            if check.not_above:
                yield check.not_above, check.severity


def never_falling(registry: Registry) -> set[str]:
    return {check.never_falls for item in registry.items for check in item.checks if check.never_falls}


# ---- one cell typed wrongly, and nothing follows from it: rule, table, field, what is typed, in which lines

_SENT = {"推进中", "已完成"}
_CELLS: list[tuple[str, str, str, tuple[str, ...], Callable[[Line], bool]]] = [
    ("status_missing", "progress", "status", ("",), lambda line: True),
    ("status_unknown", "progress", "status", ("基本完成", "已完成80%", "√", "待定"), lambda line: True),
    ("progress_missing", "progress", "done", ("",), lambda line: line.texts["status"] in _SENT),
    ("date_unreadable", "progress", "expected_on", ("尽快", "待定", "2023年2月30日", "13月"), lambda line: True),
    ("date_outside_year", "progress", "expected_on", ("2032-06-30", "2022-12-31", "2024-01-01"), lambda line: True),
    ("figure_missing", "inputs", "value", ("",), lambda line: True),
    ("figure_unreadable", "inputs", "value", ("约300", "12-15", "三百左右", "见附件"), lambda line: True),
    ("item_unreadable", "projects", "item", ("财务", "13、18"), lambda line: not line.key),
    ("project_item_missing", "projects", "item", ("",), lambda line: not line.key),
    ("project_name_missing", "projects", "name", ("",), lambda line: True),
    ("project_owner_missing", "projects", "owner", ("",), lambda line: True),
    ("project_due_missing", "projects", "due_on", ("",), lambda line: True),
    ("project_progress_missing", "projects", "progress", ("",), lambda line: True),
    ("project_status_missing", "projects", "status", ("",), lambda line: True),
    ("status_unknown", "projects", "status", ("不适用", "快了"), lambda line: True),
    ("percent_unreadable", "projects", "progress", ("过半", "30%-40%"), lambda line: True),
    ("date_unreadable", "projects", "due_on", ("年后", "6月31日"), lambda line: True),
    ("project_progress_out_of_range", "projects", "progress", ("120%", "200%"), lambda line: True),
    ("project_code_unknown", "projects", "code", ("CS99-01-01", "420100-99-77"), lambda line: True),
]


def _typing(rule: str, tab: str, name: str, values: tuple[str, ...], wanted: Callable[[Line], bool]) -> Injector:
    def inject(one: Injection) -> None:
        line = one.pick(tab, wanted)
        line.texts[name] = one.rng.choice(values)
        one.expect(rule, tab, line, name)

    return inject


def _odd(rule: str, values: tuple[str, ...]) -> Injector:
    """An error value, or a formula without its result, in any cell that is typed."""

    def inject(one: Injection) -> None:
        tab = one.rng.choice(("progress", "inputs", "inputs", "projects"))
        line = one.pick(tab)
        name = one.rng.choice([column.field for column in BY_TABLE[tab].columns if column.typed])
        line.odd[name] = one.rng.choice(values)
        one.expect(rule, tab, line, name)

    return inject


# ---- statuses and what they ask for


def _done_without_date(one: Injection) -> None:
    line = one.pick("progress", lambda line: line.texts["status"] in _SENT)
    line.texts |= {"status": "已完成", "expected_on": ""}
    one.expect("done_without_date", "progress", line, "expected_on")


def _done_with_an_unreadable_date(one: Injection) -> None:
    """It is not missing as well."""
    line = one.pick("progress", lambda line: line.texts["status"] in _SENT)
    line.texts |= {"status": "已完成", "expected_on": "已经办完"}
    one.expect("date_unreadable", "progress", line, "expected_on")


def _not_started_with_progress(one: Injection) -> None:
    line = one.pick("progress", lambda line: line.texts["status"] in _SENT)
    line.texts["status"] = "未启动"
    one.expect("not_started_with_progress", "progress", line, "done")


def _not_started_and_silent(one: Injection) -> None:
    """Nothing is wrong with that; but a date out of the year is."""
    line = one.pick("progress", lambda line: line.texts["status"] in _SENT)
    line.texts |= {"status": "未启动", "done": "", "expected_on": "2033-06-30"}
    one.expect("date_outside_year", "progress", line, "expected_on")


def _blank_status_and_progress(one: Injection) -> None:
    """Whether progress is wanted follows from the status."""
    line = one.pick("progress")
    line.texts |= {"status": "", "done": ""}
    one.expect("status_missing", "progress", line, "status")


def _unknown_status_without_date(one: Injection) -> None:
    line = one.pick("progress")
    line.texts |= {"status": "差不多完成", "done": "", "expected_on": ""}
    one.expect("status_unknown", "progress", line, "status")


def _with_figures(one: Injection) -> tuple[Line, list[Line]]:
    items = {line.texts["item"] for line in one.draft.lines["inputs"] if line.key}
    lines = [line for line in one.draft.lines["progress"] if line.key in items]
    one.rng.shuffle(lines)
    for line in lines:
        try:
            return line, one.claim_item(line.key)
        except NoPlace:
            continue
    raise NoPlace


def _not_applicable_with_figures(one: Injection) -> None:
    """Of its figures those that are blank or 不适用 are as they should be."""
    line, figures = _with_figures(one)
    line.texts |= {"status": "不适用", "explanation": "本地没有这方面的职能和对象，" + phrases(one.rng, 1)}
    for figure in figures[1:]:
        figure.texts["value"] = one.rng.choice((figure.texts["value"], "", "不适用"))
    for figure in figures:
        if figure.texts["value"] not in ("", "不适用"):
            one.expect("not_applicable_with_figures", "inputs", figure, "value")


def _unknown_status_and_blank_figures(one: Injection) -> None:
    """An item whose status is not known still owes its figures."""
    line, figures = _with_figures(one)
    line.texts["status"] = one.rng.choice(("", "不确定"))
    one.expect("status_unknown" if line.texts["status"] else "status_missing", "progress", line, "status")
    for figure in figures:
        figure.texts["value"] = ""
        one.expect("figure_missing", "inputs", figure, "value")


# ---- figures


def _decimals(line: Line) -> int:
    return line.limits.decimals


def _figure_below_minimum(one: Injection) -> None:
    """A negative whole is less than its part, and less than what was reported before: both are said as well."""
    line = one.pick("inputs")
    number = Decimal(-one.rng.randint(1, 50))
    line.texts["value"] = f"{number:f}"
    one.expect("figure_below_minimum", "inputs", line, "value")
    _expect_falling(one, line, number)
    for (part, whole), severity in part_of_whole(one.registry):
        if whole == line.key and severity == "must_fix":
            one.expect("part_above_whole", "inputs", one.draft.line("inputs", part), "value")


def _expect_falling(one: Injection, line: Line, number: Decimal) -> None:
    if line.key in never_falling(one.registry) and one.earlier.get(line.key, number) > number:
        one.expect("figure_falls", "inputs", line, "value")


def _figure_above_maximum(one: Injection) -> None:
    line = one.pick("inputs", lambda line: line.limits.max is not None)
    line.texts["value"] = f"{line.limits.max + one.rng.randint(1, 9):f}"
    one.expect("figure_above_maximum", "inputs", line, "value")


def _figure_too_precise(one: Injection) -> None:
    """More digits at the end, so that it stays between what it is compared with."""
    parts = {part for (part, _), _ in part_of_whole(one.registry)}
    line = one.pick("inputs", lambda line: line.key not in parts)
    value = line.texts["value"]
    digits = _decimals(line) - len(value.partition(".")[2]) + 1
    line.texts["value"] = f"{value}{'' if '.' in value else '.'}{'4' * digits}"
    one.expect("figure_too_precise", "inputs", line, "value")


def _part_above_whole(one: Injection) -> None:
    must = {part: whole for (part, whole), severity in part_of_whole(one.registry) if severity == "must_fix"}
    line = one.pick("inputs", lambda line: line.key in must)
    whole = Decimal(one.draft.line("inputs", must[line.key]).texts["value"])
    line.texts["value"] = f"{whole + one.rng.randint(1, 40):f}"
    one.expect("part_above_whole", "inputs", line, "value")


def _part_of_an_unreadable_whole(one: Injection) -> None:
    wholes = {whole for (_, whole), _ in part_of_whole(one.registry)}
    line = one.pick("inputs", lambda line: line.key in wholes)
    line.texts["value"] = one.rng.choice(("约1000", ""))
    one.expect("figure_unreadable" if line.texts["value"] else "figure_missing", "inputs", line, "value")


def _figure_falls(one: Injection) -> None:
    """Of a part: falling wholes would leave their parts above them."""
    wholes = {whole for (_, whole), _ in part_of_whole(one.registry)}
    falling = never_falling(one.registry) - wholes
    line = one.pick("inputs", lambda line: line.key in falling and one.earlier.get(line.key, Decimal(0)) >= 1)
    line.texts["value"] = f"{one.earlier[line.key] - 1:f}"
    one.expect("figure_falls", "inputs", line, "value")


def _whole_falls_below_its_part(one: Injection) -> None:
    wholes = {whole: part for (part, whole), severity in part_of_whole(one.registry) if severity == "must_fix"}
    falling = never_falling(one.registry) & wholes.keys()
    line = one.pick("inputs", lambda line: line.key in falling and one.earlier.get(line.key, Decimal(0)) >= 1)
    part = one.draft.line("inputs", wholes[line.key])
    line.texts["value"] = "0"
    one.expect("figure_falls", "inputs", line, "value")
    if Decimal(part.texts["value"]) > 0:
        one.expect("part_above_whole", "inputs", part, "value")


# ---- rows


def _row_missing(one: Injection) -> None:
    tab = one.rng.choice(("progress", "inputs"))
    line = one.pick(tab)
    one.draft.lines[tab].remove(line)
    one.expect("row_missing", tab, None, line.key)


def _row_repeated(one: Injection) -> None:
    """What the second row holds is not looked at."""
    tab = one.rng.choice(("progress", "inputs"))
    line = one.pick(tab)
    again = line.copy()
    lines = one.draft.lines[tab]
    lines.insert(one.rng.randint(lines.index(line) + 1, len(lines)), again)
    one.expect("row_repeated", tab, again, BY_TABLE[tab].keys[0])


def _row_unknown(one: Injection) -> None:
    tab = one.rng.choice(("progress", "inputs"))
    if not one.draft.lines[tab]:
        raise NoPlace
    like = one.draft.lines[tab][0]
    line = Line("", dict(like.texts), like.limits)
    key = BY_TABLE[tab].keys[0]
    line.texts[key] = str(one.rng.randint(70, 99)) if tab == "progress" else f"figure_of_ours_{one.rng.randint(1, 99)}"
    one.draft.lines[tab].insert(one.rng.randint(0, len(one.draft.lines[tab])), line)
    one.expect("row_unknown", tab, line, key)


def _row_without_key(one: Injection) -> None:
    """Something typed between two rows of the table belongs to nothing."""
    tab = one.rng.choice(("progress", "inputs"))
    below = one.pick(tab)  # and stays
    line = Line("", {"unit": "", "figures": "", "explanation": phrases(one.rng, 2)}, below.limits)
    one.draft.lines[tab].insert(one.draft.lines[tab].index(below), line)
    one.expect("row_unknown", tab, line, "explanation")


def _row_not_owed(one: Injection) -> None:
    tab = one.rng.choice(("progress", "inputs"))
    owed = {line.key for line in one.draft.lines[tab]}
    keys = {str(item.item) for item in one.registry.items} if tab == "progress" else set(one.registry.inputs)
    there = {line.texts.get(BY_TABLE[tab].keys[0]) for line in one.draft.lines[tab]}
    of_reporter = one.registry.owed_items[one.draft.form.reporter.code]
    owed |= {str(item.item) for item, _ in of_reporter} if tab == "progress" else set()
    owed |= {entry.code for entry in one.registry.owed_inputs[one.draft.form.reporter.code]}
    strange = sorted(keys - owed - there)
    if not strange or not one.draft.lines[tab]:
        raise NoPlace
    key = one.rng.choice(strange)
    like = one.draft.lines[tab][0]
    if tab == "progress":
        line = Line(key, {"item": key, "status": "推进中", "done": phrases(one.rng, 6), "next": phrases(one.rng, 5)})
    else:
        entry = one.registry.inputs[key]
        printed = {"item": str(entry.item), "code": key, "unit": entry.unit, "figures": "年初至今累计"}
        line = Line(key, printed | {"value": str(one.rng.randint(1, 99))}, like.limits)
    one.draft.lines[tab].append(line)
    one.claimed.add((tab, key))
    for column in BY_TABLE[tab].columns:
        if column.typed and line.texts.get(column.field):
            one.expect("row_not_owed", tab, line, column.field)


# ---- projects


def _project_item_not_owed(one: Injection) -> None:
    owed = {item.item for item, _ in one.registry.owed_items[one.draft.form.reporter.code]}
    strange = sorted({item.item for item in one.registry.items} - owed)
    line = one.pick("projects", lambda line: not line.key)
    if not strange:
        raise NoPlace
    line.texts["item"] = str(one.rng.choice(strange))
    one.expect("project_item_not_owed", "projects", line, "item")


def _project_repeated(one: Injection) -> None:
    line = one.pick("projects")
    again = line.copy()
    blank = next((other for other in one.draft.lines["projects"] if not other.texts), None)
    if blank is None:
        raise NoPlace
    one.draft.lines["projects"][one.draft.lines["projects"].index(blank)] = again
    one.claimed.add(("projects", id(again)))
    one.expect("project_repeated", "projects", again, "name")


def _project_finished_incomplete(one: Injection) -> None:
    line = one.pick("projects")
    line.texts |= {"status": one.rng.choice(("已完成", "已销号")), "progress": f"{one.rng.randint(80, 99)}%"}
    one.expect("project_finished_incomplete", "projects", line, "progress")


def _finished_without_progress(one: Injection) -> None:
    line = one.pick("projects")
    line.texts |= {"status": "已完成", "progress": ""}
    one.expect("project_progress_missing", "projects", line, "progress")


def _project_vanished(one: Injection) -> None:
    line = one.pick("projects", lambda line: bool(line.key))
    one.draft.lines["projects"].remove(line)
    one.expect("project_vanished", "projects", None, line.key)


def _project_progress_falls(one: Injection) -> None:
    line = one.pick("projects", lambda line: bool(line.key))
    line.texts["progress"] = "1%"
    one.expect("project_progress_falls", "projects", line, "progress")


def _negative_project_progress(one: Injection) -> None:
    line = one.pick("projects")
    line.texts["progress"] = "-5%"
    one.expect("project_progress_out_of_range", "projects", line, "progress")
    if line.key:
        one.expect("project_progress_falls", "projects", line, "progress")


# ---- doubts


def _not_applicable_unexplained(one: Injection) -> None:
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


def _text_says_nothing(one: Injection) -> None:
    line = one.pick("progress", lambda line: line.texts["status"] in _SENT)
    line.texts["done"] = one.rng.choice(("正常推进", "按计划推进。", "有序推进", "无"))
    one.expect("text_says_nothing", "progress", line, "done")


def _text_repeated(one: Injection) -> None:
    line = one.pick("progress", lambda line: line.texts["status"] in _SENT and line.key in one.said_before)
    line.texts["done"] = one.said_before[line.key] + one.rng.choice(("", "。"))
    one.expect("text_repeated", "progress", line, "done")


def _text_copied(one: Injection) -> None:
    """From one whose file came before."""
    line = one.pick("progress", lambda line: line.texts["status"] in _SENT and line.key in one.said_by_others)
    line.texts["done"] = one.said_by_others[line.key] + one.rng.choice(("", "。"))
    one.expect("text_copied", "progress", line, "done")


def _done_below_target(one: Injection) -> None:
    """All figures of the item are needed to tell."""
    line, figures = _with_figures(one)
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


def _figure_jumps(one: Injection) -> None:
    """Far from what was reported before, and not yet far from the neighbours."""
    far = _unrelated(one)
    line = one.pick("inputs", lambda line: line.key in far and one.earlier.get(line.key, Decimal(0)) >= 20)
    expected = one.earlier[line.key] * (2 if one.registry.inputs[line.key].figures == "to_date" else 1)
    line.texts["value"] = f"{expected * 7:f}"
    one.expect("figure_jumps", "inputs", line, "value")


def _figure_outlies(one: Injection) -> None:
    if one.earlier or one.draft.form.reporter.kind != "prefecture":
        raise NoPlace
    inputs, reporters = one.registry.inputs, one.registry.reporters_of
    far = {key for key in _unrelated(one) if len(reporters[inputs[key].measure]) > 12}  # enough to compare with
    line = one.pick("inputs", lambda line: line.key in far and Decimal(line.texts["value"]) >= 10)
    line.texts["value"] = f"{Decimal(line.texts['value']) * 60:f}"
    one.expect("figure_outlies", "inputs", line, "value")


def _lead_without_project(one: Injection) -> None:
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


def _project_due_moved(one: Injection) -> None:
    line = one.pick("projects", lambda line: bool(line.key))
    line.texts["due_on"] = "2023-11-15"
    one.expect("project_due_moved", "projects", line, "due_on")


def _project_overdue(one: Injection) -> None:
    line = one.pick("projects", lambda line: not line.key)
    line.texts["due_on"] = str(one.draft.form.quarter.start)
    one.expect("project_overdue", "projects", line, "due_on")


def _known_project_overdue(one: Injection) -> None:
    """It was to be done later: the date has moved as well."""
    line = one.pick("projects", lambda line: bool(line.key))
    line.texts["due_on"] = str(one.draft.form.quarter.end)
    one.expect("project_overdue", "projects", line, "due_on")
    one.expect("project_due_moved", "projects", line, "due_on")


def _project_due_outside_year(one: Injection) -> None:
    line = one.pick("projects", lambda line: not line.key)
    line.texts["due_on"] = one.rng.choice(("2024-06-30", "2032-12-31"))
    one.expect("project_due_outside_year", "projects", line, "due_on")


# ---- notices


def _outside_cell(one: Injection) -> None:
    tab = one.rng.choice(("progress", "projects"))
    line = Line("", {"title" if tab == "progress" else "item": "填表人：李晓　审核人：王敏"})
    one.draft.lines[tab].append(line)
    one.claimed.add((tab, id(line)))
    one.expect("outside_cell", tab, line, "title" if tab == "progress" else "item")


def _cleaned(one: Injection) -> None:
    line = one.pick("inputs", lambda line: Decimal(line.texts["value"]) >= 1000 and "." not in line.texts["value"])
    line.texts["value"] = one.rng.choice((f"{int(line.texts['value']):,}", line.texts["value"] + line.texts["unit"]))
    one.expect("cleaned", "inputs", line, "value")


def _macros_present(one: Injection) -> None:
    if one.draft.bytes_of:
        raise NoPlace
    one.draft.bytes_of = lambda good: strange_files(good)["macros_present"][0]
    one.expect("macros_present", "", None, "")


def _cleaned_date(one: Injection) -> None:
    line = one.pick("progress")
    line.texts["expected_on"] = one.rng.choice(("2023.12.30", "12月底", "２０２３年１２月３０日"))
    one.expect("cleaned", "progress", line, "expected_on")


CONTENT: dict[str, Injector] = {
    **{f"{rule} in {tab}": _typing(rule, tab, *rest) for rule, tab, *rest in _CELLS},
    "error_cell": _odd("error_cell", ("#REF!", "#DIV/0!", "#N/A", "#VALUE!")),
    "formula_without_value": _odd("formula_without_value", ("=SUM(K4:K9)", "=K2*2")),
    **{
        inject.__name__.strip("_"): inject
        for inject in (
            _done_without_date,
            _done_with_an_unreadable_date,
            _not_started_with_progress,
            _not_started_and_silent,
            _blank_status_and_progress,
            _unknown_status_without_date,
            _not_applicable_with_figures,
            _unknown_status_and_blank_figures,
            _figure_below_minimum,
            _figure_above_maximum,
            _figure_too_precise,
            _part_above_whole,
            _part_of_an_unreadable_whole,
            _figure_falls,
            _whole_falls_below_its_part,
            _row_missing,
            _row_repeated,
            _row_unknown,
            _row_without_key,
            _row_not_owed,
            _project_item_not_owed,
            _project_repeated,
            _project_finished_incomplete,
            _finished_without_progress,
            _project_vanished,
            _project_progress_falls,
            _negative_project_progress,
            _not_applicable_unexplained,
            _text_says_nothing,
            _text_repeated,
            _text_copied,
            _done_below_target,
            _figure_jumps,
            _figure_outlies,
            _lead_without_project,
            _project_due_moved,
            _project_overdue,
            _known_project_overdue,
            _project_due_outside_year,
            _outside_cell,
            _cleaned,
            _cleaned_date,
            _macros_present,
        )
    },
}


# ---- faults of structure: of the content of such a file nothing is said


def _sheet_missing(one: Injection) -> None:
    tab = one.rng.choice([tab for tab in BY_TABLE if not any(of == tab for of, _ in one.draft.headers)])
    one.draft.dropped.add(BY_TABLE[tab].title)
    one.expect("sheet_missing", tab, None, "")


def _column_missing(one: Injection) -> None:
    tab = one.rng.choice([tab for tab, sheet in BY_TABLE.items() if sheet.title not in one.draft.dropped])
    typed = [column for column in BY_TABLE[tab].columns if column.typed]
    for column in one.rng.sample(typed, one.rng.randint(1, 2)):
        one.draft.headers[tab, column.field] = one.rng.choice(("一季度", "备注栏", "内容"))
        one.expect("column_missing", tab, None, column.header)


def _stamp_altered(one: Injection) -> None:
    word = one.rng.choice(("token", "reporter", "template"))
    one.draft.stamp[word] = one.draft.stamp[word][::-1]
    one.expect("bad_token", "", None, "")


def _stamp_missing(one: Injection) -> None:
    one.draft.dropped.add(STAMP)
    one.expect("no_stamp", "", None, "")


def _stamped(rule: str, word: str, value: str) -> Injector:
    def inject(one: Injection) -> None:
        one.draft.stamp = sign(one.draft.stamp | {word: value}, one.ring)
        one.expect(rule, "", None, "")

    return inject


def _wrong_folder(one: Injection) -> None:
    others = [reporter.code for reporter in one.registry.reporters if reporter != one.draft.form.reporter]
    one.draft.folder = one.rng.choice(others)
    one.expect("wrong_reporter", "", None, "")


def _strange(rule: str) -> Injector:
    def inject(one: Injection) -> None:
        one.draft.bytes_of = lambda good: strange_files(good)[rule][0]
        one.expect(rule, "", None, "")

    return inject


# each list is what may befall one file together
STRUCTURE: list[dict[str, Injector]] = [
    {"sheet_missing": _sheet_missing, "column_missing": _column_missing},
    {"column_missing": _column_missing, "bad_token": _stamp_altered},
    {"sheet_missing": _sheet_missing, "no_stamp": _stamp_missing},
    {"wrong_reporter": _wrong_folder, "wrong_plan": _stamped("wrong_plan", "plan", "hubei-2022")},
    {"wrong_reporter": _wrong_folder, "wrong_quarter": _stamped("wrong_quarter", "quarter", "2022Q4")},
    {"wrong_reporter": _wrong_folder, "stale_template": _stamped("stale_template", "registry", "0" * 64)},
    *({rule: _strange(rule)} for rule in STRANGE_FILES if rule != "macros_present"),
]


def inject_structure(one: Injection, number: int) -> None:
    """Faults for which the whole file goes back; the `number` tells which."""
    for name, inject in STRUCTURE[number % len(STRUCTURE)].items():
        inject(one)
        one.injected.append(name)


class Deck:
    """Deals the faults of content out evenly: each comes as often as there is a place for it."""

    def __init__(self, rng: random.Random, injectors: dict[str, Injector] = CONTENT):
        self.rng, self.injectors, self.cards = rng, injectors, []

    def inject(self, one: Injection, count: int) -> None:
        if len(self.cards) < len(self.injectors):
            self.cards += self.rng.sample(sorted(self.injectors), len(self.injectors))
        left = []
        for card in self.cards:
            if len(one.injected) == count:
                left.append(card)
                continue
            try:
                self.injectors[card](one)
                one.injected.append(card)
            except NoPlace:
                left.append(card)
        self.cards = left
