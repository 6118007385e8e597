"""What is measured: each case by name, in which group of those that are run in turn, and up to which size."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks import checks
from benchmarks.generate import QUARTER
from benchmarks.measure import Measured, measure
from benchmarks.prepare import LAIN, LATER, copy_home, inputs, made, samples
from benchmarks.server import Server

SCRIPT, QUICK = "pandas + openpyxl script", "the same with calamine and XlsxWriter"
PLAIN, STANDING, WHOLE = "duban without Prefect", "duban, standing server", "duban, all of Prefect"
INFLATED, READ, STAGES = "inflating the files", "calamine alone", "duban by stages"
NEW, NEW_STAGES = "ten new files", "ten new files by stages"
GX, PANDERA, SQL = "Great Expectations as duban has it", "pandera", "plain DuckDB SQL"
PUBLISHING, XLSXWRITER, OPENPYXL = "duban publishing", "XlsxWriter alone", "openpyxl alone"
STEPS = "a reading process"


@dataclass
class Bench:
    """Where a run works: `folder` keeps what is made once."""

    folder: Path
    server: Server = field(default_factory=Server)

    @cached_property
    def scratch(self) -> Path:
        path = self.folder / "scratch"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def dropped(self, size: int) -> Path:
        home = copy_home(inputs(self.data, size).opened, self.scratch / "home").root
        time.sleep(LAIN)
        return home

    def collected(self, size: int, of: Callable = inputs) -> Path:
        """A copy of a home where so many were collected; the first is made by a run that is not measured."""
        told = of(self.data, size)
        if not told.collected.exists():
            home = copy_home(told.opened, self.scratch / "home").root
            time.sleep(LAIN)
            measure(_cycle("stages", home, told.schemas, "--no-publish", "--keep", told.homes))
        return copy_home(told.collected, self.scratch / "home").root


def script(bench: Bench, size: int, *engines: str) -> Measured:
    written = bench.scratch / "all.xlsx"
    return measure(["-m", "benchmarks.script", *_paths(inputs(bench.data, size).files, written), *engines])


def quick_script(bench: Bench, size: int) -> Measured:
    return script(bench, size, "calamine", "xlsxwriter")


def inflated(bench: Bench, size: int) -> Measured:
    return measure(["-m", "benchmarks.floors", "inflate", *_paths(inputs(bench.data, size).files)])


def read_alone(bench: Bench, size: int) -> Measured:
    return measure(["-m", "benchmarks.floors", "calamine", *_paths(inputs(bench.data, size).files)])


def plain(bench: Bench, size: int) -> Measured:
    return measure(_cycle("whole", bench.dropped(size), inputs(bench.data, size).schemas))


def standing(bench: Bench, size: int) -> Measured:
    home = bench.dropped(size)
    environment = _environment(bench) | {"PREFECT_API_URL": bench.server.address}
    command = _cycle("whole", home, inputs(bench.data, size).schemas, "--prefect")
    return measure(command, environment, beside=(bench.server.process.pid,))


def prefect(bench: Bench, size: int) -> Measured:
    home = bench.dropped(size)
    return measure(_cycle("whole", home, inputs(bench.data, size).schemas, "--prefect"), _environment(bench))


def stages(bench: Bench, size: int) -> Measured:
    """The first run leaves its home behind, for the cases that begin with a collected one."""
    told, home = inputs(bench.data, size), bench.dropped(size)
    keep = [] if told.collected.exists() else ["--keep", told.homes]
    return measure(_cycle("stages", home, told.schemas, *keep))


def new(bench: Bench, size: int, *, what: str = "whole") -> Measured:
    home = bench.collected(size, made)
    told = made(bench.data, size)
    shutil.copytree(told.later, home / "intake" / str(QUARTER), dirs_exist_ok=True)
    time.sleep(LAIN)
    found = measure(_cycle(what, home, told.schemas, "--no-publish"))
    if left := list((home / "intake" / str(QUARTER)).iterdir()):
        raise SystemExit(f"{len(left)} of {LATER} new files were not collected")
    return found


def new_stages(bench: Bench, size: int) -> Measured:
    return new(bench, size, what="stages")


def check(bench: Bench, size: int, way: str) -> Measured:
    """Whoever finds other rows than Great Expectations does ends the run."""
    told = inputs(bench.data, size)
    frame, asked = told.homes / "frame.parquet", bench.scratch / f"failed-{size}-expectations.parquet"
    if not frame.exists():
        bench.collected(size)
        checks.gathered(told.frames, frame)
    if way != "expectations" and not asked.exists():
        check(bench, size, "expectations")
    failed = bench.scratch / f"failed-{size}-{way}.parquet"
    found = measure(["-m", "benchmarks.checks", way, *_paths(frame, failed)])
    if other := checks.differences(asked, failed):
        raise SystemExit(f"{way} is no peer of Great Expectations: {other}")
    return found


def publishing(bench: Bench, size: int) -> Measured:
    home, schemas = bench.collected(size), inputs(bench.data, size).schemas
    return measure(["-m", "benchmarks.publish", "duban", *_paths(home, schemas)])


def replayed(bench: Bench, size: int, *engine: str) -> Measured:
    """The calls are those of this version of duban: recorded anew in each run of the suite."""
    calls = bench.scratch / f"calls-{size}.pickle"
    if not calls.exists():
        home = bench.collected(size)
        measure(["-m", "benchmarks.publish", "record", *_paths(home, inputs(bench.data, size).schemas, calls)])
    return measure(["-m", "benchmarks.replay", *_paths(calls, bench.scratch / "alone.xlsx"), *engine])


def steps(bench: Bench, size: int) -> Measured:
    told = inputs(bench.data, size)
    return measure(["-m", "benchmarks.reading", *_paths(told.files, told.schemas)])


def self_check(bench: Bench, size: int) -> Measured:
    """A reporter's own look at one good file, in a home that has its key."""
    told = samples(bench.data)
    file = next(told.files.glob("2023Q1-420200-*.xlsx"))
    return measure(["-m", "duban", "--home", str(told.opened), "check", str(file)])


