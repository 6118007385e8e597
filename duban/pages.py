"""What a circular is made of, and how much of it a page holds after GB/T 9704; `duban/documents.py` writes it."""

import math
from typing import NamedTuple

from duban.sheets import text_width

LINE, LINES, CHARACTERS = 28, 22, 28  # points of a line, lines a page, characters a line
CELL_SIZE, CELL_LINE, CELL_MARGIN = 10.5, 14, 1  # points, points, millimetres
_POINTS_A_MILLIMETRE = 72 / 25.4
_HEAD = 4  # lines of the issuer's name, the rule and the title


class Line(NamedTuple):
    """A paragraph: its kind (see `duban.documents`), its text, and what it begins with in 楷体."""

    kind: str
    text: str
    lead: str = ""


class Table(NamedTuple):
    """A table as wide as the text: its columns with their widths in millimetres, and rows of texts."""

    columns: dict[str, int]
    rows: list[tuple[str, ...]]


Part = Line | Table


def pages_of(parts: list[Part]) -> float:
    """How many pages the parts of a circular take."""
    return (_HEAD + sum(map(_lines_of, parts))) / LINES


def _lines_of(part: Part) -> float:
    if isinstance(part, Line):
        indented = text_width(part.lead + part.text) + 4
        return {"issuer": 0, "title": 0, "annex": 2, "body": math.ceil(indented / (2 * CHARACTERS))}.get(part.kind, 1)
    room = [2 * (width - 2 * CELL_MARGIN) * _POINTS_A_MILLIMETRE / CELL_SIZE - 1 for width in part.columns.values()]
    rows = [
        max(math.ceil(text_width(cell) / width) for cell, width in zip(row, room, strict=True)) for row in part.rows
    ]
    return (CELL_LINE * sum(rows) + 2 * len(rows) + 2 * CELL_LINE) / LINE
