"""A return to mend: the reporter's own figures in a fresh form, wrong cells marked, and a list that leads to them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from duban.answering.letters import because
from duban.answering.submission import Entry, Finding, Submission
from duban.fillin.form import Form, Place, Row, blank_projects
from duban.fillin.layout import BY_TITLE, FINDINGS, PROJECTS
from duban.fillin.workbook import Mark, write_fill_in
from duban.messages import SETTLED_TITLES, SEVERITIES
from duban.sheets import Book, row_height, set_up_page

_HEADERS = ("序号", "级别", "工作表", "单元格", "填报内容", "问题", "怎么改", "说明写在")
_WIDTHS = (6, 8, 12, 18, 24, 52, 46, 12)
_LONG = 60  # characters of a value that the list shows; the whole stands in its cell
_MANY = 6  # cells that the list names one by one
_SETTLED = "以下问题已经说明或豁免，不用再处理；说明过的数据改动以后，须重新说明。"


@dataclass(frozen=True)
class Listed:
    """A finding with the cells of the returned workbook that it speaks of."""

    finding: Finding
    places: tuple[Place, ...]


def write_returned(path: Path, form: Form, submission: Submission) -> None:
    """Write the workbook that is sent back; corrected and dropped again it is a valid submission.

    `form` is the reporter's issued form.
    """
    filled, moved = fill(form, submission.entries)
    standing = filled.places()
    listed = [Listed(finding, _places(finding, filled, standing, moved)) for finding in submission.findings]
    first = partial(_write_findings, submission=submission, listed=listed, form=filled)
    write_fill_in(path, filled, _marks(listed), first)


def fill(form: Form, entries: tuple[Entry, ...]) -> tuple[Form, "Moved"]:
    """The form with everything as it was typed, and where each cell of the submission stands in it.

    Known projects keep their rows; the others follow in the order in which they were sent.
    """
    sent: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for entry in entries:
        sent[entry.tab][entry.key].setdefault(entry.field, entry.typed)
    rows = {
        tab: tuple(replace(row, texts={**row.texts, **sent[tab].get(row.key, {})}) for row in form.rows[tab])
        for tab in form.rows
        if tab != PROJECTS.table
    }
    projects = {row.key: row for row in form.rows[PROJECTS.table] if row.key}
    others, keys = [], {}
    for key, texts in sent[PROJECTS.table].items():
        code = texts.get("code", "").strip()
        if code in projects and code not in keys.values():
            projects[code] = Row(code, {**texts, "item": projects[code].texts["item"], "code": code})
            keys[key] = code
        else:
            # a key of its own: the row's number in the file must not be taken for another row's code
            keys[key] = f"row {key}"
            others.append(Row(keys[key], texts))
    rows[PROJECTS.table] = (*projects.values(), *others, *blank_projects())
    cells, first = {}, {}
    for entry in entries:
        key = keys[entry.key] if entry.tab == PROJECTS.table else entry.key
        cells[entry.sheet, entry.address] = entry.tab, key, entry.field
        first.setdefault((entry.sheet, entry.row), (entry.tab, key, entry.field))
    return replace(form, rows={tab: rows[tab] for tab in form.rows}), Moved(cells, first)


@dataclass(frozen=True)
class Moved:
    """Where what was sent stands in the returned workbook: by its (sheet, address), and for the cells between by the
    first cell of its (sheet, row)."""

    cells: Mapping[tuple[str, str], Place]
    rows: Mapping[tuple[str, int], Place]

    def __getitem__(self, at: tuple[str, str]) -> Place | None:
        sheet, address = at
        return self.cells.get(at) or self.rows.get((sheet, int("".join(filter(str.isdigit, address)) or 0)))


def _places(finding: Finding, form: Form, standing: Collection[Place], moved: Moved) -> tuple[Place, ...]:
    """The cells of the returned workbook that a finding speaks of; none where it speaks of what is not in it."""
    found: dict[Place | None, None] = {moved[finding.sheet, cell]: None for cell in finding.cells}
    if not finding.cells and finding.sheet in BY_TITLE:
        # it speaks of what is not there: the rows that were not sent
        tab = BY_TITLE[finding.sheet].table
        sent = {place[1] for place in moved.cells.values() if place[0] == tab}
        first = next(
            column.field for column in BY_TITLE[finding.sheet].columns if column.typed and column.field != "item"
        )
        found |= {
            (tab, row.key, first): None
            for row in form.rows[tab]
            if row.key and row.key not in sent and finding.item in (None, int(row.texts["item"]))
        }
    return tuple(place for place in found if place in standing)


def _marks(listed: list[Listed]) -> dict[Place, Mark]:
    """Every marked cell, coloured for the worst of its findings that ask for something, with those in its note."""
    by_place: dict[Place, list[Finding]] = defaultdict(list)
    for line in listed:
        for place in line.places:
            if line.finding.settled is None:
                by_place[place].append(line.finding)
    return {
        place: Mark(
            min((finding.severity for finding in findings), key=SEVERITIES.index),
            "\n\n".join(f"{finding.message}\n怎么改：{finding.remedy}" for finding in findings),
        )
        for place, findings in by_place.items()
    }


def _write_findings(book: Book, submission: Submission, listed: list[Listed], form: Form) -> None:
    sheet = book.sheet(FINDINGS)
    for col, width in enumerate(_WIDTHS):
        sheet.set_column(col, col, width)
    book.text(sheet, 0, 0, f"{FINDINGS}　{form.reporter.full_name}　{form.quarter.title}", book.style("title"))
    sheet.set_row(0, 32)
    row = 1
    for line in _summary(book, submission):
        book.text(sheet, row, 0, line, book.style("plain", bold=row == 2))
        sheet.set_row(row, 20)
        row += 1
    header = row
    for col, word in enumerate(_HEADERS):
        book.text(sheet, header, col, word, book.style("header"))
    sheet.set_row(header, 26)
    standing, severities = form.places(), book.theme.severities
    # the settled ones come last, whatever order they came in
    ordered = sorted(listed, key=lambda line: line.finding.settled is not None)
    row = header
    for number, line in enumerate(ordered, start=1):
        row, finding = row + 1, line.finding
        if finding.settled and number == len(submission.unsettled) + 1:
            book.text(sheet, row, 0, _SETTLED, book.style("hint"))
            sheet.set_row(row, 24)
            row += 1
        at = [standing[place] for place in line.places]
        cells = _cells([address for _, address in at], finding.cells)
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
        value = finding.value if len(finding.value) <= _LONG else finding.value[:_LONG] + "…"
        remedy = because(finding) if finding.settled else finding.remedy
        explained_at = _explained_at(line, standing)
        texts = ("", "", "", cells, value, finding.message, remedy, _few([address for _, address in explained_at]))
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
    if line.finding.severity != "confirm" or line.finding.settled:
        return []
    rows = dict.fromkeys((tab, key, "explanation") for tab, key, _ in line.places)
    return [standing[place] for place in rows if place in standing]


def _summary(book: Book, submission: Submission) -> list[str]:
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
        return f"原表 {_few(before)}" if before else "—"
    return _few(now) if not before or sorted(now) == sorted(before) else f"{_few(now)}（原表 {_few(before)}）"


def _few(addresses: list[str]) -> str:
    few = "、".join(addresses[:_MANY])
    return few if len(addresses) <= _MANY else f"{few} 等 {len(addresses)} 格"
