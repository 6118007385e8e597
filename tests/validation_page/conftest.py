import json

import pytest
from desk import OPENED, Q1, Q2, desk_at

from duban.opening import record_quarter
from duban.validation_page.page import write_page
from duban.warehouse.connection import open_warehouse, transaction
from duban.warehouse.plan import record_registry

# what the reporters of the drawn run are told: rule, severity, item, sheet, cells, value, message, remedy
MISSING = ("figure_missing", "must_fix", 1, "指标数据", ["H3", "H4"], "", "没有填写", "请补填")
CLEANED = ("cleaned", "notice", None, "指标数据", ["H3", "H5"], "3 个", "读作 3", "请核对")
JUMP = ("figure_jumps", "confirm", 1, "指标数据", ["H3"], "90", "悬殊", "请核对", "explained", "新建了一批")
TOKEN = ("bad_token", "structure", None, "", [], "", "核验不通过", "请重新取得")
EXPECTATIONS = [
    {
        "check": "minimum",
        "expectation": "expect_column_pair_values_a_to_be_greater_than_b",
        "columns": ["number", "minimum"],
        "allowed": [],
        "elements": 1234,
        "unexpected": 5,
    }
]


class Runs:
    """A warehouse with submissions of two quarters, and pages of runs that brought some of them."""

    def __init__(self, root):
        self.desk = desk_at(root)
        with open_warehouse(self.desk.home.warehouse) as connection, transaction(connection):
            record_registry(connection, self.desk.registry, OPENED)
            for quarter in (Q1, Q2):
                record_quarter(connection, self.desk.registry, quarter, OPENED)
        self.folder = root / "run"
        self.folder.mkdir()
        (self.folder / "expectations.json").write_text(json.dumps(EXPECTATIONS), encoding="utf-8")

    def belongs(self, accession: str, **items: int) -> None:
        """Say which item the entry in each cell is of."""
        with open_warehouse(self.desk.home.warehouse) as connection:
            for address, item in items.items():
                connection.execute(
                    "UPDATE entries SET item = ? WHERE accession = ? AND address = ?", [item, accession, address]
                )

    def page(self, now, *accessions, quarter=Q1):
        return write_page(self.desk.home, self.desk.registry, quarter, now, self.folder, list(accessions))


@pytest.fixture
def runs(tmp_path) -> Runs:
    return Runs(tmp_path)


@pytest.fixture
def drawn_run(runs) -> Runs:
    """A1 is returned, A2 accepted with an explained doubt, nobody's file set aside, and B1 has nothing to mend."""
    typed = {"指标数据!H3 inputs/stations/value": "3 个 = 3", "指标数据!H5 inputs/share/value": "0.5"}
    runs.desk.submit("2023Q1-A1-01", "returned", typed, [MISSING, CLEANED], file_name="甲市<b>&.xlsx")
    runs.belongs("2023Q1-A1-01", H3=1, H5=7)
    runs.desk.submit("2023Q1-A2-01", "accepted", findings=[JUMP])
    runs.desk.submit("2023Q1-000000-01", "set_aside", findings=[TOKEN], file_name="表.xlsx")
    runs.desk.submit("2023Q1-B1-01")
    runs.desk.submit("2023Q2-A1-01", "accepted", findings=[CLEANED, MISSING, MISSING])
    return runs
