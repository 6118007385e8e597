"""Answers in plain text: receipts, refusals and notes, as Windows' Notepad likes them (BOM, CRLF)."""

from collections.abc import Iterable, Iterator

from duban.answering.submission import Finding, Submission
from duban.answering.together import few, together
from duban.completeness import lacking
from duban.differences import summary, told, unchanged
from duban.quarters import Quarter
from duban.severities import SETTLED_TITLES
from duban.sheets import text_width
from duban.theme import theme
from duban.visible import visible

RULE = "─" * 32
_ORDINALS = "一二三四五六七八九"
_LACKING = 5  # items that lack something, told one by one
_MANY = 12  # changes, and settled findings, that a letter tells one by one


def receipt(submission: Submission, contact: str) -> str:
    """The receipt of an accepted submission: what was taken in, what changed, the new codes, what to look at."""
    counts = submission.counts
    figures = f"{counts.get('figures', 0)} 个"
    if counts.get("not_applicable"):
        figures += f"（另有 {counts['not_applicable']} 个填“不适用”）"
    sections = [
        (
            "已受理的内容",
            aligned(
                ("工作进展", f"{counts.get('items', 0)} 项"),
                ("指标数据", figures),
                ("项目清单", f"{counts.get('projects', 0)} 个"),
                *([("内容完整", _whole(submission))] if submission.lacks else []),
            ),
        )
    ]
    if submission.compared:
        sections.append(("与上次相比", _changes(submission)))
    if submission.projects:
        sections.append(("新编的项目编号（以后各季沿用，无需填写）", aligned(*submission.projects)))
    if submission.unsettled:
        sections.append(("请核对", _numbered(submission.unsettled)))
    sections += _settled(submission)
    sections.append(("接下来", bulleted(_outlook(submission))))
    verdict = f"已受理；之后又受理了 {submission.replaced_by}" if submission.replaced_by else "已受理"
    return _letter("报送回执", verdict, submission, sections, contact)


def _outlook(submission: Submission) -> Iterator[str]:
    """What holds now, and what can be done."""
    if submission.replaced_by:
        yield f"现以之后受理的 {submission.replaced_by} 为准，本次报送留作档案。"
        yield "要改数据的，请在最近的一份表上改正后再次报送。"
        return
    if submission.supersedes:
        yield f"本次报送已替代 {submission.supersedes}，以本次为准。"
    yield submission.waits or "您的数据已入库，将汇入全省进展情况。"
    if submission.unsettled:
        yield "以上提示不影响受理；与实际不符的，请在原表上改正后再次报送。"
    else:
        yield "报送后发现数据有误的，请在原表上改正后再次报送。"
    yield "再次报送的表受理后自动替代本次，受理之前本次一直有效。"


def _whole(submission: Submission) -> str:
    """Of how many of the items owed the content is whole, and what the others lack."""
    wanting = [f"第{item}项{lacking(lacks)}" for item, lacks in submission.lacks.items() if lacks]
    count = f"{len(submission.lacks) - len(wanting)}/{len(submission.lacks)} 项"
    named = "；".join(wanting[:_LACKING]) + (f" 等 {len(wanting)} 项" if len(wanting) > _LACKING else "")
    return count + (f"（{named}）" if named else "")


def refusal(submission: Submission, contact: str) -> str:
    """Why a file could not be taken in at all, and what to do."""
    outlook = ["请按上面的办法处理后，把填报表重新放入报送文件夹，收到后会再次答复。"]
    if submission.standing:
        outlook.append(f"已受理的 {submission.standing} 继续有效，不受本次退回影响。")
    sections = [("退回的原因和处理办法", _numbered(submission.unsettled)), ("接下来", bulleted(outlook))]
    return _letter("退回说明", "退回，未入库", submission, sections, contact)


