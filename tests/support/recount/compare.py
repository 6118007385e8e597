"""A published workbook against the count: every number in it is compared with one that was counted, or it is told."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path

from recount.count import Count
from recount.lights import Lights
from recount.plan import Measure, Plan, cut
from recount.sheets import Cells, find, grid_of, names_of, rows_of, text

QUARTERS = {"一季度": 1, "二季度": 2, "三季度": 3, "四季度": 4}
TITLES = {"done": "已达标", "green": "绿灯", "yellow": "黄灯", "red": "红灯", "own": "自报", "grey": "无从判断"}
SEVERITIES = {"结构问题": "结构", "强制问题": "强制", "核实问题": "核实", "提示": "提示"}


def recounted(folder: Path, samples: Path) -> "Compared":
    """A publication's folder, below a home that still has its outbox, against a folder of samples by quarter."""
    plan = Plan(samples.parent / "schemas" / folder.name[:4])
    return Compared(folder, Count.of(folder, plan, samples)).everything()


@dataclass(eq=False)
class Compared:
    """`wrong` holds (sheet, cell, found, counted) of every number that is not what was counted."""

    folder: Path
    count: Count
    wrong: list[tuple] = field(default_factory=list)
    seen: set[tuple[str, int, int]] = field(default_factory=set)  # sheet, row from 1, column from 0

    @property
    def book(self) -> Path:
        return self.folder / f"{self.folder.name}.xlsx"

    @cached_property
    def lights(self) -> Lights:
        return Lights(self.count)

    @cached_property
    def by_title(self) -> dict[tuple[int, str], Measure]:
        return {(measure.item, measure.title): measure for measure in self.count.plan.measures.values()}

    def hold(self, sheet: str, row: int, cells: Cells, header: str, counted: Decimal | int | None) -> None:
        """The cell under this header holds exactly this number; None wants a cell without one."""
        self._hold(sheet, row, cells.place[header], cells[header], counted)

    def _hold(self, sheet: str, row: int, column: int, found: object, counted: Decimal | int | None) -> None:
        self.seen.add((sheet, row, column))
        number = _is_number(found)
        if number != (counted is not None) or (number and abs(Decimal(repr(found)) - counted) > Decimal("1e-9")):
            self.wrong.append((sheet, row, column, found, counted))

    def untold(self) -> list[tuple[str, int, int, float]]:
        """Numbers, anywhere in the workbook, that nothing was held against."""
        grids = {sheet: grid_of(self.book, sheet) for sheet in names_of(self.book)}
        return [
            (sheet, row, column, cell)
            for sheet, grid in grids.items()
            for row, cells in enumerate(grid, start=1)
            for column, cell in enumerate(cells)
            if _is_number(cell) and (sheet, row, column) not in self.seen
        ]

    def everything(self) -> "Compared":
        for sheet in (self.overview, self.items_of_the_plan, self.measures, self.lagging, self.projects, self.items):
            sheet()
        self.reporting()
        self.changes()
        self.sources()
        return self

    # each sheet

    def overview(self) -> None:
        """The five furthest behind, and what the charts are drawn from."""
        sheet = "总览"
        for row, cells in self._table(sheet, "最滞后的指标或成果", "年度目标"):
            if not _is_number(cells["序号"]):
                break
            item = int(cells["序号"])
            self.hold(sheet, row, cells, "序号", item)
            measure = self.by_title.get((item, cells["最滞后的指标或成果"]))
            if measure:
                self._against(sheet, row, cells, measure, None)
        grid = grid_of(self.book, sheet)
        items = [cells for _, cells in self._table("重点工作总表", "篇章", "灯") if cells["篇章"]]
        lights = Counter((cells["篇章"], _light(cells["灯"])) for cells in items)
        for row, column, chapter in _listed(grid, "图表数据：各篇章灯数"):
            for place, light in enumerate(("已达标", "绿灯", "黄灯", "红灯", "自报", "无从判断"), start=column + 1):
                self._hold(sheet, row + 1, place, grid[row][place], lights[chapter, light])
        for row, column, name in _listed(grid, "图表数据：目标指标"):
            _, item, title = name.split(" ", 2)  # its light stands before
            measure = self.by_title[int(item), title]
            stood, due = self.count.stood(measure), measure.share_due(self.count.now)
            self._hold(sheet, row + 1, column + 1, grid[row][column + 1], cut(stood / measure.target))
            self._hold(sheet, row + 1, column + 2, grid[row][column + 2], due)

    def measures(self) -> None:
        sheet = "指标完成情况"
        for row, cells in self._table(sheet, "指标编码", "年度目标"):
            measure = self.count.plan.measures[cells["指标编码"]]
            self.hold(sheet, row, cells, "序号", measure.item)
            for header, quarter in QUARTERS.items():
                name = f"{self.count.quarter[:4]}Q{quarter}"
                past = quarter <= self.count.now
                self.hold(sheet, row, cells, header, self.count.province(measure, name) if past else None)
            self._against(sheet, row, cells, measure, None)
            self.hold_text(sheet, row, cells, "已报/应报", f"{self.count.reported(measure, self.count.quarter)}/")

    def hold_text(self, sheet: str, row: int, cells: Cells, header: str, start: str) -> None:
        if not str(cells[header]).startswith(start):
            self.wrong.append((sheet, row, header, cells[header], start))

    def _against(self, sheet: str, row: int, cells: Cells, measure: Measure, reporter: str | None) -> None:
        """Target, completion, schedule and what else is computed from where it stands."""
        count = self.count
        owing = len(count.of_measure[measure.name])
        stands = count.stood(measure) if reporter is None else count.stands_at(measure, reporter)
        target = count.target(measure, reporter, owing)
        due = measure.share_due(count.now) if target is not None else None
        completion = cut(stands / target) if target and stands is not None else None
        for header, counted in {"年度目标": target, "完成率": completion, "序时进度": due}.items():
            self.hold(sheet, row, cells, header, counted)
        if "实绩" in cells:
            self.hold(sheet, row, cells, "实绩", stands)
        if "距序时差" in cells:
            self.hold(sheet, row, cells, "距序时差", cut(cut(target * due) - stands))

    def items(self) -> None:
        """The sheets of single items: each reporter's own figure, and the province's below."""
        codes = {name: code for code, name in self.count.plan.names.items()}
        for sheet in (name for name in names_of(self.book) if name[:2].isdigit()):
            item = int(sheet[:2])
            for row, cells in self._table(sheet, "填报单位", "职责", "进展状态"):
                for measure in self.count.plan.measures.values():
                    header = text(f"{measure.title}（{measure.unit}）")
                    if measure.item != item or header not in cells:
                        continue
                    if cells["填报单位"] == "全省":
                        counted = self.count.province(measure, self.count.quarter)
                    else:
                        counted = self.count.own(measure, codes[cells["填报单位"]], self.count.quarter)
                    self.hold(sheet, row, cells, header, counted)

    def items_of_the_plan(self) -> None:
        """The tables with a row for every item of the plan, and nothing else."""
        for sheet in ("重点工作总表", "市州进度"):
            rows = [(row, cells) for row, cells in self._table(sheet, "序号", "重点工作") if cells["序号"] != ""]
            for (row, cells), item in zip(rows, self.count.plan.items, strict=True):
                self.hold(sheet, row, cells, "序号", item)
                lit = self.lights.items[item]
                counted = TITLES.get(lit.kind, TITLES[lit.light])
                if "灯" in cells and _light(cells["灯"]) != counted:
                    self.wrong.append((sheet, row, "灯", cells["灯"], counted))

    def lagging(self) -> None:
        sheet, codes = "滞后清单", {name: code for code, name in self.count.plan.names.items()}
        for row, cells in self._table(sheet, "指标或成果", "距序时差"):
            item = int(cells["序号"])
            self.hold(sheet, row, cells, "序号", item)
            measure = self.by_title.get((item, cells["指标或成果"]))
            if measure:
                reporter = None if cells["填报单位"] == "全省" else codes[cells["填报单位"]]
                self._against(sheet, row, cells, measure, reporter)
            else:
                for header in ("年度目标", "实绩", "完成率", "序时进度", "距序时差"):
                    self.hold(sheet, row, cells, header, None)

    def projects(self) -> None:
        sheet = "项目台账"
        for row, cells in self._table(sheet, "项目编号", "来源行"):
            source = int(cells["来源行"])
            path = self.count.path(cells["来源报送"])
            typed = dict(rows_of(path, "项目清单", "项目名称", "完成进度"))[source]
            self.hold(sheet, row, cells, "序号", int(text(typed["序号"])))
            self.hold(sheet, row, cells, "来源行", source)
            self.hold(sheet, row, cells, "完成进度", share(typed["完成进度"]))
            if text(typed["项目名称"]) != text(cells["项目名称"]):
                self.wrong.append((sheet, row, "项目名称", cells["项目名称"], typed["项目名称"]))

    def reporting(self) -> None:
        sheet, codes = "报送情况", {name: code for code, name in self.count.plan.names.items()}
        sent = [one for one in self.count.manifest["submissions"] if one["quarter"] == self.count.quarter]
        received = Counter(one["reporter"] for one in sent)
        returned = Counter(one["reporter"] for one in sent if one["verdict"] == "returned")
        found = Counter()
        with (self.folder / "findings.csv").open(encoding="utf-8-sig", newline="") as lines:
            for finding in csv.DictReader(lines):
                found[finding["填报单位"], finding["级别"]] += 1
        for row, cells in self._table(sheet, "填报单位", "报送次数"):
            reporter = codes[cells["填报单位"]]
            self.hold(sheet, row, cells, "报送次数", received[reporter])
            self.hold(sheet, row, cells, "退回次数", returned[reporter])
            for header, severity in SEVERITIES.items():
                self.hold(sheet, row, cells, header, found[cells["填报单位"], severity] or None)
            owed = self._owed(reporter)
            accepted = owed if cells["采用的报送"] else 0
            self.hold(sheet, row, cells, "应报项数", owed)
            self.hold(sheet, row, cells, "收到项数", owed if received[reporter] else 0)
            self.hold(sheet, row, cells, "受理项数", accepted)
            self.hold(sheet, row, cells, "内容完整", accepted)  # good samples leave nothing out

    def changes(self) -> None:
        """What differs from another publication: each reporter's effect, put over in the plan's order."""
        sheet, effects, codes = "本期变化", {}, {name: code for code, name in self.count.plan.names.items()}
        for row, cells in self._table(sheet, "对比", "影响"):
            if cells["类别"] == "灯":
                self.hold(sheet, row, cells, "序号", self._item_of(cells["指标名称"], cells["序号"]))
                continue
            measure = self.count.plan.measures[cells["指标编码"]]
            key = cells["对比"].split()[-1], measure.name
            if key not in effects:
                effects[key] = self._effects(measure, self._of(key[0]))
            then, own = effects[key]
            now = self.count.stood(measure)
            self.hold(sheet, row, cells, "序号", measure.item)
            self.hold(sheet, row, cells, "上次", then)
            self.hold(sheet, row, cells, "本次", now)
            self.hold(sheet, row, cells, "变化", (now or 0) - (then or 0))
            whole = cells["原因"] == "合计"
            self.hold(sheet, row, cells, "影响", sum(own.values()) if whole else own[codes[cells["原因单位"]]])

    def _item_of(self, title: str, among: float) -> int | None:
        """The item of this title, or that has a measure or deliverable of it."""
        for number, item in self.count.plan.items.items():
            own = [item["title"], *(record["title"] for record in (item.get("measures") or {}).values())]
            own += [record["title"] for record in item.get("deliverables") or ()]
            if title.removesuffix("（重点工作）") in own and number == among:
                return number
        return None

    @cache  # noqa: B019  one comparison lives as long as its test
    def _of(self, publication: str) -> Count:
        return Count.of(self.folder.with_name(publication), self.count.plan, self.count.samples)

    def _effects(self, measure: Measure, other: Count) -> tuple[Decimal | None, dict[str, Decimal]]:
        """The other publication's figure, and what each reporter's own change does to it."""
        before, after = other.parts(measure), self.count.parts(measure)
        then = value = self.count.together(measure, before)
        effects = {}
        for reporter in sorted(before.keys() | after.keys(), key=self.count.plan.places.get):
            before = {r: part for r, part in before.items() if r != reporter}
            if reporter in after:
                before[reporter] = after[reporter]
            step = self.count.together(measure, before)
            effects[reporter] = (step or 0) - (value or 0)
            value = step
        return then, effects

    def sources(self) -> None:
        sheet, typed = "数据来源", {}
        for figure in self.count.typed.itertuples():
            typed[figure.input, figure.accession] = figure.figure
        for row, cells in self._table(sheet, "填报项编码", "采用值"):
            counted = typed[cells["填报项编码"], cells["报送编号"]]
            self.hold(sheet, row, cells, "采用值", counted if isinstance(counted, Decimal) else None)

    def _owed(self, reporter: str) -> int:
        [issued] = (self.folder.parents[1] / "outbox" / self.count.quarter / reporter).glob(
            f"{self.count.quarter}-{reporter}-*[!改].xlsx"
        )
        return sum(1 for _, cells in rows_of(issued, "工作进展", "序号", "进展状态") if text(cells["序号"]))

    def _table(self, sheet: str, *words: str) -> Iterator[tuple[int, dict]]:
        for row, cells in rows_of(self.book, sheet, *words):
            if any(cell != "" for cell in cells.values()):
                yield row, cells


def _is_number(cell: object) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _listed(grid: list[list], word: str) -> Iterator[tuple[int, int, str]]:
    """The rows of a list below its heading: row and column, counted from 0, and name."""
    top, column = find(grid, word)
    for row in range(top + 1, len(grid)):
        if grid[row][column] == "":
            return
        yield row, column, grid[row][column]


def _light(cell: str) -> str:
    """What the charts count it as; a sign alone is one that nothing can be judged by."""
    return "自报" if "自报" in cell else cell.split()[-1] if " " in cell else "无从判断"


def share(typed: object) -> Decimal:
    """A project's progress: 35%, 35 or 0.35."""
    share = text(typed)
    figure = Decimal(share.removesuffix("%"))
    return figure / 100 if share.endswith("%") or figure > 1 else figure
