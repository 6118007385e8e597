"""Publishing against XlsxWriter alone, which writes the same cells, formats and charts, in one run.

    python -m benchmarks.publish [--sizes 60 3000] [--runs 3]

The peer is told every call that the workbook takes, with its arguments ready, and makes them through XlsxWriter's own
methods; duban pins, computes, fetches, writes, and records what it issued. Both are timed in processes of their own,
from the first call to the file on disk, without imports, in turn; medians, and their ratio.
"""

import argparse
import datetime as dt
import pickle
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.run import AS_OF, opened_home, prepare
from duban.settings import REPOSITORY


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 3000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--step", choices=("collect", "record", "duban"), help=argparse.SUPPRESS)
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.step:
        globals()[words.step](words.folder)
        return
    for size in words.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            compare(size, words.runs, Path(scratch))


def compare(size: int, runs: int, scratch: Path) -> None:
    files, schemas, keys = prepare(scratch / "made", size)
    opened_home(scratch / "collected", files, schemas, keys)
    (scratch / "schemas.txt").write_text(str(schemas), encoding="utf-8")
    step("collect", scratch)
    step("record", scratch)
    times: dict[str, list[float]] = {"duban": [], "xlsxwriter": []}
    for _ in range(runs):
        for name in times:
            times[name].append(float(step(name, scratch)))
    duban, alone = (statistics.median(times[name]) for name in ("duban", "xlsxwriter"))
    ratio = statistics.median(mine / its for mine, its in zip(*times.values(), strict=True))
    calls = f"{len(pickle.loads((scratch / 'calls.pickle').read_bytes())):,}"
    print(f"{size} submissions, {calls} calls: duban {duban:.2f} s, XlsxWriter alone {alone:.2f} s, ratio {ratio:.2f}")


def step(name: str, scratch: Path) -> str:
    if name == "xlsxwriter":
        words = ["benchmarks.replay", str(scratch / "calls.pickle"), str(scratch / "alone.xlsx")]
    else:
        words = ["benchmarks.publish", "--step", name, "--in", str(scratch)]
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-4000:]}")
    return done.stdout


def collect(scratch: Path) -> None:
    """Take in, check and load what was dropped."""
    from benchmarks.generate import QUARTER
    from duban.checking.validator import Validator
    from duban.home import Home
    from duban.settings import Settings
    from sample_submissions.plainly import Plainly

    schemas = Path((scratch / "schemas.txt").read_text(encoding="utf-8"))
    with Validator() as validator:
        Plainly(validator, answers=False).collect(Settings(Home(scratch / "collected"), schemas, _now()), QUARTER)


def record(scratch: Path) -> None:
    """Publish once and keep every call that made the workbook."""
    from benchmarks.recorder import recording

    with recording() as calls:
        _publish(scratch)
    (scratch / "calls.pickle").write_bytes(pickle.dumps(calls))


def duban(scratch: Path) -> None:
    print(_publish(scratch))


def _publish(scratch: Path) -> float:
    import duban.documents  # noqa: F401 - imports are no part of either time
    from benchmarks.generate import QUARTER
    from duban.home import Home
    from duban.publishing.publish import publish

    home, registry = Home(scratch / "home"), _registry(scratch)
    shutil.rmtree(home.root, ignore_errors=True)
    home.root.mkdir()
    shutil.copy(scratch / "collected" / home.warehouse.name, home.warehouse)
    (home.root / "archive").symlink_to(scratch / "collected" / "archive")
    started = time.perf_counter()
    publish(home, registry, QUARTER, _now())
    return time.perf_counter() - started


def _registry(scratch: Path):
    from duban.registry.load import load_registry

    return load_registry(Path((scratch / "schemas.txt").read_text(encoding="utf-8")))


def _now() -> dt.datetime:
    return dt.datetime.fromisoformat(AS_OF)


if __name__ == "__main__":
    main()
