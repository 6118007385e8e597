"""数据来源: every cell that a published figure was made from. The longest sheet by far, so it is kept narrow."""

from collections.abc import Iterator

from duban.publishing.marts import Material
from duban.publishing.tables import Column, table_sheet
from duban.publishing.words import corrected
from duban.sheets import Book

TITLE = "数据来源"
ABOUT = "每个数的来源单元格、填写原文和算法"
COLUMNS = (
    Column("填报项编码", 38),
    Column("填报项", 34),
    Column("填报单位", 16),
    Column("报送编号", 20, "centre"),
    Column("文件摘要", 16, "centre"),
    Column("来源单元格", 18, "centre"),
    Column("填写原文", 16, "centre"),
    Column("采用值", 16, "number", "#,##0.######"),
    Column("全省算法", 60),
    Column("更正", 30),
)

_SHOWN = 12  # characters of a digest
_SILENT = {"not_applicable": "不适用", "blank": None}


def write(book: Book, material: Material) -> None:
    notes = [
        "报送编号的前六位是报告期；文件摘要为原件 SHA-256 的前 12 位，全文见 manifest.json，原件按摘要存于归档。"
        "任何一格都可用 duban trace 查到来源。"
        "填写原文与采用值不同的，是统一了写法（如全角数字、千分位、单位），见 findings.csv 的提示；"
        "更正栏有内容的，采用值是台账更正后的数，填写原文不变。"
    ]
    notes += [f"本版由{material.approval.told}。"] if material.approval else []
    title = f"{material.quarter.title}数据来源"
    table_sheet(book, material, TITLE, title, notes, COLUMNS, _rows(material), freeze=1)


def _rows(material: Material) -> Iterator[tuple]:
    corrections = {row.number: corrected(row) for row in material.corrections}
    for code, title, name, accession, digest, cell, typed, number, state, arithmetic, correction in material.sources:
        value = number if state == "value" else _SILENT[state]
        yield code, title, name, accession, digest[:_SHOWN], cell, typed, value, arithmetic, corrections.get(correction)
