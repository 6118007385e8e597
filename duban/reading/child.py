"""What a reading worker runs: a process of its own that can be lost without loss.

It takes lines of JSON, first a setup, then batches of files, and answers with the place of each file it begins and
`done` when a batch's parts are written. It imports calamine, pyarrow and this package, nothing heavier.
"""

import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

Hook = Callable[[int], None]
_NICE = 10  # a batch is read beside the check of the one before, which is what all of it waits for


def work(hook: Hook = lambda place: None) -> None:
    """A worker's life. `hook` is told of each file before it is read: a test makes it abort or hang there."""
    sys.meta_path.insert(0, _Lean)
    from duban.errors import OF_THE_DISK
    from duban.limits import Limits
    from duban.reading.parts import Parts, write_parts
    from duban.reading.rows import Words
    from duban.reading.submission import read_file

    answers = os.dup(1)
    os.dup2(2, 1)  # what a parser prints must not be taken for an answer
    setup = json.loads(sys.stdin.readline())
    limits = Limits(**setup["limits"])
    memory = limits.memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICE)
    gc.disable()  # nothing here goes in circles, and a batch's rows are many
    words = Words.parse(setup["plan"])
    os.write(answers, b"ready\n")
    for line in sys.stdin:
        batch = json.loads(line)
        parts = Parts()
        try:
            for at, (place, digest, path) in enumerate(batch["files"]):
                os.write(answers, b"%d\n" % at)
                hook(place)
                parts.add(read_file(place, digest, path, words, limits))
            write_parts(Path(setup["folder"]), batch["number"], parts)
        except OSError as error:
            if error.errno not in OF_THE_DISK:
                raise
            os.write(answers, b"refused %d\n" % error.errno)
        else:
            os.write(answers, b"done\n")


class _Lean:
    """pyarrow imports numpy at its start, and pandas at its first array, wherever it can; it needs neither here, and
    they take longer than a hundred files."""

    @staticmethod
    def find_spec(name: str, path: object, target: object = None) -> None:
        if name in ("numpy", "pandas"):
            raise ImportError(name)


if __name__ == "__main__":
    work()
