"""Every file that is not a sound workbook gets its one fault, quickly, and without being parsed."""

import io
import json
import struct
import time
import zipfile

import pytest

SHARED = (
    b'<Relationship Id="rId99" Target="sharedStrings.xml"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
)
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORKBOOK = b'<?xml version="1.0"?><workbook xmlns="' + MAIN + b'"/>'


def packed(*parts, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=9) as package:
        for name, text in parts:
            package.writestr(name, text)
    return out.getvalue()


def ole(stream):
    """The start of a compound file with one directory entry."""
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    return header + stream.encode("utf-16-le").ljust(128, b"\0") + bytes(384)


@pytest.fixture
def refused(read):
    """The one fault of bytes that cannot be read: rule, value, the message's other words."""

    def refusal(data):
        started = time.process_time()  # on a busy machine the clock on the wall tells nothing
        parts = read(data)
        assert time.process_time() - started < 2
        assert (any(parts.cells), parts.entries, len(parts.faults)) == (False, [], 1)
        assert parts.files == [(0, "d", False, *[None] * 8, False)]
        _, rule, *rest, value, details = parts.faults[0]
        assert rest == ["", "", "", None, "", ""]
        return rule, value, json.loads(details)

    return refusal


TYPES = ("[Content_Types].xml", b"<Types/>")


@pytest.mark.parametrize(
    ("data", "rule", "value"),
    [
        (b"", "empty_file", ""),
        (b"%PDF-1.7 ...", "not_a_workbook", "PDF 文件"),
        (b"\x89PNG\r\n", "not_a_workbook", "图片"),
        (b"\x00\x01\x02", "not_a_workbook", "无法识别的文件"),
        ("你好。".encode(), "not_a_workbook", "文本文件"),
        ("序号,指标\n1,2".encode("gb18030"), "old_format", ".csv 文本"),
        ("序号\t指标\n1\t2".encode("utf-16"), "old_format", ".csv 文本"),
        (b"<html><table><tr>", "not_a_workbook", "网页"),
        (ole("EncryptedPackage"), "encrypted", "带打开密码的工作簿"),
        (ole("Workbook"), "old_format", "旧版工作簿（.xls 或 .et）"),
        (ole("WordDocument"), "not_a_workbook", "Word 文档（.doc）"),
        (packed(("a.txt", b"x")), "not_a_workbook", "压缩包"),
        (packed(TYPES, ("word/document.xml", b"<w/>")), "not_a_workbook", "Word 文档"),
        (packed(TYPES, ("xl/workbook.bin", b"x")), "old_format", ".xlsb 二进制工作簿"),
        (
            packed(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), method=zipfile.ZIP_STORED),
            "old_format",
            ".ods 开放文档",
        ),
    ],
)
def test_what_a_file_is_is_told_by_its_content(refused, data, rule, value):
    assert refused(data) == (rule, value, {})


