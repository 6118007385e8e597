"""How much is too much: the limits on received files and on those who read them, from `schemas/limits.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from annotated_types import Gt

from duban.settings import SCHEMAS

LIMITS = SCHEMAS / "limits.yaml"
Positive = Annotated[int, Gt(0)]


@dataclass(frozen=True)
class Limits:
    """Sizes in megabytes of 2**20 bytes, counts, seconds and minutes, as their names say; what each means, and which
    of them hold for one file, is in `schemas/README.md`. A word that the file leaves out has the value here."""

    largest_archived_mb: Positive = 1024
    largest_file_mb: Positive = 50
    parts: Positive = 2_000
    unpacked_mb: Positive = 600
    ratio: Positive = 250
    ratio_from_mb: Positive = 16
    largest_part_mb: Positive = 32
    expanded_text_mb: Positive = 256
    last_row: Positive = 100_000
    last_column: Positive = 702
    rectangle: Positive = 4_000_000
    cells: Positive = 200_000
    seconds_per_file: Positive = 10
    memory_mb: Positive = 2_048
    owner_file_minutes: Positive = 30
    files_at_once: Positive = 1_000

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - a misspelt limit would be no limit


@cache
def load_limits(path: Path = LIMITS) -> Limits:
    """The limits of this installation; raises RegistryError naming each unknown or impossible one."""
    from duban.registry.files import read_yaml  # pydantic, which a reading process does without

    return read_yaml(path, Limits)
