"""When a file arrived: when its transfer was complete, whatever its own times say and however clocks are set."""

import datetime as dt
import errno
import json
import os
from pathlib import Path

import pytest

from duban import looks
from duban.arrivals import Seen, fairly
from duban.errors import UserError
from duban.home import Home
from duban.intake import take_batch, take_in
from duban.quarters import TIME_ZONE, Quarter

Q1 = Quarter(2023, 1)
YEARS = dt.timedelta(days=3650)


def at(day: int, clock: str, year: int = 2023) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{year}-04-{day:02}T{clock}:00+08:00")


OPENED = at(3, "09:00")


class Intake:
    """An intake folder whose system tells the time of change that a test names; the files' own stay apart."""

    def __init__(self, home: Home, monkeypatch):
        self.home, self.root, self.changed = home, home.intake / "2023Q1", {}
        (self.root / "420100").mkdir(parents=True)
        moment = looks._moment
        monkeypatch.setattr(looks, "_moment", lambda ns, now: self.changed.get(ns) or moment(ns, now))

    def drop(self, changed: dt.datetime, name: str = "a.xlsx", content: bytes = b"one"):
        path = self.root / name
        path.write_bytes(content)
        return self.touched(path, changed)

    def touched(self, path, changed: dt.datetime):
        """The system has noted a change of the file at a time."""
        while (now := os.stat(path).st_ctime_ns) in self.changed:
            os.utime(path)  # the kernel's clock ticks slower than a test
        self.changed[now] = changed
        return path

    def look(self, now: dt.datetime, **told) -> dict[str, dt.datetime]:
        """What a run takes in: when each file arrived."""
        received = take_batch(self.home, Q1, now=now, opened_at=OPENED, **told).received
        return {one.source.removeprefix("2023Q1/"): dt.datetime.fromisoformat(one.arrived_at) for one in received}

    def failing_run(self, now: dt.datetime) -> None:
        """A run that looks, and cannot write to the archive."""
        self.home.archive.write_bytes(b"a file stands where the archive should be")
        with pytest.raises(UserError, match="无法写入"):
            self.look(now)
        self.home.archive.unlink()


@pytest.fixture
def intake(tmp_path, monkeypatch) -> Intake:
    return Intake(Home(tmp_path), monkeypatch)


def test_a_file_arrives_when_it_was_written_whole_and_not_when_a_run_comes_by(intake):
    intake.drop(at(10, "23:50"))
    assert intake.look(at(11, "00:10")) == {"a.xlsx": at(10, "23:50")}


def test_the_real_time_of_change_is_the_systems(tmp_path):
    home, before = Home(tmp_path), dt.datetime.now(TIME_ZONE) - dt.timedelta(seconds=1)
    (home.intake / "2023Q1").mkdir(parents=True)
    (home.intake / "2023Q1" / "a.xlsx").write_bytes(b"one")
    after = dt.datetime.now(TIME_ZONE)
    [one] = take_in(home, Q1, after + dt.timedelta(hours=9))
    assert before <= dt.datetime.fromisoformat(one.arrived_at) <= after


@pytest.mark.parametrize("year", [1970, 2099])
def test_the_time_of_modification_that_a_file_brings_changes_nothing(intake, year):
    path = intake.root / "a.xlsx"
    path.write_bytes(b"one")
    os.utime(path, (at(1, "00:00", year).timestamp(),) * 2)
    intake.touched(path, at(10, "23:50"))
    assert intake.look(at(11, "00:10")) == {"a.xlsx": at(10, "23:50")}


@pytest.mark.parametrize("changed", [at(10, "23:50"), at(10, "23:50", 2099)])
def test_a_run_that_fails_has_seen_what_lay_there_all_the_same(intake, changed):
    intake.drop(changed)
    intake.failing_run(at(10, "23:55"))
    assert intake.look(at(11, "09:00")) == {"a.xlsx": min(changed, at(10, "23:55"))}


def test_a_file_that_an_owner_file_delayed_arrived_before_it_was_taken_in(intake):
    intake.drop(at(10, "23:50", 2099))
    owner = intake.drop(at(10, "23:50"), "~$a.xlsx")
    assert intake.look(at(10, "23:55")) == {}
    owner.unlink()
    assert intake.look(at(11, "09:00")) == {"a.xlsx": at(10, "23:55")}


