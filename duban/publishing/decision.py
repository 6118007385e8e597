"""What a person decides on a draft: it is approved, sent back with a comment, or held."""

import datetime as dt
from dataclasses import dataclass

from duban.errors import UserError
from duban.quarters import TIME_ZONE, Quarter
from duban.visible import visible
from duban.warehouse.connection import Connection
from duban.warehouse.steps import record_step

KINDS = {"approved": "通过", "sent_back": "退回", "held": "暂缓"}
_DONE = {"approved": "审定", "sent_back": "退回", "held": "暂缓"}
LONGEST_NAME, LONGEST_COMMENT = 50, 500  # characters


@dataclass(frozen=True)
class Decision:
    """One of KINDS, by whom, when, and with which comment ('' for none)."""

    kind: str
    by: str
    at: dt.datetime
    comment: str = ""

    @classmethod
    def of(cls, kind: str, by: str, at: dt.datetime, comment: str = "") -> "Decision":
        """Raises UserError where nobody decides, or a draft is sent back without a word."""
        by, comment = (visible(" ".join(text.split())) for text in (by, comment))
        if not by:
            raise UserError("审定须写明审定人：请用 --by 写姓名。")
        if kind == "sent_back" and not comment:
            raise UserError("退回须写明意见，经办的人要据此修改：请用 --comment 写一句。")
        for text, most, what in ((by, LONGEST_NAME, "审定人"), (comment, LONGEST_COMMENT, "意见")):
            if len(text) > most:
                raise UserError(f"{what}写了 {len(text)} 个字，最多 {most} 个：请写短一些。")
        return cls(kind, by, at, comment)

    @property
    def told(self) -> str:
        """`张三于 2023-04-12 17:30 审定（同意）`."""
        comment = f"（{self.comment}）" if self.comment else ""
        return f"{self.by}于 {self.at.astimezone(TIME_ZONE):%Y-%m-%d %H:%M} {_DONE[self.kind]}{comment}"

    def record(self) -> dict:
        """As JSON can hold it."""
        at = self.at.astimezone(TIME_ZONE).isoformat()
        return {"decision": self.kind, "by": self.by, "at": at, "comment": self.comment}


def record_decision(
    connection: Connection, quarter: Quarter | str, publication: str, inputs: str, decision: Decision
) -> None:
    """Note a decision, inside the transaction that follows it."""
    connection.execute(
        "INSERT INTO decisions SELECT $1, $2, $3, $4, $5, $6::TIMESTAMPTZ, $7",
        [publication, str(quarter), inputs, decision.kind, decision.by, decision.at, decision.comment],
    )
    told = {"publication": publication, "inputs": inputs, "decision": decision.kind, "comment": decision.comment}
    record_step(connection, "decided", quarter, decision.at, told, by=decision.by)
