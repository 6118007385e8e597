"""The validation page of a run: one file of HTML that needs nothing from outside, written beside its predecessors."""

import datetime as dt
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from duban.files import write_text
from duban.home import Home
from duban.quarters import Quarter
from duban.registry.registry import Registry
from duban.rulebook import rulebook, vocabulary
from duban.severities import DOUBTFUL, SEVERITIES
from duban.theme import theme
from duban.validation_page import views
from duban.validation_page.gather import gather

LATEST = "latest.html"
_VERDICTS = {"accepted": "受理", "returned": "退回", "set_aside": "搁置"}
_FEW = 6  # so many names are shown at once; the others open on a click


def write_page(
    home: Home, registry: Registry, quarter: Quarter, now: dt.datetime, folder: Path, accessions: list[str]
) -> Path:
    """Write the page of the run that left `folder` and was loaded under these accession numbers, and make it the
    latest one of its quarter; returns its path.

    It is named for the time of the run. A second run in the same minute gets a name of its own; the same run written
    once more does not.
    """
    shown = _context(home, registry, quarter, now, folder, accessions)
    pages = home.validation / str(quarter)
    stem, number = now.strftime("%Y%m%d-%H%M"), 1
    while True:
        path = pages / (f"{stem}.html" if number == 1 else f"{stem}_{number}.html")
        text = _template().render(**shown, earlier=_earlier(pages, path.name))
        if not path.exists() or path.read_text(encoding="utf-8") == text:
            break
        number += 1
    write_text(path, text)
    write_text(pages / LATEST, text)
    return path


def _context(
    home: Home, registry: Registry, quarter: Quarter, now: dt.datetime, folder: Path, accessions: list[str]
) -> dict:
    gathered = gather(home, quarter, folder, accessions)
    records = rulebook(registry)
    rules = views.by_rule(gathered.found)
    returns = views.by_reporter(gathered)
    tripped = {rule.code for rule in rules}
    counts = {severity: sum(rule.findings for rule in rules if rule.severity == severity) for severity in SEVERITIES}
    return {
        "plan": registry.plan.title,
        "version": registry.digest[:8],
        "quarter": quarter,
        "quarters": quarter.of_year,
        "now": now,
        "theme": theme(),
        "words": vocabulary(),
        "severities": SEVERITIES,
        "verdicts": _VERDICTS,
        "few": _FEW,
        "sent": gathered.sent,
        "reporters": len({sent.who for sent in gathered.sent}),
        "by_verdict": {verdict: sum(sent.verdict == verdict for sent in gathered.sent) for verdict in _VERDICTS},
        "counts": counts,
        "settled": sum(rule.settled for rule in rules),
        "titles": {record.code: record.rule.title or record.code for record in records},
        "wanted": {record.code: record.readable(record.rule.wanted) for record in records},
        "rules": rules,
        "tripped": tripped,
        "silent": len([record for record in records if record.code not in tripped]),
        "worst": max(
            (rule for rule in rules if rule.severity != "notice"), key=lambda rule: rule.reporters, default=None
        ),
        "items": views.by_item(gathered, registry),
        "returns": [one for one in returns if not one.only_notices],
        "noticed": [one for one in returns if one.only_notices and not one.clean],
        "clean": [one for one in returns if one.clean],
        "trends": views.over_quarters(gathered, quarter.of_year, {r.code: place for place, r in enumerate(records)}),
        "totals": views.totals(gathered, quarter.of_year, _VERDICTS),
        "doubtful": [one for one in gathered.found if one.rule in DOUBTFUL],
        "expectations": views.expectation_rows(gathered.expectations),
        "suites": views.suites(records, gathered.found),
        "doubts": [record for record in records if record.thresholds],
    }


def _earlier(pages: Path, name: str) -> list[str]:
    """The quarter's pages before this one, in order of time."""
    return sorted(path.name for path in pages.glob("*.html") if path.name < name and path.name != LATEST)


@cache
def _template():
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,  # names of files and reporters are others' text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["grouped"] = "{:,}".format
    return environment.get_template("template.html.j2")
