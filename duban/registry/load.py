"""Reading a folder of schemas into a Registry, and refusing what does not fit together."""

import difflib
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from duban.errors import RegistryError
from duban.registry.files import read_csv, read_yaml
from duban.registry.registry import Registry
from duban.registry.shapes import Group, Item, Plan, Record, Reporter


class Share(Record):
    """A line of `targets.csv`."""

    reporter: str
    measure: str
    target: Decimal


def load_registry(folder: Path) -> Registry:
    """Read `plan.yaml`, `reporters.yaml`, `groups.yaml`, `targets.csv` and `items/*.yaml` of one year.

    Raises RegistryError with one line per fault: file, key, what was found, what is allowed.
    """
    if not folder.is_dir():
        raise RegistryError(f"找不到方案文件夹 {folder}:请用 --schemas 指明,或在 schemas/ 下建立该年度的文件夹。")
    plan = read_yaml(folder / "plan.yaml", Plan)
    reporters = read_yaml(folder / "reporters.yaml", tuple[Reporter, ...])
    groups = read_yaml(folder / "groups.yaml", dict[str, Group])
    paths = sorted((folder / "items").glob("*.yaml"))
    items, faults = [], []
    for path in paths:
        try:
            items.append(read_yaml(path, Item))
        except RegistryError as error:
            faults.append(str(error))
    if faults:
        raise RegistryError("\n".join(faults))
    named = {item.item: path.name for item, path in zip(items, paths, strict=True)}
    shares = read_csv(folder / "targets.csv", Share)
    files = _texts(folder)
    faults += _check_reporters(reporters)
    faults += _check_items(plan, reporters, groups, items, paths)
    if faults:
        raise RegistryError("\n".join(faults))
    by_name = {n: r.code for r in reporters for n in (r.code, r.name, r.full_name, *r.aliases)}
    registry = Registry(
        plan=plan,
        reporters=reporters,
        groups=groups,
        items=tuple(sorted(items, key=lambda item: item.item)),
        shares={(by_name.get(share.reporter, share.reporter), share.measure): share.target for share in shares},
        digest=_digest(files),
        files=files,
    )
    faults += _check_measures(registry, named)
    faults += _check_shares(registry, shares)
    if faults:
        raise RegistryError("\n".join(faults))
    return registry


