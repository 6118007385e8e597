"""市州进度: every item's light in every prefecture, on one page."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter

from duban.publishing.marts import Material
from duban.publishing.tables import Cell, Column, Link, light_cell, table_sheet
from duban.publishing.words import item_sheet, legend, sign
from duban.sheets import Book

TITLE = "市州进度"
ABOUT = "各项重点工作在各市州的灯"
_ONE_PAGE = 40  # prefectures up to which the whole matrix is printed on one page
_MOST = 16_384 - 3  # prefectures: a column each
_MISSING = {"missing": "未报", "returned": "退回", "set_aside": "搁置"}


def write(book: Book, material: Material) -> None:
    places = [reporter for reporter in material.registry.reporters if reporter.kind == "prefecture"]
    left_out, places = len(places[_MOST:]), places[:_MOST]
    columns = [Column("序号", 6, "centre"), Column("重点工作", 26, "link"), Column("全省", 6.5, "centre")]
    columns += [Column(place.name, max(6.5, 2 * len(place.name) + 2.0), "centre") for place in places]
    notes = [
        legend(),
        "底色格为该项不涉及的市州；“未报”“退回”为本季没有已采用的报送。"
        "市州有自己的目标时按目标计算，否则以其自报状态代替。",
        f"一页最多 {_MOST} 个市州，其余 {left_out} 个未列在本页，见各项分表。" if left_out else "",
    ]
    title = f"{material.quarter.title}市州进度"
    sheet = table_sheet(
        book, material, TITLE, title, notes, columns, _rows(book, material, [place.code for place in places]),
        freeze=3, paper="A3",
    )  # fmt: skip
    if len(places) <= _ONE_PAGE:
        sheet.fit_to_pages(1, 1)


def _rows(book: Book, material: Material, codes: list[str]) -> Iterator[list]:
    nothing = Cell(None, book.style("printed"))
    cell = cache(lambda *told: _cell(book, *told))
    told = groupby(material.long.rows("prefectures", "item_rows"), key=itemgetter(0))
    item_told, rows = next(told, (None, ()))
    for item in material.items:
        found = {}
        if item.item == item_told:
            found = {reporter: cell(state, light, computed) for _, reporter, state, light, computed in rows}
            item_told, rows = next(told, (None, ()))
        yield [
            item.item,
            Link(item_sheet(item.item, item.title), item.title),
            light_cell(book, item.light, item.computed, sign(item.light, item.computed)),
            *(found.get(code, nothing) for code in codes),
        ]


def _cell(book: Book, state: str, light: str, computed: bool) -> Cell:
    if state != "accepted":
        return Cell(_MISSING[state], book.style("centre", font_color="#" + book.theme.lights["red"].colour))
    return light_cell(book, light, computed, sign(light, computed))
