"""Parts of a package that are deflated while they are still being written: piece by piece, in threads beside, and put
aside in a file, so that neither their text nor what comes of it has to be held.

What comes out depends on the pieces alone, not on the threads.
"""

import tempfile
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import NamedTuple

_THREADS = 4  # compressing lets go of the interpreter
_MOST_WAITING = 16  # pieces: as many as are held at once
_HELD = 8 << 20  # bytes that are put aside in memory; a small workbook needs no file
_POLYNOMIAL = 0xEDB88320  # of CRC-32, its bits reversed


class Part(NamedTuple):
    """A part of a package, deflated: its check sum, its size in bytes, and the pieces of its deflated bytes. A piece
    that is put aside is told by where it begins and how long it is."""

    crc: int
    size: int
    packed: tuple[bytes | tuple[int, int], ...]

    @property
    def packed_size(self) -> int:
        return sum(len(piece) if isinstance(piece, bytes) else piece[1] for piece in self.packed)


class Run:
    """Pieces of one part that follow each other."""

    def __init__(self) -> None:
        self.crc, self.size = 0, 0
        self.aside: list[tuple[int, int]] = []


class Deflater:
    """Deflates parts of one package. `folder` is where pieces are put aside, in a file that has no name. Threads may
    add to runs beside each other, each to its own."""

    def __init__(self, folder: Path):
        self._threads = ThreadPoolExecutor(_THREADS)
        self._aside = tempfile.SpooledTemporaryFile(_HELD, dir=folder)  # noqa: SIM115 - closed by close()
        self._waiting: deque[tuple[Run, Future[bytes]]] = deque()
        self._one = Lock()  # adds or puts aside

    def whole(self, data: bytes) -> Future[Part]:
        """A part that is whole."""
        return self._threads.submit(whole, data)

    def add(self, run: Run, piece: bytes) -> None:
        """The next piece of a run; waits where too many are waiting."""
        run.crc, run.size = zlib.crc32(piece, run.crc), run.size + len(piece)
        with self._one:
            self._waiting.append((run, self._threads.submit(_deflated, piece, zlib.Z_FULL_FLUSH)))
            if len(self._waiting) > _MOST_WAITING:
                self._put_aside()

    def around(self, run: Run, before: bytes, after: bytes) -> "Future[Part]":
        """The part that a run is the middle of."""
        with self._one:
            while self._waiting:
                self._put_aside()
        return self._threads.submit(_around, run, before, after)

    def read(self, part: Part) -> Iterator[bytes]:
        """A part's deflated bytes."""
        for piece in part.packed:
            if isinstance(piece, bytes):
                yield piece
            else:
                self._aside.seek(piece[0])
                yield self._aside.read(piece[1])

    def close(self) -> None:
        """End the threads; parts can still be read."""
        self._threads.shutdown()

    def _put_aside(self) -> None:
        run, waiting = self._waiting.popleft()
        packed = waiting.result()
        run.aside.append((self._aside.tell(), len(packed)))
        self._aside.write(packed)


def _deflated(data: bytes, end: int, level: int = zlib.Z_DEFAULT_COMPRESSION) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush(end)


def whole(data: bytes, level: int = zlib.Z_DEFAULT_COMPRESSION) -> Part:
    """A part that is whole."""
    return Part(zlib.crc32(data), len(data), (_deflated(data, zlib.Z_FINISH, level),))


def _around(run: Run, before: bytes, after: bytes) -> Part:
    crc = joined(joined(zlib.crc32(before), run.crc, run.size), zlib.crc32(after), len(after))
    packed = (_deflated(before, zlib.Z_FULL_FLUSH), *run.aside, _deflated(after, zlib.Z_FINISH))
    return Part(crc, len(before) + run.size + len(after), packed)


def joined(crc: int, following: int, length: int) -> int:
    """The CRC-32 of two texts one after the other, from the CRC-32 of each and the second's length in bytes; zlib has a
    call for this that Python does not pass on."""
    power, shift, bits = 1 << 30, 1 << 31, 8 * length  # x, 1, and what is to come of them: x to the power of `bits`
    while bits:
        if bits & 1:
            shift = _times(shift, power)
        power, bits = _times(power, power), bits >> 1
    return _times(shift, crc) ^ following


def _times(one: int, other: int) -> int:
    """The product of two polynomials over the field of two elements, modulo that of CRC-32."""
    product = 0
    for place in range(31, -1, -1):
        if one >> place & 1:
            product ^= other
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
    return product
