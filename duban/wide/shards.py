"""Reading in shards: the centre packs files, any worker reads a shard of them, the centre takes the parts in.

What lies in storage, below a name of the run's own: `order.json`, what reading and checking have to know of plan and
limits; `files-NNN.tar`, a shard's files; below `NNN-<attempt>/` the Parquet that one attempt at a shard left. Only
names go over the wire. Workers get neither keys nor warehouse.
"""

import io
import json
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from uuid import uuid4

from duban.fillin.keys import key_ring
from duban.home import Home
from duban.limits import Limits, load_limits
from duban.messages import MESSAGES
from duban.processes import usual
from duban.reading.worker import describe, list_received, read_parts
from duban.registry.files import read_text
from duban.wide.storage import Storage

if TYPE_CHECKING:
    from duban.intake import Received
    from duban.registry.registry import Registry

_LARGEST = 256 << 20  # bytes of files in a shard of more than one
ORDER = "order.json"
File = tuple[int, str]  # place, digest


@dataclass(frozen=True)
class Shard:
    """Some files of a run, by number: those from one place to another. `name` is where those of its run lie; `parts`
    are the names of what was read."""

    name: str
    number: int
    first: int
    last: int
    parts: tuple[str, ...] = ()

    @property
    def files(self) -> str:
        return f"{self.name}/files-{self.number:03d}.tar"

    def attempt(self) -> str:
        """A name that no other attempt at the shard has, nor this one anywhere else."""
        return f"{self.name}/{self.number:03d}-{uuid4().hex[:8]}"


def hand_out(
    storage: Storage,
    name: str,
    received: Sequence["Received"],
    home: Home,
    registry: "Registry",
    most: int,
    workers: int,
) -> list[Shard]:
    """Put the files of a run into storage, at most so many to a shard, and two shards or more to a worker where there
    are enough of them."""
    limits = load_limits()
    order = {
        "words": describe(registry),
        "limits": asdict(limits),
        "plan": registry.files,
        "messages": read_text(MESSAGES),
    }
    with storage.open(f"{name}/{ORDER}", "wb") as file:
        file.write(json.dumps(order, ensure_ascii=False).encode())
    shards = []
    for number, files in enumerate(_cut(received, min(most, -(-len(received) // (2 * max(workers, 1)))))):
        shard = Shard(name, number, files[0].place, files[-1].place)
        _pack(storage, shard, files, home, limits)
        shards.append(shard)
    return shards


def read_shard(storage: Storage, shard: Shard, processes: int | None = None) -> tuple[str, ...]:
    """Read a shard's files, in child processes as ever, and mark their texts; returns the names of the parts."""
    from duban.warehouse.wordings import mark_texts

    order = order_of(storage, shard.name)
    with tempfile.TemporaryDirectory(prefix="duban-shard-") as scratch:
        files, parts = _unpack(storage, shard, Path(scratch)), Path(scratch, "parts")
        read_parts(files, order["words"], parts, processes or usual(), limits=Limits(**order["limits"]))
        mark_texts(parts)
        attempt = shard.attempt()
        return tuple(storage.put(path, f"{attempt}/{path.name}") for path in sorted(parts.iterdir()))


def bring_in(
    storage: Storage, shards: Sequence[Shard], received: Sequence["Received"], home: Home, folder: Path
) -> None:
    """Take the parts of all shards into a run's folder, as if they had been read here, and prove their stamps. Raises
    RuntimeError unless every file was read exactly once."""
    import pyarrow.parquet as pq

    from duban.reading.stamps import prove_stamps

    ring = key_ring(home.keys, create=False)
    list_received(received, folder)
    numbers: dict[PurePosixPath, int] = {}
    for part in (part for shard in shards for part in shard.parts):
        kind, _, batch = PurePosixPath(part).stem.rpartition("-")
        number = numbers.setdefault(PurePosixPath(part).with_name(batch), len(numbers))
        storage.get(part, folder / f"{kind}-{number:03d}.parquet")
    read = [
        place
        for path in folder.glob("files-*.parquet")
        for place in pq.read_table(path, columns=["file"])["file"].to_pylist()
    ]
    if sorted(read) != sorted(one.place for one in received):
        raise RuntimeError(f"{len(received)} files were handed out and {len(read)} came back")
    prove_stamps(folder, ring, len(numbers))


def order_of(storage: Storage, name: str) -> dict:
    """What the run's order says."""
    with storage.open(f"{name}/{ORDER}", "rb") as file:
        return json.load(file)


def _cut(received: Sequence["Received"], most: int) -> list[list["Received"]]:
    cut: list[list[Received]] = []
    size = 0
    for one in sorted(received, key=lambda one: one.place):
        size += one.size
        if not cut or len(cut[-1]) >= most or size > _LARGEST:
            cut.append([])
            size = one.size
        cut[-1].append(one)
    return cut


def _pack(storage: Storage, shard: Shard, files: Sequence["Received"], home: Home, limits: Limits) -> None:
    from duban.reading.submission import read_bytes

    with storage.open(shard.files, "wb") as out, tarfile.open(fileobj=out, mode="w|") as archive:
        _add(archive, "list", json.dumps([(one.place, one.digest) for one in files]).encode())
        for one in files:
            path = home.archived(one.digest)
            if path.exists():  # else it is for the reader to say that it cannot be read
                _add(archive, str(one.place), read_bytes(str(path), limits))


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def _unpack(storage: Storage, shard: Shard, folder: Path) -> list[tuple[int, str, Path]]:
    """Place, digest and path of each of a shard's files. The archive is our own: no name of a sender is in it."""
    with storage.open(shard.files, "rb") as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
        archive.extractall(folder, filter="data")
    listed: list[File] = json.loads((folder / "list").read_bytes())
    return [(place, digest, folder / str(place)) for place, digest in listed]
