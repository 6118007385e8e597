"""Whatever stands in a workbook's XML is read as it stands, or the file is refused: never as a blank, a 0 or half."""

import re
import struct
import zipfile

import pytest
from packed import MAIN, SHEET, TO_SHEET, TO_TABLES, packed, parts_of, relations, sheet_of

from duban.reading.cells import read_book
from duban.reading.faults import Refused


def cells(data):
    """Sheet -> address -> kind and text; or the rule by which the file is refused."""
    try:
        book = read_book(data)
    except Refused as refused:
        return refused.fault.rule
    return {
        page.name: {
            f"{chr(64 + column)}{row}": cell for row, found in page.rows.items() for column, cell in found.items()
        }
        for page in book.pages
    }


def row(*inner, r="1"):
    return f'<row r="{r}">{"".join(inner)}</row>'


def c(address, inner="<v>1</v>", **attributes):
    told = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<c r="{address}"{told}>{inner}</c>'


ONE = {"A1": ("number", "1")}
READ = {
    "shared, inline and plain values": (
        row(c("A1", "<v>1</v>", t="s"), c("B1", "<is><t>ab</t></is>", t="inlineStr"), c("C1", "<v>0.35</v>")),
        {"A1": ("text", "s1"), "B1": ("text", "ab"), "C1": ("number", "0.35")},
    ),
    "rich text, without what only tells how to pronounce it": (
        row(
            c(
                "A1",
                '<is><r><rPr><b/></rPr><t>a</t></r><r><t xml:space="preserve"> b</t></r><rPh><t>P</t></rPh></is>',
                t="inlineStr",
            )
        ),
        {"A1": ("text", "a b")},
    ),
    "booleans": (
        row(c("A1", t="b"), c("B1", "<v>false</v>", t="b")),
        {"A1": ("bool", "TRUE"), "B1": ("bool", "FALSE")},
    ),
    "errors": (
        row(c("A1", "<v>#REF!</v>", t="e"), c("B1", "<f>1/0</f><v>#DIV/0!</v>", t="e")),
        {"A1": ("error", "#REF!"), "B1": ("error", "#DIV/0!")},
    ),
    "an error without its text": (row(c("A1", "", t="e")), {"A1": ("error", "#VALUE!")}),
    "formulas never calculated": (
        row(c("A1", "<f>1+1</f>"), c("B1", "<f>X1</f><v></v>", t="s"), c("C1", "<f>T(1)</f>", t="str")),
        {"A1": ("formula", "=1+1"), "B1": ("formula", "=X1"), "C1": ("formula", "=T(1)")},
    ),
    "formulas by what they stored": (
        row(
            c("A1", "<f>1+1</f><v>2</v>"), c("B1", "<f>T(1)</f><v>x</v>", t="str"), c("C1", '<f>""</f><v></v>', t="str")
        ),
        {"A1": ("number", "2"), "B1": ("text", "x")},
    ),
    "a shared formula": (
        row(c("A1", '<f t="shared" ref="A1:B1" si="0">X1</f><v>1</v>'), c("B1", '<f t="shared" si="0"/><v>2</v>')),
        {"A1": ("number", "1"), "B1": ("number", "2")},
    ),
    "days by their style, with numbers beside them": (
        row(c("A1", "<v>45107</v>", s=1), c("B1", "<v>45107</v>")),
        {"A1": ("date", "2023-06-30"), "B1": ("number", "45107")},
    ),
    "days as text": (row(c("A1", "<v>2023-06-30</v>", t="d")), {"A1": ("date", "2023-06-30")}),
    "entities and characters that XML cannot hold": (
        row(c("A1", '<is><t xml:space="preserve">a&amp;b&#10;&lt;c_x0009_d</t></is>', t="inlineStr")),
        {"A1": ("text", "a&b\n<c\td")},
    ),
    "rows and cells out of order": (
        row(c("C3", "<v>33</v>"), c("A3", "<v>31</v>"), r=3) + row(c("A1")),
        {"A1": ("number", "1"), "A3": ("number", "31"), "C3": ("number", "33")},
    ),
    "a row in two pieces": (row(c("A1")) + row(c("B1", "<v>2</v>")), {"A1": ("number", "1"), "B1": ("number", "2")}),
    "rows and cells that do not say where they are": (
        '<row r="3"><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>',
        {"A3": ("number", "1"), "B3": ("number", "2"), "A4": ("number", "3")},
    ),
    "a sheet that does not begin at A1": (row(c("C5"), r=5), {"C5": ("number", "1")}),
    "cells of style alone": (row(c("A1"), '<c r="B1" s="1"/>', '<c r="C1" t="s" />'), ONE),
}


