"""How complete a quarter is. What is owed is the denominator, so that nothing sent twice or unasked can pass 100 %."""

from collections.abc import Collection, Iterable
from itertools import groupby
from operator import itemgetter

from duban.quarters import Quarter
from duban.warehouse.connection import Connection, query, records

STEPS = ("received", "accepted", "complete")  # each holds only where the one before it does
TITLES = {"owed": "应报", "received": "收到", "accepted": "受理", "complete": "内容完整"}
# the words of each group, with their columns in what `counted.sql` selects
_COUNTS = dict(zip(("owed", *STEPS), range(4, 8), strict=True))
_WORDS = {
    "total": _COUNTS,
    "chapters": {"chapter": 1, "title": 3} | _COUNTS,
    "items": {"item": 1, "title": 3} | _COUNTS,
    "reporters": {"code": 2, "name": 3} | _COUNTS,
}
LACKS = {"status": "进展状态", "text": "工作进展", "figures": "指标数据", "reason": "不适用的理由"}


def completeness(connection: Connection, quarter: Quarter) -> dict:
    """What is owed in a quarter, and how much of it was received, accepted and whole in content; counted in
    obligations (reporter × item), in total, by chapter, item and reporter, as JSON can hold it.

    `incomplete` names the obligations whose report was accepted although something is lacking.
    """
    query(connection, "queries/completeness/obligations", quarter=str(quarter))
    groups: dict[str, list[dict]] = {group: [] for group in _WORDS}
    rows = query(connection, "queries/completeness/counted", quarter=str(quarter))
    for group, of in groupby(rows, itemgetter(0)):
        words, told = _WORDS[group], itemgetter(*_WORDS[group].values())
        groups[group] = [dict(zip(words, told(row), strict=True)) for row in of]
    incomplete = records(connection, "queries/completeness/incomplete", quarter=str(quarter))
    return groups | {"total": groups["total"][0], "incomplete": incomplete}


def lacks_of(connection: Connection, accessions: Collection[str]) -> list[tuple[str, int, list[str]]]:
    """What some accepted submissions lack of each item that is owed: (accession, item, words); no words where it is
    whole."""
    return query(connection, "queries/completeness/of_submissions", accessions=list(accessions))


def keep_lacking(connection: Connection, accessions: Collection[str] | Quarter) -> None:
    """Keep what some accepted submissions, or all of a quarter, lack by the rules under which their quarter stands.

    Belongs inside the transaction that loads them or changes the rules.
    """
    query(connection, "queries/completeness/content")
    if isinstance(accessions, Quarter):
        query(connection, "queries/completeness/of_quarter", quarter=str(accessions))
        query(connection, "queries/completeness/forgotten")
    else:
        query(connection, "queries/completeness/of", accessions=list(accessions))
    query(connection, "queries/completeness/kept")


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
