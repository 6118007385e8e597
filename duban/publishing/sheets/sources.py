"""数据来源: every cell that a published figure was made from. The longest sheet by far, so it is kept narrow."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future

from duban.publishing.marts import Material
from duban.publishing.tables import HEADER_ROW, MOST_ROWS, Column, Made, Ready, made, table_sheet
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

MOST = MOST_ROWS  # rows that are told on one sheet


def begin(book: Book, material: Material) -> list[Future[Made]]:
    """Have the rows of every sheet that it takes made in the thread beside."""
    [(rows,)] = material.long.rows("counted", "sources")
    return [
        material.long.beside(made, book, Ready(_rows(book, material, skip))) for skip in range(0, max(1, rows), MOST)
    ]


def write(book: Book, material: Material, begun: Sequence[Future[Made]]) -> None:
    notes = [
        "报送编号的前六位是报告期；文件摘要为原件 SHA-256 的前 12 位，全文见 manifest.json，原件按摘要存于归档。"
        "任何一格都可用 duban trace 查到来源。"
        "填写原文与采用值不同的，是统一了写法（如全角数字、千分位、单位），见 findings.csv 的提示；"
        "更正栏有内容的，采用值是台账更正后的数，填写原文不变。"
    ]
    notes += [f"本版由{material.approval.told}。"] if material.approval else []
    title = f"{material.quarter.title}数据来源"
    pages = [page.result() for page in begun]
    rows = sum(page.count for page in pages)
    for number, page in enumerate(pages, start=1):
        further = [f"共 {rows} 行，一页装不下，分为 {len(pages)} 页，本页为第 {number} 页。"] if len(pages) > 1 else []
        told = title if number == 1 else f"{title}（续 {number - 1}）"
        table_sheet(book, material, sheet_name(number), told, notes + further, COLUMNS, page, freeze=1)


def sheet_name(number: int) -> str:
    """The name of the sheets that hold it: `数据来源`, `数据来源 2` …"""
    return TITLE if number == 1 else f"{TITLE} {number}"


def _rows(book: Book, material: Material, skip: int) -> Iterator[tuple[bytes, float]]:
    """The rows of a sheet, those before it left out, in the file's own form, with their heights in points."""
    corrections = {row.number: corrected(row) for row in material.corrections}
    return material.long.rows(
        "sources",
        "sources",
        skip=skip,
        most=MOST,
        first=HEADER_ROW + 2,
        numbers=list(corrections),
        words=list(corrections.values()),
        widths=[float(column.width) for column in COLUMNS],
        styles=[book.numbers(column.format(book)) for column in COLUMNS],
    )
