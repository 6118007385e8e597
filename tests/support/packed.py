"""Workbooks as bare packages: one sheet of given XML, and every part in its place unless told otherwise."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
STRINGS = "<si><t>s0</t></si><si><t>s1</t></si>"
SHEET = '<sheet name="A" sheetId="1" r:id="rId1"/>'
TO_SHEET = ("rId1", "worksheet", "worksheets/sheet1.xml")
TO_TABLES = (("rId2", "sharedStrings", "sharedStrings.xml"), ("rId3", "styles", "styles.xml"))
DAYS = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def sheet_of(rows, before="", after=""):
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def relations(*listed):
    """Id, kind and target of each."""
    found = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{to}"/>' for i, kind, to in listed)
    return f'<Relationships xmlns="{_RELATIONS}">{found}</Relationships>'


def parts_of(rows="", strings=STRINGS, settings="", sheets=SHEET, to=(TO_SHEET, *TO_TABLES)):
    """Name -> XML of a workbook's parts; `s="1"` is the style of a day."""
    workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{settings}<sheets>{sheets}</sheets></workbook>'
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(("r", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relations(*to),
        "xl/worksheets/sheet1.xml": sheet_of(rows),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": DAYS,
    }


def packed(parts, method=zipfile.ZIP_DEFLATED):
    """A package of parts: a mapping, or pairs where one name stands twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, text in parts.items() if isinstance(parts, dict) else parts:
            package.writestr(name, text)
    return out.getvalue()
