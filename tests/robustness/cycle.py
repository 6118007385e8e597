"""A small quarter whose runs are processes of their own, to be killed or to have their disk fail.

The steps are the real ones, called as plain functions: Prefect's server would cost ten seconds a run. Every run is
forked from a process that has imported all of it and done nothing else, so a run costs what it does, and dies alone.
"""

import importlib
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from desk import LATE, OPENED, Q1, RECEIVED, write_plan
from filling import fill_in

from duban import cli_faults, fault_points
from duban.checking import expectations
from duban.errors import UserError
from duban.files import digest_of
from duban.home import Home
from duban.journal import Step, read_journal, steps_after
from duban.publishing.publish import publish
from duban.reading.worker import read_received
from duban.registry.ledgers import load_ledgers
from duban.registry.load import load_registry
from duban.runs import run_folder
from duban.settings import Settings
from sample_submissions import plainly

KEY = "00" * 32
_UNSEEN = {"validation", "logs", "waiting.json"}  # for looking at, for us, and the system's times of what lay there
_LOADED = (
    "great_expectations.expectations",
    "docx",
    "openpyxl",
    "pandas",
    "pyarrow.parquet",
    "xlsxwriter",
)


class _Here:
    """The validator in this process, forked with Great Expectations imported. The same frame gets the answer that it
    gave the first time: what it says is not in question here, and it is most of what a run costs."""

    def __init__(self, known: Path):
        self._known = known

    def validate(self, frame: Path, failures: Path, results: Path | None = None) -> None:
        answer = self._known / f"{digest_of(frame)}.parquet"
        if not answer.exists():
            expectations.validate(frame, failures, results)
            self._known.mkdir(exist_ok=True)
            shutil.copy(failures, answer.with_suffix(f".{os.getpid()}"))
            os.replace(answer.with_suffix(f".{os.getpid()}"), answer)
        else:
            shutil.copy(answer, failures)


def warm() -> None:
    """Import all that a run needs, so that every fork has it."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for name in _LOADED:
        importlib.import_module(name)
    plainly.read_received = partial(read_received, processes=1)  # one worker reads a handful as fast as two


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code (-9 where it was killed) and what it said on stderr."""

    code: int
    said: str


@dataclass(frozen=True)
class Begun:
    """A run under way, and where it says what it has to say."""

    process: int
    out: Path

    def end(self) -> Ended:
        """Wait for it."""
        _, status = os.waitpid(self.process, 0)
        return Ended(os.waitstatus_to_exitcode(status), self.out.read_text(encoding="utf-8", errors="replace"))


@dataclass(frozen=True)
class Runs:
    """Runs of the small plan in the homes below `root`. `twice`: files lie in the intake that are known."""

    root: Path
    twice: bool = True

    def plain(self, home: Path, at=LATE) -> "_Plain":
        return _Plain(Settings(Home(home), self.root / "plan", at), plainly.Plainly(_Here(self.root / "validated")))

    def begin(self, work: Callable[[], object], said: str = "said.txt") -> "Begun":
        """Do `work` in a process of its own, as the command line would; what it says goes to the file `said`."""
        out = self.root / said
        with out.open("wb") as file:
            child = os.fork()
            if child == 0:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
                os._exit(_ending(work))
        return Begun(child, out)

    def fork(self, work: Callable[[], object], *, after: float | None = None) -> Ended:
        """Do `work` in a process of its own to its end; kill it `after` seconds."""
        begun = self.begin(work)
        if after is not None:
            time.sleep(after)
            os.kill(begun.process, signal.SIGKILL)
        return begun.end()

    def must(self, work: Callable[[], object]) -> None:
        ended = self.fork(work)
        if ended.code:
            raise RuntimeError(f"a run that nothing disturbed ended with {ended.code}:\n{ended.said}")

    def prepare(self) -> set[str]:
        """Make homes for the next step of each kind: for `open` with nothing but a key, for `collect` with a quarter
        published once and a second wave of files in its intake (a correction, twice; a return; a known file; one that
        is nobody's), for `publish` with that collected. Beside each `<step>-done`, as it is when nothing disturbs.
        Returns the fault points that those runs came by."""
        passed = self.root / "passed.txt"

        def noting(work: Callable[[], object]) -> Callable[[], object]:
            def noted() -> None:
                with passed.open("a", encoding="ascii") as file:
                    fault_points.act = lambda point: print(point, file=file, flush=True)
                    work()

            return noted

        write_plan(self.root / "plan")
        key = self.root / "open/keys/duban.key"
        key.parent.mkdir(parents=True)
        key.write_text(KEY, encoding="ascii")
        key.chmod(0o600)
        self._second_wave()
        shutil.copytree(self.root / "open", self.root / "open-done")
        self.must(noting(self.plain(self.root / "open-done", OPENED).open))
        shutil.copytree(self.root / "collect", self.root / "collect-done")
        self.must(noting(self.plain(self.root / "collect-done").collect))
        for name in ("publish", "publish-done"):
            shutil.copytree(self.root / "collect-done", self.root / name)
        self.must(noting(self.plain(self.root / "publish-done").publish))
        return set(passed.read_text(encoding="ascii").split())

    def _second_wave(self) -> None:
        home = self.root / "collect"
        shutil.copytree(self.root / "open", home)
        intake = home / "intake" / str(Q1)
        intake.mkdir(parents=True)
        run = self.plain(home, RECEIVED)
        self.must(self.plain(home, OPENED).open)
        issued = {path.parent.name: path for path in (home / "outbox" / str(Q1)).glob("A*/*.xlsx")}
        first = fill_in(issued["A1"], self.root / "first.xlsx")
        shutil.copy(first, intake / "甲市.xlsx")
        self.must(run.collect)
        self.must(run.publish)
        mended = fill_in(issued["A1"], self.root / "mended.xlsx", stations=400)
        shutil.copy(mended, intake / "甲市 更正.xlsx")
        if self.twice:
            shutil.copy(mended, intake / "甲市 更正 (2).xlsx")
            shutil.copy(first, intake / "甲市 又一次.xlsx")
        fill_in(issued["A2"], intake / "乙市.xlsx", stations="不详")
        (intake / "无主.xlsx").write_bytes(b"nobody's")

    def step(self, name: str, home: Path) -> Callable[[], None]:
        """The step of this name, for a home that was made for it."""
        return getattr(self.plain(home, OPENED if name == "open" else LATE), name)

    def fresh(self, base: str) -> Path:
        """A copy of a prepared home."""
        home = self.root / "trial"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.root / base, home)
        return home

    def state(self, home: Path) -> dict:
        """Everything that counts in a home: every file with its digest, every table with its rows."""
        told = self.root / "state.json"
        self.must(lambda: told.write_text(json.dumps(_state(home), ensure_ascii=False), encoding="utf-8"))
        return json.loads(told.read_text(encoding="utf-8"))

    @cache  # noqa: B019  there is one of it in a process
    def undisturbed(self, step: str) -> dict:
        """The state of the home in which nothing disturbed this step."""
        return self.state(self.root / f"{step}-done")


