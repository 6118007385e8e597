"""What the cells of a workbook say, read by the letter of ECMA-376 and by nothing of duban: zipfile and lxml alone."""

import io
import math
import posixpath
import re
import zipfile
from urllib.parse import unquote

from lxml import etree

Cells = dict[tuple[str, int, int], tuple[str, str]]  # sheet, row, column -> kind, text

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_LENIENT = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
_MAIN = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
}


class Unclear(Exception):
    """Nobody can say what this file says: it is broken, or says two things."""


def cells_of(data: bytes) -> Cells:
    """Every cell with content of every worksheet: text, number, bool, error or formula (without a stored value)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if len(set(package.namelist())) < len(package.namelist()):
                raise Unclear("a part twice")
            parts = {unquote(name).lower(): package.read(name) for name in package.namelist()}
        return _cells(parts)
    except Unclear:
        raise
    except Exception as error:  # of zipfile and lxml, whatever it is
        raise Unclear(repr(error)) from None


def _cells(parts: dict[str, bytes]) -> Cells:
    [book] = [target for kind, target in _relations(parts, "").values() if kind == "officeDocument"]
    relations = _relations(parts, book)
    strings: list[str] = []
    for kind, target in relations.values():
        if kind == "sharedStrings":
            strings = [_text(si) for si in _xml(parts[target]).iterfind("{*}si")]
    found: Cells = {}
    names = set()
    for sheet in _xml(parts[book]).iterfind("{*}sheets/{*}sheet"):
        name = sheet.get("name")
        [relation] = [value for key, value in sheet.attrib.items() if key.endswith("}id")]
        kind, target = relations[relation]
        if name in names:
            raise Unclear("two sheets of one name")
        names.add(name)
        if kind == "worksheet":
            found |= {(name, *place): cell for place, cell in _sheet(_xml(parts[target]), strings).items()}
    return found


def _relations(parts: dict[str, bytes], of: str) -> dict[str, tuple[str, str]]:
    folder, file = posixpath.split(of)
    found = {}
    for element in _xml(parts[f"{folder}/_rels/{file}.rels".lstrip("/")]):
        target = posixpath.normpath(posixpath.join("/", folder, unquote(element.get("Target", "")))).lstrip("/").lower()
        if element.get("Id") in found:
            raise Unclear("two parts of one id")
        found[element.get("Id")] = element.get("Type", "").rpartition("/")[2], target
    return found


def _xml(text: bytes) -> etree._Element:
    try:
        root = etree.fromstring(text, _PARSER)
    except etree.XMLSyntaxError as error:
        if "is not a valid URI" not in str(error):
            raise
        root = etree.fromstring(text, _LENIENT)  # a vocabulary may have any name
    if root.getroottree().docinfo.doctype:
        raise Unclear("a document type")
    return root


def _sheet(root: etree._Element, strings: list[str]) -> dict[tuple[int, int], tuple[str, str]]:
    tables = root.findall("{*}sheetData")
    if len(tables) != 1:
        raise Unclear("not one table of cells")
    found, seen, row = {}, set(), 0
    for line in _children(tables[0], "row"):
        row, column = int(line.get("r") or row + 1), 0
        for cell in _children(line, "c"):
            column += 1
            if reference := cell.get("r"):
                letters, number = re.fullmatch("([A-Za-z]+)([0-9]+)", reference).groups()
                if int(number) != row:
                    raise Unclear("a cell of another row")
                column = 0
                for letter in letters.upper():
                    column = column * 26 + ord(letter) - 64
            if (row, column) in seen:
                raise Unclear("a cell twice")
            seen.add((row, column))
            if said := _said(cell, strings):
                found[row, column] = said
    return found


def _children(element: etree._Element, wanted: str) -> list[etree._Element]:
    found = []
    for child in element.iterchildren(tag=etree.Element):
        name = etree.QName(child)
        if name.namespace in _MAIN and name.localname == "extLst":
            continue  # what programs of later years add
        if name.namespace not in _MAIN or name.localname != wanted:
            raise Unclear(f"{name.localname} where {wanted} should be")
        found.append(child)
    return found


def _said(cell: etree._Element, strings: list[str]) -> tuple[str, str] | None:
    values, formulas, inlines = (cell.findall(f"{{*}}{name}") for name in ("v", "f", "is"))
    if max(map(len, (values, formulas, inlines))) > 1 or (values and inlines):
        raise Unclear("a cell with two values")
    if len(cell.xpath("./*")) > len(values) + len(formulas) + len(inlines):
        raise Unclear("something else in a cell")
    if any(len(one.xpath("./*")) for one in values + formulas):
        raise Unclear("something in a value")
    kind = cell.get("t", "n")
    value = "".join(values[0].xpath("text()")) if values else None
    if kind == "e":
        return "error", value or "#VALUE!"
    if formulas and not value and not (kind == "str" and value is not None):
        return "formula", "=" + "".join(formulas[0].xpath("text()"))
    if kind == "inlineStr":
        if values:
            raise Unclear("a value in a cell of inline text")
        return _told("text", _text(inlines[0])) if inlines else None
    if inlines:
        raise Unclear("inline text in another cell")
    if value is None:
        return None
    match kind:
        case "s":
            if not re.fullmatch(r"\s*[0-9]+\s*", value, re.ASCII):
                raise Unclear("no number of a string")
            return _told("text", strings[int(value)])
        case "str" | "d":
            return _told("text", _unescaped(value))
        case "b":
            return "bool", {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}[value]
        case "n":
            if not math.isfinite(float(value)) or "_" in value:
                raise Unclear("no number")
            return "number", value.strip()
    raise Unclear("an unknown kind of cell")


def _text(element: etree._Element) -> str:
    """The text of a string: of its own, or of its runs; not of what tells how it is pronounced."""
    pieces = element.xpath("*[local-name()='t']/text() | *[local-name()='r']/*[local-name()='t']/text()")
    known = {"t", "r", "rPh", "phoneticPr"}
    if {etree.QName(child).localname for child in element.iterchildren(tag=etree.Element)} - known:
        raise Unclear("something else in a string")
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def _told(kind: str, text: str) -> tuple[str, str] | None:
    return (kind, text) if text.strip() else None
