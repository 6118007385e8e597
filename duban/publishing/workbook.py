"""The consolidated workbook: its sheets in their order."""

from collections.abc import Callable
from pathlib import Path

from duban.publishing.marts import Material
from duban.publishing.sheets import (
    changes,
    cover,
    item,
    items,
    lagging,
    lineage,
    measures,
    notes,
    overview,
    prefectures,
    projects,
    reporting,
    sources,
)
from duban.publishing.words import item_sheet, summary
from duban.sheets import Book, open_workbook

BEFORE_ITEMS = (overview, items, measures, prefectures, lagging, projects)
AFTER_ITEMS = (reporting, changes, notes, sources)


def sheet_names(material: Material) -> list[str]:
    """Every sheet of the workbook, in order."""
    own = [item_sheet(row.item, row.title) for row in material.items]
    return [cover.TITLE, *(m.TITLE for m in BEFORE_ITEMS), *own, *(m.TITLE for m in AFTER_ITEMS)]


def write_workbook(
    path: Path,
    material: Material,
    progress: Callable[[int, int], None],
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Write every sheet; `progress(done, total)` counts them. `meanwhile` is called once the thread beside has its part
    of the workbook: what it is given then, it does behind that."""
    total = 1 + len(BEFORE_ITEMS) + len(material.items) + len(AFTER_ITEMS)
    plan = material.registry.plan
    title = f"{plan.title} {material.quarter.title}汇总（{material.publication}）"
    properties = {
        "subject": f"{material.quarter.title}重点工作进展情况",
        "category": "督办汇总簿" + ("" if material.revision else "（历史状态）" if material.past else "（草稿）"),
        "keywords": "、".join([material.publication, *(row.title for row in plan.chapters.values())]),
        "comments": summary(material),
    }
    with open_workbook(path, material.as_of, title, plan.issuer, official=True, properties=properties) as book:
        cover.write(book, material, [(module.TITLE, module.ABOUT) for module in (*BEFORE_ITEMS, *AFTER_ITEMS)])
        steps = [lambda module=module: module.write(book, material) for module in BEFORE_ITEMS]
        items = item.Items(book, material)
        meanwhile()
        beside = zip([None, *material.items], material.items, [*material.items[1:], None], strict=False)
        steps += [lambda rows=rows: item.write(book, material, items, *rows) for rows in beside]
        steps += [lambda module=module: module.write(book, material) for module in AFTER_ITEMS[:-1]]
        steps += [lambda: _longest(book, material)]
        for done, step in enumerate(steps, start=2):
            step()
            progress(done, total)


def _longest(book: Book, material: Material) -> None:
    """数据来源 and the records behind it: the rows of the one are made beside those of the other."""
    begun = sources.begin(book, material)
    told = lineage.begin(book, material)
    sources.write(book, material, begun)
    lineage.write(book, told)