@dataclass(frozen=True)
class _Plain:
    settings: Settings
    steps: plainly.Plainly
    draft: bool = False

    def open(self) -> None:
        self.steps.open_quarter(self.settings, Q1)

    def collect(self) -> dict:
        return self.steps.collect(self.settings, Q1)

    def publish(self) -> None:
        home, plan = self.settings.home, self.settings.plan_folder(Q1)
        registry = load_registry(plan)
        with run_folder(home, "publish"):
            publish(home, registry, Q1, self.settings.now(), self.draft, ledgers=load_ledgers(plan, registry))


def killed_at(point: str, work: Callable[[], object]) -> Callable[[], object]:
    """The same work, dead where it first comes by a fault point."""

    def dying() -> None:
        fault_points.act = fault_points.kill_at(point)
        work()

    return dying


def _ending(work: Callable[[], object]) -> int:
    """As `duban.cli.run` ends a command: one sentence and 2, or a traceback and 70."""
    cli_faults.keep_log({"home": "/dev/null"})
    try:
        work()
        return 0
    except UserError as error:
        print(error, file=sys.stderr, flush=True)
        return 2
    except BaseException as error:
        said = cli_faults.of_the_machine(error, "var")
        print(said or traceback.format_exc(), file=sys.stderr, flush=True)
        return 2 if said else 70


def _state(home: Path) -> dict:
    from duban.warehouse.connection import open_warehouse

    files = {}
    for path in sorted(home.rglob("*")):
        place = path.relative_to(home)
        if path.is_file() and place.parts[0] not in _UNSEEN and not place.name.startswith(("duban.duckdb", ".lock")):
            files[place.as_posix()] = digest_of(path)
    tables = {}
    with open_warehouse(home / "duban.duckdb", looking=True) as connection:
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall():
            tables[table] = sorted(repr(row) for row in connection.execute(f"FROM {table}").fetchall())
        steps = steps_after(connection, 0)
    del tables["steps"]
    journal = read_journal(Home(home))
    if len(journal) != len(steps) or not all(map(Step.same_as, journal, steps)):
        raise AssertionError(f"the journal tells {len(journal)} steps, the warehouse {len(steps)}, or other ones")
    return {"files": files, "tables": tables, "steps": _done(steps)}


def _done(steps: list[Step]) -> dict[str, list]:
    """What was done, in order, and what was answered. What the next run answers once more, because the files lay in the
    intake still, it notes once more."""
    answered = {tuple(pair) for step in steps if step.kind == "answered" for pair in step.details["answers"]}
    others = [
        [step.kind, step.quarter, str(step.at), step.details, step.keeps] for step in steps if step.kind != "answered"
    ]
    return {"answers": sorted(answered), "others": others}


def differences(found: dict, wanted: dict) -> list[str]:
    """What is lost, doubled or changed, one line each. The journal's files are numbered steps, and told as such."""
    lines = []
    for path in sorted({*found["files"], *wanted["files"]}):
        have, want = found["files"].get(path), wanted["files"].get(path)
        if have != want and not path.startswith("archive/journal/0"):
            lines.append(f"{path}: {'lost' if have is None else 'left over' if want is None else 'other bytes'}")
    for table in sorted({*found["tables"], *wanted["tables"]}):
        have, want = found["tables"].get(table, []), wanted["tables"].get(table, [])
        if have != want:
            lost, more = len(set(want) - set(have)), len(set(have) - set(want))
            lines.append(f"{table}: {len(have)} rows for {len(want)}, {lost} lost, {more} that should not be")
    for kind, want in wanted["steps"].items():
        if found["steps"][kind] != want:
            lines.append(f"steps, {kind}: {found['steps'][kind]} for {want}")
    return lines
