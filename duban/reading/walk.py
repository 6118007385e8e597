"""A pass over XML that is not written plainly, element by element: what stands in it, whatever a parser makes of it."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from duban.reading.faults import Refused
from duban.reading.plain import Cell

Marks = dict[tuple[int, int], Cell]  # (row, column), both from 1 -> kind, text

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_FLOAT = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*", re.ASCII)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Strings:
    """A workbook's shared strings. `texts` only where they are not written plainly: then every cell has to be held
    against them. `taken` are the cells that they make, by their number, where they are written so plainly that no
    parser is needed."""

    count: int
    texts: Sequence[str] | None = None
    taken: Mapping[bytes, Cell | None] | None = None


@dataclass
class Walked:
    """What stands in a sheet that is not written plainly: its errors and formulas without a stored value, and its
    other cells, text or number."""

    marks: Marks = field(default_factory=dict)
    cells: Marks = field(default_factory=dict)


def decoded(text: str) -> str:
    """A text as spreadsheets keep it: characters that XML cannot hold are written _x0007_."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class _Walk:
    """One pass over XML whose elements may stand in certain others only. What may not is refused: a parser that goes
    by names alone would read it, and another one not."""

    CHILDREN: dict[str, frozenset[str]]
    SKIPPED: frozenset[str]  # elements that hold nothing of ours, with all that stands in them
    START: str  # the element within which the rules hold

    def parse(self, xml: bytes) -> None:
        self._open: list[str] = []
        self._skipping = 0
        self._started = 0
        self._text: list[str] = []
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text_seen
        try:
            parser.Parse(xml, True)
        except expat.ExpatError:
            raise Refused("damaged") from None
        if self._started != 1:
            raise Refused("damaged")

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str, text: str) -> None: ...

    def _start(self, full: str, attributes: dict[str, str]) -> None:
        space, _, name = full.rpartition("}")
        if self._skipping:
            self._skipping += 1
            return
        if not self._open:
            if name == self.START:
                self._started += 1
                self._open.append(name)
            return
        parent = self._open[-1]
        if space not in MAIN or name not in self.CHILDREN.get(parent, ()):
            raise Refused("damaged")
        if name in self.SKIPPED:
            self._skipping = 1
            return
        self._open.append(name)
        self._text = []
        self.start(name, attributes)

    def _text_seen(self, text: str) -> None:
        if self._open and not self._skipping:
            self._text.append(text)

    def _end(self, full: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif self._open:
            self.end(self._open.pop(), "".join(self._text))


_RICH = {
    "r": frozenset({"rPr", "t"}),
    "rPh": frozenset({"t"}),
}
_STRING = frozenset({"t", "r", "rPh", "phoneticPr"})


class StringWalk(_Walk):
    CHILDREN = _RICH | {"sst": frozenset({"si", "extLst"}), "si": _STRING}
    SKIPPED = frozenset({"rPr", "rPh", "phoneticPr", "extLst"})
    START = "sst"

    def __init__(self):
        self.texts: list[str] = []
        self._pieces: list[str] = []

    def end(self, name: str, text: str) -> None:
        if name == "t":
            self._pieces.append(text)
        elif name == "si":
            self.texts.append(decoded("".join(self._pieces)))
            self._pieces = []


class SheetWalk(_Walk):
    CHILDREN = _RICH | {
        "sheetData": frozenset({"row"}),
        "row": frozenset({"c", "extLst"}),
        "c": frozenset({"v", "f", "is"}),
        "is": _STRING,
    }
    SKIPPED = frozenset({"rPr", "rPh", "phoneticPr", "extLst"})
    START = "sheetData"

    def __init__(self, strings: Strings):
        self.walked = Walked()
        self.last_row = self.last_column = 0
        self._strings = strings
        self._seen: set[tuple[int, int]] = set()
        self._row = self._column = 0
        self._type = ""
        self._found: dict[str, str] = {}
        self._pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            number = attributes.get("r", str(self._row + 1))
            if not re.fullmatch("[1-9][0-9]{0,8}", number):
                raise Refused("damaged")
            self._row, self._column = int(number), 0
        elif name == "c":
            self._place(attributes.get("r"))
            self._type = attributes.get("t", "n")
            self._found = {}
        elif name in ("v", "f", "is"):
            if name in self._found:
                raise Refused("damaged")  # two values: readers differ on which one counts
            self._found[name] = ""
            self._pieces = []

    def end(self, name: str, text: str) -> None:
        if name == "t":
            self._pieces.append(text)
        elif name in ("v", "f"):
            self._found[name] = text
        elif name == "is":
            self._found[name] = "".join(self._pieces)
        elif name == "c":
            self._cell(self._row, self._column)

    def _place(self, reference: str | None) -> None:
        """Where a cell stands; one that does not say follows the one before."""
        if reference is None:
            self._column += 1
        else:
            match = re.fullmatch(r"([A-Za-z]{1,3})([1-9][0-9]{0,8})", reference)
            if not match or int(match[2]) != self._row:
                raise Refused("damaged")
            self._column = 0
            for letter in match[1].upper():
                self._column = self._column * 26 + ord(letter) - 64
        if (self._row, self._column) in self._seen:
            raise Refused("damaged")
        self._seen.add((self._row, self._column))

    def _cell(self, row: int, column: int) -> None:
        found = self._found
        stored = found.get("v")
        if "f" in found or "is" in found or stored:
            self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
        if "is" in found and (self._type != "inlineStr" or stored is not None):
            raise Refused("damaged")
        if self._type == "e":
            self.walked.marks[row, column] = ("error", stored or "#VALUE!")
        # a formula may have given an empty text, and says so; what stores nothing was never calculated
        elif "f" in found and not (stored or (self._type == "str" and stored is not None)):
            self.walked.marks[row, column] = ("formula", f"={found['f']}")
        elif (value := self._value(found.get("is"), stored)) is not None:
            self.walked.cells[row, column] = value

    def _value(self, inline: str | None, stored: str | None) -> tuple[str, str] | None:
        """A cell's kind and text; None for a blank one."""
        match self._type:
            case "inlineStr":
                if stored is not None:
                    raise Refused("damaged")
                return None if inline is None else ("text", decoded(inline))
            case "str" | "d":
                return None if stored is None else ("text", decoded(stored))
            case "s" if stored is not None:
                if not re.fullmatch("[0-9]{1,7}", stored.strip()) or int(stored) >= self._strings.count:
                    raise Refused("damaged")
                return ("text", self._strings.texts[int(stored)]) if self._strings.texts is not None else ("shared", "")
            case "b" if stored is not None:
                if stored not in ("0", "1", "true", "false"):
                    raise Refused("damaged")
                return "bool", "TRUE" if stored in ("1", "true") else "FALSE"
            case "n" if stored is not None:
                if not _FLOAT.fullmatch(stored) or not math.isfinite(float(stored)):
                    raise Refused("damaged")
                return "number", stored.strip()
            case "n" | "s" | "b":
                return None
        raise Refused("damaged")
