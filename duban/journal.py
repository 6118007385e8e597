"""The journal of the archive: every step that the warehouse notes, as a file beside the received ones, so that archive
and keys alone are enough to make the warehouse anew.

`archive/journal/000012-2023Q1-received.json` is a step, `archive/journal/kept/<digest>.json` a text that steps name:
the files of a plan, ledgers, wordings. Files are only ever added. Each step tells the digest of the file before it, so
that one that was lost, changed or slipped in is seen.
"""

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from duban.errors import UserError
from duban.files import digest_of, write_text
from duban.home import Home
from duban.logbook import note
from duban.quarters import TIME_ZONE
from duban.registry.load import registry_of
from duban.registry.registry import Registry
from duban.warehouse.connection import Connection, open_warehouse, query, records

_NAME = re.compile(r"[0-9].*-.*\.json")


@dataclass(frozen=True)
class Step:
    """What was done: `details` by `kind`, as the functions that do it note them; `keeps` the digests that it names;
    `duban` the version that did it, `by` the person ('' where nobody noted it)."""

    step: int
    kind: str
    quarter: str
    at: dt.datetime
    duban: str
    details: dict
    keeps: tuple[str, ...]
    by: str = ""

    @property
    def name(self) -> str:
        return f"{self.step:06d}-{self.quarter}-{self.kind}.json"

    def same_as(self, other: "Step") -> bool:
        """Whether it is the same step, whichever version did it."""
        told = ("step", "kind", "quarter", "at", "details")
        return all(getattr(self, word) == getattr(other, word) for word in told)


def folder_of(home: Home) -> Path:
    return home.archive / "journal"


def keep_up(home: Home) -> int:
    """Write the steps that the warehouse has and the journal has not; returns how many.

    Raises UserError where the journal knows more than the warehouse, or other things: then going on would end in two
    histories, and the warehouse has to be made anew first.
    """
    if not home.warehouse.exists():
        if names := _names(home):
            raise UserError(
                f"{home.root} 的数据仓库 {home.warehouse.name} 不在，而归档日志已记到第 {_number(names[-1])} 步："
                "请先运行 duban rebuild 由归档重建，再继续。"
            )
        return 0
    with open_warehouse(home.warehouse) as connection:
        new = unwritten(home, connection)
    return write_out(home, new)


@dataclass(frozen=True)
class Unwritten:
    """Steps that the journal has not, in order, and the texts that they name and it has not, by digest."""

    steps: list[Step]
    texts: dict[str, str]


def unwritten(home: Home, connection: Connection) -> Unwritten:
    """What `keep_up` has to write, for whoever has the warehouse open."""
    names = _names(home)
    last = _number(names[-1]) if names else 0
    known = steps_after(connection, max(last - 1, 0))
    if last and not (known and known[0].same_as(_read(folder_of(home) / names[-1])[0])):
        raise UserError(
            f"{home.root} 的数据仓库与归档日志不是同一段历史（日志记到第 {last} 步）：数据仓库可能是旧的备份，"
            "请先运行 duban rebuild 由归档重建，再继续。"
        )
    new = known[1:] if last else known
    wanted = {digest for step in new for digest in step.keeps}
    wanted = [digest for digest in wanted if not _kept(home, digest).exists()]
    return Unwritten(new, dict(query(connection, "queries/journal/texts", digests=wanted)) if wanted else {})


def write_out(home: Home, new: Unwritten) -> int:
    """Write steps to the journal, once the warehouse is closed; returns how many."""
    if new.steps:
        note(home, new.steps)
        _write(home, new.steps, new.texts)
    return len(new.steps)


def steps_after(connection: Connection, after: int) -> list[Step]:
    """The warehouse's steps after one of this number, in order."""
    return [
        Step(
            **row
            | {
                "at": row["at"].astimezone(TIME_ZONE),
                "details": json.loads(row["details"]),
                "keeps": tuple(row["keeps"]),
            }
        )
        for row in records(connection, "queries/journal/steps", after=after)
    ]


