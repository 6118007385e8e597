"""Publishing a quarter."""

from duban import run_page
from duban.publishing import publish as publishing
from duban.publishing.decision import Decision
from duban.publishing.told import lit, told_of
from tasks import approving
from tasks.run import Run, log, progress, show, step


@step("汇总")
def publish(run: Run, draft: bool, approval: Decision | None, proposed: publishing.Proposed | None = None) -> dict:
    """The consolidated workbook and its brief; returns where its parts are, and whether it is a new one. Of what was
    `proposed` and cannot be published any more, only a `message`."""
    try:
        made = publishing.publish(
            run.home,
            run.registry(),
            run.quarter,
            run.now,
            draft,
            progress=progress("汇总"),
            ledgers=run.ledgers(),
            approval=approval,
            proposed=proposed,
        )
    except publishing.Outdated as error:
        log(str(error))
        return {"publication": None, "message": str(error)}
    log(made.message)
    told = told_of(run.home, made.publication)
    show(
        run,
        "publish",
        f"{run.quarter} 汇总",
        lambda: run_page.published(made.message, told, made.workbook, made.brief, (made.manifest, made.findings)),
    )
    return {
        "quarter": str(run.quarter),
        "publication": made.publication,
        "folder": str(made.folder),
        "workbook": str(made.workbook),
        "brief": str(made.brief),
        "manifest": str(made.manifest),
        "findings": str(made.findings),
        "lights": told["lights"],
        "new": made.new,
        "message": made.message,
    }


@step("送审稿")
def propose(run: Run, after: approving.Question | None = None, before: str = "") -> approving.Question | None:
    """A draft, and the question about it that is asked next; None where there is nothing new to publish."""
    made = publishing.propose(
        run.home, run.registry(), run.quarter, run.now, progress=progress("送审稿"), ledgers=run.ledgers()
    )
    if made is None:
        return None
    draft, proposed = made
    log(f"已生成送审稿 {draft.publication}，等待审定：{draft.workbook}。")
    about = "\n".join(
        (
            f"## {run.quarter.title}汇总，请审定",
            "",
            f"{lit(told_of(run.home, draft.publication)['lights'])}。",
            "",
            f"- 汇总簿：{draft.workbook.resolve()}",
            f"- 通报：{draft.brief.resolve()}",
            f"- 内容摘要：{proposed.inputs[:12]}",
            "",
            f"通过以后，照这一稿的数发布；{run.now:%Y-%m-%d %H:%M} 以后到的报送等下一次修订。",
        )
    )
    return approving.put(run.home, run.quarter, proposed, about, after, before)


@step("审定")
def turn_down(run: Run, question: approving.Question, decision: Decision) -> None:
    """Note that a draft was sent back or held."""
    publishing.turn_down(run.home, run.quarter, question.proposed, decision)
    log(f"{question.draft} 由{decision.told}。")
