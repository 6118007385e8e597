"""The worksheets' own XML, looked at before it is parsed: how far it reaches, and what a parser may get wrong in it.

Nearly every sheet is written in the few plain forms that a search through it knows at once; of these the parser is
right. Any other is walked through here, cell by cell, and the parser has to come to the same: a cell written twice, a
number in two pieces, an error, a formula never calculated are blank or half a value to it, and it says nothing.
"""

import re
from collections.abc import Mapping
from xml.parsers import expat

from duban.limits import Limits
from duban.reading.faults import Refused
from duban.reading.plain import BLANK, NUMBER, ROW, Rows, Values, take_rows, take_strings
from duban.reading.remembered import remembered
from duban.reading.walk import MAIN, SheetWalk, Strings, StringWalk, Walked

# Rows and cells that say where they are and not far away, each cell of its own row, and plain values in them.
_TEXT = rb'<t(?: xml:space="preserve")?+>[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+</t>'
_PLAIN = re.compile(
    rb"(?:" + ROW + rb"(?: ?/>|>(?:"
    rb'<c r="[A-Z]{1,2}\1"(?: s="[0-9]++")?+(?:' + BLANK + rb'|(?: t="n")?+><v>' + NUMBER + rb"</v></c>"
    rb'| t="s"><v>[0-9]{1,7}</v></c>'
    rb'| t="inlineStr"><is>' + _TEXT + rb"</is></c>"
    rb'| t="b"><v>[01]</v></c>'
    rb"))*+</row>))*+"
)
_PLAIN_STRINGS = re.compile(rb"(?:<si>" + _TEXT + rb"</si>|<si><t ?/></si>)*+")
_VOCABULARY = rb"[^<>]* xmlns=\"(?:" + b"|".join(re.escape(name.encode()) for name in MAIN) + rb")\"[^<>]*>"
_BEFORE_STRINGS = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml [^<>]*\?>)?\s*<sst" + _VOCABULARY + rb"\s*")
_PLACES = re.compile(rb'<c r="([A-Z]+[0-9]+)"')
_ROOT = re.compile(rb"<worksheet" + _VOCABULARY)
_RANGE = re.compile(rb'<(?:dimension|mergeCell) ref="[A-Z]{1,3}[1-9][0-9]{0,6}(?::[A-Z]{1,3}[1-9][0-9]{0,6})?" ?/>')
_UTF_8 = b'<?xml version="1.0" encoding="UTF-8"'
# no tag, no end of anything, and of what stands for a character only what every parser knows
_FOOTER = re.compile(rb"<oddFooter>((?:[^<>&\]\x00-\x1f]|&(?:amp|lt|gt|quot|apos);)*+)</oddFooter>")
_ROW = len("<row>")
_VALUE = len("<v>")
_LAST_COLUMN = 702  # ZZ; plain sheets go no further


def read_strings(xml: bytes) -> Strings:
    """The shared strings of a workbook ('' for none); raises Refused for what is none."""
    count = xml.count(b"<si>")
    if not (count or b"<si" in xml or b":si" in xml):
        check_well_formed(xml)
        return Strings(0, taken={})
    start, end = xml.find(b"<si>"), xml.rfind(b"</si>") + len("</si>")
    alone = xml.count(b"si>") == 2 * count and _BEFORE_STRINGS.fullmatch(xml, 0, max(start, 0))
    if alone and xml[end:].strip() == b"</sst>":
        taken = take_strings(xml[start:end], count)
        if taken is not None or _PLAIN_STRINGS.fullmatch(xml, start, end):
            _check_text(xml[:start] + xml[end:], b"" if taken is not None else xml[start:end])
            return Strings(count, taken=taken)
    walk = StringWalk()
    walk.parse(xml)
    return Strings(len(walk.texts), walk.texts)


def take(xml: bytes, read: Mapping[bytes, Values], limits: Limits) -> Rows | None:
    """A worksheet's cells where it is written so plainly that they can be taken as they stand, else None. Raises
    Refused as `measure` does."""
    _check_size(xml, limits)
    if (found := _data(xml)) is None or (rows := take_rows(xml[slice(*found)], read)) is None:
        return None
    if (around := _around(xml, *found)) is None:
        return None
    # the parser reads these too, and refuses the file for an odd one
    ranges = around.count(b"dimension") + around.count(b"mergeCell") - around.count(b"mergeCells")
    if len(_RANGE.findall(around)) < ranges:
        return None
    return rows if max(rows, default=0) * _LAST_COLUMN <= limits.rectangle else None


