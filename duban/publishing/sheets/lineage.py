"""The very hidden sheet that makes the workbook explain itself: plan, submissions and lights as `tracing.records`."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from duban.deflated import Run
from duban.endings import Inline
from duban.publishing.marts import Material
from duban.publishing.words import corrected
from duban.sheets import Book, batched, first_letters
from duban.tracing.records import SHEET, pieces_of, text_of


class Told(NamedTuple):
    """All records as rows that are deflated: how many, and the cells of the widest."""

    run: Run
    count: int
    widest: int


def begin(book: Book, material: Material) -> Told:
    """Make the rows."""
    endings = book.inline(book.style("plain"))
    run, count, widest = Run(), 0, 1
    for piece in batched(pieces_of(kind, text) for kind, text in _texts(book, material)):
        book.deflate(run, [_row(endings, row, cells) for row, cells in enumerate(piece, start=count + 1)])
        count, widest = count + len(piece), max(widest, *map(len, piece))
    return Told(run, count, widest)


def write(book: Book, told: Told) -> None:
    sheet = book.sheet(SHEET)
    sheet.very_hidden()
    book.put_rows(sheet, 0, told.widest, told.run, told.count)


def _texts(book: Book, material: Material) -> Iterator[tuple[str, str]]:
    """Every record's kind, and its JSON; those that grow with reporters come as JSON from the warehouse."""
    yield from ((kind, text_of(record)) for kind, record in _records(book, material))
    yield from (("submission", text) for (text,) in material.long.rows("records", "lineage_submissions"))
    yield from ((kind, text_of(record)) for kind, record in _corrections(material))
    yield from (("lights", text) for (text,) in material.long.rows("records", "lineage_lights"))


def _row(endings: Inline, row: int, cells: list[str]) -> bytes:
    letters = first_letters(0, len(cells))
    told = (f'<c r="{letter}{row}{endings[text]}' for letter, text in zip(letters, cells, strict=True))
    return f'<row r="{row}">{"".join(told)}</row>'.encode()


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


def _corrections(material: Material) -> Iterator[tuple[str, dict]]:
    for row in material.corrections:
        if row.outcome == "applied":
            field = "status" if row.tab == "progress" else "value"
            record = {"accession": row.accession, "tab": row.tab, "key": row.key, "field": field}
            yield "correction", record | {"old": row.old, "new": row.new, "words": corrected(row)}


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


def _plain(figure: Decimal | None) -> str | None:
    """A figure exactly, without zeros behind the point."""
    if figure is None:
        return None
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
