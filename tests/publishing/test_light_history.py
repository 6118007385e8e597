"""A light over the year, overdue ones that are made up, words that figures contradict, and why one is grey."""

import pytest

from duban.warehouse.connection import records

QUARTERS = ("2023Q1", "2023Q2", "2023Q3", "2023Q4")
RECEIVED = dict(zip(QUARTERS, ("2023-04-05", "2023-07-05", "2023-10-09", "2024-01-05"), strict=True))
SIGNS = {"red": "R", "yellow": "Y", "green": "G", "done": "D", "grey": "-"}
BY_SECOND = ("at_least: 20, by: 2023Q4", "at_least: 20, by: 2023Q2")


@pytest.fixture
def year(make_office, changed_plan, tmp_path):
    """An office under the small plan, whose new standards are due in the second quarter; filled by `returns`."""
    office = make_office(tmp_path / "home", changed_plan(**{"02_standards": BY_SECOND}), *QUARTERS)

    def fill(reporter, *returns):
        for quarter, given in zip(QUARTERS, returns, strict=False):
            if given is not None:
                figures, progress = given
                office.submit(quarter, reporter, figures, progress, received=f"{RECEIVED[quarter]}T10:00:00")
        return office

    return fill


def history(connection):
    rows = records(connection, "marts/light_history")
    return {row["subject"] or f"item {row['item']}": "".join(SIGNS[one] for one in row["lights"]) for row in rows}


def light(connection, scope, subject="", reporter=""):
    return connection.execute(
        "SELECT light, judged, formula FROM lights JOIN scope USING (publication)"
        " WHERE lights.scope = ? AND subject = ? AND reporter = ? AND item = 2",
        [scope, subject, reporter],
    ).fetchall()[0]


def standards(number, status="under_way", expected_on=None):
    fields = {"status": status} | ({"expected_on": expected_on} if expected_on else {})
    return {} if number is None else {"standards_issued": number}, {2: fields}


YEAR = (standards(2), standards(15), standards(20, "done"), standards(21, "done"))


def test_what_was_overdue_turns_yellow_in_the_quarter_in_which_it_is_made_up_and_is_done_from_the_next_on(year):
    office = year("D02", *YEAR)
    with office.staged("2023Q4", "2024-01-10T09:00:00") as connection:
        found = history(connection)
    #                                              due in the second quarter: 20, and the deliverable
    assert found["standards_issued"] == "RRYD"
    assert found["measures_issued"] == "-RYD"
    assert found["item 2"] == "RRYD"


def test_a_made_up_light_says_so_and_is_neither_behind_nor_contradicted(year):
    office = year("D02", *YEAR)
    with office.staged("2023Q3", "2023-10-10T09:00:00") as connection:
        measure, deliverable = (
            light(connection, "measure", "standards_issued"),
            light(connection, "deliverable", "measures_issued"),
        )
        own, item = light(connection, "reporter_item", reporter="D02"), light(connection, "item")
        behind = [row["code"] for row in records(connection, "marts/lagging") if row["item"] == 2]
        [row] = [row for row in records(connection, "marts/items") if row["item"] == 2]
        [reporter] = [row for row in records(connection, "marts/item_rows") if row["item"] == 2]
    assert measure == (
        "yellow",
        "done",
        "实绩 20，年度目标 20 × 序时 100% = 应达 20；已达到目标；上季逾期，本季补齐，记黄灯",
    )
    assert deliverable == (
        "yellow",
        "done",
        "标准化处自报“已完成”，期限 2023-06-30；已完成；上季逾期，本季补齐，记黄灯",
    )
    assert own[:2] == item[:2] == ("yellow", "done")
    assert item[2] == "取 2 个可判断的指标和成果中最差者；逾期后本季补齐的记黄灯"
    assert behind == []
    assert (row["contradicted"], reporter["contradicted"]) == (False, False)


#    standards issued by quarter   history (20 are due in the second)
MEASURES = """
     20 20 20 20                   DDDD
     10 20 20 20                   GDDD
     10 19 20 20                   GYYD
     10 10 15 20                   GRRY
     10 -  20 20                   G-DD
     10 15 -  20                   GR-Y
     10 15 20 19                   GRYY
"""


@pytest.mark.parametrize("case", MEASURES.strip().splitlines())
def test_only_what_was_judged_overdue_is_marked_when_it_is_made_up(year, case):
    *figures, expected = case.split()
    office = year("D02", *(None if figure == "-" else standards(int(figure)) for figure in figures))
    with office.staged("2023Q4", "2024-01-10T09:00:00") as connection:
        assert history(connection)["standards_issued"] == expected
        if expected == "GR-Y":
            assert light(connection, "measure", "standards_issued")[2].endswith("；此前逾期，本季补齐，记黄灯")


