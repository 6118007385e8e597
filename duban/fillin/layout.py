"""The fill-in workbook's sheets and columns: the one place that both the writer and the reader take them from."""

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "status", "date", "figure", "percent", "item", "code"]

STATUSES = {"未启动": "not_started", "推进中": "under_way", "已完成": "done", "不适用": "not_applicable"}
PROJECT_STATUSES = {"未启动": "not_started", "推进中": "under_way", "已完成": "done", "已销号": "closed"}
ROLES = {"lead": "牵头", "support": "配合", "local": "属地"}
FIGURES = {"to_date": "年初至今累计", "in_quarter": "本季", "latest": "期末"}
NOT_APPLICABLE = "不适用"


@dataclass(frozen=True)
class Column:
    """A column, found by its header word. `typed` columns are the reporter's to fill in, the others are printed."""

    field: str
    header: str
    type: Type = "text"
    typed: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table sheet. `keys` are the fields that tell its rows apart."""

    table: str
    title: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)


INSTRUCTIONS = "填报说明"
FINDINGS = "问题清单"
STAMP = "_duban"

PROGRESS = Sheet(
    "progress",
    "工作进展",
    ("item",),
    (
        Column("item", "序号", "item"),
        Column("title", "重点工作"),
        Column("role", "职责"),
        Column("status", "进展状态", "status", typed=True),
        Column("done", "本季度工作进展", typed=True),
        Column("problems", "存在问题", typed=True),
        Column("next", "下一步打算", typed=True),
        Column("expected_on", "预计完成时间", "date", typed=True),
        Column("explanation", "情况说明", typed=True),
    ),
)

INPUTS = Sheet(
    "inputs",
    "指标数据",
    ("code",),
    (
        Column("item", "序号", "item"),
        Column("code", "指标编码", "code"),
        Column("title", "指标名称"),
        Column("unit", "计量单位"),
        Column("figures", "口径"),
        Column("target", "年度目标"),
        Column("previous", "上季填报数"),
        Column("value", "本季填报数", "figure", typed=True),
        Column("explanation", "情况说明", typed=True),
    ),
)

PROJECTS = Sheet(
    "projects",
    "项目清单",
    ("row",),
    (
        Column("item", "序号", "item", typed=True),
        Column("code", "项目编号", "code"),
        Column("name", "项目名称", typed=True),
        Column("owner", "责任人", typed=True),
        Column("due_on", "计划完成时间", "date", typed=True),
        Column("progress", "完成进度", "percent", typed=True),
        Column("status", "项目状态", "status", typed=True),
        Column("done", "本季度进展", typed=True),
        Column("explanation", "情况说明", typed=True),
    ),
)

SHEETS = (PROGRESS, INPUTS, PROJECTS)
BY_TITLE = {sheet.title: sheet for sheet in SHEETS}
BY_TABLE = {sheet.table: sheet for sheet in SHEETS}
