import re

import pytest

from duban.errors import RegistryError
from duban.messages import Rule, load_messages, word


def test_a_wording_is_a_clause_without_a_full_stop_that_its_frame_supplies():
    for code, rule in load_messages().items():
        for text in (rule.found, rule.wanted, rule.do, rule.explain or "", rule.reason):
            assert not text.endswith(("。", ",", "\uff0c", ";")), code


def test_limits_are_slots_and_not_figures():
    for code, rule in load_messages().items():
        assert not re.search(r"\d", re.sub(r"例如 \S+|\.xlsx|填 0|0 位|大小为 0", "", rule.found + rule.wanted)), code


def test_a_word_that_is_wanting_is_our_fault_and_not_a_hole_in_the_message():
    with pytest.raises(KeyError):
        word(load_messages()["figure_below_minimum"], {"sheet": "指标数据"})


def test_an_item_that_asks_for_confirmation_gets_its_own_remedy():
    rule = load_messages()["part_above_whole"]
    words = dict.fromkeys(rule.words, "x")
    assert word(rule, words, "must_fix")[1] != word(rule, words, "confirm")[1]
    assert "情况说明" in word(rule, words, "confirm")[1]


def test_a_misspelt_key_is_refused_by_file_and_key(tmp_path):
    path = tmp_path / "messages.yaml"
    path.write_text(
        "one: {severity: notice, scope: file, found: 甲, wanted: 乙, do: 丙, reson: 丁, reason: 戊}", encoding="utf-8"
    )
    with pytest.raises(RegistryError, match=r"messages.yaml.*reson.*reason"):
        load_messages(path)


def test_a_message_is_found_and_wanted_and_a_remedy_is_what_to_do():
    rule = Rule(severity="notice", scope="file", found="有{n}个", wanted="应有一个", do="请删去", reason="因为")
    assert word(rule, {"n": 3}) == ("有3个\uff0c应有一个。", "请删去。")
