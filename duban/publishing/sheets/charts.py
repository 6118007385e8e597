"""The native charts of 总览. Their figures stand right of the printed page, where anyone can check them."""

import math
from collections import Counter
from decimal import Decimal

from duban.publishing.marts import Material
from duban.publishing.words import bucket, percent, sign
from duban.sheets import Book, Chart, Worksheet, check

_DATA = 13  # the first column of the charts' figures, outside of what is printed
_HIGHEST = 2  # how far the axis follows a measure beyond its target
_SERIES = ("done", "green", "yellow", "red", "own", "grey")
# patterns keep the parts of a bar apart in a black-and-white print
_PATTERNS = {"yellow": "wide_upward_diagonal", "red": "dark_downward_diagonal", "own": "percent_20"}


def chapters_chart(book: Book, sheet: Worksheet, material: Material, name: str, at: tuple, size: tuple) -> None:
    """Items by light in every chapter, a stacked bar each."""
    lights = book.theme.lights
    titles = {light: lights[light].title for light in lights} | {"own": "自报状态"}
    chapters = dict.fromkeys((row.chapter, row.chapter_title) for row in material.items)
    count = Counter((row.chapter, bucket(row)) for row in material.items)
    header = ["图表数据：各篇章灯数", *(titles[key] for key in _SERIES)]
    rows = [[title, *(count[chapter, key] for key in _SERIES)] for chapter, title in chapters]
    top = _data(book, sheet, 9, header, rows)
    chart = book.chart("bar", "stacked")
    for col, key in enumerate(_SERIES, start=_DATA + 1):
        look = lights["green" if key == "own" else key]
        paint = {"fill": {"color": "#" + look.colour}}
        if key in _PATTERNS:
            ground = "#FFFFFF" if key == "own" else "#" + look.fill
            paint = {"pattern": {"pattern": _PATTERNS[key], "fg_color": "#" + look.colour, "bg_color": ground}}
        chart.add_series(
            {
                "name": [name, top - 1, col],
                "categories": [name, top, _DATA, top + len(rows) - 1, _DATA],
                "values": [name, top, col, top + len(rows) - 1, col],
                "gap": 45,
                "border": {"color": "#" + look.colour, "width": 0.75},
                "data_labels": _labels(book, "0;;;", white=key in ("done", "green")),
            }
            | paint
        )
    _dress(book, chart, "各篇章重点工作的灯（项）", "篇章", "重点工作（项）", size)
    told = [
        title + "、".join(f"{titles[key]} {count[chapter, key]} 项" for key in _SERIES if count[chapter, key])
        for chapter, title in chapters
    ]
    _insert(sheet, at, chart, f"条形图：各篇章重点工作的灯。{'；'.join(told)}。")


def targets_chart(book: Book, sheet: Worksheet, material: Material, name: str, at: tuple, size: tuple) -> None:
    """Every measure with a target: how much of it is done, beside how much is due."""
    aimed = [row for row in material.measures if row.target is not None]
    rows = [
        [f"{sign(row.light, row.computed)} {row.item:02d} {row.title}", row.completion, row.schedule] for row in aimed
    ]
    top = _data(book, sheet, 20, ["图表数据：目标指标", "完成率", "序时进度"], rows, percent=True)
    if not rows:
        return
    chart = book.chart("bar")
    colours = ("#" + book.theme.lights["done"].colour, "#" + book.theme.colours.line)
    for col, colour in enumerate(colours, start=_DATA + 1):
        chart.add_series(
            {
                "name": [name, top - 1, col],
                "categories": [name, top, _DATA, top + len(rows) - 1, _DATA],
                "values": [name, top, col, top + len(rows) - 1, col],
                "fill": {"color": colour},
                "border": {"color": "#" + book.theme.colours.muted, "width": 0.5},
                "gap": 35,
                "overlap": 0,
                "data_labels": _labels(book, "0%") if col == _DATA + 1 else {"value": False},
            }
        )
    _dress(book, chart, "有目标的指标：完成率与序时进度", "指标", "占年度目标的比例", size)
    highest = max([Decimal("1.2"), *(min(row.completion or 0, _HIGHEST) for row in aimed)])
    scale = {"num_format": "0%", "min": 0, "max": math.ceil(highest * 5) / 5, "major_unit": 0.2}
    chart.set_x_axis(_axis(book, "占年度目标的比例") | scale | {"major_gridlines": _grid(book)})
    told = [f"{row.title}完成 {percent(row.completion)}、序时 {percent(row.schedule)}" for row in aimed]
    _insert(sheet, at, chart, f"条形图：有目标的指标的完成率与序时进度。{'；'.join(told)}。")


def _insert(sheet: Worksheet, at: tuple, chart: Chart, description: str) -> None:
    """Put a chart in place; the description is read to those who do not see it."""
    place = {"object_position": 1, "x_offset": 2, "y_offset": 2, "description": description}
    check(sheet.insert_chart(*at, chart, place))


def _data(book: Book, sheet: Worksheet, top: int, header: list, rows: list[list], percent: bool = False) -> int:
    """A chart's figures from row `top` on; returns the row of the first."""
    for col, text in enumerate(header, start=_DATA):
        book.text(sheet, top, col, text, book.style("hint"))
    style = book.style("hint", num_format="0.0%" if percent else "0")
    for row, values in enumerate(rows, start=top + 1):
        book.text(sheet, row, _DATA, values[0], style)
        for col, value in enumerate(values[1:], start=_DATA + 1):
            book.number(sheet, row, col, value, style)
    return top + 1


def _dress(book: Book, chart: Chart, title: str, categories: str, values: str, size: tuple[int, int]) -> None:
    chart.set_title(
        {"name": title, "name_font": _font(book, 13) | {"name": book.theme.official.heading}, "overlay": False}
    )
    chart.set_x_axis(_axis(book, values) | {"major_gridlines": _grid(book), "num_format": "0"})
    chart.set_y_axis(
        _axis(book, categories) | {"reverse": True, "crossing": "max", "major_gridlines": {"visible": False}}
    )
    chart.set_legend({"position": "bottom", "font": _font(book, 10)})
    chart.set_size({"width": size[0], "height": size[1]})
    chart.set_chartarea({"border": {"color": "#" + book.theme.colours.line}})


def _axis(book: Book, name: str) -> dict:
    return {"name": name, "name_font": _font(book, 10), "num_font": _font(book, 10)}


def _labels(book: Book, number: str, white: bool = False) -> dict:
    colour = {"color": "#" + book.theme.colours.on_heading, "bold": True} if white else {}
    return {"value": True, "num_format": number, "font": _font(book, 9) | colour}


def _grid(book: Book) -> dict:
    return {"visible": True, "line": {"color": "#" + book.theme.colours.line, "width": 0.5}}


def _font(book: Book, size: int) -> dict:
    return {"name": book.theme.official.table, "size": size, "bold": False, "color": "#" + book.theme.colours.ink}
