"""Quarters: spelling, ends and due dates."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache, total_ordering
from zoneinfo import ZoneInfo

from duban.errors import UserError
from duban.working_days import UnknownYear, is_working_day

TIME_ZONE = ZoneInfo("Asia/Shanghai")
_SPELLING = re.compile(r"(\d{4})Q([1-4])")
_ORDINALS = "一二三四"
LAST = "上一季度"  # what stands for the quarter that ended last, in orders that hold for every quarter


@total_ordering
@dataclass(frozen=True)
class Quarter:
    """A reporting period, spelled `2023Q1` everywhere."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read `2023Q1`; raises UserError for any other spelling."""
        match = _SPELLING.fullmatch(text)
        if not match:
            raise UserError(f"报告期“{text}”无法识别：应写作 2023Q1 这样的四位年份加 Q 加 1 至 4，请改正后重试。")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def ended_before(cls, day: dt.date) -> "Quarter":
        """The quarter that ended last before a day."""
        return cls(day.year, (day.month - 1) // 3 + 1).previous()

    @classmethod
    def chosen(cls, text: str, now: dt.datetime) -> "Quarter":
        """The quarter of that spelling; `上一季度` is the one that ended last. Raises UserError."""
        return cls.ended_before(now.astimezone(TIME_ZONE).date()) if text == LAST else cls.parse(text)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    def __lt__(self, other: "Quarter") -> bool:
        return (self.year, self.number) < (other.year, other.number)

    @property
    def title(self) -> str:
        """The name people read: 2023年一季度."""
        return f"{self.year}年{_ORDINALS[self.number - 1]}季度"

    @property
    def start(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> dt.date:
        return self.next().start - dt.timedelta(days=1)

    @property
    def of_year(self) -> list["Quarter"]:
        """The four quarters of this quarter's year, in order."""
        return [Quarter(self.year, number) for number in (1, 2, 3, 4)]

    def next(self) -> "Quarter":
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    def previous(self) -> "Quarter":
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @lru_cache  # noqa: B019 - there are few quarters, and every form asks
    def due(self, day: int) -> dt.date:
        """The working day on or after the given day of the month that follows the quarter.

        Raises UserError for a year whose holidays are not yet known.
        """
        date = self.next().start.replace(day=day)
        try:
            while not is_working_day(date):
                date += dt.timedelta(days=1)
        except UnknownYear:
            raise UserError(
                f"{self} 的报送截止日落在 {date.year} 年，节假日历尚无该年安排："
                f"请升级 chinesecalendar，或在 plan.yaml 的 due 下写明 {self} 的日期。"
            ) from None
        return date
