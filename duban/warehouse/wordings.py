"""What of a text is kept to find copies of it: a digest of its letters, a byte for each, and marks of the runs of them.

Only letters count, so that other numbers, spaces or stops hide no copy. All of it is stored and held against texts of
later runs, so it hangs on no library's idea of a hash.
"""

import hashlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_RUN = 5  # letters; texts that share no run are not alike
_SHORT = 60  # letters; of a longer text every fourth run will do, told by its mark so that it is the same in every text
_PIECE = 2_000  # texts that are worked on at once
_BYTES = 93  # that print in ASCII; two letters in ninety look the same
_FACTOR, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xFF51AFD7ED558CCD)
_BITS = np.uint64(1) << np.arange(64, dtype=np.uint64)
_LETTER, _OTHER = 1, 2
_kinds = np.zeros(0x110000, np.uint8)  # of characters, as far as they have come up

PARTS = "wordings-*.parquet"
_READ = ["file", "row", "item", "typed"]
_OF_ITEMS = {"tab": "progress", "field": "done", "state": "value"}

COLUMNS = ("digest", "length", "letters", "used", "code", "marks")


def mark_texts(folder: Path) -> None:
    """Write `PARTS`: what was written of items in the parts that reading left in a folder (`entries-*.parquet`), with
    its marks (file, row, item and `COLUMNS`); of files that will not be opened as well."""
    wanted = [(column, "=", word) for column, word in _OF_ITEMS.items()]
    read = [
        pq.read_table(path, columns=_READ, filters=wanted).drop_null()
        for path in sorted(folder.glob("entries-*.parquet"))
    ]
    if read:
        pq.write_table(with_marks(pa.concat_tables(read)), folder / PARTS.replace("*", "000"))


def with_marks(rows: pa.Table) -> pa.Table:
    """Rows with `COLUMNS` in the place of `typed`; those without a letter are left out.

    `digest` is of the letters, `length` in characters without the spaces around them, `letters` their number, `used` a
    bit for each of the 64 kinds of them that occur, `code` a byte of ASCII for every letter, `marks` are of the runs
    and of the whole, each once.
    """
    pieces = range(0, max(rows.num_rows, 1), _PIECE)
    return pa.concat_tables([_with_marks(rows.slice(start, _PIECE)) for start in pieces])


def _with_marks(rows: pa.Table) -> pa.Table:
    typed = rows.column("typed").combine_chunks()
    lengths, stripped = pc.utf8_length(typed).to_numpy(), pc.utf8_length(pc.utf8_trim(typed, " "))
    whole = pc.binary_join(pa.ListArray.from_arrays([0, len(typed)], typed), "")[0].as_py()
    points = np.frombuffer(whole.encode("utf-32-le"), np.uint32)
    chosen = _are_letters(points)
    counts = np.diff(_ends(chosen)[_ends(lengths)])
    kept = np.flatnonzero(counts)
    letters, sizes = points[chosen], counts[kept]
    offsets = _ends(sizes)
    digests = _digests(letters, offsets)
    bits = _BITS[letters & 63]
    code = (33 + letters % _BYTES).astype(np.uint8)
    columns = [
        pa.array(digests),
        stripped.take(pa.array(kept)).cast(pa.int32()),
        pa.array(sizes),
        pa.array(np.bitwise_or.reduceat(bits, offsets[:-1]).view(np.int64) if len(sizes) else (), pa.int64()),
        pa.StringArray.from_buffers(len(sizes), pa.py_buffer(offsets), pa.py_buffer(code)),
        _marks(letters, sizes, offsets[1:], digests),
    ]
    found = rows.drop_columns(["typed"]).take(pa.array(kept))
    for name, column in zip(COLUMNS, columns, strict=True):
        found = found.append_column(name, column)
    return found


