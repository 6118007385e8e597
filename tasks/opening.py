"""Opening a quarter."""

from duban import opening, run_page
from duban.status import standing
from tasks.run import Run, log, progress, show, step


@step("布置")
def open_quarter(run: Run, reporters: list[str] | None) -> list[str]:
    """Obligations of all, and a fill-in workbook per reporter, or for those of these names alone; returns the paths of
    the workbooks."""
    paths = opening.open_quarter(
        run.home,
        run.registry(),
        run.quarter,
        run.now,
        progress=progress("生成填报表"),
        ledgers=run.ledgers(),
        only=reporters,
    )
    log(f"{run.quarter.title}已布置：填报表 {len(paths)} 份。")
    show(
        run,
        "open",
        f"{run.quarter} 布置结果",
        lambda: run_page.opened(standing(run.home, run.quarter, run.now), paths),
    )
    return [str(path) for path in paths]
