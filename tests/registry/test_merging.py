"""A reporter that is merged into another in the middle of a year: who took over reports wherever the plan names it."""

import pytest

from duban.registry.load import load_registry


@pytest.fixture
def merged(folder):
    """The plan of 2023 with 信用处 merged into 法规处, by an alias of it."""
    path = folder / "reporters.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("  name: 信用处\n") == 1
    path.write_text(text.replace("  name: 信用处\n", "  name: 信用处\n  merged_into: 法规处\n"), encoding="utf-8")
    return load_registry(folder)


def test_the_other_owes_all_that_both_owed_once_and_in_the_better_role(registry, merged):
    into, gone = registry.by_name["法规处"].code, registry.by_name["信用处"].code
    before = {code: {item.item: role for item, role in registry.owed_items[code]} for code in (into, gone)}
    assert before[into] and before[gone]
    wanted = {
        item: min(
            (before[code][item] for code in before if item in before[code]), key=["lead", "support", "local"].index
        )
        for item in {*before[into], *before[gone]}
    }
    assert {item.item: role for item, role in merged.owed_items[into]} == wanted
    assert merged.owed_items[gone] == () and merged.owed_inputs[gone] == ()
    typed = {entry.code for code in (into, gone) for entry in registry.owed_inputs[code]}
    assert {entry.code for entry in merged.owed_inputs[into]} == typed


def test_everybody_else_owes_what_they_owed(registry, merged):
    two = {registry.by_name[name].code for name in ("法规处", "信用处")}
    for code in set(registry.by_code) - two:
        assert [(i.item, role) for i, role in merged.owed_items[code]] == [
            (i.item, role) for i, role in registry.owed_items[code]
        ]
        assert merged.owed_inputs[code] == registry.owed_inputs[code]


def test_it_leaves_the_groups_of_its_kind_and_keeps_its_name(registry, merged):
    for name in registry.groups:
        assert "信用处" not in [member.name for member in merged.members(name)]
    assert merged.named("信用处").merged_into == "法规处"


def test_a_prefecture_that_is_merged_owes_nothing_where_all_do(folder, registry):
    path = folder / "reporters.yaml"
    text = path.read_text(encoding="utf-8").replace("  name: 天门\n", "  name: 天门\n  merged_into: 仙桃\n")
    path.write_text(text, encoding="utf-8")
    shares = folder / "targets.csv"  # the share goes over by hand: the plan alone says how large it is
    lines = shares.read_text(encoding="utf-8").splitlines()
    gone = {line.split(",")[1]: int(line.split(",")[2]) for line in lines if line.startswith("天门,")}
    kept = [line for line in lines if not line.startswith("天门,")]
    for place, line in enumerate(kept):
        name, measure, target = line.split(",")
        if name == "仙桃":
            kept[place] = f"{name},{measure},{int(target) + gone[measure]}"
    shares.write_text("\n".join(kept) + "\n", encoding="utf-8")
    merged = load_registry(folder)
    gone_code = registry.by_name["天门"].code
    assert registry.owed_items[gone_code] and merged.owed_items[gone_code] == ()
    assert len(merged.owed[13]) == len(registry.owed[13]) - 1
