"""What a workbook says of its submissions, held to the archive and the warehouse: verdicts, findings, and which items
are whole in content. 报送情况 and all counts are made of these."""

from collections import defaultdict
from collections.abc import Iterator

from duban.home import Home
from duban.reading.values import BLANK, Value
from duban.registry.registry import Registry
from duban.tracing.originals import Originals
from duban.tracing.publication import Publication
from duban.verifying.fault import Fault
from duban.warehouse.connection import open_warehouse, records

_WORDS = ("quarter", "reporter", "digest", "verdict", "current")
_LACKS = {"status": "进展状态", "text": "工作进展", "reason": "不适用的理由", "figures": "指标数"}
_NEEDS_TEXT = ("under_way", "done")


def verify_lineage(home: Home, publication: Publication, registry: Registry, originals: Originals) -> list[Fault]:
    """The submissions that the workbook tells of are those that it pins, as they were judged; what it says that they
    lack is what their archived cells lack."""
    with open_warehouse(home.warehouse, read_only=True) as connection:
        pinned = records(connection, "queries/verify/pinned", publication=publication.name)
        counted = records(connection, "queries/verify/findings", publication=publication.name)
    found = defaultdict(dict)
    for row in counted:
        found[row["accession"]][row["severity"]] = row["findings"]
    faults = []

    def hold(what: str, accession: str, found: object, wanted: object) -> None:
        if found != wanted:
            words = ("" if value is None else str(value) for value in (found, wanted))
            faults.append(Fault("lineage", what, publication.name, accession, publication.path.name, "", "", *words))

    told = dict(publication.submissions)
    for row in pinned:
        one = told.pop(row["accession"], None)
        if one is None:
            hold("来源记录缺少一件报送", row["accession"], None, row["accession"])
            continue
        for word in _WORDS:
            hold(f"来源记录中报送的 {word} 与登记的不符", row["accession"], one[word], row[word])
        if row["quarter"] == publication.quarter:
            of_severity = (dict(sorted(counts.items())) for counts in (one["findings"], found[row["accession"]]))
            hold("来源记录中的问题数与登记的不符", row["accession"], *map(_counts, of_severity))
    for accession in told:
        hold("来源记录多出一件没有登记的报送", accession, accession, None)
    for accession, item, lacks, wanted in _content(publication, registry, originals):
        hold(f"第 {item} 项内容是否完整，与归档原件不符", accession, _lacking(lacks), _lacking(wanted))
    return faults


def _counts(of_severity: dict[str, int]) -> str:
    return "、".join(f"{severity} {count}" for severity, count in of_severity.items()) or "没有问题"


def _lacking(words: list[str]) -> str:
    return "缺" + "、".join(_LACKS.get(word, word) for word in words) if words else "完整"


def _content(
    publication: Publication, registry: Registry, originals: Originals
) -> Iterator[tuple[str, int, list[str], list[str]]]:
    """Accession, item, what the workbook says that it lacks, and what it lacks."""
    silent = {word for _, word, value in registry.doubts.flat() if value is None}
    for code, items in registry.owed_items.items():
        submission = publication.current.get((publication.quarter, code))
        for item, _ in items if submission else ():
            told = submission["lacking"].get(str(item.item), [])
            yield (
                submission["accession"],
                item.item,
                told,
                _Content(publication, submission, originals, silent).lacks(
                    item.item,
                    [one.code for one in registry.owed_inputs[code] if registry.measures[one.measure][0] is item],
                ),
            )


class _Content:
    """What a submission says, from its archived cells; an empty text and a word that says nothing say nothing."""

    def __init__(self, publication: Publication, submission: dict, originals: Originals, silent: set[str]):
        self._publication, self._submission = publication, submission
        self._originals, self._silent = originals, silent

    def lacks(self, item: int, inputs: list[str]) -> list[str]:
        """A whole item has a state, a text where the state asks for one, and of every input a figure, or 不适用 with
        its reason; an item that is itself 不适用 has a reason and needs no figures."""
        key = str(item)
        status = self._value("progress", key, "status").text
        figures = {code: self._value("inputs", code, "value").state for code in inputs}
        aside = [code for code, state in figures.items() if state == "not_applicable"]
        if status == "not_applicable":
            unexplained = not (self._says("progress", key, "done") or self._says("progress", key, "explanation"))
        else:
            unexplained = not all(self._says("inputs", code, "explanation") for code in aside)
        lacking = {
            "status": status is None,
            "text": status in _NEEDS_TEXT and self._value("progress", key, "done").state != "value",
            "reason": unexplained,
            "figures": status != "not_applicable"
            and any(state not in ("value", "not_applicable") for state in figures.values()),
        }
        return [word for word, lacks in lacking.items() if lacks]

    def _read(self, tab: str, key: str, field: str) -> tuple[Value, str]:
        source = self._publication.entry(self._submission, tab, key, field)
        found = source and self._originals.of(source)
        return (found.value, found.typed or "") if found else (BLANK, "")

    def _value(self, tab: str, key: str, field: str) -> Value:
        return self._read(tab, key, field)[0]

    def _says(self, tab: str, key: str, field: str) -> bool:
        value, typed = self._read(tab, key, field)
        return value.state == "value" and typed.strip() not in self._silent
