"""Reading received files in worker processes, from the main process's side."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from duban.fillin.keys import key_ring
from duban.home import Home
from duban.limits import Limits, load_limits
from duban.processes import usual
from duban.reading.pool import run_batches

if TYPE_CHECKING:
    from duban.intake import Received
    from duban.registry.registry import Registry

Progress = Callable[[int, int], None]
_WORKER = (sys.executable, "-m", "duban.reading.child")


def read_received(
    received: Sequence["Received"],
    home: Home,
    registry: "Registry",
    folder: Path,
    processes: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Read archived files and write `folder/{files,cells,entries,faults}-NNN.parquet`, every file in one of them, the
    marks of their texts (`wordings-000.parquet`), and what was received (`received.json`).

    There are at least two `processes` by default: the second goes on while the first waits for a file that hangs.
    `progress(done, total)` counts files. Raises OSError when the parts cannot be written.
    """
    from duban.warehouse.wordings import mark_texts  # pyarrow

    list_received(received, folder)
    files = [(one.place, one.digest, home.archived(one.digest)) for one in received]
    read_files(files, home.keys, registry, folder, processes, progress)
    mark_texts(folder)


def list_received(received: Sequence["Received"], folder: Path) -> None:
    """Write what was received where its parts are to lie: checking wants to know where each file came from."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "received.json").write_text(json.dumps([asdict(one) for one in received]), encoding="utf-8")


def read_files(
    files: Sequence[tuple[int, str, Path]],
    keys: Path,
    registry: "Registry",
    folder: Path,
    processes: int | None = None,
    progress: Progress | None = None,
    command: Sequence[str] = _WORKER,
    limits: Limits | None = None,
) -> None:
    """As `read_received`, for files wherever they lie: (place, digest, path) each. `keys` is the folder of the keys
    that stamps are verified with, `command` starts a worker, `limits` are those of this
    installation unless given."""
    from duban.reading.stamps import prove_stamps  # pyarrow

    ring = key_ring(keys, create=False)  # unusable keys are told before anything is read
    prove_stamps(folder, ring, read_parts(files, describe(registry), folder, processes, progress, command, limits))


def read_parts(
    files: Sequence[tuple[int, str, Path]],
    plan: dict,
    folder: Path,
    processes: int | None = None,
    progress: Progress | None = None,
    command: Sequence[str] = _WORKER,
    limits: Limits | None = None,
) -> int:
    """As `read_files`, without any key: which stamps are genuine is left open. `plan` is what `describe` made of it.
    Returns the first number that no part has."""
    from duban.reading.faults import Fault
    from duban.reading.parts import Parts, remove_parts, write_parts  # pyarrow

    limits = limits or load_limits()
    folder.mkdir(parents=True, exist_ok=True)
    done = 0

    def count(finished: int) -> None:
        nonlocal done
        done += finished
        if progress is not None:
            progress(done, len(files))

    outcome = run_batches(
        command,
        {"plan": plan, "folder": str(folder), "limits": asdict(limits)},
        [(place, digest, str(path)) for place, digest, path in files],
        processes or usual(),
        count,
        limits.seconds_per_file,
    )
    for number in outcome.lost:
        remove_parts(folder, number)
    if outcome.culprits or not files:
        parts = Parts()
        for place, digest, _ in outcome.culprits:
            parts.add_unreadable(place, digest, Fault("reader_failed"))
        write_parts(folder, outcome.next_number, parts)
    return outcome.next_number + 1


def describe(registry: "Registry") -> dict:
    """What a worker has to know of a plan, as JSON; `duban.reading.rows.Words` reads it."""
    return {
        "year": registry.plan.year,
        "items": [item.item for item in registry.items],
        "inputs": {code: (entry.item, entry.unit) for code, entry in registry.inputs.items()},
    }
