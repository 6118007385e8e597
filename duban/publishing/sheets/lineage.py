"""The very hidden sheet that makes the workbook explain itself: plan, submissions and lights as `tracing.records`."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from duban.publishing.marts import Material
from duban.publishing.words import corrected
from duban.sheets import Book
from duban.tracing.records import SHEET, cells_of


def write(book: Book, material: Material) -> None:
    sheet = book.sheet(SHEET)
    sheet.very_hidden()
    style = book.style("plain")
    for row, (kind, record) in enumerate(_records(book, material)):
        cells = cells_of(kind, record)
        book.row(sheet, row, 0, cells, [style] * len(cells))


def _records(book: Book, material: Material) -> Iterator[tuple[str, dict]]:
    yield (
        "publication",
        {
            "publication": material.publication,
            "quarter": str(material.quarter),
            "revision": material.revision,
            "as_of": material.as_of.isoformat(),
            "base": material.base,
            "before": material.before,
            "registry": material.registry.digest,
            "duban": material.duban,
            **({"approval": material.approval.record()} if material.approval else {}),
            "yellow_at": _plain(material.registry.plan.lights.yellow_at),
            "signs": {light: [look.sign, look.hollow, look.title] for light, look in book.theme.lights.items()},
        },
    )
    yield from _plan(material)
    yield from _submissions(material)
    for row in material.corrections:
        if row.outcome == "applied":
            field = "status" if row.tab == "progress" else "value"
            record = {"accession": row.accession, "tab": row.tab, "key": row.key, "field": field}
            yield "correction", record | {"old": row.old, "new": row.new, "words": corrected(row)}
    by_reporter = defaultdict(list)
    for row in material.lineage_lights:
        figures = (row.value, row.target, row.schedule, row.threshold)
        light = [row.scope, row.item, row.subject, *map(_plain, figures), row.formula, row.light, row.computed]
        by_reporter[row.reporter].append(light)
    for reporter, rows in by_reporter.items():
        yield "lights", {"reporter": reporter, "lights": rows}


def _plan(material: Material) -> Iterator[tuple[str, dict]]:
    registry = material.registry
    for item in registry.items:
        codes = [reporter.code for reporter in registry.consolidators(item)]
        chapter = registry.plan.chapters[item.chapter].title
        yield "item", {"item": item.item, "title": item.title, "chapter": chapter, "consolidators": codes}
        for record in item.deliverables:
            yield "deliverable", {"deliverable": record.name, "item": item.item, "title": record.title}
    for row in material.measures:
        _, measure = registry.measures[row.measure]
        reference = measure.denominator.reference if measure.denominator else None
        yield (
            "measure",
            {
                "measure": row.measure,
                "item": row.item,
                "title": row.title,
                "unit": row.unit,
                "figures": row.figures,
                "aggregate": row.aggregate,
                "target": _plain(row.target),
                "reference": reference,
                "per": measure.denominator.per if reference else 1,
                "inputs": {one.code: [one.part, one.unit, one.title] for one in registry.inputs_of(row.measure)},
            },
        )
    owed = defaultdict(list)
    for measure, reporters in registry.reporters_of.items():
        for reporter in reporters:
            owed[reporter.code].append(measure)
    for reporter in registry.reporters:
        yield (
            "reporter",
            {
                "code": reporter.code,
                "name": reporter.name,
                "kind": reporter.kind,
                "population": reporter.population,
                "items": [item.item for item, _ in registry.owed_items[reporter.code]],
                "measures": owed[reporter.code],
            },
        )


def _submissions(material: Material) -> Iterator[tuple[str, dict]]:
    """Every pinned submission; of those that count also where each entry stands, and what an item lacks to be whole."""
    places, lacking, found = defaultdict(dict), defaultdict(dict), defaultdict(Counter)
    for row in material.lineage_places:
        places[row.accession][row.tab] = {"sheet": row.sheet, "columns": dict(row.columns), "rows": dict(row.rows)}
    for row in material.lineage_content:
        lacking[row.accession][row.item] = row.lacks
    for row in material.findings:
        found[row.accession][row.severity] += 1
    for row in material.submissions:
        yield (
            "submission",
            {
                "accession": row.accession,
                "quarter": row.quarter,
                "reporter": row.reporter,
                "digest": row.digest,
                "verdict": row.verdict,
                "current": row.current,
                "received_at": row.received_at.isoformat(),
                "findings": found[row.accession],
                "places": places[row.accession],
                "lacking": lacking[row.accession],
            },
        )


def _plain(figure: Decimal | None) -> str | None:
    """A figure exactly, without zeros behind the point."""
    if figure is None:
        return None
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
