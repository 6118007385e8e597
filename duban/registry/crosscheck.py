"""What the files of a registry must agree on: names that stand for something else stand for something that exists."""

import difflib
from collections.abc import Iterable, Iterator
from decimal import Decimal

from duban.registry.registry import Registry
from duban.registry.shapes import Check, Group, Item, Measure, Plan, Reporter, Share

ROLE_WORDS = ("lead", "support", "local", "consolidates")


def check_names(plan: Plan, reporters: tuple[Reporter, ...], groups: dict[str, Group]) -> list[str]:
    """Every name belongs to one reporter or group; members and the one to ask are reporters."""
    names = _names(reporters)
    short = [r.name for r in reporters]
    every = [name for r in reporters for name in dict.fromkeys((r.name, r.full_name, *r.aliases))]
    faults = _twice("reporters.yaml", "code", [r.code for r in reporters]) + _twice("reporters.yaml", "名称", every)
    if plan.collected_by not in names:
        faults.append(unknown("plan.yaml", "collected_by", plan.collected_by, short, "填报单位", "reporters.yaml"))
    merged = {name for r in reporters if r.merged_into for name in (r.code, r.name, r.full_name, *r.aliases)}
    for reporter in reporters:
        into = reporter.merged_into
        if into and into not in names:
            faults.append(unknown("reporters.yaml", "merged_into", into, short, "填报单位", "reporters.yaml"))
        elif into in merged:
            faults.append(
                f"reporters.yaml：“{reporter.name}”的 merged_into 写的“{into}”自己也已并入别的单位："
                "应写现在填报的单位。"
            )
    if plan.collected_by in merged:
        faults.append(f"plan.yaml：collected_by 写的“{plan.collected_by}”已并入别的单位：应写现在收表的单位。")
    for quarter in plan.due:
        faults += other_year("plan.yaml", f"due.{quarter}", quarter, plan)
    for group, record in groups.items():
        if group in names or group in ROLE_WORDS:
            faults.append(f"groups.yaml：组名“{group}”与单位名称或职责词相同，请另取一个名称。")
        faults += [
            unknown("groups.yaml", f"{group}.members", member, short, "填报单位", "reporters.yaml")
            for member in record.members
            if member not in names
        ]
    return faults


def check_items(
    plan: Plan, reporters: tuple[Reporter, ...], groups: dict[str, Group], items: dict[str, Item]
) -> list[str]:
    """Items, by file name: chapter, reporters, groups, prefectures and baselines exist; files are named for items."""
    names = _names(reporters)
    short = [r.name for r in reporters]
    prefectures = [r.code for r in reporters if r.kind == "prefecture"]
    faults = _in_two_files("item", ((file, item.item) for file, item in items.items()))
    faults += _in_two_files("name", ((file, item.name) for file, item in items.items()))
    faults += _in_two_files("measures", ((file, name) for file, item in items.items() for name in item.measures))
    faults += _in_two_files("deliverables", ((file, d.name) for file, item in items.items() for d in item.deliverables))
    for file, item in items.items():
        if file != f"{item.item:02d}_{item.name}.yaml":
            faults.append(f"{file}：文件名与内容不符，应为 {item.item:02d}_{item.name}.yaml，请改名。")
        if item.chapter not in plan.chapters:
            faults.append(unknown(file, "chapter", str(item.chapter), map(str, plan.chapters), "方案的篇章"))
        for key in ("lead", "support", "consolidates"):
            value = getattr(item, key) or ()
            for name in (value,) if isinstance(value, str) else value:
                if name not in names:
                    faults.append(unknown(file, key, name, short, "填报单位", "reporters.yaml"))
        for group in item.groups:
            if group not in groups:
                faults.append(unknown(file, "groups", group, groups, "组", "groups.yaml"))
        for code in () if isinstance(item.local, str) else item.local:
            if code not in prefectures:
                faults.append(unknown(file, "local", code, prefectures, "市州代码", "reporters.yaml"))
        for deliverable in item.deliverables:
            faults += other_year(file, f"deliverables.{deliverable.name}.due", deliverable.due, plan)
        for name, measure in item.measures.items():
            faults += _check_words(file, f"measures.{name}", measure, names, [*ROLE_WORDS, *short, *groups], plan)
    return faults


def _check_words(file: str, key: str, measure: Measure, names: set[str], words: list[str], plan: Plan) -> Iterator[str]:
    for word in measure.reported_by:
        if word not in names and word not in words:
            listed = "schemas/README.md 的 reported_by"
            yield unknown(file, f"{key}.reported_by", word, words, "职责、单位或组", listed)
    if measure.target:
        baseline = measure.target.baseline
        if baseline and baseline not in plan.baselines:
            yield unknown(file, f"{key}.target.baseline", baseline, plan.baselines, "基数", "plan.yaml")
        yield from other_year(file, f"{key}.target.by", measure.target.by, plan)


def check_measures(registry: Registry, named: dict[int, str]) -> list[str]:
    """Whoever reports a measure or sums an item up owes the item; rules speak of the item's own inputs."""
    faults = []
    uncounted = {reporter.code for reporter in registry.reporters if reporter.population is None}
    for item in registry.items:
        file = named[item.item]
        owing = frozenset().union(*registry.owing[item.item].values())
        if item.consolidates and not {r.code for r in registry.consolidators(item)} & owing:
            faults.append(_owes_nothing(file, "consolidates", item.consolidates, item))
        codes = [code for code, entry in registry.inputs.items() if entry.item == item.item]
        for name in item.measures:
            faults += _check_reporting(registry, file, name, item, owing, uncounted)
        for check in item.checks:
            faults += _check_rule(registry, file, check, codes)
    return faults


