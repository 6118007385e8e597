import datetime as dt

import pytest
from desk import OPENED, PLAN, Q1, Q2, Desk, desk_at
from openpyxl import load_workbook

from duban.errors import UserError
from duban.fillin.form import Prefill
from duban.opening import open_quarter, read_prefill
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import ledgers_of
from duban.warehouse.connection import open_warehouse

LATER = OPENED + dt.timedelta(days=1)
CORRECTION = (
    "- {quarter: 2023Q1, reporter: 甲市, input: stations, old: 1000.5, new: 100, reason: 多写一个零,"
    f' approved_by: 办公室, approved_on: "{OPENED.date()}"}}'
)


def relative(desk: Desk, paths) -> list[str]:
    return [path.relative_to(desk.home.root).as_posix() for path in paths]


def test_opening_records_what_is_owed_and_writes_a_workbook_for_all_who_owe(desk):
    seen = []
    paths = open_quarter(desk.home, desk.registry, Q1, OPENED, lambda done, total: seen.append((done, total)))
    assert relative(desk, paths) == [
        "outbox/2023Q1/A1/2023Q1-A1-甲市.xlsx",
        "outbox/2023Q1/A2/2023Q1-A2-乙市.xlsx",
        "outbox/2023Q1/B1/2023Q1-B1-办公室.xlsx",
    ]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    due = dt.date(2023, 4, 10)
    assert desk.query("SELECT * FROM quarters") == [
        ("2023Q1", desk.registry.digest, dt.date(2023, 3, 31), due, OPENED),
    ]
    assert desk.query("SELECT * FROM obligations ORDER BY ALL") == [
        ("2023Q1", "A1", 1, "local", due),
        ("2023Q1", "A1", 7, "local", due),
        ("2023Q1", "A2", 1, "local", due),
        ("2023Q1", "B1", 1, "lead", due),
        ("2023Q1", "B1", 7, "lead", due),
    ]
    assert desk.query("SELECT quarter, reporter, registry, issued_at FROM templates ORDER BY ALL") == [
        ("2023Q1", reporter, desk.registry.digest, OPENED) for reporter in ("A1", "A2", "B1")
    ]


def test_opening_for_some_writes_their_workbooks_alone_while_all_owe(desk):
    paths = open_quarter(desk.home, desk.registry, Q1, OPENED, only=["乙市"])
    assert relative(desk, paths) == ["outbox/2023Q1/A2/2023Q1-A2-乙市.xlsx"]
    assert len(desk.query("SELECT DISTINCT reporter FROM obligations")) > 1
    with pytest.raises(UserError, match="没有填报单位“丙市”"):
        open_quarter(desk.home, desk.registry, Q1, OPENED, only=["乙市", "丙市"])


def test_opening_again_changes_nothing_and_leaves_what_was_typed(desk):
    paths = desk.open()
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]
    tables = "SELECT * FROM templates ORDER BY ALL", "SELECT * FROM obligations ORDER BY ALL", "FROM quarters"
    rows = [desk.query(table) for table in tables]
    assert desk.open(now=LATER) == paths
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before
    assert [desk.query(table) for table in tables] == rows
    paths[0].write_bytes(b"typed into")
    desk.open(now=LATER)
    assert paths[0].read_bytes() == b"typed into"


def test_a_lost_workbook_is_written_again_with_the_same_bytes(desk):
    paths = desk.open()
    data = paths[1].read_bytes()
    paths[1].unlink()
    desk.open(now=LATER)
    assert paths[1].read_bytes() == data


def test_a_mended_plan_is_issued_anew_and_its_return_too(desk, tmp_path):
    paths = desk.open()
    first = paths[0].read_bytes()
    mended = desk_at(
        tmp_path / "b",
        **{"07_share": PLAN["items/07_share.yaml"].replace('["A1"]', "none").replace("[local]", "[lead]")},
    )
    open_quarter(desk.home, mended.registry, Q1, LATER)
    assert desk.query("SELECT registry FROM quarters") == [(mended.registry.digest,)]
    assert desk.query("SELECT count(*) FROM obligations") == [(4,)]
    assert paths[0].read_bytes() != first
    open_quarter(desk.home, desk.registry, Q1, LATER)  # at the same time of the same clock
    last = desk.query("SELECT registry FROM templates WHERE reporter = 'A1' ORDER BY issued_at DESC")
    assert last == [(desk.registry.digest,), (mended.registry.digest,)]
    assert paths[0].read_bytes() != first  # it tells its new time of issue


def test_a_change_of_the_plan_that_asks_a_reporter_nothing_else_leaves_its_workbook_standing(desk, tmp_path):
    paths = desk.open()
    issued = {path: path.read_bytes() for path in paths}
    longer = PLAN["items/07_share.yaml"].replace("summary: 提高占比。", "summary: 把占比提高到全省平均以上。")
    changed = desk_at(tmp_path / "b", **{"07_share": longer})
    assert changed.registry.digest != desk.registry.digest
    open_quarter(desk.home, changed.registry, Q1, LATER)
    others = [path for path in paths if path.read_bytes() == issued[path]]
    assert relative(desk, others) == ["outbox/2023Q1/A2/2023Q1-A2-乙市.xlsx"]  # who owes item 7 gets another
    paths[1].unlink()
    open_quarter(desk.home, changed.registry, Q1, LATER)
    assert paths[1].read_bytes() == issued[paths[1]]  # under the rules and at the time of its issue


