"""What a file is, told by its content, and whether it is safe to parse: before and while it is inflated, never after.

The limits refuse none of 3,662 real government workbooks, and are still far above what a report of some hundred rows
can need. A parser that allocates the rectangle of a sheet dies of one cell at XFD1048576, so rectangles are measured
here, on the XML.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from duban.reading.faults import Refused
from duban.reading.sheetxml import Marks, measure, sheet_names

MAX_FILE = 50 << 20  # a report with a hundred photographs in it is still below
MAX_ENTRIES = 2_000  # parts of a workbook
MAX_UNPACKED = 600 << 20
MAX_RATIO = 250  # real XML packs to a hundredth; bombs to a thousandth
RATIO_FROM = 16 << 20  # small parts may be packed as well as they like
MAX_XML = 32 << 20  # one part of XML: some 100,000 rows
MAX_EXPANDED = 256 << 20  # characters that cells ask for by pointing at shared strings

_CHUNK = 1 << 20
_POINTER = len('<c t="s"><v>0</v></c>')  # bytes of the shortest cell that points at a shared string
_OTHER_ENCODING = re.compile(rb"encoding=[\"'](?!utf-8|us-ascii)", re.I)
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_KINDS = (  # the first stream found tells; a protected workbook holds no other
    ("EncryptedPackage", "encrypted", "带打开密码的工作簿"),
    ("Workbook", "old_format", "旧版工作簿（.xls 或 .et）"),
    ("Book", "old_format", "旧版工作簿（.xls）"),
    ("WordDocument", "not_a_workbook", "Word 文档（.doc）"),
    ("PowerPoint Document", "not_a_workbook", "演示文稿（.ppt）"),
)
_STARTS = (
    (b"%PDF", "PDF 文件"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"Rar!", "RAR 压缩包"),
    (b"MZ", "可执行程序"),
)
_ZIP_KINDS = (
    ("xl/workbook.bin", "old_format", ".xlsb 二进制工作簿"),
    ("word/document.xml", "not_a_workbook", "Word 文档"),
    ("ppt/presentation.xml", "not_a_workbook", "演示文稿"),
)


@dataclass(frozen=True)
class Checked:
    """A workbook that is safe to parse. `marks` are, by sheet name, the cells that a parser would show as blank."""

    has_macros: bool
    marks: dict[str, Marks]


def precheck(data: bytes) -> Checked:
    """Look a file over without trusting it; raises Refused with the fault of a file that must not be parsed."""
    if not data:
        raise Refused("empty_file")
    if len(data) > MAX_FILE:
        raise Refused("too_large", f"文件 {_megabytes(len(data))}", limit=_megabytes(MAX_FILE))
    if not data.startswith(b"PK\x03\x04"):
        raise _not_a_zip(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _check_directory(entries)
            _check_kind(data, {entry.filename for entry in entries})
            parts = {}
            for entry in entries:
                if (text := _inflate(data, entry)) is not None:
                    parts[entry.filename] = text
    except Refused:
        raise
    except Exception:  # zipfile raises whatever comes when structures lie: EOFError, struct.error, zlib.error …
        raise Refused("damaged") from None
    sheets = {name: text for name, text in parts.items() if b"sheetData" in text}
    marks = {name: measure(text) for name, text in sheets.items()}
    _check_amplifier(parts, sheets)
    return Checked(
        has_macros=any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries),
        marks=_by_sheet(parts, {name: found for name, found in marks.items() if found}),
    )


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse by what the directory claims; inflating stops at those claims, so they bound what follows."""
    if len(entries) > MAX_ENTRIES:
        raise Refused("too_large", f"含 {len(entries)} 个部件", limit=f"{MAX_ENTRIES} 个部件")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise Refused("too_large", f"解压后 {_megabytes(unpacked)}", limit=_megabytes(MAX_UNPACKED))
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            ratio = entry.file_size // max(entry.compress_size, 1)
            raise Refused("too_large", f"压缩比 {ratio}", limit=f"压缩比 {MAX_RATIO}")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise Refused("damaged")  # two parts of one name: readers disagree on which one counts


