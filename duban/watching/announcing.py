"""When a quarter's whole files are announced: one event for many of them, and again while they lie there untouched."""

from dataclasses import dataclass, field

from duban.watching.whole import File

GATHER = 10.0  # seconds between two announcements of new files: a flood is one or two runs, not hundreds
PATIENCE, MOST_PATIENCE = 60.0, 600.0  # seconds until what lies there unchanged is announced again, doubled each time


@dataclass
class Announcements:
    """What was announced of one quarter, and when; times are seconds of a clock that only goes forward."""

    _announced: set[File] = field(default_factory=set)
    _at: float | None = None
    _patience: float = PATIENCE
    _held_since: float | None = None

    def due(self, whole: set[File], now: float, busy: bool = False) -> bool:
        """Whether what lies there now is to be announced. A run that has not begun yet takes in all that lies there by
        then, so new files wait for it a while; and for one that is at work, `busy`, but not for ever."""
        if not whole:
            self._announced, self._held_since = set(), None
            return False
        if self._at is not None and now - self._at < (self._patience if whole <= self._announced else GATHER):
            return False
        if self._held_since is None:
            self._held_since = now
        return not busy or now - self._held_since >= MOST_PATIENCE

    def made(self, whole: set[File], now: float) -> None:
        """An announcement has been taken by the server."""
        again = self._at is not None and whole <= self._announced
        self._patience = min(self._patience * 2, MOST_PATIENCE) if again else PATIENCE
        self._announced, self._at, self._held_since = set(whole), now, None
