"""What the ledgers do to a publication: corrected figures, stops, later due dates, and what is said of them."""

import csv
import datetime as dt
import json
from decimal import Decimal

import openpyxl
import pytest

from duban.errors import UserError
from duban.messages import load_messages
from duban.publishing.publish import publish
from duban.quarters import Quarter
from duban.registry.ledgers import ledgers_of
from duban.warehouse.connection import open_warehouse

# openpyxl does not know sparklines and says so
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
Q1 = Quarter.parse("2023Q1")
GRANTED = 'reason: 多写一个零, approved_by: 督审处, approved_on: "2023-04-06"'


def correct(reporter: str, cell: str) -> str:
    """A record of the ledger: whose cell, and `input: …, old: …, new: …`."""
    return f"- {{quarter: 2023Q1, reporter: {reporter}, {cell}, {GRANTED}}}\n"


CORRECTION = correct("武汉", "input: batches, old: 100, new: 300")


def figure(office, publication="2023Q1-r1"):
    with open_warehouse(office.home.warehouse) as connection:
        return connection.execute(
            "SELECT value, light FROM lights WHERE publication = ? AND scope = 'measure' AND subject = 'batches'",
            [publication],
        ).fetchall()[0]


def texts(published, sheet):
    book = openpyxl.load_workbook(published.workbook, read_only=True)
    return [[cell for cell in row if cell is not None] for row in book[sheet].iter_rows(values_only=True)]


@pytest.fixture
def issue(filled_office, now):
    def make(**records):
        texts = {f"{name}.yaml": text for name, text in records.items()}
        return publish(
            filled_office.home, filled_office.registry, Q1, now, ledgers=ledgers_of(texts, filled_office.registry)
        )

    return make


def test_a_correction_is_published_with_its_old_value_and_its_reason(filled_office, issue):
    published = issue(corrections=CORRECTION)
    assert figure(filled_office) == (Decimal(350), "green")
    why = "多写一个零（督审处 2023-04-06 批准）"
    [source] = [row for row in texts(published, "数据来源") if row[:3] == ["batches", "抽检批次", "武汉"]]
    assert source[6:] == ["100", 300, "2 家相加 = 350", f"由 100 更正为 300：{why}"]
    [said] = [row for row in texts(published, "数据说明") if row and row[0] == "更正"]
    assert said == [
        "更正",
        "更正第 1 条",
        "武汉 2023Q1 第 1 项“抽检批次”由 100 更正为 300：已按更正后的数汇总（2023Q1-420100-01 inputs!H2）。",
        why,
    ]


def test_a_correction_of_a_value_that_no_longer_stands_stops_the_publication(filled_office, issue):
    with pytest.raises(UserError) as stopped:
        issue(corrections=CORRECTION.replace("old: 100", "old: 1000"))
    assert str(stopped.value) == (
        "corrections.yaml 第1条：武汉 2023Q1 的“抽检批次”（batches）现为 100（2023Q1-420100-01 inputs!H2），"
        "台账写的原数是 1000，更正为 300，请核对现在的数后修改 old、new 或删去该条；改好后再运行 duban publish 2023Q1。"
    )
    assert not filled_office.home.published.exists()


def test_a_correction_retires_when_the_reporters_own_figure_agrees(filled_office, issue):
    published = issue(corrections=CORRECTION.replace("old: 100", "old: 1000").replace("new: 300", "new: 100"))
    assert figure(filled_office) == (Decimal(150), "red")
    [said] = [row for row in texts(published, "数据说明") if row and row[0] == "更正"]
    assert "单位已自行改正，此条不再起作用" in said[2]


def test_an_old_edition_is_rebuilt_as_it_was_after_the_ledger_has_changed(filled_office, issue):
    first = issue(corrections=CORRECTION)
    before = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    assert json.loads(before["manifest.json"])["ledgers"]
    second = issue(corrections=CORRECTION.replace("300", "200"))
    assert (second.publication, figure(filled_office, second.publication)[0]) == ("2023Q1-r2", Decimal(250))
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == before


def test_a_comment_in_a_ledger_makes_no_new_edition(issue):
    issue(corrections=CORRECTION)
    again = issue(corrections="# 已核对\n" + CORRECTION)
    assert (again.publication, again.new) == ("2023Q1-r1", False)


