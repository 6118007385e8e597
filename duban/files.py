"""Writes that are whole or not at all, and that a power cut does not undo."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path

WAITING = 16  # threads that wait for the disk, not for a core: it makes many files last at the price of one
_UNFINISHED, _ASIDE = ".tmp", ".aside"  # what a name ends in while it is written, or while another takes its place
_UNABLE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}  # what a file system says that has no such operation


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` to write to; it takes the real name when the block ends without an exception."""
    with _replacing(path) as (handle, temporary):
        os.close(handle)
        temporary = Path(temporary)
        yield temporary
        os.chmod(temporary, 0o644)
        sync(temporary)


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text whole or not at all."""
    return write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> Path:
    """Write bytes whole or not at all: as `atomic_path`, with half of its calls to the system."""
    with _replacing(path) as (handle, _):
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(handle, left) :]
            os.fchmod(handle, 0o644)
            os.fsync(handle)
        finally:
            os.close(handle)
    return path


@contextmanager
def _replacing(path: Path) -> Iterator[tuple[int, str]]:
    """A new file beside `path`, open, which takes its place when the block ends without an exception."""
    folder = os.fspath(path.parent)
    if not os.path.isdir(folder):
        make_folder(path.parent)
    handle, temporary = new_file(folder, ".")
    try:
        yield handle, temporary
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):  # the reason why it is not written is the one to tell
            os.unlink(temporary)
        raise
    sync_folder(folder)


def new_file(folder: str, prefix: str = "") -> tuple[int, str]:
    """A new file in a folder, open, and its path: as tempfile makes one, at a third of the cost, for a run makes
    thousands."""
    path = f"{folder}/{prefix}{os.urandom(8).hex()}{_UNFINISHED}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), path


def sync(path: Path | str) -> None:
    """Make a file's bytes survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path | str) -> None:
    """Make renames in a folder survive a power cut."""
    try:
        sync(folder)
    except OSError as error:
        if error.errno not in _UNABLE:  # some shares cannot sync a folder
            raise


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that a power cut leaves them."""
    if folder.is_dir():
        return
    missing = list(takewhile(lambda path: not path.exists(), (folder, *folder.parents)))
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.parent)


def free_name(path: Path, before: str) -> Path:
    """The path, or where something has its name already the name with the first free number after it."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}{before}{number}")
    return free


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder`; it takes the real name at the end, in the place of an earlier one.

    Who looks meanwhile sees the earlier one or the new one whole. Where the file system cannot exchange two names in
    one step, the name is free for a moment between two; `mend_folders` puts the earlier one back if the run is killed
    in it.
    """
    make_folder(folder.parent)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=_UNFINISHED))
    try:
        yield temporary
        temporary.chmod(0o755)
        for path in temporary.iterdir():
            sync(path)
        sync_folder(temporary)
        if not folder.exists():
            os.rename(temporary, folder)
        elif not _exchange(temporary, folder):
            _replace(folder, temporary)
        sync(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def mend_folders(parent: Path) -> None:
    """Finish what a killed `atomic_folder` left below `parent`: an earlier folder that lies aside while no other has
    its name gets it back; all else that was not finished is removed. Only for whoever alone writes there."""
    for path in _hidden(parent):
        if path.name.endswith(_ASIDE):
            folder = path.with_name(path.name[1:].removesuffix(_ASIDE))
            if not folder.exists():
                os.rename(path, folder)
                sync_folder(parent)
    sweep(parent, depth=1)


def sweep(parent: Path, depth: int) -> None:
    """Remove what killed writes left unfinished in a folder and in those below it; `depth` 1 is the folder alone. Only
    for whoever alone writes there."""
    for path in _hidden(parent):
        if path.name.endswith((_UNFINISHED, _ASIDE)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    if depth > 1 and parent.is_dir():
        for path in parent.iterdir():
            if path.is_dir() and not path.is_symlink():
                sweep(path, depth - 1)


def _hidden(parent: Path) -> list[Path]:
    return [path for path in parent.iterdir() if path.name.startswith(".")] if parent.is_dir() else []


def _replace(folder: Path, new: Path) -> None:
    """Put `new` in the place of `folder` where names cannot be exchanged; what it took the place of is removed."""
    aside = folder.with_name(f".{folder.name}{_ASIDE}")
    shutil.rmtree(aside, ignore_errors=True)
    os.rename(folder, aside)
    try:
        os.rename(new, folder)
    except OSError:
        os.rename(aside, folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; False where system or file system has no such step."""
    import ctypes  # only here, and it takes its time

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)  # Linux
    if call is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if call(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(other))
