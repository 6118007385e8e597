"""`docs/adding-an-item-or-a-year.md`, tried as written."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from duban.registry.describe import describe_item, describe_plan
from duban.registry.load import load_registry

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding-an-item-or-a-year.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.M | re.S)
# a file's block begins with a comment that says where it goes
FILES = {re.match(r"# ([\w./]+)", text)[1]: text for kind, text in BLOCKS if kind == "yaml"}
COMMANDS = [line for kind, text in BLOCKS if kind == "" for line in text.splitlines()]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "schemas" / "2023", tmp_path / "schemas" / "2023")
    return tmp_path


def test_an_item_is_one_file(root: Path):
    name = "schemas/2023/items/40_farmers_markets.yaml"
    (root / name).write_text(FILES[name], encoding="utf-8")
    registry = load_registry(root / "schemas" / "2023")
    roles = [owed.role for owed in registry.owed[40]]
    assert roles == ["lead", "support"] + ["local"] * 17
    assert describe_item(registry, 40).startswith("第 40 项  农贸市场整治\n")


def test_a_reporter_is_one_entry_and_joins_the_groups_of_its_kind(root: Path):
    name = "schemas/2023/reporters.yaml"
    with (root / name).open("a", encoding="utf-8") as file:
        file.write(FILES[name])
    registry = load_registry(root / "schemas" / "2023")
    assert [item.item for item, _ in registry.owed_items["ZS14"]] == [2, 3, 21, 32, 33]


def test_the_commands_of_the_page_do_what_it_says(root: Path):
    for command in COMMANDS:
        match command.split():
            case ["duban", "plan", "--schemas", folder]:
                assert describe_plan(load_registry(root / folder))
            case ["duban", "plan", number, "--schemas", folder]:
                assert describe_item(load_registry(root / folder), int(number))
            case [("cp" | "sed"), *_]:
                subprocess.run(command, shell=True, cwd=root, check=True)
            case _:
                pytest.fail(f"nobody has tried: {command}")
    assert load_registry(root / "schemas" / "2023").plan.baselines["annual_report_rate_2021"] is not None
    assert load_registry(root / "schemas" / "2024").plan.plan == "hubei-2024"
