"""`duban verify`: archive, cells, manifests, figures and workbooks, one after the other; nothing is changed."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from duban.errors import UserError
from duban.home import Home
from duban.registry.load import registry_of
from duban.tracing.originals import Originals
from duban.tracing.publication import Shelf
from duban.verifying.fault import Fault
from duban.verifying.lineage import verify_lineage
from duban.verifying.publications import verify_figures, verify_manifest, verify_rebuild
from duban.verifying.submissions import plan_files, totals, verify_archive, verify_cells
from duban.warehouse.connection import open_warehouse, records

Show = Callable[[str], Callable[[int, int], None]]  # a step's title -> its progress(done, total)


def verify(home: Home, name: str | None, show: Show) -> dict:
    """Verify a publication with the submissions that it pins, or everything that the home holds.

    Returns what `--json` prints: the balance of cells, what was held of each publication, and every fault. Raises
    UserError where there is no such publication, or no warehouse.
    """
    if not home.warehouse.exists():
        raise UserError(f"{home.root} 里没有数据仓库，没有可核验的：请用 --home 指向收取报送的文件夹。")
    with open_warehouse(home.warehouse, read_only=True) as connection:
        known = records(connection, "queries/verify/publications")
        chosen = [record for record in known if name in (None, record["publication"])]
        if not chosen and name:
            names = "、".join(record["publication"] for record in known) or "无"
            raise UserError(f"没有登记过汇总簿 {name}：已有 {names}，请改写其中之一。")
        pinned = records(connection, "queries/verify/pinned", publication=name) if name else []
        accessions = [row["accession"] for row in pinned]
        submissions = records(connection, "queries/verify/submissions", accessions=accessions)
    faults = verify_archive(home, submissions, show("归档"))
    spoilt = {fault.accession for fault in faults}
    found, balance = verify_cells(home, submissions, spoilt, show("单元格"))
    faults += found
    if not name:
        faults += _strangers(home, {record["publication"] for record in known})
    publications, originals = [], Originals(home)
    home.work.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=home.work, prefix="verify-"))
    try:
        for record in chosen:
            told, its = _publication(home, record, originals, scratch, show)
            publications.append(told)
            faults += its
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return {
        "whole": not faults,
        "submissions": len(submissions),
        "files": len({one["digest"] for one in submissions}),
        "cells": totals(balance),
        "balance": balance,
        "publications": publications,
        "faults": [asdict(fault) for fault in faults],
    }


def _publication(home: Home, record: dict, originals: Originals, scratch: Path, show: Show) -> tuple[dict, list[Fault]]:
    name = record["publication"]
    told = {"publication": name, "figures": 0, "note": ""}
    if record["workbook"] is None:
        return told | {"note": f"{name} 还没有发布完：再次运行 duban publish 即可接着做。"}, []
    faults = verify_manifest(home, record)
    shelf = Shelf(home.published)
    if (home.published / name / f"{name}.xlsx").is_file():
        found, told["figures"] = verify_figures(shelf, name, originals, show(f"{name} 的数"))
        faults += found
    if publication := shelf.publication(name):
        faults += verify_lineage(home, publication, registry_of(plan_files(home, record["registry"])), originals)
    found, told["note"] = verify_rebuild(home, record, scratch, show(f"{name} 重建"))
    return told, faults + found


def _strangers(home: Home, known: set[str]) -> list[Fault]:
    """Folders of publications that nobody recorded."""
    folders = sorted(home.published.glob("[!.]*")) if home.published.is_dir() else []
    return [
        Fault("manifest", "没有登记过的汇总簿", folder.name, file=f"published/{folder.name}")
        for folder in folders
        if folder.is_dir() and folder.name not in known
    ]