def test_the_history_is_of_what_the_publication_pins_itself(year):
    office = year("D02", *YEAR)
    office.submit(
        "2023Q1", "D02", *standards(10), received="2023-05-01T10:00:00", supersedes="2023Q1-D02-01"
    )  # fmt: skip
    found = []
    for quarter, moment in (("2023Q1", "2023-04-30T09:00:00"), ("2023Q2", "2023-07-10T09:00:00")):
        with office.staged(quarter, moment) as connection:
            found.append(history(connection)["standards_issued"])
    assert found == ["R", "GR"]


def test_a_lead_whose_item_is_behind_is_contradicted_in_the_table_and_on_the_items_sheet(filled_office):
    filled_office.submit(
        "2023Q1", "D01", {"visits": 40}, {1: {"status": "done"}},
        received="2023-04-09T10:00:00", supersedes="2023Q1-D01-01",
    )  # fmt: skip
    with filled_office.staged("2023Q1", "2023-04-12T09:00:00") as connection:
        items = {row["item"]: row["contradicted"] for row in records(connection, "marts/items")}
        rows = {(row["item"], row["name"]): row["contradicted"] for row in records(connection, "marts/item_rows")}
    assert items == {1: True, 2: False, 3: False}
    assert {key for key, contradicted in rows.items() if contradicted} == {(1, "食品处"), (1, "黄石")}


def test_every_grey_light_says_why(filled_office):
    filled_office.submit(
        "2023Q1", "D03", {"activities": None}, {3: {"status": "not_applicable"}}, received="2023-04-09T10:00:00"
    )
    with filled_office.staged("2023Q1", "2023-04-12T09:00:00") as connection:
        found = connection.execute(
            "SELECT lights.scope, item, subject, reporter, formula FROM lights JOIN scope USING (publication)"
            " WHERE light = 'grey' ORDER BY ALL"
        ).fetchall()
    assert found == [
        ("item", 3, "", "", "指标和成果均无从判断（未设目标 1），督审处自报“不适用”"),
        ("measure", 1, "quick_tests", "", "未设目标，只跟踪不亮灯"),
        ("measure", 3, "activities", "", "未设目标，只跟踪不亮灯"),
        ("reporter_item", 1, "", "420300", "退回修改中，未计入"),
        ("reporter_item", 3, "", "D03", "无可计算的指标，自报“不适用”"),
        ("reporter_measure", 1, "batches", "420300", "退回修改中，没有计入的数，不亮灯"),
        ("reporter_measure", 1, "disposed", "420300", "退回修改中，没有计入的数，不亮灯"),
        ("reporter_measure", 1, "quick_tests", "420100", "本单位未分解目标，只跟踪不亮灯"),
        ("reporter_measure", 1, "quick_tests", "420200", "本单位未分解目标，只跟踪不亮灯"),
    ]


#    what the consolidator says in the first quarter        why its deliverable of the second is grey
GREY = [
    ({"status": "under_way"}, "标准化处自报“推进中”，期限 2023-06-30；有单位未报或未写预计完成时间，不足以判断"),
    ({"status": "not_started"}, "标准化处自报“未启动”，期限 2023-06-30；尚未启动而期限未到，不足以判断"),
    ({"status": "not_applicable"}, "标准化处自报“不适用”，期限 2023-06-30；不足以判断"),
    ({}, "牵头单位未报，期限 2023-06-30；不足以判断"),
]


@pytest.mark.parametrize(("fields", "formula"), GREY)
def test_a_deliverable_that_cannot_be_judged_says_why(year, fields, formula):
    office = year("D02", ({"standards_issued": 2}, {2: fields} if fields else {}))
    with office.staged("2023Q1", "2023-04-12T09:00:00") as connection:
        assert light(connection, "deliverable", "measures_issued") == ("grey", "grey", formula)


def test_a_target_whose_baseline_is_not_known_yet_is_not_called_a_measure_without_target(
    make_office, changed_plan, tmp_path
):
    registry = changed_plan(**{"02_standards": ("at_least: 20", "baseline: last_year")})
    office = make_office(tmp_path / "home", registry, "2023Q1")
    office.submit("2023Q1", "D02", {"standards_issued": 2})
    with office.staged("2023Q1", "2023-04-12T09:00:00") as connection:
        assert light(connection, "measure", "standards_issued")[2] == "目标引用的基数尚未填入，暂不亮灯"


def test_a_measure_that_nobody_reported_and_one_that_nobody_has_are_told_apart(year):
    office = year("D02", standards(None))
    with office.staged("2023Q1", "2023-04-12T09:00:00") as connection:
        assert light(connection, "measure", "standards_issued")[2] == "应报单位均未报数，不亮灯"
    office.submit(
        "2023Q1", "D02", {"standards_issued": None}, received="2023-04-06T10:00:00", supersedes="2023Q1-D02-01"
    )
    with office.staged("2023Q1", "2023-04-12T09:00:00") as connection:
        assert light(connection, "measure", "standards_issued")[2] == "已报的均填“不适用”，不亮灯"