def near(pairs: pa.Table) -> pa.Table:
    """The pairs whose letters alone, in whatever order, do not forbid the likeness that is wanted.

    `pairs` has the columns pair (a number), one and two (codes), and wanted (from 0 to 1). Of two texts that differ by
    so many edits all letters but so many are the same: no pair is left out that is as alike as is wanted.
    """
    pieces = range(0, max(pairs.num_rows, 1), _PIECE)
    return pa.concat_tables([_near(pairs.slice(start, _PIECE)) for start in pieces])


def _near(pairs: pa.Table) -> pa.Table:
    (one, lengths), (two, others) = (_counted(pairs.column(name)) for name in ("one", "two"))
    longest = np.maximum(lengths, others)
    common = np.minimum(one, two).sum(1)
    may_be = 1 - (longest - common) / longest >= pairs.column("wanted").to_numpy()
    return pairs.select(["pair"]).filter(pa.array(may_be))


def _counted(codes: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """How often each byte stands in each code, a row of `_BYTES` each; and the codes' lengths."""
    texts = codes.to_pylist()
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    owners = np.repeat(np.arange(len(texts)), lengths)
    found = np.frombuffer("".join(texts).encode("ascii"), np.uint8).astype(np.int64) - 33
    counts = np.bincount(owners * _BYTES + found, minlength=len(texts) * _BYTES)
    return counts.reshape(-1, _BYTES), lengths


def _ends(sizes: np.ndarray) -> np.ndarray:
    """Where each thing ends that lies behind the others, after a nought: where the first begins."""
    ends = np.zeros(len(sizes) + 1, np.int32)
    np.cumsum(sizes, out=ends[1:])
    return ends


def _are_letters(points: np.ndarray) -> np.ndarray:
    kinds = _kinds[points]
    if not kinds.all():
        for point in np.unique(points[kinds == 0]).tolist():
            _kinds[point] = _LETTER if chr(point).isalpha() else _OTHER
        kinds = _kinds[points]
    return kinds == _LETTER


def _digests(letters: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    raw, ends = letters.tobytes(), (4 * offsets).tolist()
    blake2b = hashlib.blake2b
    each = [blake2b(raw[start:end], digest_size=8).digest() for start, end in pairwise(ends)]
    return np.frombuffer(b"".join(each), np.dtype("<i8"))


def _marks(letters: np.ndarray, sizes: np.ndarray, ends: np.ndarray, digests: np.ndarray) -> pa.ListArray:
    """The marks of texts whose `letters` stand one behind the other, so many of each as `sizes` says."""
    last = max(len(letters) - _RUN + 1, 0)
    wide = letters.astype(np.uint64)
    mixed = np.zeros(last, np.uint64)
    for step in range(_RUN):
        mixed += wide[step : step + last]
        mixed *= _FACTOR
    mixed = _mix(mixed)
    begins = (mixed & np.uint64(3) == 0) | np.repeat(sizes < _SHORT, sizes)[:last]
    for short in range(1, _RUN):  # of letters behind, to be a run of the same text
        places = ends - short
        begins[places[(places >= 0) & (places < last)]] = False
    runs = np.flatnonzero(begins)
    owners = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)[runs]
    marks = np.concatenate([mixed[runs], digests.view(np.uint64)]) >> np.uint64(32)
    wholes = np.arange(len(sizes), dtype=np.uint32)
    found = np.concatenate([owners, wholes]).astype(np.uint64) << np.uint64(32) | marks
    found.sort()  # np.unique hashes what it is given and sorts that: three times the work
    found = found[np.diff(found, prepend=~found[:1]) != 0]
    counts = np.bincount((found >> np.uint64(32)).astype(np.int64), minlength=len(sizes))
    return pa.ListArray.from_arrays(_ends(counts), (found & np.uint64(0xFFFFFFFF)).astype(np.uint32))


def _mix(values: np.ndarray) -> np.ndarray:
    """Every bit of a value made to hang on all of them; the values given are spent."""
    values ^= values >> np.uint64(33)
    values *= _MIX
    values ^= values >> np.uint64(29)
    return values
