"""收取: from the intake folder to the answers."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Protocol

from prefect import State, flow
from prefect.futures import wait
from prefect.states import Completed

from duban.checking.run import import_ahead
from duban.checking.validator import Validator
from duban.garbage import give_back
from duban.left import records
from duban.lifecycle import opened
from duban.limits import load_limits
from duban.runs import run_folder
from duban.wide.cluster import load_cluster
from tasks import collecting, reminding
from tasks.form import Clock, HomeFolder, PlanFolder, QuarterChoice, Unattended, run_name
from tasks.run import Run


@flow(name="collect", flow_run_name=run_name("收取"))
def collect(
    quarter: QuarterChoice,
    home: HomeFolder = "var",
    schemas: PlanFolder = None,
    as_of: Clock = None,
    unattended: Unattended = False,
) -> dict | State:
    """收取一个报告期的报送：归档、核验、入库，答复写进 outbox/。有报送被退回也算正常完成。

    Args:
        quarter: 要办的报告期；“上一季度”指最近结束的那个季度。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，用于补办或演练；不填则用实际时间。
        unattended: 由日程或来件触发时选中：报告期还没有布置的，说明一句就结束，不算失败。
    """
    run = Run.of(quarter, home, schemas, as_of)
    if unattended and not opened(run.home, run.quarter):
        return Completed(message=f"{run.quarter} 尚未布置，没有要收取的。")
    return collect_steps(run)


def collect_steps(run: Run) -> dict:
    """What the flow does, for flows that do more: counts, what the answers of this run say, the path of its validation
    page.

    The order is what makes a killed run harmless: bytes are archived before anything is recorded, everything is
    recorded in one transaction, answered from the record, and only then taken out of the intake folder. Whatever the
    kill left undone the next run finds and does. A burst is worked off in batches, each of them wholly, so that it
    takes no more memory than one of them; while one is checked, loaded and answered, the next is read.
    """
    said, left, repeated, taken_in, new, page = {}, {}, [], 0, 0, None
    with run_folder(run.home, "collect") as folder, _hands(run) as (read, check):
        import_ahead()
        batch = _begin(run, folder / "0", left, read)
        for number in count(1):
            if batch.reading:
                batch.reading.result()
            following = _begin(run, folder / str(number), left, read, batch) if batch.taken["more"] else None
            if batch.reading:  # else there is no page of a validation
                check(run, batch.folder)
                page = collecting.validation(run, batch.folder, collecting.load(run, batch.folder))
            said |= {one["accession"]: one for one in collecting.answer(run, batch.taken["known"])}
            repeated += collecting.repeats(run, batch.folder) if batch.taken["taken_in"] else []
            left |= collecting.clear(run, batch.folder)
            taken_in, new = taken_in + batch.taken["taken_in"], new + batch.taken["new"]
            shutil.rmtree(batch.folder)
            if following is None:
                break
            batch = following
            give_back()
        collecting.show_answers(run, list(said.values()), page)
        mailed = reminding.mail_answers(run) if reminding.answers_wanted(run) else []
    return {
        "quarter": str(run.quarter),
        "taken_in": taken_in,
        "known": taken_in - new,
        "left": records(left, asdict(load_limits())),
        **{
            verdict: [one for one in said.values() if one["verdict"] == verdict]
            for verdict in ("accepted", "returned", "set_aside")
        },
        "repeated": repeated,
        "answers": [one["answer"] for one in said.values()],
        "mailed": mailed,
        "validation": str(page) if page else None,
    }


class Reading(Protocol):
    """Reading under way."""

    def result(self) -> object: ...


@dataclass(frozen=True)
class Batch:
    """A batch that was taken in, and its reading where there is anything new in it."""

    folder: Path
    taken: dict
    reading: Reading | None


Read = Callable[[Run, Path], Reading]
Check = Callable[[Run, Path], object]


def _begin(run: Run, folder: Path, left: dict[str, str], read: Read, before: Batch | None = None) -> Batch:
    """Take in a batch and begin to read it; the one `before` it may still be under way."""
    folder.mkdir()
    taken = collecting.take_in(run, folder, list(left), before and before.folder)
    left |= taken["left"]
    return Batch(folder, taken, read(run, folder) if taken["new"] else None)


@contextmanager
def _hands(run: Run) -> Iterator[tuple[Read, Check]]:
    """Who reads and who checks: this machine, or where the home has a cluster its workers."""
    if cluster := load_cluster(run.home):
        from tasks.wide import Spread  # Dask: nothing that runs without it imports it

        with Spread(run, cluster) as spread:
            yield spread.read, spread.check
    else:
        begun = []

        def read(run: Run, folder: Path) -> Reading:
            begun.append(collecting.read.submit(run, folder))
            return begun[-1]

        with Validator() as validator:  # its import runs while files are read
            try:
                yield read, partial(collecting.check, validator=validator)
            finally:
                wait(begun)  # what a run that fails has read ahead is written to its folder, which goes with it
