"""Publishing a quarter."""

from duban.publishing import publish as publishing
from duban.publishing.decision import Decision
from tasks.run import Run, log, progress, step


@step("汇总")
def publish(run: Run, draft: bool, approval: Decision | None) -> dict:
    """The consolidated workbook and its brief; returns where its parts are, and whether it is a new one."""
    made = publishing.publish(
        run.home,
        run.registry(),
        run.quarter,
        run.now,
        draft,
        progress=progress("汇总"),
        ledgers=run.ledgers(),
        approval=approval,
    )
    log(made.message)
    return {
        "quarter": str(run.quarter),
        "publication": made.publication,
        "folder": str(made.folder),
        "workbook": str(made.workbook),
        "brief": str(made.brief),
        "manifest": str(made.manifest),
        "findings": str(made.findings),
        "new": made.new,
        "message": made.message,
    }
