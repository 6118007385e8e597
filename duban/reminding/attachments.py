"""What goes with a reminder: the reporter's files as they lie in the outbox."""

import os
import stat
from contextlib import ExitStack
from pathlib import PurePosixPath

from duban.home import Home
from duban.quarters import Quarter
from duban.reminding.owing import Owing

LARGEST = 20_000_000  # bytes; mail servers take no more


def files_of(quarter: Quarter, owing: Owing) -> list[str]:
    """The paths, below the outbox, of what a reporter works on: what was returned to be mended, or else the workbook as
    issued, with the letter that told why a file was no use."""
    issued = f"{quarter}/{owing.reporter}/{quarter}-{owing.reporter}-{owing.name}.xlsx"
    if owing.state != "returned" or not owing.answer:
        return [issued]
    return [owing.answer] if owing.answer.endswith(".xlsx") else [owing.answer, issued]


def read(home: Home, paths: list[str]) -> list[tuple[str, bytes]]:
    """Names and bytes of those of them that are there. Links are followed nowhere below the outbox, which reporters may
    look into: nothing else of this machine is ever mailed."""
    found = ((PurePosixPath(path).name, _bytes(home, PurePosixPath(path))) for path in paths)
    return [(name, data) for name, data in found if data is not None]


def _bytes(home: Home, path: PurePosixPath) -> bytes | None:
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    with ExitStack() as opened:
        try:
            folder = os.open(home.outbox, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            opened.callback(os.close, folder)
            for part in path.parts[:-1]:
                folder = os.open(part, flags | os.O_DIRECTORY, dir_fd=folder)
                opened.callback(os.close, folder)
            file = os.open(path.name, flags | os.O_NONBLOCK, dir_fd=folder)
            opened.callback(os.close, file)
            told = os.fstat(file)
            if not stat.S_ISREG(told.st_mode) or told.st_size > LARGEST:
                return None
            with os.fdopen(os.dup(file), "rb") as data:
                return data.read(LARGEST)
        except OSError:
            return None
