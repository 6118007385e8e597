"""What a reporter sent in a quarter, in order, what became of each file, and which one stands."""

from duban.home import Home
from duban.lifecycle import require_opened
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.registry import Registry
from duban.severities import SETTLED_TITLES, SEVERITIES, SEVERITY_TITLES
from duban.warehouse.connection import open_warehouse, records


def history(home: Home, registry: Registry, name: str, quarter: Quarter) -> dict:
    """Every submission of a reporter, by any name of the registry, in a quarter, as JSON can hold it.

    `standing` is the accession that counts at present, or None. Raises UserError for a name that nobody goes by, and
    when the quarter is not open.
    """
    reporter = registry.named(name)
    require_opened(home, quarter)
    with open_warehouse(home.warehouse, looking=True) as connection:
        rows = records(connection, "queries/history", quarter=str(quarter), reporter=reporter.code)
    for row in rows:
        for time in ("received_at", "arrived_at"):
            row[time] = row[time].astimezone(TIME_ZONE).isoformat()
        row["findings"] = {severity: row["findings"].get(severity, 0) for severity in SEVERITIES}
        row["settled"] = {kind: row["settled"].get(kind, 0) for kind in SETTLED_TITLES}
        row["stands"] = row["verdict"] == "accepted" and row["superseded_by"] is None
        row["outcome"] = outcome(row["verdict"], row["superseded_by"])
    return {
        "quarter": str(quarter),
        "reporter": reporter.code,
        "name": reporter.name,
        "standing": next((row["accession"] for row in rows if row["stands"]), None),
        "submissions": rows,
    }


def outcome(verdict: str, superseded_by: str | None) -> str:
    """What became of a submission, in words that cannot be misread."""
    if verdict == "accepted":
        return f"受理，已被 {superseded_by} 替代" if superseded_by else "受理并有效"
    return {"returned": "退回，未入库", "set_aside": "搁置"}[verdict]


def render(found: dict) -> str:
    """A history as a Chinese table, and which submission stands."""
    from duban.cli_print import table

    title = f"{found['name']}（{found['reporter']}）{Quarter.parse(found['quarter']).title}"
    rows = found["submissions"]
    if not rows:
        return f"{title}：没有收到任何报送。"
    cells = [("登记号", "收到时间", "时限", "结论", "问题", "替代了", "文件")]
    for row in rows:
        problems = [f"{SEVERITY_TITLES[severity]} {n}" for severity, n in row["findings"].items() if n]
        problems += [f"{SETTLED_TITLES[kind]} {n}" for kind, n in row["settled"].items() if n]
        cells.append(
            (
                row["accession"],
                row["arrived_at"][:16].replace("T", " "),
                "逾期" if row["late"] else "按时",
                row["outcome"],
                "、".join(problems) or "无",
                row["supersedes"] or "",
                row["file_name"],
            )
        )
    standing = found["standing"]
    end = f"现以 {standing} 为准。" if standing else "目前没有受理的报送，该单位的数据没有入库。"
    return "\n".join([f"{title}：共收到 {len(rows)} 件", *table(cells), "", end])
