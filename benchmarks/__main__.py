"""What a run costs, beside the script that people write instead and what no pipeline gets below.

    python -m benchmarks [--sizes 60 600 6000 32000] [--runs 5] [--patience 15] [--only GROUP …] [--out DIR] [--prepare]
    python -m benchmarks --report DIR [--into docs/performance.md]

Each command is a process of its own; those of a group run in turn, A B C A B C, as often as `--runs` says and until
they have had `--patience` seconds each, once at least. What has been measured is a line of DIR/measurements.jsonl: a
run that was interrupted goes on where it stopped, one of another commit begins anew beside the old lines. In the end
tables and plots are made of the lines, as `--report` makes them without measuring; `--into` puts them in their places
in a document. `--prepare` only makes the files and homes that are measured on, for a machine that is not yet quiet.
"""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.cases import CASES, GROUPS, Bench
from benchmarks.machine import commit, machine
from benchmarks.prepare import inputs, made
from benchmarks.report import MEASUREMENTS, lines, write_report


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 600, 6_000, 32_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--patience", type=float, default=15.0, help="seconds after which a case is not run again")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS), help="groups of cases")
    parser.add_argument("--out", type=Path, default=Path("var/benchmarks"))
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("--report", type=Path, metavar="DIR")
    parser.add_argument("--into", type=Path, metavar="DOCUMENT")
    told = parser.parse_args()
    bench = Bench(told.out.resolve())
    if told.prepare:
        prepare(bench, told.sizes, told.only)
        return
    if not told.report:
        try:
            run(bench, told.sizes, told.runs, told.patience, told.only)
        finally:
            bench.server.close()
    print(write_report(told.report or told.out, told.into))


def rounds(sizes: list[int], only: list[str]) -> list[tuple[int, str]]:
    """Sizes and groups to be measured, the dearest last."""
    found = {
        (size, case.group) for case in CASES if case.group in only for size in case.sizes or sizes if size <= max(sizes)
    }
    return sorted(found, key=lambda one: (one[0] * GROUPS[one[1]], one))


def prepare(bench: Bench, sizes: list[int], only: list[str]) -> None:
    for size in sorted({size for size, _ in rounds(sizes, only)}):
        for told in {inputs(bench.data, size), made(bench.data, size or 60)}:
            print(told.opened, flush=True)


def run(bench: Bench, sizes: list[int], runs: int, patience: float, only: list[str]) -> None:
    """Measure what is wanting."""
    bench.folder.mkdir(parents=True, exist_ok=True)
    path, here = bench.folder / MEASUREMENTS, {"commit": commit(), "machine": machine()}
    found = lines(path, here["commit"])
    for size, group in rounds(sizes, only):
        cases = [c for c in CASES if c.group == group and size in (c.sizes or sizes) and size <= c.largest]
        for number in range(runs):
            for case in cases:
                of_it = [one for one in found if (one["case"], one["size"]) == (case.name, size)]
                if len(of_it) > number or (number and sum(one["seconds"] for one in of_it) >= patience):
                    continue
                took = case.run(bench, size)
                line = {"case": case.name, "size": size, "at": datetime.now(UTC).isoformat(timespec="seconds")}
                found.append(line | asdict(took) | here)
                with path.open("a", encoding="utf-8") as file:
                    print(json.dumps(found[-1], ensure_ascii=False), file=file)
                print(f"{size:6} {case.name}: {took.seconds:.2f} s, {took.processors:.2f} s of processors", flush=True)


if __name__ == "__main__":
    main()
