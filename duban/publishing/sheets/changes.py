"""本期变化: what differs from the last publication, each figure with its causes, which add up to the difference."""

from collections.abc import Iterator

from duban.publishing.marts import Material
from duban.publishing.tables import Column, figure_cell, table_sheet
from duban.publishing.words import light_text, number_format
from duban.sheets import Book

TITLE = "本期变化"
ABOUT = "与上一次发布相比的变化和原因"
COLUMNS = (
    Column("序号", 6, "centre"),
    Column("指标编码", 26),
    Column("指标名称", 28),
    Column("计量单位", 10, "centre"),
    Column("上次", 12, "number"),
    Column("本次", 12, "number"),
    Column("变化", 12, "number"),
    Column("原因单位", 14),
    Column("原因", 12, "centre"),
    Column("影响", 12, "number"),
    Column("原报送", 20),
    Column("现报送", 20),
)


def write(book: Book, material: Material) -> None:
    title = f"{material.quarter.title}本期变化"
    table_sheet(book, material, TITLE, title, _notes(material), COLUMNS, _rows(book, material), freeze=3)


def _notes(material: Material) -> list[str]:
    if material.compared is None:
        return [f"{material.publication} 为本年度首次发布，没有可比的上一次发布。"]
    as_of = material.base_as_of or material.before_as_of
    lines = [
        f"与 {material.compared}（数据截至 {as_of:%Y-%m-%d %H:%M}）相比。每行是一家单位对一个指标的影响，"
        "同一指标各行“影响”之和等于“变化”；比率类指标按单位顺序逐家替换计算影响。",
        changed_lights(material) or "各项重点工作的灯没有变化。",
    ]
    return [*lines, "" if material.changes else "各项指标数没有变化。"]


def changed_lights(material: Material, most: int | None = None) -> str:
    """The items whose light changed, in one line, of which `most` are named; '' where none did."""
    parts = [
        f"第 {row.item} 项{row.title} {light_text(row.before_light, row.before_computed)}"
        f"→{light_text(row.light, row.computed)}"
        for row in material.changed_lights[:most]
    ]
    total = len(material.changed_lights)
    rest = f" 等，余见“{TITLE}”" if len(parts) < total else ""
    return f"灯有变化的重点工作 {total} 项：{'；'.join(parts)}{rest}。" if parts else ""


def _rows(book: Book, material: Material) -> Iterator[tuple]:
    decimals = {row.measure: row.decimals for row in material.measures}
    for row in material.changes:
        number = number_format(row.unit, decimals[row.measure])
        yield (
            row.item,
            row.measure,
            row.title,
            row.unit,
            *(figure_cell(book, value, number) for value in (row.base_value, row.now_value, row.difference)),
            row.reporter,
            row.cause,
            figure_cell(book, row.effect, number),
            row.before_accession,
            row.after_accession,
        )
