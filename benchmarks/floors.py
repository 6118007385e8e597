"""What no pipeline gets below: every submission inflated, or read by calamine alone, in as many processes as duban
reads with; nothing is kept.

    python -m benchmarks.floors inflate FOLDER
    python -m benchmarks.floors calamine FOLDER

Where the work begins, all processes have started and imported what they need; the stages say so.
"""

import argparse
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from duban.processes import usual


def inflate(path: Path) -> int:
    """The bytes that a file holds; 0 for one that is no archive."""
    try:
        with zipfile.ZipFile(path) as package:
            return sum(len(package.read(name)) for name in package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return 0


def calamine(path: Path) -> int:
    """The rows of all sheets of a file; 0 for one that cannot be read."""
    try:
        with CalamineWorkbook.from_path(path) as book:
            return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    except (CalamineError, zipfile.BadZipFile, OSError):
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("floor", choices=("inflate", "calamine"))
    parser.add_argument("folder", type=Path)
    told = parser.parse_args()
    function = {"inflate": inflate, "calamine": calamine}[told.floor]
    print("stage imports", flush=True)
    files = sorted(told.folder.glob("*.xlsx"))
    with ProcessPoolExecutor(usual()) as pool:
        list(pool.map(function, files[:1] * 8 * usual()))  # every process has begun
        print(f"stage {told.floor}", flush=True)
        found = sum(pool.map(function, files, chunksize=16))
        print("stage end", flush=True)
    print(f"{len(files)} files, {found} {'bytes' if told.floor == 'inflate' else 'rows'}")


if __name__ == "__main__":
    main()
