"""布置: who owes what in a quarter, and a fill-in workbook for each."""

from prefect import flow

from duban.runs import run_folder
from tasks import opening
from tasks.run import Run


@flow(name="open-quarter", flow_run_name="{quarter} 布置")
def open_quarter(quarter: str, home: str = "var", schemas: str | None = None, as_of: str | None = None) -> list[str]:
    """布置一个报告期：记下谁应报什么，给每家填报单位生成填报表。重复运行不改动已下发的填报表。

    Args:
        quarter: 报告期，写作 2023Q1。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，写作 2023-04-12T09:00:00+08:00；不填则用实际时间。
    """
    return open_steps(Run.of(quarter, home, schemas, as_of))


def open_steps(run: Run) -> list[str]:
    """What the flow does, for flows that do more."""
    with run_folder(run.home, "open"):
        return opening.open_quarter(run)
