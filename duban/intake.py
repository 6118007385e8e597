"""Taking files in: from the drop folder into the archive, byte for byte, whole or not at all."""

import datetime as dt
import errno
import hashlib
import logging
import math
import os
import stat
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from duban.arrivals import Seen, Sender, fairly, look, readable_name
from duban.errors import UserError
from duban.fault_points import reached
from duban.files import WAITING, new_file, sync_folder
from duban.home import Home
from duban.left import Left
from duban.limits import Limits, load_limits
from duban.looks import Looks
from duban.quarters import TIME_ZONE, Quarter

_CHUNK = 1 << 20
PAUSE = 0.4  # seconds between the two looks at a file; once for all files of a batch
_ABANDONED = 86_400  # seconds after which a temporary file belongs to a run that was killed

_log = logging.getLogger(__name__)
_ahead: dict[tuple[Path, int], tuple[tuple[int, str] | None, float]] = {}  # what a look ahead saw, and when


@dataclass(frozen=True)
class Received:
    """A file that lies in the archive. `place` counts from 0 in order of arrival; `source` is its path below the
    intake folder and `folder` the folder below the quarter's ('' is the quarter's own), both as people read them;
    `size` in bytes; `digest` is the SHA-256 of its bytes; `arrived_at` is when its transfer was complete, as far as was
    observed, in ISO 8601, None where nothing but the time of receipt is known of it."""

    place: int
    source: str
    file_name: str
    folder: str
    size: int
    digest: str
    arrived_at: str | None = None


@dataclass(frozen=True)
class Taken:
    """A batch: what was archived, what was left where it lies, and whether there is more than the batch could hold."""

    received: list[Received]
    left: list[Left]
    more: bool = False


class _Gone(Exception):
    """A file that is not there any more, or is none that can be read; `reason` says why, '' for the first."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def take_in(
    home: Home, quarter: Quarter, now: dt.datetime | None = None, opened_at: dt.datetime | None = None
) -> list[Received]:
    """Copy all that lies in a quarter's intake folder into the archive, as `take_batch` does."""
    return take_batch(home, quarter, now=now, opened_at=opened_at).received


def take_batch(
    home: Home,
    quarter: Quarter,
    most: float = math.inf,
    sender: Sender = lambda folder, name: folder,
    passed_over: Collection[str] = (),
    limits: Limits | None = None,
    now: dt.datetime | None = None,
    opened_at: dt.datetime | None = None,
) -> Taken:
    """Copy up to `most` of the files in a quarter's intake folder into the archive; nothing is deleted.

    They come back oldest first. Where there are more, the first file of every sender comes before the second of any:
    `sender(folder, name)` says whose a file seems to be. Sources in `passed_over` are not looked at again. What is not
    a whole file stays where it is. No file arrived before the quarter was opened, at `opened_at`, nor after `now`, the
    real time unless it is told. Raises UserError when the intake cannot be read or the archive cannot be written.
    """
    limits = limits or load_limits()
    root = home.intake / str(quarter)
    now = now or dt.datetime.now(TIME_ZONE)
    looks = Looks(home.waiting, root.name, now, opened_at, limits.owner_file_minutes * 60)
    try:
        seen, left = look(root, looks, limits)
    except OSError as error:
        raise UserError(f"收件文件夹 {root} 无法读取（{error.strerror}）：请检查其权限后重试，文件不会丢失。") from None
    looks.keep()  # before anything is archived: a run that fails then has seen what lay there all the same
    left = [one for one in left if one.source not in passed_over]
    seen = [file for file in seen if file.source not in passed_over]
    if not seen:
        return Taken([], left)
    chosen = fairly(seen, most, sender)
    with ThreadPoolExecutor(WAITING) as threads:
        first, since = _first_look(chosen, threads)
        time.sleep(max(since + PAUSE - time.monotonic(), 0))
        try:
            home.archive.mkdir(parents=True, exist_ok=True)
            _sweep(home.archive)
            second = list(threads.map(lambda file: _keep(home, file), chosen))
            each = {one[1][:2]: one[1] for one in second if isinstance(one, tuple)}  # a digest of every folder
            folders = [home.archived(digest).parent for digest in each.values()]
            list(threads.map(sync_folder, [*folders, home.archive] if folders else []))
        except OSError as error:
            raise UserError(
                f"档案文件夹 {home.archive} 无法写入（{error.strerror}）："
                "请腾出空间或检查权限后重试，来件仍在收件文件夹中。"
            ) from None
    received = []
    for file, before, after in zip(chosen, first, second, strict=True):
        if isinstance(after, tuple) and before == after:
            name, folder = readable_name(file.name), readable_name(file.folder)
            received.append(Received(len(received), file.source, name, folder, *after, file.arrived.isoformat()))
        elif reason := after if isinstance(after, str) else "changing":
            left.append(Left(file.source, reason))
    return Taken(received, left, more=len(chosen) < len(seen))


def look_ahead(home: Home, quarter: Quarter) -> None:
    """Have the first look at what lies in a quarter's intake folder now, for the next batch of this process: whoever
    has seconds of other work before it need not wait between the two looks then.

    What a flood of more files than a batch holds has to wait for is not this.
    """
    limits, root = load_limits(), home.intake / str(quarter)
    looks = Looks(home.waiting, root.name, dt.datetime.now(TIME_ZONE), None, limits.owner_file_minutes * 60)
    with suppress(OSError), ThreadPoolExecutor(WAITING) as threads:  # the batch itself will say what is wrong
        seen, _ = look(root, looks, limits)
        if len(seen) <= limits.files_at_once:
            observed = list(threads.map(_observe, seen))
            _ahead.update(
                {(file.path, file.changed): (one, time.monotonic()) for file, one in zip(seen, observed, strict=True)}
            )


