"""What a run is told: where state lives, which plan, and what time it is."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from duban.errors import UserError
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter

REPOSITORY = Path(__file__).parents[1]
SCHEMAS = REPOSITORY / "schemas"


@dataclass(frozen=True)
class Settings:
    """`schemas`: the folder of one plan, or None for `schemas/<year of the quarter>/`; `as_of`: a clock that stands
    still, or None for the real one."""

    home: Home
    schemas: Path | None = None
    as_of: dt.datetime | None = None

    def plan_folder(self, quarter: Quarter) -> Path:
        return self.schemas or SCHEMAS / str(quarter.year)

    def now(self) -> dt.datetime:
        """The time of this run, in Asia/Shanghai, to the second."""
        return (self.as_of or dt.datetime.now(TIME_ZONE)).astimezone(TIME_ZONE).replace(microsecond=0)


def parse_clock(text: str) -> dt.datetime:
    """Read `2023-04-12T09:00:00+08:00`; without an offset it is Asia/Shanghai. Raises UserError."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"时间“{text}”无法识别：应写作 2023-04-12T09:00:00+08:00，请改正后重试。") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=TIME_ZONE)
