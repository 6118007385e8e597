"""The steps of a collect run. `folder` is a batch's scratch: two lists say what was taken in and what of it is to be
read, and reading and checking leave their Parquet there."""

from collections import Counter
from pathlib import Path

from duban import collecting, run_page
from duban.answering.answer import Answers, draw_up, note_answers, write_answers
from duban.checking.find import Elsewhere
from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.limits import load_limits
from duban.processes import beside
from duban.reading.worker import read_received
from duban.status import standing
from duban.validation_page.page import write_page
from duban.warehouse.load import load_run
from duban.wide.cluster import load_cluster
from tasks.run import Run, Watched, log, progress, show, step, warn

_VERDICTS = {"accepted": "受理", "returned": "退回", "set_aside": "搁置"}


@step("收件归档")
def take_in(run: Run, folder: Path, passed_over: list[str], before: Path | None = None) -> dict:
    """Archive a batch of what lies in the intake folder, as `duban.collecting.take_in` tells."""
    cluster = load_cluster(run.home)
    most = (cluster and cluster.files_at_once) or load_limits().files_at_once
    told = run.home, run.registry(), run.quarter, run.ledgers(), run.now, most
    taken = collecting.take_in(*told, folder, passed_over, before)
    more = "；还有更多，分批处理" if taken["more"] else ""
    log(f"收到文件 {taken['taken_in']} 个，其中新的 {taken['new']} 个{more}。")
    return taken


@step("读取")
def read(run: Run, folder: Path, beside_others: bool = False) -> Path:
    """Read the new files into Parquet, with fewer processes where it goes on beside other steps."""
    new = collecting.read_received(folder / collecting.NEW)
    processes = beside() if beside_others else None
    read_received(new, run.home, run.registry(), folder, processes, progress=Watched(run, "读取"))
    log(f"已读取 {len(new)} 个文件。")
    return folder


@step("核验")
def check(run: Run, folder: Path, validator: Validator | None, elsewhere: Elsewhere | None = None) -> Path:
    """Check everything that was read, all at once; but for what others look for `elsewhere`."""
    progress("核验")
    told = folder, run.registry(), run.home, run.quarter, run.now, validator
    check_run(*told, ledgers=run.ledgers(), elsewhere=elsewhere)
    log("核验完毕。")
    return folder


@step("入库")
def load(run: Run, folder: Path) -> list[str]:
    """Load the run in one transaction; returns the accession numbers it gave."""
    accessions = load_run(run.home, run.registry(), run.quarter, folder, run.now)
    log(f"已登记报送 {len(accessions)} 件。")
    return accessions


@step("核验页")
def validation(run: Run, folder: Path, accessions: list[str]) -> Path | None:
    """The validation page of what was checked. It is for looking at: where it cannot be written, the run goes on."""
    try:
        return write_page(run.home, run.registry(), run.quarter, run.now, folder, accessions)
    except Exception as error:
        warn(f"核验页没有写成（{type(error).__name__}：{error}），不影响本次收取：请把这句话告诉维护人员。")
        return None


@step("起草答复")
def draft_answers(run: Run, known: list[str]) -> Answers:
    """Fetch what is to be told by the answers that are wanting, and by those of known files once more."""
    progress("答复")
    return draw_up(run.home, run.registry(), run.quarter, run.now, again=known, ledgers=run.ledgers())


@step("答复")
def answer(run: Run, answers: Answers) -> dict[str, Path]:
    """Write the answers; returns their paths by accession number."""
    return write_answers(run.home, run.registry(), answers)


@step("登记答复")
def note_answered(run: Run, answers: dict[str, Path]) -> list[dict]:
    """Record that the answers stand; returns what they say."""
    note_answers(run.home, run.quarter, run.now, answers)
    said = collecting.answered(run.home, run.quarter, list(answers.values()))
    counts = Counter(record["verdict"] for record in said)
    listed = "、".join(f"{title} {counts[verdict]}" for verdict, title in _VERDICTS.items())
    log(f"已写答复 {len(answers)} 份：{listed}。")
    return said


def show_answers(run: Run, said: list[dict], page: Path | None) -> None:
    """A table of the answers of a run on its page, which links the validation page."""
    if said:  # a run that found nothing new, every few minutes perhaps, leaves the last page to be read
        show(
            run,
            "collect",
            f"{run.quarter} 收取结果",
            lambda: run_page.collected(standing(run.home, run.quarter, run.now), said, page),
        )


@step("重复来件")
def repeats(run: Run, folder: Path) -> list[dict]:
    """What was sent before, or twice: each file with its accession number and its answer."""
    taken, new = (collecting.read_received(folder / name) for name in (collecting.TAKEN, collecting.NEW))
    return collecting.repeats(run.home, run.registry(), run.quarter, taken, new)


@step("清出收件夹")
def clear(run: Run, folder: Path) -> dict[str, str]:
    """Take what is archived and answered out of the intake folder; returns what could not be: {source: reason}."""
    taken = collecting.read_received(folder / collecting.TAKEN)
    kept = collecting.clear_all(run.home, taken)
    log(f"已从收件夹移出 {len(taken) - len(kept)} 个文件。")
    return dict.fromkeys(kept, "kept")
