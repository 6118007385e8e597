"""What a long YAML text was read as, kept beside a home: reading tens of thousands of reporters takes two seconds, and
they seldom change.

What is kept is nothing but the text in another spelling: it goes through the same shapes and checks as when it was just
read. Whatever cannot be taken for exactly that is not used, and made anew; the folder may be emptied at any time.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from duban.files import write_bytes

_LONG = 200_000  # characters; shorter ones are read sooner than looked for
_MOST = 4  # texts: this year's plan and the last one's, and each before it was mended


def kept(text: str, folder: Path | None, read: Callable[[str], object]) -> object:
    """What `read` makes of a text, from the folder where it knows; None keeps nothing."""
    if folder is None or len(text) < _LONG:
        return read(text)
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    with suppress(OSError, ValueError):  # not there, or no JSON and no UTF-8
        seal, _, body = path.read_bytes().partition(b"\n")
        if seal == _seal(text, body):
            return json.loads(body)
    found = read(text)
    with suppress(OSError, ValueError, TypeError):  # a full disk, or what JSON cannot say, such as a date
        body = json.dumps(found).encode()
        if json.loads(body) == found:  # JSON takes every key for a text
            write_bytes(path, _seal(text, body) + b"\n" + body)
            _forget(folder)
    return found


def _seal(text: str, body: bytes) -> bytes:
    return hashlib.sha256(f"{version('duban')}\0{len(text)}\0{text}\0".encode() + body).hexdigest().encode()


def _forget(folder: Path) -> None:
    """Keep the newest, and nothing of what a killed run left."""
    by_age = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in by_age[_MOST:]:
        path.unlink()
