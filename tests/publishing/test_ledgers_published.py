"""What the ledgers do to a publication: corrected figures, stops, later due dates, and what is said of them."""

import json
from decimal import Decimal

import openpyxl
import pytest

from duban.errors import UserError
from duban.publishing.publish import publish
from duban.quarters import Quarter
from duban.registry.ledgers import ledgers_of
from duban.warehouse.connection import open_warehouse

Q1 = Quarter.parse("2023Q1")
GRANTED = 'reason: 多写一个零, approved_by: 督审处, approved_on: "2023-04-06"'
CORRECTION = "- {quarter: 2023Q1, reporter: 武汉, input: batches, old: 100, new: 300, " + GRANTED + "}\n"


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
    assert source[5:] == ["100", 300, "2 家相加 = 350", f"由 100 更正为 300：{why}"]
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
