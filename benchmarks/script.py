"""The peer: the script people write instead. It only reads, concatenates and writes one sheet; it checks nothing.

    python -m benchmarks.script FOLDER OUTPUT [READER WRITER]

`openpyxl` reads and writes, as pandas does where nothing else is told, or other engines of pandas (`calamine`,
`xlsxwriter`).
"""

import sys
from pathlib import Path

import pandas as pd


def main(folder: Path, output: Path, reader: str = "openpyxl", writer: str = "openpyxl") -> None:
    frames = []
    for path in sorted(folder.glob("*.xlsx")):
        try:
            sheets = pd.read_excel(path, sheet_name=None, header=None, engine=reader)
        except Exception as error:  # damaged samples: the script goes on, as its author would have it
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        for name, frame in sheets.items():
            frame.insert(0, "sheet", name)
            frame.insert(0, "file", path.name)
            frames.append(frame)
    pd.concat(frames, ignore_index=True).to_excel(output, index=False, engine=writer)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
