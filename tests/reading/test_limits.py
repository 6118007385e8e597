"""The limits are in one file that says what each means, and what is misspelt there limits nothing."""

import dataclasses
import re

import pytest

from duban.errors import UserError
from duban.limits import LIMITS, Limits, load_limits
from duban.settings import SCHEMAS

WORDS = {field.name for field in dataclasses.fields(Limits)}


def test_the_file_and_the_page_know_every_limit_and_no_other():
    assert set(re.findall(r"^(\w+):", LIMITS.read_text(encoding="utf-8"), flags=re.M)) == WORDS
    page = (SCHEMAS / "README.md").read_text(encoding="utf-8")
    section = re.search(r"^## limits.yaml\n(.*)", page, flags=re.M | re.S)[1]
    listed = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(listed))) == WORDS


def test_a_limit_that_is_left_out_has_its_default_and_a_changed_one_holds(tmp_path):
    path = tmp_path / "limits.yaml"
    path.write_text("cells: 5\n", encoding="utf-8")
    assert load_limits(path) == Limits(cells=5)
    assert load_limits() == Limits()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cell: 5", "是否想写 cells"),
        ("cells: 0", "cells 写的是“0”，应大于 0"),
        ("cells: 多", "cells 写的是“多”，应为整数"),
    ],
)
def test_an_unknown_or_impossible_limit_is_refused(tmp_path, text, told):
    path = tmp_path / "limits.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=told):
        load_limits(path)


def test_a_lowered_limit_holds_for_the_next_file(filled_in, tools, read, monkeypatch):
    monkeypatch.setattr("duban.reading.cells.load_limits", lambda: Limits(cells=50))
    assert [fault[1] for fault in read(filled_in()).faults] == ["too_large"]
