"""问题清单, the first sheet of a return: what was found, where it stands, and how to go on."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from duban.answering.letters import because, compared
from duban.answering.submission import Submission
from duban.answering.together import Together, few
from duban.differences import told
from duban.fillin.form import Form, Place, Standing
from duban.fillin.layout import FINDINGS
from duban.severities import SETTLED_TITLES
from duban.sheets import Book, Worksheet, row_height, set_up_page

_HEADERS = ("序号", "级别", "工作表", "单元格", "填报内容", "问题", "怎么改", "说明写在")
_WIDTHS = (6, 9, 12, 18, 24, 52, 46, 12)
_LONG = 60  # characters of a value that the list shows; the whole stands in its cell
_CHANGES = 30  # that are listed one by one
_MEANING = {
    "must_fix": "必须改正。",
    "confirm": "有误就改正；属实就在同一行“情况说明”写明原因（位置见“说明写在”一列），数据不用改，以后也不再问。",
    "notice": "不必改，请核对。",
}
_STEPS = (
    "① 点“单元格”一列跳到该处；要看的格已按级别标色，鼠标停在格上可看到问题和改法。",
    "② 直接在本工作簿里改，原来填的都在。",
    "③ 改完保存，把本文件放入报送文件夹即可，不必另换新表，也不必删除颜色、批注和本页。",
)
_SETTLED = "以下问题已经说明或豁免，不用再处理；说明过的数据改动以后，须重新说明。"


@dataclass(frozen=True)
class Listed:
    """Findings that are told in one line, with the cells of the returned workbook that they speak of."""

    told: Together
    places: tuple[Place, ...]


def write_problems(book: Book, submission: Submission, listed: list[Listed], form: Form, standing: Standing) -> None:
    """Write the sheet; `listed` are the findings in order, those that are settled last; `standing` tells where cells
    stand."""
    sheet = book.sheet(FINDINGS)
    for col, width in enumerate(_WIDTHS):
        sheet.set_column(col, col, width)
    header = _write_head(book, sheet, submission, listed, form)
    end = _write_list(book, sheet, header, listed, standing)
    _write_changes(book, sheet, end + 1, submission)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    set_up_page(
        sheet,
        footer=f"{form.reporter.full_name} · {form.quarter.title} · {submission.accession}",
        header_rows=(header, header),
    )


def _write_head(book: Book, sheet: Worksheet, submission: Submission, listed: list[Listed], form: Form) -> int:
    """Title, counts by severity with what each asks for, and how to go on; returns the row below."""
    plain, counts = book.style("plain"), submission.by_severity
    book.text(sheet, 0, 0, f"{FINDINGS}　{form.reporter.full_name}　{form.quarter.title}", book.style("title"))
    sheet.set_row(0, 32)
    received = f"{submission.arrived:%Y年%m月%d日 %H:%M} 收到"
    if submission.lay_waiting:
        received = f"{submission.arrived:%Y年%m月%d日 %H:%M} 送达，{submission.received:%Y年%m月%d日 %H:%M} 登记"
    received += f"，{submission.punctuality}"
    merged = f"，同类的合并列出，共 {len(listed)} 行" if len(listed) < len(submission.findings) else ""
    book.text(sheet, 1, 0, f"报送编号 {submission.accession}　{submission.file_name}　{received}", plain)
    book.text(
        sheet, 2, 0, f"退回修改，未入库。要处理的问题 {counts.total()} 个{merged}：", book.style("plain", bold=True)
    )
    row = 3
    chips = [(book.theme.severities[word].title, word, counts[word], meaning) for word, meaning in _MEANING.items()]
    settled = Counter(finding.settled for finding in submission.settled)
    chips += [(title, None, settled[word], "不用再处理，列在最后。") for word, title in SETTLED_TITLES.items()]
    for title, severity, number, meaning in chips:
        if number:
            style = book.look(book.theme.severities, severity) if severity else book.style("centre")
            book.text(sheet, row, 1, title, style)
            book.text(sheet, row, 2, f"{number} 个", book.style("plain", align="center"))
            book.text(sheet, row, 3, meaning, plain)
            row += 1
    for line in (*_STEPS, *_standing(submission)):
        book.text(sheet, row, 0, line, plain)
        row += 1
    for below in range(1, row):
        sheet.set_row(below, 20)
    return row


def _standing(submission: Submission) -> Iterator[str]:
    """What counts meanwhile, and what is different from the one before."""
    if submission.standing:
        yield f"已受理的 {submission.standing} 继续有效，改正后的表受理时替代它。"
    if submission.compared:
        changes = told(submission.changes, 2)
        more = f"：{changes[0]}" if len(changes) == 1 else "，逐条见本页末尾" if changes else ""
        if not changes and submission.compared["verdict"] == "returned":
            more = "：改过的，请确认已经保存、放入的是改后的文件"
        yield f"{compared(submission)}{more}。"


def _write_list(book: Book, sheet: Worksheet, header: int, listed: list[Listed], standing: Standing) -> int:
    """The header and a line each, the settled ones apart; returns the row below."""
    for col, word in enumerate(_HEADERS):
        book.text(sheet, header, col, word, book.style("header"))
    sheet.set_row(header, 26)
    asking = sum(line.told.first.settled is None for line in listed)
    row = header + 1
    for number, line in enumerate(listed, start=1):
        if number == asking + 1:
            book.text(sheet, row, 0, _SETTLED, book.style("hint"))
            sheet.set_row(row, 24)
            row += 1
        _write_line(book, sheet, row, number, line, standing)
        row += 1
    return row


def _write_line(book: Book, sheet: Worksheet, row: int, number: int, line: Listed, standing: Standing) -> None:
    severities, some, finding = book.theme.severities, line.told, line.told.first
    at, explained_at = [standing[place] for place in line.places], _explained_at(line, standing)
    cells = _cells([address for _, address in at], some.cells)
    value = some.value if len(some.value) <= _LONG else some.value[:_LONG] + "…"
    remedy = because(finding) if finding.settled else finding.remedy
    texts = ("", "", "", cells, value, some.message, remedy, few([address for _, address in explained_at]))
    book.number(sheet, row, 0, number, book.style("centre"))
    if finding.settled:
        book.text(sheet, row, 1, SETTLED_TITLES[finding.settled], book.style("centre"))
    else:
        book.text(sheet, row, 1, severities[finding.severity].title, book.look(severities, finding.severity))
    book.text(sheet, row, 2, at[0][0] if at else finding.sheet, book.style("centre"))
    for col, leads_to in ((3, at), (7, explained_at)):
        if leads_to:
            book.link(sheet, row, col, *leads_to[0], texts[col], book.style("link"))
        else:
            book.text(sheet, row, col, texts[col], book.style("text"))
    for col in (4, 5, 6):
        book.text(sheet, row, col, texts[col], book.style("text"))
    sheet.set_row(row, row_height(texts, _WIDTHS))


def _write_changes(book: Book, sheet: Worksheet, row: int, submission: Submission) -> None:
    """What is different from the one before, where the head has no room for it."""
    changes = told(submission.changes, _CHANGES)
    if len(changes) > 1:
        for place, line in enumerate((f"{compared(submission)}：", *changes)):
            style = book.style("plain", indent=1) if place else book.style("plain", bold=True)
            book.text(sheet, row + place, 0, line, style)
            sheet.set_row(row + place, 20)


def _explained_at(line: Listed, standing: Standing) -> list[tuple[str, str]]:
    """The cells, as (sheet, address), in which a doubt may be explained: the 情况说明 of each of its rows."""
    if line.told.first.severity != "confirm" or line.told.first.settled:
        return []
    rows = dict.fromkeys((tab, key, "explanation") for tab, key, _ in line.places)
    return [standing[place] for place in rows if place in standing]


def _cells(now: list[str], before: list[str]) -> str:
    """Addresses in this workbook, and in the one that was sent where they differ."""
    if not now:
        return f"原表 {few(before)}" if before else "—"
    return few(now) if not before or sorted(now) == sorted(before) else f"{few(now)}（原表 {few(before)}）"
