"""A small quarter, opened and reported through the real flows against one temporary server."""

import datetime as dt
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from desk import LATE, OPENED, RECEIVED, write_plan
from walking import header_row

REPORT = {  # what 甲市 types: sheet, row's key column and key → header word → value
    ("工作进展", "序号", 1): {
        "进展状态": "推进中",
        "本季度工作进展": "新建站点两处",
        "预计完成时间": dt.date(2023, 9, 30),
    },
    ("工作进展", "序号", 7): {
        "进展状态": "推进中",
        "本季度工作进展": "完成摸底",
        "预计完成时间": dt.date(2023, 12, 31),
    },
    ("指标数据", "指标编码", "stations"): {"本季填报数": 320},
    ("指标数据", "指标编码", "rate.numerator"): {"本季填报数": 90},
    ("指标数据", "指标编码", "rate.denominator"): {"本季填报数": 100},
    ("指标数据", "指标编码", "share"): {"本季填报数": 0.35},
}


@pytest.fixture(scope="session")
def server():
    """One temporary Prefect server for every test that runs a flow."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with (
        prefect_test_harness(server_startup_timeout=180),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


@pytest.fixture(scope="session")
def validator():
    """One validating process for all runs: its import takes seconds, and a run of its own proves nothing more."""
    from duban.checking.validator import Validator

    with Validator() as validator:
        yield validator


@dataclass
class Office:
    """The data team's side: a home, a plan, and the flows of a quarter."""

    home: Path
    plan: Path
    quarter: str = "2023Q1"

    def _told(self, as_of) -> dict:
        return {
            "quarter": self.quarter,
            "home": str(self.home),
            "schemas": str(self.plan),
            "as_of": as_of.isoformat(),
        }

    def open(self, as_of=OPENED) -> list[str]:
        from flows.open_quarter import open_quarter

        return open_quarter(**self._told(as_of))

    def collect(self, as_of=RECEIVED, **options):
        from flows.collect import collect

        return collect(**self._told(as_of), **options)

    def publish(self, as_of=LATE, **parameters) -> dict:
        from flows.publish import publish

        return publish(**self._told(as_of), **parameters)

    def whole_quarter(self, as_of=LATE) -> dict:
        from flows.quarter import quarter

        return quarter(**self._told(as_of))

    @property
    def intake(self) -> Path:
        folder = self.home / "intake" / self.quarter
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def report(self, reporter: str = "A1", name: str | None = None, **changes) -> Path:
        """Fill a reporter's issued workbook in and drop it; `changes` replaces figures by input code."""
        [issued] = (self.home / "outbox" / self.quarter / reporter).glob(f"{self.quarter}-{reporter}-*.xlsx")
        book = openpyxl.load_workbook(issued)
        for (title, word, key), typed in REPORT.items():
            sheet = book[title]
            first, columns = header_row(sheet)
            for row in range(first + 1, sheet.max_row + 1):
                if sheet.cell(row, columns[word]).value == key:
                    for header, value in typed.items():
                        sheet.cell(row, columns[header]).value = (
                            changes.get(key, value) if "填报数" in header else value
                        )
        path = self.intake / (name or issued.name)
        book.save(path)
        return path


@pytest.fixture
def office(server, validator, tmp_path, monkeypatch) -> Office:
    monkeypatch.setattr("flows.collect.Validator", lambda: nullcontext(validator))
    office = Office(tmp_path / "home", write_plan(tmp_path / "plan"))
    office.open()
    return office
