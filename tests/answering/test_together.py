import pytest

from duban.answering.submission import Finding
from duban.answering.together import few, together


def finding(place: int, cells: list[str], rule: str = "wrong", **changes) -> Finding:
    said = {"severity": "must_fix", "item": 1, "sheet": "指标数据", "value": f"约{place}", "message": f"第{place}个。"}
    return Finding(place=place, rule=rule, cells=cells, **{**said, "remedy": "请改。", **changes})


def test_more_than_a_few_of_a_kind_are_told_as_one_in_the_place_of_the_first():
    found = [finding(1, ["H4"]), finding(2, ["H9"], "other"), *(finding(n, [f"H{n + 2}"]) for n in range(3, 6))]
    assert [(some.message, some.cells, some.value) for some in together(found)] == [
        ("同类问题 4 个，以第一个为例：第1个。", ["H4", "H5", "H6", "H7"], "约1、约3、约4、约5"),
        ("第2个。", ["H9"], "约2"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"cells": ["I9"]},
        {"rule": "other"},
        {"sheet": "工作进展"},
        {"severity": "confirm"},
        {"remedy": "请核对。"},
        {"settled": "explained", "because": "属实"},
    ],
)
def test_what_asks_for_another_thing_stays_apart(other):
    found = [*(finding(n, [f"H{n}"]) for n in range(1, 4)), finding(4, **{"cells": ["H4"], **other})]
    assert [some.findings for some in together(found)] == [(one,) for one in found]


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        ([], ""),
        (["H4", "H5"], "H4、H5"),
        (["H4", "H5", "H6", "AA6", "AA7"], "H4:H6、AA6、AA7"),
        ([f"E{row}" for row in range(4, 30, 2)], "E4、E6、E8、E10、E12、E14 等 13 格"),
        (["E10", "E9", "E11"], "E9:E11"),
    ],
)
def test_cells_are_named_in_runs_and_counted_where_there_are_many(addresses, told):
    assert few(addresses) == told
