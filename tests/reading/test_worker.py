"""Received files are read by worker processes; a file that kills or hangs its worker costs itself, nothing else."""

import errno
import json
import subprocess
import sys
import textwrap
from dataclasses import asdict

import pyarrow.parquet as pq
import pytest

from duban.home import Home
from duban.intake import Received
from duban.limits import Limits
from duban.reading.parts import SCHEMAS
from duban.reading.stamps import prove_stamps
from duban.reading.worker import describe, read_files, read_parts, read_received
from duban.registry.doubts import Doubts
from duban.registry.registry import Registry
from duban.registry.shapes import Plan

PLAN = Plan(plan="p-2023", year=2023, title="t", issuer="i", issued="2023-02-03", collected_by="c", chapters={})
EMPTY_REGISTRY = Registry(
    plan=PLAN, reporters=(), groups={}, items=(), shares={}, doubts=Doubts(), digest="0" * 64, files={}
)
# A worker that is the real one but for certain files
HOOKED = """
    import itertools, os, sys, time
    from duban.reading import submission
    from duban.reading.child import work
    from duban.reading.faults import Fault

    find_tables = submission.find_tables
    at = None

    def endless(book):
        if at == 19:
            return {}, [Fault("column_missing", value=str(n)) for n in itertools.count()]
        return find_tables(book)

    def hook(place):
        global at
        at = place
        if place == 3:
            os.abort()
        if place == 5:
            while True:
                print("endless" * 1000)
        if place == 7:
            while True:
                os.write(2, b"endless" * 1000)
        if place == 11:
            time.sleep(600)
        if place == 17:
            bytearray(3 << 30)  # beyond what a worker may have: an exception, or the kernel's kill

    submission.find_tables = endless
    work(hook)
"""


def rows(folder, kind):
    return sorted(
        (row for path in folder.glob(f"{kind}-*.parquet") for row in pq.read_table(path).to_pylist()),
        key=lambda row: row["file"],
    )


@pytest.fixture
def files(tmp_path, filled_in, tools):
    """24 files: every third is a PDF, the others are workbooks."""
    workbook = tools[0](filled_in())
    found = []
    for place in range(24):
        path = tmp_path / f"{place}.xlsx"
        path.write_bytes(b"%PDF-" if place % 3 == 0 else workbook)
        found.append((place, f"{place:064x}", path))
    return found


def test_every_file_is_read_once_and_counted(files, tmp_path, ring):
    told = []
    read_files(files, tmp_path, EMPTY_REGISTRY, tmp_path / "parts", progress=lambda *counts: told.append(counts))
    assert [(row["file"], row["digest"], row["readable"]) for row in rows(tmp_path / "parts", "files")] == [
        (place, digest, place % 3 != 0) for place, digest, _ in files
    ]
    assert {row["file"] for row in rows(tmp_path / "parts", "faults") if row["rule"] == "not_a_workbook"} == {
        place for place, _, _ in files if place % 3 == 0
    }
    assert told[-1] == (24, 24) and [done for done, _ in told] == sorted({done for done, _ in told})


def test_stamps_are_proved_by_who_has_the_keys_and_not_where_files_are_read(tmp_path, filled_in, tools, ring):
    changed = filled_in()
    changed["_duban"]["B3"] = "420200"
    books = (filled_in(), changed, filled_in(stamped=False))
    files = [(place, f"{place:064x}", tmp_path / f"{place}.xlsx") for place in range(3)]
    for (_, _, path), book in zip(files, books, strict=True):
        path.write_bytes(tools[0](book))

    def said():
        told = {(row["file"], row["rule"]) for row in rows(tmp_path / "parts", "faults")}
        return [(row["reporter"], row["token_ok"]) for row in rows(tmp_path / "parts", "files")], told

    free = read_parts(files, describe(EMPTY_REGISTRY), tmp_path / "parts")
    nothing = {(2, "no_stamp")}
    stamped = {at for at in said()[1] if at[1] in ("bad_token", "no_stamp")}
    assert (said()[0], stamped) == ([("420100", None), ("420200", None), (None, None)], nothing)
    prove_stamps(tmp_path / "parts", ring, free)
    stamped = {at for at in said()[1] if at[1] in ("bad_token", "no_stamp")}
    assert (said()[0], stamped) == ([("420100", True), ("420200", False), (None, False)], nothing | {(1, "bad_token")})


