"""What a file is, told by its content, and whether it is safe to parse: before and while it is inflated, never after.

A parser that allocates the rectangle of a sheet dies of one cell at XFD1048576, so rectangles are measured here, on the
XML. The limits and their reasons are in schemas/limits.yaml.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from duban.limits import Limits
from duban.reading.faults import Refused
from duban.reading.package import Package, check_names, open_package
from duban.reading.remembered import SMALL, remembered
from duban.reading.sheetxml import measure, read_strings
from duban.reading.walk import Strings, Walked

_MB = 1 << 20
_CHUNK = 1 << 20
Buffer = bytes | memoryview
_ENCRYPTED = 0x2041  # the bits that say so, or that the directory is
_PATCHED = 0x20  # the part is a difference to another
_POINTER = len('<c t="s"><v>0</v></c>')  # bytes of the shortest cell that points at a shared string
_OTHER_ENCODING = re.compile(rb"encoding\s*=\s*[\"'](?!utf-8|us-ascii)", re.I)
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
    """A workbook whose parts may be looked at; `look_over` says whether it is safe to parse."""

    has_macros: bool
    package: Package
    strings: Strings


def precheck(data: bytes, limits: Limits) -> Checked:
    """Open a file without trusting it; raises Refused with the fault of one that is no sound workbook."""
    if not data:
        raise Refused("empty_file")
    if len(data) > limits.largest_file_mb * _MB:
        raise Refused("too_large", f"文件 {_megabytes(len(data))}", limit=f"{limits.largest_file_mb} MB")
    if not data.startswith(b"PK\x03\x04"):
        raise _not_a_zip(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits)
            _check_kind(data, {entry.filename for entry in entries})
            parts, ends = {}, []
            for entry in entries:
                text, end = _inflate(data, entry, limits)
                ends.append((entry.header_offset, end))
                if text is not None:
                    parts[entry.filename] = text
    except Refused:
        raise
    except Exception:  # zipfile raises whatever comes when structures lie: EOFError, struct.error, zlib.error …
        raise Refused("damaged") from None
    ends.sort()
    if ends[0][0] or any(end > start for (_, end), (start, _) in pairwise(ends)):
        raise Refused("damaged")  # another package before this one, or two parts of the same bytes
    package = open_package(parts)
    return Checked(
        has_macros=any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries),
        package=package,
        strings=read_strings(package.strings),
    )


def look_over(checked: Checked, limits: Limits) -> dict[str, Walked]:
    """What a parser has to be held against, by sheet name; raises Refused where the workbook must not be parsed."""
    walked = {sheet.name: measure(sheet.xml, checked.strings, limits) for sheet in checked.package.sheets}
    check_amplifier(checked.package, limits)
    return {name: found for name, found in walked.items() if found is not None}


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse by what the directory claims; inflating stops at those claims, so they bound what follows."""
    if len(entries) > limits.parts:
        raise Refused("too_large", f"含 {len(entries)} 个部件", limit=f"{limits.parts} 个部件")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_mb * _MB:
        raise Refused("too_large", f"解压后 {_megabytes(unpacked)}", limit=f"{limits.unpacked_mb} MB")
    for entry in entries:
        ratio = entry.file_size // max(entry.compress_size, 1)
        if entry.file_size > limits.ratio_from_mb * _MB and ratio >= limits.ratio:
            raise Refused("too_large", f"压缩比 {ratio}", limit=f"压缩比 {limits.ratio}")
    check_names(entry.orig_filename for entry in entries)


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


def _inflate(data: bytes, entry: zipfile.ZipInfo, limits: Limits) -> tuple[bytes | None, int]:
    """Inflate a part to its claimed size and check it; gives back those that hold XML, and where the part ends.

    Not by zipfile's own reader, which spends more time on a small part than inflating takes.
    """
    if entry.flag_bits & _ENCRYPTED:
        raise Refused("encrypted")
    signature, flags, method, *claims, named, extra = struct.unpack_from("<4s2x2H4x3L2H", data, entry.header_offset)
    start = entry.header_offset + 30
    name = data[start : start + named].decode("utf-8" if flags & 0x800 else "cp437")
    start += named + extra
    packed = memoryview(data)[start : start + entry.compress_size]
    packings = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if signature != b"PK\3\4" or entry.compress_type not in packings or entry.flag_bits & _PATCHED:
        raise Refused("damaged")
    # what stands before a part and what the directory says of it: some readers go by one, some by the other. Where the
    # sizes follow the part they are not known before it, and a large archive writes them elsewhere
    plainly = not flags & 8 and 0xFFFFFFFF not in claims
    if (name, method) != (entry.orig_filename, entry.compress_type) or (
        plainly and claims != [entry.CRC, entry.compress_size, entry.file_size]
    ):
        raise Refused("damaged")
    claims = entry.compress_type == zipfile.ZIP_STORED, entry.file_size, entry.CRC, limits.largest_part_mb
    small = max(entry.compress_size, entry.file_size) <= SMALL
    text = _unpack_small(bytes(packed), *claims) if small else _unpack(packed, *claims)
    return text, start + entry.compress_size


def _unpack(packed: Buffer, stored: bool, claimed: int, claimed_checksum: int, most_mb: int) -> bytes | None:
    """What a part holds if that is XML, checked against its claims either way."""
    chunks = [bytes(packed)] if stored else _chunks(packed, claimed)
    head, size, checksum, kept = b"", 0, 0, []
    for chunk in chunks:
        head = head or chunk[:200]
        size, checksum = size + len(chunk), zlib.crc32(chunk, checksum)
        if _is_xml(head):
            if claimed > most_mb * _MB:
                raise Refused("too_large", f"单个部件 {_megabytes(claimed)}", limit=f"{most_mb} MB")
            kept.append(chunk)
    if size != claimed or checksum != claimed_checksum:
        raise Refused("damaged")
    return _checked_xml(kept[0] if len(kept) == 1 else b"".join(kept), head) if kept else None


_unpack_small = remembered(_unpack)


def _chunks(packed: Buffer, claimed: int) -> Iterator[bytes]:
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


def check_amplifier(package: Package, limits: Limits) -> None:
    """A small file whose cells all point at one long shared string asks for gigabytes."""
    most = limits.expanded_text_mb * _MB
    if len(package.strings) * sum(len(sheet.xml) for sheet in package.sheets) < most * _POINTER:
        return
    lengths = [len(string) for string in re.split(rb"<(?:\w+:)?si[\s>/]", package.strings)[1:]]
    expanded = sum(
        lengths[int(index)]
        for sheet in package.sheets
        for index in re.findall(rb"v>\s*(\d{1,9})\s*</", sheet.xml)
        if int(index) < len(lengths)
    )
    if expanded > most:
        raise Refused("too_large", f"文字展开后 {_megabytes(expanded)}", limit=f"{limits.expanded_text_mb} MB")


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
    return f"{size / _MB:,.0f} MB"
