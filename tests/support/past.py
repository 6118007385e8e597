"""A small home and its runs as plain functions, and what gives it a past: two quarters, returns and mends, ledgers, a
changed plan, publications."""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
from desk import PLAN, Q1, Q2, write_plan
from once import copy_of
from walking import fill_rows

from duban.checking.validator import Validator
from duban.home import Home
from duban.lifecycle import close, reopen
from duban.publishing.decision import Decision
from duban.publishing.publish import propose, turn_down
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import load_ledgers
from duban.registry.load import load_registry
from duban.runs import run_folder
from duban.settings import Settings
from duban.warehouse.connection import open_warehouse, transaction
from duban.warehouse.reminders import record_mailed
from duban.warehouse.steps import whoever
from sample_submissions.plainly import Plainly

EXTENSION = """
- {quarter: 2023Q1, reporters: [乙市], due: "2023-04-20", reason: 防汛, approved_by: 办公室, approved_on: "2023-04-08"}
"""
CORRECTION = """
- {quarter: 2023Q1, reporter: 甲市, input: stations, old: 320, new: 32, reason: 多写一个零, approved_by: 办公室,
   approved_on: "2023-04-13"}
"""


@dataclass(frozen=True)
class Past:
    """A home, the plan that its quarters stand under, and the runs as plain functions."""

    settings: Settings
    run: Plainly

    @property
    def home(self) -> Home:
        return self.settings.home

    def at(self, month: int, day: int, hour: int = 9) -> Settings:
        return replace(self.settings, as_of=dt.datetime(2023, month, day, hour, tzinfo=TIME_ZONE))

    def drop(self, quarter: Quarter, reporter: str, stations: object, name: str = "") -> None:
        """Fill in the workbook that a reporter was issued, and put it into the intake folder."""
        [issued] = (self.home.outbox / str(quarter) / reporter).glob(f"{quarter}-{reporter}-[!0-9]*.xlsx")
        book = openpyxl.load_workbook(issued)
        figures = {"stations": stations, "rate.numerator": 90, "rate.denominator": 100, "share": 0.35}
        done = f"{quarter.title}{reporter}新建成站点{stations}处"
        fill_rows(
            book["工作进展"],
            {"进展状态": "推进中", "本季度工作进展": done, "预计完成时间": "2023-12-31", "情况说明": "已逐项核实"},
        )
        fill_rows(book["指标数据"], {"本季填报数": lambda row: figures[row["指标编码"]], "情况说明": "已逐项核实"})
        folder = self.home.intake / str(quarter)
        folder.mkdir(parents=True, exist_ok=True)
        book.save(folder / (name or f"{reporter}.xlsx"))


def new_home(root: Path, validator: Validator) -> Past:
    """A home with a plan, and nothing done yet."""
    return Past(Settings(Home(root / "home"), write_plan(root / "plan")), Plainly(validator))


def turned_down(past: Past, settings: Settings) -> None:
    """A draft that somebody sent back."""
    plan, now = settings.schemas, settings.now()
    registry = load_registry(plan)
    with run_folder(past.home, "publish"):
        _, proposed = propose(past.home, registry, Q1, now, ledgers=load_ledgers(plan, registry))
        turn_down(past.home, Q1, proposed, Decision.of("sent_back", "李四", now, "甲市的数多了一个零"))


def opened(root: Path, validator: Validator) -> Past:
    """A home in which the first quarter is open since 3 April: a copy of one that was made once."""

    def make(folder: Path) -> None:
        past = new_home(folder, validator)
        past.run.open_quarter(past.at(4, 3), Q1)

    copy_of(f"past-{whoever()}", make, root)
    return Past(Settings(Home(root / "home"), root / "plan"), Plainly(validator))


def reported(root: Path, validator: Validator) -> Past:
    """The same, after 甲市 was accepted on the 8th."""

    def make(folder: Path) -> None:
        past = opened(folder, validator)
        past.drop(Q1, "A1", 320)
        past.run.collect(past.at(4, 8), Q1)

    copy_of(f"reported-{whoever()}", make, root)
    return Past(Settings(Home(root / "home"), root / "plan"), Plainly(validator))


def live(past: Past) -> None:
    """Two quarters: opened, collected in several runs, published, while ledgers and plan change."""
    run, plan = past.run, past.settings.schemas
    run.open_quarter(past.at(4, 3), Q1)
    past.drop(Q1, "A1", "不详")
    (past.home.intake / "2023Q1" / "随手.xlsx").write_bytes(b"")
    run.collect(past.at(4, 7), Q1)
    (plan / "extensions.yaml").write_text(EXTENSION, encoding="utf-8")
    past.drop(Q1, "A1", 320)
    past.drop(Q1, "A2", 60)
    run.open_quarter(past.at(4, 9), Q1)
    run.collect(past.at(4, 12), Q1)
    run.remind(past.at(4, 12), Q1)
    with open_warehouse(past.home.warehouse) as connection, transaction(connection):
        mailed = {"accession": "2023Q1-A1-02", "recipients": ["a1@mail.example"], "state": "sent", "said": ""}
        record_mailed(connection, Q1, [mailed], past.at(4, 12).now())
    run.publish(past.at(4, 12, 10), Q1)
    (plan / "corrections.yaml").write_text(CORRECTION, encoding="utf-8")
    turned_down(past, past.at(4, 13, 8))
    run.publish(past.at(4, 13), Q1, Decision.of("approved", "李四", past.at(4, 13).now(), "同意印发"))
    # the plan is mended while its second quarter is open; workbooks that are out are stale then
    run.open_quarter(past.at(7, 3), Q2)
    write_plan(plan, plan=PLAN["plan.yaml"].replace("title: 2023年工作要点", "title: 2023年度工作要点"))
    past.drop(Q2, "A2", 80, "旧表.xlsx")
    run.open_quarter(past.at(7, 6), Q2)
    past.drop(Q2, "A1", 700)
    run.collect(past.at(7, 7), Q2)
    close(past.home, Q2, past.at(7, 12, 8).now(), by="张三")
    run.publish(past.at(7, 12), Q2)
    reopen(past.home, Q2, past.at(7, 13).now(), "乙市须重报", by="张三")