def test_a_clock_that_stands_before_or_after_the_truth_is_bounded_by_what_was_seen(intake):
    intake.drop(at(9, "12:00"), "other.xlsx")
    assert intake.look(at(9, "18:00")) == {"other.xlsx": at(9, "12:00")}
    for number, year in enumerate((1970, 2022, 2024, 2099)):
        intake.drop(at(1, "00:00", year), f"{number}.xlsx", b"%d" % number)
    found = intake.look(at(10, "18:00"))
    assert found == {
        "other.xlsx": at(9, "12:00"),
        "0.xlsx": at(9, "18:00"),  # it was not there then
        "1.xlsx": at(9, "18:00"),
        "2.xlsx": at(10, "18:00"),  # and is there now
        "3.xlsx": at(10, "18:00"),
    }


def test_nothing_arrives_before_its_quarter_is_opened(intake):
    intake.drop(at(1, "00:00"))
    assert intake.look(at(10, "18:00")) == {"a.xlsx": OPENED}


def test_a_look_by_a_clock_that_was_ahead_makes_nobody_late(intake):
    intake.drop(at(5, "12:00"), "other.xlsx")
    intake.look(at(1, "00:00", 2099))
    intake.drop(at(10, "23:50"))
    assert intake.look(at(11, "00:10"))["a.xlsx"] == at(10, "23:50")


def test_a_look_by_a_clock_that_was_behind_turns_nothing_round(intake):
    intake.drop(at(5, "12:00"), "other.xlsx")
    intake.look(at(1, "00:00", 1970))
    assert intake.look(at(10, "18:00"))["other.xlsx"] == at(1, "00:00", 1970)  # it was there by then
    intake.drop(at(10, "23:50"))
    assert intake.look(at(11, "00:10"))["a.xlsx"] == at(10, "23:50")


def test_what_is_rewritten_arrives_anew(intake):
    path = intake.drop(at(10, "12:00"))
    intake.failing_run(at(10, "18:00"))
    times = os.stat(path)
    path.write_bytes(b"two")  # as long, and as old by its own times
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    intake.touched(path, at(11, "00:05"))
    assert intake.look(at(11, "00:10")) == {"a.xlsx": at(11, "00:05")}


def test_what_is_rewritten_between_the_look_and_the_copy_waits_for_a_look_at_its_new_state(intake, monkeypatch):
    path = intake.drop(at(10, "12:00"))
    keep = looks.Looks.keep

    def rewritten(self):
        keep(self)
        path.write_bytes(b"one")  # twice the same bytes then
        intake.touched(path, at(11, "00:05"))

    with monkeypatch.context() as context:
        context.setattr(looks.Looks, "keep", rewritten)
        taken = take_batch(intake.home, Q1, now=at(10, "18:00"))
    assert [(one.source, one.reason) for one in taken.left] == [("2023Q1/a.xlsx", "changing")]
    assert not list(intake.home.archive.rglob("*.xlsx")) and taken.received == []
    assert intake.look(at(11, "00:10")) == {"a.xlsx": at(11, "00:05")}


def test_a_folder_that_is_moved_in_brings_no_arrivals_along(intake):
    other = intake.drop(at(9, "12:00"), "other.xlsx")
    intake.look(at(10, "23:00"))
    made = intake.home.root / "made"
    made.mkdir()
    (made / "a.xlsx").write_bytes(b"long written")
    intake.touched(made / "a.xlsx", at(9, "09:00"))
    made.rename(intake.root / "420200")
    other.unlink()
    assert intake.look(at(11, "00:10")) == {"420200/a.xlsx": at(10, "23:00")}


def test_a_folder_that_cannot_be_listed_is_no_proof_that_nothing_lay_in_it(intake, monkeypatch):
    intake.drop(at(10, "12:00", 2099), "420100/known.xlsx")
    intake.failing_run(at(10, "18:00"))
    (intake.root / "420200").mkdir()
    for folder in ("420100", "420200"):
        intake.drop(at(10, "19:00"), f"{folder}/new.xlsx", folder.encode())
    listed = os.scandir

    def forbidden(path):
        if str(path).endswith(("420100", "420200")):
            raise PermissionError(errno.EACCES, "forbidden")
        return listed(path)

    with monkeypatch.context() as context:
        context.setattr("duban.arrivals.os.scandir", forbidden)
        assert intake.look(at(10, "20:00")) == {}
    assert intake.look(at(11, "09:00")) == {
        "420100/known.xlsx": at(10, "18:00"),
        "420100/new.xlsx": at(10, "19:00"),
        "420200/new.xlsx": at(10, "19:00"),
    }