def _check_reporting(
    registry: Registry, file: str, name: str, item: Item, owing: frozenset[str], uncounted: set[str]
) -> Iterator[str]:
    key, measure = f"measures.{name}", item.measures[name]
    reporting = registry.reporting_codes(item, measure)
    for code in () if owing >= registry.typing[name] else reporting:
        if code not in owing:
            yield _owes_nothing(file, f"{key}.reported_by", registry.by_code[code].name, item)
    if measure.denominator and measure.denominator.reference:
        for code in () if uncounted.isdisjoint(registry.typing[name]) else reporting:
            if code in uncounted:
                yield (
                    f"{file}：{key}.denominator 引用 population，而“{registry.by_code[code].name}”没有该数据，"
                    "请在 reporters.yaml 补上。"
                )
    if not reporting:
        yield f"{file}：{key}.reported_by 没有落到任何单位，请改为承担该项的职责或单位。"


def _check_rule(registry: Registry, file: str, check: Check, codes: list[str]) -> Iterator[str]:
    """A rule names the item's inputs, and ones that it can bite on: a silent rule is worse than none."""
    named = (check.never_falls,) if check.never_falls else check.not_above
    for code in named:
        if code not in codes:
            yield unknown(file, "checks", code, codes, "该项的填报项编码")
    if not set(named) <= set(codes):
        return
    entries = [registry.inputs[code] for code in named]
    if check.never_falls and entries[0].figures != "to_date":
        yield (
            f"{file}：checks 中 never_falls 只用于 figures 为 to_date 的指标，"
            f"“{named[0]}”是 {entries[0].figures}，请删去该条或改 figures。"
        )
    if check.not_above:
        part, whole = (registry.typing[entry.measure] for entry in entries)
        if part.isdisjoint(whole) or entries[0].figures != entries[1].figures:
            yield (
                f"{file}：checks 中 not_above 的“{named[0]}”与“{named[1]}”须由同一单位填报且 figures 相同，"
                "否则无从比较，请改正或删去该条。"
            )


def check_shares(registry: Registry, shares: list[Share]) -> list[str]:
    """Shares name reporters of the measure, each once, and add up to the province's target where the measure sums."""
    known = [share for share in shares if share.reporter in registry.by_name and share.measure in registry.measures]
    pairs = [f"{registry.by_name[share.reporter].name}/{share.measure}" for share in known]
    faults = _twice("targets.csv", "reporter/measure", pairs)
    for share in shares:
        if share.measure not in registry.measures:
            faults.append(unknown("targets.csv", "measure", share.measure, registry.measures, "指标", "items/"))
        if share.reporter not in registry.by_name:
            names = [reporter.name for reporter in registry.reporters]
            faults.append(unknown("targets.csv", "reporter", share.reporter, names, "填报单位", "reporters.yaml"))
    totals: dict[str, Decimal] = {}
    for share in known:
        if registry.by_name[share.reporter].code not in registry.typing[share.measure]:
            faults.append(f"targets.csv：“{share.reporter}”不填报指标 {share.measure}，不能分得目标，请删去该行。")
        totals[share.measure] = totals.get(share.measure, Decimal(0)) + share.target
    for name, total in totals.items():
        measure = registry.measures[name][1]
        target = registry.target_figure(measure)
        if measure.aggregate == "sum" and target is not None and total != target:
            faults.append(
                f"targets.csv：指标 {name} 各单位份额合计 {total}，应等于全省目标 {target}，"
                f"相差 {total - target}，请调整。"
            )
    return faults


def _names(reporters: Iterable[Reporter]) -> set[str]:
    return {name for r in reporters for name in (r.name, r.full_name, r.code, *r.aliases)}


def unknown(file: str, key: str, found: str, allowed: Iterable[str], what: str, listed: str = "") -> str:
    """A name that stands for nothing; a long list of what is allowed gives way to where it is `listed`."""
    allowed = list(dict.fromkeys(allowed))
    close = difflib.get_close_matches(found, allowed, n=1, cutoff=0.5)
    hint = f"，是否想写“{close[0]}”" if close else ""
    if listed and len(allowed) > 12:
        near = difflib.get_close_matches(found, allowed, n=5, cutoff=0)
        return f"{file}：{key} 写的“{found}”不是{what}{hint}；可用的见 {listed}，相近的有：{'、'.join(near)}。"
    return f"{file}：{key} 写的“{found}”不是{what}{hint}；可用：{'、'.join(allowed) or '（还没有）'}。"


def _twice(file: str, key: str, values: Iterable[str]) -> list[str]:
    seen, faults = set(), []
    for value in values:
        if value in seen:
            faults.append(f"{file}：{key}“{value}”出现两次，须各不相同，请改名或删去一处。")
        seen.add(value)
    return faults


def _in_two_files(key: str, named: Iterable[tuple[str, object]]) -> list[str]:
    first, faults = {}, []
    for file, value in named:
        if value in first:
            faults.append(f"{file}：{key}“{value}”已用在 {first[value]}，须各不相同，请改名。")
        first.setdefault(value, file)
    return faults


def other_year(file: str, key: str, quarter: str, plan: Plan) -> list[str]:
    if quarter.startswith(f"{plan.year}Q"):
        return []
    return [f"{file}：{key} 写的“{quarter}”不在方案年度内；可用：{plan.year}Q1 至 {plan.year}Q4。"]


def _owes_nothing(file: str, key: str, name: str, item: Item) -> str:
    return f"{file}：{key} 中的“{name}”不承担第 {item.item} 项，请先把它写进 lead、support、groups 或 local。"
