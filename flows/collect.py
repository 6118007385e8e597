"""收取: from the intake folder to the answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import asdict
from functools import partial
from pathlib import Path

from prefect import State, flow
from prefect.states import Completed

from duban.answering.answer import Answers
from duban.batches import Pending, work_off
from duban.checking.run import import_ahead
from duban.checking.validator import Validator
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
    page. A burst is worked off in batches, so that it takes no more memory than a few of them."""
    with run_folder(run.home, "collect") as folder, _steps(run) as steps:
        import_ahead()
        batches, left = work_off(folder, steps)
        said = list(steps.said.values())
        collecting.show_answers(run, said, steps.page)
        mailed = reminding.mail_answers(run) if reminding.answers_wanted(run) else []
    taken_in = sum(taken["taken_in"] for taken in batches)
    return {
        "quarter": str(run.quarter),
        "taken_in": taken_in,
        "known": taken_in - sum(taken["new"] for taken in batches),
        "left": records(left, asdict(load_limits())),
        **{
            verdict: [one for one in said if one["verdict"] == verdict]
            for verdict in ("accepted", "returned", "set_aside")
        },
        "repeated": steps.repeated,
        "answers": [one["answer"] for one in said],
        "mailed": mailed,
        "validation": str(steps.page) if steps.page else None,
    }


Read = Callable[[Run, Path, bool], object]  # told whether it goes on beside other steps
Check = Callable[[Run, Path], object]


class _Tasks:
    """The steps of `duban.batches` as tasks, and what they say: `said` by accession, `repeated`, the last `page`. What
    goes on beside others does so in one of `threads`."""

    def __init__(self, run: Run, read: Read, check: Check, threads: ThreadPoolExecutor):
        self._run, self._read, self._check, self._threads = run, read, check, threads
        self.said: dict[str, dict] = {}
        self.repeated: list[dict] = []
        self.page: Path | None = None

    def begin(self, folder: Path, passed_over: list[str], before: Path | None) -> Pending:
        return self._beside(self._take_in_and_read, folder, passed_over, before)

    def check(self, folder: Path) -> None:
        self._check(self._run, folder)

    def load(self, folder: Path) -> list[str]:
        return collecting.load(self._run, folder)

    def answer(self, folder: Path, loaded: list[str], known: list[str]) -> Pending:
        return self._beside(self._show_and_answer, folder, loaded, collecting.draft_answers(self._run, known))

    def finish(self, folder: Path, taken: dict, answers: dict[str, Path]) -> dict[str, str]:
        self.said |= {one["accession"]: one for one in collecting.note_answered(self._run, answers)}
        self.repeated += collecting.repeats(self._run, folder) if taken["taken_in"] else []
        return collecting.clear(self._run, folder)

    def _take_in_and_read(self, folder: Path, passed_over: list[str], before: Path | None) -> dict:
        taken = collecting.take_in(self._run, folder, passed_over, before)
        if taken["new"]:
            self._read(self._run, folder, before is not None)
        return taken

    def _show_and_answer(self, folder: Path, loaded: list[str], answers: Answers) -> dict[str, Path]:
        if loaded:
            self.page = collecting.validation(self._run, folder, loaded)
        return collecting.answer(self._run, answers)

    def _beside(self, function: Callable, *told: object) -> Pending:
        """In a thread, which does not know of the flow's run by itself."""
        return self._threads.submit(copy_context().run, function, *told)


@contextmanager
def _steps(run: Run) -> Iterator[_Tasks]:
    """Who reads and who checks: this machine, or where the home has a cluster its workers."""
    with ThreadPoolExecutor(2, "beside") as threads:
        if cluster := load_cluster(run.home):
            from tasks.wide import Spread  # Dask: nothing that runs without it imports it

            with Spread(run, cluster) as spread:
                yield _Tasks(run, lambda run, folder, _: spread.read(run, folder), spread.check, threads)
        else:
            with Validator() as validator:  # its import runs while files are read
                yield _Tasks(run, collecting.read, partial(collecting.check, validator=validator), threads)
