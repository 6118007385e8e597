"""Collect and publish in one process: what is measured of duban.

    python -m benchmarks.cycle whole HOME SCHEMAS [--prefect] [--no-publish] [--as-of TIME]
    python -m benchmarks.cycle stages HOME SCHEMAS [--no-publish] [--keep FOLDER]
    python -m benchmarks.cycle imports

`whole` is what `duban collect` and `duban publish` do, one after the other, imports beside the work as there; without
`--prefect` by the functions that Prefect's tasks call, in the order and the batches of the flow. `stages` does the same
once everything is imported and Great Expectations has judged a row, and says where each stage begins; processes that
duban itself starts (reading, writing answers) begin within their stages. `--keep` leaves a copy of the home as it was
collected in FOLDER/collected, and what Great Expectations was given in FOLDER/frames. `imports` imports what `whole`
does without Prefect, Great Expectations apart.
"""

import argparse
import atexit
import datetime as dt
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from duban.cli import leave
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter

if TYPE_CHECKING:
    from duban.answering.answer import Answers
    from duban.checking.validator import Validator

QUARTER = Quarter(2023, 1)
AS_OF = dt.datetime(2023, 4, 10, 18, tzinfo=TIME_ZONE)
COLLECTING = ("plan", "isolate", "read", "check", "load", "answer")
Stage = Callable[[str], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("whole", "stages", "imports"))
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("schemas", type=Path, nargs="?")
    parser.add_argument("--prefect", action="store_true")
    parser.add_argument("--no-publish", dest="publish", action="store_false")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--as-of", type=dt.datetime.fromisoformat, default=AS_OF)
    told = parser.parse_args()
    now, ended = told.as_of.astimezone(TIME_ZONE), []
    atexit.register(leave, ended)
    if told.what == "imports":
        imports()
    elif told.what == "stages":
        by_stages(told.home, told.schemas, now, told.publish, told.keep)
    elif told.prefect:
        with_prefect(told.home, told.schemas, now, told.publish)
    else:
        plain(told.home, told.schemas, now, told.publish)
    ended.append(0)


def with_prefect(home: Path, schemas: Path, now: dt.datetime, publishing: bool) -> None:
    from duban import cli

    options = ["--home", str(home), "--schemas", str(schemas), "--as-of", now.isoformat()]
    for command in ("collect", "publish") if publishing else ("collect",):
        code = cli.run([*options, command, str(QUARTER)])
        if code not in (cli.CLEAN, cli.LOOK):
            raise SystemExit(f"duban {command} ended with {code}")


def plain(home: Path, schemas: Path, now: dt.datetime, publishing: bool) -> None:
    from duban.checking.run import import_ahead
    from duban.checking.validator import Validator

    with Validator() as validator:
        import_ahead()
        collect(Home(home), schemas, now, validator)
    if publishing:
        publish(Home(home), schemas, now)


def by_stages(home: Path, schemas: Path, now: dt.datetime, publishing: bool, keep: Path | None) -> None:
    from duban.checking.validator import Validator

    say("imports")
    imports()
    with Validator() as validator:
        _judge_a_row(validator, home)
        collect(Home(home), schemas, now, validator, say, keep)
    say("end")
    if keep:
        from benchmarks.prepare import copy_home

        copy_home(home, keep / "collected.partial").root.rename(keep / "collected")
    if publishing:
        say("publish")
        publish(Home(home), schemas, now)
        say("end")


def collect(
    home: Home,
    schemas: Path,
    now: dt.datetime,
    validator: "Validator",
    stage: Stage = lambda name: None,
    keep: Path | None = None,
) -> None:
    """What the flow does; where its tasks go on beside each other, threads do."""
    from duban.batches import work_off
    from duban.runs import run_folder

    stage("plan")
    with run_folder(home, "collect") as folder, ThreadPoolExecutor(2) as threads:
        work_off(folder, Plainly(home, schemas, now, validator, stage, keep, threads))


