"""What the page of a run shows beside its log: Markdown, told by the same functions as the command line tells it.

Paths are links and stand as text as well, because browsers open no files from a page that came from a server.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from duban.cli_print import VERDICTS
from duban.quarters import Quarter
from duban.reminding import report
from duban.status import HEADINGS, STATES, cells_of
from duban.visible import in_one_line, unmarked

_LISTED = 2000  # reporters; the page of a run is sent to the server and drawn by a browser
_IN_LINKS = re.compile(r"([\\`*_\[\]<>&|~!])")  # what acts within a link; its page shows other escapes as they stand


def opened(found: dict, workbooks: Iterable[Path]) -> str:
    """Who owes what by when, and the workbooks that were written, each in the folder of its reporter."""
    quarter = Quarter.parse(found["quarter"])
    written = {path.parent.name: path for path in workbooks}
    rows = [
        [one["code"], one["name"], one["due"], Link(path, path.name) if (path := written.get(one["code"])) else ""]
        for one in found["reporters"]
    ]
    counts = f"应报 {len(rows)} 家，这次写成填报表 {len(written)} 份。"
    return "\n\n".join([f"## {quarter.title}布置", counts, _table(("代码", "单位", "时限", "填报表"), rows)])


def reminded(result: dict) -> str:
    """Who was told of what by which way, and what somebody has to see to, as `duban remind` says it."""
    rows, said, coming = report.rows_of(result), report.wrong(result), report.next_of(result)
    parts = [f"## {Quarter.parse(result['quarter']).title}催报", f"{unmarked(report.standing_of(result))}。"]
    parts.append(_table(report.HEADINGS, rows) if rows else "现在没有要催的。")
    if said:
        parts.append("\n".join(["请处理：", "", *(f"- {unmarked(line)}" for line in said)]))
    return "\n\n".join([*parts, *([unmarked(coming)] if coming else [])])


def collected(found: dict, said: list[dict], page: Path | None) -> str:
    """What became of the files of a run, with their answers, and where the quarter stands: `found` is
    what `standing` tells, `said` what the answers say. Of more reporters than a page can hold those of this run are
    listed, of more answers those that ask for something, of either no more than it holds."""
    quarter = Quarter.parse(found["quarter"])
    rows, answers, left_out = [], said, []
    if len(said) > _LISTED:
        answers = [one for one in said if one["verdict"] != "accepted"][:_LISTED]
        first = f"前 {_LISTED} 份" if len(answers) == _LISTED else ""
        left_out = [f"本次答复 {len(said)} 份，只列出退回和搁置的{first}，全部见 outbox。"]
    for one in answers:
        name, file = (str(one[key] or "") for key in ("name", "file"))
        findings = str(sum(one["findings"].values()))
        answer = Path(one["answer"])
        rows.append([one["accession"], name, file, VERDICTS[one["verdict"]], findings, Link(answer, answer.name)])
    counts = "、".join(f"{title} {found['counts'][state]}" for state, title in STATES.items())
    stands = f"{unmarked(found['lifecycle']['told'])}。应报 {len(found['reporters'])} 家：{counts}。"
    parts = [f"## {quarter.title}收取", stands]
    if page:
        parts.append(f"核验页：{Link(page)}")
    parts += left_out
    if rows:
        parts.append(_table(("登记号", "填报单位", "文件", "结论", "问题", "答复"), rows))
    listed, title = found["reporters"], "## 报送情况"
    if len(listed) > _LISTED:
        senders = {one["reporter"] for one in said}
        listed, title = (
            [one for one in listed if one["code"] in senders][:_LISTED],
            f"{title}（本次来件的单位，全部见 duban status）",
        )
    return "\n\n".join([*parts, title, _table(HEADINGS, cells_of(listed))])


def published(message: str, told: dict, workbook: Path, brief: Path, others: Iterable[Path]) -> str:
    """A publication: who approved it, how its items stand (`told` as `told_of` has it), and where its files are."""
    parts = [f"## {workbook.stem}", unmarked(message)]
    if told["approval"]:
        parts.append(f"由{unmarked(told['approval'].told)}。")
    parts.append(_table(("灯", "重点工作"), [[title, f"{count} 项"] for title, count in told["lights"].items()]))
    files = [("汇总簿", workbook), ("通报", brief), *((path.name, path) for path in others)]
    return "\n\n".join([*parts, "\n".join(f"- {unmarked(name)}：{Link(path)}" for name, path in files)])


class Link:
    """A file: as a link, its path to be read."""

    def __init__(self, path: Path, shown: str = ""):
        self._path, self._shown = path, shown

    def __str__(self) -> str:
        text = _IN_LINKS.sub(r"\\\1", in_one_line(self._shown or str(self._path)))
        return f"[{text}]({self._path.resolve().as_uri()})"


def _table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table of what others typed; nothing in it acts."""
    headings = list(headings)
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    for row in rows:
        lines.append(f"| {' | '.join(str(cell) if isinstance(cell, Link) else unmarked(str(cell)) for cell in row)} |")
    return "\n".join(lines)
