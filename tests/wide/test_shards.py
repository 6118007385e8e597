"""Read and checked in shards, the samples come out as they do at once, table by table."""

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from drawn import open_quarter

from duban.checking.find import ACROSS, CHECKS, RESULTS
from duban.checking.run import check_run
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.intake import take_in
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_received
from duban.registry.load import load_registry
from duban.settings import REPOSITORY, SCHEMAS
from duban.warehouse.connection import SQL
from duban.warehouse.load import load_run
from duban.wide import checked
from duban.wide.shards import bring_in, hand_out, read_shard
from duban.wide.storage import Storage

pytestmark = pytest.mark.engine(seconds=15)

SAMPLES = REPOSITORY / "sample_submissions"
NOW = dt.datetime(2023, 7, 8, 9, tzinfo=TIME_ZONE)
KINDS = ("files", "cells", "entries", "faults", "findings", "submissions", "explanations")


def found(folder: Path) -> dict[str, object]:
    """All that a run hands to loading, in one order, and what the expectations found."""
    rows = {
        kind: sorted(tuple(map(str, row.values())) for path in folder.glob(f"{kind}*.parquet") for row in rows_of(path))
        for kind in KINDS
    }
    return rows | {RESULTS: (folder / RESULTS).read_text(encoding="utf-8")}


def rows_of(path: Path) -> list[dict]:
    return pq.read_table(path).to_pylist()


@pytest.fixture(scope="module")
def taken(tmp_path_factory, validator):
    """By quarter: what one run over all samples and faults found, and what the same found in shards of forty."""
    home, registry = Home(tmp_path_factory.mktemp("home")), load_registry(SCHEMAS / "2023")
    copy_keys(SAMPLES / "keys", home.keys)
    storage = Storage(str(tmp_path_factory.mktemp("storage")))
    results = {}
    for quarter in (Quarter(2023, 1), Quarter(2023, 2)):
        open_quarter(home, registry, quarter)
        drop([*sorted((SAMPLES / str(quarter)).rglob("*.xls?")), *faults(quarter)], home, quarter)
        received = take_in(home, quarter)
        at_once, in_shards = (tmp_path_factory.mktemp(f"{quarter}-{name}") for name in ("at-once", "in-shards"))
        read_received(received, home, registry, at_once)
        check_run(at_once, registry, home, quarter, NOW, validator)

        shards = hand_out(storage, str(quarter), received, home, registry, 40, 1)
        shards = [replace(shard, parts=read_shard(storage, shard, 1)) for shard in shards]
        bring_in(storage, shards, received, home, in_shards)

        def elsewhere(settled, earlier, quarter=quarter, shards=shards, folder=in_shards) -> Sequence[Path]:
            tables = checked.lay_out(storage, str(quarter), settled, earlier)
            names = [checked.check_shard(storage, one, tables, str(quarter)) for one in shards]
            return checked.take_over(storage, names, folder)

        check_run(in_shards, registry, home, quarter, NOW, None, elsewhere=elsewhere)
        results[quarter] = found(at_once), found(in_shards), len(shards)
        load_run(home, registry, quarter, at_once, NOW)
    return results


def faults(quarter: Quarter) -> list[Path]:
    """Those that are to be judged in this quarter."""
    with (SAMPLES / "faults" / "expected.csv").open(encoding="utf-8", newline="") as lines:
        names = {row["file"] for row in csv.DictReader(lines) if row["quarter"] == str(quarter)}
    return sorted(SAMPLES / "faults" / name for name in names)


def drop(paths: list[Path], home: Home, quarter: Quarter) -> None:
    folder = home.intake / str(quarter)
    folder.mkdir(parents=True)
    for number, path in enumerate(paths):
        (folder / f"{number:03d}-{path.name}").write_bytes(path.read_bytes())


@pytest.mark.parametrize("kind", [*KINDS, RESULTS])
def test_in_shards_everything_comes_out_as_at_once(taken, kind):
    for at_once, in_shards, shards in taken.values():
        assert shards > 1 and len(at_once[kind]) > 5
        assert in_shards[kind] == at_once[kind]


def test_the_samples_hold_rules_of_both_kinds_against_each_other(taken):
    rules = {row[2] for at_once, _, _ in taken.values() for row in at_once["findings"]}
    assert set(ACROSS) <= rules and len(rules & (set(CHECKS) - set(ACROSS))) > 15


def test_only_rules_that_hold_submissions_against_others_ask_for_what_others_sent():
    others = ("accused", "other_rates", "standing_figures")
    asking = {
        rule for rule in CHECKS if any(word in (SQL / f"queries/checks/{rule}.sql").read_text() for word in others)
    }
    assert asking == set(ACROSS)


def test_a_shard_that_is_read_twice_counts_once_and_a_file_that_is_not_there_is_told(tmp_path):
    home, registry, quarter = Home(tmp_path / "home"), load_registry(SCHEMAS / "2023"), Quarter(2023, 1)
    copy_keys(SAMPLES / "keys", home.keys)
    drop(sorted((SAMPLES / "2023Q1").glob("*.xlsx"))[:3], home, quarter)
    received = [*take_in(home, quarter)]
    home.archived(received[1].digest).unlink()
    storage, read = Storage(str(tmp_path / "storage")), partial(read_shard, processes=1)
    shards = hand_out(storage, "run", received, home, registry, 9, 1)
    assert [(shard.first, shard.last) for shard in shards] == [(0, 1), (2, 2)]
    once, again = ([replace(shard, parts=read(storage, shard)) for shard in shards] for _ in range(2))
    assert not {part for shard in once for part in shard.parts} & {part for shard in again for part in shard.parts}
    folder = tmp_path / "parts"
    bring_in(storage, again, received, home, folder)
    files = [row for path in folder.glob("files-*") for row in rows_of(path)]
    assert sorted((row["file"], row["readable"], row["token_ok"]) for row in files) == [
        (0, True, True),
        (1, False, False),
        (2, True, True),
    ]
    with pytest.raises(RuntimeError, match="3 files were handed out and 6 came back"):
        bring_in(storage, once + again, received, home, tmp_path / "twice")
