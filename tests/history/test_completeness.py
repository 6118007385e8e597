import hashlib

import pytest
from desk import LATE, OPENED, PLAN, Q1, RECEIVED, Desk, desk_at, write_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.completeness import STEPS, completeness, keep_lacking, lacks_of, lines, share
from duban.registry.load import load_registry
from duban.status import render, status
from duban.warehouse.connection import open_warehouse

WHOLE = {
    "工作进展!D4 progress/1/status": "推进中 = under_way",
    "工作进展!E4 progress/1/done": "建成两个站点",
    "工作进展!D5 progress/7/status": "不适用 = not_applicable",
    "工作进展!I5 progress/7/explanation": "本市没有这类企业",
    "指标数据!H4 inputs/stations/value": "300",
    "指标数据!H5 inputs/rate.numerator/value": "0",
    "指标数据!H6 inputs/rate.denominator/value": "不适用",
    "指标数据!I6 inputs/rate.denominator/explanation": "下季才检查",
}


def of_a1(desk) -> dict[int, list[str] | None]:
    """What each item of A1's lacks: [] where it is whole, None where nothing of it was accepted."""
    with open_warehouse(desk.home.warehouse) as connection:
        found = completeness(connection, Q1)
    (own,) = [row for row in found["reporters"] if row["code"] == "A1"]
    lacks = {row["item"]: row["lacks"] for row in found["incomplete"] if row["reporter"] == "A1"}
    assert own["complete"] == own["accepted"] - len(lacks)
    return {item: lacks.get(item, []) if own["accepted"] else None for item in (1, 7)}


@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        ({}, {1: [], 7: []}),
        ({"工作进展!I5 progress/7/explanation": ""}, {1: [], 7: ["reason"]}),
        ({"工作进展!I5 progress/7/explanation": "/"}, {1: [], 7: ["reason"]}),
        ({"指标数据!I6 inputs/rate.denominator/explanation": ""}, {1: ["reason"], 7: []}),
        ({"指标数据!H5 inputs/rate.numerator/value": ""}, {1: ["figures"], 7: []}),
        ({"工作进展!E4 progress/1/done": ""}, {1: ["text"], 7: []}),
        ({"工作进展!D4 progress/1/status": ""}, {1: ["status"], 7: []}),
        ({"工作进展!D5 progress/7/status": "未启动 = not_started"}, {1: [], 7: ["figures"]}),
    ],
)
def test_an_item_is_whole_where_all_that_is_owed_of_it_is_said(tmp_path, changed, lacks):
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "doubts.yaml").write_text("text_says_nothing: {words: ['/'], because: x}", encoding="utf-8")
    desk = desk_at(tmp_path)
    desk.open()
    desk.submit("2023Q1-A1-01", typed=WHOLE | changed)
    assert of_a1(desk) == lacks


def test_a_receipt_is_told_of_every_item_that_is_owed_what_accepted_content_lacks(desk):
    desk.open()
    desk.submit("2023Q1-A1-01", typed=WHOLE | {"工作进展!I5 progress/7/explanation": ""})
    desk.submit("2023Q1-A2-01", "returned", typed=WHOLE)
    desk.submit("2023Q1-B1-01", typed={"工作进展!D4 progress/1/status": "未启动 = not_started"})
    with open_warehouse(desk.home.warehouse) as connection:
        assert lacks_of(connection, ["2023Q1-B1-01", "2023Q1-A2-01", "2023Q1-A1-01"]) == [
            ("2023Q1-A1-01", 1, []),
            ("2023Q1-A1-01", 7, ["reason"]),
            ("2023Q1-B1-01", 1, []),
            ("2023Q1-B1-01", 7, ["status"]),
        ]


