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
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from duban.cli import leave
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter

if TYPE_CHECKING:
    from duban import intake
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


class Batch(NamedTuple):
    """A batch under way."""

    folder: Path
    taken: "intake.Taken"
    new: "list[intake.Received]"
    known: list[str]
    reading: Future | None


def collect(
    home: Home,
    schemas: Path,
    now: dt.datetime,
    validator: "Validator",
    stage: Stage = lambda name: None,
    keep: Path | None = None,
) -> None:
    """The steps of the flow."""
    from duban import collecting, intake, lifecycle
    from duban.answering.answer import answer_all
    from duban.checking.run import check_run
    from duban.checking.settle import hint_of
    from duban.garbage import give_back
    from duban.limits import load_limits
    from duban.reading.worker import read_received
    from duban.registry.ledgers import load_ledgers
    from duban.registry.load import load_registry
    from duban.runs import run_folder
    from duban.validation_page.page import write_page
    from duban.warehouse.load import load_run

    stage("plan")
    registry, most, left = load_registry(schemas, home.plans), load_limits().files_at_once, []
    ledgers = load_ledgers(schemas, registry)

    def whose(inside: str, name: str) -> str | None:
        return hint_of(inside, name, registry)

    def begin(folder: Path, under_way: list[intake.Received]) -> Batch:
        stage("isolate")
        folder.mkdir()
        opened_at = lifecycle.require_opened(home, QUARTER)
        collecting.follow_extensions(home, registry, QUARTER, ledgers, now)
        passed_over = [*left, *(file.source for file in under_way)]
        taken = intake.take_batch(home, QUARTER, most, whose, passed_over, now=now, opened_at=opened_at)
        taken = collecting.without_repeats_of(taken, under_way)
        new, known = collecting.sort_out(home, registry, QUARTER, taken.received)
        left.extend(one.source for one in taken.left)
        reading = threads.submit(read_received, new, home, registry, folder) if new else None
        return Batch(folder, taken, new, known, reading)

    with run_folder(home, "collect") as folder, ThreadPoolExecutor(1) as threads:
        batch = begin(folder / "0", [])
        for number in count(1):
            stage("read")
            if batch.reading:
                batch.reading.result()
            following = begin(folder / str(number), batch.taken.received) if batch.taken.more else None
            if batch.reading:
                stage("check")
                check_run(batch.folder, registry, home, QUARTER, now, validator, ledgers=ledgers)
                stage("load")
                accessions = load_run(home, registry, QUARTER, batch.folder, now)
                stage("answer")
                write_page(home, registry, QUARTER, now, batch.folder, accessions)
            stage("answer")
            paths = answer_all(home, registry, QUARTER, now, again=batch.known, ledgers=ledgers)
            collecting.answered(home, QUARTER, paths)
            collecting.repeats(home, registry, QUARTER, batch.taken.received, batch.new)
            left += collecting.clear_all(home, batch.taken.received)
            if keep and (batch.folder / "frame.parquet").exists():
                stage("end")
                (keep / "frames").mkdir(parents=True, exist_ok=True)
                shutil.copy(batch.folder / "frame.parquet", keep / "frames" / f"frame-{number - 1}.parquet")
                stage("answer")
            shutil.rmtree(batch.folder)
            if following is None:
                break
            batch = following
            give_back()


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
