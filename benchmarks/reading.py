"""What a reading process does with a file, step by step in one process: where its time goes.

    python -m benchmarks.reading FILES SCHEMAS [--files 200]

`bytes` reads the files, `isolate` inflates them within limits and finds their parts, `read` does that too and takes the
cells, `clean` does both too and finds tables, stamp, cells and entries; `parquet` writes what `clean` found.
"""

import argparse
import gc
import json
import tempfile
from pathlib import Path

from benchmarks.cycle import say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("schemas", type=Path)
    parser.add_argument("--files", type=int, default=200)
    told = parser.parse_args()

    from duban.limits import load_limits
    from duban.reading.cells import read_book
    from duban.reading.parts import Parts, write_parts
    from duban.reading.precheck import precheck
    from duban.reading.rows import Words
    from duban.reading.submission import read_bytes, read_submission
    from duban.reading.worker import describe
    from duban.registry.load import load_registry

    words = Words.parse(json.loads(json.dumps(describe(load_registry(told.schemas)))))
    limits = load_limits()
    paths = [str(path) for path in sorted(told.folder.glob("*.xlsx"))[-told.files :]]
    gc.disable()  # as there

    def clean(data: bytes) -> Parts:
        parts = Parts()
        read_submission(0, "", data, words, parts, limits)
        return parts

    with tempfile.TemporaryDirectory() as scratch:

        def parquet(batch: int, found: list[Parts]) -> None:
            parts = Parts()
            for one in found:
                parts.add(one)
            write_parts(Path(scratch), batch, parts)

        for path in paths[:3]:  # what is asked for once
            parquet(0, [clean(read_bytes(path, limits))])
        say("bytes")
        contents = [read_bytes(path, limits) for path in paths]
        say("isolate")
        for data in contents:
            precheck(data, limits)
        say("read")
        for data in contents:
            read_book(data, limits)
        say("clean")
        found = [clean(data) for data in contents]
        say("parquet")
        for batch in range(0, len(found), 64):
            parquet(batch, found[batch : batch + 64])
        say("end")
    print(len(paths))


if __name__ == "__main__":
    main()
