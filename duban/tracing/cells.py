"""Which figure stands in which published cell: sheets, header rows and rows are found by their words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from duban.fillin.layout import FIGURES
from duban.reading.cells import Page
from duban.tracing import counts
from duban.tracing.figures import Figures, Key, exact_ratio, plain, shown
from duban.tracing.publication import SOURCES, Light, Publication, Table

QUARTERS = ("一季度", "二季度", "三季度", "四季度")
PROVINCE = "全省"
# what a published column of a reporter's own words is called in its submission
SAID = {
    "进展状态": "status",
    "自报状态": "status",
    "工作进展": "done",
    "本季度工作进展": "done",
    "存在问题": "problems",
    "下一步打算": "next",
    "预计完成": "expected_on",
    "情况说明": "explanation",
}
PROJECT = {
    "项目编号": "code",
    "项目名称": "name",
    "责任人": "owner",
    "计划完成时间": "due_on",
    "完成进度": "progress",
    "项目状态": "status",
    "本季度进展": "done",
    "情况说明": "explanation",
    "逾期": "due_on",
}
_SILENT = {"not_applicable": "不适用", "blank": "未填", "absent": "未报"}
_BRACKETS = re.compile(r"（.*")


@dataclass(frozen=True)
class Figure:
    """What stands in a cell. `kind`: figure, count, light, text (a reporter's words) or plan (the plan's own).
    `value` is what it comes to from the listed cells: a figure, a text, or None where only its cells are told (texts
    from several reporters, projects); `keys` are what it was made of, see `duban.tracing.figures`."""

    what: str
    kind: str
    value: Decimal | str | None = None
    arithmetic: str = ""
    keys: tuple[Key, ...] = ()
    light: Light | None = None
    notes: tuple[str, ...] = field(default=())


Row = dict[str, str]  # the texts of a row by header word
Handler = Callable[[str, Row], Figure | None]


class Cells:
    """The figures of a publication by sheet and cell."""

    def __init__(self, publication: Publication, figures: Figures | None = None):
        self.publication = publication
        self.figures = figures or Figures(publication)

    def at(self, sheet: str, row: int, column: int) -> Figure | None:
        """What stands in a cell; None where it holds no figure and no reporter's words."""
        page = self.publication.pages[sheet]
        if column not in page.rows.get(row, {}):
            return None
        layout = self._layouts.get(sheet)
        if layout:
            table, handler = layout
            if row > table.header:
                header = table.columns.get(column)
                told = self._told(table, page, row)
                found = handler(header, told) if header else None
                if found or sheet != counts.OVERVIEW:
                    return found
        if sheet in (counts.OVERVIEW, counts.COVER):
            return self._counted(page, row, column)
        return None

    def all(self) -> Iterator[tuple[str, int, int, Figure]]:
        """Every cell that holds something which can be traced."""
        for name, page in self.publication.pages.items():
            for row, cells in page.rows.items():
                for column in cells:
                    if found := self.at(name, row, column):
                        yield name, row, column, found

    @staticmethod
    def _told(table: Table, page: Page, row: int) -> Row:
        cells = page.rows[row]
        return {header: cells[column][1] for column, header in table.columns.items() if column in cells}

    @cached_property
    def _layouts(self) -> dict[str, tuple[Table, Handler]]:
        known: dict[str, tuple[set[str], Handler]] = {
            "总览": ({"重点工作", "实绩", "完成率"}, self._worst),
            "重点工作总表": ({"序号", "重点工作", "灯"}, self._of_items),
            "指标完成情况": ({"指标编码", "年度目标"}, self._of_measures),
            "市州进度": ({"序号", "重点工作", PROVINCE}, self._of_prefectures),
            "滞后清单": ({"序号", "填报单位", "实绩"}, self._of_lagging),
            "项目台账": ({"项目编号", "来源报送", "来源行"}, self._of_projects),
            "报送情况": ({"填报单位", "报送状态"}, self._of_reporting),
            "本期变化": ({"指标编码", "上次", "本次"}, self._of_changes),
            SOURCES: ({"填报项编码", "来源单元格"}, self._of_sources),
        }
        found = {}
        for name, page in self.publication.pages.items():
            item = re.match(r"(\d+) ", name)
            if name in known:
                words, handler = known[name]
            elif item and int(item[1]) in self.publication.items:
                words, handler = {"填报单位", "进展状态"}, self._item_handler(int(item[1]))
            else:
                continue
            if table := self.publication.table(page, words):
                found[name] = table, handler
        return found

    # figures -------------------------------------------------------------------------------------------------------

    def _of_measures(self, header: str, row: Row) -> Figure | None:
        measure = row.get("指标编码", "")
        if measure not in self.publication.measures:
            return None
        if header in QUARTERS:
            return self.of_province(measure, self.publication.quarters[QUARTERS.index(header)])
        return self._judged(header, "measure", measure, "")

    def of_province(self, measure: str, quarter: str) -> Figure:
        record, found = self.publication.measures[measure], self.figures.province(measure, quarter)
        what = f"{PROVINCE} {quarter} {record['title']}（{FIGURES[record['figures']]}）"
        return Figure(what, "figure", found.value, found.arithmetic, (("province", measure, quarter),))

    def of_reporter(self, measure: str, reporter: str, quarter: str) -> Figure:
        record, part = self.publication.measures[measure], self.figures.part(measure, reporter, quarter)
        name = self.publication.reporters[reporter]["name"]
        what = f"{name} {quarter} {record['title']}（{FIGURES[record['figures']]}）"
        keys = (("figure", measure, reporter, quarter),)
        if part.state != "value":
            return Figure(what, "figure", _SILENT[part.state], "", keys)
        value = exact_ratio(part.numerator, part.denominator)
        told = f"填报数 {shown(value, record['unit'])}"
        text = _quotient(record, part, value) if record["aggregate"] == "ratio" else told
        return Figure(what, "figure", "无基数" if value is None else value, text, keys)

    def stands(self, measure: str, reporter: str) -> Figure:
        """Where the province ('') or a reporter stands in the year."""
        record = self.publication.measures[measure]
        if not reporter:
            found = self.figures.stood(measure)
            what = f"{PROVINCE}年内 {record['title']}"
            return Figure(what, "figure", found.value, found.arithmetic, (("stood", measure),))
        part = self.figures.standing(measure, reporter)
        value = exact_ratio(part.numerator, part.denominator)
        what = f"{self.publication.reporters[reporter]['name']}年内 {record['title']}"
        sources = self.figures.sources(("standing", measure, reporter))
        if record["aggregate"] == "ratio":
            text = _quotient(record, part, value) if part.state == "value" else ""
        else:
            terms = [plain(source.value) for source in sources if source.value is not None]
            total = shown(value, record["unit"])
            text = f"{' + '.join(terms)} = {total}" if len(terms) > 1 else f"填报数 {total}"
        return Figure(what, "figure", value, text, (("standing", measure, reporter),))

    def _judged(self, header: str, scope: str, measure: str, reporter: str) -> Figure | None:
        """A measure against its target, of the province or of one reporter."""
        publication, record = self.publication, self.publication.measures[measure]
        light = publication.lights.get((scope, record["item"], measure, reporter))
        whose = publication.reporters[reporter]["name"] if reporter else PROVINCE
        keys = (("standing", measure, reporter),) if reporter else (("stood", measure),)
        if light is None:
            return None
        due = None if light.target is None or light.schedule is None else _six(light.target * light.schedule)
        stands = self.stands(measure, reporter)
        title, unit = record["title"], record["unit"]
        done, target = shown(stands.value, unit), shown(light.target, unit)
        match header:
            case "年度目标":
                return Figure(f"{whose} {title} 年度目标", "plan", light.target, "方案所定", light=light)
            case "序时进度":
                return Figure(f"{whose} {title} 序时进度", "plan", light.schedule, "方案所定", light=light)
            case "实绩":
                return stands
            case "完成率":
                value = exact_ratio(stands.value, light.target)
                text = f"{stands.arithmetic}；{done} ÷ 年度目标 {target} = {shown(value, '%')}"
                return Figure(f"{whose} {title} 完成率", "figure", value, text, keys, light)
            case "距序时差":
                value = None if due is None or stands.value is None else due - stands.value
                by_now = f"应达 {target} × {shown(light.schedule, '%')} = {shown(due, unit)}"
                text = f"{stands.arithmetic}；{by_now}，减去 {done}"
                return Figure(f"{whose} {title} 距序时差", "figure", value, text, keys, light)
            case "灯" | "各季灯" | "判断依据":
                value = {"灯": self._sign(light), "判断依据": light.formula}.get(header)
                return Figure(f"{whose} {title} 的{header}", "light", value, light.formula, keys, light)
            case "已报/应报":
                counted, owing = self.figures.counted(measure)
                text = f"已报 {counted} 家，应报 {owing} 家"
                return Figure(f"{title} 已报/应报", "count", f"{counted}/{owing}", text, keys)
            case "未计入单位":
                return Figure(f"{title} 未计入单位", "count", "、".join(self.figures.missing(measure)), "", keys)
        return None

    def _sign(self, light: Light) -> str:
        filled, hollow, _ = self.publication.about["signs"][light.light]
        return filled if light.computed else hollow

    # items and reporters -------------------------------------------------------------------------------------------

    def _item_handler(self, item: int) -> Handler:
        measures = {name: record for name, record in self.publication.measures.items() if record["item"] == item}
        titled = {f"{record['title']}（{record['unit']}）": name for name, record in measures.items()}

        def handle(header: str, row: Row) -> Figure | None:
            name = row.get("填报单位", "")
            measure = titled.get(header)
            if name == PROVINCE:
                if measure:
                    return self.of_province(measure, self.publication.quarter)
                if header == "进展状态":
                    found = self.of_item(item, "已报/应报")
                    return replace(found, value=f"{found.value} 已报")
                return self.of_item(item, header) if header == "灯" else None
            code = self.publication.codes.get(name)
            if code is None:
                return None
            if measure:
                return self.of_reporter(measure, code, self.publication.quarter)
            if header == "灯":
                return self.light_of("reporter_item", item, "", code)
            return self.said(item, [code], header)

        return handle

    def said(self, item: int, codes: list[str], header: str) -> Figure | None:
        """What reporters said of an item."""
        if header not in SAID:
            return None
        names = "、".join(self.publication.reporters[code]["name"] for code in codes)
        keys = tuple(("said", item, code, SAID[header]) for code in codes)
        return Figure(f"{names} 第 {item} 项 {header}", "text", keys=keys)

    def of_item(self, item: int, header: str) -> Figure | None:
        """What a table says of an item as a whole."""
        if header in ("灯", PROVINCE, "各季灯", "判断依据"):
            return self.light_of("item", item, "", "", header)
        if header in counts.OF_ITEMS:
            value, text = counts.of_item(self.publication, item, header)
            keys = tuple(("said", item, code, "status") for code in counts.owing(self.publication, item))
            return Figure(f"第 {item} 项 {header}", "count", value, text, keys)
        return self.said(item, self.publication.items[item]["consolidators"], header)

    def light_of(self, scope: str, item: int, subject: str, reporter: str, header: str = "灯") -> Figure | None:
        """A light with all that it follows from."""
        publication = self.publication
        light = publication.lights.get((scope, item, subject, reporter))
        if light is None:
            return None
        whose = publication.reporters[reporter]["name"] if reporter else PROVINCE
        keys, notes = [], []
        below = publication.judged.get((item, reporter), [])
        if reporter:
            below = below + [one for one in publication.judged.get((item, ""), []) if one[1].scope == "deliverable"]
        for name, part in below:
            if subject and name != subject:
                continue
            if part.scope == "deliverable":
                answering = publication.items[item]["consolidators"]
                codes = answering if not reporter else [code for code in answering if code == reporter]
                keys += [("said", item, code, field) for code in codes for field in ("status", "expected_on")]
                title = publication.deliverables[name]["title"]
                notes += [f"成果“{title}”：{self._sign(part)} {part.formula}"] if codes else []
            else:
                keys.append(("standing", name, reporter) if reporter else ("stood", name))
                notes.append(f"指标“{publication.measures[name]['title']}”：{self._sign(part)} {part.formula}")
        if not light.computed or not keys:
            codes = [reporter] if reporter else publication.items[item]["consolidators"]
            keys += [("said", item, code, field) for code in codes for field in ("status", "expected_on")]
        value = self._sign(light) if header in ("灯", PROVINCE) else None
        keys = tuple(dict.fromkeys(keys))
        return Figure(f"{whose} 第 {item} 项的灯", "light", value, light.formula, keys, light, tuple(notes))

    def _of_items(self, header: str, row: Row) -> Figure | None:
        return self.of_item(int(row["序号"]), header) if _is_item(self.publication, row) else None

    def _of_prefectures(self, header: str, row: Row) -> Figure | None:
        if not _is_item(self.publication, row):
            return None
        item, code = int(row["序号"]), self.publication.codes.get(header)
        if header == PROVINCE:
            return self.light_of("item", item, "", "")
        found = code and self.light_of("reporter_item", item, "", code)
        if found and (self.publication.quarter, code) not in self.publication.current:
            return Figure(f"{header} 第 {item} 项：没有已采用的报送", "count", None, "", found.keys, found.light)
        return found or None

    def _of_lagging(self, header: str, row: Row) -> Figure | None:
        if not _is_item(self.publication, row):
            return None
        item = int(row["序号"])
        name = row.get("填报单位", "")
        code = self.publication.codes.get(name, "")
        subject = row.get("指标或成果", "")
        own = _BRACKETS.sub("", header)
        if own in ("存在问题", "下一步打算", "情况说明"):
            answering = self.publication.items[item]["consolidators"]
            province = name == PROVINCE or self._deliverable(item, subject)
            return self.said(item, answering if province else [code], own)
        return self._behind(header, item, subject, "" if name == PROVINCE else code)

    def _worst(self, header: str, row: Row) -> Figure | None:
        if not _is_item(self.publication, row):
            return None
        item, own = int(row["序号"]), _BRACKETS.sub("", header)
        subject = next((text for word, text in row.items() if "指标" in word), "")
        if own in ("存在问题", "下一步打算"):
            return self.said(item, self.publication.items[item]["consolidators"], own)
        return self._behind(header, item, subject, "")

    def _behind(self, header: str, item: int, subject: str, reporter: str) -> Figure | None:
        measure = self._measure(item, subject)
        if measure:
            return self._judged(header, "reporter_measure" if reporter else "measure", measure, reporter)
        if header not in ("灯", "判断依据"):
            return None
        deliverable = self._deliverable(item, subject)
        if deliverable:
            found = self.light_of("deliverable", item, deliverable, "", header)
        else:
            found = self.light_of("reporter_item" if reporter else "item", item, "", reporter, header)
        return found

    def _measure(self, item: int, subject: str) -> str | None:
        titled = {r["title"]: name for name, r in self.publication.measures.items() if r["item"] == item}
        return titled.get(subject) or titled.get(_BRACKETS.sub("", subject))

    def _deliverable(self, item: int, subject: str) -> str | None:
        titled = {r["title"]: name for name, r in self.publication.deliverables.items() if r["item"] == item}
        return titled.get(subject) or titled.get(_BRACKETS.sub("", subject))

    # projects, reporting, sources, changes, counts -------------------------------------------------------------------

    def _of_projects(self, header: str, row: Row) -> Figure | None:
        if header not in PROJECT or "来源报送" not in row or "来源行" not in row:
            return None
        keys = (("project", row["来源报送"], row["来源行"], PROJECT[header]),)
        sources = self.figures.sources(keys[0])
        key = next((key for key, place in self._project_rows(row["来源报送"]).items() if place == row["来源行"]), None)
        if key and not sources:
            keys = (("project", row["来源报送"], key, PROJECT[header]),)
        what = f"{row.get('填报单位', '')} 项目“{row.get('项目名称', '')}” {header}"
        return Figure(what, "figure" if header == "完成进度" else "text", None, "取自项目清单", keys)

    def _project_rows(self, accession: str) -> dict[str, str]:
        submission = self.publication.submissions.get(accession, {"places": {}})
        return submission["places"].get("projects", {"rows": {}})["rows"]

    def _of_reporting(self, header: str, row: Row) -> Figure | None:
        code = self.publication.codes.get(row.get("填报单位", ""))
        found = code and counts.of_reporter(self.publication, code, header)
        if not found:
            return None
        value, text = found
        return Figure(f"{row['填报单位']} {header}", "count", value, text)

    def _of_sources(self, header: str, row: Row) -> Figure | None:
        accession, code = row.get("报送编号", ""), row.get("填报项编码", "")
        if header not in ("采用值", "填写原文", "来源单元格") or code not in self.publication.inputs:
            return None
        submission = self.publication.submissions.get(accession)
        source = submission and self.publication.sources.get((code, submission["reporter"], submission["quarter"]))
        if not source:
            return None
        value = {"采用值": source.value, "填写原文": source.typed}.get(header)
        key = ("input", code, source.reporter, source.quarter)
        kind = "figure" if header == "采用值" else "text"
        what = f"{source.name} {source.quarter} {self.publication.inputs[code][3]} {header}"
        return Figure(what, kind, value, "", (key,))

    def _of_changes(self, header: str, row: Row) -> Figure | None:
        measure, base = row.get("指标编码", ""), row.get("对比", "")
        if row.get("类别") != "指标数" or measure not in self.publication.measures:
            return None
        stands = self.stands(measure, "")
        if header == "本次":
            return stands
        if header == "上次":
            return Figure(f"{base} 中 {stands.what}", "figure", None, f"上一次发布 {base} 的数，请在其工作簿中追溯")
        code = self.publication.codes.get(row.get("原因单位", ""), "")
        if header in ("变化", "影响", "原因"):
            keys = (("standing", measure, code),) if header != "变化" and code else stands.keys
            difference = f"本次 {row.get('本次', '无')} − 上次 {row.get('上次', '无')}"
            text = difference if header == "变化" else row.get("原因", "")
            value = _minus(row.get("本次"), row.get("上次")) if header == "变化" else None
            return Figure(f"{stands.what} 的{header}", "figure", value, text, keys)
        return None

    def _counted(self, page: Page, row: int, column: int) -> Figure | None:
        if charted := self._charted(page, row, column):
            return charted
        found = counts.in_overview(self.publication, page, row, column)
        if not found:
            return None
        what, value, text = found
        keys = tuple(("light", item) for item in self.publication.items)
        return Figure(what, "count", value, text, keys if "灯" in what else ())

    def _charted(self, page: Page, row: int, column: int) -> Figure | None:
        """A bar of the chart of targets: a measure's share of its target, or what the schedule asks for."""
        cells = page.rows[row]
        above = [cells[column][1] for number, cells in page.rows.items() if number < row and column in cells]
        header = next((word for word in reversed(above) if word in ("完成率", "序时进度")), None)
        labels = [re.fullmatch(r"(\d+) (.+)", text) for at, (_, text) in cells.items() if at < column]
        if header is None or cells[column][0] != "number" or not any(labels):
            return None
        item, title = next(match.groups() for match in labels if match)
        measure = self._measure(int(item), title)
        return measure and self._judged(header, "measure", measure, "")


def _is_item(publication: Publication, row: Row) -> bool:
    number = row.get("序号", "")
    return number.isdecimal() and int(number) in publication.items


def _quotient(record: dict, part, value: Decimal | None) -> str:
    if part.denominator is None:
        return "没有基数"
    by = f"（常住人口 ÷ {record['per']}）" if record["reference"] else ""
    return f"{plain(part.numerator)} ÷ {plain(part.denominator)}{by} = {shown(value, record['unit'])}"


def _six(figure: Decimal) -> Decimal:
    """As the warehouse keeps it."""
    return figure.quantize(Decimal("0.000001"))


def _minus(now: str | None, before: str | None) -> Decimal | None:
    try:
        return Decimal(now or 0) - Decimal(before or 0)
    except ArithmeticError:
        return None
