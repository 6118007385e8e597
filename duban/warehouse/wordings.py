"""What of a text is kept to find copies of it: a digest of its letters, a byte for each, and marks of the runs of them.

Only letters count, so that other numbers, spaces or stops hide no copy. All of it is stored and held against texts of
later runs, so it hangs on no library's idea of a hash.
"""

import hashlib

import numpy as np
import pyarrow as pa

_RUN = 5  # letters; texts that share no run are not alike
_SHORT = 60  # letters; of a longer text every fourth run will do, told by its mark so that it is the same in every text
_BYTES = 93  # that print in ASCII; two letters in ninety look the same
_FACTOR, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xFF51AFD7ED558CCD)
_LETTER, _OTHER = 1, 2
_kinds = np.zeros(0x110000, np.uint8)  # of characters, as far as they have come up

COLUMNS = ("digest", "length", "letters", "used", "code", "marks")


def with_marks(rows: pa.Table) -> pa.Table:
    """Rows with `COLUMNS` in the place of `typed`; those without a letter are left out.

    `digest` is of the letters, `length` in characters without the spaces around them, `letters` their number, `used` a
    bit for each of the 64 kinds of them that occur, `code` a byte of ASCII for every letter, `marks` are of the runs
    and of the whole, each once.
    """
    texts = rows.column("typed").to_pylist()
    points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    owners = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)))
    chosen = _are_letters(points)
    counts = np.bincount(owners[chosen], minlength=len(texts))
    kept = np.flatnonzero(counts)
    letters, sizes = points[chosen], counts[kept]
    raw, code = letters.tobytes(), (33 + letters % _BYTES).astype(np.uint8).tobytes().decode("ascii")
    ends = np.cumsum(sizes).tolist()
    starts = [0, *ends[:-1]]
    spans = list(zip(starts, ends, strict=False))  # of no texts there is a start and no end
    digests = [
        int.from_bytes(hashlib.blake2b(raw[4 * start : 4 * end], digest_size=8).digest(), "little", signed=True)
        for start, end in spans
    ]
    bits = np.uint64(1) << (letters % 64).astype(np.uint64)
    columns = [
        pa.array(digests, pa.int64()),
        pa.array([len(texts[place].strip(" ")) for place in kept.tolist()], pa.int32()),
        pa.array(sizes, pa.int32()),
        pa.array(np.bitwise_or.reduceat(bits, starts).view(np.int64) if digests else (), pa.int64()),
        pa.array([code[start:end] for start, end in spans], pa.string()),
        _marks(letters, sizes, np.array(digests, np.int64)),
    ]
    found = rows.drop_columns(["typed"]).take(pa.array(kept, pa.int64()))
    for name, column in zip(COLUMNS, columns, strict=True):
        found = found.append_column(name, column)
    return found


def near(pairs: pa.Table) -> pa.Table:
    """The pairs whose letters alone, in whatever order, do not forbid the likeness that is wanted.

    `pairs` has the columns pair (a number), one and two (codes), and wanted (from 0 to 1). Of two texts that differ by
    so many edits all letters but so many are the same: no pair is left out that is as alike as is wanted.
    """
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
    return counts.reshape(-1, _BYTES).astype(np.int32), lengths


def _are_letters(points: np.ndarray) -> np.ndarray:
    for point in np.flatnonzero(np.bincount(points[_kinds[points] == 0])).tolist():
        _kinds[point] = _LETTER if chr(point).isalpha() else _OTHER
    return _kinds[points] == _LETTER


def _marks(letters: np.ndarray, sizes: np.ndarray, digests: np.ndarray) -> pa.ListArray:
    """The marks of texts whose `letters` stand one behind the other, so many of each as `sizes` says."""
    owners = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
    last = max(len(letters) - _RUN + 1, 0)
    mixed = np.zeros(last, np.uint64)
    for step in range(_RUN):
        mixed = (mixed + letters[step : step + last]) * _FACTOR
    mixed = _mix(mixed)
    long = np.repeat(sizes >= _SHORT, sizes)[:last]
    runs = (owners[:last] == owners[_RUN - 1 : _RUN - 1 + last]) & ~(long & (mixed & np.uint64(3) != 0))
    wholes = np.arange(len(sizes), dtype=np.uint64)
    marks = np.concatenate([mixed[runs], digests.view(np.uint64)]) >> np.uint64(32)
    found = np.concatenate([owners[:last][runs], wholes]) << np.uint64(32) | marks
    found.sort()  # np.unique hashes what it is given and sorts that: three times the work
    found = found[np.diff(found, prepend=~found[:1]) != 0]
    counts = np.bincount((found >> np.uint64(32)).astype(np.int64), minlength=len(sizes))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, (found & np.uint64(0xFFFFFFFF)).astype(np.uint32))


def _mix(values: np.ndarray) -> np.ndarray:
    """Every bit of a value made to hang on all of them."""
    values = (values ^ (values >> np.uint64(33))) * _MIX
    return values ^ (values >> np.uint64(29))
