"""The peer: the script people write instead. It reads all sheets, concatenates them, sums the figures by their codes,
and writes both; it checks nothing.

    python -m benchmarks.script FOLDER OUTPUT [READER WRITER]

`openpyxl` reads and writes, as pandas does where nothing else is told, or other engines of pandas (`calamine`,
`xlsxwriter`).
"""

import sys
from pathlib import Path

import pandas as pd

FIGURES, CODE, VALUE = "指标数据", 1, 7  # the sheet of figures, and its columns counted from 0
ROWS = 1_000_000  # of a sheet; Excel has a few more


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
    whole = pd.concat(frames, ignore_index=True)
    figures = whole[whole["sheet"] == FIGURES]
    typed = pd.to_numeric(figures[VALUE], errors="coerce")  # what is no number is not counted
    sums = typed.groupby(figures[CODE]).agg(["count", "sum"])
    with pd.ExcelWriter(output, engine=writer) as book:
        for number, first in enumerate(range(0, len(whole), ROWS), start=1):
            rows = whole.iloc[first : first + ROWS]
            rows.to_excel(book, sheet_name="all" if number == 1 else f"all {number}", index=False)
        sums.to_excel(book, sheet_name="sums")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
