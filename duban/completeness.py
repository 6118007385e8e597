"""How complete a quarter is. What is owed is the denominator, so that nothing sent twice or unasked can pass 100 %."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from duban.quarters import Quarter
from duban.warehouse.connection import Connection, query, records

STEPS = ("received", "accepted", "complete")  # each holds only where the one before it does
TITLES = {"owed": "应报", "received": "收到", "accepted": "受理", "complete": "内容完整"}
LACKS = {"status": "进展状态", "text": "工作进展", "figures": "指标数据", "reason": "不适用的理由"}


def completeness(connection: Connection, quarter: Quarter) -> dict:
    """What is owed in a quarter, and how much of it was received, accepted and whole in content; counted in
    obligations (reporter × item), in total, by chapter, item and reporter, as JSON can hold it.

    `incomplete` names the obligations whose report was accepted although something is lacking.
    """
    query(connection, "queries/completeness/content")
    rows = records(connection, "queries/completeness/obligations", quarter=str(quarter))
    return {
        "total": _counted(rows),
        "chapters": _by(rows, lambda row: {"chapter": row["chapter"], "title": row["chapter_title"]}),
        "items": _by(rows, lambda row: {"item": row["item"], "title": row["item_title"]}),
        "reporters": _by(
            sorted(rows, key=lambda row: row["place"]), lambda row: {"code": row["reporter"], "name": row["name"]}
        ),
        "incomplete": [
            {key: row[key] for key in ("reporter", "name", "item", "lacks")}
            for row in rows
            if row["accepted"] and not row["complete"]
        ],
    }


def lines(found: dict) -> list[list[str]]:
    """The counts by chapter and in total as the cells of a short Chinese table."""
    rows = [["篇章", *TITLES.values(), "完整率"]]
    for row in [*found["chapters"], {"title": "合计", **found["total"]}]:
        rows.append([row["title"], *(str(row[step]) for step in TITLES), share(row["complete"], row["owed"])])
    return rows


def share(part: int, whole: int) -> str:
    """A share in percent, cut off, so that what is not whole never reads as 100 %."""
    return f"{part * 1000 // whole / 10}%" if whole else "—"


def lacking(words: Iterable[str]) -> str:
    """What an item lacks, in Chinese: 缺进展状态、指标数据."""
    return "缺" + "、".join(LACKS[word] for word in words)


def _by(rows: list[dict], key: Callable[[dict], dict]) -> list[dict]:
    groups: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        groups[tuple(key(row).items())].append(row)
    return [dict(name) | _counted(group) for name, group in groups.items()]


def _counted(rows: list[dict]) -> dict[str, int]:
    return {"owed": len(rows)} | {step: sum(row[step] for row in rows) for step in STEPS}
