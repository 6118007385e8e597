"""Mutants and half copies of good submissions, read by the real reading processes and held against the letter of XML.

    python -m tests.robustness.mutants --count 20000 --seed 1

Of every mutant that is read, each cell must be what an independent reader finds there, and each entry must be its
cell's; what that reader cannot make sense of must not be read. Exits with 1 where one is not so; `--keep` keeps it.
"""

import argparse
import datetime as dt
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.limits import load_limits
from duban.reading.worker import read_files
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS
from tests.robustness.mutating import mutant
from tests.robustness.oracle import Unclear, cells_of

SAMPLES = REPOSITORY / "sample_submissions"
_BATCH = 500
_EPOCHS = (dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1))


@dataclass
class Result:
    """How many were read or refused (by rule), by kind of mutant, and what is wrong: (kind, mutant's file, words)."""

    read: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    rules: Counter = field(default_factory=Counter)
    changed: int = 0
    wrong: list[tuple[str, Path, str]] = field(default_factory=list)


def originals(pattern: str = "2023Q1/*.xlsx", every: int = 3) -> list[bytes]:
    """Good submissions: those that can be read."""
    found = [path.read_bytes() for path in sorted(SAMPLES.glob(pattern))[::every]]
    good = []
    for data in found:
        try:
            cells_of(data)
        except Unclear:
            continue
        good.append(data)
    return good


def run(count: int, seed: int, folder: Path, command: Sequence[str] = (), told: bool = False) -> Result:
    """Make, read and judge so many mutants; `command` starts another reading process than the real one."""
    rng, good, result = random.Random(seed), originals(), Result()
    registry, keys = load_registry(SCHEMAS / "2023"), Home(folder)
    copy_keys(SAMPLES / "keys", keys.keys)
    for start in range(0, count, _BATCH):
        batch = folder / f"{start}"
        batch.mkdir(parents=True)
        kinds, files = [], []
        for place in range(min(_BATCH, count - start)):
            kind, data = mutant(rng, rng.choice(good), rng.choice(good))
            kinds.append(kind)
            files.append((place, f"{place:064x}", batch / f"{start + place}-{kind}.xlsx"))
            files[-1][2].write_bytes(data)
        parts = batch / "parts"
        read_files(files, keys.keys, registry, parts, limits=load_limits(), **({"command": command} if command else {}))
        judge(kinds, files, parts, result)
        for path in [*parts.iterdir(), *(path for _, _, path in files)]:
            if path not in {wrong for _, wrong, _ in result.wrong}:
                path.unlink()
        if told:
            done = start + len(files)
            print(f"{done} done, {sum(result.read.values())} read, {len(result.wrong)} wrong", flush=True)
    return result


def judge(kinds: list[str], files: list[tuple[int, str, Path]], parts: Path, result: Result) -> None:
    """Hold what was read of a batch against what its files say."""
    readable = {row["file"] for row in _rows(parts, "files") if row["readable"]}
    cells: dict[int, dict] = {place: {} for place in readable}
    for row in _rows(parts, "cells"):
        cells[row["file"]][row["sheet"], row["row"], row["col"]] = row["kind"], row["typed"]
    entries: dict[int, list[dict]] = {}
    for row in _rows(parts, "entries"):
        entries.setdefault(row["file"], []).append(row)
    for row in _rows(parts, "faults"):
        if row["file"] not in readable:
            result.rules[row["rule"]] += 1
    decided = {row["file"] for row in _rows(parts, "files")}
    for (place, _, path), kind in zip(files, kinds, strict=True):
        if place not in decided:
            result.wrong.append((kind, path, "not decided"))
        elif place not in readable:
            result.refused[kind] += 1
        else:
            result.read[kind] += 1
            if words := _differs(path.read_bytes(), cells[place], entries.get(place, [])):
                result.wrong.append((kind, path, words))


def _differs(data: bytes, read: dict, entries: list[dict]) -> str:
    """How what was read differs from what the file says; '' where it does not."""
    try:
        said = cells_of(data)
    except Unclear as unclear:
        return f"read, though {unclear}"
    for place in said.keys() | read.keys():
        if not _same(read.get(place), said.get(place)):
            return f"{place}: read {read.get(place)}, says {said.get(place)}"
    for entry in entries:
        column = sum(
            26**n * (ord(letter) - 64) for n, letter in enumerate(reversed(entry["address"].rstrip("0123456789")))
        )
        kind, typed = read.get((entry["sheet"], entry["row"], column), ("", ""))
        if typed != entry["typed"] or (
            kind == "number" and entry["number"] is not None and not _same_number(entry, typed)
        ):
            return f"{entry['address']}: {entry['typed']} and {entry['number']} of {typed}"
    return ""


def _same_number(entry: dict, typed: str) -> bool:
    """A number is the figure itself, or a percentage of it."""
    number, figure = float(typed), float(entry["number"])
    return any(abs(figure - wanted) <= 1e-6 + 1e-9 * abs(wanted) for wanted in (number, number / 100))


def _same(read: tuple[str, str] | None, said: tuple[str, str] | None) -> bool:
    if read is None or said is None:
        return read is None and (said is None or not said[1].strip())
    if said[0] == "number":
        return (
            float(read[1]) == float(said[1]) if read[0] == "number" else read[0] == "date" and _is_day(*read, said[1])
        )
    if said[0] == "text":
        return read[0] in ("text", "date") and read[1].split() == said[1].split()
    return read == said


def _is_day(kind: str, read: str, number: str) -> bool:
    """Whether a day is that number in one of the two calendars; what is no day with a date is never taken for one."""
    try:
        day = dt.datetime.fromisoformat(read)
    except ValueError:
        return True
    shift = dt.timedelta(days=1 if float(number) < 60 else 0)  # before the 29 February 1900 that never was
    return any(
        abs(epoch + dt.timedelta(days=float(number)) + back - day) < dt.timedelta(seconds=2)
        for epoch in _EPOCHS
        for back in (dt.timedelta(), shift)
    )


def _rows(parts: Path, kind: str) -> list[dict]:
    return [row for path in parts.glob(f"{kind}-*.parquet") for row in pq.read_table(path).to_pylist()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the mutants that went wrong")
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        result = run(arguments.count, arguments.seed, arguments.keep or Path(scratch), told=True)
    for kind in sorted(result.read.keys() | result.refused.keys()):
        print(f"{kind:40} read {result.read[kind]:6}  refused {result.refused[kind]:6}")
    print(f"refused by {dict(result.rules)}")
    for kind, path, words in result.wrong:
        print(f"WRONG {kind} {path.name}: {words}")
    read = sum(result.read.values())
    print(f"{arguments.count} mutants in {time.monotonic() - started:.0f} s: {read} read, {len(result.wrong)} wrong")
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
