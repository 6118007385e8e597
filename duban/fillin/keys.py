"""The installation's keys: they sign what is issued and prove that what comes back was issued here."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from duban.errors import UserError

OWN = "duban.key"


@dataclass(frozen=True)
class KeyRing:
    """Keys by id (the first 8 hexadecimal digits of the key's SHA-256). `signing` is the id of the one that signs; the
    others only verify what was issued under them."""

    keys: Mapping[str, bytes]
    signing: str | None


def key_ring(folder: Path, create: bool) -> KeyRing:
    """Read every `*.key` (hexadecimal) of a folder; where there is none and `create`, make one that only we can read.

    `duban.key` signs, or the first by name where there is none of that name. Two processes that create at once end up
    with the same key. Raises UserError for a file that is not a key.
    """
    paths = sorted(folder.glob("*.key"))
    if not paths and create:
        paths = [_create(folder)]
    keys = {path.name: _read(path) for path in paths}
    signing = keys.get(OWN) or next(iter(keys.values()), None)
    return KeyRing(
        keys=MappingProxyType({_id(key): key for key in keys.values()}), signing=_id(signing) if signing else None
    )


def _id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) < 16:
        raise UserError(
            f"密钥文件 {path} 无法使用：应为可读取的、至少 32 位的十六进制文本，请从备份恢复；"
            "删去它会使用它签发的填报表全部失效。"
        )
    return key


def _create(folder: Path) -> Path:
    """A new key, written under another name and then linked: whole or not at all, and never over an earlier one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / OWN
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")  # which makes it 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its key is the one
            os.link(temporary, path)
    finally:
        os.unlink(temporary)
    return path
