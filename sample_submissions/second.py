"""The second quarter of one office, over the first quarter of all: for the faults that need an earlier quarter."""

import datetime as dt
import io
import shutil
from pathlib import Path

from openpyxl import load_workbook

from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.fillin.layout import INPUTS, PROGRESS, PROJECTS
from duban.home import Home
from duban.intake import take_in
from duban.opening import open_quarter
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_received
from duban.warehouse.load import load_run
from sample_submissions.fill import cell_of, first_project_row, fit, header_row, page_of, row_of
from sample_submissions.narrate import read


def collect(home: Home, registry, quarter: Quarter, samples: Path) -> None:
    """Take in and check the quarter's samples as duban does, and open the next quarter over what was accepted."""
    shutil.copytree(samples, home.intake / str(quarter), ignore=shutil.ignore_patterns("*.csv"))
    now = dt.datetime.combine(registry.due(quarter), dt.time(18), TIME_ZONE)
    folder = home.work / "samples"
    read_received(take_in(home, quarter), home, registry, folder)
    with Validator() as validator:
        check_run(folder, registry, home, quarter, now, validator)
    load_run(home, registry, quarter, folder, now)
    following = quarter.next()
    open_quarter(home, registry, following, dt.datetime.combine(following.next().start, dt.time(9), TIME_ZONE))


def template_of(home: Home, quarter: Quarter, code: str) -> Path:
    [path] = (home.outbox / str(quarter) / code).glob("*.xlsx")
    return path


def second_quarter(template: Path) -> bytes:
    """The issued workbook of the second quarter with what `second_quarter.yaml` says typed into it."""
    book, texts = load_workbook(template), read("second_quarter.yaml")
    for item, typed in texts["progress"].items():
        for field, value in typed.items():
            cell_of(book, PROGRESS, item, field).value = value
        fit(book[PROGRESS.title], row_of(book, PROGRESS, item))
    for code, value in texts["inputs"].items():
        cell_of(book, INPUTS, code, "value").value = value
    page, columns = page_of(book, PROJECTS)
    for row in range(header_row(page, PROJECTS) + 1, first_project_row(book)):
        for field, value in texts["projects"][page.cell(row, columns["name"]).value].items():
            page.cell(row, columns[field]).value = value
        fit(page, row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
