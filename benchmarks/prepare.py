"""What is measured on, made once and kept: the files of so many reporters, a home in which they were dropped, and one
in which they were collected.

Dear to make, so all of it lies in a folder that later runs find again, under names that change with what it was made
by; what is half made there is made anew. Runs work on copies: of archive and outbox, whose files are only ever replaced
whole, the copies are links to the same bytes.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from benchmarks.generate import ISSUED, QUARTER, SAMPLES, first_files, generate
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.opening import open_quarter
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS

LAIN = 4  # seconds: files that have lain in the intake for a while, as in an office; fresh ones are looked at twice
LATER = 10  # files that come when the others have been collected
_LINKED = ("archive", "outbox")
_FILES_BY = (f"schemas/{QUARTER.year}", "sample_submissions/2023Q1", "duban/fillin", "benchmarks/generate.py")
_HOMES_BY = ("schemas", "sample_submissions/2023Q1", "duban", "warehouse", "benchmarks/generate.py")


@dataclass(frozen=True)
class Inputs:
    """Folders of a set of files: those that are dropped at once, those that come later, the plan, the keys."""

    root: Path
    files: Path
    later: Path | None
    schemas: Path
    keys: Path

    @property
    def homes(self) -> Path:
        """The folder of homes and frames that this version of duban makes of them."""
        return self.root / f"homes-{_digest(_HOMES_BY)}"

    @property
    def opened(self) -> Path:
        """A home in which the quarter is open and every file has been dropped."""
        root = self.homes / "opened"
        if not root.exists():
            with _wholly(root) as partial:
                open_home(partial, self.files, self.schemas, self.keys)
        return root

    @property
    def collected(self) -> Path:
        """A home in which the files have been collected, once a run has left it there."""
        return self.homes / "collected"

    @property
    def frames(self) -> Path:
        """What Great Expectations was given in that run: `frame-0.parquet` of the first batch, and so on."""
        return self.homes / "frames"


def samples(folder: Path) -> Inputs:
    """The sixty of the repository, as they stand."""
    return Inputs(folder / "samples", SAMPLES, None, SCHEMAS / str(QUARTER.year), SAMPLES.parent / "keys")


def made(folder: Path, size: int) -> Inputs:
    """So many files of a generated province, and ten more."""
    root = folder / f"{size}+{LATER}-{_digest(_FILES_BY)}"
    if not (root / "made").exists():
        with _wholly(root / "made") as partial:
            partial.mkdir(parents=True)
            generate(partial, size, LATER)
    files, later, schemas, keys = (root / "made" / name for name in ("files", "later", "schemas", "keys-of"))
    return Inputs(root, files, later, schemas, keys / "keys")


def inputs(folder: Path, size: int) -> Inputs:
    """What a quarter of so many submissions is measured on: up to sixty, the samples."""
    return samples(folder) if size <= 60 else made(folder, size)


def open_home(root: Path, files: Path, schemas: Path, keys: Path) -> Path:
    """Open the quarter, and drop the files. The fill-in workbooks, which no run reads, are not written; their folders
    are there, as in an office."""
    home, registry = Home(root), load_registry(schemas)
    copy_keys(keys, home.keys)
    with patch("duban.opening.sharing", _nobody):
        open_quarter(home, registry, QUARTER, ISSUED)
    for reporter in registry.reporters:
        (home.outbox / str(QUARTER) / reporter.code).mkdir(parents=True)
    shutil.copytree(files, home.intake / str(QUARTER), ignore=first_files(files))
    return root


def copy_home(template: Path, root: Path) -> Home:
    """A home to work in, like the template."""
    shutil.rmtree(root, ignore_errors=True)
    linked = tuple(f"{template / name}{os.sep}" for name in _LINKED)

    def copy(source: str, target: str) -> None:
        (os.link if source.startswith(linked) else shutil.copy2)(source, target)

    shutil.copytree(template, root, copy_function=copy)
    os.sync()  # else whoever syncs first in it waits for gigabytes of this copy
    return Home(root)


@cache
def _digest(places: tuple[str, ...]) -> str:
    """Eight digits that change with any file at these places of the repository."""
    digest = hashlib.sha256()
    for place in places:
        path = REPOSITORY / place
        for file in sorted(one for one in [path, *path.rglob("*")] if one.is_file() and one.suffix != ".pyc"):
            digest.update(file.relative_to(REPOSITORY).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:8]


@contextmanager
def _wholly(path: Path) -> Iterator[Path]:
    partial = path.with_name(f"{path.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.parent.mkdir(parents=True, exist_ok=True)
    yield partial
    partial.rename(path)


@contextmanager
def _nobody(pieces: int) -> Iterator["_Nobody"]:
    yield _Nobody()


class _Nobody:
    """Where work is submitted that nobody does."""

    def submit(self, *_) -> Future:
        done: Future = Future()
        done.set_result(None)
        return done
