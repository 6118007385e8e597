"""As published and as now known: past states, and closed quarters that come out as they were."""

import datetime as dt
import json
import random

import openpyxl
import pytest

from duban import messages, theme
from duban.errors import UserError
from duban.opening import record_quarter
from duban.publishing import pins
from duban.publishing.publish import publish
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import NO_LEDGERS, ledgers_of
from duban.registry.load import registry_of
from duban.warehouse.connection import open_warehouse, transaction
from duban.warehouse.plan import record_registry

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
Q1, Q2 = Quarter.parse("2023Q1"), Quarter.parse("2023Q2")
GRANTED = 'reason: 多写一个零, approved_by: 督审处, approved_on: "2023-04-06"'
CORRECTION = f"- {{quarter: 2023Q1, reporter: 武汉, input: batches, old: 100, new: 300, {GRANTED}}}\n"


def clock(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


def issue(office, moment, quarter=Q1, **options):
    return publish(office.home, office.registry, quarter, clock(moment), **options)


def folder(published):
    return {path.name: path.read_bytes() for path in published.folder.iterdir()}


def resubmit(office):
    office.submit("2023Q1", "420200", {"batches": 60}, received="2023-04-20T10:00:00", supersedes="2023Q1-420200-01")


def figure(office, publication, measure="batches"):
    with open_warehouse(office.home.warehouse) as connection:
        return connection.execute(
            "SELECT value FROM lights WHERE publication = ? AND scope = 'measure' AND subject = ?",
            [publication, measure],
        ).fetchall()[0][0]


def test_a_date_between_two_revisions_means_the_earlier_one_and_makes_it_anew_where_it_is_gone(issued_office):
    first = issue(issued_office, "2023-04-12T09:00:00")
    before = folder(first)
    resubmit(issued_office)
    issue(issued_office, "2023-04-21T09:00:00")
    again = issue(issued_office, "2023-04-15T09:00:00")
    assert (again.publication, again.new) == ("2023Q1-r1", False)
    assert again.message == "截至 2023-04-15 09:00，自 2023Q1-r1 发布以来没有新的报送或改动，沿用该版，未另出新版。"
    for path in first.folder.iterdir():
        path.unlink()
    rebuilt = issue(issued_office, "2023-04-15T09:00:00")
    assert folder(rebuilt) == before
    assert rebuilt.message.endswith("2023Q1-r1 的文件缺失或被改动过，已按原清单重建。")


def test_a_date_before_the_first_revision_means_it_where_nothing_came_in_between(issued_office):
    issue(issued_office, "2023-04-12T09:00:00")
    again = issue(issued_office, "2023-04-09T09:00:00")
    assert again.publication == "2023Q1-r1"
    assert (
        again.message
        == "2023-04-09 09:00 时已收到的报送和当日的台账，与 2023Q1-r1 所依据的相同，即指该版，未另出新版。"
    )


def test_a_past_state_that_was_never_issued_is_written_beside_and_is_no_revision(issued_office):
    issue(issued_office, "2023-04-12T09:00:00")
    past = issue(issued_office, "2023-04-06T12:30:00")
    assert (past.publication, past.new) == ("2023Q1-asof-20230406T1230", True)
    assert past.message == (
        "已按 2023-04-06 12:30 的历史状态生成 2023Q1-asof-20230406T1230：该状态从未发布过，只供查考，不占版次。"
    )
    assert [one["accession"] for one in json.loads(past.manifest.read_text())["submissions"]] == [
        "2023Q1-420100-01",
        "2023Q1-420200-01",
    ]
    assert openpyxl.load_workbook(past.workbook)["封面"]["B5"].value == (
        "重建的历史状态，从未发布，只供查考（2023Q1-asof-20230406T1230） · 数据截至 2023年4月6日 10:00"
    )
    assert folder(issue(issued_office, "2023-04-06T12:30:00")) == folder(past)
    assert issue(issued_office, "2023-04-13T09:00:00").publication == "2023Q1-r1"


def test_what_was_superseded_later_stood_then(filled_office):
    issue(filled_office, "2023-04-07T10:30:00")
    resubmit(filled_office)
    issue(filled_office, "2023-04-21T09:00:00")
    assert issue(filled_office, "2023-04-12T09:00:00").publication == "2023Q1-asof-20230412T0900"
    assert [figure(filled_office, name) for name in ("2023Q1-asof-20230412T0900", "2023Q1-r2")] == [150, 160]


def test_a_late_change_is_the_next_revision_and_leaves_the_old_one_as_it_was(issued_office):
    first = issue(issued_office, "2023-04-12T09:00:00")
    before = folder(first)
    resubmit(issued_office)
    second = issue(issued_office, "2023-11-02T09:00:00")
    assert (second.publication, second.new) == ("2023Q1-r2", True)
    assert folder(first) == before


def test_ledgers_are_those_of_the_day(filled_office):
    known = ledgers_of({"corrections.yaml": CORRECTION}, filled_office.registry)
    issue(filled_office, "2023-04-12T09:00:00", ledgers=known)
    issue(filled_office, "2023-04-05T18:00:00", ledgers=known)
    issue(filled_office, "2023-04-06T18:00:00", ledgers=known)
    values = [figure(filled_office, f"2023Q1-{name}") for name in ("r1", "asof-20230405T1800", "asof-20230406T1800")]
    assert values == [350, 100, 350]


def test_a_record_that_was_entered_or_withdrawn_later_does_not_change_what_was_published(issued_office):
    issue(issued_office, "2023-04-12T09:00:00")
    backdated = ledgers_of({"corrections.yaml": CORRECTION}, issued_office.registry)
    issue(issued_office, "2023-04-20T09:00:00", ledgers=backdated)
    assert issue(issued_office, "2023-04-13T09:00:00", ledgers=backdated).publication == "2023Q1-r1"
    issue(issued_office, "2023-04-25T09:00:00")
    assert issue(issued_office, "2023-04-21T09:00:00").publication == "2023Q1-r2"
    approved_later = CORRECTION.replace("2023-04-06", "2023-04-14").replace("300", "200")
    later = ledgers_of({"corrections.yaml": approved_later}, issued_office.registry)
    past = issue(issued_office, "2023-04-15T09:00:00", ledgers=later)
    assert (past.publication, figure(issued_office, past.publication)) == ("2023Q1-asof-20230415T0900", 250)


def test_a_past_state_leaves_the_due_dates_of_today_alone(filled_office):
    extension = f"- {{quarter: 2023Q1, reporters: [武汉], due: '2023-04-20', {GRANTED}}}\n"
    known = ledgers_of({"extensions.yaml": extension}, filled_office.registry)
    issue(filled_office, "2023-04-12T09:00:00", ledgers=known)
    issue(filled_office, "2023-04-05T18:00:00", ledgers=known)
    (filled_office.home.published / "2023Q1-r1" / "manifest.json").unlink()
    issue(filled_office, "2023-04-09T18:00:00", ledgers=known)
    with open_warehouse(filled_office.home.warehouse) as connection:
        found = connection.execute(
            "SELECT DISTINCT due FROM obligations WHERE reporter = '420100' AND quarter = '2023Q1'"
        ).fetchall()
    assert found == [(dt.date(2023, 4, 20),)]


def test_before_anything_was_received_there_is_nothing_to_rebuild(filled_office):
    with pytest.raises(UserError, match=r"截至 2023-04-01 09:00，2023Q1 还没有收到任何报送.*--as-of"):
        issue(filled_office, "2023-04-01T09:00:00")


def reopened(office, moment, **changed):
    """The quarter opened again under a changed plan."""
    files = dict(office.registry.files)
    for name, (old, new) in changed.items():
        [key] = [key for key in files if name in key]
        assert old in files[key]
        files[key] = files[key].replace(old, new)
    registry = registry_of(files)
    with open_warehouse(office.home.warehouse) as connection, transaction(connection):
        record_registry(connection, registry, clock(moment))
        record_quarter(connection, registry, Q1, clock(moment))
    return registry


def test_a_quarter_that_was_reopened_under_another_plan_had_the_old_one_before(filled_office):
    with open_warehouse(filled_office.home.warehouse) as connection, transaction(connection):
        record_quarter(connection, filled_office.registry, Q1, clock("2023-03-25T09:00:00"))
    first = issue(filled_office, "2023-04-12T09:00:00")
    before = folder(first)
    reopened(filled_office, "2023-04-15T09:00:00", standards=("at_least: 20", "at_least: 2"))
    second = issue(filled_office, "2023-04-16T09:00:00")
    assert (second.publication, folder(first)) == ("2023Q1-r2", before)
    past = issue(filled_office, "2023-04-09T12:00:00")
    assert past.publication == "2023Q1-r1"
    past = issue(filled_office, "2023-04-07T12:00:00")
    registries = [json.loads(one.manifest.read_text())["registry"] for one in (first, second, past)]
    assert registries[0] == registries[2] == filled_office.registry.digest != registries[1]
    first.workbook.unlink()
    assert folder(issue(filled_office, "2023-04-12T09:00:00")) == before


def test_a_closed_quarter_comes_out_the_same_after_later_quarters_and_another_look(
    issued_office, tmp_path, monkeypatch
):
    first = issue(issued_office, "2023-04-12T09:00:00")
    before = folder(first)
    issued_office.submit("2023Q2", "420100", {"batches": 320}, received="2023-07-05T10:00:00")
    issued_office.submit("2023Q2", "D01", {"visits": 9}, received="2023-07-06T10:00:00")
    issue(issued_office, "2023-07-12T09:00:00", Q2)
    for module, name, old, new in (
        (theme, "THEME", "C0392B", "FF0000"),
        (messages, "MESSAGES", "缺少", "没有"),
    ):
        source = getattr(module, name)
        text = source.read_text(encoding="utf-8")
        assert old in text
        changed = tmp_path / source.name
        changed.write_text(text.replace(old, new), encoding="utf-8")
        monkeypatch.setattr(module, name, changed)
        monkeypatch.setattr(pins, name, changed)
    monkeypatch.setattr(pins, "VERSION", "9.9.9")
    monkeypatch.setattr(theme, "_installed", lambda: theme.read_yaml(theme.THEME, theme.Theme))
    assert issue(issued_office, "2023-08-01T09:00:00").new is False  # another look is no news
    first.workbook.unlink()
    rebuilt = issue(issued_office, "2023-08-01T09:00:00")
    assert (rebuilt.publication, folder(rebuilt)) == ("2023Q1-r1", before)
    resubmit(issued_office)
    second = issue(issued_office, "2023-08-02T09:00:00")
    assert json.loads(second.manifest.read_text())["duban"] == "9.9.9"


def test_the_same_submissions_in_another_order_of_arrival_give_the_same_bytes(new_office):
    returns = [
        ("420100", {"batches": 100, "disposed.numerator": 8, "disposed.denominator": 10}, {1: {"status": "done"}}),
        ("420200", {"batches": 50, "disposed.numerator": 5, "disposed.denominator": 5}, {1: {"status": "under_way"}}),
        ("420300", {"batches": 70}, {1: {"status": "under_way"}}),
        ("D01", {"visits": 12}, {1: {"status": "under_way"}, 3: {"status": "done"}}),
        ("D02", {"standards_issued": 2}, {2: {"status": "under_way"}}),
        ("D03", {"activities": 4}, {3: {"status": "done"}}),
    ]
    made = []
    for seed in range(3):
        office = new_office(f"home{seed}")
        order = list(returns)
        random.Random(seed).shuffle(order)
        for reporter, figures, progress in order:
            office.submit("2023Q1", reporter, figures, progress)
        made.append(folder(issue(office, "2023-04-12T09:00:00", ledgers=NO_LEDGERS)))
    assert made[0] == made[1] == made[2]
