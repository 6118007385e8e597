"""A home in which two quarters were collected from real workbooks, in several runs."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from desk import LATE, Q1, Q2, RECEIVED, Desk, desk_at
from walking import fill_rows

from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.intake import clear, take_in
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_received
from duban.rehearsal.rehearse import rehearse
from duban.warehouse.load import load_run

PUBLISHED = dt.datetime(2023, 7, 12, 9, tzinfo=TIME_ZONE)


@dataclass(frozen=True)
class Hall:
    """A desk whose quarters were collected, and what a rehearsal there needs."""

    desk: Desk
    validator: Validator

    def rehearse(self, plan: Path, *quarters: Quarter, in_force: Path | None = None) -> dict:
        return rehearse(self.desk.home, plan, quarters, PUBLISHED, self.validator, in_force=in_force)


@pytest.fixture(scope="module")
def hall(tmp_path_factory, validator) -> Hall:
    """2023Q1: 甲市 is returned, then accepted; 乙市 is returned; a file is nobody's. 2023Q2: 甲市 is accepted."""
    desk = desk_at(tmp_path_factory.mktemp("rehearsal"))
    hall = Hall(desk, validator)
    desk.open(Q1)
    _drop(hall, Q1, "A1", stations="不详")
    (desk.home.intake / "2023Q1" / "随手.xlsx").write_bytes(b"")
    _collect(hall, Q1, RECEIVED)
    _drop(hall, Q1, "A1", stations=320)
    _drop(hall, Q1, "A2", stations=6000)
    _collect(hall, Q1, LATE)
    desk.open(Q2, dt.datetime(2023, 7, 3, 9, tzinfo=TIME_ZONE))
    _drop(hall, Q2, "A1", stations=700)
    _collect(hall, Q2, dt.datetime(2023, 7, 7, 9, tzinfo=TIME_ZONE))
    return hall


def _drop(hall: Hall, quarter: Quarter, reporter: str, stations: object) -> None:
    [issued] = (hall.desk.home.outbox / str(quarter) / reporter).glob("*.xlsx")
    book = openpyxl.load_workbook(issued)
    figures = {"stations": stations, "rate.numerator": 90, "rate.denominator": 100, "share": 0.35}
    fill_rows(
        book["工作进展"],
        {"进展状态": "推进中", "本季度工作进展": f"{quarter.title}新建成站点两处", "预计完成时间": "2023-12-31"},
    )
    fill_rows(book["指标数据"], {"本季填报数": lambda row: figures[row["指标编码"]]})
    folder = hall.desk.home.intake / str(quarter)
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / f"{reporter}.xlsx")


def _collect(hall: Hall, quarter: Quarter, now: dt.datetime) -> None:
    home, registry = hall.desk.home, hall.desk.registry
    received = take_in(home, quarter)
    folder = home.work / now.strftime("%m%d")
    read_received(received, home, registry, folder)
    check_run(folder, registry, home, quarter, now, hall.validator)
    load_run(home, registry, quarter, folder, now)
    for file in received:
        clear(home, file)
