"""xlsxwriter, quicker where publications and forms spend their time; tests hold the files to be those that it writes by
itself, byte for byte.

Cells side by side are written as one piece, strings that need no care without it, and the parts of a file are
compressed in threads beside, while the next ones are written. Rows of long tables go to the file as they come.
"""

import io
import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from functools import cache, lru_cache
from pathlib import Path
from typing import IO, NamedTuple
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter
import xlsxwriter.worksheet
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.url import Url
from xlsxwriter.utility import _preserve_whitespace, xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import CellBlankTuple, CellStringTuple, Worksheet

from duban.deflated import Deflater, Part, Run, whole

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip file knows no earlier time
_STRINGS = "xl/sharedStrings.xml"
_MOST_LINKS = 65_530  # in a sheet
# made anew for every sparkline, all 37 of them, and never changed: a twelfth of what a publication takes
xlsxwriter.worksheet._get_sparkline_style = cache(xlsxwriter.worksheet._get_sparkline_style)


class QuickWorkbook(xlsxwriter.Workbook):
    """A workbook whose file is to be had once it is closed; parts of it may be put aside in `folder` meanwhile."""

    def __init__(self, options: dict, folder: Path):
        super().__init__(io.BytesIO(), options)
        self.deflater = Deflater(folder)
        self._packager = _Packager(self.deflater)

    def _get_packager(self):
        return self._packager

    def write_to(self, file: IO[bytes]) -> None:
        """Write the whole file; raises what went wrong with a part of it."""
        with ZipFile(file, "w", ZIP_DEFLATED) as package:
            for name, waiting in self._packager.parts.items():
                part = waiting.result()
                _add(package, name, part, self.deflater.read(part))


def packed(data: bytes, level: int = zlib.Z_DEFAULT_COMPRESSION) -> Part:
    """A part, deflated at once."""
    return whole(data, level)


def _encoded(text: io.StringIO | io.BytesIO) -> bytes:
    data = text.getvalue()
    text.close()
    return data if isinstance(data, bytes) else data.encode()


def zipped(parts: Mapping[str, Part]) -> bytes:
    """A package of these parts, in their order."""
    whole = io.BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as package:
        for name, part in parts.items():
            _add(package, name, part, part.packed)
    return whole.getvalue()


def _add(package: ZipFile, name: str, part: Part, pieces: Iterable[bytes]) -> None:
    """Add a part that is deflated already, for which zipfile has no call."""
    entry = ZipInfo(name, _EARLIEST)
    entry.compress_type, entry.header_offset = ZIP_DEFLATED, package.fp.tell()
    entry.external_attr = 0o600 << 16  # as zipfile sets it
    entry.CRC, entry.file_size, entry.compress_size = part.crc, part.size, part.packed_size
    package.fp.write(entry.FileHeader(zip64=part.size > ZIP64_LIMIT))
    package.fp.writelines(pieces)
    package.start_dir = package.fp.tell()
    package.filelist.append(entry)
    package.NameToInfo[name] = entry
    package._didModify = True


class _Packager(Packager):
    """Hands each part over to be compressed once it is whole, which it is when the next begins. `parts` are in the
    package's order; xlsxwriter itself is left with none to pack."""

    def __init__(self, deflater: Deflater):
        super().__init__()
        self.parts: dict[str, Future[Part]] = {}
        self._deflater = deflater

    def _create_package(self):
        self._write_shared_strings_file()  # the largest: first, so that no one has to wait for it in the end
        super()._create_package()
        self._hand_over()
        return []

    def _filename(self, xml_filename):
        self._hand_over()
        return super()._filename(xml_filename)

    def _hand_over(self) -> None:
        for text, name, _ in self.filenames:
            long = next((one for one in self._long_sheets() if one.fh is text), None)
            if long:
                whole, at = text.getvalue(), long.run_at
                self.parts[name] = self._deflater.around(long.run, whole[:at].encode(), whole[at:].encode())
            else:
                self.parts[name] = self._deflater.whole(_encoded(text))
        self.filenames.clear()

    def _long_sheets(self) -> list["QuickSheet"]:
        return [one for one in self.workbook.worksheets() if isinstance(one, QuickSheet) and one.run]

    def _write_shared_strings_file(self):
        if _STRINGS in self.parts:
            self._hand_over()
            self.parts[_STRINGS] = self.parts.pop(_STRINGS)
        elif self.workbook.str_table.count:
            strings = _Strings()
            strings.string_table = self.workbook.str_table
            strings._set_xml_writer(self._filename(_STRINGS))
            strings._assemble_xml_file()


class _Strings(SharedStrings):
    def _write_sst_strings(self):
        for string in self.string_table.string_array:
            if plain(string):
                self.fh.write(f"<si><t>{string}</t></si>")
            else:
                self._write_si(string)


def plain(text: str) -> bool:
    """Whether a text is written as it is: no markup, no escapes, no control characters, no white space at an end."""
    marked = "<" in text or ">" in text or "&" in text or "_x" in text
    return not marked and text.isprintable() and text == text.strip()


@lru_cache(maxsize=1)
def _tools() -> Worksheet:
    return Worksheet()


