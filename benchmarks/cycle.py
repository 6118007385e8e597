"""Collect and publish in one process: what `duban collect` and `duban publish` do, imports included.

`--plain` calls the functions that the Prefect tasks call, in the same order, without Prefect.
"""

import argparse
import atexit
import datetime as dt
import time
from pathlib import Path

from duban.cli import leave
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("schemas", type=Path)
    parser.add_argument("quarter")
    parser.add_argument("as_of")
    parser.add_argument("--plain", action="store_true")
    arguments = parser.parse_args()
    run = plain if arguments.plain else with_prefect
    ended: list[int] = []
    atexit.register(leave, ended)
    run(arguments.home, arguments.schemas, arguments.quarter, arguments.as_of)
    ended.append(0)


def with_prefect(home: Path, schemas: Path, quarter: str, as_of: str) -> None:
    from duban import cli

    options = ["--home", str(home), "--schemas", str(schemas), "--as-of", as_of]
    for command, expected in (("collect", cli.LOOK), ("publish", cli.CLEAN)):
        code = cli.run([*options, command, quarter])
        if code != expected:
            raise SystemExit(f"duban {command} ended with {code}")


def plain(home: Path, schemas: Path, quarter: str, as_of: str) -> None:
    from duban.checking.validator import Validator

    home, quarter = Home(home), Quarter.parse(quarter)
    now = dt.datetime.fromisoformat(as_of).astimezone(TIME_ZONE)
    stages: dict[str, float] = {}

    def timed(name, function, *words, **options):
        started = time.perf_counter()
        result = function(*words, **options)
        stages[name] = stages.get(name, 0) + time.perf_counter() - started
        return result

    with Validator() as validator:
        from duban.answering.answer import answer_all
        from duban.checking.run import check_run, import_ahead
        from duban.intake import clear, take_in
        from duban.publishing.publish import publish
        from duban.reading.worker import read_received
        from duban.registry.load import load_registry
        from duban.validation_page.page import write_page
        from duban.warehouse.load import load_run

        import_ahead()
        registry = timed("registry", load_registry, schemas)
        folder = home.work / "benchmark"
        folder.mkdir(parents=True)
        received = timed("take in", take_in, home, quarter)
        timed("read", read_received, received, home, registry, folder)
        timed("check", check_run, folder, registry, home, quarter, now, validator)
    accessions = timed("load", load_run, home, registry, quarter, folder, now)
    timed("page", write_page, home, registry, quarter, now, folder, accessions)
    timed("answer", answer_all, home, registry, quarter, now)
    timed("clear", lambda: [clear(home, file) for file in received])
    timed("publish", publish, home, registry, quarter, now)
    print("  ".join(f"{name} {seconds:.2f}" for name, seconds in stages.items()))


if __name__ == "__main__":
    main()