def note(submission: Submission, contact: str) -> str:
    """For the data team: a file that is nobody's that can be told."""
    outlook = [
        "文件原样保存在档案中，没有任何数据入库，也没有答复任何单位。",
        "请查明来源后通知填报单位，按上面的办法重新报送。",
    ]
    sections = [("搁置的原因和处理办法", _numbered(submission.unsettled)), ("接下来", bulleted(outlook))]
    return _letter("搁置说明", "搁置，不能确认由谁报送", submission, sections, contact)


def _letter(
    title: str, verdict: str, submission: Submission, sections: list[tuple[str, list[str]]], contact: str
) -> str:
    who = f"{submission.reporter_title}（{submission.reporter}）" if submission.reporter else "不能确认"
    arrived = f"{submission.arrived:%Y年%m月%d日 %H:%M}"
    if submission.reporter:
        arrived += f"（{submission.punctuality}）"
    times = [("收到时间", arrived)]
    if submission.lay_waiting:
        times = [("送达时间", arrived), ("登记时间", f"{submission.received:%Y年%m月%d日 %H:%M}")]
    lines = [title, RULE]
    lines += aligned(
        ("报送编号", submission.accession),
        ("填报单位", who),
        ("报告期", Quarter.parse(submission.quarter).title),
        ("收到文件", submission.file_name),
        *times,
        ("结论", verdict),
    )
    for ordinal, (heading, body) in zip(_ORDINALS, sections, strict=False):
        lines += ["", f"{ordinal}、{heading}", *(f"  {line}" for line in body)]
    lines += ["", RULE, f"如有疑问，请联系{contact}，并告知报送编号 {submission.accession}。", ""]
    return as_file(lines)


def as_file(lines: Iterable[str]) -> str:
    """The lines of a letter as the text of its file."""
    lines = list(lines)
    whole = "\n".join(lines)
    if visible(whole) != whole:  # hardly ever, and looked for at once
        lines = map(visible, lines)
    return "\ufeff" + "\r\n".join(lines)


def _numbered(findings: Iterable[Finding]) -> list[str]:
    severities, lines = theme().severities, []
    for number, some in enumerate(together(findings), start=1):
        first = some.first
        lines += [f"{number}.【{severities[first.severity].title}】{_where(first, some.cells)}", f"   {some.message}"]
        lines.append(f"   办法：{first.remedy}")
    return lines


def _settled(submission: Submission) -> list[tuple[str, list[str]]]:
    """A section on what was explained or waived; none where nothing was."""
    lines, settled = [], together(submission.settled)
    for number, some in enumerate(settled[:_MANY], start=1):
        first = some.first
        lines += [f"{number}.【{SETTLED_TITLES[first.settled]}】{_where(first, some.cells)}", f"   {some.message}"]
        lines.append(f"   {because(first)}")
    if len(settled) > _MANY:
        lines.append(f"……其余 {sum(len(some.findings) for some in settled[_MANY:])} 个从略")
    return [("已说明或已豁免，不用处理", lines)] if lines else []


def because(finding: Finding) -> str:
    """Why a finding is settled, in words."""
    return f"{'情况说明' if finding.settled == 'explained' else '豁免理由'}：{finding.because}"


def compared(submission: Submission) -> str:
    """How much is different from the one before, in words."""
    link = " " if unchanged(submission.changes) else " 相比，"
    return f"与{submission.before}{link}{summary(submission.changes)}"


def _changes(submission: Submission) -> list[str]:
    lines = told(submission.changes, _MANY)
    return [compared(submission) + ("：" if lines else "。"), *bulleted(lines)]


def _where(finding: Finding, cells: list[str]) -> str:
    return f"{finding.sheet} {few(cells)}" if cells else ""


def bulleted(lines: Iterable[str]) -> list[str]:
    return [f"· {line}" for line in lines]


def aligned(*pairs: tuple[str, str]) -> list[str]:
    """Two columns, the second aligned as Chinese is displayed."""
    width = max(text_width(word) for word, _ in pairs)
    return [f"{word}{' ' * (width - text_width(word) + 2)}{text}" for word, text in pairs]
