"""Python's garbage collector, off where it would only walk over and over what stays anyway."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def no_collection() -> Iterator[None]:
    """While a large library is imported (a sixth of the time), or rows come and go in hundreds of thousands and none of
    them goes in circles (a fifth). Also as a decorator."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def give_back() -> None:
    """Give the memory of a batch back before the next: the C library keeps what is freed piece by piece."""
    gc.collect()
    with suppress(OSError, AttributeError):  # of the GNU library alone
        ctypes.CDLL(None).malloc_trim(0)
