"""What 本期变化 tells is what the cells of both workbooks come to, whatever led from the one to the other."""

import datetime as dt

from duban.publishing.publish import publish
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import NO_LEDGERS, ledgers_of
from duban.tracing.cells import Cells
from duban.tracing.changed import CHANGES
from duban.tracing.publication import Shelf
from duban.tracing.trace import agrees
from duban.verifying.publications import _changes

MAX = ("    aggregate: sum\n    target: {at_least: 1000", "    aggregate: max\n    target: {at_least: 1000")
LATEST = ("    aggregate: sum\n    target: {at_least: 40", "    aggregate: latest\n    target: {at_least: 40")
FEWER = ("local: all", 'local: ["420100", "420300"]')
SHARES = ("武汉,batches,600\n黄石,batches,200\n十堰,batches,200\n", "武汉,batches,700\n十堰,batches,300\n")
RECORD = """
- {quarter: 2023Q1, reporter: 武汉, input: batches, old: 100, new: 300, reason: 多写, approved_by: 督审处,
   approved_on: "2023-04-06"}
- {quarter: 2023Q1, reporter: 武汉, input: disposed.numerator, old: 8, new: 9, reason: 多写, approved_by: 督审处,
   approved_on: "2023-04-06"}
"""


def issued(office, quarter: str, day: str, ledgers=NO_LEDGERS) -> str:
    now = dt.datetime.fromisoformat(f"2023-{day}T09:00:00").replace(tzinfo=TIME_ZONE)
    return publish(office.home, office.registry, Quarter.parse(quarter), now, ledgers=ledgers).publication


def held(office, name: str, *causes: str) -> None:
    """Every number and light of the sheet is what its cells come to, and these causes are among those told."""
    shelf = Shelf(office.home.published)
    cells = Cells(shelf.opened(name), shelf)
    page, numbers = cells.publication.pages[CHANGES], 0
    table, _ = cells.layout(CHANGES)
    for row, found in page.rows.items():
        for column, printed in found.items():
            figure = cells.at(CHANGES, row, column) if row > table.header else None
            if printed[0] == "number" and table.columns[column] != "序号":
                numbers += 1
                assert figure is not None and figure.value is not None, (row, table.columns[column])
            if figure is not None and figure.value is not None:
                assert agrees(printed, figure.value, figure.kind), (figure, printed)
    assert numbers > 5 and _changes(cells) == []
    assert set(causes) <= {row.get("原因") for row in cells.rows(CHANGES)}


def test_corrections_rules_plans_and_quarters_one_after_another(filled_office, changed_plan):
    office, ledgers = filled_office, ledgers_of({"corrections.yaml": RECORD}, filled_office.registry)
    assert issued(office, "2023Q1", "04-12") == "2023Q1-r1"  # 武汉 100, 黄石 50, nothing of 十堰
    held(office, issued(office, "2023Q1", "04-13", ledgers), "台账更正")

    office.reopen("2023Q1", changed_plan(**{"01_food": MAX}), "2023-04-13T09:30:00")
    office.submit("2023Q1", "420300", {"batches": 70, "quick_tests.numerator": 3}, received="2023-04-13T10:00:00")
    sent = {"batches": 40, "disposed.numerator": 5, "disposed.denominator": 6}
    office.submit("2023Q1", "420200", sent, received="2023-04-13T11:00:00", supersedes="2023Q1-420200-01")
    held(office, issued(office, "2023Q1", "04-14"), "规则调整", "台账更正", "单位更正", "新报送")

    office.reopen("2023Q1", changed_plan(**{"01_food": FEWER, "targets": SHARES}), "2023-04-15T09:00:00")
    held(office, issued(office, "2023Q1", "04-16"), "方案或单位调整", "方案调整", "规则调整")

    office.submit("2023Q1", "D01", {"visits": 10}, received="2023-05-05T10:00:00", supersedes="2023Q1-D01-01")
    office.submit("2023Q2", "D01", {"visits": 9}, received="2023-07-05T10:00:00")
    office.submit("2023Q2", "420100", {"batches": 320}, received="2023-07-05T10:00:00")
    held(office, issued(office, "2023Q2", "07-12"), "本季新数", "单位更正", "未报")

    office.reopen("2023Q2", changed_plan(**{"01_food": LATEST}), "2023-07-13T09:00:00")
    office.submit("2023Q2", "420200", {"batches": 90}, received="2023-07-20T10:00:00")
    held(office, issued(office, "2023Q2", "07-21"), "新报送", "规则调整")
