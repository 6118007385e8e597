"""Archive and conservation: every received file is there unchanged, and every cell of it is accounted for."""

import json
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from duban.files import digest_of
from duban.home import Home
from duban.reading.worker import read_files
from duban.registry.load import registry_of
from duban.verifying.fault import Fault
from duban.warehouse.connection import open_warehouse, records

Progress = Callable[[int, int], None]
STATES = ("used", "superseded", "set_aside", "refused")
PARTS = ("printed", "stamp", "outside")


def verify_archive(home: Home, submissions: Sequence[dict], progress: Progress) -> list[Fault]:
    """Every submission's file is in the archive, and its SHA-256 is its name."""
    faults, known = [], {}
    for done, one in enumerate(submissions, start=1):
        digest, path = one["digest"], home.archived(one["digest"])
        if digest not in known:
            known[digest] = digest_of(path) if path.is_file() else ""
        if known[digest] != digest:
            what = "归档的原件被改动" if known[digest] else "归档的原件不在"
            where = {"accession": one["accession"], "file": str(path.relative_to(home.root))}
            faults.append(Fault("archive", what, **where, found=known[digest], wanted=digest))
        progress(done, len(submissions))
    return faults


def verify_cells(
    home: Home, submissions: Sequence[dict], spoilt: set[str], progress: Progress
) -> tuple[list[Fault], list[dict]]:
    """The warehouse holds what a fresh reading of the archived files finds, and its cells balance; returns the faults
    and the balance, a row a submission. `spoilt` are the submissions whose file cannot be relied on."""
    faults = []
    by_plan = defaultdict(list)
    for one in submissions:
        if one["accession"] not in spoilt:
            by_plan[one["registry"]].append(one)
    done, readable = 0, sum(map(len, by_plan.values()))
    home.work.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=home.work, prefix="verify-"))
    try:
        for number, (plan, read) in enumerate(sorted(by_plan.items())):
            files = [(place, one["digest"], home.archived(one["digest"])) for place, one in enumerate(read)]
            folder = scratch / str(number)
            registry = registry_of(plan_files(home, plan))
            read_files(files, home.keys, registry, folder, progress=lambda n, _, d=done: progress(d + n, readable))
            done += len(files)
            faults += _compared(home, folder, [one["accession"] for one in read])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    with open_warehouse(home.warehouse, read_only=True) as connection:
        accessions = [one["accession"] for one in submissions]
        counted = records(connection, "queries/verify/conservation", accessions=accessions)
    balance = [_balanced(one, row) for one, row in zip(submissions, counted, strict=True)]
    for row in balance:
        for name, what in (("lost", "填报的单元格没有对应的读数"), ("made_up", "读数没有对应的填报单元格")):
            for place in row.pop(name):
                sheet, _, cell = place.rpartition("!")
                faults.append(Fault("cells", what, accession=row["accession"], sheet=sheet, cell=cell))
    return _told_once(faults), balance


def plan_files(home: Home, digest: str) -> dict[str, str]:
    """The files of a plan, by their names, as the warehouse keeps them."""
    with open_warehouse(home.warehouse, read_only=True) as connection:
        [(text,)] = connection.execute("SELECT files FROM registries WHERE registry = ?", [digest]).fetchall()
    return json.loads(text)


def _compared(home: Home, folder: Path, accessions: list[str]) -> list[Fault]:
    where, places = folder.resolve(), {"files": list(range(len(accessions))), "accessions": accessions}
    with open_warehouse(home.warehouse, read_from=[folder], read_only=True) as connection:
        found = {
            table: records(connection, f"queries/verify/{table}", parts=f"{where}/{table}-*.parquet", **places)
            for table in ("cells", "entries")
        }
    faults = []
    for row in found["cells"]:
        what = "库中的单元格与归档原件不符"
        if row["found"] is None or row["wanted"] is None:
            what = "库中缺少归档原件的单元格" if row["found"] is None else "库中多出归档原件没有的单元格"
        elif row["found"] == row["wanted"]:
            row |= {"found": row["found_part"], "wanted": row["wanted_part"]}
        faults.append(_fault("cells", what, row))
    return faults + [_fault("entries", "库中的读数与归档原件重读的不符", row) for row in found["entries"]]


def _fault(check: str, what: str, row: dict) -> Fault:
    place = {word: row[word] for word in ("accession", "sheet")} | {"cell": row["address"]}
    return Fault(check, what, **place, found=row["found"] or "", wanted=row["wanted"] or "")


def _balanced(one: dict, row: dict) -> dict:
    """The cells of one submission by what became of them."""
    states = {state: row["entries"] if one["state"] == state else 0 for state in STATES}
    counts = states | {part: row[part] for part in PARTS}
    return {
        "accession": one["accession"],
        "cells": row["cells"],
        **counts,
        "balanced": row["cells"] == sum(counts.values()),
        "lost": row["lost"],
        "made_up": row["made_up"],
    }


def totals(balance: list[dict]) -> dict:
    """The balance of all submissions."""
    total = Counter()
    for row in balance:
        total.update({word: row[word] for word in ("cells", *STATES, *PARTS)})
    words = {word: total[word] for word in ("cells", *STATES, *PARTS)}
    return words | {"balanced": all(row["balanced"] for row in balance)}


def _told_once(faults: list[Fault]) -> list[Fault]:
    """A cell that was found wrong by reading anew needs no second fault."""
    seen, kept = set(), []
    for fault in faults:
        place = fault.accession, fault.sheet, fault.cell
        if place not in seen or fault.found or fault.wanted:
            kept.append(fault)
        seen.add(place)
    return kept
