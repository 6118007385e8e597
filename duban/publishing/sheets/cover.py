"""封面: title, quarter, revision, as-of date, the quarter in one paragraph, and contents with links."""

from duban.publishing.marts import Material
from duban.publishing.tables import lines_of
from duban.publishing.words import bucket, furthest, item_sheet, sign, summary
from duban.sheets import Book, set_up_page

TITLE = "封面"
_WIDTHS = (3, 20, 46, 4, 34, 4, 34, 3)
_LAST = len(_WIDTHS) - 2
_UNISSUED = {False: "草稿，未定稿，请勿外传", True: "重建的历史状态，从未发布，只供查考"}


def write(book: Book, material: Material, contents: list[tuple[str, str]]) -> None:
    """`contents`: the other sheets with what each is about."""
    sheet = book.sheet(TITLE)
    for col, width in enumerate(_WIDTHS):
        sheet.set_column(col, col, width)
    plan, heading = material.registry.plan, "#" + book.theme.colours.heading
    issue = f"第 {material.revision} 版" if material.revision else _UNISSUED[material.past]
    lines = [
        (0, "", 18, {}),
        (1, plan.issuer, 26, {"font_size": 14, "font_color": "#" + book.theme.colours.muted}),
        (2, plan.title, 42, {"font_size": 24, "bold": True, "font_color": heading}),
        (3, f"{material.quarter.title}进展情况汇总", 34, {"font_size": 18, "bold": True, "font_color": heading}),
        (4, f"{issue}（{material.publication}） · 数据截至 {material.as_of:%Y年%m月%d日 %H:%M}", 26, {"font_size": 12}),
    ]
    for row, text, height, changes in lines:
        sheet.set_row(row, height)
        style = book.style("plain", align="center", **changes)
        if row == 4 and material.revision is None:
            style = book.look(book.theme.lights, "red", base="plain", align="center", bold=True, font_size=12)
        sheet.merge_range(row, 1, row, _LAST, "", style)
        book.text(sheet, row, 1, text, style)
    style = book.style(
        "wrapped", indent=1, font_size=12, valign="vcenter", border=1, border_color="#" + book.theme.colours.line
    )
    text = summary(material) + furthest(material)
    sheet.merge_range(6, 1, 6, _LAST, "", style)
    book.text(sheet, 6, 1, text, style)
    sheet.set_row(6, 19 * lines_of(text, sum(_WIDTHS[1:-1]) / 1.2) + 16)
    _contents(book, sheet, material, contents)
    sheet.set_first_sheet()
    sheet.activate()
    set_up_page(sheet, footer=material.publication)
    sheet.fit_to_pages(1, 1)


def _contents(book: Book, sheet, material: Material, contents: list[tuple[str, str]]) -> None:
    """The main sheets on the left, the items' own in two columns on the right."""
    band, link, hint = book.style("section"), book.style("link", border=0, text_wrap=False), book.style("hint")
    top = 8
    for col, text in ((1, "目录"), (2, ""), (4, "各项重点工作"), (6, "")):
        book.text(sheet, top, col, text, band)
    book.text(sheet, top, 3, "", band)
    book.text(sheet, top, 5, "", band)
    sheet.set_row(top, 22)
    for row, (name, about) in enumerate(contents, start=top + 1):
        book.link(sheet, row, 1, name, "A1", name, link)
        book.text(sheet, row, 2, about, hint)
    half = -(-len(material.items) // 2)
    for number, item in enumerate(material.items):
        row, col = top + 1 + number % half, 4 + 2 * (number // half)
        name = item_sheet(item.item, item.title)
        light = "grey" if bucket(item) == "grey" else item.light
        colour = "#" + book.theme.lights[light].colour
        style = book.style("plain", align="center", font_color=colour)
        book.text(sheet, row, col - 1, sign(item.light, item.computed), style)
        book.link(sheet, row, col, name, "A1", name, link)
    for row in range(top + 1, top + 1 + max(half, len(contents))):
        sheet.set_row(row, 19)
