"""A small plan, and a warehouse that is filled by inserting rows: publishing reads nothing else."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from once import copy_of, made

from duban.home import Home
from duban.opening import record_quarter
from duban.publishing import marts
from duban.publishing.ledgers import pinned_ledgers
from duban.publishing.pins import DRAFT, ISSUED, pin, state_at
from duban.publishing.publish import publish
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import NO_LEDGERS, Ledgers
from duban.registry.load import load_registry
from duban.registry.registry import Registry
from duban.warehouse.connection import Connection, open_warehouse, transaction
from duban.warehouse.plan import record_registry

PLAN = {
    "plan.yaml": """
plan: small-2023
year: 2023
title: 2023年重点工作
issuer: 某局
issued: "2023-02-03"
collected_by: 督审处
chapters: {1: {title: 食品安全}, 2: {title: 标准计量}}
baselines: {last_year: null}
assumed: [due_day]
""",
    "reporters.yaml": """
- {code: "420100", name: 武汉, full_name: 武汉市局, kind: prefecture, population: 12000000}
- {code: "420200", name: 黄石, full_name: 黄石市局, kind: prefecture, population: 2400000}
- {code: "420300", name: 十堰, full_name: 十堰市局, kind: prefecture, population: 3200000}
- {code: D01, name: 食品处, full_name: 食品监管处, kind: department}
- {code: D02, name: 标准化处, full_name: 标准化管理处, kind: department}
- {code: D03, name: 督审处, full_name: 督查审计处, kind: department}
""",
    "groups.yaml": """
食品相关处室: {members: [食品处, 督审处], assumed: true, because: 要点未列成员}
""",
    "targets.csv": "reporter,measure,target\n武汉,batches,600\n黄石,batches,200\n十堰,batches,200\n",
    "items/01_food.yaml": """
item: 1
name: food
chapter: 1
title: 食品抽检
summary: 抽检与处置
lead: [食品处]
local: all
assumed: [local]
measures:
  batches:
    title: 抽检批次
    unit: 批次
    figures: to_date
    reported_by: [local]
    aggregate: sum
    target: {at_least: 1000, by: 2023Q4}
  disposed:
    title: 处置率
    unit: "%"
    figures: to_date
    reported_by: [local]
    aggregate: ratio
    numerator: {title: 已处置, unit: 批次}
    denominator: {title: 应处置, unit: 批次}
    target: {at_least: 0.9, by: 2023Q4}
    schedule: [100, 100, 100, 100]
    because: 底线要求
  quick_tests:
    title: 每千人快检
    unit: 批次/千人
    figures: to_date
    reported_by: [local]
    aggregate: ratio
    numerator: {title: 快检, unit: 批次}
    denominator: {reference: population, per: 1000}
  visits:
    title: 下基层
    unit: 次
    figures: in_quarter
    reported_by: [lead]
    aggregate: sum
    target: {at_least: 40, by: 2023Q4}
""",
    "items/02_standards.yaml": """
item: 2
name: standards
chapter: 2
title: 标准制定
summary: 制定标准
consolidates: 标准化处
support: [标准化处]
local: none
deliverables:
  - {name: measures_issued, title: 管理办法印发, due: 2023Q2}
measures:
  standards_issued:
    title: 新制定标准
    unit: 项
    figures: to_date
    reported_by: [consolidates]
    aggregate: sum
    target: {at_least: 20, by: 2023Q4}
    schedule: [10, 50, 80, 100]
    because: 一季度立项
""",
    "items/03_house.yaml": """
item: 3
name: house
chapter: 2
title: 机关建设
summary: 自身建设
lead: [督审处]
support: [食品处]
local: none
measures:
  activities:
    title: 活动
    unit: 场
    figures: in_quarter
    reported_by: [lead]
    aggregate: sum