def test_all_four_kinds_have_their_columns_also_when_nothing_was_received(tmp_path):
    read_received([], Home(tmp_path), EMPTY_REGISTRY, tmp_path / "parts")
    for kind, schema in SCHEMAS.items():
        [path] = (tmp_path / "parts").glob(f"{kind}-*.parquet")
        assert pq.read_table(path).schema.equals(schema)
        assert pq.read_metadata(path).num_rows == 0


def test_received_files_are_read_from_the_archive(tmp_path, filled_in, tools):
    home, digest = Home(tmp_path), "ab" * 32
    home.archived(digest).parent.mkdir(parents=True)
    home.archived(digest).write_bytes(tools[0](filled_in()))
    received = [Received(7, "2023Q1/a.xlsx", "a.xlsx", "", 1, digest), Received(8, "b", "b.xlsx", "", 1, "cd" * 32)]
    read_received(received, home, EMPTY_REGISTRY, tmp_path / "parts")
    assert [(row["file"], row["readable"], row["reporter"]) for row in rows(tmp_path / "parts", "files")] == [
        (7, True, "420100"),
        (8, False, None),  # not in the archive: nothing to be read
    ]


def test_a_parser_that_aborts_hangs_swells_or_never_stops_talking_costs_only_that_file(files, tmp_path, caplog):
    script = tmp_path / "hooked.py"
    script.write_text(textwrap.dedent(HOOKED))
    parts = tmp_path / "parts"
    read_files(
        files,
        tmp_path,
        EMPTY_REGISTRY,
        parts,
        command=(sys.executable, str(script)),
        limits=Limits(seconds_per_file=1, memory_mb=700),
    )
    lost = {row["file"] for row in rows(parts, "faults") if row["rule"] == "reader_failed"}
    assert lost == {3, 5, 7, 11, 17, 19}
    assert all(len(record.getMessage()) < 2100 for record in caplog.records)  # only the end of what it said
    assert [(row["file"], row["readable"]) for row in rows(parts, "files")] == [
        (place, place % 3 != 0 and place not in lost) for place, _, _ in files
    ]
    entries = [row["file"] for row in rows(parts, "entries")]
    assert set(entries) <= {place for place, _, _ in files} - lost


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EMFILE])
def test_what_the_disk_refuses_ends_the_run_and_is_no_files_fault(files, tmp_path, number):
    script = tmp_path / "refused.py"
    told = f"from duban.reading.child import work\ndef hook(place):\n    if place == 5: raise OSError({number}, '')\n"
    script.write_text(told + "work(hook)")
    with pytest.raises(OSError) as refused:
        read_files(files, tmp_path, EMPTY_REGISTRY, tmp_path / "parts", command=(sys.executable, str(script)))
    assert refused.value.errno == number
    assert not list((tmp_path / "parts").glob("faults-*.parquet")) or "reader_failed" not in {
        row["rule"] for row in rows(tmp_path / "parts", "faults")
    }


def test_a_worker_that_cannot_start_is_our_fault_and_is_said(files, tmp_path):
    with pytest.raises(RuntimeError, match="could not be started"):
        read_files(
            files, tmp_path, EMPTY_REGISTRY, tmp_path / "parts", command=(sys.executable, "-c", "raise Exception")
        )


def test_a_worker_that_finds_no_file_handle_at_its_start_is_the_machines_fault(files, tmp_path):
    met = "raise OSError(24, __import__('os').strerror(24), 'a module')"
    with pytest.raises(OSError) as refused:
        read_files(files, tmp_path, EMPTY_REGISTRY, tmp_path / "parts", command=(sys.executable, "-c", met))
    assert refused.value.errno == errno.EMFILE


def test_a_worker_imports_nothing_heavy_in_all_its_life(files, tmp_path):
    script, told = tmp_path / "told.py", tmp_path / "modules"
    script.write_text(f"""
import pathlib, sys
from duban.reading.child import work
work()
pathlib.Path({str(told)!r}).write_text(" ".join(sys.modules))
""")
    setup = {
        "plan": describe(EMPTY_REGISTRY),
        "keys": str(tmp_path),
        "folder": str(tmp_path),
        "limits": asdict(Limits()),
    }
    batch = {"number": 0, "files": [(place, digest, str(path)) for place, digest, path in files]}
    subprocess.run([sys.executable, script], input=f"{json.dumps(setup)}\n{json.dumps(batch)}\n", text=True, check=True)
    assert len(rows(tmp_path, "files")) == 24
    names = set(told.read_text().split())
    assert "python_calamine" in names
    assert (
        not {"numpy", "pandas", "prefect", "great_expectations", "duckdb", "pydantic", "openpyxl", "xlsxwriter"} & names
    )
