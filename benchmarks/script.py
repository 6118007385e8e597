"""The peer: the script people write instead. It only reads, concatenates and writes one sheet; it checks nothing."""

import sys
from pathlib import Path

import pandas as pd


def main(folder: Path, output: Path) -> None:
    frames = []
    for path in sorted(folder.glob("*.xlsx")):
        try:
            sheets = pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")
        except Exception as error:  # damaged samples: the script goes on, as its author would have it
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        for name, frame in sheets.items():
            frame.insert(0, "sheet", name)
            frame.insert(0, "file", path.name)
            frames.append(frame)
    pd.concat(frames, ignore_index=True).to_excel(output, index=False, engine="openpyxl")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
