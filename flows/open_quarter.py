"""布置: who owes what in a quarter, and a fill-in workbook for each."""

from prefect import flow

from duban.runs import run_folder
from tasks import opening
from tasks.form import Clock, HomeFolder, PlanFolder, QuarterChoice, ReporterChoices, run_name
from tasks.run import Run


@flow(name="open-quarter", flow_run_name=run_name("布置"))
def open_quarter(
    quarter: QuarterChoice,
    home: HomeFolder = "var",
    schemas: PlanFolder = None,
    as_of: Clock = None,
    reporters: ReporterChoices = None,
) -> list[str]:
    """布置一个报告期：记下谁应报什么，给每家填报单位生成填报表。重复运行不改动已下发的填报表。

    Args:
        quarter: 要办的报告期；“上一季度”指最近结束的那个季度。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，用于补办或演练；不填则用实际时间。
        reporters: 只给这些填报单位生成填报表；不选则给全部单位。
    """
    return open_steps(Run.of(quarter, home, schemas, as_of), reporters)


def open_steps(run: Run, reporters: list[str] | None = None) -> list[str]:
    """What the flow does, for flows that do more."""
    with run_folder(run.home, "open"):
        return opening.open_quarter(run, reporters)
