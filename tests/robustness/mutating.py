"""Mutants and half copies of good workbooks: of their bytes, of their packages, of their XML."""

# ruff: noqa: E501 - a change a line reads best

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable

Parts = list[tuple[str, bytes]]


def mutant(rng: random.Random, data: bytes, other: bytes) -> tuple[str, bytes]:
    """One mutant, and how it was made."""
    change = rng.choice(OF_BYTES + 3 * OF_PACKAGES + 4 * OF_XML)
    if change in OF_BYTES:
        return change.__name__, change(rng, data, other)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    if change in OF_PACKAGES:
        return change.__name__, change(rng, parts)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = [n for n, (name, _) in enumerate(parts) if re.search(_LIKELY[rng.random() < 0.6], name)]
        place = rng.choice(places)
        parts[place] = parts[place][0], change(rng, parts[place][1])
    return change.__name__, _packed(parts)


_LIKELY = {True: r"worksheets/sheet[2-4]", False: r"worksheets/|sharedStrings|styles|workbook\.xml|rels$"}


def _packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as package:
        for name, text in parts:
            package.writestr(name, text)
    return out.getvalue()


# ---- of bytes


def half_copied(rng, data, other):
    return data[: rng.randrange(len(data))]


def zero_tailed(rng, data, other):
    kept = rng.randrange(len(data)) if rng.random() < 0.8 else len(data)
    return data[:kept].ljust(len(data) + rng.choice((0, 0, 512)), b"\0")


def bits_flipped(rng, data, other):
    bent = bytearray(data)
    # half of them where the directory is: elsewhere the checksums find them
    low = len(data) - 2000 if rng.random() < 0.5 else 0
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        bent[rng.randrange(max(low, 0), len(bent))] ^= 1 << rng.randrange(8)
    return bytes(bent)


def spliced(rng, data, other):
    at = rng.randrange(len(data))
    return data[:at] + other[rng.choice((at, rng.randrange(len(other)))) :]


def block_lost(rng, data, other):
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 512, 4096)) :]


def block_doubled(rng, data, other):
    at, size = rng.randrange(len(data)), rng.choice((1, 512, 4096))
    return data[: at + size] + data[at:]


def one_after_the_other(rng, data, other):
    return data + other


# ---- of packages


def part_lost(rng, parts):
    parts = list(parts)
    del parts[rng.randrange(len(parts))]
    return _packed(parts)


def part_twice(rng, parts):
    name, text = rng.choice(parts)
    changed = re.sub(rb"<v>(\d)", rb"<v>9\1", text)
    spelled = rng.choice((name, name.upper(), name.replace("l", "%6c"), "./" + name, name.replace("/", "\\")))
    return _packed(sorted([*parts, (spelled, changed)], key=lambda _: rng.random()))


def parts_swapped(rng, parts):
    a, b = rng.sample(range(len(parts)), 2)
    parts = list(parts)
    parts[a], parts[b] = (parts[a][0], parts[b][1]), (parts[b][0], parts[a][1])
    return _packed(parts)


def part_renamed(rng, parts):
    at = rng.randrange(len(parts))
    name, text = parts[at]
    parts = list(parts)
    parts[at] = rng.choice((name.upper(), name.replace("/", "\\"), name[:-1], "/" + name, name + "x")), text
    return _packed(parts)


def header_bent(rng, parts):
    data = bytearray(_packed(parts, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))))
    signature, fields = rng.choice(((b"PK\3\4", range(4, 34)), (b"PK\1\2", range(4, 50)), (b"PK\5\6", range(4, 22))))
    places = [match.start() for match in re.finditer(re.escape(signature), data)]
    data[min(rng.choice(places) + rng.choice(fields), len(data) - 1)] = rng.randrange(256)
    return bytes(data)


def bytes_changed_under_a_true_checksum(rng, parts):
    at = rng.randrange(len(parts))
    name, text = parts[at]
    bent = bytearray(text)
    for _ in range(rng.choice((1, 2, 5))):
        bent[rng.randrange(len(bent))] = rng.randrange(256)
    parts = list(parts)
    parts[at] = name, bytes(bent)
    return _packed(parts)


def sizes_told_later(rng, parts):
    """As streaming writers do: nothing before a part says how long it is."""
    data = bytearray(_packed(parts))
    for match in list(re.finditer(b"PK\3\4", data)):
        if data[match.start() + 6 : match.start() + 8] == b"\0\0" and rng.random() < 0.5:
            struct.pack_into("<H", data, match.start() + 6, 8)
    return bytes(data)


# ---- of XML


def _at_one(pattern: bytes, new: Callable[[random.Random, re.Match], bytes]):
    """A change of one of the places that match."""

    def change(rng, text):
        found = list(re.finditer(pattern, text))
        if not found:
            return text
        match = rng.choice(found)
        return text[: match.start()] + new(rng, match) + text[match.end() :]

    return change


_CELL = rb"<c [^>]*?(?:/>|>.*?</c>)"
_ROW = rb"<row [^>]*?(?:/>|>.*?</row>)"


def _xml(name: str, pattern: bytes, new: Callable[[random.Random, re.Match], bytes]):
    change = _at_one(pattern, new)
    change.__name__ = name
    return change


def _digits(rng: random.Random) -> bytes:
    return b"%d" % rng.choice((0, 1, 7, 10**3, 10**6, 10**15, 45107))


def _spoilt(rng: random.Random, match: re.Match) -> bytes:
    text = match[1]
    return b"<v>" + rng.choice(
        (b"", b" %s " % text, b"1<!-- -->" + text, b"<![CDATA[%s]]>" % text, b"&#49;" + text, text + b"&#50;", b"-" + text,
         text + b".5", text + b"e2", text + b"e999", b"0x" + text, b"nan", text + b",0", b"<x/>" + text, b"+" + text)
    ) + b"</v>"  # fmt: skip