class Plainly:
    """The steps of `duban.batches` by the functions that Prefect's tasks call."""

    def __init__(
        self,
        home: Home,
        schemas: Path,
        now: dt.datetime,
        validator: "Validator",
        stage: Stage,
        keep: Path | None,
        threads: ThreadPoolExecutor,
    ):
        from duban.registry.ledgers import load_ledgers
        from duban.registry.load import load_registry

        self._home, self._now, self._validator, self._threads = home, now, validator, threads
        self._stage, self._keep = stage, keep
        self._registry = load_registry(schemas, home.plans)
        self._ledgers = load_ledgers(schemas, self._registry)
        self._told = home, self._registry, QUARTER

    def begin(self, folder: Path, passed_over: list[str], before: Path | None) -> Future:
        return self._threads.submit(self._take_in_and_read, folder, passed_over, before)

    def _take_in_and_read(self, folder: Path, passed_over: list[str], before: Path | None) -> dict:
        from duban.collecting import NEW, read_received, take_in
        from duban.limits import load_limits
        from duban.processes import beside
        from duban.reading import worker

        most = load_limits().files_at_once
        stage = (lambda name: None) if before else self._stage  # of later batches it goes on beside other stages
        stage("isolate")
        taken = take_in(*self._told, self._ledgers, self._now, most, folder, passed_over, before)
        stage("read")
        if taken["new"]:
            processes = beside() if before else None
            worker.read_received(read_received(folder / NEW), self._home, self._registry, folder, processes)
        return taken

    def check(self, folder: Path) -> None:
        from duban.checking.run import check_run

        self._stage("check")
        told = self._registry, self._home, QUARTER, self._now, self._validator
        check_run(folder, *told, ledgers=self._ledgers)

    def load(self, folder: Path) -> list[str]:
        from duban.warehouse.load import load_run

        self._stage("load")
        return load_run(*self._told, folder, self._now)

    def answer(self, folder: Path, loaded: list[str], known: list[str]) -> Future:
        from duban.answering.answer import draw_up

        self._stage("answer")
        answers = draw_up(*self._told, self._now, again=known, ledgers=self._ledgers)
        return self._threads.submit(self._show_and_answer, folder, loaded, answers)

    def _show_and_answer(self, folder: Path, loaded: list[str], answers: "Answers") -> dict[str, Path]:
        from duban.answering.answer import write_answers
        from duban.validation_page.page import write_page

        if loaded:
            write_page(*self._told, self._now, folder, loaded)
        return write_answers(self._home, self._registry, answers)

    def finish(self, folder: Path, taken: dict, answers: dict[str, Path]) -> dict[str, str]:
        from duban import collecting
        from duban.answering.answer import note_answers

        self._stage("answer")
        note_answers(self._home, QUARTER, self._now, answers)
        collecting.answered(self._home, QUARTER, list(answers.values()))
        files = [collecting.read_received(folder / name) for name in (collecting.TAKEN, collecting.NEW)]
        collecting.repeats(*self._told, *files)
        kept = collecting.clear_all(self._home, files[0])
        if self._keep and (folder / "frame.parquet").exists():
            self._stage("end")
            frames = self._keep / "frames"
            frames.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / "frame.parquet", frames / f"frame-{folder.name}.parquet")
            self._stage("answer")
        return dict.fromkeys(kept, "kept")


def publish(home: Home, schemas: Path, now: dt.datetime) -> None:
    from duban.publishing.publish import publish
    from duban.registry.ledgers import load_ledgers
    from duban.registry.load import load_registry
    from duban.runs import run_folder

    registry = load_registry(schemas, home.plans)
    with run_folder(home, "publish"):
        publish(home, registry, QUARTER, now, ledgers=load_ledgers(schemas, registry))


def imports() -> None:
    """What collecting and publishing import here."""
    from duban.checking.run import import_ahead

    import_ahead()
    import pyarrow.compute
    import pyarrow.parquet  # noqa: F401

    import duban.answering.answer
    import duban.answering.returned
    import duban.checking.run
    import duban.collecting
    import duban.documents
    import duban.publishing.publish
    import duban.reading.worker
    import duban.registry.ledgers
    import duban.validation_page.page
    import duban.warehouse.load  # noqa: F401


def _judge_a_row(validator: "Validator", home: Path) -> None:
    """Wait for the validating process to have imported what it needs."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    words = {"kind": "inputs.value", "required": True, "present": 1.0, "status": None}
    numbers = ("number", "minimum", "maximum", "digits", "decimals")
    numbers += ("whole", "previous", "complete", "year", "plan_year")
    types = {"n": pa.int64(), "times": pa.int64(), "kind": pa.string(), "required": pa.bool_(), "status": pa.string()}
    row = {"n": 0, "times": 1, **words, **dict.fromkeys(numbers, 1.0)}
    table = pa.table({name: pa.array([value], types.get(name, pa.float64())) for name, value in row.items()})
    path = home / "row.parquet"
    pq.write_table(table, path)
    validator.validate(path, home / "none.parquet")
    for one in (path, home / "none.parquet"):
        one.unlink()


def say(stage: str) -> None:
    print(f"stage {stage}", flush=True)


if __name__ == "__main__":
    main()