def test_a_later_due_date_makes_a_late_report_punctual_and_is_told(filled_office, issue):
    def late():
        with open_warehouse(filled_office.home.warehouse) as connection:
            return [row[0] for row in connection.execute("SELECT accession FROM punctuality WHERE late").fetchall()]

    filled_office.submit("2023Q1", "D03", {"activities": 1}, received="2023-04-12T09:00:00")
    published = issue(extensions="- {quarter: 2023Q1, reporters: [督审处], due: '2023-04-14', " + GRANTED + "}\n")
    [said] = [row for row in texts(published, "数据说明") if row and row[0] == "延期"]
    assert said[2] == "督审处的报送期限由 2023-04-10 延至 2023-04-14。"
    assert late() == []
    issue()  # the extension is withdrawn
    assert late() == ["2023Q1-D03-01"]


def test_a_figure_that_was_left_blank_can_be_filled_in_and_one_withdrawn(filled_office, issue):
    filled_office.submit("2023Q1", "420300", {"batches": 70}, received="2023-04-09T10:00:00")
    with open_warehouse(filled_office.home.warehouse) as connection:
        connection.execute(
            "INSERT INTO entries SELECT * REPLACE ('quick_tests.numerator' AS key, 'blank' AS state, '' AS typed,"
            " NULL AS number, 'H3' AS address) FROM entries WHERE accession = '2023Q1-420300-02' AND key = 'batches'"
        )
    published = issue(
        corrections=correct("十堰", "input: quick_tests.numerator, old: 空白, new: 6400")
        + correct("十堰", "input: batches, old: 70, new: 空白")
    )
    assert figure(filled_office)[0] == 150
    why = "：多写一个零（督审处 2023-04-06 批准）"
    assert [[row[0], *row[5:]] for row in texts(published, "数据来源") if "十堰" in row] == [
        ["batches", "inputs!H2", "70", "2 家相加 = 150", f"由 70 更正为 空白{why}"],
        ["quick_tests.numerator", "inputs!H3", 6400]
        + ["分子合计 32800 ÷ 常住人口合计（÷1000）17600，得 1.863636", f"由 空白 更正为 6400{why}"],
    ]


def test_a_corrected_state_and_figure_are_marked_on_the_items_sheet(issue):
    state = correct("黄石", "item: 1, field: status, old: 已完成, new: 推进中")
    published = issue(corrections=CORRECTION + state)
    sheet = openpyxl.load_workbook(published.workbook)["01 食品抽检"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=5)}
    assert [cell.value for cell in sheet[4]][-1] == "台账更正"
    assert [rows[name][-1].value for name in ("武汉", "黄石", "十堰")] == [
        "抽检批次由 100 更正为 300：多写一个零（督审处 2023-04-06 批准）",
        "进展状态由 已完成 更正为 推进中：多写一个零（督审处 2023-04-06 批准）",
        None,
    ]
    assert (rows["武汉"][4].value, rows["黄石"][2].value) == (300, "推进中")
    fills = {name: [rows[name][col].fill.fgColor.rgb for col in (2, 4)] for name in ("武汉", "黄石")}
    assert fills["武汉"][1] == fills["黄石"][0] != fills["武汉"][0] == fills["黄石"][1]


def test_without_a_correction_an_items_sheet_has_no_place_for_one(issue):
    assert "台账更正" not in texts(issue(), "01 食品抽检")[3]


def test_an_expired_correction_no_longer_applies_and_is_told_so(filled_office, issue):
    published = issue(corrections=CORRECTION.replace("}", ', expires: "2023-04-11"}'))
    assert figure(filled_office) == (Decimal(150), "red")
    [said] = [row for row in texts(published, "数据说明") if row and row[0] == "更正"]
    assert "已过有效期，不再起作用" in said[2]


def test_a_correction_is_a_cause_of_its_own_among_the_changes(issue):
    issue()
    published = issue(corrections=CORRECTION)
    head = ["上版 2023Q1-r1", "指标数", 1, "batches", "抽检批次", "批次", 150, 350, 200, "武汉"]
    assert [row for row in texts(published, "本期变化") if "指标数" in row] == [
        [*head, "台账更正", 200, "2023Q1-420100-01", "2023Q1-420100-01"]
    ]


