"""Working days of the Chinese holiday calendar: chinese_calendar, from the State Council's notices."""

import datetime as dt

from duban.errors import UserError

_DAY = dt.timedelta(days=1)


class UnknownYear(UserError):
    """The calendar does not know a year's holidays yet."""


def is_working_day(day: dt.date) -> bool:
    """Raises UnknownYear for a year whose holidays are not yet known."""
    import chinese_calendar  # only what reckons with due dates needs it

    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        raise UnknownYear(f"节假日历尚无 {day.year} 年的安排：请升级 chinesecalendar 后重试。") from None


def working_days(due: dt.date, day: dt.date) -> int:
    """How many working days a day lies after a due date, or before it as a negative number.

    A day off counts as the working day before it. Raises UnknownYear.
    """
    first, last = min(due, day), max(due, day)
    between = sum(is_working_day(first + n * _DAY) for n in range(1, (last - first).days + 1))
    return between if day > due else -between


def working_day_after(day: dt.date) -> dt.date:
    """The first working day after a day. Raises UnknownYear."""
    day += _DAY
    while not is_working_day(day):
        day += _DAY
    return day
