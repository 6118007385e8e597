"""Recorded calls made again with nothing of duban in the process; prints the seconds that they take.

python -m benchmarks.replay CALLS WORKBOOK
"""

import pickle
import sys
import time
from pathlib import Path

import xlsxwriter

from benchmarks.recorder import Call, Ref


def main() -> None:
    calls = pickle.loads(Path(sys.argv[1]).read_bytes())
    started = time.perf_counter()
    replay(calls, Path(sys.argv[2]))
    print(time.perf_counter() - started)


def replay(calls: list[Call], path: Path) -> None:
    """Make the calls, as a script that knows what to write would."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False})
    made: list[object] = []

    def real(value: object) -> object:
        if value.__class__ is Ref:
            return made[value.number]
        if value.__class__ is dict:
            return {key: real(one) for key, one in value.items()}
        return value

    for target, name, words, options, makes in calls:
        owner = book if target is None else made[target.number]
        result = getattr(owner, name)(*(real(word) for word in words), **real(options))
        if makes is not None:
            made.append(result)
    book.close()


if __name__ == "__main__":
    main()