def test_an_extension_moves_what_is_owed_and_what_the_workbook_says(desk):
    paths = desk.open()
    before = [path.read_bytes() for path in paths]
    granted = 'due: "2023-04-14", reason: 网络检修, approved_by: 办公室, approved_on: "2023-04-04"'
    ledgers = ledgers_of({"extensions.yaml": f"- {{quarter: 2023Q1, reporters: [甲市], {granted}}}"}, desk.registry)
    dues = "SELECT DISTINCT reporter, due FROM obligations ORDER BY ALL"
    calendar = [(reporter, dt.date(2023, 4, 10)) for reporter in ("A1", "A2", "B1")]
    open_quarter(desk.home, desk.registry, Q1, LATER, ledgers=ledgers)
    assert desk.query(dues) == [("A1", dt.date(2023, 4, 14)), *calendar[1:]]
    assert [path.read_bytes() == old for path, old in zip(paths, before, strict=True)] == [False, True, True]
    cells = [cell for row in load_workbook(paths[0])["填报说明"].iter_rows(values_only=True) for cell in row if cell]
    assert any("2023年4月14日" in str(cell) for cell in cells)
    desk.open(now=LATER)  # withdrawn
    assert desk.query(dues) == calendar


def test_a_run_that_was_killed_leaves_no_row_and_the_next_is_whole(desk):
    def killed(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_quarter(desk.home, desk.registry, Q1, OPENED, killed)
    assert desk.query("SELECT count(*) FROM quarters") == desk.query("SELECT count(*) FROM templates") == [(0,)]
    paths = desk.open(now=LATER)
    assert all(path.exists() for path in paths)
    assert {issued for (issued,) in desk.query("SELECT issued_at FROM templates")} == {LATER}


def test_a_plan_of_another_year_is_refused_before_anything_is_written(desk):
    with pytest.raises(UserError, match=r"2024Q1 不在方案“2023年工作要点”的年度内.*2023 年"):
        desk.open(Quarter(2024, 1))
    assert not desk.home.root.exists()


def test_a_second_quarter_is_prefilled_from_what_was_last_accepted(desk):

    desk.open()
    row = "项目清单!{}5 projects/5/{}"
    project = {
        row.format("C", "name"): "=东区站",
        row.format("D", "owner"): "张三",
        row.format("E", "due_on"): "6月底 = 2023-06-30",
        row.format("G", "status"): "推进中 = under_way",
    }
    closed = {place.replace("5", "6"): text for place, text in project.items()} | {
        "项目清单!G6 projects/6/status": "已销号 = closed"
    }
    figures = {"指标数据!H4 inputs/stations/value": "1千 = 1000.5", "指标数据!H5 inputs/share/value": "不适用"}
    desk.submit("2023Q1-A1-01", typed={**figures, "指标数据!H6 inputs/rate.numerator/value": "3"})
    desk.submit(
        "2023Q1-A1-02",
        typed={**figures, **project, **closed},
        projects={"A1-01-01": ("5", "东区站"), "A1-01-02": ("6", "西区站")},
        supersedes="2023Q1-A1-01",
    )
    desk.submit("2023Q1-A1-03", verdict="returned", typed={"指标数据!H4 inputs/stations/value": "9"})
    with open_warehouse(desk.home.warehouse) as connection:
        prefill = read_prefill(connection, desk.registry, Q2, LATER.date())
        ledgers = ledgers_of({"corrections.yaml": CORRECTION}, desk.registry)
        corrected = read_prefill(connection, desk.registry, Q2, LATER.date(), ledgers)
        assert read_prefill(connection, desk.registry, Q1, LATER.date()).projects == {}
        assert read_prefill(connection, desk.registry, Q2, LATER.date(), only=["A1", "D1"]) == prefill
        assert read_prefill(connection, desk.registry, Q2, LATER.date(), only=["D1"]) == Prefill({}, {})
    assert prefill.figures == {("A1", "stations"): "1,000.5"}
    assert corrected.figures == {("A1", "stations"): "100"}
    (known,) = prefill.projects["A1"]
    assert (known.key, dict(known.texts)) == (
        "A1-01-01",
        {"item": "1", "code": "A1-01-01", "name": "=东区站", "owner": "张三", "due_on": "2023-06-30"},
    )


@pytest.mark.parametrize(
    ("day", "ended"),
    [((2023, 1, 1), "2022Q4"), ((2023, 3, 31), "2022Q4"), ((2023, 4, 1), "2023Q1"), ((2023, 12, 31), "2023Q3")],
)
def test_the_quarter_before_is_the_one_that_ended_last(day, ended):
    assert str(Quarter.chosen("上一季度", dt.datetime(*day, 0, 30, tzinfo=TIME_ZONE))) == ended
    assert Quarter.chosen("2022Q2", dt.datetime(*day, tzinfo=TIME_ZONE)) == Quarter(2022, 2)
