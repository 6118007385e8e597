"""The self-check of one file against what importing Great Expectations alone takes.

    python -m benchmarks.check FILE [--runs 5]

Whole processes in turn A B A B …; medians, and their ratio, which is to stay under 1.5.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from duban.settings import REPOSITORY


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    commands = {
        "import great_expectations": ["-c", "import great_expectations as gx, great_expectations.expectations"],
        "duban check": ["-m", "duban", "check", str(arguments.file.resolve())],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(arguments.runs):
        for name, command in commands.items():
            times[name].append(seconds(command))
    alone, check = (statistics.median(taken) for taken in times.values())
    for name, taken in times.items():
        print(f"{name:26} {statistics.median(taken):.2f} s ({min(taken):.2f} – {max(taken):.2f})")
    print(f"{'ratio':26} {check / alone:.2f}")


def seconds(command: list[str]) -> float:
    environment = {**os.environ, "GX_ANALYTICS_ENABLED": "false"}
    started = time.perf_counter()
    done = subprocess.run([sys.executable, *command], cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr[-4000:])
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
