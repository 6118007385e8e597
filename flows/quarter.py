"""全程: a quarter from opening to the consolidated workbook."""

from prefect import State, flow

from flows.collect import collect_steps
from flows.open_quarter import open_steps
from flows.publish import approved_steps, publish_steps
from tasks import approving
from tasks.form import Approval, Clock, Draft, HomeFolder, PlanFolder, QuarterChoice, run_name
from tasks.run import Run


@flow(name="quarter", flow_run_name=run_name("全程"))
def quarter(
    quarter: QuarterChoice,
    home: HomeFolder = "var",
    schemas: PlanFolder = None,
    as_of: Clock = None,
    draft: Draft = False,
    approval: Approval = False,
) -> dict | State:
    """走完一个报告期：布置，收取收件夹中的报送，汇总。已做过的部分不重复做，因此随时可以再运行一次。

    Args:
        quarter: 要办的报告期；“上一季度”指最近结束的那个季度。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，用于补办或演练；不填则用实际时间。
        draft: 只出草稿，不定稿、不占版次。
        approval: 先出草稿送审，运行停下来等人在网页上或用 duban approve 审定，通过后照草稿发布。
    """
    told, asks = (quarter, home, schemas, as_of), approval and not draft
    if asks and approving.asked():  # the run goes on after an answer, and what came meanwhile is for the next
        return approved_steps(*told)
    run = Run.of(*told)
    workbooks = open_steps(run)
    collected = collect_steps(run)
    return {
        "quarter": str(run.quarter),
        "workbooks": workbooks,
        "collected": collected,
        "published": approved_steps(*told) if asks else publish_steps(run, draft),
    }
