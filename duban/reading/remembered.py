"""What was found out about small parts of packages, by their bytes: thousands of files have the same ones."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

SMALL = 1 << 15  # bytes
_KEPT = 64
Find = TypeVar("Find", bound=Callable)


def remembered(find: Find) -> Find:
    """`find`, of some bytes and little else, asked only once for the same; a refusal is not kept.

    Nor is anything about larger parts: what hostile files make a process keep is bounded. What is found is shared, and
    nobody may change it."""
    kept = lru_cache(_KEPT)(find)

    @wraps(find)
    def found(part: bytes, *more):
        return kept(part, *more) if len(part) <= SMALL else find(part, *more)

    return found
