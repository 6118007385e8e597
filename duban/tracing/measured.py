"""What a publication says of measures: figures of the province and of reporters, and how they stand to targets."""

import re
from decimal import Decimal

from duban.fillin.layout import FIGURES
from duban.reading.cells import Page
from duban.tracing.content import PROVINCE, Figure, Row, named, sign_of
from duban.tracing.figures import Figures, exact_ratio, plain, shown

QUARTERS = ("一季度", "二季度", "三季度", "四季度")
_SILENT = {"not_applicable": "不适用", "blank": "未填", "absent": "未报"}


class Measured:
    """The cells that hold a measure's figure, target, completion or light."""

    def __init__(self, figures: Figures):
        self.publication, self.figures = figures.publication, figures

    def of_measures(self, header: str, row: Row) -> Figure | None:
        """A cell of 指标完成情况."""
        measure = row.get("指标编码", "")
        if measure not in self.publication.measures:
            return None
        if header in QUARTERS:
            return self.of_province(measure, self.publication.quarters[QUARTERS.index(header)])
        return self.judged(header, "measure", measure, "")

    def of_province(self, measure: str, quarter: str) -> Figure:
        """The figure of the province in a quarter."""
        record, found = self.publication.measures[measure], self.figures.province(measure, quarter)
        what = f"{PROVINCE} {quarter} {record['title']}（{FIGURES[record['figures']]}）"
        return Figure(what, "figure", found.value, found.arithmetic, (("province", measure, quarter),))

    def of_reporter(self, measure: str, reporter: str, quarter: str) -> Figure:
        """The figure of a reporter in a quarter; what it said instead where it gave none."""
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

    def judged(self, header: str, scope: str, measure: str, reporter: str) -> Figure | None:
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
                value = {"灯": sign_of(publication, light), "判断依据": light.formula}.get(header)
                return Figure(f"{whose} {title} 的{header}", "light", value, light.formula, keys, light)
            case "已报/应报":
                counted, owing = self.figures.counted(measure)
                text = f"已报 {counted} 家，应报 {owing} 家"
                return Figure(f"{title} 已报/应报", "count", f"{counted}/{owing}", text, keys)
            case "未计入单位":
                return Figure(f"{title} 未计入单位", "count", "、".join(self.figures.missing(measure)), "", keys)
        return None

    def charted(self, page: Page, row: int, column: int) -> Figure | None:
        """A bar of the chart of targets: a measure's share of its target, or what the schedule asks for."""
        cells = page.rows[row]
        above = [cells[column][1] for number, cells in page.rows.items() if number < row and column in cells]
        header = next((word for word in reversed(above) if word in ("完成率", "序时进度")), None)
        labels = [re.fullmatch(r"(\d+) (.+)", text) for at, (_, text) in cells.items() if at < column]
        if header is None or cells[column][0] != "number" or not any(labels):
            return None
        item, title = next(match.groups() for match in labels if match)
        measure = named(self.publication.measures, int(item), title)
        return measure and self.judged(header, "measure", measure, "")


def _quotient(record: dict, part, value: Decimal | None) -> str:
    if part.denominator is None:
        return "没有基数"
    by = f"（常住人口 ÷ {record['per']}）" if record["reference"] else ""
    return f"{plain(part.numerator)} ÷ {plain(part.denominator)}{by} = {shown(value, record['unit'])}"


def _six(figure: Decimal) -> Decimal:
    """As the warehouse keeps it."""
    return figure.quantize(Decimal("0.000001"))
