"""Copied texts: which of this run's somebody else wrote before, in the run or in the warehouse, or nearly so.

Every text is held against the few earlier ones of its item with which it shares most marks. The marks of a quarter's
texts are tens of millions, so they pass by in pieces, and what is looked for shrinks with what is found.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duban.warehouse.connection import Connection, arrow, in_pieces, query
from duban.warehouse.wordings import near

_HELD_AGAINST = 3
_LOW = 17  # bits of a mark that tell in a small table whether it may be one that is looked for
_PIECE = 8_192  # texts; their numbers have sixteen bits
_OWN = np.int64(1) << np.int64(40)  # of texts in a run the numbers begin here, behind those of any warehouse


def find_copies(connection: Connection, own: pa.Table) -> pa.Table:
    """The texts of `own_wordings` that others wrote before (id, other: the reporter), from a warehouse in which `own`
    is registered by that name, and `copying` as well."""
    query(connection, "queries/checking/copies")
    asked = arrow(connection, "queries/checking/asked")
    counting = arrow(connection, "queries/checking/counting").column("kept").to_numpy()
    rows = own.take(pc.index_in(asked.column("id"), own.column("id")))
    marks = _Marks(rows, asked.column("kept").fill_null(-1).to_numpy())
    counts = np.zeros(counting.max(initial=-1) + 1, bool)
    counts[counting] = True
    for piece in in_pieces(connection, "queries/checking/marks", _PIECE) if len(counting) else ():
        marks.look_through(piece, counts)
    connection.register("sharing", marks.sharing(asked.column("id").to_numpy()))
    query(connection, "queries/checking/candidates")
    connection.register("near", near(arrow(connection, "queries/checking/pairs")))
    query(connection, "queries/checking/likenesses")
    return arrow(connection, "queries/checking/accused")


class _Marks:
    """The marks of the run's texts (item, marks; in their order), and who had each of them first: the number of a text
    in the warehouse, its row there, or `_OWN` and more. `selves` are the rows that hold the same text, or -1."""

    def __init__(self, texts: pa.Table, selves: np.ndarray):
        self._selves = np.where(selves < 0, _OWN + np.arange(len(selves)), selves)
        items = texts.column("item").to_numpy()
        self._items = np.unique(items)
        runs, owners = _runs(texts.column("marks"), np.searchsorted(self._items, items))
        bits = len(selves).bit_length()
        if len(self._items).bit_length() + 32 + bits > 64:
            raise OverflowError(f"{len(selves)} texts of {len(self._items)} items are too many for one run")
        # the text is packed below its mark, because to sort numbers is much quicker than to find out their order
        packed = np.sort(runs << np.uint64(bits) | owners.astype(np.uint64))
        runs, self._owners = packed >> np.uint64(bits), (packed & np.uint64((1 << bits) - 1)).astype(np.int64)
        new = np.diff(runs, prepend=~runs[:1]) != 0
        self._runs, self._of = runs[new], np.cumsum(new) - 1
        self._first = _OWN + self._owners[new]
        self._low = (self._runs >> np.uint64(32) << np.uint64(_LOW)) | self._runs & np.uint64((1 << _LOW) - 1)
        self._wanted = np.zeros((len(self._items) + 1) << _LOW, bool)  # of an item that none has nothing is
        self._wanted[self._low] = True

    def look_through(self, piece: pa.RecordBatch, counts: np.ndarray) -> None:
        """Take note of texts of the warehouse (kept, item, marks), the next in their order; those `counts` says."""
        kept, items = piece.column("kept").to_numpy(), piece.column("item").to_numpy()
        places = np.minimum(np.searchsorted(self._items, items), len(self._items) - 1)
        counting = (kept < len(counts)) & counts[np.minimum(kept, len(counts) - 1)] & (self._items[places] == items)
        places = np.where(counting, places, len(self._items)).astype(np.uint32)
        marks = piece.column("marks")
        flat, sizes = marks.flatten().to_numpy(), pc.list_value_length(marks).to_numpy()
        hits = np.flatnonzero(self._wanted[np.repeat(places << _LOW, sizes) | flat & ((1 << _LOW) - 1)])
        owners = np.repeat(np.arange(len(sizes), dtype=np.uint16), sizes)[hits]
        runs = places.astype(np.uint64)[owners] << np.uint64(32) | flat[hits]
        packed = np.sort(runs << np.uint64(16) | owners)
        runs = packed >> np.uint64(16)
        new = np.diff(runs, prepend=~runs[:1]) != 0
        runs, owners = runs[new], packed[new] & np.uint64(0xFFFF)  # of several texts the first
        places = np.minimum(np.searchsorted(self._runs, runs), len(self._runs) - 1)
        found = (self._runs[places] == runs) & (self._first[places] >= _OWN)
        places = places[found]
        self._first[places] = kept[owners[found]]
        if len(places) * 8 > len(self._runs):  # worth the work
            self._wanted[self._low[places]] = False
            self._wanted[self._low[self._first >= _OWN]] = True

    def sharing(self, ids: np.ndarray) -> pa.Table:
        """With which texts each shares most marks: one (its id), and kept (a row of the warehouse) or two (an id)."""
        firsts = self._first[self._of]
        others = firsts != self._selves[self._owners]
        # 41 bits hold a row of the warehouse, or _OWN and the number of a text
        packed = np.sort(self._owners[others].astype(np.uint64) << np.uint64(41) | firsts[others].astype(np.uint64))
        new = np.flatnonzero(np.diff(packed, prepend=~packed[:1]) != 0)
        pairs, shared = packed[new], np.diff(new, append=len(packed))
        owners = (pairs >> np.uint64(41)).astype(np.int64)
        starts = np.flatnonzero(np.diff(owners, prepend=-1) != 0)
        # most shared first, of several the earliest
        worth = shared << 32 | (len(pairs) - np.arange(len(pairs)))
        chosen = []
        for _ in range(_HELD_AGAINST if len(pairs) else 0):
            best = np.maximum.reduceat(worth, starts)
            best = len(pairs) - (best[best > 0] & 0xFFFFFFFF)
            chosen.append(best)
            worth[best] = 0
        best = np.concatenate(chosen) if chosen else np.zeros(0, np.int64)
        firsts = (pairs[best] & np.uint64((1 << 41) - 1)).astype(np.int64)
        inside = firsts >= _OWN
        return pa.table(
            {
                "one": pa.array(ids[owners[best]], pa.int64()),
                "kept": pa.array(firsts, pa.int64(), mask=inside),
                "two": pa.array(
                    ids[np.where(inside, firsts - _OWN, 0)] if len(ids) else firsts, pa.int64(), mask=~inside
                ),
            }
        )


def _runs(marks: pa.ListArray | pa.ChunkedArray, items: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each mark its text's item, by place, and the mark in one number; and its text's row."""
    if isinstance(marks, pa.ChunkedArray):
        marks = marks.combine_chunks()
    owners = np.repeat(np.arange(len(items)), pc.list_value_length(marks).to_numpy())
    return (items.astype(np.uint64) << np.uint64(32))[owners] | marks.flatten().to_numpy(), owners