@pytest.mark.parametrize("case", READ)
def test_what_stands_in_a_sheet_is_read_as_it_stands(case):
    rows, expected = READ[case]
    assert cells(packed(parts_of(rows))) == {"A": expected}


REFUSED = {
    "a cell written twice": row(c("A1"), c("A1", "<v>2</v>")),
    "a cell written twice, far apart": row(c("A1")) + row(c("A2"), r=2) + row(c("A1", "<v>2</v>")),
    "a cell of another row": row(c("A5")) + row(c("A2"), r=2),
    "a cell with two values": row(c("A1", "<v>1</v><v>2</v>")),
    "a cell with a value and a text": row(c("A1", "<is><t>a</t></is><v>5</v>", t="inlineStr")),
    "a text in a cell of numbers": row(c("A1", "<is><t>a</t></is>")),
    "a value in a cell of inline text": row(c("A1", "<v>5</v>", t="inlineStr")),
    "a number in two pieces": row(c("A1", "<v>1<!-- -->2</v>")),
    "a number partly by entity": row(c("A1", "<v>1&#50;</v>")),
    "a number as character data": row(c("A1", "<v><![CDATA[12]]></v>")),
    "a number with something in it": row(c("A1", "<v>1<x/></v>")),
    "a number that is none": row(c("A1", "<v>12abc</v>")),
    "a number with a comma": row(c("A1", "<v>1,5</v>")),
    "no number": row(c("A1", "<v>nan</v>")),
    "a number without end": row(c("A1", "<v>1e999</v>")),
    "a string that is not there": row(c("A1", "<v>9</v>", t="s")),
    "a string before the first": row(c("A1", "<v>-1</v>", t="s")),
    "a string by no number": row(c("A1", "<v>x</v>", t="s")),
    "a string by nothing": row(c("A1", "<v></v>", t="s")),
    "a truth that is none": row(c("A1", "<v>2</v>", t="b")),
    "an unknown type": row(c("A1", t="zz")),
    "an address of dollars": row(c("$B$1")),
    "an address of two cells": row(c("A1:B1")),
    "row 0": '<row r="0"><c r="A0"><v>1</v></c></row>',
    "a row of no number": '<row r="x"><c><v>1</v></c></row>',
    "a cell outside of rows": c("A1"),
    "a cell within a cell": row(c("A1", "<v>1</v>" + c("B1"))),
    "a cell of another vocabulary": row('<y:c xmlns:y="urn:y" r="A1"><y:v>1</y:v></y:c>'),
    "a choice of cells": row(
        '<m:AlternateContent xmlns:m="urn:m"><m:Choice>' + c("A1") + "</m:Choice></m:AlternateContent>"
    ),
    "tags that do not close": row(c("A1", "<v>1</w>")),
    "an attribute twice": row('<c r="A1" r="B1"><v>1</v></c>'),
    "an unknown entity": row(c("A1", "<is><t>&bogus;</t></is>", t="inlineStr")),
    "a character that is none": row(c("A1", "<is><t>a\x05</t></is>", t="inlineStr")),
    "bytes that are no text": row(c("A1", "<is><t>\udcff</t></is>", t="inlineStr")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_sheet_that_gainsays_itself_is_refused(case):
    parts = {name: text.encode("utf-8", "surrogateescape") for name, text in parts_of(REFUSED[case]).items()}
    assert cells(packed(parts)) == "damaged"


def test_the_dimension_is_not_believed():
    rows = row(c("A1")) + row(c("Z9", "<v>9</v>"), r=9)
    for told in ("A1", "A1:XFD1048576", "C3:C3"):
        parts = parts_of() | {"xl/worksheets/sheet1.xml": sheet_of(rows, f'<dimension ref="{told}"/>')}
        assert cells(packed(parts)) == {"A": {"A1": ("number", "1"), "Z9": ("number", "9")}}


def test_prefixes_are_read_and_two_tables_of_cells_are_not():
    inner = '<x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData>'
    parts = parts_of() | {"xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{MAIN}">{inner}</x:worksheet>'}
    assert cells(packed(parts)) == {"A": ONE}
    twice = sheet_of(row(c("A1")), after=f"<sheetData>{row(c('A2'), r=2)}</sheetData>")
    assert cells(packed(parts_of() | {"xl/worksheets/sheet1.xml": twice})) == "damaged"
    foreign = sheet_of(row(c("A1"))).replace(MAIN, "urn:another")
    assert cells(packed(parts_of() | {"xl/worksheets/sheet1.xml": foreign})) == "damaged"
    hidden = sheet_of(row(c("A1", "<v>2</v><v>3</v>")), before=f"<!--<sheetData>{row(c('A1'))}</sheetData>-->")
    assert cells(packed(parts_of() | {"xl/worksheets/sheet1.xml": hidden})) == "damaged"


@pytest.mark.parametrize(
    ("strings", "expected"),
    [
        ("<si><r><t>a</t></r><r><t>b</t></r><rPh sb='0' eb='1'><t>P</t></rPh></si><si><t>z</t></si>", ("ab", "z")),
        ("<si/><si><t>z</t></si>", ("", "z")),
        ("<si><t/></si><si><t>z</t></si>", ("", "z")),
        ("<si><t><![CDATA[a<b]]></t></si><si><t>z<!-- c -->y</t></si>", ("a<b", "zy")),
        ("<si><t> a </t></si><si><t>_x005F_x000D_</t></si>", ("a", "_x000D_")),
        ("<si><q>a</q></si><si><t>z</t></si>", None),
        ("<sj><t>a</t></sj><si><t>y</t></si><si><t>z</t></si>", None),
        ("<si><t>a</t></sj><si><t>z</t></si>", None),
        ("<si><t>only one</t></si>", None),
    ],
)  # fmt: skip
def test_shared_strings_are_counted_as_they_stand(strings, expected):
    rows = row(c("A1", "<v>0</v>", t="s"), c("B1", "<v>1</v>", t="s"))
    found = cells(packed(parts_of(rows, strings)))
    if expected is None:
        assert found == "damaged"
    else:
        wanted = {address: ("text", text) for address, text in zip(("A1", "B1"), expected, strict=True) if text}
        assert found == {"A": wanted}


def test_dates_of_1904_are_days_and_bare_numbers_none(filled_in, tools, read):
    rows = row(c("A1", "<v>43645</v>", s=1))
    for told in ("1", "true"):
        data = packed(parts_of(rows, settings=f'<workbookPr date1904="{told}"/>'))
        assert cells(data) == {"A": {"A1": ("date", "2023-06-30")}}
    saved, rezipped = tools
    book = filled_in()
    book["工作进展"]["H5"] = 45107
    plain = saved(book)
    counted = rezipped(plain, lambda name, text: re.sub(b"<workbookPr ?/>", b'<workbookPr date1904="1"/>', text))
    told = [(fault[1], fault[7]) for fault in read(counted).faults]
    assert [(fault[1], fault[7]) for fault in read(plain).faults] == [("cleaned", "H5")]
    assert told == [("date_unreadable", "H5")]


SECOND = sheet_of(row(c("A2", "<v>2</v>"), r=2))
TWO = (TO_SHEET, ("rId9", "worksheet", "worksheets/sheet2.xml"), *TO_TABLES)


def renamed(old, new):
    return {new if name == old else name: text for name, text in parts_of(row(c("A1"))).items()}


def test_parts_are_found_as_the_workbook_points_at_them():
    rows = row(c("A1"))
    for target in ("/xl/worksheets/sheet1.xml", "../xl/worksheets/sheet1.xml", "./worksheets/sheet%31.xml"):
        assert cells(packed(parts_of(rows, to=(("rId1", "worksheet", target), *TO_TABLES)))) == {"A": ONE}
    assert cells(packed(renamed("xl/worksheets/sheet1.xml", "XL/worksheets/Sheet1.XML"))) == {"A": ONE}
    elsewhere = parts_of(row(c("A1", "<v>1</v>", t="s")), to=(TO_SHEET, ("rId2", "sharedStrings", "text.xml")))
    elsewhere["xl/text.xml"] = elsewhere.pop("xl/sharedStrings.xml")
    assert cells(packed(elsewhere)) == {"A": {"A1": ("text", "s1")}}
    decoy = parts_of(rows) | {"xl/sharedStrings2.xml": "<sst/>", "xl/worksheets/sheet2.xml": SECOND}
    assert cells(packed(decoy)) == {"A": ONE}


def test_charts_hold_no_cells():
    chart = ("rId8", "chartsheet", "chartsheets/sheet1.xml")
    sheets = SHEET + '<sheet name="图" sheetId="2" r:id="rId8"/>'
    assert cells(packed(parts_of(row(c("A1")), sheets=sheets, to=(TO_SHEET, chart, *TO_TABLES)))) == {"A": ONE}


TWISTED = {
    "two sheets of one name": parts_of(sheets=SHEET + '<sheet name="a" sheetId="2" r:id="rId9"/>', to=TWO)
    | {"xl/worksheets/sheet2.xml": SECOND},
    "one part as two sheets": parts_of(
        sheets=SHEET + '<sheet name="B" sheetId="2" r:id="rId9"/>',
        to=(TO_SHEET, ("rId9", "worksheet", "worksheets/../worksheets/sheet1.xml"), *TO_TABLES),
    ),
    "an id of two parts": parts_of(to=(TO_SHEET, ("rId1", *TWO[1][1:]))) | {"xl/worksheets/sheet2.xml": SECOND},
    "a sheet that points nowhere": parts_of(to=TO_TABLES),
    "a sheet that is not there": parts_of(to=(("rId1", "worksheet", "worksheets/nope.xml"), *TO_TABLES)),
    "a sheet that is none": parts_of() | {"xl/worksheets/sheet1.xml": "<html/>"},
    "two tables of strings": parts_of(to=(TO_SHEET, *TO_TABLES, ("x", "sharedStrings", "styles.xml"))),
    "no workbook pointed at": parts_of() | {"_rels/.rels": relations()},
    "two workbooks pointed at": parts_of()
    | {"_rels/.rels": relations(*((name, "officeDocument", "xl/workbook.xml") for name in "ab"))},
    "a workbook that is none": parts_of() | {"xl/workbook.xml": "<book/>"},
    "backslashes": renamed("xl/worksheets/sheet1.xml", "xl\\worksheets\\sheet1.xml"),
    "from the root": renamed("xl/worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"),
    "out of the package": parts_of() | {"../../etc/passwd": "x"},
    "out of it by percent": parts_of() | {"xl/%2e%2e/%2e%2e/x": "x"},
    "a drive": parts_of() | {"C:/x": "x"},
    "a control character": parts_of() | {"xl/\x1bx": "x"},
    "nothing between slashes": parts_of() | {"xl//x": "x"},
    "twins by case": parts_of() | {"XL/STYLES.XML": "x"},
    "twins by percent": parts_of() | {"xl/styles%2exml": "x"},
    "twins": [*parts_of().items(), ("xl/styles.xml", "x")],
}  # fmt: skip


@pytest.mark.parametrize("case", TWISTED)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_package_that_gainsays_itself_is_refused(case):
    assert cells(packed(TWISTED[case])) == "damaged"


def bent(data, signature, offset, form, value, place=0):
    """The field of a header changed."""
    bytes_ = bytearray(data)
    at = -1
    for _ in range(place + 1):
        at = bytes_.index(signature, at + 1)
    struct.pack_into(form, bytes_, at + offset, value)
    return bytes(bytes_)


LOCAL, CENTRAL = b"PK\3\4", b"PK\1\2"


def test_what_stands_before_a_part_and_what_the_directory_says_must_agree():
    data = packed(parts_of(row(c("A1"))))
    assert cells(data) == {"A": ONE}
    for offset, form in ((8, "<H"), (14, "<I"), (18, "<I"), (22, "<I"), (30, "<B")):  # method, CRC, sizes, name
        assert cells(bent(data, LOCAL, offset, form, 7, place=2)) == "damaged", offset
        assert cells(bent(data, CENTRAL, offset + (2 if offset < 28 else 16), form, 7, place=2)) == "damaged", offset


def test_strong_encryption_is_encryption():
    data = packed(parts_of(row(c("A1"))))
    assert cells(bent(data, CENTRAL, 8, "<H", 0x40, place=2)) == "encrypted"
    assert cells(bent(data, CENTRAL, 8, "<H", 0x20, place=2)) == "damaged"  # patched


def test_two_parts_of_the_same_bytes_are_refused():
    data = packed(parts_of(row(c("A1"))), zipfile.ZIP_STORED)
    first = data.index(LOCAL)
    assert cells(bent(data, CENTRAL, 42, "<I", first, place=1)) == "damaged"
