"""Reading one submission: bytes in, rows of the four Parquet files out."""

import os
import traceback
from collections.abc import Mapping
from functools import lru_cache

from duban.errors import OF_THE_DISK
from duban.fillin.layout import FINDINGS, INSTRUCTIONS, STAMP
from duban.fillin.stamp import FIELDS
from duban.limits import Limits, load_limits
from duban.reading.cells import Book, Page, read_book
from duban.reading.faults import Fault, Refused
from duban.reading.parts import Layout, Parts, Row
from duban.reading.rows import Reading, Words, part_of, read_table
from duban.reading.tables import Table, find_tables

_PRINTED = (INSTRUCTIONS, FINDINGS)


def read_file(place: int, digest: str, path: str, words: Words, limits: Limits) -> Parts:
    """What one file holds; a fault of ours costs this file, and the log says where. Raises OSError where the archive
    cannot be read, which is not the file's fault."""
    parts = Parts()
    try:
        read_submission(place, digest, read_bytes(path, limits), words, parts, limits)
    except Exception as error:  # or memory at its end
        if isinstance(error, OSError) and error.errno in OF_THE_DISK:
            raise
        traceback.print_exc()
        parts = Parts()
        parts.add_unreadable(place, digest, Fault("reader_failed"))
    return parts


def read_bytes(path: str, limits: Limits | None = None) -> bytes:
    """A file's bytes; of one that is too large only as many as are needed to see that."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        enough = (limits or load_limits()).largest_file_mb * (1 << 20) + 1
        return file.read(min(os.fstat(descriptor).st_size, enough)) or b""


def read_submission(
    place: int,
    digest: str,
    data: bytes,
    words: Words,
    parts: Parts,
    limits: Limits | None = None,
) -> None:
    """Add what one file holds to the parts; a file that cannot be read adds its one fault. Whether its stamp is genuine
    is not asked here: where hostile bytes are read there is no key."""
    try:
        book = read_book(data, limits)
    except Refused as refused:
        parts.add_unreadable(place, digest, refused.fault)
        return
    stamp = read_stamp(book)
    tables, faults = find_tables(book)
    if stamp is None:
        # a workbook that is none of ours lacks everything else as well: one fault says it
        faults = [Fault("no_stamp"), *(faults if tables else [])]
    if book.has_macros:
        faults.append(Fault("macros_present"))
    read = {id(table.page): (table, read_table(table, words)) for table in tables.values()}
    fields = stamp or {}
    parts.files.append((place, digest, True, *(fields.get(word) for word in FIELDS), None))
    parts.add_faults(place, faults)
    for table, reading in read.values():
        parts.add_faults(place, reading.faults)
        _add_entries(place, table, reading, parts)
    for page in book.pages:
        _add_cells(place, page, read.get(id(page)), parts)


def read_stamp(book: Book) -> Mapping[str, str] | None:
    """The words and values of the hidden sheet; None where there is no such sheet or it says nothing we know."""
    page = next((page for page in book.pages if page.name == STAMP), None)
    if page is None:
        return None
    fields = {row[1][1]: row[2][1] for row in page.rows.values() if 1 in row and 2 in row}
    found = {word: fields[word] for word in FIELDS if word in fields}
    return found or None


def _add_entries(place: int, table: Table, reading: Reading, parts: Parts) -> None:
    fields = tuple((at, column.field) for column, at in table.read)
    layout = _laid_out(tuple(at for at, _ in fields), None, fields)
    parts.entry_rows += [
        Row(place, table.page.name, number, layout, table.sheet.table, key, item)
        for number, (key, item) in reading.rows.items()
    ]
    parts.entries += reading.entries


def _add_cells(place: int, page: Page, read: tuple[Table, Reading] | None, parts: Parts) -> None:
    parts.cells += [cell for row in page.rows.values() for cell in row.values()]
    same, own = None, ()
    if read is None:
        same = "stamp" if page.name == STAMP else "printed" if page.name in _PRINTED else "outside"
    else:
        own = tuple(read[0].parts.items())
    parts.cell_rows += [
        Row(place, page.name, number, _laid_out(tuple(row), same or part_of(*read, number), own))
        for number, row in page.rows.items()
    ]


@lru_cache(1024)
def _laid_out(columns: tuple[int, ...], part: str | None, own: tuple[tuple[int, str], ...]) -> Layout:
    """What stands in each of a row's columns, the same everywhere or as the table says; most rows are known."""
    parts = dict(own)
    return tuple((column, part or parts.get(column, "outside")) for column in columns)