def inline(text: str) -> str:
    """A text in the file's own form, in the cell that it stands in."""
    if plain(text):
        return f"<is><t>{text}</t></is>"
    text = _tools()._escape_data(_tools()._escape_control_characters(text))
    space = ' xml:space="preserve"' if _preserve_whitespace(text) else ""
    return f"<is><t{space}>{text}</t></is>"


def opening(row: int, height: float) -> str:
    """How a row of so many points opens in the file; xlsxwriter counts it in whole pixels."""
    return f'<row r="{row + 1}" ht="{int(height * 4.0 / 3.0 + 0.5) * 0.75:.16g}" customHeight="1">'


def check(code: int | None) -> None:
    """Raise where xlsxwriter reports a fault by its return value (-1 out of range, -2 too long …)."""
    if code:
        raise XlsxWriterException(f"xlsxwriter refused to write, code {code}")


class _Run(NamedTuple):
    """Cells side by side as the file holds them; in xlsxwriter's table it stands at the first one's place."""

    xml: str


class QuickSheet(Worksheet):
    """A sheet that can hold runs, and rows that are deflated as they come. xlsxwriter spends a dozen calls on a cell,
    which would be most of what a publication of half a million cells costs, and has no word for this; tests hold both
    to what it would have written itself."""

    has_runs = False
    run: Run | None = None
    _first, run_at = 0, 0  # the first row that is deflated, and where in the sheet's text such rows belong

    def put_rows(self, first: int, rows: int, width: int, run: Run) -> None:
        """So many rows from `first` on, that are deflated or being deflated."""
        self.run, self._first = run, first
        check(self._check_dimensions(max(first, first + rows - 1), width - 1))

    def put_link(self, row: int, col: int, target: str, text: str) -> bool:
        """Let a cell that is put lead elsewhere; False where the sheet has as many links as it can."""
        if self.hlink_count >= _MOST_LINKS:
            return False
        self.hlink_count += 1
        self.hyperlinks[row][col] = _url(target, text)
        return True

    def put_run(self, row: int, first: int, width: int, xml: str) -> None:
        check(self._check_dimensions(row, first) or self._check_dimensions(row, first + width - 1))
        self.table[row][first] = _Run(xml)
        self.has_runs = True

    def _write_rows(self):
        if not (self.has_runs or self.run) or self.comments:
            return super()._write_rows()
        openings: dict[tuple, str] = {}
        numbers = sorted(self.table.keys() | self.row_info.keys())
        if self.run:
            above = [row for row in numbers if row < self._first]
            self._write_these(above, openings)
            self.run_at = self.fh.tell()
            numbers = numbers[len(above) :]
        self._write_these(numbers, openings)

    def _write_these(self, numbers: Iterable[int], openings: dict[tuple, str]) -> None:
        for row in numbers:
            info = self.row_info.get(row)
            if not self.table.get(row):
                self._write_empty_row(row, None, info)
                continue
            look = info and (info.height, info.row_format, info.hidden, info.level, info.collapsed)
            if look not in openings:
                openings[look] = self._opening(info)
            self.fh.write(f'<row r="{row + 1}"{openings[look]}')
            for col, cell in sorted(self.table[row].items()):
                self._write_cell(row, col, cell)
            self.fh.write("</row>")

    def _opening(self, info) -> str:
        """How rows of one look open in the file, after their number."""
        whole, self.fh = self.fh, io.StringIO()
        self._write_row(0, None, info)
        opening, self.fh = self.fh.getvalue(), whole
        return opening.removeprefix('<row r="1"')

    def _write_cell(self, row, col, cell):
        kind = cell.__class__
        if kind is _Run:
            self.fh.write(cell.xml)
        elif kind is CellStringTuple and cell.format:
            start = f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{cell.format._get_xf_index()}"'
            self.fh.write(f'{start} t="s"><v>{cell.string}</v></c>')
        elif kind is CellBlankTuple and cell.format:
            self.fh.write(f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{cell.format._get_xf_index()}"/>')
        else:
            super()._write_cell(row, col, cell)

    def _prepare_formula(self, formula, expand_future_functions=False):
        return _prepared(formula, self.use_future_functions or expand_future_functions)

    def _calculate_spans(self):
        if not (
            self.has_runs or self.run
        ):  # spans are a hint that a file may do without, and a run's width is not in the table
            super()._calculate_spans()


@lru_cache(maxsize=10_000)
def _prepared(formula: str, expand: bool) -> str:
    """xlsxwriter looks for a hundred names in each formula; most formulas of forms are those of other forms too."""
    return Worksheet()._prepare_formula(formula, expand)


@lru_cache(maxsize=10_000)
def _url(target: str, text: str) -> Url:
    """A link as xlsxwriter keeps it, one for all cells that lead to the same sheet; nothing of it is changed later."""
    url = Url(target)
    url._text = text
    return url


class GrowingSheet(QuickSheet):
    """A sheet whose row heights are not marked as chosen by hand, so that Excel goes on fitting them. xlsxwriter has no
    word for this; a test holds the effect."""

    def _xml_start_tag_unencoded(self, tag, attributes=()):
        if tag == "row":
            attributes = [attribute for attribute in attributes if attribute[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)
