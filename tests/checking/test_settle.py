from dataclasses import replace

import pytest
from drawn import Q1

from duban.checking.settle import Sent, settle


def a_file(known, **changes) -> Sent:
    good = Sent(
        file=0,
        digest="d" * 64,
        file_name="表.xlsx",
        folder="",
        size=1,
        readable=True,
        token_ok=True,
        plan=known.plan.plan,
        quarter="2023Q1",
        reporter="A1",
        registry=known.digest,
        template="t",
    )
    return replace(good, **changes)


NOTHING = {"plan": None, "quarter": None, "reporter": None, "registry": None, "template": None}
UNREADABLE = {"readable": False, "token_ok": False, **NOTHING}
UNSTAMPED = {"token_ok": False, **NOTHING}
ANOTHER_PLAN = {"plan": "other", "registry": "9" * 64}


def test_a_form_of_an_earlier_plan_stands_as_long_as_its_reporter_was_issued_no_other(registry):
    earlier = a_file(registry, registry="9" * 64)
    assert settle(earlier, registry, Q1, {"A1": "9" * 64}).state == "open"
    [fault] = settle(earlier, registry, Q1, {"A1": "8" * 64}).faults
    assert (fault.rule, fault.words) == ("stale_template", {"value": "99999999", "current": "88888888"})
    assert settle(earlier, registry, Q1, {"A2": "9" * 64}).state == "returned"  # another's is no help


@pytest.mark.parametrize(
    ("changes", "reporter", "state", "rules"),
    [
        # what the file is and where it lay             whose     state        faults of the stamp
        ({}, "A1", "open", ()),
        ({"folder": "A1"}, "A1", "open", ()),
        ({"file_name": "2023Q1-A2-乙市.xlsx"}, "A1", "open", ()),
        ({"folder": "A2"}, "A2", "returned", ("wrong_reporter",)),
        ({"folder": "ZZ"}, "A1", "open", ()),
        ({"quarter": "2023Q2"}, "A1", "returned", ("wrong_quarter",)),
        ({"quarter": "2022Q4", "registry": "9" * 64}, "A1", "returned", ("wrong_quarter",)),
        ({"registry": "9" * 64}, "A1", "returned", ("stale_template",)),
        (ANOTHER_PLAN, "A1", "returned", ("wrong_plan",)),
        (ANOTHER_PLAN | {"folder": "A2"}, "A2", "returned", ("wrong_plan", "wrong_reporter")),
        (ANOTHER_PLAN | {"reporter": "ZZ"}, None, "set_aside", ("wrong_plan",)),
        (ANOTHER_PLAN | {"reporter": "ZZ", "file_name": "A1.xlsx"}, "A1", "returned", ("wrong_plan",)),
        (UNREADABLE, None, "set_aside", ()),
        (UNREADABLE | {"folder": "A1"}, "A1", "returned", ()),
        (UNREADABLE | {"file_name": "2023Q1-a1-甲市.xlsx"}, "A1", "returned", ()),
        (UNREADABLE | {"file_name": "2023Q1-A1.xlsx", "folder": "A2"}, "A2", "returned", ()),
        (UNREADABLE | {"file_name": "A1与A2.xlsx"}, None, "set_aside", ()),
        (UNREADABLE | {"file_name": "2023Q1-A11.xlsx"}, None, "set_aside", ()),
        (UNSTAMPED, None, "set_aside", ()),
        (UNSTAMPED | {"folder": "A1"}, "A1", "set_aside", ()),
        (UNSTAMPED | {"file_name": "A2.xlsx"}, "A2", "set_aside", ()),
    ],
)
def test_a_file_is_settled_by_its_stamp_its_folder_and_its_name(registry, changes, reporter, state, rules):
    settled = settle(a_file(registry, **changes), registry, Q1)
    assert (settled.reporter, settled.state, tuple(fault.rule for fault in settled.faults)) == (reporter, state, rules)
