"""What the ledgers must agree on with the plan and the rules: each record names what exists, and does something."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from duban.messages import load_messages
from duban.quarters import Quarter
from duban.registry.crosscheck import other_year, unknown
from duban.registry.ledgers import (
    BLANK,
    CORRECTIONS,
    EVERYONE,
    EXTENSIONS,
    NOT_APPLICABLE,
    STATES,
    WAIVERS,
    Correction,
    Extension,
    Ledgers,
    Waiver,
)
from duban.registry.registry import Registry

_LIFTED = ("must_fix", "confirm")
_LISTED = "reporters.yaml、groups.yaml"


def check_ledgers(ledgers: Ledgers, registry: Registry) -> list[str]:
    """Every fault of every record, one Chinese sentence each."""
    faults = []
    for number, record in enumerate(ledgers.extensions, start=1):
        faults += _extension(f"第{number}条.", record, registry)
    for number, record in enumerate(ledgers.waivers, start=1):
        faults += _waiver(f"第{number}条.", record, registry)
    cells: dict[tuple, int] = {}
    for number, record in enumerate(ledgers.corrections, start=1):
        found = list(_correction(f"第{number}条.", record, registry))
        faults += found
        if found:
            continue
        cell = (record.quarter, registry.by_name[record.reporter].code, record.tab, record.key)
        if cell in cells:
            faults.append(
                f"{CORRECTIONS}：第{number}条与第{cells[cell]}条改的是同一处"
                f"（{record.quarter} {record.reporter} {record.key}），一处只能有一条，请合并或删去一条。"
            )
        cells.setdefault(cell, number)
    return faults


def _extension(at: str, record: Extension, registry: Registry) -> Iterator[str]:
    known = [EVERYONE, *(reporter.name for reporter in registry.reporters), *registry.groups]
    for word in record.reporters:
        if word not in registry.by_name and word not in known:
            yield unknown(EXTENSIONS, f"{at}reporters", word, known, "填报单位、组或 all", _LISTED)
    wrong = other_year(EXTENSIONS, f"{at}quarter", record.quarter, registry.plan)
    yield from wrong
    if wrong:
        return
    due = registry.due(Quarter.parse(record.quarter))
    if dt.date.fromisoformat(record.due) <= due:
        yield (
            f"{EXTENSIONS}：{at}due 写的是“{record.due}”，不晚于 {record.quarter} 原定的 {due}，不成延期，"
            "请改为更晚的日期或删去该条。"
        )


def _waiver(at: str, record: Waiver, registry: Registry) -> Iterator[str]:
    messages = load_messages()
    rule = messages.get(record.rule)
    if rule is None:
        allowed = [code for code, one in messages.items() if one.severity in _LIFTED and one.waivable]
        yield unknown(WAIVERS, f"{at}rule", record.rule, allowed, "校验规则", "messages.yaml")
    elif rule.severity not in _LIFTED:
        why = "提示不影响受理，无须豁免" if rule.severity == "notice" else "结构问题未解决就读不出数据"
        yield f"{WAIVERS}：{at}rule 写的“{record.rule}”不能豁免：{why}，请删去该条。"
    elif not rule.waivable:
        yield f"{WAIVERS}：{at}rule 写的“{record.rule}”不能豁免：不改正就分不清是哪一项的数据，请删去该条。"
    elif record.input is not None and rule.scope not in ("inputs", "sheet"):
        yield f"{WAIVERS}：{at}input 不能用于规则“{record.rule}”：它不针对指标数据，请删去 input 或改用 item。"
    for quarter in record.quarters:
        yield from other_year(WAIVERS, f"{at}quarters", quarter, registry.plan)
    yield from _place(WAIVERS, at, record, registry)
    entry = registry.inputs.get(record.input or "")
    if entry and record.item not in (None, entry.item):
        yield (
            f"{WAIVERS}：{at}item 写的是“{record.item}”，而 input“{record.input}”属于第 {entry.item} 项，"
            "请改正其一或删去 item。"
        )


def _correction(at: str, record: Correction, registry: Registry) -> Iterator[str]:
    yield from other_year(CORRECTIONS, f"{at}quarter", record.quarter, registry.plan)
    yield from _place(CORRECTIONS, at, record, registry)
    for key in ("old", "new"):
        value = getattr(record, key)
        if record.input is not None and value in STATES and value != NOT_APPLICABLE:
            yield f"{CORRECTIONS}：{at}{key} 写的是“{value}”，指标数据应为数字、{NOT_APPLICABLE}或{BLANK}。"
        if record.input is None and isinstance(value, Decimal):
            yield f"{CORRECTIONS}：{at}{key} 写的是“{value}”，进展状态应为 {'、'.join((*STATES, BLANK))}。"
    entry = registry.inputs.get(record.input or "")
    if entry and isinstance(record.new, Decimal):
        limits, shown = entry.limits, record.new * 100 if entry.unit == "%" else record.new
        if record.new < limits.min or (limits.max is not None and record.new > limits.max):
            bounds = f"不小于 {limits.min}" + ("" if limits.max is None else f"、不大于 {limits.max}")
            yield f"{CORRECTIONS}：{at}new 写的是“{record.new}”，该填报项应{bounds}（比率写小数，如 0.35）。"
        if -shown.normalize().as_tuple().exponent > limits.decimals:
            yield f"{CORRECTIONS}：{at}new 写的是“{record.new}”，该填报项最多 {limits.decimals} 位小数。"


def _place(file: str, at: str, record: Waiver | Correction, registry: Registry) -> Iterator[str]:
    """The reporter exists, and owes the item and the input."""
    reporter = registry.by_name.get(record.reporter)
    if reporter is None:
        names = [one.name for one in registry.reporters]
        yield unknown(file, f"{at}reporter", record.reporter, names, "填报单位", "reporters.yaml")
    numbers = [item.item for item in registry.items]
    if record.item is not None and record.item not in numbers:
        yield unknown(file, f"{at}item", str(record.item), map(str, numbers), "重点工作的序号", "items/")
    elif reporter and record.item is not None:
        owed = [item.item for item, _ in registry.owed_items[reporter.code]]
        yield from _idle(file, f"{at}item", record.item, owed, f"不由“{reporter.name}”承担")
    if record.input is not None and record.input not in registry.inputs:
        yield unknown(file, f"{at}input", record.input, registry.inputs, "填报项编码", "duban plan")
    elif reporter and record.input is not None:
        owed = [entry.code for entry in registry.owed_inputs[reporter.code]]
        yield from _idle(file, f"{at}input", record.input, owed, f"不由“{reporter.name}”填报")


def _idle(file: str, key: str, found: object, owed: list, why: str) -> Iterator[str]:
    if found not in owed:
        yield f"{file}：{key} 写的“{found}”{why}，这一条不会起作用，请改正或删去。"
