"""The rulebook for people: a list and single rules for a terminal, and the page `docs/rules.md`."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from duban.cli_chinese import pad, width_of
from duban.registry.registry import Registry
from duban.rulebook import ItemLine, RuleRecord, plain, vocabulary
from duban.severities import SEVERITIES, SEVERITY_TITLES


def list_text(records: tuple[RuleRecord, ...]) -> str:
    """All rules, one a line, by severity and scope."""
    codes = max(width_of(record.code) for record in records)
    titles = max(width_of(record.rule.title) for record in records)
    lines = [f"核验规则 {len(records)} 条，逐条细看：duban rules 代码"]
    for severity, of_severity in _by_severity(records):
        lines += ["", f"{SEVERITY_TITLES[severity]}  {len(of_severity)} 条，{vocabulary().severities[severity]}"]
        for scope, of_scope in _by_scope(of_severity):
            lines.append(f"  {scope}")
            for record in of_scope:
                wanted = record.readable(record.rule.wanted)
                lines.append(f"    {pad(record.code, codes)}  {pad(record.rule.title, titles)}  {wanted}".rstrip())
    return "\n".join(lines)


def rule_text(record: RuleRecord, folder: Path) -> str:
    """One rule with everything about it; lines of items as `file:line` in the plan's `folder`."""
    lines = [f"{record.code}  {record.rule.title}", ""]
    lines += [f"{pad(word, 8)}  {text}" for word, text in _facts(record)]
    for line in record.items:
        where = f"{os.path.relpath(folder / line.file)}:{line.line}"
        lines.append(f"{pad('事项', 8)}  第{line.item}项 {_switch(line)}  {where}")
    return "\n".join(lines)


def page(registry: Registry, records: tuple[RuleRecord, ...], folder: str) -> str:
    """The page as Markdown; `folder` is the way from the page to the plan's folder."""
    counts = "、".join(f"{SEVERITY_TITLES[severity]} {len(some)}" for severity, some in _by_severity(records))
    lines = [
        "# 核验规则",
        "",
        f"共 {len(records)} 条：{counts}。按[《{_plain(registry.plan.title)}》]({folder})列出阈值和所用事项。",
        "",
        "本页由 `duban rules --to` 写成，不要手工修改：措辞在 `schemas/messages.yaml`，"
        "核实的阈值在方案文件夹的 `doubts.yaml`，各项自己的规则和上下限在其 `items/`。"
        "〔〕内的词在发给填报单位时换成实际内容。",
    ]
    for severity, of_severity in _by_severity(records):
        lines += ["", f"## {SEVERITY_TITLES[severity]}", "", f"{vocabulary().severities[severity]}。"]
        for scope, of_scope in _by_scope(of_severity):
            lines += ["", f"### {SEVERITY_TITLES[severity]}：{scope}"]
            for record in of_scope:
                lines += ["", f"#### {record.code} {_plain(record.rule.title)}".rstrip(), ""]
                lines += [f"- {word}：{_plain(text)}" for word, text in _facts(record)]
                lines += _items(record, folder)
    return "\n".join(lines) + "\n"


def _facts(record: RuleRecord) -> Iterator[tuple[str, str]]:
    rule, readable = record.rule, record.readable
    yield "发现", readable(rule.found)
    yield "要求", readable(rule.wanted)
    yield "处理", readable(rule.do)
    if rule.explain:
        yield "核实时", readable(rule.explain)
    yield "缘由", rule.reason
    if rule.severity in ("must_fix", "confirm") and not rule.waivable:
        yield "豁免", "不可，不改正就分不清是哪一项的数据"
    if record.thresholds:
        yield "阈值", record.measured
        yield "依据", record.because or ""


def _items(record: RuleRecord, folder: str) -> Iterator[str]:
    for word, lines in groupby(record.items, key=lambda line: vocabulary().lines[line.word]):
        lines = list(lines)
        yield f"- {word}（{len(lines)} 处）："
        for line in lines:
            switch = _switch(line, lambda name: f"`{name}`", _plain)
            yield f"  - [第{line.item}项 {_plain(line.title)}]({folder}/{line.file}#L{line.line}) {switch}"


def _switch(line: ItemLine, code: Callable[[str], str] = str, text: Callable[[str], str] = str) -> str:
    """What the line says: the inputs, the limit, and where it only asks."""
    inputs = [code(name) for name in line.inputs]
    said = " 不大于 ".join(inputs) if line.limit is None else f"{'、'.join(inputs)}：{plain(line.limit)}"
    if line.severity != "must_fix":
        said += f"，{SEVERITY_TITLES[line.severity]}"
    return f"{said}（{text(line.because)}）" if line.because else said


def _by_severity(records: Iterable[RuleRecord]) -> Iterator[tuple[str, list[RuleRecord]]]:
    for severity in SEVERITIES:
        found = [record for record in records if record.rule.severity == severity]
        if found:
            yield severity, found


def _by_scope(records: Iterable[RuleRecord]) -> Iterator[tuple[str, list[RuleRecord]]]:
    for scope, found in groupby(records, key=lambda record: record.rule.scope):
        yield vocabulary().scopes[scope], list(found)


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join(f"\\{character}" if character in "\\`*_[]<>|" else character for character in text)
