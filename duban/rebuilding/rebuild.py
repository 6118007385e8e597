"""`duban rebuild`: the warehouse made anew from archive, journal and keys, held to the old one, and put in place."""

import os
import shutil
from pathlib import Path

from duban.checking.validator import Validator
from duban.errors import UserError, WarehouseBusy
from duban.files import atomic_folder, digest_of, free_name, sync_folder
from duban.home import Home
from duban.journal import Step, keep_up, read_journal
from duban.rebuilding.compare import compare_tables
from duban.rebuilding.outbox import restore_outbox
from duban.rebuilding.replay import Progress, Replay
from duban.runs import run_folder
from duban.warehouse.steps import VERSION

KEPT = "before-rebuild"


def rebuild(home: Home, validator: Validator, progress: Progress) -> dict:
    """Make the warehouse anew and put it in the place of the old one, which stays beside it as `….before-rebuild`.

    Returns what `--json` prints: steps and files that were done again, what came out otherwise than the journal says
    (`odd`; then nothing is put in place, and the new one lies beside as `….rebuilt`), what differs from the old
    warehouse (`tables`; None where there is none that can be opened), what became of each publication, and what was
    written again in the outbox. Raises
    UserError where journal or archive are missing or damaged, or another run holds the home.
    """
    with run_folder(home, "rebuild", journal=False) as scratch:
        old, note = _old(home)
        steps = read_journal(home)
        if not steps:
            raise UserError(f"{home.archive} 里没有归档日志，无从重建：请用 --home 指向收取报送的文件夹，或恢复备份。")
        files = _whole(home, steps, progress)
        made = Home(scratch / "home")
        made.root.mkdir()
        odd = Replay(home, made, validator, steps, progress).play()
        compared, tables = compare_tables(home.warehouse, made.warehouse) if old else (None, None)
        publications = [] if odd else _publications(home, made, steps)
        kept = None if odd else _put_in_place(home, made.warehouse)
        if odd:
            beside = home.warehouse.with_name(f"{home.warehouse.name}.rebuilt")
            os.replace(made.warehouse, beside)
        outbox = None if odd else restore_outbox(home, steps, scratch)
    return {
        "whole": not odd and not tables and all(one["state"] != "different" for one in publications),
        "steps": len(steps),
        "files": files,
        "duban": sorted({step.duban for step in steps}),
        "odd": odd,
        "note": note,
        "compared": compared,
        "tables": tables,
        "publications": publications,
        "outbox": outbox,
        "warehouse": str(beside if odd else home.warehouse),
        "kept": str(kept) if kept else None,
    }


def _old(home: Home) -> tuple[bool, str]:
    """Whether there is an old warehouse to compare with, its last steps in the journal; and what to say of it."""
    if not home.warehouse.exists():
        return False, "原数据仓库不在"
    try:
        keep_up(home)
    except WarehouseBusy:
        raise
    except UserError:  # it is behind the journal, or another one: the comparison will tell
        return True, "原数据仓库与归档日志不一致，以日志为准"
    except Exception as error:  # whatever a damaged file makes of the library
        return False, f"原数据仓库打不开（{type(error).__name__}），未作比对"
    return True, ""


def _whole(home: Home, steps: list[Step], progress: Progress) -> int:
    """How many archived files the steps name. Raises UserError naming those that are missing or not what they were."""
    files = {
        one["digest"]: one["accession"] for step in steps if step.kind == "received" for one in step.details["files"]
    }
    show, bad = progress("核对原件"), []
    for done, (digest, accession) in enumerate(files.items(), start=1):
        path = home.archived(digest)
        if not path.is_file() or digest_of(path) != digest:
            bad.append((accession, path, "损坏" if path.is_file() else "缺失"))
        show(done, len(files))
    if bad:
        accession, path, how = bad[0]
        more = f"等 {len(bad)} 件" if len(bad) > 1 else ""
        raise UserError(
            f"{accession} 的原件 {path} {how}{more}，不能重建，原有的都未改动：请从备份恢复归档文件夹后重试。"
        )
    if files and not any(home.keys.glob("*.key")) and not os.environ.get("DUBAN_KEY"):
        raise UserError(f"{home.keys} 里没有密钥，认不出报送是否由本单位的填报表填成：请从备份恢复密钥后重试。")
    return len(files)


def _publications(home: Home, made: Home, steps: list[Step]) -> list[dict]:
    """Hold each issued publication to what came out; those that are gone or damaged are written anew.

    {publication, state}: `same` byte for byte, `restored`, `older` (issued by another version and unchanged since;
    only its look or version differ), or `different`."""
    issued = {
        step.details["publication"]: (step.details["workbook"], step.duban)
        for step in steps
        if step.kind == "published"
    }
    told = []
    for name, (workbook, version) in issued.items():
        new, standing = made.published / name, home.published / name
        comes_out = digest_of(new / f"{name}.xlsx") == workbook
        stands = (standing / f"{name}.xlsx").is_file() and digest_of(standing / f"{name}.xlsx") == workbook
        if _same(new, standing):
            state = "same"
        elif comes_out:
            with atomic_folder(standing) as folder:
                shutil.copytree(new, folder, dirs_exist_ok=True)
            state = "restored"
        else:
            state = "older" if stands and version != VERSION else "different"
        told.append({"publication": name, "state": state, "duban": version})
    return told


def _same(new: Path, standing: Path) -> bool:
    return standing.is_dir() and all(
        (standing / path.name).is_file() and (standing / path.name).read_bytes() == path.read_bytes()
        for path in new.iterdir()
    )


def _put_in_place(home: Home, made: Path) -> Path | None:
    """Put the new warehouse in place; returns where the old one is kept. Killed anywhere, one of them stands."""
    kept, log = None, home.warehouse.with_name(f"{home.warehouse.name}.wal")
    if home.warehouse.exists():
        kept = free_name(home.warehouse.with_name(f"{home.warehouse.name}.{KEPT}"), ".")
        os.link(home.warehouse, kept)
    if log.exists():  # of one that could not be opened; the new one must not take it for its own
        os.replace(log, free_name(log.with_name(f"{log.name}.{KEPT}"), "."))
    os.replace(made, home.warehouse)
    sync_folder(home.root)
    return kept
