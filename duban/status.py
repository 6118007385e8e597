"""Where a quarter stands: who has reported, who was returned, who is late, who is missing."""

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from duban import completeness
from duban.errors import UserError
from duban.home import Home
from duban.lifecycle import Life, life_of, waiting
from duban.quarters import TIME_ZONE, Quarter
from duban.severities import DOUBTFUL, SEVERITY_TITLES
from duban.warehouse.connection import Connection, open_warehouse, query, records

if TYPE_CHECKING:  # reading the plan of thousands of reporters takes longer than all of a status
    from duban.registry.registry import Registry

STATES = {"accepted": "已受理", "returned": "已退回", "set_aside": "已搁置", "missing": "未报"}
HEADINGS = ("代码", "单位", "状态", "登记号", "收到时间", "时限", "问题")
KINDS = {"prefecture": "市州", "department": "处室", "institution": "直属单位"}


def status(home: Home, registry: "Registry | None", quarter: Quarter, now: dt.datetime) -> dict:
    """The state of every reporter that owes something in a quarter, as JSON can hold it.

    An accepted submission stands even where a later one was returned. `late`: arrived after the due date, or not at
    all when it has passed. `findings` counts those that are not settled; `doubtful` are the files of which it is in
    doubt who sent them. Without a registry the plan's title is that of the rules under which the quarter was opened.
    Raises UserError when the quarter is not open.
    """
    if not home.warehouse.exists():
        raise _not_opened(quarter)
    with open_warehouse(home.warehouse, looking=True) as connection:
        life = life_of(connection, quarter, now)
        stands = _standing(connection, quarter, now, life)
        unidentified = query(connection, "queries/unidentified", quarter=str(quarter))[0][0]
        complete = completeness.completeness(connection, quarter)
        waits = waiting(connection, life)
        title = registry.plan.title if registry else _title(connection, quarter)
        odd = records(connection, "queries/doubtful", quarter=str(quarter), rules=list(DOUBTFUL))
    for row in odd:
        row["received_at"] = row["received_at"].astimezone(TIME_ZONE).isoformat()
    return {
        "plan": title,
        "as_of": now.isoformat(),
        "waiting": waits,
        "unidentified": unidentified,
        "doubtful": odd,
        "completeness": complete,
        **stands,
    }


def standing(home: Home, quarter: Quarter, now: dt.datetime) -> dict:
    """Of a status what is quickly told: {quarter, lifecycle, reporters, counts}. Raises UserError as it does."""
    with open_warehouse(home.warehouse, looking=True) as connection:
        return _standing(connection, quarter, now, life_of(connection, quarter, now))


def _standing(connection: Connection, quarter: Quarter, now: dt.datetime, life: Life) -> dict:
    rows = records(connection, "queries/status", quarter=str(quarter), today=now.date())
    if not rows:
        raise _not_opened(quarter)
    found = Counter(row["state"] for row in rows)
    counts = {state: found[state] for state in STATES}
    return {"quarter": str(quarter), "lifecycle": life.record(), "reporters": rows, "counts": counts}


def _title(connection: Connection, quarter: Quarter) -> str:
    import yaml

    [(text,)] = query(connection, "queries/plan_text", quarter=str(quarter))
    return yaml.load(text, yaml.CSafeLoader)["title"]


def _not_opened(quarter: Quarter) -> UserError:
    return UserError(f"{quarter} 尚未布置，没有应报单位：请先运行 duban open {quarter}。")


def render(found: dict) -> str:
    """A status as a Chinese table by kind of reporter, with counts."""
    from duban.cli_print import doubtful, table

    quarter = Quarter.parse(found["quarter"])
    lines = [f"{found['plan']} {quarter.title} 报送情况", f"状态：{found['lifecycle']['told']}", ""]
    for kind, title in KINDS.items():
        rows = [row for row in found["reporters"] if row["kind"] == kind]
        if not rows:
            continue
        reported = [row for row in rows if row["state"] == "accepted"]
        late = sum(row["late"] for row in reported)
        counts = [f"{len(rows)} {title}已报 {len(reported)}"]
        if reported:
            counts.append(f"按时 {len(reported) - late}、逾期 {late}")
        for state in ("returned", "set_aside", "missing"):
            number = sum(row["state"] == state for row in rows)
            if number:
                counts.append(f"{STATES[state]} {number}")
        lines.append("，".join(counts))
        lines += table([HEADINGS, *cells_of(rows)])
        lines.append("")
    lines.append("完整情况（按应报项次计，一家单位的一项重点工作为一项次）")
    lines += [*table(completeness.lines(found["completeness"])), ""]
    lines += _incomplete(found["completeness"]["incomplete"])
    if found["waiting"]:
        lines.append(f"截止或发布后受理、尚未计入汇总的 {len(found['waiting'])} 件：{'、'.join(found['waiting'])}。")
    if found["unidentified"]:
        lines.append(f"另有 {found['unidentified']} 个文件无法认定报送单位，已搁置。")
    lines += doubtful(found["doubtful"])
    return "\n".join(lines).rstrip() + "\n"


def cells_of(rows: list[dict]) -> list[tuple[str, ...]]:
    """A status's reporters as the cells below HEADINGS."""
    cells = []
    for row in rows:
        received = row["arrived_at"][:16].replace("T", " ") if row["arrived_at"] else ""
        if row["state"] == "missing":
            timing = "已逾期" if row["late"] else f"{row['due']} 前"
        else:
            timing = "逾期" if row["late"] else "按时"
        found = "、".join(f"{SEVERITY_TITLES[severity]} {n}" for severity, n in row["findings"].items() if n)
        cells.append((row["code"], row["name"], STATES[row["state"]], row["accession"] or "", received, timing, found))
    return cells


def _incomplete(rows: list[dict]) -> list[str]:
    """Who was accepted although something is lacking; one line a reporter."""
    by_name: dict[str, list[str]] = {}
    for row in rows:
        by_name.setdefault(row["name"], []).append(f"第{row['item']}项{completeness.lacking(row['lacks'])}")
    if not by_name:
        return []
    return ["已受理但内容不完整：", *(f"  {name}：{'、'.join(items)}" for name, items in by_name.items()), ""]