""",
}


def _clock(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


@dataclass
class Office:
    """A home whose warehouse is filled by hand."""

    home: Home
    registry: Registry
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def open(self, *quarters: str) -> None:
        """Record the plan and who owes what in each quarter; due ten days after its end."""
        now = _clock("2023-03-25T09:00:00")
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            record_registry(connection, self.registry, now)
            for name in quarters:
                quarter = Quarter.parse(name)
                due = quarter.end + dt.timedelta(days=10)
                connection.execute(
                    "INSERT INTO quarters VALUES (?, ?, ?, ?, ?)", [name, self.registry.digest, quarter.end, due, now]
                )
                for code, owed in self.registry.owed_items.items():
                    for item, role in owed:
                        row = [name, code, item.item, role, due]
                        connection.execute("INSERT INTO obligations VALUES (?, ?, ?, ?, ?)", row)

    def issue(self, quarter: str, moment: str, ledgers: Ledgers = NO_LEDGERS) -> str:
        """Pin the quarter's next revision, as issued but for the files."""
        with self.staged(quarter, moment, ledgers, ISSUED) as connection:
            connection.execute("UPDATE publications SET workbook = 'issued' WHERE workbook IS NULL")
            connection.execute("COMMIT; BEGIN TRANSACTION")
            return connection.execute("SELECT publication FROM scope").fetchall()[0][0]

    @contextmanager
    def staged(
        self, quarter: str, moment: str, ledgers: Ledgers = NO_LEDGERS, kind: str = DRAFT
    ) -> Iterator[Connection]:
        """The warehouse with the quarter's draft of that moment staged and lit, and forgotten afterwards."""
        of, at = Quarter.parse(quarter), _clock(moment)
        self.home.work.mkdir(exist_ok=True)
        with open_warehouse(self.home.warehouse, read_from=[self.home.work]) as connection:
            connection.execute("BEGIN TRANSACTION")
            kept = pinned_ledgers(ledgers, self.registry, of, at.date())
            edition = pin(connection, state_at(connection, of, kept, at), kind)
            marts.stage(connection, edition, marts.registry_of_edition(connection, edition, self.registry))
            marts.light(connection)
            yield connection
            connection.execute("ROLLBACK")

    def gathered(self, connection: Connection) -> marts.Material:
        """The marts of what is staged."""
        return marts.gather(connection, self.registry, self.home.work)

    def reopen(self, quarter: str, registry: Registry, moment: str) -> None:
        """Open the quarter again under a changed plan."""
        self.registry = registry
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            record_registry(connection, registry, _clock(moment))
            record_quarter(connection, registry, Quarter.parse(quarter), _clock(moment))

    def submit(
        self,
        quarter: str,
        reporter: str,
        figures: dict | None = None,
        progress: dict | None = None,
        projects: list | None = None,
        verdict: str = "accepted",
        received: str = "2023-04-05T10:00:00",
        supersedes: str | None = None,
        findings: list | None = None,
    ) -> str:
        """One submission. `figures`: input -> number, or None for 不适用; `progress`: item -> fields;
        `projects`: rows of fields; `findings`: (rule, severity, message)."""
        number = self.numbers[quarter, reporter] = self.numbers.get((quarter, reporter), 0) + 1
        accession = f"{quarter}-{reporter}-{number:02d}"
        digest = hashlib.sha256(accession.encode()).hexdigest()
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            connection.execute(
                "INSERT INTO submissions VALUES ($1, $2, $3, $4, $5, 'a', '', 10, $6, $6, $7, NULL, $8, false, $9)",
                [accession, quarter, reporter, number, digest, _clock(received), self.registry.digest]
                + [verdict, supersedes],
            )
            rows = list(_entries(figures or {}, progress or {}, projects or []))
            for place, row in enumerate(rows, start=2):
                connection.execute(
                    "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [accession, *row, row[0], place, f"H{place}"],
                )
            for place, project in enumerate(projects or [], start=1):
                code = f"{reporter}-{project['item']:02d}-{place:02d}"
                connection.execute(
                    "INSERT INTO projects VALUES (?, 'small-2023', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    [code, reporter, project["item"], place, project["name"], accession],
                )
                connection.execute("INSERT INTO project_rows VALUES (?, ?, ?)", [accession, str(place), code])
            for place, (rule, severity, message) in enumerate(findings or [], start=1):
                connection.execute(
                    "INSERT INTO findings VALUES"
                    " (?, ?, ?, ?, NULL, '指标数据', ['H5'], '=1+1', ?, '请改正。', NULL, '')",
                    [accession, place, rule, severity, message],
                )
        return accession


def _entries(figures: dict, progress: dict, projects: list):
    for code, number in figures.items():
        if number is None:
            yield "inputs", code, None, "value", "not_applicable", "不适用", None, None, None
        else:
            yield "inputs", code, None, "value", "value", str(number), None, Decimal(str(number)), None
    for item, fields in progress.items():
        for name, value in fields.items():
            day = dt.date.fromisoformat(value) if name == "expected_on" else None
            yield "progress", str(item), item, name, "value", value, None if day else value, None, day
    for row, fields in enumerate(projects, start=1):
        for name, value in fields.items():
            day = dt.date.fromisoformat(value) if name == "due_on" else None
            number = Decimal(str(value)) if name in ("item", "progress") else None
            text = None if day or number is not None else value
            yield "projects", str(row), fields["item"], name, "value", str(value), text, number, day


def write_plan(folder: Path, **changed: str) -> Registry:
    """The small plan with some of its files changed, by name without folder and suffix."""
    for name, text in PLAN.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(changed.get(Path(name).stem, text), encoding="utf-8")
    return load_registry(folder)


@pytest.fixture(scope="session")
def small_registry(tmp_path_factory) -> Registry:
    return write_plan(tmp_path_factory.mktemp("schemas"))


@pytest.fixture
def changed_plan(tmp_path):
    """Makes the small plan with a text replaced in some of its files: `changed_plan(targets=("600", "500"))`."""

    def make(**replaced: tuple[str, str]) -> Registry:
        texts = {Path(name).stem: text for name, text in PLAN.items()}
        for name, (old, new) in replaced.items():
            assert old in texts[name]
            texts[name] = texts[name].replace(old, new)
        digest = hashlib.sha256(repr(replaced).encode()).hexdigest()[:8]
        return write_plan(tmp_path / f"schemas-{digest}", **texts)

    return make