def words_moved(rng, text):
    """A run of bytes taken from one place to another."""
    if len(text) < 200:
        return text
    size = rng.choice((1, 5, 30, 100))
    at, to = rng.randrange(len(text) - size), rng.randrange(len(text) - size)
    rest = text[:at] + text[at + size :]
    return rest[:to] + text[at : at + size] + rest[to:]


def rows_shuffled(rng, text):
    found = list(re.finditer(_ROW, text, re.S))
    if len(found) < 2:
        return text
    a, b = sorted(rng.sample(found, 2), key=lambda match: match.start())
    return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]


def all_prefixed(rng, text):
    if b"sheetData" not in text or b"<x:" in text:
        return text
    return re.sub(rb"<(/?)(\w+)(?=[\s/>])", rb"<\1x:\2", text).replace(b'xmlns="', b'xmlns:x="', 1)


def references_gone(rng, text):
    return re.sub(rb' r="[A-Z]*[0-9]+"', lambda match: b"" if rng.random() < 0.3 else match[0], text)


OF_BYTES = [half_copied, zero_tailed, bits_flipped, spliced, block_lost, block_doubled, one_after_the_other]
OF_PACKAGES = [
    part_lost,
    part_twice,
    parts_swapped,
    part_renamed,
    header_bent,
    bytes_changed_under_a_true_checksum,
    sizes_told_later,
]
OF_XML = [
    _xml("value_replaced", rb"<v>([^<]*)</v>", lambda rng, match: b"<v>" + _digits(rng) + b"</v>"),
    _xml("value_spoilt", rb"<v>([^<]*)</v>", _spoilt),
    _xml("value_gone", rb"<v>[^<]*</v>", lambda rng, match: rng.choice((b"", b"<v/>", b"<v></v>"))),
    _xml("value_twice", rb"<v>([^<]*)</v>", lambda rng, match: match[0] + b"<v>" + _digits(rng) + b"</v>"),
    _xml("formula_put", rb"<v>", lambda rng, match: b"<f>1+1</f>" + rng.choice((b"<v>", b"</c><c><v>"))),
    _xml("formula_alone", rb"<v>[^<]*</v>", lambda rng, match: b"<f>1+1</f>"),
    _xml("kind_changed", rb' t="\w+"', lambda rng, match: rng.choice(
        (b"", *(b' t="%s"' % kind for kind in (b"s", b"n", b"b", b"e", b"str", b"inlineStr", b"d", b"z"))))),
    _xml("kind_given", rb'(<c r="\w+")( s="\d+")?>', lambda rng, match: match[0][:-1] + b' t="%s">' % rng.choice((b"s", b"b", b"e", b"str", b"d"))),
    _xml("style_changed", rb' s="\d+"', lambda rng, match: b' s="%d"' % rng.randrange(30)),
    _xml("cell_moved", rb'<c r="[A-Z]+\d+"', lambda rng, match: b'<c r="%c%d"' % (rng.randrange(65, 75), rng.randrange(1, 30))),
    _xml("cell_twice", _CELL, lambda rng, match: match[0] + re.sub(rb"<v>", b"<v>9", match[0])),
    _xml("cell_gone", _CELL, lambda rng, match: b""),
    _xml("cell_wrapped", _CELL, lambda rng, match: rng.choice((b"<!--%s-->", b"<x>%s</x>", b"<extLst>%s</extLst>", b"<c>%s</c>")) % match[0]),
    _xml("row_renumbered", rb'<row r="\d+"', lambda rng, match: b'<row r="%d"' % rng.randrange(1, 40)),
    _xml("row_twice", _ROW, lambda rng, match: match[0] + match[0]),
    _xml("row_gone", _ROW, lambda rng, match: b""),
    _xml("table_twice", rb"</sheetData>", lambda rng, match: b'</sheetData><sheetData><row r="1"><c r="A1"><v>5</v></c></row></sheetData>'),
    _xml("dimension_lies", rb"<dimension[^>]*>", lambda rng, match: rng.choice((b"", b'<dimension ref="A1"/>', b'<dimension ref="C7:D9"/>', b'<dimension ref="A1:XFD1048576"/>'))),
    _xml("tag_bent", rb"</?(\w+)", lambda rng, match: match[0][:-1] + b"%c" % rng.randrange(97, 123)),
    _xml("attribute_bent", rb' (\w+)="([^"]*)"', lambda rng, match: b' %s="%s"' % (match[1], rng.choice((b"", match[2] * 2, match[2][::-1], b"1", b"rId2")))),
    _xml("attribute_gone", rb' \w+="[^"]*"', lambda rng, match: b""),
    _xml("string_gone", rb"<si>.*?</si>", lambda rng, match: rng.choice((b"", b"<si/>", b"<sj/>"))),
    _xml("string_enriched", rb"<t(?: [^>]*)?>([^<]+)</t>", lambda rng, match: b"<r><t>%s</t></r><r><t>+</t></r>" % match[1]),
    _xml("text_escaped", rb"<t(?: [^>]*)?>([^<]+)</t>", lambda rng, match: rng.choice(
        (b"<t><![CDATA[%s]]></t>", b"<t>&#49;%s</t>", b"<t> %s </t>", b'<t xml:space="preserve"> %s\n</t>', b"<t>_x0031_%s</t>", b"<t>%s</t><t>5</t>")) % match[1]),
    _xml("epoch_changed", rb"<workbookPr ?/?>", lambda rng, match: b'<workbookPr date1904="1"/>'),
    words_moved,
    rows_shuffled,
    all_prefixed,
    references_gone,
]  # fmt: skip