def _first_look(files: list[Seen], threads: ThreadPoolExecutor) -> tuple[list[tuple[int, str] | None], float]:
    """Size and digest of every file as they were at a look ahead, or else are now; and when the latest of these looks
    was (time.monotonic)."""
    known = [_ahead.pop((file.path, file.changed), None) if _ahead else None for file in files]
    fresh = threads.map(_observe, [file for file, one in zip(files, known, strict=True) if not one])
    told = [one or (next(fresh), time.monotonic()) for one in known]
    return [one for one, _ in told], max(when for _, when in told)


def clear(home: Home, received: Received) -> bool:
    """Remove a file that was taken in, if it is still the same one; says whether it did."""
    root = home.intake / received.source.partition("/")[0]
    for folder in _spelled(root, received.folder) if received.folder else [""]:
        for name in _spelled(root / folder, received.file_name):
            file = Seen(root, folder, name)
            if _observe(file) != (received.size, received.digest):
                continue
            try:
                inside = _folder(file)
                try:
                    os.unlink(name, dir_fd=inside)
                finally:
                    os.close(inside)
                return True
            except FileNotFoundError:
                return True  # somebody else was quicker
            except OSError as error:
                _log.warning("%s cannot be removed: %s", file.source, error.strerror)
    return False


def _spelled(parent: Path, readable: str) -> list[str]:
    """How the system spells a name that people read; several where only their bytes differ."""
    if os.path.lexists(os.path.join(parent, readable)):
        return [readable]
    try:  # it is not UTF-8 on disk, or it is gone
        return [name for name in os.listdir(parent) if readable_name(name) == readable]
    except OSError:
        return []


def _folder(file: Seen) -> int:
    """A descriptor of the folder that a file lies in, never of one that a link leads to."""
    root = os.open(file.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    if not file.folder:
        return root
    try:
        return os.open(file.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=root)
    finally:
        os.close(root)


def _open(file: Seen) -> int:
    """A descriptor of a regular file; raises _Gone for anything else, which is never waited for."""
    try:
        folder = _folder(file)
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(file.name, flags, dir_fd=folder)
        finally:
            os.close(folder)
    except FileNotFoundError:
        raise _Gone("") from None
    except OSError as error:
        _log.warning("%s stays in the intake: %s", file.source, error.strerror)
        links = {errno.ELOOP: "link", errno.EMLINK: "link", errno.ENOTDIR: "link", errno.ENXIO: "special"}
        raise _Gone(links.get(error.errno, "unreadable")) from None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise _Gone("special")


def _observe(file: Seen) -> tuple[int, str] | None:
    """Size and digest as they are now; None for what cannot be read."""
    with suppress(_Gone, OSError), os.fdopen(_open(file), "rb", buffering=0) as source:
        digest, size = hashlib.sha256(), 0
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
        return size, digest.hexdigest()
    return None


def _keep(home: Home, file: Seen) -> tuple[int, str] | str:
    """Copy a file into the archive; its size and digest as copied, or the reason why it is none that can be."""
    try:
        descriptor = _open(file)
    except _Gone as gone:
        return gone.reason
    handle, temporary = new_file(os.fspath(home.archive))
    kept = False
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(descriptor, "rb", buffering=0) as source, os.fdopen(handle, "wb", buffering=0) as copy:
            while chunk := _chunk(source):
                digest.update(chunk)
                size += len(chunk)
                view = memoryview(chunk)
                while view:
                    view = view[copy.write(view) :]
            _still(source, file)
            target = home.archived(found := digest.hexdigest())
            if not _stands(target, size):
                os.fsync(copy.fileno())
                os.fchmod(copy.fileno(), 0o444)
                if not os.path.isdir(target.parent):
                    target.parent.mkdir(exist_ok=True)
                reached("copied")
                os.replace(temporary, target)
                kept = True
        return size, found
    except _Gone as gone:
        return gone.reason
    finally:
        if not kept:
            with suppress(FileNotFoundError):
                os.unlink(temporary)


def _stands(target: Path, size: int) -> bool:
    """Whether a file of that size has the name already."""
    try:
        return os.stat(target).st_size == size
    except FileNotFoundError:
        return False


def _chunk(source) -> bytes:
    """The next of a file's bytes. A share that fails at reading is not a full disk at writing: it costs this file."""
    try:
        return source.read(_CHUNK)
    except OSError as error:
        _log.warning("a file stays in the intake: %s", error.strerror)
        raise _Gone("unreadable") from None


def _still(source, file: Seen) -> None:
    """Raises _Gone for a file that has changed since the look: it arrived at another time than that found."""
    with suppress(OSError):  # what a share does not tell any more has been read by now
        if os.fstat(source.fileno()).st_ctime_ns == file.changed:
            return
    raise _Gone("changing")


def _sweep(archive: Path) -> None:
    """Remove what killed runs left half copied."""
    for path in archive.glob("*.tmp"):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # another run was quicker
