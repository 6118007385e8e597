"""The worksheets' own XML, looked at before it is parsed: how far it reaches, and which cells a parser shows as blank.

A fast search decides whether there is anything to look at; only then is the XML walked through, cell by cell.
"""

import posixpath
import re
from xml.etree import ElementTree
from xml.parsers import expat

from duban.reading.faults import Refused

# A report has some hundred rows and a dozen columns. Far above that, and far below what Excel allows, because a parser
# makes room for the whole rectangle:
MAX_ROW = 100_000
MAX_COLUMN = 702  # ZZ
MAX_CELLS = 200_000  # with content, in all of a workbook's sheets
MAX_RECTANGLE = 4_000_000  # from A1 to the last cell of one sheet

Marks = dict[tuple[int, int], tuple[str, str]]  # (row, column), both from 1 -> kind ("error", "formula"), text

# Anything but rows and cells that say where they are, not far away, and plain values and texts in them: five digits of
# row and three letters of column are far, and a formula may want a mark
_UNUSUAL = re.compile(rb'<(?!/|v>|c r="[A-Z]{1,2}[0-9]{1,4}"|row r="[0-9]{1,4}"|is>|t[ >])')
_ROW = len("<row>")


def measure(xml: bytes) -> Marks:
    """The error cells and the formulas without a stored value of one worksheet; raises Refused when it reaches too
    far or is not well formed."""
    if len(xml) > MAX_ROW * _ROW:
        rows = xml.count(b"row ") + xml.count(b"<row>")
        if rows > MAX_ROW:
            raise Refused("too_large", f"{rows:,} 行", limit=f"{MAX_ROW:,} 行")
    start, end = xml.find(b"<sheetData>"), xml.rfind(b"</sheetData>")  # behind are the formulas of drop-down lists
    if 0 <= start < end:
        cells = xml[start + len("<sheetData>") : end]
        marked = b'"e"' in cells or (b"'" in cells and b"'e'" in cells)
        if not marked and not _UNUSUAL.search(cells):
            return {}
    walk = _Walk()
    try:
        walk.parse(xml)
    except expat.ExpatError:
        raise Refused("damaged") from None
    if walk.last_row > MAX_ROW:
        raise Refused("too_large", f"内容到第 {walk.last_row:,} 行", limit=f"{MAX_ROW:,} 行")
    if walk.last_column > MAX_COLUMN:
        raise Refused("too_large", f"内容到第 {walk.last_column:,} 列", limit=f"{MAX_COLUMN:,} 列")
    if walk.last_row * walk.last_column > MAX_RECTANGLE:
        spread = f"内容散布在 {walk.last_row:,} 行 × {walk.last_column:,} 列"
        raise Refused("too_large", spread, limit=f"{MAX_RECTANGLE:,} 个单元格")
    return walk.marks


class _Walk:
    """One pass over a worksheet's cells."""

    def __init__(self):
        self.marks: Marks = {}
        self.last_row = self.last_column = 0
        self._row = self._column = 0
        self._type = ""
        self._stored: str | None = None
        self._formula: str | None = None
        self._inline = False
        self._inside = ""
        self._text: list[str] = []

    def parse(self, xml: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(xml, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self._row + 1
                self._column = 0
            case "c":
                self._row, self._column = _position(attributes.get("r", ""), self._row, self._column + 1)
                self._type = attributes.get("t", "")
                self._stored = self._formula = None
                self._inline = False
            case "is":
                self._inline = True
            case "v" | "f" as inside:
                self._inside, self._text = inside, []

    def _characters(self, text: str) -> None:
        if self._inside:
            self._text.append(text)

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v":
                self._stored, self._inside = "".join(self._text), ""
            case "f":
                self._formula, self._inside = "".join(self._text), ""
            case "c":
                self._cell()

    def _cell(self) -> None:
        if self._stored or self._inline or self._formula is not None:
            self.last_row, self.last_column = max(self.last_row, self._row), max(self.last_column, self._column)
        if self._type == "e":
            self.marks[self._row, self._column] = ("error", self._stored or "#VALUE!")
        # a formula may well have given an empty text (t="str"); any other type without a value was never calculated
        elif self._formula is not None and not self._stored and self._type != "str":
            self.marks[self._row, self._column] = ("formula", f"={self._formula}")


def _position(reference: str, row: int, column: int) -> tuple[int, int]:
    """Row and column of `H5`; where a cell does not say, it follows the one before."""
    match = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d{1,9})", reference)
    if not match:
        return row, column
    number = 0
    for letter in match[1].upper():
        number = number * 26 + ord(letter) - 64
    return int(match[2]), number


def sheet_names(parts: dict[str, bytes]) -> dict[str, str]:
    """Part name -> sheet name, by the workbook's part and its relationships."""
    book = next((name for name in parts if name.lower().endswith("workbook.xml")), None)
    if book is None:
        return {}
    folder, file = posixpath.split(book)
    targets = {}
    try:
        for relation in ElementTree.fromstring(parts.get(f"{folder}/_rels/{file}.rels", b"<none/>")):
            target = relation.get("Target", "")
            targets[relation.get("Id")] = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        names = {}
        for element in ElementTree.fromstring(parts[book]).iter():
            if element.tag.rpartition("}")[2] == "sheet":
                relation = next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "id"), None)
                names[targets.get(relation, "")] = element.get("name", "")
    except ElementTree.ParseError:
        raise Refused("damaged") from None
    return names
