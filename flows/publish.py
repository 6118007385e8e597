"""汇总: the consolidated workbook of a quarter."""

from prefect import State, flow
from prefect.states import Completed

from duban.errors import UserError
from duban.lifecycle import being_collected
from duban.publishing.decision import Decision
from duban.runs import run_folder
from duban.working_days import working_day_after
from tasks import approving, publishing
from tasks.form import (
    Approval,
    Approver,
    Clock,
    Comment,
    Draft,
    HomeFolder,
    PlanFolder,
    QuarterChoice,
    Unattended,
    run_name,
)
from tasks.run import Run

_PATIENCE = 600.0  # seconds; what somebody decided should not be lost to a run that collects a great deal


@flow(name="publish", flow_run_name=run_name("汇总"))
def publish(
    quarter: QuarterChoice,
    home: HomeFolder = "var",
    schemas: PlanFolder = None,
    as_of: Clock = None,
    draft: Draft = False,
    by: Approver = None,
    comment: Comment = "",
    approval: Approval = False,
    unattended: Unattended = False,
) -> dict | State:
    """把一个报告期已受理的报送汇总成一本汇总簿。内容没有变化时不另出一版。

    Args:
        quarter: 要办的报告期；“上一季度”指最近结束的那个季度。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，用于补办或演练；不填则用实际时间。
        draft: 只出草稿，不定稿、不占版次。
        by: 审定人，印在封面上；不填则不印。
        comment: 审定意见，与审定人一起印在封面上。
        approval: 先出草稿送审，运行停下来等人在网页上或用 duban approve 审定，通过后照草稿发布。
        unattended: 由日程触发时选中：只在截止日后第一个工作日、报告期还在收取时汇总，平时说明一句就结束。
    """
    run = Run.of(quarter, home, schemas, as_of)
    asking = approval and not draft
    if unattended and not (asking and approving.asked()) and not _is_the_day(run):  # once asked, it is another day
        return Completed(message=f"{run.quarter} 今天不必汇总：没有在收取，或不是截止日后第一个工作日。")
    if asking:
        if by:
            raise UserError("先送审的，审定人在审定时填写：请清空“审定人”，或去掉“先送审”。")
        return approved_steps(quarter, home, schemas, as_of)
    return publish_steps(run, draft, Decision.of("approved", by, run.now, comment) if by else None)


def publish_steps(run: Run, draft: bool, approval: Decision | None = None) -> dict:
    """What the flow does, for flows that do more."""
    with run_folder(run.home, "publish"):
        return publishing.publish(run, draft, approval)


def _is_the_day(run: Run) -> bool:
    """Whether this is the working day after the due date of a quarter that is being collected."""
    if not being_collected(run.home, run.quarter, run.now):
        return False
    return run.now.date() == working_day_after(run.registry().due(run.quarter))


def approved_steps(*told) -> dict | State:
    """Put a draft before somebody, and do what was decided. The run is suspended where it asks, and then goes on from
    here in another process; what it asked tells where it was.

    `told` is what Run.of takes; the quarter is that of the draft, whatever the calendar says by the time of the answer.
    """
    question = approving.asked()
    run = Run.of(question.quarter, *told[1:]) if question else Run.of(*told)
    if not question:
        with run_folder(run.home, "publish"):
            question = publishing.propose(run)
    while question:
        answer = approving.ask(question)
        if question.expired:
            return approving.ended(question, question.expired)
        try:
            decision = approving.decision_of(answer, run.now)
        except UserError as error:
            question = approving.again(question, str(error))
            continue
        with run_folder(run.home, "publish", wait=_PATIENCE):
            if decision.kind == "approved":
                made = publishing.publish(run, False, decision, question.proposed)
                if made["publication"]:
                    return made
                question = publishing.propose(run, question, f"{made['message']}以下是新的送审稿。")
            else:
                publishing.turn_down(run, question, decision)
                if decision.kind == "sent_back":
                    return approving.ended(question, f"{question.draft} 由{decision.told}，没有发布。")
                question = approving.again(question, f"{question.draft} 由{decision.told}。")
    return publish_steps(run, False)
