"""Collecting on Dask workers, separate processes here: the same as without, and a lost worker costs no file."""

import os
from dataclasses import replace

import pytest
from spread import copied, lost_while_reading, spread_over, tables

from duban.errors import UserError
from duban.home import Home
from duban.wide import checked

pytestmark = pytest.mark.engine(seconds=30)


def filled(office) -> None:
    """Two good returns, one with a copied text and a figure too high, and a crowd of files that are none."""
    office.report("A1")
    office.report("A2", stations=999_999)
    for number in range(12):
        (office.intake / f"无用{number}.xlsx").write_bytes(b"%%PDF-1.4 %d" % number)


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_reads_costs_a_retry_and_no_file(office, tmp_path):
    filled(office)
    alone, spread = (replace(office, home=copied(office.home, tmp_path / name)) for name in ("alone", "spread"))
    alone.collect()
    spread_over(spread.home, "local: 2\nfiles_per_task: 4\n")
    with lost_while_reading(os.getpid()) as lost:
        found = spread.collect()
    assert len(lost) == 1
    assert (found["taken_in"], len(found["accepted"]), len(found["returned"]), len(found["set_aside"])) == (
        14,
        1,
        1,
        12,
    )
    assert tables(Home(spread.home)) == tables(Home(alone.home))
    assert found["known"] == 0 and not list(spread.intake.iterdir())
    assert not [path for path in (spread.home / "work").rglob("*") if path.is_file() and "dask" not in path.parts]


def test_a_scheduler_that_nobody_answers_for_is_one_sentence_and_leaves_all_as_it_was(office, tmp_path, monkeypatch):
    monkeypatch.setattr("tasks.wide._REACHED", 1.0)
    office.report("A1")
    spread_over(office.home, f"scheduler: tcp://127.0.0.1:9\nstorage: {tmp_path / 'shared'}\n")
    with pytest.raises(UserError, match=r"连不上 Dask 调度程序 tcp://127\.0\.0\.1:9"):
        office.collect()
    assert len(list(office.intake.iterdir())) == 1
    (office.home / "cluster.yaml").unlink()
    assert len(office.collect()["accepted"]) == 1


@pytest.mark.slow
def test_a_store_that_stumbles_while_a_batch_is_checked_costs_another_try(office, monkeypatch):
    office.report("A1")
    office.report("A2", stations=999_999)
    spread_over(office.home, "local: 1\nfiles_per_task: 1\n")
    take_over, stumbled = checked.take_over, []

    def stumbling(*told):
        if not stumbled:
            stumbled.append(told)
            raise ConnectionError("the store is away")
        return take_over(*told)

    monkeypatch.setattr(checked, "take_over", stumbling)
    found = office.collect()
    assert (len(stumbled), len(found["accepted"]), len(found["returned"])) == (1, 1, 1)
