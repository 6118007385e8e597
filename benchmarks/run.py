"""Collecting and publishing against the script that people write instead, in one run.

    python -m benchmarks.run [--sizes 60 1000] [--runs 5]

Every command is a whole process, imports included, in turn A B C A B C …; medians, and ratios to the script. Prefect's
server is started beforehand for "standing server" and by the command itself for "all of Prefect".
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

from benchmarks.generate import ISSUED, QUARTER, SAMPLES, first_files, generate
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.opening import open_quarter
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS

AS_OF = "2023-04-10T18:00:00+08:00"
LAIN = 4  # seconds: files that have lain in the intake for a while, as in an office; fresh ones are looked at twice
SCRIPT, PLAIN = "pandas + openpyxl script", "duban without Prefect"
STANDING, WHOLE = "duban, standing server", "duban, all of Prefect"
LIBRARIES = ("prefect", "great-expectations", "duckdb", "pandas", "openpyxl", "xlsxwriter")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 1000])
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {libraries}")
    with tempfile.TemporaryDirectory() as scratch, standing_server(Path(scratch) / "server") as server:
        for size in arguments.sizes:
            files, schemas, keys = prepare(Path(scratch) / str(size), size)
            template = opened_home(Path(scratch) / str(size) / "opened", files, schemas, keys)
            times: dict[str, list[float]] = {name: [] for name in (SCRIPT, PLAIN, STANDING, WHOLE)}
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


def one_run(name: str, template: Path, files: Path, schemas: Path, server: str, scratch: Path) -> float:
    """Seconds that one whole process takes."""
    home = scratch / "home"
    shutil.rmtree(home, ignore_errors=True)
    environment = {**os.environ, "PREFECT_HOME": str(scratch / "prefect")}
    environment.pop("PREFECT_API_URL", None)
    if name == SCRIPT:
        home.mkdir()
        command = ["-m", "benchmarks.script", str(files), str(home / "all.xlsx")]
    else:
        shutil.copytree(template, home)
        time.sleep(LAIN)
        command = ["-m", "benchmarks.cycle", str(home), str(schemas), str(QUARTER), AS_OF]
        if name == PLAIN:
            command.append("--plain")
        if name == STANDING:
            environment["PREFECT_API_URL"] = server
    started = time.perf_counter()
    done = subprocess.run([sys.executable, *command], cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-4000:]}")
    if name == PLAIN:
        print("   ", done.stdout.strip(), flush=True)
    return seconds


def report(size: int, times: dict[str, list[float]]) -> None:
    print(f"\n| {size} submissions | median s | min – max | ratio to the script, run by run |\n|---|---|---|---|")
    for name, seconds in times.items():
        ratio = statistics.median(mine / script for mine, script in zip(seconds, times[SCRIPT], strict=True))
        print(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f} – {max(seconds):.2f} | {ratio:.2f} |")
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