def test_a_share_that_is_away_for_a_moment_is_no_proof_that_nothing_lay_there(intake):
    intake.drop(at(10, "12:00", 2099))
    intake.failing_run(at(10, "21:00"))
    intake.root.rename(intake.root.with_name("away"))
    assert intake.look(at(10, "22:00")) == {}  # not there
    intake.root.mkdir()
    assert intake.look(at(10, "23:00")) == {}  # where it was mounted, there is an empty folder
    intake.root.rmdir()
    intake.root.with_name("away").rename(intake.root)
    assert intake.look(at(11, "09:00")) == {"a.xlsx": at(10, "21:00")}


SPOILT = (
    "no JSON",
    "[]",
    '{"owners": {}, "folders": {"2023Q1": 9}, "files": {}}',
    '{"owners": {}, "folders": {}, "files": {"2023Q1/a.xlsx": ["3 1", "2023"]}}',
    '{"2023Q1/~$a.xlsx": {"state": "of an earlier version", "since": 1.5}}',
)


@pytest.mark.parametrize("spoilt", [None, *SPOILT])
def test_where_what_was_seen_is_lost_files_arrive_by_the_system_alone(intake, spoilt):
    intake.drop(at(10, "23:50"))
    intake.drop(at(10, "23:50", 1970), "b.xlsx")
    intake.failing_run(at(10, "23:55"))
    if spoilt is None:
        intake.home.waiting.unlink()
    else:
        intake.home.waiting.write_text(spoilt)
    assert intake.look(at(11, "09:00")) == {"a.xlsx": at(10, "23:50"), "b.xlsx": OPENED}


def test_what_cannot_be_remembered_is_no_reason_to_take_nothing_in(intake):
    intake.home.waiting.mkdir()
    intake.drop(at(10, "23:50"))
    assert intake.look(at(11, "00:10")) == {"a.xlsx": at(10, "23:50")}


def test_what_is_remembered_is_what_lies_there_and_other_quarters(intake, monkeypatch):
    writes = []
    write = looks.write_text
    monkeypatch.setattr(looks, "write_text", lambda *told: writes.append(told) or write(*told))
    gone = intake.drop(at(10, "12:00"), "gone.xlsx")
    odd = intake.root / os.fsdecode(b"\xff.xlsx")
    odd.write_bytes(b"of no encoding")
    intake.touched(odd, at(10, "13:00"))
    intake.look(at(10, "18:00"))
    (intake.home.intake / "2023Q2").mkdir()
    assert take_in(intake.home, Quarter(2023, 2), at(10, "18:30")) == []
    gone.unlink()
    intake.look(at(10, "19:00"))
    assert intake.look(at(10, "19:00")) == {"\\xff.xlsx": at(10, "13:00")}
    told = json.loads(intake.home.waiting.read_text(encoding="utf-8"))
    assert list(told["files"]) == ["2023Q1/\udcff.xlsx"]
    assert told["folders"] == dict.fromkeys(["2023Q1", "2023Q1/420100"], at(10, "19:00").isoformat())
    assert len(writes) == 2  # nothing is written of an empty folder, nor twice of one moment


@pytest.mark.parametrize("most", [3, 2])
def test_files_are_taken_in_the_order_of_their_arrival_and_only_within_a_moment_by_the_clock_of_the_system(most):
    first = Seen(Path("2023Q1"), "", "first.xlsx", 9_000, at(10, "12:00"))
    same = Seen(Path("2023Q1"), "", "b.xlsx", 2_000, at(10, "13:00"))
    last = Seen(Path("2023Q1"), "", "a.xlsx", 3_000, at(10, "13:00"))
    assert fairly([last, same, first], most, lambda folder, name: "420100") == [first, same, last][:most]
