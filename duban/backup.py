"""`duban backup`: a whole copy of a home, made while others work in it, and held to digests before it counts.

`DIR/<time>/home/` is a home as it was: copying it back restores it. `DIR/<time>/SHA256SUMS` names every file of it, so
that `sha256sum -c` proves it without duban. What was archived once never changes: it is linked to the backup before,
and takes no room again.
"""

import datetime as dt
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from duban.errors import UserError, WarehouseBusy
from duban.files import digest_of, free_name, sync_folder
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.journal import steps_of_files
from duban.warehouse.connection import open_warehouse, query

Progress = Callable[[str], Callable[[int, int], None]]
SUMS = "SHA256SUMS"
_COPIED = ("outbox", "validation")  # beside warehouse, archive, publications and keys
_WAIT = 120.0  # seconds; others hold the warehouse for moments


def backup(home: Home, target: Path, now: dt.datetime, progress: Progress) -> dict:
    """Copy a home to `target/<time>/`; returns {backup, files, bytes, linked, archived, publications, keys}.

    The warehouse is copied in a moment in which nobody writes, and archive and journal only as far as it knows them.
    What lies in the intake folder is not received yet and not copied. The folder is for its owner alone, since the keys
    are in it. It stands whole or not at all. Raises UserError where there is no warehouse, the folder lies in the home,
    or the copy is not what it should be, WarehouseBusy where another backup or run holds what is needed for too long.
    """
    if not home.warehouse.exists():
        raise UserError(f"{home.root} 里没有数据仓库，没有可备份的：请用 --home 指向收取报送的文件夹。")
    if target.resolve().is_relative_to(home.root.resolve()):
        raise UserError(f"备份不能放在 {home.root} 里面：请指向别处，最好是另一块磁盘上的文件夹。")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(target):
        before = _last(target)
        unfinished = target / ".unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed
        unfinished.mkdir(mode=0o700)
        try:
            copy = Home(unfinished / "home")
            copy.root.mkdir(mode=0o700)
            _copy_warehouse(home, copy)
            digests, known, step = _named(copy)
            linked = _copy_archive(home, copy, before, digests, step, progress("归档"))
            for name in (*(f"published/{name}" for name in known), *_COPIED):
                _copy_tree(home.root / name, copy.root / name)
            copy_keys(home.keys, copy.keys)
            sums = _sums(copy, progress("核对"))
            _prove(copy, sums, digests)
            text = "".join(f"{digest}  home/{name}\n" for name, digest in sorted(sums.items()))
            (unfinished / SUMS).write_text(text, encoding="utf-8")
            os.sync()
            final = free_name(target / f"{now:%Y%m%dT%H%M%S}", "-")
            os.replace(unfinished, final)
            sync_folder(target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    copy = Home(final / "home")
    return {
        "backup": str(final),
        "files": len(sums),
        "bytes": sum((copy.root / name).stat().st_size for name in sums),
        "linked": linked,
        "archived": len(digests),
        "publications": sorted(path.name for path in copy.published.glob("[!.]*")),
        "keys": len(list(copy.keys.glob("*.key"))),
    }


def render(result: dict) -> str:
    """The outcome in a few lines."""
    lines = [
        f"已备份 {result['files']} 个文件（{result['bytes'] / 1e6:,.1f} MB，其中 {result['linked']} 个原件"
        "与上次备份共用，不另占空间），逐个核对无误。",
        f"归档原件 {result['archived']} 个，汇总簿 {len(result['publications'])} 版，密钥 {result['keys']} 把。",
    ]
    if result["keys"]:
        lines.append("备份中有密钥：谁拿到它，谁就能冒充下发填报表。文件夹只有您自己能读，请勿放到他人可读之处。")
    else:
        lines.append("备份中没有密钥：密钥取自环境变量 DUBAN_KEY，请另行妥善保存。")
    return "\n".join([*lines, result["backup"]])


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One backup at a time into a folder; the lock is the kernel's and goes with its process."""
    descriptor = os.open(target / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WarehouseBusy(f"另一次备份正在写入 {target}：请待其结束后重试。") from None
        yield
    finally:
        os.close(descriptor)


def _last(target: Path) -> Path | None:
    """The last backup that stands."""
    found = sorted(path.parent for path in target.glob(f"[!.]*/{SUMS}"))
    return found[-1] / "home" if found else None


def _copy_warehouse(home: Home, copy: Home) -> None:
    """While we read, nobody can write: the file is then one state, and there is no log beside it."""
    with open_warehouse(home.warehouse, wait=_WAIT):  # a log that a killed run left is taken in
        pass
    with open_warehouse(home.warehouse, wait=_WAIT, read_only=True):
        for name in (home.warehouse.name, f"{home.warehouse.name}.wal"):
            if (home.root / name).exists():
                shutil.copyfile(home.root / name, copy.root / name)


def _named(copy: Home) -> tuple[set[str], list[str], int]:
    """What the copied warehouse knows: the digests of files, the publications that stand, and its last step."""
    with open_warehouse(copy.warehouse, read_only=True) as connection:
        digests = {digest for (digest,) in query(connection, "queries/journal/digests")}
        known = [name for name, _, _ in query(connection, "queries/journal/issued")]
        [(step,)] = query(connection, "queries/journal/last")
    return digests, known, step


def _copy_archive(
    home: Home, copy: Home, before: Path | None, digests: set[str], step: int, progress: Callable[[int, int], None]
) -> int:
    """Archived files, linked to the backup before where it has them, and the journal up to a step; how many linked."""
    linked = 0
    for done, digest in enumerate(sorted(digests), start=1):
        path = copy.archived(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        had = before and Home(before).archived(digest)
        if had and had.exists() and digest_of(had) == digest and _link(had, path):
            linked += 1
        else:
            with suppress(FileNotFoundError):  # told when all is held to its digest
                _copy(home.archived(digest), path)
        progress(done, len(digests))
    for path in steps_of_files(home, step):
        _copy(path, copy.root / path.relative_to(home.root))
    return linked


def _link(old: Path, new: Path) -> bool:
    try:
        os.link(old, new)
    except OSError:  # a file system without links
        return False
    return True


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)
    shutil.copystat(path, to)


def _copy_tree(folder: Path, to: Path) -> None:
    """What stands under its own name; what is being written has a hidden one, and may go while we look."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in files if not name.startswith(".")):
            path = Path(root, name)
            with suppress(FileNotFoundError):  # a draft that is made anew just now
                _copy(path, to / path.relative_to(folder))


def _sums(copy: Home, progress: Callable[[int, int], None]) -> dict[str, str]:
    """The digest of every file as it lies in the copy, by its path below the home."""
    files = sorted(path for path in copy.root.rglob("*") if path.is_file())
    sums = {}
    for done, path in enumerate(files, start=1):
        sums[path.relative_to(copy.root).as_posix()] = digest_of(path)
        progress(done, len(files))
    return sums


def _prove(copy: Home, sums: dict[str, str], digests: set[str]) -> None:
    """Raise UserError where the copy is not what the warehouse in it says: archived bytes, and issued workbooks."""
    wanted = {copy.archived(digest).relative_to(copy.root).as_posix(): digest for digest in digests}
    with open_warehouse(copy.warehouse, read_only=True) as connection:
        for name, digest, revision in query(connection, "queries/journal/issued"):
            if revision is not None:  # a draft may be made anew while it is copied
                wanted[f"published/{name}/{name}.xlsx"] = digest
    bad = sorted(name for name, digest in wanted.items() if sums.get(name) != digest)
    if bad:
        more = f"等 {len(bad)} 个文件" if len(bad) > 1 else ""
        raise UserError(
            f"{copy.root.parent.parent} 中的备份没有留下：{bad[0]} {more}缺失或与登记的摘要不符，"
            "原处的文件很可能也是坏的，请先运行 duban verify 查明（缺失的汇总簿可用 duban rebuild 重新生成）。"
        )
