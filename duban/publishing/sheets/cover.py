"""封面: title, quarter, revision, as-of date, the quarter in one paragraph, and contents with links."""

from duban.publishing.marts import Material
from duban.publishing.tables import PAGE_NUMBERS, lines_of
from duban.publishing.words import INDENT, as_of, bucket, furthest, item_sheet, sign, summary
from duban.sheets import Book, Format, Worksheet, set_up_page
from duban.tracing.counts import APPROVED

TITLE = "封面"
_WIDTHS = (3, 20, 46, 4, 34, 4, 34, 3)
_LAST = len(_WIDTHS) - 2
_UNISSUED = {False: "草稿，未定稿，请勿外传", True: "重建的历史状态，从未发布，只供查考"}


def write(book: Book, material: Material, contents: list[tuple[str, str]]) -> None:
    """`contents`: the other sheets with what each is about."""
    sheet = book.sheet(TITLE)
    for col, width in enumerate(_WIDTHS):
        sheet.set_column(col, col, width)
    plan, faces = material.registry.plan, book.theme.official
    red = "#" + faces.red
    issue = f"第 {material.revision} 版" if material.revision else _UNISSUED[material.past]
    note = {"font_size": 12} | ({} if material.revision else {"font_color": red, "font_name": faces.heading})
    head = [  # a red head and a rule below it, as official documents have
        ("", 14, "plain", {}),
        (plan.issuer, 54, "title", {"font_size": 30, "font_color": red, "bottom": 5, "bottom_color": red}),
        (plan.title, 58, "title", {"font_size": 24, "valign": "bottom"}),
        (f"{material.quarter.title}进展情况汇总", 40, "title", {"font_size": 18}),
        (f"{issue}（{material.publication}） · 数据截至 {as_of(material)}", 26, "hint", {"align": "center"} | note),
    ]
    for row, (text, height, base, changes) in enumerate(head):
        _line(book, sheet, row, text, height, book.style(base, **changes))
    line = {"border": 1, "border_color": "#" + book.theme.colours.line}
    if material.approval:
        text = f"{APPROVED}{material.approval.told}"
        height = 19 * lines_of(text, sum(_WIDTHS[1:-1]) / 1.1) + 7
        _line(book, sheet, 5, text, height, book.style("hint", align="center", text_wrap=True, font_size=12))
    text = INDENT + summary(material) + furthest(material)
    height = 21 * lines_of(text, sum(_WIDTHS[1:-1]) / 1.3) + 16
    _line(book, sheet, 6, text, height, book.style("wrapped", font_size=13, valign="vcenter", indent=1, **line))
    _contents(book, sheet, material, contents)
    sheet.set_first_sheet()
    sheet.activate()
    set_up_page(sheet, footer=material.publication, tall=1, numbers=PAGE_NUMBERS)


def _line(book: Book, sheet: Worksheet, row: int, text: str, height: float, style: Format) -> None:
    sheet.set_row(row, height)
    sheet.merge_range(row, 1, row, _LAST, "", style)
    book.text(sheet, row, 1, text, style)


def _contents(book: Book, sheet: Worksheet, material: Material, contents: list[tuple[str, str]]) -> None:
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