def test_half_copied_and_bent_packages_are_damaged(filled_in, tools, refused):
    saved, rezipped = tools
    data = saved(filled_in())
    broken = [data[: len(data) * share // 10] for share in range(1, 10)]
    bent = bytearray(data)
    bent[100:110] = b"0123456789"
    sheet = "xl/worksheets/sheet2.xml"
    broken += [
        bytes(bent),
        rezipped(data, lambda name, text: text[: len(text) // 2] + b"<f>" if name == sheet else text),
        rezipped(
            data, lambda name, text: text.replace(b"<worksheet", b"<!DOCTYPE a><worksheet") if name == sheet else text
        ),
        rezipped(data, lambda name, text: text.decode().encode("utf-16") if name == sheet else text),
    ]
    assert [refused(one) for one in broken] == [("damaged", "", {})] * len(broken)


def test_two_parts_of_one_name_are_damaged(filled_in, tools, refused):
    data = bytearray(tools[0](filled_in()))
    assert data.count(b"xl/worksheets/sheet3.xml") == 2
    assert refused(bytes(data.replace(b"xl/worksheets/sheet3.xml", b"xl/worksheets/sheet2.xml"))) == ("damaged", "", {})


def test_a_part_with_a_password_is_encrypted(filled_in, tools, refused):
    data = bytearray(tools[0](filled_in()))
    at = 0
    while (at := data.find(b"PK\1\2", at)) >= 0:
        struct.pack_into("<H", data, at + 8, 1)
        at += 4
    assert refused(bytes(data)) == ("encrypted", "", {})


def test_bombs_are_refused_before_they_go_off(refused):
    zeros = packed(TYPES, ("xl/workbook.xml", WORKBOOK), ("xl/media/a.bin", bytes(64 << 20)))
    assert refused(zeros)[0:1] + tuple(refused(zeros)[2]) == ("too_large", "limit")
    many = packed(TYPES, ("xl/workbook.xml", WORKBOOK), *[(f"x{n}", b"") for n in range(2000)])
    assert refused(many) == ("too_large", "含 2002 个部件", {"limit": "2000 个部件"})
    spaces = packed(TYPES, ("xl/workbook.xml", WORKBOOK), ("xl/b", b"<a>" + bytes(32 << 20)), method=zipfile.ZIP_STORED)
    assert refused(spaces) == ("too_large", "单个部件 32 MB", {"limit": "32 MB"})
    lies = bytearray(zeros)
    at = lies.rfind(b"PK\1\2")
    struct.pack_into("<I", lies, at + 24, 1000)  # claims to be small, and is not
    assert refused(bytes(lies)) == ("damaged", "", {})
    assert refused(bytes(51 << 20)) == ("too_large", "文件 51 MB", {"limit": "50 MB"})


@pytest.fixture
def with_sheet(filled_in, tools):
    """A sound workbook whose first table sheet is replaced by the given rows of XML."""
    saved, rezipped = tools
    data = saved(filled_in())
    start = b'<worksheet xmlns="' + MAIN + b'"><sheetData>'

    def make(rows, strings=b""):
        def change(name, text):
            if name == "xl/worksheets/sheet2.xml":
                return start + rows + b"</sheetData></worksheet>"
            if name == "xl/_rels/workbook.xml.rels":
                return text.replace(b"</Relationships>", SHARED + b"</Relationships>")
            return text

        out = io.BytesIO(rezipped(data, change))
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr("xl/sharedStrings.xml", b'<sst xmlns="' + MAIN + b'">' + strings + b"</sst>")
        return out.getvalue()

    return make


def cell(address, inner=b"<v>1</v>"):
    return b'<c r="' + address + b'">' + inner + b"</c>"


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (b'<row r="1048576">' + cell(b"XFD1048576") + b"</row>", "内容到第 1,048,576 行"),
        (b'<row r="1">' + cell(b"XFD1") + b"</row>", "内容到第 16,384 列"),
        (b"<row r='1048576'><c><v>1</v></c></row>", "内容到第 1,048,576 行"),
        (b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>", "内容到第 1,000 列"),
        (
            b'<row r="1">' + cell(b"A1") + b'</row><row r="90000">' + cell(b"ZZ90000") + b"</row>",
            "内容散布在 90,000 行 × 702 列",
        ),
        (b'<row r="1"/>' * 1_000_000, "1,000,000 行"),
    ],
)
def test_a_sheet_that_reaches_too_far_is_refused(refused, with_sheet, rows, value):
    assert refused(with_sheet(rows))[:2] == ("too_large", value)


def test_sheets_as_programs_write_them_are_not_walked_cell_by_cell(filled_in, read, with_sheet, monkeypatch):
    def walk(strings):
        raise AssertionError("walked")

    monkeypatch.setattr("duban.reading.sheetxml.SheetWalk", walk)
    inline = b'<c r="ZZ9999" s="1" t="inlineStr"><is><t xml:space="preserve">e </t></is></c>'
    assert len(read(with_sheet(b'<row r="9999" spans="1:9">' + cell(b"A9999") + inline + b"</row>")).files) == 1
    assert len(read(filled_in()).files) == 1
    with pytest.raises(AssertionError, match="walked"):
        read(with_sheet(b'<row r="1">' + cell(b"A1", b"<f>1/0</f>") + b"</row>"))


def test_formatting_without_content_does_not_count(read, with_sheet):
    rows = (
        b'<row r="1">'
        + cell(b"A1")
        + b'<c r="XFD1" s="0"/></row><row r="1048576">'
        + cell(b"A1048576", b"")
        + b"</row>"
    )
    assert [entry[2:7] for entry in zip(*read(with_sheet(rows)).cells, strict=True) if entry[1] == "工作进展"] == [
        (1, 1, "A1", "number", "1")
    ]


def test_too_many_cells_are_refused(refused, with_sheet):
    rows = b"".join(
        b'<row r="%d">' % row + b"".join(cell(b"%c%d" % (65 + column, row)) for column in range(26)) + b"</row>"
        for row in range(1, 9000)
    )
    assert refused(with_sheet(rows))[0] == "too_large"


def test_cells_that_all_point_at_one_long_text_are_refused(refused, with_sheet):
    cells = b"".join(b'<c r="%c%c1" t="s"><v>0</v></c>' % (a, b) for a in range(65, 91) for b in range(65, 91))
    data = with_sheet(b'<row r="1">' + cells + b"</row>", b"<si><t>" + b"x" * 2_000_000 + b"</t></si>")
    assert len(data) < 40_000
    assert refused(data) == ("too_large", "文字展开后 1,291 MB", {"limit": "256 MB"})


def test_strict_workbooks_are_read_like_others(filled_in, read, tools):
    saved, rezipped = tools
    data = saved(filled_in())

    def strict(_, text):
        for place in (b"spreadsheetml", b"officeDocument"):
            text = text.replace(
                b"http://schemas.openxmlformats.org/" + place + b"/2006/", b"http://purl.oclc.org/ooxml/" + place + b"/"
            )
        return text

    assert rezipped(data, strict) != data
    assert read(rezipped(data, strict)) == read(data)


def test_other_prefixes_and_quotes_are_read_like_the_usual_ones(filled_in, read, tools):
    import re

    saved, rezipped = tools
    book = filled_in()
    book["指标数据"]["H4"] = "=1+1"
    data = saved(book)

    def prefixed(name, text):
        if name != "xl/worksheets/sheet3.xml":
            return text
        text = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", text).replace(b"xmlns=", b"xmlns:x=")
        return text.replace(b'"', b"'")

    assert read(rezipped(data, prefixed)) == read(data)


def test_macros_are_told_and_the_rest_is_read(filled_in, read, tools):
    out = io.BytesIO(tools[0](filled_in()))
    plain = read(out.getvalue())
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("xl/vbaProject.bin", b"never run")
    parts = read(out.getvalue())
    assert [fault[1] for fault in parts.faults] == ["macros_present"]
    assert (parts.entries, parts.cells) == (plain.entries, plain.cells)
