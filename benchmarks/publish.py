"""Publishing, for whoever writes the same cells, formats and charts to be held against it.

    python -m benchmarks.publish record HOME SCHEMAS CALLS
    python -m benchmarks.publish duban HOME SCHEMAS

HOME is a copy of a home in which the files have been collected. `record` publishes and keeps every call of XlsxWriter
that made the workbook, with its arguments ready (`benchmarks.replay` makes them again); `duban` publishes: pins,
computes, fetches, writes, and records what it issued, from the first call to the file on disk, without imports.
"""

import pickle
import sys
from pathlib import Path

from benchmarks.cycle import AS_OF, publish, say
from duban.home import Home


def main(what: str, home: Path, schemas: Path, calls: Path | None = None) -> None:
    say("imports")
    import duban.documents
    import duban.publishing.publish  # noqa: F401

    say("publish")
    if what == "record":
        from benchmarks.recorder import recording

        with recording() as made:
            publish(Home(home), schemas, AS_OF)
        calls.write_bytes(pickle.dumps(made))
    else:
        publish(Home(home), schemas, AS_OF)
    say("end")


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
