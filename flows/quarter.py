"""全程: a quarter from opening to the consolidated workbook."""

from prefect import flow

from flows.collect import collect_steps
from flows.open_quarter import open_steps
from flows.publish import publish_steps
from tasks.form import Clock, Draft, HomeFolder, PlanFolder, QuarterChoice, run_name
from tasks.run import Run


@flow(name="quarter", flow_run_name=run_name("全程"))
def quarter(
    quarter: QuarterChoice,
    home: HomeFolder = "var",
    schemas: PlanFolder = None,
    as_of: Clock = None,
    draft: Draft = False,
) -> dict:
    """走完一个报告期：布置，收取收件夹中的报送，汇总。已做过的部分不重复做，因此随时可以再运行一次。

    Args:
        quarter: 要办的报告期；“上一季度”指最近结束的那个季度。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，用于补办或演练；不填则用实际时间。
        draft: 只出草稿，不定稿、不占版次。
    """
    run = Run.of(quarter, home, schemas, as_of)
    workbooks = open_steps(run)
    collected = collect_steps(run)
    return {
        "quarter": str(run.quarter),
        "workbooks": workbooks,
        "collected": collected,
        "published": publish_steps(run, draft),
    }
