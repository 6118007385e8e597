"""Opening a quarter."""

from duban import opening
from tasks.run import Run, log, progress, step


@step("布置")
def open_quarter(run: Run) -> list[str]:
    """Obligations, and a fill-in workbook per reporter; returns the paths of the workbooks."""
    paths = opening.open_quarter(
        run.home, run.registry(), run.quarter, run.now, progress=progress("生成填报表"), ledgers=run.ledgers()
    )
    log(f"{run.quarter.title}已布置：填报表 {len(paths)} 份。")
    return [str(path) for path in paths]
