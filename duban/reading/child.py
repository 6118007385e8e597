"""What a reading worker runs: a process of its own that can be lost without loss.

It takes lines of JSON, first a setup, then batches of files, and answers with the place of each file it begins and
`done` when a batch's parts are written. It imports calamine, pyarrow and this package, nothing heavier.
"""

import gc
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from duban.fillin.keys import KeyRing, key_ring
from duban.reading.faults import Fault
from duban.reading.parts import Parts, write_parts
from duban.reading.rows import Words
from duban.reading.submission import read_bytes, read_submission

MEMORY = 2 << 30  # bytes of address space; the libraries alone reserve half a gigabyte
Hook = Callable[[int], None]


def work(hook: Hook = lambda place: None) -> None:
    """A worker's life. `hook` is told of each file before it is read: a test makes it abort or hang there."""
    sys.meta_path.insert(0, _NoPandas)
    answers = os.dup(1)
    os.dup2(2, 1)  # what a parser prints must not be taken for an answer
    setup = json.loads(sys.stdin.readline())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # nothing here goes in circles, and a batch's rows are many
    words = Words.parse(setup["plan"])
    ring = key_ring(Path(setup["keys"]), create=False)
    os.write(answers, b"ready\n")
    for line in sys.stdin:
        batch = json.loads(line)
        parts = Parts()
        for at, (place, digest, path) in enumerate(batch["files"]):
            os.write(answers, b"%d\n" % at)
            hook(place)
            parts.add(_read(place, digest, path, words, ring))
        write_parts(Path(setup["folder"]), batch["number"], parts)
        os.write(answers, b"done\n")


class _NoPandas:
    """pyarrow imports pandas at its first array, wherever it can: a third of a second of every worker's."""

    @staticmethod
    def find_spec(name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ImportError(name)


def _read(place: int, digest: str, path: str, words: Words, ring: KeyRing) -> Parts:
    parts = Parts()
    try:
        read_submission(place, digest, read_bytes(path), words, ring, parts)
    except Exception:  # a fault of ours, or memory at its end: it costs this file, and the log says where
        traceback.print_exc()
        parts = Parts()
        parts.add_unreadable(place, digest, Fault("reader_failed"))
    return parts


if __name__ == "__main__":
    work()
