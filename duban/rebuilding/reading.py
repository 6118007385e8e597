"""Reading archived files again: many runs at once, because starting readers costs more than reading a few files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duban.home import Home
from duban.journal import Step, kept_registry
from duban.reading.parts import SCHEMAS
from duban.reading.worker import read_files

AT_ONCE = 400  # files whose cells are held in memory
Parts = Mapping[str, pa.Table]


def read_again(
    home: Home, steps: Sequence[Step], scratch: Path, progress: Callable[[int, int], None]
) -> Iterator[tuple[Step, Parts]]:
    """Each `received` step with what reading finds in its files: tables by kind, files by their places in the step."""
    files, done = sum(len(step.details["files"]) for step in steps), 0
    for batch in _batches(steps):
        found = [(at, one) for at, one in enumerate(one for step in batch for one in step.details["files"])]
        folder = scratch / "reading"
        folder.mkdir()
        wanted = [(at, one["digest"], home.archived(one["digest"]).resolve()) for at, one in found]
        read_files(wanted, home.keys, kept_registry(home, batch[0].details["registry"]), folder)
        tables = {kind: pq.read_table(sorted(folder.glob(f"{kind}-*.parquet"))) for kind in SCHEMAS}
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        first = 0
        for step in batch:
            places = [one["place"] for one in step.details["files"]]
            yield step, {kind: _of_step(table, first, places) for kind, table in tables.items()}
            first += len(places)
            done += len(places)
            progress(done, files)


def _batches(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Steps in a row that were read by the same plan, as many as may be read at once."""
    batch: list[Step] = []
    for step in steps:
        held = sum(len(one.details["files"]) for one in batch)
        if batch and (
            step.details["registry"] != batch[0].details["registry"] or held + len(step.details["files"]) > AT_ONCE
        ):
            yield batch
            batch = []
        batch.append(step)
    if batch:
        yield batch


def _of_step(table: pa.Table, first: int, places: list[int]) -> pa.Table:
    """The rows of a step's files, under the places that they had in their run."""
    numbers = pa.array(range(first, first + len(places)), pa.int32())
    rows = table.filter(pc.is_in(table["file"], numbers))
    at = pc.cast(pc.subtract(rows["file"], first), pa.int64())
    told = pc.take(pa.array(places, pa.int32()), at)
    return rows.set_column(rows.schema.get_field_index("file"), "file", told)
