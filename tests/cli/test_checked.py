from duban.cli_print import checked


def finding(**said) -> dict:
    known = {"rule": "wrong", "severity": "must_fix", "sheet": "指标数据", "cells": [], "value": "约三百"}
    return {**known, "message": "不是数字。", "remedy": "请填数字。", "settled": None, "because": "", **said}


def test_many_of_a_kind_are_one_line_and_what_is_settled_comes_last_and_asks_for_nothing():
    found = [finding(cells=[f"H{row}"]) for row in range(4, 9)]
    found += [finding(severity="structure", sheet="", message="文件是空的。", remedy="请重新报送。")]
    found += [
        finding(severity="confirm", cells=["H9"], message="翻了十倍。", settled="explained", because="新并入两县")
    ]
    result = {"reporter": "A1", "quarter": "2023Q1", "verdict": "returned", "findings": found}
    assert checked(result).splitlines() == [
        "2023Q1 A1 结论：退回；问题 6 个，另有已说明或已豁免 1 个，不用处理",
        "  [强制] 指标数据 H4:H8：同类问题 5 个，以第一个为例：不是数字。",
        "         请填数字。",
        "  [结构] 文件是空的。",
        "         请重新报送。",
        "  [已说明] 指标数据 H9：翻了十倍。",
        "         情况说明：新并入两县",
    ]
