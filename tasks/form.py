"""What people choose on the form of a run: the parameters that flows share, as Prefect's page shows them.

Choices come from the folders under `schemas/`, so that a new year's plan brings its own. They guide who fills a form
in; what is none of them is judged by the run, which may be about a plan that lies elsewhere.
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated

import yaml
from prefect.runtime import flow_run
from pydantic import Field

from duban.quarters import LAST, TIME_ZONE, Quarter
from duban.settings import SCHEMAS


def _titled(title: str, choices: list[str] | None = None) -> Field:
    shown = {"title": title} | ({"enum": choices} if choices else {})
    return Field(json_schema_extra=shown)  # a title given as such would be replaced by the parameter's name


def quarters() -> list[str]:
    """The quarter that ended last, and those of every year that has a plan, latest first."""
    years = sorted((int(path.name) for path in SCHEMAS.glob("[0-9][0-9][0-9][0-9]") if path.is_dir()), reverse=True)
    return [LAST, *(str(quarter) for year in years for quarter in reversed(Quarter(year, 1).of_year))]


def reporters() -> list[str]:
    """The names of all plans' reporters, each once."""
    names: dict[str, None] = {}
    for path in sorted(SCHEMAS.glob("[0-9][0-9][0-9][0-9]/reporters.yaml"), reverse=True):
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
        names |= dict.fromkeys(one["name"] for one in listed)
    return list(names)


QuarterChoice = Annotated[str, _titled("报告期", quarters())]
ReporterChoices = Annotated[
    list[Annotated[str, Field(json_schema_extra={"enum": reporters()})]] | None, _titled("填报单位")
]
HomeFolder = Annotated[str, _titled("数据文件夹")]
PlanFolder = Annotated[str | None, _titled("方案文件夹")]
Clock = Annotated[dt.datetime | None, _titled("当前时间")]
Draft = Annotated[bool, _titled("只出草稿")]
DryRun = Annotated[bool, _titled("只看不发")]
Approval = Annotated[bool, _titled("先送审")]
Approver = Annotated[str | None, _titled("审定人")]
Comment = Annotated[str, _titled("审定意见")]
Unattended = Annotated[bool, _titled("无人值守")]


def run_name(purpose: str) -> Callable[[], str]:
    """How Prefect's page names the runs of a flow: by quarter and purpose; `上一季度` by the quarter that it is."""

    def name() -> str:
        told = flow_run.parameters
        clock = told.get("as_of") or dt.datetime.now(TIME_ZONE)
        return f"{Quarter.chosen(told['quarter'], clock)} {purpose}"

    return name
