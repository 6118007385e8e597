"""催报: whoever has not reported is reminded."""

from prefect import State, flow
from prefect.states import Completed

from duban.lifecycle import being_collected
from duban.runs import run_folder
from tasks import reminding
from tasks.form import Clock, DryRun, HomeFolder, PlanFolder, QuarterChoice, Unattended, run_name
from tasks.run import Run


@flow(name="remind", flow_run_name=run_name("催报"))
def remind(
    quarter: QuarterChoice,
    home: HomeFolder = "var",
    schemas: PlanFolder = None,
    as_of: Clock = None,
    dry_run: DryRun = False,
    unattended: Unattended = False,
) -> dict | State:
    """提醒还没有报送、或被退回还没有重报的单位；逾期的同时告知上级。每一步只提醒一次，可以每天运行。

    Args:
        quarter: 要办的报告期；“上一季度”指最近结束的那个季度。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，用于补办或演练；不填则用实际时间。
        dry_run: 只看会提醒谁，什么都不发、不记。
        unattended: 由日程触发时选中：报告期没有布置或已经截止的，说明一句就结束，不算失败。
    """
    run = Run.of(quarter, home, schemas, as_of)
    if unattended and not being_collected(run.home, run.quarter, run.now):
        return Completed(message=f"{run.quarter} 没有布置或已经截止，没有要催的。")
    return remind_steps(run, dry_run)


def remind_steps(run: Run, dry_run: bool) -> dict:
    """What the flow does, for flows that do more."""
    if dry_run:
        return reminding.remind(run, True)
    with run_folder(run.home, "remind"):
        return reminding.remind(run, False)