def measure(xml: bytes, strings: Strings, limits: Limits) -> Walked | None:
    """Look a worksheet over; None where the parser reads it rightly. Raises Refused when it reaches
    too far, or gainsays itself."""
    _check_size(xml, limits)
    if strings.texts is None and _plain(xml):
        return None
    walk = SheetWalk(strings)
    walk.parse(xml)
    if walk.last_row > limits.last_row:
        raise Refused("too_large", f"内容到第 {walk.last_row:,} 行", limit=f"{limits.last_row:,} 行")
    if walk.last_column > limits.last_column:
        raise Refused("too_large", f"内容到第 {walk.last_column:,} 列", limit=f"{limits.last_column:,} 列")
    if walk.last_row * walk.last_column > limits.rectangle:
        spread = f"内容散布在 {walk.last_row:,} 行 × {walk.last_column:,} 列"
        raise Refused("too_large", spread, limit=f"{limits.rectangle:,} 个单元格")
    return walk.walked


def _check_size(xml: bytes, limits: Limits) -> None:
    if len(xml) > limits.last_row * _ROW:
        rows = xml.count(b"row ") + xml.count(b"<row>")
        if rows > limits.last_row:
            raise Refused("too_large", f"{rows:,} 行", limit=f"{limits.last_row:,} 行")
    if len(xml) > limits.cells * _VALUE:
        filled = xml.count(b"<v>") + xml.count(b"<is>")
        if filled > limits.cells:
            raise Refused("too_large", f"{filled:,} 个单元格", limit=f"{limits.cells:,} 个单元格")


def _data(xml: bytes) -> tuple[int, int] | None:
    """Where a sheet's rows stand, if that can be told without parsing it."""
    start, end = xml.find(b"<sheetData>") + len("<sheetData>"), xml.rfind(b"</sheetData>")
    if start < len("<sheetData>"):
        start = end = xml.find(b"<sheetData/>")  # an empty sheet
    return (start, end) if 0 <= start <= end and _ROOT.search(xml, 0, start) else None


def _plain(xml: bytes) -> bool:
    """Whether a sheet is written plainly; a string that is not there the parser itself refuses."""
    if (found := _data(xml)) is None or not _PLAIN.fullmatch(xml, *found):
        return False
    places = _PLACES.findall(xml, *found)
    return len(set(places)) == len(places) and _around(xml, *found) is not None


def _around(xml: bytes, start: int, end: int) -> bytes | None:
    """What stands around a sheet's plain rows; None where those may not be all of them."""
    around = xml[:start] + xml[end:]
    if around.count(b"sheetData") > 2 or b"<!" in around:
        return None
    _check_text(around, xml[start:end])
    return around


def _check_text(around: bytes, plain: bytes) -> None:
    """What stands around a plain part has to be well formed, and all of it text."""
    check_well_formed(around)
    try:
        plain.isascii() or plain.decode()
    except UnicodeDecodeError:
        raise Refused("damaged") from None


def check_well_formed(xml: bytes) -> None:
    """The parser reads on, or stops, where tags do not close, and says nothing."""
    if xml:
        _parse(_without_footer(xml))


def _without_footer(xml: bytes) -> bytes:
    """A part without the text of its footer, where that can be nothing but text: it names the reporter, and all else is
    the same in many files."""
    if not xml.startswith(_UTF_8) or not (footer := _FOOTER.search(xml)):
        return xml
    try:
        text = footer[1].decode()
    except UnicodeDecodeError:
        return xml
    return xml if "\ufffe" in text or "\uffff" in text else xml[: footer.start(1)] + xml[footer.end(1) :]


@remembered
def _parse(xml: bytes) -> None:
    try:
        expat.ParserCreate().Parse(xml, True)
    except expat.ExpatError:
        raise Refused("damaged") from None
