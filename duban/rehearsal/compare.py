"""A quarter lived under two sets of rules, side by side: what the one has and the other has not."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from duban.checking.findings import Fault, word_findings
from duban.rehearsal.archived import Archived, Opened
from duban.rehearsal.plans import plan_changes
from duban.rehearsal.replay import Judged, Replayed, blocks

FIGURES = ("value", "target", "due", "reported", "owed")
GREY = "grey"


def compare(opened: Opened, before: Replayed, after: Replayed) -> dict:
    """What would change in a quarter, as JSON can hold it:

    {quarter, submissions: how many, plan: what the change is (`plan_changes`),
     rejudged: [{accession, recorded, before}] where even the quarter's own plan now gives another verdict than it gave,
     verdicts: [{accession, reporter, name, before, after, only_rows}], where `only_rows` says that it is returned for
     nothing but rows which its template lacks or has too many,
     findings: {new, gone, changed: [{accession, reporter, name, rule, title, item, sheet, cell, value, message, before,
     after, row}]}, one per cell, `before` and `after` a severity, 'explained', 'waived' or None, `row`: of such a row,
     figures: [{measure, item, title, unit, figure, before, after}], the province's,
     lights: [{scope, item, subject, title, reporter, name, before, after, formula, before_formula, before_computed,
     after_computed}],
     stop: what would newly stop the publication, or ''}
    """
    submissions = _in_order(opened, before)
    findings = list(_findings(submissions, before, after))
    return {
        "quarter": str(opened.quarter),
        "submissions": len(opened.submissions),
        "plan": plan_changes(opened.quarter, before.rules, after.rules),
        "rejudged": list(_rejudged(submissions, before.judged)),
        "verdicts": list(_verdicts(submissions, before, after)),
        "findings": {
            "new": [found for found in findings if found["before"] is None],
            "gone": [found for found in findings if found["after"] is None],
            "changed": [found for found in findings if found["before"] and found["after"]],
        },
        "figures": list(_figures(before.figures, after.figures)),
        "lights": list(_lights(before.lights, after.lights)),
        "stop": after.stop if after.stop != before.stop else "",
    }


def nothing_changed(opened: Opened) -> dict:
    """As `compare` says of a quarter that stands under the very same rules."""
    return {
        "quarter": str(opened.quarter),
        "submissions": len(opened.submissions),
        "plan": None,
        "rejudged": [],
        "verdicts": [],
        "findings": {"new": [], "gone": [], "changed": []},
        "figures": [],
        "lights": [],
        "stop": "",
    }


def changes_anything(quarter: dict) -> bool:
    return any(
        [quarter["verdicts"], *quarter["findings"].values(), quarter["figures"], quarter["lights"], quarter["stop"]]
    )


def _in_order(opened: Opened, before: Replayed) -> list[Archived]:
    """The submissions in the plan's order of reporters; those of nobody that it knows last."""
    places = {code: place for place, code in enumerate(before.rules.registry.by_code)}
    return sorted(opened.submissions, key=lambda one: (places.get(one.reporter, len(places)), one.accession))


def _rejudged(submissions: list[Archived], judged: Mapping[str, Judged]) -> Iterator[dict]:
    for one in submissions:
        now = judged[one.accession].counts
        if now != one.verdict:
            yield {"accession": one.accession, "recorded": one.verdict, "before": now}


def _verdicts(submissions: list[Archived], before: Replayed, after: Replayed) -> Iterator[dict]:
    for one in submissions:
        was, now = before.judged[one.accession], after.judged[one.accession]
        if (was.verdict, was.only_rows) != (now.verdict, now.only_rows):
            yield {
                **_whose(one.accession, before, after),
                "before": was.counts,
                "after": now.verdict,
                "only_rows": now.only_rows,
            }


def _whose(accession: str, before: Replayed, after: Replayed) -> dict:
    code = before.judged[accession].reporter or after.judged[accession].reporter
    known = [side.rules.registry.by_code.get(code) for side in (before, after)]
    return {"accession": accession, "reporter": code, "name": next((r.name for r in known if r), None)}


def _findings(submissions: list[Archived], before: Replayed, after: Replayed) -> Iterator[dict]:
    for one in submissions:
        sides = [_by_place(side.judged[one.accession].faults) for side in (before, after)]
        moved = {_place(f) for side in (before, after) for f in side.judged[one.accession].moved}
        for place in dict.fromkeys([*sides[0], *sides[1]]):
            was, now = (side.get(place) for side in sides)
            states = _state(was), _state(now)
            if states[0] == states[1]:
                continue
            fault, rules = (now, after.rules) if now else (was, before.rules)
            # worded alone, it names its own row and no others
            finding = word_findings([fault], rules.messages, {"quarter": one.quarter})[0]
            yield {
                **_whose(one.accession, before, after),
                "rule": fault.rule,
                "title": rules.messages[fault.rule].title,
                "item": fault.item,
                "sheet": fault.sheet,
                "cell": fault.address,
                "value": fault.value,
                "message": finding.message,
                "before": states[0],
                "after": states[1],
                "row": place in moved,
            }


def _by_place(faults: Iterable[Fault]) -> dict[tuple, Fault]:
    """By what and where; of several in one place one that has the submission returned."""
    found: dict[tuple, Fault] = {}
    for fault in faults:
        place = _place(fault)
        if place not in found or (blocks(fault) and not blocks(found[place])):
            found[place] = fault
    return found


def _place(fault: Fault) -> tuple:
    return fault.rule, fault.tab, fault.sheet, fault.key, fault.field, fault.address, fault.value


def _state(fault: Fault | None) -> str | None:
    return fault and (fault.settled or fault.severity)


def _figures(before: list[dict], after: list[dict]) -> Iterator[dict]:
    """What moved; of a measure that only one plan has, its value is all there is."""
    old, new = ({row["measure"]: row for row in rows} for rows in (before, after))
    for measure in dict.fromkeys([*old, *new]):
        was, now = old.get(measure), new.get(measure)
        row = now or was
        for figure in FIGURES if was and now else FIGURES[:1]:
            pair = [_number(side[figure]) if side else None for side in (was, now)]
            if pair[0] != pair[1]:
                said = {key: row[key] for key in ("measure", "item", "title", "unit")}
                yield {**said, "figure": figure, "before": pair[0], "after": pair[1]}


def _lights(before: list[dict], after: list[dict]) -> Iterator[dict]:
    """What moved. One that is not there shows as little as a grey one, and a grey one is no sign of anybody's."""
    old, new = ({(r["scope"], r["item"], r["subject"], r["reporter"]): r for r in rows} for rows in (before, after))
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        shown = [(row["light"], row["computed"]) if row and row["light"] != GREY else None for row in (was, now)]
        if shown[0] == shown[1]:
            continue
        yield {
            **{word: (now or was)[word] for word in ("scope", "item", "subject", "title", "reporter", "name")},
            "before": was and was["light"],
            "after": now and now["light"],
            "formula": now["formula"] if now else "",
            "before_formula": was["formula"] if was else "",
            "before_computed": was and was["computed"],
            "after_computed": now and now["computed"],
        }


def _number(figure: Decimal | int | None) -> int | float | None:
    """A JSON number: whole where it is whole."""
    if figure is None:
        return None
    return int(figure) if figure == int(figure) else float(figure)
