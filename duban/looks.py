"""What one look at the intake folder remembers for the next: when files arrived, and how long owner files have stood.

The times that a file carries are its sender's, or another machine's, by a clock that may have been set since. They are
bounded by what duban has seen itself.
"""

import datetime as dt
import json
import logging
import os
import time
from pathlib import Path

from duban.files import write_text
from duban.quarters import TIME_ZONE

_log = logging.getLogger(__name__)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_OWNERS, _FOLDERS, _FILES = "owners", "folders", "files"


class Looks:
    """What lay in a quarter's intake folder at the look before, and what lies there at this one, kept in one file.

    Where that is lost or spoilt, owner files are waited for once more, and the opening of the quarter alone is left to
    say before which time no file can have arrived.
    """

    def __init__(self, path: Path, below: str, now: dt.datetime, opened: dt.datetime | None, patience: float):
        """`path` is the file, `below` the quarter's folder in the intake, `now` the time of this look, `opened` that of
        the quarter's opening; `patience` with owner files in seconds."""
        self._path, self._below, self._now, self._opened, self._patience = path, below, now, opened, patience
        self._known = _read(path)
        self._seen = {
            kind: {key: one for key, one in known.items() if key.partition("/")[0] != below}
            for kind, known in self._known.items()
        }

    def looked_into(self, folder: str) -> None:
        """A folder was listed: what is not among it was not there at this time."""
        self._seen[_FOLDERS][self._key(folder)] = self._now

    def passed_by(self, folder: str = "") -> None:
        """A folder could not be listed, or is not there: what is known of it, and of what lies in it, stays so."""
        own = self._key(folder)
        for kind, known in self._known.items():
            inside = {key: one for key, one in known.items() if key == own or key.startswith(f"{own}/")}
            self._seen[kind] |= inside
        if looked := self._last_look(folder):
            self._seen[_FOLDERS][own] = looked

    def arrived(self, folder: str, name: str, state: os.stat_result) -> dt.datetime:
        """When the transfer of a file was complete, as far as was observed.

        It is the system's time of change (ctime), which no sender can set: not before the last look at which the file
        was not there as it is now, nor before the quarter was opened, and not after this look. What an earlier look
        found stands as long as the file stays as it was. A look that is not past by the clock of this one was made by
        a clock that was ahead: it bounds nothing.
        """
        key = self._key(folder, name)
        seen_as = f"{state.st_size} {state.st_ctime_ns}"
        known_as, found = self._known[_FILES].get(key, ("", self._now))
        if known_as != seen_as:
            bounds = [bound for bound in (self._opened, self._last_look(folder)) if bound and bound < self._now]
            found = max([_moment(state.st_ctime_ns, self._now), *bounds])
        found = min(found, self._now)
        self._seen[_FILES][key] = seen_as, found
        return found

    def delays(self, folder: str, name: str, state: os.stat_result) -> bool:
        """Whether an owner file still delays the file beside it: as long as it changes, by our own observation."""
        key, now = self._key(folder, name), time.time()
        seen_as = f"{state.st_ino} {state.st_size} {state.st_mtime_ns} {state.st_ctime_ns}"
        known_as, since = self._known[_OWNERS].get(key, ("", now))
        # a clock that was set back must not make it wait for longer than it takes
        since = min(since, now) if known_as == seen_as else now
        self._seen[_OWNERS][key] = seen_as, since
        return now - since < self._patience

    def keep(self) -> None:
        """Remember for the next look what was seen at this one."""
        if self._seen == self._known:
            return
        files = {key: [state, arrived.isoformat()] for key, (state, arrived) in self._seen[_FILES].items()}
        folders = {key: looked.isoformat() for key, looked in self._seen[_FOLDERS].items()}
        told = {_OWNERS: self._seen[_OWNERS], _FOLDERS: folders, _FILES: files}
        try:
            write_text(self._path, json.dumps(told, ensure_ascii=True))
        except OSError as error:  # no reason to take nothing in
            _log.warning("%s cannot be written: %s", self._path, error.strerror)

    def _key(self, *names: str) -> str:
        return "/".join((self._below, *filter(None, names)))

    def _last_look(self, folder: str) -> dt.datetime | None:
        """When a folder was last listed; one that was not there then, when the folder that it lies in was."""
        folders = self._known[_FOLDERS]
        return folders.get(self._key(folder)) or folders.get(self._below)


def _moment(nanoseconds: int, otherwise: dt.datetime) -> dt.datetime:
    """A time of the system's; `otherwise` for one that no calendar holds."""
    try:
        return (_EPOCH + dt.timedelta(microseconds=nanoseconds // 1000)).astimezone(TIME_ZONE)
    except OverflowError:
        return otherwise


def _read(path: Path) -> dict[str, dict]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {
            _OWNERS: {key: (str(state), float(since)) for key, (state, since) in told[_OWNERS].items()},
            _FOLDERS: {key: _parsed(looked) for key, looked in told[_FOLDERS].items()},
            _FILES: {key: (str(state), _parsed(arrived)) for key, (state, arrived) in told[_FILES].items()},
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return {_OWNERS: {}, _FOLDERS: {}, _FILES: {}}


def _parsed(moment: str) -> dt.datetime:
    return dt.datetime.fromisoformat(moment).astimezone(TIME_ZONE)