@pytest.fixture
def two_deliverables(tmp_path) -> Registry:
    """The small plan with two deliverables under item 2, due in different quarters."""
    old = "  - {name: measures_issued, title: 管理办法印发, due: 2023Q2}\n"
    new = "  - {name: guide, title: 指南, due: 2023Q1}\n  - {name: handbook, title: 手册, due: 2023Q3}\n"
    return write_plan(tmp_path / "schemas", **{"02_standards": PLAN["items/02_standards.yaml"].replace(old, new)})


@pytest.fixture(scope="session")
def make_office():
    """Makes offices under any plan: copies of one with nothing in it but the opened quarters."""

    def make(folder: Path, registry: Registry, *quarters: str) -> Office:
        name = "-".join(["opened", registry.digest, *quarters])
        copy_of(name, lambda home: Office(Home(home), registry).open(*quarters), folder)
        return Office(Home(folder), registry)

    return make


@pytest.fixture
def new_office(make_office, small_registry, tmp_path):
    """Makes offices under the small plan."""

    def make(name: str = "home", *quarters: str) -> Office:
        return make_office(tmp_path / name, small_registry, *(quarters or ("2023Q1", "2023Q2")))

    return make


def fill_first_quarter(office: Office) -> None:
    """Wuhan behind, Huangshi on schedule, Shiyan sent back; 食品处 and 标准化处 in, 督审处 missing."""
    office.submit(
        "2023Q1",
        "420100",
        {"batches": 100, "disposed.numerator": 8, "disposed.denominator": 10, "quick_tests.numerator": 24000},
        {1: {"status": "under_way", "done": "完成抽检100批次", "problems": "人手不足", "next": "增派人员"}},
        [
            {
                "item": 1,
                "name": "快检车",
                "owner": "张三",
                "due_on": "2023-03-20",
                "progress": "0.5",
                "status": "under_way",
            },
            {
                "item": 1,
                "name": "培训",
                "owner": "李四",
                "due_on": "2023-09-30",
                "progress": "0.1",
                "status": "under_way",
            },
        ],
        received="2023-04-05T10:00:00",
        findings=[("cleaned", "notice", "写法已统一。")],
    )
    office.submit(
        "2023Q1",
        "420200",
        {"batches": 50, "disposed.numerator": 5, "disposed.denominator": 5, "quick_tests.numerator": 2400},
        {1: {"status": "done", "done": "完成50批次", "problems": "", "next": "继续"}},
        received="2023-04-06T10:00:00",
    )
    office.submit(
        "2023Q1",
        "420300",
        {"batches": 70},
        verdict="returned",
        received="2023-04-07T10:00:00",
        findings=[("figure_missing", "must_fix", "=缺少数据")],
    )
    office.submit(
        "2023Q1",
        "D01",
        {"visits": 12},
        {1: {"status": "under_way", "done": "全省推进", "problems": "武汉偏慢", "next": "约谈"}, 3: {"status": "done"}},
        received="2023-04-07T11:00:00",
    )
    office.submit(
        "2023Q1",
        "D02",
        {"standards_issued": 2},
        {2: {"status": "under_way", "done": "立项", "problems": "评审慢", "next": "加快", "expected_on": "2023-06-30"}},
        received="2023-04-08T08:00:00",
    )


NUMBERS = {("2023Q1", code): 1 for code in ("420100", "420200", "420300", "D01", "D02")}  # of what fills the quarter
NOW = "2023-04-12T09:00:00"


@pytest.fixture
def filled_office(make_office, small_registry, tmp_path) -> Office:
    """A copy of one that was filled once."""
    copy_of("filled", _filled(make_office, small_registry), tmp_path / "home")
    return Office(Home(tmp_path / "home"), small_registry, dict(NUMBERS))


@pytest.fixture(scope="session")
def made_issued(make_office, small_registry) -> tuple[str, Callable[[Path], None]]:
    def make(folder: Path) -> None:
        copy_of("filled", _filled(make_office, small_registry), folder)
        publish(Home(folder), small_registry, Quarter.parse("2023Q1"), _clock(NOW))

    return "issued", make


@pytest.fixture
def issued_office(made_issued, small_registry, tmp_path) -> Office:
    """A copy of the filled one whose quarter was published `now`: publishing it again finds that one standing."""
    copy_of(*made_issued, tmp_path / "home")
    return Office(Home(tmp_path / "home"), small_registry, dict(NUMBERS))


@pytest.fixture(scope="session")
def issued(made_issued) -> Path:
    """The folder of what was published there; everybody's, not to be changed."""
    return Home(made(*made_issued)).published / "2023Q1-r1"


def _filled(make_office, registry: Registry) -> Callable[[Path], None]:
    return lambda folder: fill_first_quarter(make_office(folder, registry, "2023Q1", "2023Q2"))


@pytest.fixture
def fill():
    return fill_first_quarter


@pytest.fixture
def now() -> dt.datetime:
    return _clock(NOW)