def _texts(folder: Path) -> dict[str, str]:
    """The files that make up a registry, by name; ledgers and contacts are dated records of their own, not rules."""
    paths = [folder / name for name in ("plan.yaml", "reporters.yaml", "groups.yaml", "targets.csv")]
    paths += sorted((folder / "items").glob("*.yaml"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths if path.exists()}


def _digest(files: dict[str, str]) -> str:
    whole = hashlib.sha256()
    for name, text in sorted(files.items()):
        whole.update(f"{name}\0{len(text)}\0{text}\0".encode())
    return whole.hexdigest()


def _unknown(file: str, key: str, found: str, allowed: Iterable[str], what: str) -> str:
    allowed = sorted(set(allowed))
    close = difflib.get_close_matches(found, allowed, n=1, cutoff=0.5)
    hint = f",是否想写“{close[0]}”" if close else ""
    return f"{file}:{key} 写的“{found}”不是{what}{hint};可用:{'、'.join(allowed)}。"


def _twice(file: str, key: str, values: Iterable) -> list[str]:
    seen, faults = set(), []
    for value in values:
        if value in seen:
            faults.append(f"{file}:{key}“{value}”出现两次,须各不相同,请改名或删去一处。")
        seen.add(value)
    return faults


def _check_reporters(reporters: Iterable[Reporter]) -> list[str]:
    names = [name for r in reporters for name in dict.fromkeys((r.name, r.full_name, *r.aliases))]
    return _twice("reporters.yaml", "code", [r.code for r in reporters]) + _twice("reporters.yaml", "名称", names)


def _check_items(plan: Plan, reporters, groups: dict[str, Group], items: list[Item], paths: list[Path]) -> list[str]:
    """Names that stand for something else must stand for something that exists."""
    names = {name for r in reporters for name in (r.name, r.full_name, r.code, *r.aliases)}
    prefectures = [r.code for r in reporters if r.kind == "prefecture"]
    faults = _twice("items/", "item", [item.item for item in items]) + _twice("items/", "name", [i.name for i in items])
    if plan.collected_by not in names:
        faults.append(_unknown("plan.yaml", "collected_by", plan.collected_by, names, "填报单位"))
    for group, record in groups.items():
        faults += [
            _unknown("groups.yaml", f"{group}.members", member, names, "填报单位")
            for member in record.members
            if member not in names
        ]
    for item, path in zip(items, paths, strict=True):
        if path.name != f"{item.item:02d}_{item.name}.yaml":
            faults.append(f"{path.name}:文件名与内容不符,应为 {item.item:02d}_{item.name}.yaml,请改名。")
        if item.chapter not in plan.chapters:
            faults.append(_unknown(path.name, "chapter", str(item.chapter), map(str, plan.chapters), "方案的篇章"))
        for key in ("lead", "support", "consolidates"):
            value = getattr(item, key)
            for name in (value,) if isinstance(value, str) else value or ():
                if name not in names:
                    faults.append(_unknown(path.name, key, name, names, "填报单位"))
        faults += [
            _unknown(path.name, "groups", group, groups, "groups.yaml 中的组")
            for group in item.groups
            if group not in groups
        ]
        if not isinstance(item.local, str):
            faults += [
                _unknown(path.name, "local", code, prefectures, "市州代码")
                for code in item.local
                if code not in prefectures
            ]
        for name, measure in item.measures.items():
            words = {"lead", "support", "local", "consolidates", *names, *groups}
            faults += [
                _unknown(path.name, f"measures.{name}.reported_by", word, words, "职责、单位或组")
                for word in measure.reported_by
                if word not in words
            ]
            if measure.target and measure.target.baseline and measure.target.baseline not in plan.baselines:
                faults.append(
                    _unknown(
                        path.name,
                        f"measures.{name}.target.baseline",
                        measure.target.baseline,
                        plan.baselines,
                        "plan.yaml 中的基数",
                    )
                )
    return faults


def _check_measures(registry: Registry, named: dict[int, str]) -> list[str]:
    """Names are unique over the plan; whoever reports a measure owes its item; rules speak of the item's own inputs."""
    faults = _twice("items/", "指标名", [name for item in registry.items for name in item.measures])
    faults += _twice("items/", "交付物名", [d.name for item in registry.items for d in item.deliverables])
    for item in registry.items:
        file = named[item.item]
        owing = {owed.reporter.code for owed in registry.owed[item.item]}
        codes = [code for code, entry in registry.inputs.items() if entry.item == item.item]
        for name, measure in item.measures.items():
            reporting = registry.reporting(item, measure)
            faults += [
                f"{file}:measures.{name}.reported_by 中的“{reporter.name}”不承担第 {item.item} 项,"
                "请先把它写进 lead、support、groups 或 local。"
                for reporter in reporting
                if reporter.code not in owing
            ]
            if not reporting:
                faults.append(f"{file}:measures.{name}.reported_by 没有落到任何单位,请改为承担该项的职责或单位。")
            if measure.denominator and measure.denominator.reference:
                faults += [
                    f"{file}:measures.{name}.denominator 引用 population,而“{reporter.name}”没有该数据,"
                    "请在 reporters.yaml 补上。"
                    for reporter in reporting
                    if reporter.population is None
                ]
        for check in item.checks:
            for code in (check.never_falls,) if check.never_falls else check.not_above:
                if code not in codes:
                    faults.append(_unknown(file, "checks", code, codes, "该项的填报项编码"))
    return faults


def _check_shares(registry: Registry, shares: list[Share]) -> list[str]:
    """Shares name reporters of the measure, each once, and add up to the province's target where the measure sums."""
    faults = _twice("targets.csv", "单位与指标", [f"{share.reporter}/{share.measure}" for share in shares])
    totals: dict[str, Decimal] = {}
    for share in shares:
        if share.measure not in registry.measures:
            faults.append(_unknown("targets.csv", "measure", share.measure, registry.measures, "方案中的指标"))
            continue
        item, measure = registry.measures[share.measure]
        reporting = {reporter.code for reporter in registry.reporting(item, measure)}
        if share.reporter not in registry.by_name:
            faults.append(_unknown("targets.csv", "reporter", share.reporter, registry.by_name, "填报单位"))
        elif registry.by_name[share.reporter].code not in reporting:
            faults.append(f"targets.csv:“{share.reporter}”不填报指标 {share.measure},不能分得目标,请删去该行。")
        totals[share.measure] = totals.get(share.measure, Decimal(0)) + share.target
    for name, total in totals.items():
        measure = registry.measures[name][1]
        target = registry.target_figure(measure)
        if measure.aggregate == "sum" and target is not None and total != target:
            faults.append(
                f"targets.csv:指标 {name} 各单位份额合计 {total},应等于全省目标 {target},相差 {total - target},请调整。"
            )
    return faults
