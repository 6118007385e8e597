"""Text from outside is read, and does nothing."""

import json

import pytest

from duban.arrivals import readable_name
from duban.visible import harmless, in_one_line, unmarked, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("已建成 3 个\n\t第二行", "已建成 3 个\n\t第二行"),
        ("\x1b[2J清屏\x07", "\\u001b[2J清屏\\u0007"),
        ("\x9b31m\x7f", "\\u009b31m\\u007f"),
        ("甲\r乙", "甲\\u000d乙"),
        ("表\u202exslx.exe", "表\\u202exslx.exe"),
        ("甲\u2028乙\u2066丙", "甲\\u2028乙\\u2066丙"),
    ],
)
def test_what_would_act_is_spelled_out_and_all_else_is_as_it_was(text, shown):
    assert visible(text) == shown


def test_json_stays_the_same_json():
    told = {"文件": "".join(map(chr, range(0x20, 0x2100))) + "\u2066\x1b"}
    shown = visible(json.dumps(told, ensure_ascii=False))
    assert json.loads(shown) == told and not set(shown) & {"\x7f", "\x9b", "\u202e", "\u2066"}


def test_json_is_harmless_where_it_would_be_left_as_it_is():
    for char in map(chr, range(0x10000)):
        told = json.dumps(f"武汉{char}“三品”", ensure_ascii=False)
        assert harmless(told.encode(errors="surrogatepass")) == (visible(told) == told)


def test_the_name_of_a_file_is_one_line():
    assert readable_name("甲\n结论：受理\t\x1b[2J.xlsx") == in_one_line("甲\n结论：受理\t\x1b[2J.xlsx")
    assert in_one_line("甲\n乙\t丙") == "甲\\n乙\\t丙"


def test_markdown_shows_a_name_and_makes_nothing_of_it():
    assert unmarked("[点](http://a.b)|`<i>") == r"\[点\]\(http\:\/\/a\.b\)\|\`\<i\>"