def test_received_accepted_and_whole_are_counted_apart(desk):
    desk.open()
    desk.submit("2023Q1-A1-01")
    desk.submit("2023Q1-A1-02", typed=WHOLE, supersedes="2023Q1-A1-01")
    desk.submit("2023Q1-A1-03", "returned")
    desk.submit("2023Q1-A2-01", "returned")
    desk.submit("2023Q1-B1-01", typed={"工作进展!D4 progress/1/status": "未启动 = not_started"})
    desk.submit("2023Q1-000000-01", "set_aside")
    found = status(desk.home, desk.registry, Q1, LATE)
    counts = found["completeness"]
    total = {"owed": 5, "received": 5, "accepted": 4, "complete": 3}
    assert counts == {
        "total": total,
        "chapters": [{"chapter": 1, "title": "第一篇", **total}],
        "items": [
            {"item": 1, "title": "建设站点", "owed": 3, "received": 3, "accepted": 2, "complete": 2},
            {"item": 7, "title": "提高占比", "owed": 2, "received": 2, "accepted": 2, "complete": 1},
        ],
        "reporters": [
            {"code": "A1", "name": "甲市", "owed": 2, "received": 2, "accepted": 2, "complete": 2},
            {"code": "A2", "name": "乙市", "owed": 1, "received": 1, "accepted": 0, "complete": 0},
            {"code": "B1", "name": "办公室", "owed": 2, "received": 2, "accepted": 2, "complete": 1},
        ],
        "incomplete": [{"reporter": "B1", "name": "办公室", "item": 7, "lacks": ["status"]}],
    }
    shown = render(found)
    assert [" ".join(line.split()) for line in shown.splitlines()[-9:]] == [
        "完整情况（按应报项次计，一家单位的一项重点工作为一项次）",
        "篇章 应报 收到 受理 内容完整 完整率",
        "第一篇 5 5 4 3 60.0%",
        "合计 5 5 4 3 60.0%",
        "",
        "已受理但内容不完整：",
        "办公室：第7项缺进展状态",
        "",
        "另有 1 个文件无法认定报送单位，已搁置。",
    ]


def test_what_is_lacking_follows_the_rules_that_the_quarter_stands_under(desk, tmp_path):
    desk.open()
    desk.submit("2023Q1-A2-01", typed={place: typed for place, typed in WHOLE.items() if "progress/7" not in place})
    assert incomplete(desk) == []
    mended = PLAN["items/07_share.yaml"].replace('local: ["A1"]', "local: all")
    stricter = Desk(desk.home, load_registry(write_plan(tmp_path / "plan", **{"07_share": mended})))
    stricter.open(Q1, LATE)
    assert incomplete(stricter) == [{"reporter": "A2", "name": "乙市", "item": 7, "lacks": ["status", "figures"]}]
    desk.open(Q1, LATE)
    assert incomplete(desk) == []


def incomplete(desk) -> list[dict]:
    with open_warehouse(desk.home.warehouse) as connection:
        return completeness(connection, Q1)["incomplete"]


def test_nearly_all_is_not_all():
    assert (share(9999, 10000), share(1, 1), share(0, 7), share(0, 0)) == ("99.9%", "100.0%", "0.0%", "—")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    desk = desk_at(tmp_path_factory.mktemp("completeness"))
    desk.open(Q1, OPENED)
    with open_warehouse(desk.home.warehouse) as connection:
        yield connection, desk.registry.digest


SENT = st.lists(
    st.tuples(
        st.sampled_from(["A1", "A2", "B1", "B2", None]),
        st.sampled_from(["accepted", "returned", "set_aside"]),
        st.sets(st.sampled_from(sorted(WHOLE))),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SENT)
def test_no_count_passes_the_one_before_it_whatever_is_sent(opened, sent):
    connection, registry = opened
    connection.execute("BEGIN")
    try:
        standing: dict[str, str] = {}
        for number, (reporter, verdict, left_out, sent_twice) in enumerate(sent, start=1):
            verdict = verdict if reporter else "set_aside"
            accession = f"2023Q1-{reporter or '000000'}-{number:02}"
            digest = hashlib.sha256(f"{number}".encode()).hexdigest()
            connection.execute(
                "INSERT INTO submissions VALUES ($1, $2, $3, $4, $5, 'x', '', 1, $6, $6, $7, NULL, $8, false, $9)",
                [accession, str(Q1), reporter, number, digest, RECEIVED, registry, verdict]
                + [standing.get(reporter) if verdict == "accepted" else None],
            )
            if verdict == "accepted":
                standing[reporter] = accession
            for place in [place for place in sorted(WHOLE) if place not in left_out] * (1 + sent_twice):
                tab, key, field = place.split(" ")[1].split("/")
                typed, _, read = WHOLE[place].partition(" = ")
                connection.execute(
                    "INSERT INTO entries VALUES (?, ?, ?, NULL, ?, 'value', ?, ?, NULL, NULL, 'x', 1, 'A1')",
                    [accession, tab, key, field, typed, read or typed],
                )
        keep_lacking(connection, Q1)
        found = completeness(connection, Q1)
    finally:
        connection.execute("ROLLBACK")
    groups = [[found["total"]], found["chapters"], found["items"], found["reporters"]]
    for group in groups:
        for row in group:
            counted = [row["owed"], *(row[step] for step in STEPS)]
            assert counted == sorted(counted, reverse=True) and counted[-1] >= 0
        assert {key: sum(row[key] for row in group) for key in ("owed", *STEPS)} == found["total"]
    assert found["total"]["owed"] == 5
    assert found["total"]["accepted"] == sum(row["owed"] for row in found["reporters"] if row["code"] in standing)
    assert all(float(line[-1].rstrip("%")) <= 100 for line in lines(found)[1:])
