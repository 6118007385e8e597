"""A workbook's parts, as its own relationships name them, and the package that a parser is given in its place.

Readers disagree about packages: which of two directories counts, whether part names differ by case, whether the shared
strings are found by name or by relationship. So nothing but what was looked at here reaches the parser: a package of
our own, made of the parts that the workbook itself points at, under plain names.
"""

import posixpath
import re
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree

from duban.reading.faults import Refused
from duban.reading.remembered import remembered

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
# as they are written in an attribute; xml.sax.saxutils imports all of the network for it
_ESCAPED = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)
_DEVICE = re.compile(r"[\x00-\x1f\x7f\\:]")


@dataclass(frozen=True)
class Part:
    """A worksheet: its name, the id of its relationship, its XML."""

    name: str
    relation: str
    xml: bytes


@dataclass(frozen=True)
class Package:
    """The parts that hold a workbook's cells, as they stand. `others` are the ids and types of sheets
    without cells, such as charts; `strings` and `styles` are empty where the workbook has none; `days_from_1904` where
    its dates count from there."""

    workbook: bytes
    sheets: tuple[Part, ...]
    others: tuple[tuple[str, str], ...]
    strings: bytes
    styles: bytes
    days_from_1904: bool


@dataclass(frozen=True)
class _Relation:
    kind: str
    target: str


def check_names(names: Iterable[str]) -> None:
    """Refuse names that lead out of a package, or that two readers may take for two parts or for one."""
    known = set()
    for name in names:
        plain = unquote(name).lower()
        steps = plain.removesuffix("/").split("/")
        if _DEVICE.search(plain) or plain in known or any(step in ("", ".", "..") for step in steps):
            raise Refused("damaged")
        known.add(plain)


def open_package(parts: Mapping[str, bytes]) -> Package:
    """Find the parts of a workbook among all parts of XML, by the relationships alone; raises Refused where one is
    missing, named twice or not well formed."""
    named = {unquote(name).lower(): text for name, text in parts.items()}
    roots = [r for r in _relations(named, "").values() if r.kind == "officeDocument"]
    if len(roots) != 1:
        raise Refused("damaged")
    place = roots[0].target
    workbook = _part(named, place)
    listed, days_from_1904 = _told(workbook)
    relations = _relations(named, place)
    sheets, others, seen = [], [], set()
    for name, relation in listed:
        if not name or relation not in relations:
            raise Refused("damaged")
        kind, target = relations[relation].kind, relations[relation].target
        if {name.lower(), target} & seen:
            raise Refused("damaged")  # two sheets of one name, or one part shown twice: readers pick one of them
        seen |= {name.lower(), target}
        if kind == "worksheet":
            sheets.append(Part(name, relation, _part(named, target)))
        else:
            others.append((relation, kind))
    if styles := _only(named, relations, "styles"):
        _check_styles(styles)
    return Package(
        workbook=workbook,
        sheets=tuple(sheets),
        others=tuple(others),
        strings=_only(named, relations, "sharedStrings"),
        styles=styles,
        days_from_1904=days_from_1904,
    )


def plain_package(package: Package) -> bytes:
    """The same workbook as a package of our own: nothing in it but what was looked at, unpacked, under plain names."""
    tables = {"sharedStrings": package.strings, "styles": package.styles}
    kinds = {sheet.relation: ("worksheet", f"worksheets/{n}.xml") for n, sheet in enumerate(package.sheets)}
    kinds |= {relation: (kind, f"others/{n}.xml") for n, (relation, kind) in enumerate(package.others)}
    kinds |= {f".{kind}": (kind, f"{kind}.xml") for kind, text in tables.items() if text}
    parts = {
        "_rels/.rels": _listed({"workbook": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": package.workbook,
        "xl/_rels/workbook.xml.rels": _listed(kinds),
        **{f"xl/worksheets/{n}.xml": sheet.xml for n, sheet in enumerate(package.sheets)},
        **{f"xl/{kind}.xml": text for kind, text in tables.items() if text},
    }
    return _stored(parts)


def _listed(relations: Mapping[str, tuple[str, str]]) -> bytes:
    """The XML of relationships: id -> type, target."""
    listed = "".join(
        f'<Relationship Id="{_escaped(id)}" Type="{_OFFICE}/{_escaped(kind)}" Target="{_escaped(target)}"/>'
        for id, (kind, target) in relations.items()
    )
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{listed}</Relationships>'.encode()


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _stored(parts: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of parts that are not packed. zipfile would take longer over it than the parser does."""
    out, directory, start = [], [], 0
    for name, text in parts.items():
        words = (20, 0, 0, 0, 0x21, zlib.crc32(text), len(text), len(text), len(name), 0)
        local = struct.pack("<4s5H3L2H", b"PK\3\4", *words) + name.encode()
        directory.append(struct.pack("<4sH5H3L2H3H2L", b"PK\1\2", 20, *words, 0, 0, 0, 0, start) + name.encode())
        out += (local, text)
        start += len(local) + len(text)
    size = sum(map(len, directory))
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(parts), len(parts), size, start, 0)
    return b"".join([*out, *directory, end])


def _relations(named: Mapping[str, bytes], place: str) -> Mapping[str, _Relation]:
    """The relationships of a part ('' is the package) by id, their targets in lower case."""
    folder, file = posixpath.split(place)
    return _pointed(_part(named, posixpath.join(folder, "_rels", f"{file}.rels")), folder)


@remembered
def _pointed(xml: bytes, folder: str) -> Mapping[str, _Relation]:
    found: dict[str, _Relation] = {}
    for element in _root(xml, "Relationships"):
        target = unquote(element.get("Target", ""))
        id = element.get("Id", "")
        if id in found:
            raise Refused("damaged")
        if element.get("TargetMode", "Internal") == "External":
            found[id] = _Relation("external", f"external:{id}")
            continue
        # a target is told from the folder of its part, or from the root; .. may not lead out of the package
        plain = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/").lower()
        found[id] = _Relation(element.get("Type", "").rpartition("/")[2], plain)
    return found


@remembered
def _told(workbook: bytes) -> tuple[Sequence[tuple[str, str]], bool]:
    """The names of a workbook's sheets with the ids of their relationships, and whether days count from 1904."""
    root = _root(workbook, "workbook")
    listed = [
        (element.get("name", ""), next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "id"), ""))
        for element in root.findall("{*}sheets/{*}sheet")
    ]
    settings = root.find("{*}workbookPr")
    return listed, settings is not None and settings.get("date1904", "0") not in ("0", "false")


@remembered
def _check_styles(xml: bytes) -> None:
    _root(xml, "styleSheet")


def _only(named: Mapping[str, bytes], relations: Mapping[str, _Relation], kind: str) -> bytes:
    targets = [relation.target for relation in relations.values() if relation.kind == kind]
    if len(targets) > 1:
        raise Refused("damaged")
    return _part(named, targets[0]) if targets else b""


def _part(named: Mapping[str, bytes], place: str) -> bytes:
    if place not in named:
        raise Refused("damaged")
    return named[place]


def _root(xml: bytes, name: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        raise Refused("damaged") from None
    if root.tag.rpartition("}")[2] != name:
        raise Refused("damaged")
    return root