def read_journal(home: Home) -> list[Step]:
    """All steps in order. Raises UserError naming the first file that is missing, damaged or out of its chain."""
    steps, previous = [], ""
    for number, name in enumerate(_names(home), start=1):
        path = folder_of(home) / name
        step, told = _read(path)
        if step.step != number or step.name != name:
            raise UserError(f"归档日志缺第 {number} 步（在 {path} 之前）：请从备份恢复 {folder_of(home)} 后重试。")
        if told != previous:
            before = f"第 {number - 1} 步被改动过，或" if number > 1 else ""
            raise UserError(f"归档日志 {path} 与前一步对不上（{before}它本身被改动过）：请从备份恢复后重试。")
        previous = digest_of(path)
        steps.append(step)
    return steps


def steps_of_files(home: Home, last: int) -> list[Path]:
    """The journal's files up to a step, texts first."""
    texts = sorted((folder_of(home) / "kept").glob("*.json"))
    return texts + [folder_of(home) / name for name in _names(home) if _number(name) <= last]


def kept_text(home: Home, digest: str) -> object:
    """A kept text. Raises UserError where it is gone or is not what it was."""
    text = _kept_bytes(home, digest)
    if hashlib.sha256(text).hexdigest() != digest:
        raise _lost(home, digest)
    return json.loads(text)


@lru_cache(maxsize=8)
def kept_registry(home: Home, digest: str) -> Registry:
    """A plan that steps were done under. Raises UserError where it is gone or is not what it was."""
    try:
        registry = registry_of(json.loads(_kept_bytes(home, digest)))
    except (ValueError, TypeError, AttributeError):
        raise _lost(home, digest) from None
    if registry.digest != digest:
        raise _lost(home, digest)
    return registry


def _kept_bytes(home: Home, digest: str) -> bytes:
    try:
        return _kept(home, digest).read_bytes()
    except FileNotFoundError:
        raise _lost(home, digest) from None


def _lost(home: Home, digest: str) -> UserError:
    return UserError(f"归档日志所引的 {_kept(home, digest)} 缺失或损坏：请从备份恢复后重试。")


def _kept(home: Home, digest: str) -> Path:
    return folder_of(home) / "kept" / f"{digest}.json"


def _names(home: Home) -> list[str]:
    """The journal's steps, in order."""
    try:
        found = os.listdir(folder_of(home))  # of ten years: Path.glob takes more than twice as long
    except FileNotFoundError:
        return []
    return sorted(filter(_NAME.fullmatch, found))


def _number(name: str) -> int:
    return int(name.partition("-")[0])


def _read(path: Path) -> tuple[Step, str]:
    """A step, and the digest that it tells of the one before."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        previous = told.pop("previous")
        told |= {"at": dt.datetime.fromisoformat(told["at"]), "keeps": tuple(told["keeps"])}
        return Step(**told), previous
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"归档日志 {path} 损坏，不能读取：请从备份恢复后重试。") from None


def _write(home: Home, steps: Iterable[Step], texts: dict[str, str]) -> None:
    """Texts before the steps that name them, and steps in order: killed anywhere, what stands is whole."""
    folder = folder_of(home)
    for digest, text in texts.items():
        _put(_kept(home, digest), text)
    names = _names(home)
    previous = digest_of(folder / names[-1]) if names else ""
    for step in steps:
        told = {word: getattr(step, word) for word in ("step", "kind", "quarter", "at", "duban", "by")}
        told |= {"previous": previous, "details": step.details, "keeps": step.keeps}
        text = json.dumps(told, ensure_ascii=False, indent=1, default=lambda at: at.isoformat()) + "\n"
        _put(folder / step.name, text)
        previous = hashlib.sha256(text.encode()).hexdigest()


def _put(path: Path, text: str) -> None:
    write_text(path, text).chmod(0o444)
