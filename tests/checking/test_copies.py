"""Which texts a text is held against: those with which it shares most marks, each mark counted for who had it first."""

import random
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from duban.checking.copies import _Marks
from duban.warehouse.connection import in_pieces, open_warehouse

SCHEMA = pa.schema([("item", pa.int32()), ("marks", pa.list_(pa.uint32()))])


def drawn(rng: random.Random, count: int) -> list[tuple[int, list[int]]]:
    """Texts as item and marks; few marks, so that many are shared, some of which only differ in their high bits."""
    marks = [base | high << 31 for base in range(12) for high in (0, 1)]
    return [(rng.choice((3, 7, 9)), sorted(rng.sample(marks, rng.randint(1, 8)))) for _ in range(count)]


def held_against(
    own: list, selves: list[int], kept: list, counts: list[bool]
) -> set[tuple[int, int | None, int | None]]:
    """The same in so many words: (text, row of the warehouse, other text)."""
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for row, (item, marks) in enumerate(kept):
        for mark in marks if counts[row] else ():
            first.setdefault((item, mark), (0, row))
    for place, (item, marks) in enumerate(own):
        for mark in marks:
            first.setdefault((item, mark), (1, place))
    found = set()
    for place, (item, marks) in enumerate(own):
        shared = Counter(first[item, mark] for mark in marks)
        shared.pop((0, selves[place]) if selves[place] >= 0 else (1, place), None)
        most = sorted(shared, key=lambda other: (-shared[other], other))[:3]
        found |= {(place, None, other) if inside else (place, other, None) for inside, other in most}
    return found


@pytest.mark.parametrize("seed", range(20))
def test_each_text_is_held_against_the_three_with_which_it_shares_most_however_the_earlier_ones_come(seed):
    rng = random.Random(seed)
    own, kept = drawn(rng, rng.randint(1, 30)), [*drawn(rng, rng.randint(0, 60)), (5, [1, 2])]
    selves = [rng.choice((-1, -1, rng.randrange(len(kept)))) for _ in own]
    counts = [rng.random() < 0.8 for _ in kept]
    marks = _Marks(
        pa.Table.from_pylist([dict(zip(SCHEMA.names, one, strict=True)) for one in own], SCHEMA), np.array(selves)
    )
    rows = pa.table(
        {
            "kept": pa.array(range(len(kept)), pa.int64()),
            "item": pa.array([item for item, _ in kept], pa.int32()),
            "marks": pa.array([marks for _, marks in kept], pa.list_(pa.uint32())),
        }
    )
    for piece in rows.to_batches(max_chunksize=rng.choice((1, 7, 100))):
        marks.look_through(piece, np.array(counts))
    sharing = marks.sharing(np.arange(len(own))).to_pylist()
    assert {tuple(row.values()) for row in sharing} == held_against(own, selves, kept, counts)
    assert len(sharing) == len({tuple(row.values()) for row in sharing})


def test_only_texts_of_the_quarter_are_looked_through_in_the_order_in_which_they_came():
    with open_warehouse(None) as connection:
        connection.execute("SET VARIABLE quarter = '2023Q1'")
        for place, quarter in enumerate(("2022Q4", "2023Q1", "2022Q1", "2023Q1", "2023Q2")):
            row = f"'{quarter}-A1-0{place}', {place}, 0, 10, 10, 0, '', [7, 8]"
            connection.execute(f"INSERT INTO wordings VALUES ({row})")
        pieces = list(in_pieces(connection, "queries/checking/marks", 1))
    assert [piece.to_pylist() for piece in pieces] == [
        [{"kept": 1, "item": 1, "marks": [7, 8]}],
        [{"kept": 3, "item": 3, "marks": [7, 8]}],
    ]
