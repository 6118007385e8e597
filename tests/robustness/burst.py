"""A burst of submissions, one in a hundred hostile and one in five of a single flooding reporter, collected in one run.

    python -m tests.robustness.burst --files 1000 10000

For each size it says how many were decided, the peak of memory of all processes together, and when the first file of
every other reporter was answered, though the flood was there before them. Exits with 1 where a file was not decided,
where the peak is more than 1.5 times that of the first size, or where the others had to wait for the flood.
"""

import argparse
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.prepare import samples
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.opening import open_quarter
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.load import load_registry
from duban.settings import REPOSITORY

QUARTER = Quarter(2023, 1)
_FLOOD, _HOSTILE = 5, 100  # one in so many
_SAMPLED = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Told:
    """What a burst came to: `undecided` files, the peak in bytes, seconds, and of the batches in order how many files
    they held and how many reporters got their first answer from each, the flooding one apart."""

    files: int
    undecided: int
    peak: int
    seconds: float
    batches: list[tuple[int, int]]

    @property
    def waited(self) -> float:
        """The share of all files that had been answered when the last of the others got its first answer."""
        last = max(number for number, (_, first) in enumerate(self.batches) if first)
        return sum(held for held, _ in self.batches[: last + 1]) / self.files


def burst(files: int, folder: Path, at_once: int | None = None) -> Told:
    """Drop and collect so many files in a fresh home; `at_once` instead of the limit of this installation."""
    given = samples(folder / "made")
    home = Home(folder / f"home-{files}")
    copy_keys(given.keys, home.keys)
    registry = load_registry(given.schemas)
    open_quarter(home, registry, QUARTER, _at("2023-04-01T09:00"))
    shutil.rmtree(home.outbox)
    _drop(sorted(given.files.glob("2023Q1-*.xlsx")), files, home.intake / str(QUARTER))
    order = folder / f"order-{files}.json"
    started = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "tests.robustness.burst",
        "--collect",
        str(home.root),
        str(given.schemas),
        str(order),
    ]
    process = subprocess.Popen([*command, str(at_once or 0)], cwd=REPOSITORY)
    peak = _watched(process)
    if process.returncode:
        raise SystemExit(f"collecting ended with {process.returncode}")
    said = json.loads(order.read_text())
    seen: set[str] = set()
    batches = []
    for names in said["batches"]:
        senders = {name.split("_")[0] for name in names} - seen - {"flood"}
        seen |= senders
        batches.append((len(names), len(senders)))
    left = sum(1 for _ in (home.intake / str(QUARTER)).iterdir())
    told = Told(files, files - said["decided"] + left, peak, time.monotonic() - started, batches)
    shutil.rmtree(home.root)
    return told


def _at(text: str):
    import datetime as dt

    return dt.datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


def _drop(good: list[Path], files: int, intake: Path) -> None:
    """The flood first, then everybody's files by turns; every one of other bytes, by its archive's comment."""
    intake.mkdir(parents=True)
    contents = [path.read_bytes() for path in good]
    codes = [path.name.split("-")[1] for path in good]
    flood = files // _FLOOD
    for number in range(files):
        place = 0 if number < flood else 1 + number % (len(good) - 1)
        sender = "flood" if number < flood else codes[place]
        data = contents[place][:-2] + struct.pack("<H", 8) + b"%08d" % number
        if number % _HOSTILE == _HOSTILE - 1:
            data = _hostile(data, number // _HOSTILE)
        # the code in the name tells whose a file is before it is opened
        (intake / f"{sender}_{codes[place]}-{number}.xlsx").write_bytes(data)


def _hostile(data: bytes, number: int) -> bytes:
    from tests.support.packed import packed, parts_of  # of a folder that pytest alone puts on the path

    rows = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    match number % 6:
        case 0:
            return data[: len(data) // 2] + b"%d" % number
        case 1:
            return packed(parts_of(rows)) + b"%d" % number
        case 2:
            return packed(parts_of() | {"xl/media/a.bin": bytes(64 << 20)}) + b"%d" % number
        case 3:
            return b"%PDF-1.7" + b"%d" % number
        case 4:
            return data[:-22] + bytes(22) + b"%d" % number
    return packed(parts_of('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')) + b"%d" % number


def _watched(process: subprocess.Popen) -> int:
    """The peak of memory, in bytes, that a process and all that it started held together until it ended."""
    peak, over = 0, threading.Event()
    threading.Thread(target=lambda: (process.wait(), over.set()), daemon=True).start()
    while not over.wait(_SAMPLED):
        peak = max(peak, sum(_held(one) for one in _family(process.pid)))
    return peak


def _family(process: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue  # it has ended
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    family = [process]
    for one in family:
        family += children.get(one, [])
    return family


def _held(process: int) -> int:
    """What a process holds, with its part of what it shares with others."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0  # it has ended


def collect(home: Home, schemas: Path, order: Path, at_once: int) -> None:
    """What the flow does, by its plain functions; writes how the files were batched and how many were decided."""
    from duban import collecting, intake
    from duban.answering.answer import answer_all
    from duban.checking.run import check_run
    from duban.checking.settle import hint_of
    from duban.checking.validator import Validator
    from duban.garbage import give_back
    from duban.limits import load_limits
    from duban.reading.worker import read_received
    from duban.runs import run_folder
    from duban.warehouse.connection import open_warehouse
    from duban.warehouse.load import load_run

    registry, now = load_registry(schemas), _at("2023-04-08T09:00")
    batches, left = [], []
    with run_folder(home, "collect") as scratch, Validator() as validator:
        while True:
            folder = scratch / str(len(batches))
            folder.mkdir()
            most = at_once or load_limits().files_at_once
            taken = intake.take_batch(home, QUARTER, most, lambda inside, name: hint_of(inside, name, registry), left)
            new, known = collecting.sort_out(home, registry, QUARTER, taken.received)
            if new:
                read_received(new, home, registry, folder)
                check_run(folder, registry, home, QUARTER, now, validator)
                load_run(home, registry, QUARTER, folder, now)
            answer_all(home, registry, QUARTER, now, again=known)
            left += [one.source for one in taken.received if not intake.clear(home, one)]
            left += [one.source for one in taken.left]
            batches.append([one.file_name for one in taken.received])
            shutil.rmtree(folder)
            if not taken.more:
                break
            give_back()
    with open_warehouse(home.warehouse) as connection:
        [[decided]] = connection.execute("SELECT count(*) FROM submissions JOIN answers USING (accession)").fetchall()
    order.write_text(json.dumps({"batches": batches, "decided": decided}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--at-once", type=int, help="files in a batch, instead of the limit of this installation")
    parser.add_argument("--collect", nargs=4, help=argparse.SUPPRESS)  # the run itself, to be watched from outside
    arguments = parser.parse_args()
    if arguments.collect:
        home, schemas, order, at_once = arguments.collect
        collect(Home(Path(home)), Path(schemas), Path(order), int(at_once))
        return 0
    wrong, first = 0, None
    for files in arguments.files:
        with tempfile.TemporaryDirectory() as folder:
            told = burst(files, Path(folder), arguments.at_once)
        first = first or told.peak
        print(
            f"{files} files: {told.undecided} undecided, {len(told.batches)} batches, {told.seconds:.0f} s, "
            f"peak {told.peak >> 20} MB ({told.peak / first:.2f} of the first), "
            f"every other reporter answered after {told.waited:.0%} of the files",
            flush=True,
        )
        wrong |= told.undecided > 0 or told.peak > 1.5 * first or (len(told.batches) > 1 and told.batches[0][1] < 51)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
