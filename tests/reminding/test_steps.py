"""When a step has come, in working days of the Chinese calendar."""

import datetime as dt

import pytest

from duban.errors import UserError
from duban.registry.contacts import Rhythm
from duban.working_days import is_working_day, working_days

DUE = dt.date(2023, 4, 10)  # a Monday; 5 April is 清明节, and 23 April a Sunday that is worked


@pytest.mark.parametrize(
    ("day", "days", "step"),
    [
        ("2023-03-28", -8, None),
        ("2023-03-29", -7, -7),
        ("2023-04-03", -4, -7),
        ("2023-04-04", -3, -3),
        ("2023-04-05", -3, -3),  # a holiday counts as the working day before it
        ("2023-04-06", -2, -3),
        ("2023-04-07", -1, -1),
        ("2023-04-09", -1, -1),
        ("2023-04-10", 0, -1),
        ("2023-04-11", 1, -1),
        ("2023-04-12", 2, 2),
        ("2023-04-13", 3, 2),
        ("2023-04-14", 4, 4),
        ("2023-04-16", 4, 4),
        ("2023-04-21", 9, 8),
        ("2023-04-22", 9, 8),
        ("2023-04-23", 10, 10),
    ],
)
def test_a_day_lies_so_many_working_days_from_the_due_date_and_belongs_to_the_last_step_that_has_come(day, days, step):
    found = working_days(DUE, dt.date.fromisoformat(day))
    assert (found, Rhythm().last_step(found)) == (days, step)


def test_another_rhythm_has_other_steps():
    rhythm = Rhythm(before=[5], every=3)
    assert [rhythm.last_step(days) for days in range(-6, 8)] == [None, *[-5] * 8, 3, 3, 3, 6, 6]


def test_nobody_need_be_reminded_before():
    assert [Rhythm(before=[]).last_step(days) for days in (-7, 0, 1, 2)] == [None, None, None, 2]


def test_a_year_that_the_calendar_does_not_know_is_said():
    with pytest.raises(UserError, match="节假日历尚无 2099 年的安排：请升级 chinesecalendar"):
        is_working_day(dt.date(2099, 1, 1))
