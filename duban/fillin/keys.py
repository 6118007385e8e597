"""The installation's keys: they sign what is issued and prove that what comes back was issued here.

A key is a file of `<home>/keys/` that only its owner can read: the key in hexadecimal, and in lines below what is known
of it, `created 2023-04-01T09:00:00+08:00`, and once it was replaced `retired …` and `quarters 2023Q1 2023Q2`: a retired
key verifies only stamps of the quarters that were issued under it. In place of the file that signs, the environment may
hold a key.
"""

import datetime as dt
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from duban.errors import OF_THE_DISK, UserError
from duban.files import sync_folder
from duban.quarters import TIME_ZONE

OWN = "duban.key"
VARIABLE = "DUBAN_KEY"
_LEAST = 16  # bytes


@dataclass(frozen=True)
class Key:
    """A key and what is known of it. `quarters` are those that it verifies, None where it is not limited; `path` is
    None for the one in the environment."""

    id: str
    secret: bytes = field(repr=False)
    path: Path | None
    created: str | None = None
    retired: str | None = None
    quarters: frozenset[str] | None = None


@dataclass(frozen=True)
class KeyRing:
    """Keys by id (the first 8 hexadecimal digits of the key's SHA-256). `signing` is the id of the one that signs; the
    others only verify what was issued under them: those in `quarters` nothing but these quarters."""

    keys: Mapping[str, bytes] = field(repr=False)
    signing: str | None
    quarters: Mapping[str, frozenset[str]] = field(default_factory=dict)


def key_ring(folder: Path, create: bool) -> KeyRing:
    """Every key of a folder and of the environment; where there is none and `create`, one is made, for our eyes alone.

    The key of the environment signs, or `duban.key`, or the first by name. Two processes that create at once end up
    with the same key. Raises UserError for what is not a key, or can be read by others.
    """
    keys = all_keys(folder)
    if not keys and create:
        _create(folder / OWN)
        keys = all_keys(folder)
    unlimited = {key.id for key in keys if key.quarters is None}
    return KeyRing(
        keys=MappingProxyType({key.id: key.secret for key in keys}),
        signing=keys[0].id if keys else None,
        quarters=MappingProxyType({key.id: key.quarters for key in keys if key.id not in unlimited}),
    )


def all_keys(folder: Path) -> list[Key]:
    """Every key, the one that signs first; raises as `key_ring`."""
    told = os.environ.get(VARIABLE)
    given = [_parse(told, None)] if told else []
    paths = sorted(folder.glob("*.key"), key=lambda path: (path.name != OWN, path.name))
    held = [_read(path) for path in paths]
    return given + sorted(held, key=lambda key: key.retired is not None)


def copy_keys(source: Path, folder: Path) -> None:
    """Copy every key of a folder to a new one that its owner alone can read, whoever can read the first."""
    folder.mkdir(mode=0o700, parents=True)
    for path in sorted(source.glob("*.key")):
        descriptor = os.open(folder / path.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(path.read_bytes())


def rotate(folder: Path, quarters: Collection[str], now: dt.datetime) -> tuple[Key | None, Key]:
    """Make a new key that signs from now on; the old one goes on verifying these `quarters`, and no others.

    Returns the old one (None where there was none) and the new one. Killed in between, either the old one still signs
    or the new one does. Raises UserError where the key that signs is the environment's.
    """
    keys = all_keys(folder)
    if keys and keys[0].path is None:
        raise UserError(
            f"签发的密钥取自环境变量 {VARIABLE}，duban 不能更换：请先把现在的密钥存成 {folder} 下的一个 .key 文件"
            f"（仅自己可读），使已下发的填报表仍能核验，再在环境变量中换上新密钥。"
        )
    old = keys[0] if keys and keys[0].retired is None else None
    if old:
        lines = [old.secret.hex(), f"created {old.created}" if old.created else "", f"retired {now.isoformat()}"]
        text = "\n".join([*filter(None, lines), " ".join(["quarters", *sorted(quarters)])]) + "\n"
        _write(folder / f"{old.id}.key" if old.path.name == OWN else old.path, text)
    _write(folder / OWN, _new_key(now))
    return old, _read(folder / OWN)


def _create(path: Path) -> None:
    """A new key, never over an earlier one: another process that was faster has made the one that counts."""
    with suppress(FileExistsError):
        _write(path, _new_key(dt.datetime.now(TIME_ZONE)), over=False)


def _new_key(now: dt.datetime) -> str:
    return f"{secrets.token_hex(32)}\ncreated {now.isoformat(timespec='seconds')}\n"


def _write(path: Path, text: str, over: bool = True) -> None:
    """Write a key whole or not at all, readable by us alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")  # which makes it 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        (os.replace if over else os.link)(temporary, path)
        sync_folder(path.parent)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


def _read(path: Path) -> Key:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in OF_THE_DISK:  # nothing is wrong with the key
            raise
        raise _unusable(path) from None
    if mode & 0o077:
        raise UserError(
            f"密钥文件 {path} 别人也能读（权限 {mode:o}），谁读到它，谁就能冒充下发填报表："
            f"请运行 chmod 600 {path} 后重试；"
            f"如果可能已被别人读过，再运行 duban keys rotate 换一把。文件系统不支持权限的，请改用环境变量 {VARIABLE}。"
        )
    return _parse(text, path)


def _parse(text: str, path: Path | None) -> Key:
    first, *lines = text.strip().splitlines() or [""]
    told = dict(line.split(maxsplit=1) for line in lines if " " in line)
    try:
        secret = bytes.fromhex(first.strip())
    except ValueError:
        secret = b""
    if len(secret) < _LEAST or told.keys() - {"created", "retired", "quarters"}:
        raise _unusable(path)
    quarters = frozenset(told.get("quarters", "").split()) if "retired" in told else None
    key = hashlib.sha256(secret).hexdigest()[:8]
    return Key(key, secret, path, told.get("created"), told.get("retired"), quarters)


def _unusable(path: Path | None) -> UserError:
    if path is None:
        return UserError(
            f"环境变量 {VARIABLE} 不是密钥：应为至少 {2 * _LEAST} 位的十六进制文本，请改正，或去掉该变量。"
        )
    return UserError(
        f"密钥文件 {path} 无法使用：应为可读取的、至少 {2 * _LEAST} 位的十六进制文本，请从备份恢复；"
        "删去它会使用它签发的填报表全部失效。"
    )
