"""What differs between the plan that a quarter stands under and the changed one, as far as it is told in words."""

from collections.abc import Mapping

from duban.messages import Rule
from duban.quarters import Quarter
from duban.registry.registry import Registry
from duban.rehearsal.replay import Rules
from duban.rehearsal.rows import rows_of


def plan_changes(quarter: Quarter, before: Rules, after: Rules) -> dict:
    """What the change is, before anything is judged by it: {"files": names of those that differ, "reporters", "items",
    "inputs": each {"added", "dropped"}, "rows": what reporters would have to add or leave out, "severities", "due"}.

    A row is {tab, key, item, title, added, dropped}: the codes of the reporters that newly owe it, or no longer do.
    """
    old, new = before.registry, after.registry
    files = sorted(n for n in old.files.keys() | new.files.keys() if old.files.get(n) != new.files.get(n))
    due = [old.due(quarter).isoformat(), new.due(quarter).isoformat()]
    return {
        "files": files,
        "reporters": _gone_and_come(
            {one.code: one.name for one in old.reporters}, {one.code: one.name for one in new.reporters}
        ),
        "items": _gone_and_come({one.item: one.title for one in old.items}, {one.item: one.title for one in new.items}),
        "inputs": _gone_and_come(
            {code: one.title for code, one in old.inputs.items()}, {code: one.title for code, one in new.inputs.items()}
        ),
        "rows": _rows(old, new),
        "severities": _severities(before.messages, after.messages),
        "due": due if due[0] != due[1] else None,
    }


def _gone_and_come(old: Mapping, new: Mapping) -> dict:
    return {
        "added": [{"key": key, "title": title} for key, title in new.items() if key not in old],
        "dropped": [{"key": key, "title": title} for key, title in old.items() if key not in new],
    }


def _rows(old: Registry, new: Registry) -> list[dict]:
    owing: dict[tuple[str, str], dict] = {}
    for code in [*old.by_code, *(code for code in new.by_code if code not in old.by_code)]:
        had, has = rows_of(old, code), rows_of(new, code)
        for word, rows in (("added", has - had), ("dropped", had - has)):
            for row in rows:
                owing.setdefault(row, {"added": [], "dropped": []})[word].append(code)
    described = [
        _row(tab, key, new if reporters["added"] else old, reporters) for (tab, key), reporters in owing.items()
    ]
    return sorted(described, key=lambda row: (row["item"], row["tab"] != "progress", row["key"]))


def _row(tab: str, key: str, registry: Registry, reporters: dict) -> dict:
    if tab == "progress":
        item = registry.item(int(key))
        return {"tab": tab, "key": key, "item": item.item, "title": item.title, **reporters}
    entry = registry.inputs[key]
    return {"tab": tab, "key": key, "item": entry.item, "title": entry.title, **reporters}


def _severities(old: Mapping[str, Rule], new: Mapping[str, Rule]) -> list[dict]:
    return [
        {"rule": code, "title": rule.title, "before": old[code].severity, "after": rule.severity}
        for code, rule in new.items()
        if code in old and old[code].severity != rule.severity
    ]
