"""The sheet 填报说明: what is owed, how to fill it in, and the rules, from the same data that the checks use."""

from collections.abc import Iterable, Sequence

from duban.fillin.form import Form
from duban.fillin.layout import BY_TABLE, INSTRUCTIONS, NOT_APPLICABLE, PROJECT_STATUSES, PROJECTS, STATUSES
from duban.fillin.layout import INPUTS as FIGURES_SHEET
from duban.fillin.layout import PROGRESS as PROGRESS_SHEET
from duban.sheets import Book, Format, Worksheet, row_height, set_up_page

_WIDTHS = (10, 26, 7, 10, 62)
_WIDE = sum(_WIDTHS[1:])
_WEEKDAYS = "一二三四五六日"
_SCOPES = {"sheet": "各表通用"} | {table: sheet.title for table, sheet in BY_TABLE.items()}


def steps(form: Form) -> list[str]:
    """How to fill in, in order."""
    statuses, project_statuses = "、".join(STATUSES), "、".join(PROJECT_STATUSES)
    lines = [
        "只填淡黄色格。灰色格是下发时印好的，已锁定；不要改表头、删表或删行，需要时可以加高行、加宽列。",
        f"“{PROGRESS_SHEET.title}”：每项重点工作一行，选进展状态（{statuses}），写清本季度做了什么、存在什么问题、下一步怎么办；"
        "已完成的写明完成日期。",
        f"“{FIGURES_SHEET.title}”：每行填一个数字，计量单位见该行。"
        "口径为“年初至今累计”的填 1 月 1 日至本季末的合计，不是当季数；"
        f"没有发生的填 0，与本单位无关的填“{NOT_APPLICABLE}”，不要留空。比率只填分子和分母，由系统计算。",
        f"“{PROJECTS.title}”：把承担的重点工作分解成项目，逐项落实责任人和期限。上季的项目已预填，不得删去，"
        "办结后状态选“已销号”；"
        f"新项目从空行填起，项目编号由系统给出。状态可选：{project_statuses}。完成进度填百分数，如 35%。",
        "日期写成 2023-06-30、2023年6月30日、2023.6.30 或 6月底都可以；数字可以写 1,200 或 23万。".replace(
            "2023", str(form.quarter.year)
        ),
        "看来异常但确属实情的（见第五部分），在该行“情况说明”写明原因；写过一次，内容不变就不再问。",
        "保存为 .xlsx，不改文件类型、不设密码，把本文件放入报送文件夹。随后会收到回执；有问题的会退回，"
        "错处用颜色标出，改好后直接把退回的表再放入即可。",
    ]
    leading = [str(item.number) for item in form.owed if item.role == "牵头"]
    if leading:
        lines.insert(4, f"本单位牵头第 {'、'.join(leading)} 项，“{PROJECTS.title}”中每一项至少要有一个项目。")
    return lines


_OUTCOMES = (
    ("structure", "文件打不开、用错了表、缺工作表或列。退回，不再往下检查。"),
    ("must_fix", "漏填、无法辨认、前后矛盾。退回，必须改正。"),
    ("confirm", "数据异常但可能属实。退回，改正或在“情况说明”写明原因即可。"),
    ("notice", "系统替您整理过写法。不退回，请核对回执。"),
)


def write_instructions(book: Book, form: Form) -> None:
    """Add the sheet; it is locked throughout and prints on upright A4."""
    sheet = book.sheet(INSTRUCTIONS)
    for col, width in enumerate(_WIDTHS):
        sheet.set_column(col, col, width)
    page = _Page(book, sheet)
    page.title(f"{form.plan_title} {form.quarter.title}填报表")
    due = f"{form.due.year}年{form.due.month}月{form.due.day}日（星期{_WEEKDAYS[form.due.weekday()]}）"
    start, end = form.quarter.start, form.quarter.end
    page.pair("填报单位", f"{form.reporter.full_name}（代码 {form.reporter.code}）")
    page.pair("报告期", f"{form.quarter.title}（{start.month}月{start.day}日至{end.month}月{end.day}日）")
    page.pair("报送截止", due, bold=True, font_color="#" + book.theme.severities["must_fix"].colour)
    page.pair("咨询", f"{form.issuer}{form.contact}" if form.issuer not in form.contact else form.contact)
    page.section("一、怎么填")
    page.numbered(steps(form))
    page.section("二、检查结果分四级")
    for severity, text in _OUTCOMES:
        page.severity(severity, text)
    page.section(f"三、本季应报：重点工作 {len(form.owed)} 项，指标数据 {len(form.rows['inputs'])} 个")
    page.table(("序号", "重点工作", "职责", "指标（个）", "内容和时间节点"))
    for item in form.owed:
        count = str(item.inputs) if item.inputs else "—"
        page.table((str(item.number), item.title, item.role, count, item.content), header=False)
    page.section("四、必须做到的（检查时用的就是这些）")
    for scope, title in _SCOPES.items():
        if form.rules.get(scope):
            page.subsection(title)
            page.numbered(form.rules[scope])
    if form.rules.get("confirm"):
        page.section("五、这些情况会请您核实：改正，或在该行“情况说明”写明原因")
        page.numbered(form.rules["confirm"])
    sheet.protect("", {"format_columns": True, "format_rows": True})
    set_up_page(sheet, footer=f"{form.reporter.full_name} · {form.quarter.title}", portrait=True)


class _Page:
    """Writes downwards, one block after another; wide lines are merged over the columns and their height is set."""

    def __init__(self, book: Book, sheet: Worksheet):
        self.book, self.sheet, self.row = book, sheet, 0

    def _line(self, word: str, beside: Format, text: str, style: Format) -> None:
        """A word in the first column, and a text over all others."""
        self.sheet.merge_range(self.row, 1, self.row, len(_WIDTHS) - 1, "", style)
        self._cells((word, text, "", "", ""), (beside, *[style] * 4), row_height([text], [_WIDE]))

    def _cells(self, texts: Sequence[str], styles: Sequence[Format], height: float) -> None:
        self.book.row(self.sheet, self.row, 0, texts, styles)
        self.sheet.set_row(self.row, height)
        self.row += 1

    def title(self, text: str) -> None:
        self._cells([text], [self.book.style("title")], 34)

    def section(self, text: str) -> None:
        self.sheet.set_row(self.row, 8)
        self.row += 1
        self._cells((text, "", "", "", ""), [self.book.style("section")] * 5, 24)

    def subsection(self, text: str) -> None:
        self._cells([text], [self.book.style("plain", bold=True)], 22)

    def pair(self, word: str, text: str, **changes) -> None:
        self._line(word, self.book.style("hint"), text, self.book.style("plain", text_wrap=True, **changes))

    def numbered(self, lines: Iterable[str]) -> None:
        ordinal, wrapped = self.book.style("hint", align="right", valign="top"), self.book.style("wrapped")
        for number, text in enumerate(lines, start=1):
            self._line(f"{number}.", ordinal, text, wrapped)

    def table(self, texts: Sequence[str], header: bool = True) -> None:
        names = ("header",) * 5 if header else ("centre", "text", "centre", "centre", "text")
        self._cells(texts, [self.book.style(name) for name in names], row_height(texts, _WIDTHS))

    def severity(self, severity: str, text: str) -> None:
        look = self.book.theme.severities
        self._line(look[severity].title, self.book.look(look, severity), text, self.book.style("text"))
