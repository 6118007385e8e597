"""A rehearsal as people read it: counts first, then what changes, by rule, figure and light."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from duban.cli_print import SEVERITIES, VERDICTS, table
from duban.publishing.words import light_text
from duban.quarters import Quarter
from duban.rehearsal.compare import changes_anything
from duban.rehearsal.plan_words import plan_lines

MANY = 8  # so many cells of a rule, or names in a row, are shown; `--json` has them all
STATES = {**SEVERITIES, "explained": "已有情况说明", "waived": "已豁免", None: "无"}
FIGURES = {"value": "实绩", "target": "年度目标", "due": "应达", "reported": "已报", "owed": "应报"}
SCOPES = {"item": "", "measure": "指标", "deliverable": "成果", "reporter_measure": "指标", "reporter_item": ""}
UNLIT = ("grey", None)


def render(result: dict) -> str:
    """`duban rehearse`: every quarter with its counts first."""
    lines = [f"演练方案 {result['schemas']}，与各报告期现行的方案对照；没有留存任何东西。"]
    if result["messages"]:
        lines.append(f"措辞与级别取自 {result['messages']}。")
    for quarter in result["quarters"]:
        lines += ["", *_quarter(quarter)]
    return "\n".join(lines)


def _quarter(quarter: dict) -> Iterator[str]:
    title = f"{Quarter.parse(quarter['quarter']).title}（收到报送 {quarter['submissions']} 件）"
    if quarter["plan"] is None:
        yield f"{title}：方案与现行的相同，没有改动可演练。"
        return
    yield title
    returned, rows, passing, other = _sorted_out(quarter["verdicts"])
    yield from table(
        [
            ("新增退回", f"{len(returned)} 件" + _names(returned, "：")),
            ("不再退回", f"{len(passing)} 件" + _names(passing, "：")),
            ("变化的数", f"{len({one['measure'] for one in quarter['figures']})} 个指标"),
            ("变化的灯", _count_of_lights(quarter["lights"])),
        ]
    )
    if rows:
        whose = _names(rows, "：")
        yield f"  另有 {len(rows)} 件只是行与新表不同，须换新表补报（见“填报表的行”），数和灯照旧计入{whose}"
    if quarter["rejudged"]:
        listed = "、".join(one["accession"] for one in quarter["rejudged"][:MANY])
        yield f"  有 {len(quarter['rejudged'])} 件按现行方案重判，结论已与当时不同（{listed}）：这不是方案改动引起的。"
    if quarter["stop"]:
        yield "  届时不能发布：" + quarter["stop"].replace("\n", "\n    ")
    if not changes_anything(quarter):
        yield "  方案有改动，但结论、问题、数和灯都不变。"
    yield from _section("方案改动", plan_lines(quarter["plan"]))
    changed = [_verdict(one) for one in (*returned, *passing, *other)]
    yield from _section("结论变化", table(changed) if changed else [])
    findings = {kind: [one for one in found if not one["row"]] for kind, found in quarter["findings"].items()}
    yield from _section("新增的问题", _findings(findings["new"], lambda one: STATES[one["after"]]))
    yield from _section("不再有的问题", _findings(findings["gone"], lambda one: STATES[one["before"]]))
    yield from _section(
        "级别有变的问题",
        _findings(findings["changed"], lambda one: f"{STATES[one['before']]} → {STATES[one['after']]}"),
    )
    until = "（新增退回的，改正重报之前不计入）" if returned else ""
    yield from _section(f"变化的数{until}", _figures(quarter["figures"]))
    yield from _section(f"变化的灯{until}", _lights(quarter["lights"]))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    lines = list(lines)
    if lines:
        yield from ("", title, *lines)


def _sorted_out(verdicts: list[dict]) -> tuple[list[dict], list[dict], list[dict], list[dict]]:
    """Newly sent back; sent back for rows alone; no longer sent back; and those that change between two ways of it."""
    rows = [one for one in verdicts if one["only_rows"]]
    rest = [one for one in verdicts if not one["only_rows"]]
    passing = [
        one for one in verdicts if one["before"] != "accepted" and (one["only_rows"] or one["after"] == "accepted")
    ]
    returned = [one for one in rest if one["before"] == "accepted" and one["after"] != "accepted"]
    return returned, rows, passing, [one for one in rest if one not in passing and one not in returned]


def _names(verdicts: list[dict], before: str) -> str:
    names = list(dict.fromkeys(one["name"] or "（无法认定）" for one in verdicts))
    return (before + few(names)) if names else ""


def few(names: list[str]) -> str:
    """Names in a row; of many, the first and how many they are."""
    return "、".join(names[:MANY]) + (f"等 {len(names)} 家" if len(names) > MANY else "")


def _verdict(one: dict) -> tuple[str, ...]:
    change = f"{VERDICTS[one['before']]} → {VERDICTS[one['after']]}"
    return one["accession"], one["name"] or "（无法认定）", change


def _findings(found: list[dict], state: Callable[[dict], str]) -> Iterator[str]:
    """By rule: how many cells of how many reporters, and the first of them."""

    def rule(one: dict) -> tuple[str, str, str]:
        return one["rule"], one["title"], state(one)

    for (code, title, said), group in groupby(sorted(found, key=rule), key=rule):
        cells = list(group)
        reporters = len({one["reporter"] for one in cells})
        yield f"  {title}（{code}，{said}）：{len(cells)} 处，{reporters} 家"
        yield from table(
            (
                (one["name"] or "（无法认定）", f"{one['sheet']} {one['cell']}".strip(), one["message"])
                for one in cells[:MANY]
            ),
            "    ",
        )
        if len(cells) > MANY:
            yield f"    …… 另有 {len(cells) - MANY} 处，加 --json 可见全部"


def _figures(figures: list[dict]) -> Iterator[str]:
    rows = []
    for _, group in groupby(figures, key=lambda one: one["measure"]):
        moved = list(group)
        changes = "；".join(f"{FIGURES[one['figure']]} {_pair(one)}" for one in moved)
        rows.append((f"第{moved[0]['item']}项", f"{moved[0]['title']}（{moved[0]['unit']}）", changes))
    return iter(table(rows)) if rows else iter(())


def _pair(one: dict) -> str:
    percent = one["unit"] == "%" and one["figure"] in ("value", "target", "due")
    return " → ".join(_number(side, percent) for side in (one["before"], one["after"]))


def _number(figure: float | None, percent: bool) -> str:
    if figure is None:
        return "无"
    text = f"{figure * 100 if percent else figure:,.4f}".rstrip("0").rstrip(".")
    return f"{text}%" if percent else text


def _count_of_lights(lights: list[dict]) -> str:
    province = sum(not one["reporter"] for one in lights)
    own = f"（全省 {province}、单位 {len(lights) - province}）" if lights else ""
    return f"{len(lights)} 盏{own}"


def _lights(lights: list[dict]) -> Iterator[str]:
    """The province's one by one with formulas; the reporters' by what changes, with the formulas of the first. Of those
    that go out or come on, mostly because a report no longer counts or now does, how many each reporter has."""
    for one in lights:
        if not one["reporter"]:
            yield f"  全省  {_subject(one)}：{_change(one)}"
            yield from _formulas(one)
    own = [one for one in lights if one["reporter"]]
    for side, said in (("after", "熄灭"), ("before", "亮起")):
        counts = Counter(one["name"] for one in own if one[side] in UNLIT)
        if counts:
            yield f"  单位  {said}：{few([f'{name} {count} 盏' for name, count in counts.items()])}"

    def kind(one: dict) -> tuple:
        return one["item"], one["scope"], one["subject"], _change(one)

    turned = [one for one in own if one["before"] not in UNLIT and one["after"] not in UNLIT]
    for _, group in groupby(sorted(turned, key=kind), key=kind):
        same = list(group)
        yield f"  单位  {_subject(same[0])}：{_change(same[0])}，{len(same)} 家：{few([one['name'] for one in same])}"
        yield from _formulas(same[0], f"{same[0]['name']}：" if len(same) > 1 else "")


def _subject(one: dict) -> str:
    return f"第{one['item']}项{SCOPES[one['scope']]}“{one['title']}”"


def _change(one: dict) -> str:
    sides = [(one["before"], one["before_computed"]), (one["after"], one["after_computed"])]
    return " → ".join(light_text(*side) if side[0] else "无" for side in sides)


def _formulas(one: dict, whose: str = "") -> Iterator[str]:
    if one["before_formula"] == one["formula"]:
        return
    for word, formula in (("原", one["before_formula"]), ("现", one["formula"])):
        if formula:
            yield f"        {whose}{word}：{formula}"