def _check_kind(data: bytes, names: set[str]) -> None:
    for part, rule, what in _ZIP_KINDS:
        if part in names:
            raise Refused(rule, what)
    if "mimetype" in names and b"application/vnd.oasis.opendocument" in data[:200]:
        raise Refused("old_format", ".ods 开放文档")
    if "[Content_Types].xml" not in names:
        raise Refused("not_a_workbook", "压缩包")
    if not any(name.lower().endswith("workbook.xml") for name in names):
        raise Refused("not_a_workbook", "不含工作簿的文档")


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> bytes | None:
    """Inflate a part to its claimed size and check it; gives back those that hold XML.

    Not by zipfile's own reader, which spends more time on a small part than inflating takes.
    """
    if entry.flag_bits & 1:
        raise Refused("encrypted")
    signature, name, extra = struct.unpack_from("<4s22xHH", data, entry.header_offset)
    start = entry.header_offset + 30 + name + extra
    packed = memoryview(data)[start : start + entry.compress_size]
    if signature != b"PK\3\4" or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("damaged")
    stored = entry.compress_type == zipfile.ZIP_STORED
    chunks = [bytes(packed)] if stored else _chunks(packed, entry.file_size)
    head, size, checksum, kept = b"", 0, 0, []
    for chunk in chunks:
        head = head or chunk[:200]
        size, checksum = size + len(chunk), zlib.crc32(chunk, checksum)
        if _is_xml(head):
            if entry.file_size > MAX_XML:
                raise Refused("too_large", f"单个部件 {_megabytes(entry.file_size)}", limit=_megabytes(MAX_XML))
            kept.append(chunk)
    if size != entry.file_size or checksum != entry.CRC:
        raise Refused("damaged")
    return _checked_xml(kept[0] if len(kept) == 1 else b"".join(kept), head) if kept else None


def _chunks(packed: memoryview, claimed: int) -> Iterator[bytes]:
    """What a part inflates to, a megabyte at a time and never more than one beyond its claim."""
    inflater, given = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while given <= claimed and (chunk := inflater.decompress(packed, _CHUNK)):
        given += len(chunk)
        packed = inflater.unconsumed_tail
        yield chunk
        if inflater.eof:
            return


def _checked_xml(text: bytes, head: bytes) -> bytes:
    # a lone character is found ten times as fast as two, and most parts have no exclamation mark
    if b"!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
        raise Refused("damaged")  # no spreadsheet writes one: entities are there to blow up or to fetch
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _OTHER_ENCODING.search(head):
        raise Refused("damaged")  # the parser reads anything but UTF-8 as no cells at all, and says nothing
    return text


def _is_xml(head: bytes) -> bool:
    return head.startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe<", b"\xfe\xff\0<")) or head.lstrip()[:1] == b"<"


def _check_amplifier(parts: dict[str, bytes], sheets: dict[str, bytes]) -> None:
    """A small file whose cells all point at one long shared string asks for gigabytes."""
    shared = next((text for name, text in parts.items() if name.lower().endswith("sharedstrings.xml")), b"")
    if len(shared) * sum(map(len, sheets.values())) < MAX_EXPANDED * _POINTER:
        return
    lengths = [len(string) for string in re.split(rb"<(?:\w+:)?si[\s>/]", shared)[1:]]
    expanded = sum(
        lengths[int(index)]
        for text in sheets.values()
        for index in re.findall(rb"v>\s*(\d{1,9})\s*</", text)
        if int(index) < len(lengths)
    )
    if expanded > MAX_EXPANDED:
        raise Refused("too_large", f"文字展开后 {_megabytes(expanded)}", limit=_megabytes(MAX_EXPANDED))


def _by_sheet(parts: dict[str, bytes], marks: dict[str, Marks]) -> dict[str, Marks]:
    if not marks:
        return {}
    names = sheet_names(parts)
    return {names[part]: found for part, found in marks.items() if part in names}


def _not_a_zip(data: bytes) -> Refused:
    if data.startswith(_OLE):
        for stream, rule, what in _OLE_KINDS:
            # directory entries are 128 bytes long, from the start of a sector, and begin with the name, ended by zero
            name = (stream + "\0").encode("utf-16-le")
            if any(match.start() % 128 == 0 for match in re.finditer(re.escape(name), data)):
                return Refused(rule, what)
        return Refused("not_a_workbook", "旧版 Office 文档")
    for start, what in _STARTS:
        if data.startswith(start):
            return Refused("not_a_workbook", what)
    text = _text(data[:4096])
    if text is None:
        return Refused("not_a_workbook", "无法识别的文件")
    if "urn:schemas-microsoft-com:office:spreadsheet" in text:
        return Refused("old_format", "XML 电子表格 2003")
    if re.search(r"<(?:!doctype\s+)?(?:html|table)\b", text, re.I):
        return Refused("not_a_workbook", "网页")
    if re.search(r"[,;\t]", text.strip().partition("\n")[0]):
        return Refused("old_format", ".csv 文本")
    return Refused("not_a_workbook", "文本文件")


def _text(head: bytes) -> str | None:
    """The start of a text file; None for what is none."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in head and not wide:
        return None
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        for cut in range(4):  # the sample may end within a character
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"
