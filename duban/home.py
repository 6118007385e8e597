"""The home folder: where duban keeps its state."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Paths below `--home`; nothing is created until something is written there."""

    root: Path

    @property
    def intake(self) -> Path:
        return self.root / "intake"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def validation(self) -> Path:
        """Validation pages, a folder per quarter."""
        return self.root / "validation"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def work(self) -> Path:
        """Scratch of a run: what one task hands to the next. Emptied when the run is over."""
        return self.root / "work"

    @property
    def plans(self) -> Path:
        """What the long files of plans were read as. May be emptied at any time."""
        return self.root / "plans"

    @property
    def waiting(self) -> Path:
        """What the last look at the intake saw: when files arrived, and since when owner files have not changed."""
        return self.root / "waiting.json"

    @property
    def warehouse(self) -> Path:
        return self.root / "duban.duckdb"

    def archived(self, digest: str) -> Path:
        """Where the bytes with this SHA-256 are kept: `archive/ab/abcdef….xlsx`."""
        return self.archive / digest[:2] / f"{digest}.xlsx"
