"""Look at publications a hundred times a second while they are issued, replaced and killed: none is torn or missing.

    python -m tests.robustness.reader --publishes 1000

The publisher issues new revisions, writes the standing one anew in its own place and replaces the draft, in turn;
every second time it is killed (-9) at a random instant. The reader, another process, holds every file of the newest
revision to the digest in its manifest, by path, as people open them; the draft's by the folder that it has opened. What
was once there must be there at every later look.
"""

import argparse
import hashlib
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from desk import LATE, Desk

from duban.home import Home
from duban.publishing import publish as publishing
from duban.registry.load import load_registry
from tests.robustness.cycle import Runs, warm

PERIOD = 0.01  # seconds between looks
_REVISION = re.compile(r"2023Q1-r(\d+)")


class Reader:
    """What somebody sees who polls a folder of publications."""

    def __init__(self, published: Path):
        self.published = published
        self.looks: Counter[str] = Counter()
        self.faults: list[str] = []
        self._seen: set[str] = set()

    def look(self) -> None:
        names = {name for name in os.listdir(self.published) if not name.startswith(".")}
        self.faults += [f"{name} is missing" for name in sorted(self._seen - names)]
        self._seen |= names
        newest = max(filter(_REVISION.fullmatch, names), key=lambda name: int(name.rpartition("r")[2]))
        self._hold(newest, lambda file: (self.published / newest / file).read_bytes())
        if "2023Q1-draft" in names:
            self._look_into("2023Q1-draft")

    def _look_into(self, name: str) -> None:
        folder = os.open(self.published / name, os.O_RDONLY)
        try:
            self._hold(name, lambda file: Path(f"/proc/self/fd/{folder}/{file}").read_bytes())
        except FileNotFoundError:  # what we have open was replaced, and is being removed
            self.looks["replaced while it was read"] += 1
        finally:
            os.close(folder)

    def _hold(self, name: str, read) -> None:
        manifest = json.loads(read("manifest.json"))
        for part in ("workbook", "brief", "findings"):
            if hashlib.sha256(read(manifest[part]["name"])).hexdigest() != manifest[part]["sha256"]:
                self.faults.append(f"{name}: {part} is not the manifest's")
        self.looks["revision" if _REVISION.fullmatch(name) else "draft"] += 1

    def watch(self, told: Path) -> None:
        """Look until SIGTERM, then write down what was seen."""
        going = [True]
        signal.signal(signal.SIGTERM, lambda *_: going.clear())
        while going:
            begun = time.monotonic()
            try:
                self.look()
            except (OSError, ValueError) as error:
                self.faults.append(f"torn: {type(error).__name__}: {error}")
            time.sleep(max(0.0, PERIOD - (time.monotonic() - begun)))
        told.write_text(json.dumps({"looks": self.looks, "faults": self.faults}), encoding="utf-8")


class Publisher:
    """Publishes one home over and over, each time otherwise. `torn`: writes the files where they stand, as a publisher
    would that knows no better."""

    def __init__(self, runs: Runs, home: Path, seed: int, torn: bool):
        self.runs, self.home, self.chance, self.torn = runs, home, random.Random(seed), torn
        self.done: Counter[str] = Counter()
        self._seconds, self._number = 1.0, 0

    def publish(self) -> None:
        self._number += 1
        kind = ("revision", "again", "draft")[self._number % 3]
        killed = self._number % 2 == 0
        begun = time.monotonic()
        ended = self.runs.fork(
            lambda: self._work(kind), after=self.chance.uniform(0, self._seconds) if killed else None
        )
        if ended.code not in (0, -9):
            raise RuntimeError(f"{kind}: ended with {ended.code}: {ended.said}")
        if ended.code == 0:
            self._seconds = time.monotonic() - begun
        self.done[f"{kind}, killed" if ended.code else kind] += 1

    def _work(self, kind: str) -> None:
        plain = self.runs.plain(self.home, LATE + timedelta(minutes=self._number))
        if self.torn:
            publishing.atomic_folder = _in_place
        if kind == "revision":
            desk = Desk(Home(self.home), load_registry(self.runs.root / "plan"))
            desk.submit(f"2023Q1-A2-{self._number + 10}", "returned", received_at=LATE)
        if kind == "again":
            publishing._stands = lambda home, edition: False
        replace(plain, draft=kind == "draft").publish()


class _in_place:
    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, *_) -> None:
        pass


def watch(runs: Runs, publishes: int, seed: int, minutes: float = 1e6, torn: bool = False) -> tuple[Counter, list[str]]:
    """Publish so often while a reader looks; returns publishes and looks by kind, and what the reader found wrong."""
    home, seen = runs.fresh("publish-done"), runs.root / "seen.json"
    reader = os.fork()
    if reader == 0:
        Reader(home / "published").watch(seen)
        os._exit(0)
    publisher, until = Publisher(runs, home, seed, torn), time.monotonic() + minutes * 60
    try:
        while publisher.done.total() < publishes and time.monotonic() < until:
            publisher.publish()
            if publisher.done.total() % 50 == 0:
                print(f"{publisher.done.total()} publishes", flush=True)
    finally:
        os.kill(reader, signal.SIGTERM)
        os.waitpid(reader, 0)
    found = json.loads(seen.read_text(encoding="utf-8"))
    faults = found["faults"] or ([] if found["looks"].get("revision") else ["nothing was looked at"])
    return publisher.done + Counter({f"looks at a {kind}": count for kind, count in found["looks"].items()}), faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--publishes", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after so long, and report")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--torn", action="store_true", help="publish file by file in place, to show that it is seen")
    told = parser.parse_args()
    warm()
    with tempfile.TemporaryDirectory(prefix="reader-") as folder:
        runs = Runs(Path(folder))
        runs.prepare()
        done, faults = watch(runs, told.publishes, told.seed, told.minutes, told.torn)
    for name, count in sorted(done.items()):
        print(f"{count:6}  {name}")
    for fault, count in Counter(faults).most_common(20):
        print(f"{count} x {fault}")
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
