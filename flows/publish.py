"""汇总: the consolidated workbook of a quarter."""

from prefect import flow

from duban.publishing.decision import Decision
from duban.runs import run_folder
from tasks import publishing
from tasks.form import Approver, Clock, Comment, Draft, HomeFolder, PlanFolder, QuarterChoice, run_name
from tasks.run import Run


@flow(name="publish", flow_run_name=run_name("汇总"))
def publish(
    quarter: QuarterChoice,
    home: HomeFolder = "var",
    schemas: PlanFolder = None,
    as_of: Clock = None,
    draft: Draft = False,
    by: Approver = None,
    comment: Comment = "",
) -> dict:
    """把一个报告期已受理的报送汇总成一本汇总簿。内容没有变化时不另出一版。

    Args:
        quarter: 要办的报告期；“上一季度”指最近结束的那个季度。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，用于补办或演练；不填则用实际时间。
        draft: 只出草稿，不定稿、不占版次。
        by: 审定人，印在封面上；不填则不印。
        comment: 审定意见，与审定人一起印在封面上。
    """
    run = Run.of(quarter, home, schemas, as_of)
    return publish_steps(run, draft, Decision.of("approved", by, run.now, comment) if by else None)


def publish_steps(run: Run, draft: bool, approval: Decision | None = None) -> dict:
    """What the flow does, for flows that do more."""
    with run_folder(run.home, "publish"):
        return publishing.publish(run, draft, approval)
