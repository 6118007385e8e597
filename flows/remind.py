"""催报: whoever has not reported is reminded."""

from prefect import flow

from duban.runs import run_folder
from tasks import reminding
from tasks.run import Run


@flow(name="remind", flow_run_name="{quarter} 催报")
def remind(
    quarter: str, home: str = "var", schemas: str | None = None, as_of: str | None = None, dry_run: bool = False
) -> dict:
    """提醒还没有报送、或被退回还没有重报的单位；逾期的同时告知上级。每一步只提醒一次，可以每天运行。

    Args:
        quarter: 报告期，写作 2023Q1。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，写作 2023-04-12T09:00:00+08:00；不填则用实际时间。
        dry_run: 只看会提醒谁，什么都不发、不记。
    """
    return remind_steps(Run.of(quarter, home, schemas, as_of), dry_run)


def remind_steps(run: Run, dry_run: bool) -> dict:
    """What the flow does, for flows that do more."""
    if dry_run:
        return reminding.remind(run, True)
    with run_folder(run.home, "remind"):
        return reminding.remind(run, False)
