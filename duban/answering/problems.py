"""问题清单, the first sheet of a return: what was found, where it stands, and how to go on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from duban.answering.letters import because
from duban.answering.submission import Submission
from duban.answering.together import Together, few
from duban.fillin.form import Form, Place
from duban.fillin.layout import FINDINGS
from duban.messages import SETTLED_TITLES
from duban.sheets import Book, row_height, set_up_page

_HEADERS = ("序号", "级别", "工作表", "单元格", "填报内容", "问题", "怎么改", "说明写在")
_WIDTHS = (6, 8, 12, 18, 24, 52, 46, 12)
_LONG = 60  # characters of a value that the list shows; the whole stands in its cell
_SETTLED = "以下问题已经说明或豁免，不用再处理；说明过的数据改动以后，须重新说明。"


@dataclass(frozen=True)
class Listed:
    """Findings that are told in one line, with the cells of the returned workbook that they speak of."""

    told: Together
    places: tuple[Place, ...]


def write_problems(book: Book, submission: Submission, listed: list[Listed], form: Form) -> None:
    """Write the sheet; `listed` are the findings in order, those that are settled last."""
    sheet = book.sheet(FINDINGS)
    for col, width in enumerate(_WIDTHS):
        sheet.set_column(col, col, width)
    book.text(sheet, 0, 0, f"{FINDINGS}　{form.reporter.full_name}　{form.quarter.title}", book.style("title"))
    sheet.set_row(0, 32)
    row = 1
    for line in _summary(book, submission, listed):
        book.text(sheet, row, 0, line, book.style("plain", bold=row == 2))
        sheet.set_row(row, 20)
        row += 1
    header = row
    for col, word in enumerate(_HEADERS):
        book.text(sheet, header, col, word, book.style("header"))
    sheet.set_row(header, 26)
    standing, severities = form.places(), book.theme.severities
    asking = sum(line.told.first.settled is None for line in listed)
    row = header
    for number, line in enumerate(listed, start=1):
        row, told, finding = row + 1, line.told, line.told.first
        if number == asking + 1:
            book.text(sheet, row, 0, _SETTLED, book.style("hint"))
            sheet.set_row(row, 24)
            row += 1
        at = [standing[place] for place in line.places]
        cells = _cells([address for _, address in at], told.cells)
        book.number(sheet, row, 0, number, book.style("centre"))
        if finding.settled:
            book.text(sheet, row, 1, SETTLED_TITLES[finding.settled], book.style("centre"))
        else:
            book.text(sheet, row, 1, severities[finding.severity].title, book.look(severities, finding.severity))
        book.text(sheet, row, 2, at[0][0] if at else finding.sheet, book.style("centre"))
        if at:
            book.link(sheet, row, 3, *at[0], cells, book.style("link"))
        else:
            book.text(sheet, row, 3, cells, book.style("text"))
        value = told.value if len(told.value) <= _LONG else told.value[:_LONG] + "…"
        remedy = because(finding) if finding.settled else finding.remedy
        explained_at = _explained_at(line, standing)
        texts = ("", "", "", cells, value, told.message, remedy, few([address for _, address in explained_at]))
        for col in (4, 5, 6):
            book.text(sheet, row, col, texts[col], book.style("text"))
        if explained_at:
            book.link(sheet, row, 7, *explained_at[0], texts[7], book.style("link"))
        else:
            book.text(sheet, row, 7, "", book.style("text"))
        sheet.set_row(row, row_height(zip(texts, _WIDTHS, strict=True)))
    sheet.freeze_panes(header + 1, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    set_up_page(
        sheet,
        footer=f"{form.reporter.full_name} · {form.quarter.title} · {submission.accession}",
        header_rows=(header, header),
    )


def _explained_at(line: Listed, standing: Mapping[Place, tuple[str, str]]) -> list[tuple[str, str]]:
    """The cells, as (sheet, address), in which a doubt may be explained: the 情况说明 of each of its rows."""
    if line.told.first.severity != "confirm" or line.told.first.settled:
        return []
    rows = dict.fromkeys((tab, key, "explanation") for tab, key, _ in line.places)
    return [standing[place] for place in rows if place in standing]


def _summary(book: Book, submission: Submission, listed: list[Listed]) -> list[str]:
    counts = submission.by_severity
    meaning = {"must_fix": "必须改正", "confirm": "改正，或在该行“情况说明”写明原因", "notice": "不必改，请核对"}
    parts = [
        f"{book.theme.severities[severity].title} {counts[severity]} 个（{meaning[severity]}）"
        for severity in meaning
        if counts[severity]
    ]
    settled = Counter(finding.settled for finding in submission.settled)
    also = "".join(f"；{title} {settled[kind]} 个" for kind, title in SETTLED_TITLES.items() if settled[kind])
    also += "，不用再处理" if also else ""
    if len(listed) < len(submission.findings):
        also += f"。同类的合并列出，共 {len(listed)} 行"
    received = f"{submission.received:%Y年%m月%d日 %H:%M} 收到，{submission.punctuality}"
    lines = [
        f"报送编号 {submission.accession}　{submission.file_name}　{received}",
        f"退回修改：共 {counts.total()} 个问题，其中{'、'.join(parts)}{also}。",
        "怎么办：① 点“单元格”一列跳到该处；有问题的格已用颜色标出，鼠标停在格上可看到说明。",
        *_steps(counts),
    ]
    if submission.standing:
        lines.append(f"此前已受理的 {submission.standing} 继续有效，改正后的表受理时替代它。")
    return lines


def _steps(counts: Counter) -> list[str]:
    """How to go on after the first step, with what there is to be done."""
    steps = []
    if counts["must_fix"]:
        steps.append("“强制”的，在有颜色的格里改正。")
    if counts["confirm"]:
        steps.append(
            "“核实”的，数据有误就改正；数据属实就在该行“情况说明”一栏（位置见“说明写在”一列）写明原因，"
            "以后数据不变，不会再问。"
        )
    steps.append("直接在本工作簿里改，原来填的都在；改完保存，把本文件放入报送文件夹，不必另换新表，也不必删除本页。")
    return [f"　　　　{number} {step}" for number, step in zip("②③④", steps, strict=False)]


def _cells(now: list[str], before: list[str]) -> str:
    """Addresses in this workbook, and in the one that was sent where they differ."""
    if not now:
        return f"原表 {few(before)}" if before else "—"
    return few(now) if not before or sorted(now) == sorted(before) else f"{few(now)}（原表 {few(before)}）"
