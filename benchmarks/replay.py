"""Recorded calls made again with nothing of duban in the process, by XlsxWriter or, as far as it can, by openpyxl.

    python -m benchmarks.replay CALLS WORKBOOK [openpyxl]

openpyxl, in its `write_only` mode, gets the same cells with their values, formats, row heights and column widths, and
the merged ones; charts, sparklines, conditional formats, links, notes and print settings it is spared.
"""

import pickle
import sys
from collections import defaultdict
from pathlib import Path

from benchmarks.recorder import Call, Ref


def main() -> None:
    print("stage imports", flush=True)
    calls, path = pickle.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2])
    write = _by_openpyxl() if sys.argv[3:] else _by_xlsxwriter()
    print("stage publish", flush=True)
    write(calls, path)
    print("stage end", flush=True)


def _by_xlsxwriter():
    import xlsxwriter

    def write(calls: list[Call], path: Path) -> None:
        """Make the calls, as a script that knows what to write would."""
        book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False})
        made: list[object] = []

        def real(value: object) -> object:
            if value.__class__ is Ref:
                return made[value.number]
            if value.__class__ is dict:
                return {key: real(one) for key, one in value.items()}
            return value

        for target, name, words, options, makes in calls:
            owner = book if target is None else made[target.number]
            result = getattr(owner, name)(*(real(word) for word in words), **real(options))
            if makes is not None:
                made.append(result)
        book.close()

    return write


def _by_openpyxl():
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    def write(calls: list[Call], path: Path) -> None:
        book = Workbook(write_only=True)
        formats: dict[int, dict] = {}
        known: dict[
            int, object
        ] = {}  # of a format, the first cell's: to work it out for each would be most of the time
        sheets: dict[int, _Sheet] = {}
        for target, name, words, _, makes in calls:
            if name == "add_format":
                formats[makes.number] = _styles(words[0] if words else {})
            elif name == "add_worksheet":
                sheets[makes.number] = _Sheet(words[0])
            elif target is not None and target.number in sheets:
                sheets[target.number].take(name, words)
        for told in sheets.values():
            sheet = book.create_sheet(told.title)
            for first, last, width in told.widths:
                for col in range(first, last + 1):
                    sheet.column_dimensions[get_column_letter(col + 1)].width = width
            for row, height in told.heights.items():
                sheet.row_dimensions[row + 1].height = height
            for row in range(max(told.cells, default=-1) + 1):
                cells = told.cells.get(row, {})
                line = [None] * (max(cells, default=-1) + 1)
                for col, (value, style) in cells.items():
                    line[col] = cell = WriteOnlyCell(sheet, value)
                    if style in known:
                        cell._style = known[style]
                    elif style is not None:
                        for word, one in formats[style].items():
                            setattr(cell, word, one)
                        known[style] = cell._style
                sheet.append(line)
            for row, col, last_row, last_col in told.merged:
                first, last = get_column_letter(col + 1), get_column_letter(last_col + 1)
                sheet.merged_cells.add(f"{first}{row + 1}:{last}{last_row + 1}")
        book.save(path)

    return write


class _Sheet:
    """The cells of a sheet by row and column, with the number of their format."""

    def __init__(self, title: str):
        self.title, self.widths, self.heights, self.merged = title, [], {}, []
        self.cells: dict[int, dict[int, tuple[object, int | None]]] = defaultdict(dict)

    def take(self, name: str, words: tuple) -> None:
        if name in ("write_string", "write_number", "write_blank", "write_formula", "write", "write_url"):
            row, col, value = words[:3]
            style = next((word.number for word in words[3:] if word.__class__ is Ref), None)
            if name == "write_url":  # address, format, the text that is shown
                value = words[4] if len(words) > 4 else value
            self.cells[row][col] = value, style
        elif name == "write_rich_string":
            row, col, *pieces = words
            self.cells[row][col] = "".join(one for one in pieces if isinstance(one, str)), None
        elif name == "merge_range":
            row, col, last_row, last_col, value, style = words[:6]
            self.cells[row][col] = value, style.number
            self.merged.append((row, col, last_row, last_col))
        elif name == "set_row" and words[1:2] and words[1] is not None:
            self.heights[words[0]] = words[1]
        elif name == "set_column" and words[2:3] and words[2] is not None:
            self.widths.append(words[:3])


def _styles(told: dict) -> dict:
    """The same format in openpyxl's words."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    def colour(word: str) -> str | None:
        return f"FF{told[word].lstrip('#')}" if str(told.get(word, "")).startswith("#") else None

    side = Side(style="thin", color=colour("border_color")) if told.get("border") else None
    vertical = {"vcenter": "center", "top": "top", "bottom": "bottom"}.get(told.get("valign"))
    found = {
        "font": Font(
            name=told.get("font_name"), size=told.get("font_size"), bold=told.get("bold"), color=colour("font_color")
        ),
        "alignment": Alignment(
            horizontal=told.get("align"),
            vertical=vertical,
            wrap_text=told.get("text_wrap"),
            indent=told.get("indent", 0),
        ),
        "number_format": told.get("num_format", "General"),
    }
    if fill := colour("bg_color"):
        found["fill"] = PatternFill("solid", fgColor=fill)
    if side:
        found["border"] = Border(left=side, right=side, top=side, bottom=side)
    return found


if __name__ == "__main__":
    main()