def test_an_earlier_quarters_correction_counts_in_the_years_figure(filled_office, now):
    filled_office.submit("2023Q2", "D01", {"visits": 9}, received="2023-07-05T11:00:00")
    text = correct("食品处", "input: visits, old: 12, new: 20")
    ledgers = ledgers_of({"corrections.yaml": text}, filled_office.registry)
    later = now + dt.timedelta(days=90)
    publish(filled_office.home, filled_office.registry, Quarter.parse("2023Q2"), later, ledgers=ledgers)
    with open_warehouse(filled_office.home.warehouse) as connection:
        found = connection.execute("SELECT value FROM lights WHERE scope = 'measure' AND subject = 'visits'").fetchall()
    assert found == [(29,)]


def test_a_correction_of_what_nobody_sent_stops_the_publication(issue):
    with pytest.raises(UserError, match="督审处 2023Q1 的“活动”（activities）还没有已受理的报送"):
        issue(corrections=correct("督审处", "input: activities, old: 1, new: 2"))


def test_an_edition_that_was_cut_off_is_finished_with_the_ledgers_it_was_pinned_with(
    filled_office, issue, new_office, fill, now, monkeypatch
):
    extension = "- {quarter: 2023Q1, reporters: [all], due: '2023-04-14', " + GRANTED + "}\n"
    whole = new_office("whole")
    fill(whole)
    ledgers = ledgers_of({"corrections.yaml": CORRECTION, "extensions.yaml": extension}, whole.registry)
    wanted = publish(whole.home, whole.registry, Q1, now, ledgers=ledgers)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("duban.publishing.publish.write_workbook", die)
        with pytest.raises(KeyboardInterrupt):
            issue(corrections=CORRECTION, extensions=extension)
    assert issue().publication == "2023Q1-r2"  # both ledgers are empty by now
    finished = filled_office.home.published / "2023Q1-r1"
    assert {path.name: path.read_bytes() for path in finished.iterdir()} == {
        path.name: path.read_bytes() for path in wanted.folder.iterdir()
    }


def test_waivers_and_explanations_are_told_with_what_they_settled(filled_office, issue):
    shared = GRANTED.replace("多写一个零", "统计口径调整") + ', expires: "2023-06-30"'
    why = "统计口径调整（督审处 2023-04-06 批准，有效至 2023-06-30）"
    said = "3 月承接专项抽检任务"
    filled_office.submit(
        "2023Q1", "420300", {"batches": 70}, received="2023-04-09T10:00:00",
        findings=[("figure_falls", "must_fix", "小于上季已报的 90。"), ("figure_jumps", "confirm", "比往季多出数倍。")],
    )  # fmt: skip
    with open_warehouse(filled_office.home.warehouse) as connection:
        for rule, settled, because in (("figure_falls", "waived", why), ("figure_jumps", "explained", said)):
            connection.execute(
                "UPDATE findings SET settled = ?, because = ?, item = 1, value = '70' WHERE accession = ? AND rule = ?",
                [settled, because, "2023Q1-420300-02", rule],
            )
    published = issue(
        waivers=f"- {{rule: figure_falls, reporter: 十堰, item: 1, {shared}}}\n"
        f"- {{rule: figure_missing, reporter: 武汉, input: batches, {shared}}}\n"
    )
    told = [row for row in texts(published, "数据说明") if row and row[0] in ("豁免", "情况说明")]
    titles = {rule: load_messages()[rule].title for rule in ("figure_falls", "figure_missing")}
    assert told == [
        ["豁免", "豁免第 1 条"]
        + [f"十堰：不再要求“{titles['figure_falls']}”（第 1 项）。涉及 2023Q1-420300-02 指标数据!H5。", why],
        ["豁免", "豁免第 2 条", f"武汉：不再要求“{titles['figure_missing']}”（抽检批次）。本期未用到。", why],
        ["情况说明", "十堰 第 1 项 食品抽检", "比往季多出数倍。（指标数据 H5；填写“70”）", said],
    ]
    with published.findings.open(encoding="utf-8-sig", newline="") as file:
        rows = [row[-2:] for row in csv.reader(file)]
    assert rows[0] == ["处理", "说明"] and ["已豁免", why] in rows and ["已说明", said] in rows
