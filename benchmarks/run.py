"""Collecting and publishing against the script that people write instead, and against floors, in one run.

    python -m benchmarks.run [--sizes 60 1000] [--runs 5] [--only NAME …]

Every command is a whole process, imports included, in turn A B C A B C …; medians, processor time of all its processes,
and ratios to the script. Prefect's server is started beforehand for "standing server" and by the command itself for
"all of Prefect".
"""

import argparse
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from benchmarks.generate import ISSUED, QUARTER, SAMPLES, first_files, generate
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.opening import open_quarter
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS

AS_OF = "2023-04-10T18:00:00+08:00"
LAIN = 4  # seconds: files that have lain in the intake for a while, as in an office; fresh ones are looked at twice
SCRIPT, QUICK = "pandas + openpyxl script", "the same with calamine and XlsxWriter"
INFLATED, READ = "inflating the files alone", "calamine alone"
PLAIN, STANDING, WHOLE = "duban without Prefect", "duban, standing server", "duban, all of Prefect"
_PEERS = {
    SCRIPT: ["benchmarks.script", "{files}", "{home}/all.xlsx"],
    QUICK: ["benchmarks.script", "{files}", "{home}/all.xlsx", "calamine", "xlsxwriter"],
    INFLATED: ["benchmarks.floors", "inflate", "{files}"],
    READ: ["benchmarks.floors", "calamine", "{files}"],
}
NAMES = (*_PEERS, PLAIN, STANDING, WHOLE)
LIBRARIES = ("prefect", "great-expectations", "duckdb", "pandas", "openpyxl", "xlsxwriter")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 1000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help="; ".join(NAMES))
    arguments = parser.parse_args()
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {libraries}")
    with tempfile.TemporaryDirectory() as scratch, standing_server(Path(scratch) / "server") as server:
        for size in arguments.sizes:
            files, schemas, keys = prepare(Path(scratch) / str(size), size)
            template = opened_home(Path(scratch) / str(size) / "opened", files, schemas, keys)
            times: dict[str, list[Took]] = {name: [] for name in dict.fromkeys([SCRIPT, *arguments.only])}
            for _ in range(arguments.runs):
                for name in times:
                    times[name].append(one_run(name, template, files, schemas, server, Path(scratch)))
            report(size, times)


def prepare(folder: Path, size: int) -> tuple[Path, Path, Path]:
    """The files of that many reporters, the plan they answer, and the keys they are signed with."""
    if size == 60:
        return SAMPLES, SCHEMAS / str(QUARTER.year), SAMPLES.parent / "keys"
    generate(folder, size)
    return folder / "files", folder / "schemas", folder / "keys-of" / "keys"


def opened_home(root: Path, files: Path, schemas: Path, keys: Path) -> Path:
    """A home in which the quarter is open and every file has been dropped; each run works on a copy of it."""
    home = Home(root)
    copy_keys(keys, home.keys)
    open_quarter(home, load_registry(schemas), QUARTER, ISSUED)
    for form in home.outbox.rglob("*.xlsx"):  # its folders stay, as in an office
        form.unlink()
    shutil.copytree(files, home.intake / str(QUARTER), ignore=first_files(files))
    return root


class Took(NamedTuple):
    """Seconds: by the clock, and of all processors together."""

    seconds: float
    processors: float


def one_run(name: str, template: Path, files: Path, schemas: Path, server: str, scratch: Path) -> Took:
    """What one whole process takes."""
    home = scratch / "home"
    shutil.rmtree(home, ignore_errors=True)
    environment = {**os.environ, "PREFECT_HOME": str(scratch / "prefect")}
    environment.pop("PREFECT_API_URL", None)
    if name in _PEERS:
        home.mkdir()
        command = ["-m", *(word.format(files=files, home=home) for word in _PEERS[name])]
    else:
        shutil.copytree(template, home)
        time.sleep(LAIN)
        command = ["-m", "benchmarks.cycle", str(home), str(schemas), str(QUARTER), AS_OF]
        if name == PLAIN:
            command.append("--plain")
        if name == STANDING:
            environment["PREFECT_API_URL"] = server
    started, used = time.perf_counter(), _used()
    done = subprocess.run([sys.executable, *command], cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    took = Took(time.perf_counter() - started, _used() - used)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-4000:]}")
    if name == PLAIN:
        print("   ", done.stdout.strip(), flush=True)
    return took


def _used() -> float:
    times = os.times()
    return times.children_user + times.children_system


def report(size: int, times: dict[str, list[Took]]) -> None:
    print(f"\n| {size} submissions | median s | min – max | processors s | ratio to the script, run by run |")
    print("|---|---|---|---|---|")
    for name, took in times.items():
        seconds, processors = zip(*took, strict=True)
        ratio = statistics.median(mine / its.seconds for mine, its in zip(seconds, times[SCRIPT], strict=True))
        spread = f"{min(seconds):.2f} – {max(seconds):.2f}"
        used = statistics.median(processors)
        print(f"| {name} | {statistics.median(seconds):.2f} | {spread} | {used:.2f} | {ratio:.2f} |")
    print(flush=True)


@contextmanager
def standing_server(home: Path):
    """A Prefect server on loopback for as long as the block runs; its API's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/api"
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    environment = {**os.environ, **quiet, "PREFECT_HOME": str(home)}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        from urllib.request import urlopen

        for _ in range(240):
            try:
                with urlopen(f"{address}/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.5)
        else:
            raise SystemExit("the Prefect server did not start within two minutes")
        yield address
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
