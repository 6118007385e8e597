"""Taking files in: from the drop folder into the archive, byte for byte, whole or not at all."""

import hashlib
import logging
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from duban.errors import UserError
from duban.files import sync_folder
from duban.home import Home
from duban.quarters import Quarter
from duban.visible import in_one_line

_CHUNK = 1 << 20
_THREADS = 16  # they wait for the disk, not for a core
_FRESH = 3.0  # seconds: what changed this recently may still be being written
_PAUSE = 0.4  # seconds between the two looks at fresh files; once for the whole intake
_ABANDONED = 86_400  # seconds after which a temporary file belongs to a run that was killed
_OWNER_FILES = ("~$", ".")  # Excel's ~$x, WPS's .~x, LibreOffice's .~lock.x#, hidden names
_UNFINISHED = (".tmp", ".part", ".crdownload")
_SYSTEM_FILES = ("thumbs.db", "desktop.ini")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Received:
    """A file that lies in the archive. `place` counts from 0 in order of arrival; `source` is its path below the
    intake folder and `folder` the folder below the quarter's ('' is the quarter's own), both as people read them;
    `size` in bytes; `digest` is the SHA-256 of its bytes."""

    place: int
    source: str
    file_name: str
    folder: str
    size: int
    digest: str


@dataclass(frozen=True)
class _Seen:
    """A regular file in the intake, by its name as the system spells it."""

    folder: Path
    name: str
    changed: int  # st_ctime_ns: unlike the time of modification it cannot be copied along


def take_in(home: Home, quarter: Quarter) -> list[Received]:
    """Copy what lies in a quarter's intake folder into the archive, oldest first; nothing is deleted.

    Files still growing, owner files, temporary and hidden ones, links, pipes and devices stay where they are. Raises
    UserError when the intake cannot be read or the archive cannot be written.
    """
    root = home.intake / str(quarter)
    try:
        seen = list(_look(root))
    except OSError as error:
        raise UserError(f"收件文件夹 {root} 无法读取（{error.strerror}）：请检查其权限后重试，文件不会丢失。") from None
    if not seen:
        return []
    seen.sort(key=lambda file: (file.changed, file.name))
    with ThreadPoolExecutor(_THREADS) as threads:
        first = list(threads.map(_observe, seen))
        if any(time.time() - file.changed / 1e9 < _FRESH for file in seen):
            time.sleep(_PAUSE)
        try:
            home.archive.mkdir(parents=True, exist_ok=True)
            _sweep(home.archive)
            second = list(threads.map(lambda file: _keep(home, file), seen))
            folders = {home.archived(digest).parent for kept in second if kept for digest in [kept[1]]}
            list(threads.map(sync_folder, [*folders, home.archive] if folders else []))
        except OSError as error:
            raise UserError(
                f"档案文件夹 {home.archive} 无法写入（{error.strerror}）："
                "请腾出空间或检查权限后重试，来件仍在收件文件夹中。"
            ) from None
    found = [
        Received(0, _below(home, file), readable_name(file.name), _folder(root, file), *after)
        for file, before, after in zip(seen, first, second, strict=True)
        if after is not None and before == after
    ]
    return [replace(received, place=place) for place, received in enumerate(found)]


def clear(home: Home, received: Received) -> bool:
    """Remove a file that was taken in, if it is still the same one; says whether it did."""
    for path in _spelled(home.intake, received.source):
        file = _Seen(path.parent, path.name, 0)
        if _observe(file) == (received.size, received.digest):
            path.unlink(missing_ok=True)
            return True
    return False


def _spelled(root: Path, source: str) -> list[Path]:
    """The paths below a folder that people read as this one: names on disk need not be UTF-8, nor harmless."""
    found = [root]
    for part in source.split("/"):
        found = [folder / name for folder in found for name in _names(folder, part)]
    return found


def _names(folder: Path, readable: str) -> list[str]:
    if os.path.lexists(folder / readable):
        return [readable]
    try:
        return [name for name in os.listdir(folder) if readable_name(name) == readable]
    except OSError:
        return []


def readable_name(name: str) -> str:
    """A file's name as people read it, in one line: names that are not UTF-8 are taken for Chinese Windows ones
    (GB 18030), what is neither shows its bytes, and characters that act on who reads them are spelled out."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return in_one_line(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return in_one_line(raw.decode("utf-8", errors="backslashreplace"))


def _look(root: Path) -> Iterator[_Seen]:
    """The regular files of the quarter's folder and of the folders in it; links are never followed."""
    if not root.is_dir():
        return
    folders = [root]
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(_OWNER_FILES):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if folder == root:
                        folders.append(root / entry.name)
                elif entry.is_file(follow_symlinks=False) and _wanted(entry.name):
                    yield _Seen(folder, entry.name, entry.stat(follow_symlinks=False).st_ctime_ns)


def _wanted(name: str) -> bool:
    return not name.lower().endswith(_UNFINISHED) and name.lower() not in _SYSTEM_FILES


def _below(home: Home, file: _Seen) -> str:
    return "/".join(readable_name(part) for part in (file.folder / file.name).relative_to(home.intake).parts)


def _folder(root: Path, file: _Seen) -> str:
    return "" if file.folder == root else readable_name(file.folder.name)


def _open(file: _Seen) -> int | None:
    """A descriptor of a regular file; None for anything else, which is never waited for."""
    try:
        descriptor = os.open(file.folder / file.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        _log.warning("%s stays in the intake: %s", readable_name(file.name), error.strerror)
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _observe(file: _Seen) -> tuple[int, str] | None:
    """Size and digest as they are now."""
    descriptor = _open(file)
    if descriptor is None:
        return None
    with os.fdopen(descriptor, "rb", buffering=0) as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        return source.tell(), digest


def _keep(home: Home, file: _Seen) -> tuple[int, str] | None:
    """Copy a file into the archive; its size and digest as copied."""
    descriptor = _open(file)
    if descriptor is None:
        return None
    handle, temporary = tempfile.mkstemp(dir=home.archive, suffix=".tmp")
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(descriptor, "rb", buffering=0) as source, os.fdopen(handle, "wb", buffering=0) as copy:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                view = memoryview(chunk)
                while view:
                    view = view[copy.write(view) :]
            target = home.archived(digest.hexdigest())
            if not (target.exists() and target.stat().st_size == size):
                os.fsync(copy.fileno())
                os.fchmod(copy.fileno(), 0o444)
                target.parent.mkdir(exist_ok=True)
                os.replace(temporary, target)
        return size, digest.hexdigest()
    finally:
        Path(temporary).unlink(missing_ok=True)


def _sweep(archive: Path) -> None:
    """Remove what killed runs left half copied."""
    for path in archive.glob("*.tmp"):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # another run was quicker
