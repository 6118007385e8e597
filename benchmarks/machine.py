"""What was measured, and on what."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from duban.settings import REPOSITORY

LIBRARIES = (
    "prefect",
    "great-expectations",
    "duckdb",
    "pyarrow",
    "pandas",
    "python-calamine",
    "xlsxwriter",
    "openpyxl",
    "pandera",
)


def commit() -> str:
    """The commit, with a plus where files have been changed since; `unknown` outside a repository."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=REPOSITORY, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    short = git("rev-parse", "--short=10", "HEAD")
    return f"{short}{'+' if git('status', '--porcelain', '--untracked-files=no') else ''}" if short else "unknown"


def machine() -> str:
    """Processor, cores, memory, system, Python and libraries, as one line."""
    words = dict(
        (key.strip(), value.strip())
        for key, _, value in (line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines())
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return (
        f"{words.get('model name', platform.machine())}, {os.cpu_count()} cores, {memory:.0f} GB, "
        f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}, {libraries}"
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
