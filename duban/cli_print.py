"""What commands tell people: short Chinese tables and sentences, in terminal columns."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from duban.cli_chinese import width_of
from duban.left import sentences
from duban.limits import load_limits
from duban.messages import load_messages
from duban.quarters import Quarter
from duban.severities import SETTLED_TITLES

VERDICTS = {"accepted": "受理", "returned": "退回", "set_aside": "搁置"}
SEVERITIES = {"structure": "结构", "must_fix": "强制", "confirm": "核实", "notice": "提示"}
_LISTED = 20  # repeated files that are listed one by one
STATES = {"accepted": "已报", "returned": "待重报", "set_aside": "搁置", "missing": "未报"}


def table(rows: Iterable[Iterable[str]], indent: str = "  ") -> list[str]:
    """Rows as aligned lines; a wide character takes two columns."""
    columns = [_padded(column) for column in zip(*rows, strict=True)]
    return [(indent + "  ".join(row)).rstrip() for row in zip(*columns, strict=True)]


def _padded(cells: Sequence[str]) -> list[str]:
    widths = list(map(width_of, cells))
    widest = max(widths)
    return [cell + " " * (widest - width) for cell, width in zip(cells, widths, strict=True)]


def _counts(findings: dict[str, int]) -> str:
    return "、".join(f"{title} {findings[key]}" for key, title in SEVERITIES.items() if findings.get(key))


def collected(result: dict) -> str:
    """`duban collect`: counts, each returned or set-aside file with its reasons, what was left in the intake folder and
    why, then where the answers are."""
    numbers = "、".join(f"{title} {len(result[verdict])}" for verdict, title in VERDICTS.items())
    lines = [f"{result['quarter']} 收到文件 {result['taken_in']} 个（其中以前收过 {result['known']} 个）：{numbers}"]
    for verdict in ("returned", "set_aside"):
        if result[verdict]:
            lines += ["", f"{VERDICTS[verdict]}："]
            lines += table(
                (
                    record["accession"],
                    record["name"] or "（无法认定）",
                    record["file"],
                    _counts(record["findings"]),
                )
                for record in result[verdict]
            )
    lines += doubtful([record for verdict in VERDICTS for record in result[verdict] if record["doubtful"]])
    if result["repeated"]:
        lines += ["", "内容与已收到的相同，不另登记，按原登记号答复："]
        lines += table((one["file"], one["accession"]) for one in result["repeated"][:_LISTED])
        if len(result["repeated"]) > _LISTED:
            lines.append(f"  ……共 {len(result['repeated'])} 个")
    if result["left"]:
        lines += ["", "留在收件夹中：", *(f"  {told}" for told in sentences(result["left"], asdict(load_limits())))]
    if result["answers"]:
        lines += ["", "答复：", *(f"  {path}" for path in result["answers"])]
    if result["validation"]:
        lines += ["", "核验页：", f"  {result['validation']}"]
    return "\n".join(lines)


def doubtful(received: list[dict]) -> list[str]:
    """What of the received files does not agree with who seems to have sent them, for the data team to look into."""
    if not received:
        return []
    rules = load_messages()
    rows = (
        (
            one["accession"],
            one["name"] or "（无法认定）",
            f"{one['folder']}/{one['file']}" if one["folder"] else one["file"],
            "、".join(rules[rule].title for rule in one["doubtful"]),
        )
        for one in received
    )
    return ["", f"来路可疑 {len(received)} 件，请查明是谁放进来的（填错了表，还是冒充、改动）：", *table(rows)]


def checked(result: dict) -> str:
    """`duban check`: the verdict, then the findings with place and remedy, many of a kind as one, settled ones last."""
    from duban.answering.letters import because
    from duban.answering.submission import Finding
    from duban.answering.together import few, together

    settled = sum(finding["settled"] is not None for finding in result["findings"])
    lines = [f"结论：{VERDICTS[result['verdict']]}；问题 {len(result['findings']) - settled} 个"]
    if settled:
        lines[0] += f"，另有已说明或已豁免 {settled} 个，不用处理"
    if result.get("reporter"):
        lines[0] = f"{result.get('quarter') or ''} {result['reporter']} {lines[0]}".strip()
    found = [Finding(place=place, item=None, **one) for place, one in enumerate(result["findings"])]
    for some in together(found):
        first = some.first
        where = f"{first.sheet} {few(some.cells)}：" if some.cells else f"{first.sheet}：" if first.sheet else ""
        lines.append(f"  [{SETTLED_TITLES.get(first.settled) or SEVERITIES[first.severity]}] {where}{some.message}")
        lines.append(f"         {because(first) if first.settled else first.remedy}")
    return "\n".join(lines)


def published(result: dict) -> str:
    """`duban publish`: what was made; the path last."""
    return f"{result['message']}\n{result['brief']}\n{result['workbook']}"


def demo(result: dict) -> str:
    """`duban demo`: by quarter verdicts, who is missing, late or returned, and last where the workbooks are."""
    lines: list[str] = []
    for one in result["quarters"]:
        verdicts = Counter({verdict: sum(len(run[verdict]) for run in one["collected"]) for verdict in VERDICTS})
        states: dict[str, list[str]] = {}
        for reporter in one["status"]["reporters"]:
            states.setdefault(reporter["state"], []).append(reporter["name"])
        overdue: dict[str, bool] = {}  # whether none came in time that was accepted: who corrects it later was in time
        for record in (record for run in one["collected"] for record in run["accepted"]):
            overdue[record["reporter"]] = overdue.get(record["reporter"], True) and record["late"]
        late = [reporter["name"] for reporter in one["status"]["reporters"] if overdue.get(reporter["code"])]
        lines += [*([""] if lines else []), f"{one['quarter']}（报送截止 {one['due']}）", ""]
        rows = [
            ("填报表", f"{one['workbooks']} 份"),
            ("收到文件", f"{sum(run['taken_in'] for run in one['collected'])} 个"),
            ("核验", "、".join(f"{title} {verdicts[verdict]}" for verdict, title in VERDICTS.items())),
            ("填报单位", "、".join(f"{title} {len(states.get(state, []))}" for state, title in STATES.items())),
        ]
        rows += [
            (title, "、".join(states[state]))
            for state, title in STATES.items()
            if state in states and state != "accepted"
        ]
        if late:
            rows.append(("逾期报送", "、".join(late)))
        lines += [*table(rows), "", "通报", *(made["brief"] for made in one["publications"])]
        lines += ["", "汇总簿", *(made["workbook"] for made in one["publications"])]
    return "\n".join(lines)


def life(quarter: Quarter, found: dict) -> str:
    """Where a quarter stands after `duban close` or `duban reopen`."""
    return f"{quarter.title}：{found['told']}"
