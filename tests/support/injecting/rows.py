"""Rows that are missing, repeated, or nobody's."""

from drafts import Line, phrases

from duban.fillin.layout import BY_TABLE
from injecting.injection import Injection, NoPlace


def row_missing(one: Injection) -> None:
    tab = one.rng.choice(("progress", "inputs"))
    line = one.pick(tab)
    one.draft.lines[tab].remove(line)
    one.expect("row_missing", tab, None, line.key)


def row_repeated(one: Injection) -> None:
    """What the second row holds is not looked at."""
    tab = one.rng.choice(("progress", "inputs"))
    line = one.pick(tab)
    again = line.copy()
    lines = one.draft.lines[tab]
    lines.insert(one.rng.randint(lines.index(line) + 1, len(lines)), again)
    one.expect("row_repeated", tab, again, BY_TABLE[tab].keys[0])


def row_unknown(one: Injection) -> None:
    tab = one.rng.choice(("progress", "inputs"))
    if not one.draft.lines[tab]:
        raise NoPlace
    like = one.draft.lines[tab][0]
    line = Line("", dict(like.texts), like.limits)
    key = BY_TABLE[tab].keys[0]
    line.texts[key] = str(one.rng.randint(70, 99)) if tab == "progress" else f"figure_of_ours_{one.rng.randint(1, 99)}"
    one.draft.lines[tab].insert(one.rng.randint(0, len(one.draft.lines[tab])), line)
    one.expect("row_unknown", tab, line, key)


def row_without_key(one: Injection) -> None:
    """Something typed between two rows of the table belongs to nothing."""
    tab = one.rng.choice(("progress", "inputs"))
    below = one.pick(tab)  # and stays
    line = Line("", {"unit": "", "figures": "", "explanation": phrases(one.rng, 2)}, below.limits)
    one.draft.lines[tab].insert(one.draft.lines[tab].index(below), line)
    one.expect("row_unknown", tab, line, "explanation")


def row_not_owed(one: Injection) -> None:
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
