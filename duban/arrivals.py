"""What lies in the intake folder: which of it is to be taken in, in what order, and why the rest is not."""

import datetime as dt
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from duban.left import Left
from duban.limits import Limits
from duban.looks import Looks
from duban.visible import in_one_line

_OWNER_FILES = ("~$", ".~lock.", ".~")  # of Excel, of LibreOffice (which ends them in #), of WPS
_UNFINISHED = (".tmp", ".part", ".crdownload")
_SYSTEM_FILES = ("thumbs.db", "desktop.ini", ".ds_store")

Sender = Callable[[str, str], str | None]


@dataclass(frozen=True)
class Seen:
    """A regular file in the intake, by its names as the system spells them; `folder` is '' for the quarter's own,
    `arrived` when its transfer was complete, as far as was observed."""

    root: Path
    folder: str
    name: str
    changed: int = 0  # st_ctime_ns: unlike the time of modification it cannot be copied along
    arrived: dt.datetime | None = None

    @property
    def path(self) -> Path:
        return self.root / self.folder / self.name

    @property
    def source(self) -> str:
        return "/".join(readable_name(part) for part in (self.root.name, self.folder, self.name) if part)


def look(root: Path, looks: Looks, limits: Limits) -> tuple[list[Seen], list[Left]]:
    """The regular files of the quarter's folder and of the folders in it, and what is none to take in; links are never
    followed."""
    seen: list[Seen] = []
    left: list[Left] = []
    if not root.is_dir():
        looks.passed_by()
        return seen, left
    folders = [""]
    for folder in folders:
        try:
            with os.scandir(root / folder) as listed:
                entries = list(listed)
            files, found = _sorted_out(root, folder, entries, looks, limits)
        except OSError:
            if not folder:
                raise
            looks.passed_by(folder)
            left.append(Left(Seen(root, "", folder).source, "unreadable"))
            continue
        if folder or entries:
            looks.looked_into(folder)
        else:  # a share that is away for a moment leaves an empty folder, too
            looks.passed_by()
        seen += files
        for file, reason in found:
            if reason == "folder":
                folders.append(file.name)
            else:
                left.append(Left(file.source, reason))
    return seen, left


def _sorted_out(
    root: Path, folder: str, entries: list[os.DirEntry], looks: Looks, limits: Limits
) -> tuple[list[Seen], list[tuple[Seen, str]]]:
    """The files of one folder to take in, and the other things in it with the reason against each."""
    files, others, owners = [], [], {}
    for entry in entries:
        try:
            state = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        told = root, folder, entry.name, state.st_ctime_ns
        if stat.S_ISREG(state.st_mode) and entry.name.startswith(_OWNER_FILES):
            owners[entry.name.lower()] = Seen(*told), state
        elif reason := _against(folder, entry.name, state, limits):
            others.append((Seen(*told), reason))
        elif reason is None:
            files.append(Seen(*told, looks.arrived(folder, entry.name, state)))
    if not owners:
        return files, others
    delaying = {name for name, (file, state) in owners.items() if looks.delays(folder, file.name, state)}
    beside = [[name for name in _owners_of(file.name) if name in owners] for file in files]
    waiting = [bool(delaying & set(names)) for names in beside]
    others += [(file, "open") for file, waits_ in zip(files, waiting, strict=True) if waits_]
    known = {name for names in beside for name in names}
    others += [(file, "owner") for name, (file, _) in owners.items() if name not in known]
    return [file for file, waits_ in zip(files, waiting, strict=True) if not waits_], others


def _owners_of(name: str) -> list[str]:
    """What editors call the owner file of a file, in lower case; some take its first two letters away."""
    name = name.lower()
    return [f"~${name}", f"~${name[2:]}", f".~{name}", f".~{name[2:]}", f".~lock.{name}#"]


def _against(folder: str, name: str, state: os.stat_result, limits: Limits) -> str | None:
    """Why something is not taken in; None for what is, '' for what nobody needs to be told of."""
    if name.lower() in _SYSTEM_FILES:
        return ""
    if stat.S_ISDIR(state.st_mode):
        return "hidden" if name.startswith(".") else "too_deep" if folder else "folder"
    if stat.S_ISLNK(state.st_mode):
        return "link"
    if not stat.S_ISREG(state.st_mode):
        return "special"
    if name.lower().endswith(_UNFINISHED):
        return "unfinished"
    if name.startswith("."):
        return "hidden"
    if state.st_size > limits.largest_archived_mb << 20:
        return "too_large"
    return None


def fairly(seen: Iterable[Seen], most: float, sender: Sender) -> list[Seen]:
    """The files of a batch, oldest first: a flood of one sender's does not keep the others waiting."""
    seen = sorted(seen, key=_arrived)
    if len(seen) > most:
        sent: dict[str | None, int] = defaultdict(int)
        ranked = []
        for file in seen:
            own = sender(readable_name(file.folder), readable_name(file.name))
            ranked.append((sent[own], *_arrived(file), file))
            sent[own] += 1
        seen = sorted((one[-1] for one in sorted(ranked, key=lambda one: one[:-1])[: int(most)]), key=_arrived)
    return seen


def _arrived(file: Seen) -> tuple[dt.datetime | None, int, str, str]:
    return file.arrived, file.changed, file.name, file.folder


def readable_name(name: str) -> str:
    """A file's name as people read it, in one line: names that are not UTF-8 are taken for Chinese Windows ones
    (GB 18030), what is neither shows its bytes, and characters that act on who reads them are spelled out."""
    if name.isprintable():  # most are: UTF-8, and nothing in them acts
        return name
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return in_one_line(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return in_one_line(raw.decode("utf-8", errors="backslashreplace"))