def importing(*command: str) -> Callable[[Bench, int], Measured]:
    return lambda bench, size: measure(list(command), {**os.environ, "GX_ANALYTICS_ENABLED": "false"})


@dataclass(frozen=True)
class Case:
    """`largest`: the size from which on it is left out. `sizes`, where it has its own."""

    name: str
    group: str
    run: Callable[[Bench, int], Measured]
    largest: int = 1_000_000
    sizes: tuple[int, ...] = ()


_IMPORTS = {
    "Python alone": ("-c", "pass"),
    "pandas and openpyxl": ("-c", "import pandas, openpyxl"),
    "what duban imports, but Great Expectations": ("-m", "benchmarks.cycle", "imports"),
    "Great Expectations, as much as duban wants of it": ("-m", "duban.checking.expectations"),
    "Great Expectations": ("-c", "import great_expectations.expectations"),
    "Prefect": ("-c", "import prefect"),
    "duban's flows, Prefect with them": ("-c", "import flows.collect, flows.publish"),
}
CASES = (
    *(Case(name, "imports", importing(*command), sizes=(0,)) for name, command in _IMPORTS.items()),
    Case("a self-check of one file, all of it", "imports", self_check, sizes=(0,)),
    Case(GX, "checks", lambda bench, size: check(bench, size, "expectations"), sizes=(60, 600, 6_000)),
    Case(PANDERA, "checks", lambda bench, size: check(bench, size, "pandera"), sizes=(60, 600, 6_000)),
    Case(SQL, "checks", lambda bench, size: check(bench, size, "sql"), sizes=(60, 600, 6_000)),
    Case(PUBLISHING, "writing", publishing, sizes=(60, 1_000)),
    Case(XLSXWRITER, "writing", replayed, sizes=(60, 1_000)),
    Case(OPENPYXL, "writing", lambda bench, size: replayed(bench, size, "openpyxl"), sizes=(60, 1_000)),
    Case(STEPS, "reading", steps, sizes=(600,)),
    Case(INFLATED, "collect", inflated),
    Case(READ, "collect", read_alone),
    Case(STAGES, "collect", stages),
    Case(NEW, "new", new),
    Case(NEW_STAGES, "new", new_stages),
    Case(SCRIPT, "whole", script, largest=6_000),
    Case(QUICK, "whole", quick_script, largest=600),
    Case(PLAIN, "whole", plain, largest=6_000),
    Case(STANDING, "whole", standing, largest=6_000),
    Case(WHOLE, "whole", prefect, largest=600),
)
GROUPS = {  # seconds per submission of a group's dearest case, roughly: the dearest come last
    "imports": 0.0,
    "reading": 0.001,
    "new": 0.001,
    "writing": 0.03,
    "checks": 0.01,
    "collect": 0.02,
    "whole": 0.15,
}


def _cycle(what: str, home: Path, schemas: Path, *more: str | Path) -> list[str]:
    return ["-m", "benchmarks.cycle", what, *_paths(home, schemas, *more)]


def _paths(*paths: str | Path) -> list[str]:
    return [str(path) for path in paths]


def _environment(bench: Bench) -> dict:
    environment = {**os.environ, "PREFECT_HOME": str(bench.scratch / "prefect")}
    environment.pop("PREFECT_API_URL", None)
    return environment
