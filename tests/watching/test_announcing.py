"""A flood is announced once or twice, and nothing that lies there is forgotten."""

from duban.watching.announcing import GATHER, MOST_PATIENCE, PATIENCE, Announcements

A, B = ("", "a.xlsx", 1), ("A1", "b.xlsx", 2)


def test_the_first_whole_file_is_announced_at_once_and_nothing_is_where_nothing_lies():
    quarter = Announcements()
    assert not quarter.due(set(), 0.0)
    assert quarter.due({A}, 0.5)


def test_new_files_wait_a_while_for_a_run_that_has_not_begun():
    quarter = Announcements()
    quarter.made({A}, 100.0)
    assert [quarter.due({A, B}, 100.0 + after) for after in (0.4, GATHER - 0.1, GATHER)] == [False, False, True]


def test_what_lies_there_untouched_is_announced_again_ever_more_rarely():
    quarter, now, pauses = Announcements(), 0.0, []
    quarter.made({A}, now)
    for _ in range(6):
        began = now
        while not quarter.due({A}, now):
            now += 1.0
        quarter.made({A}, now)
        pauses.append(now - began)
    assert pauses == [PATIENCE, 120.0, 240.0, 480.0, MOST_PATIENCE, MOST_PATIENCE]


def test_a_file_that_changed_is_new_and_taken_for_it():
    quarter = Announcements()
    quarter.made({A}, 0.0)
    assert quarter.due({("", "a.xlsx", 9)}, GATHER)


def test_a_file_that_was_taken_in_and_comes_again_is_new():
    quarter = Announcements()
    quarter.made({A}, 0.0)
    assert not quarter.due(set(), 5.0)
    assert quarter.due({A}, GATHER)


def test_who_is_at_work_is_waited_for_but_not_for_ever():
    quarter = Announcements()
    assert not quarter.due({A}, 0.0, busy=True)
    assert quarter.due({A}, 1.0, busy=False)
    assert not quarter.due({A}, MOST_PATIENCE - 1, busy=True)
    assert quarter.due({A}, MOST_PATIENCE, busy=True)
