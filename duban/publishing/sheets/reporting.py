"""报送情况: who reported on time, late, was sent back or is missing, and how good the returns were."""

from collections.abc import Iterator

from duban.completeness import share
from duban.publishing.marts import Material, Row
from duban.publishing.tables import Cell, Column, table_sheet
from duban.publishing.words import KIND_TITLES, STATE_TITLES, coverage
from duban.quarters import TIME_ZONE
from duban.sheets import Book

TITLE = "报送情况"
ABOUT = "各单位按时、逾期、退回、未报，以及填报质量"
COLUMNS = (
    Column("填报单位", 16),
    Column("类别", 10, "centre"),
    Column("应报项数", 9, "count"),
    Column("收到项数", 9, "count"),
    Column("受理项数", 9, "count"),
    Column("内容完整", 9, "count"),
    Column("报送截止", 12, "centre"),
    Column("报送状态", 13, "centre"),
    Column("采用的报送", 20, "centre"),
    Column("收到时间", 18, "centre"),
    Column("是否按时", 10, "centre"),
    Column("报送次数", 9, "count"),
    Column("退回次数", 9, "count"),
    Column("结构问题", 9, "count"),
    Column("强制问题", 9, "count"),
    Column("核实问题", 9, "count"),
    Column("提示", 8, "count"),
)


def write(book: Book, material: Material) -> None:
    rows = material.reporting
    late = sum(bool(row.late) for row in rows)
    states = "、".join(
        f"{STATE_TITLES[state]} {sum(row.state == state for row in rows)} 家"
        for state in ("accepted", "returned", "set_aside", "missing")
        if any(row.state == state for row in rows)
    )
    [(nobody,)] = material.long.rows("nobody", "submissions", quarter=str(material.quarter))
    owed, complete = sum(row.items for row in rows), sum(row.complete for row in rows)
    received, accepted = sum(map(_received, rows)), sum(map(_accepted, rows))
    notes = [
        f"应报 {len(rows)} 家：{states}；已报 {coverage(material)}；其中逾期 {late} 家。"
        f"按项次计应报 {owed}，收到 {received}，受理 {accepted}，内容完整 {complete}（{share(complete, owed)}）："
        "有状态，有进展，数据齐全，不适用的有理由。",
        "问题数为该单位本季全部报送合计，含已改正的；采用的报送一经采用，后来退回的不影响它。"
        + (f"另有 {nobody} 份文件无法识别来自哪家单位，已搁置待查。" if nobody else ""),
    ]
    title = f"{material.quarter.title}报送情况"
    table_sheet(book, material, TITLE, title, notes, COLUMNS, _rows(book, material), freeze=1)


def _rows(book: Book, material: Material) -> Iterator[tuple]:
    alarm = book.look(book.theme.lights, "red", bold=True)
    warning = book.look(book.theme.lights, "yellow")
    for row in material.reporting:
        received = row.arrived_at and row.arrived_at.astimezone(TIME_ZONE).strftime("%Y-%m-%d %H:%M")
        state = STATE_TITLES[row.state]
        yield (
            row.name,
            KIND_TITLES[row.kind],
            row.items,
            _received(row),
            _accepted(row),
            row.complete,
            row.due.isoformat(),
            state if row.state == "accepted" else Cell(state, alarm),
            row.accession,
            received,
            None if row.late is None else Cell("逾期", warning) if row.late else "按时",
            row.received,
            row.returned,
            *(count or None for count in (row.structure, row.must_fix, row.confirm, row.notice)),
        )


def _received(row: Row) -> int:
    """A workbook is received and accepted whole, for every item that its reporter owes."""
    return 0 if row.state == "missing" else row.items


def _accepted(row: Row) -> int:
    return row.items if row.accession else 0
