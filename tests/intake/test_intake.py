"""What lies in the intake folder is archived byte for byte; what is not a whole file stays where it is."""

import datetime as dt
import hashlib
import os
import socket
import stat
import threading
import time
from dataclasses import asdict

import pytest

from duban import cli_print, intake
from duban.arrivals import Seen
from duban.errors import UserError
from duban.home import Home
from duban.intake import Received, Taken, clear, take_batch, take_in
from duban.left import REASONS, Left, records, sentences
from duban.limits import Limits
from duban.quarters import TIME_ZONE, Quarter

Q1 = Quarter(2023, 1)


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    (home.intake / "2023Q1" / "420100").mkdir(parents=True)
    return home


def drop(home, name, content, folder=""):
    path = home.intake / "2023Q1" / folder / name
    path.write_bytes(content)
    return path


def digest(content):
    return hashlib.sha256(content).hexdigest()


def test_files_are_taken_in_by_arrival_and_kept_read_only_under_their_digest(home):
    drop(home, "b.xlsx", b"first")
    drop(home, "a.xlsx", b"second", "420100")
    now = dt.datetime(2023, 4, 10, 9, tzinfo=TIME_ZONE)  # long before they were written: they arrive by now
    assert take_in(home, Q1, now) == [
        Received(0, "2023Q1/b.xlsx", "b.xlsx", "", 5, digest(b"first"), "2023-04-10T09:00:00+08:00"),
        Received(1, "2023Q1/420100/a.xlsx", "a.xlsx", "420100", 6, digest(b"second"), "2023-04-10T09:00:00+08:00"),
    ]
    kept = {path.name: path.read_bytes() for path in home.archive.rglob("*") if path.is_file()}
    assert kept == {f"{digest(content)}.xlsx": content for content in (b"first", b"second")}
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.archive.rglob("*.xlsx")} == {0o444}
    assert [path.name for path in sorted((home.intake / "2023Q1").rglob("*.xlsx"))] == ["a.xlsx", "b.xlsx"]


def test_an_absent_or_empty_intake_is_nothing_to_do(home, tmp_path):
    assert take_in(home, Q1) == []
    assert take_in(Home(tmp_path / "elsewhere"), Q1) == []


def left(home, **told):
    """What a run leaves: source -> reason."""
    return {one.source: one.reason for one in take_batch(home, Q1, **told).left}


def test_owner_temporary_hidden_and_system_files_stay_and_all_but_the_last_are_told(home):
    for name in ("~$b.xlsx", "a.TMP", "a.xlsx.part", ".hidden.xlsx", "Thumbs.db"):
        drop(home, name, b"x")
    drop(home, "a.xlsx", b"whole")
    taken = take_batch(home, Q1)
    assert [received.file_name for received in taken.received] == ["a.xlsx"]
    assert sorted(taken.left, key=lambda one: one.source) == [
        Left("2023Q1/.hidden.xlsx", "hidden"),
        Left("2023Q1/a.TMP", "unfinished"),
        Left("2023Q1/a.xlsx.part", "unfinished"),
        Left("2023Q1/~$b.xlsx", "owner"),
    ]


@pytest.mark.parametrize("owner", ["~$报表.xlsx", ".~报表.xlsx", ".~lock.报表.xlsx#", "~$.xlsx", "~$报表.XLSX"])
def test_an_owner_file_delays_the_file_beside_it_and_no_other(home, owner):
    drop(home, "报表.xlsx", b"one", "420100")
    drop(home, "报表.xlsx", b"two")
    drop(home, owner, b"x", "420100")
    taken = take_batch(home, Q1)
    assert [one.source for one in taken.received] == ["2023Q1/报表.xlsx"]
    assert taken.left == [Left("2023Q1/420100/报表.xlsx", "open")]
    (home.intake / "2023Q1" / "420100" / owner).unlink()
    assert left(home) == {}


def test_an_owner_file_that_does_not_change_no_longer_delays_by_our_own_clock(home, monkeypatch):
    drop(home, "a.xlsx", b"one")
    owner = drop(home, "~$a.xlsx", b"x")
    now = time.time()
    os.utime(owner, (0, 0))  # of 1970, as another machine may say
    waiting = {"2023Q1/a.xlsx": "open"}
    monkeypatch.setattr("duban.looks.time.time", lambda: now)
    assert left(home) == waiting
    now += 29 * 60
    assert left(home) == waiting
    os.utime(owner, (0, 10**10))  # somebody is still there
    assert left(home) == waiting
    now += 29 * 60
    assert left(home) == waiting
    now -= 10**6  # the clock was set back: waited for once more, not for eleven days
    assert left(home) == waiting
    now += 31 * 60
    assert take_in(home, Quarter(2023, 2)) == []  # another quarter's run forgets nothing
    assert [one.file_name for one in take_in(home, Q1)] == ["a.xlsx"]
    home.waiting.write_text("no JSON")  # forgotten, and waited for once more
    assert left(home) == waiting
    assert left(home, limits=Limits(owner_file_minutes=1)) == waiting
    now += 61
    assert left(home, limits=Limits(owner_file_minutes=1)) == {}


def test_links_pipes_sockets_devices_and_deeper_folders_are_told_and_never_waited_for(home, tmp_path):
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"not yours")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.xlsx").write_bytes(b"not yours either")
    root = home.intake / "2023Q1"
    (root / "link.xlsx").symlink_to(secret)
    (root / "420200").symlink_to(elsewhere)
    (root / "folder.xlsx").mkdir()
    (root / "420100" / "deeper").mkdir()
    (root / "420100" / "deeper" / "c.xlsx").write_bytes(b"too deep")
    (root / ".trash").mkdir()
    os.mkfifo(root / "pipe.xlsx")
    os.mkfifo(root / "~$pipe.xlsx")
    expected = {
        "2023Q1/link.xlsx": "link",
        "2023Q1/420200": "link",
        "2023Q1/420100/deeper": "too_deep",
        "2023Q1/.trash": "hidden",
        "2023Q1/pipe.xlsx": "special",
        "2023Q1/~$pipe.xlsx": "special",
        "2023Q1/s.xlsx": "special",
    }
    try:
        os.mknod(root / "null.xlsx", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
        expected["2023Q1/null.xlsx"] = "special"
    except PermissionError:
        pass  # devices are for the super-user
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "s.xlsx"))
        started = time.monotonic()
        assert take_batch(home, Q1) == Taken([], [Left(*one) for one in sorted_like(home, expected)])
    assert time.monotonic() - started < 2
    assert not list(home.archive.rglob("*.xlsx"))


def sorted_like(home, expected):
    """In the order in which the folder lists them."""
    told = [(one.source, one.reason) for one in take_batch(home, Q1).left]
    assert sorted(told) == sorted(expected.items())
    return told


def test_what_is_swapped_for_a_link_or_a_pipe_after_the_look_is_not_followed(home, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.xlsx").write_bytes(b"not yours")
    root = home.intake / "2023Q1"
    (root / "a.xlsx").symlink_to(elsewhere / "a.xlsx")
    (root / "420200").symlink_to(elsewhere)
    os.mkfifo(root / "b.xlsx")
    home.archive.mkdir()
    swapped = [Seen(root, folder, name) for folder, name in (("", "a.xlsx"), ("420200", "a.xlsx"), ("", "b.xlsx"))]
    assert [intake._observe(one) for one in swapped] == [None] * 3
    assert [intake._keep(home, one) for one in swapped] == ["link", "link", "special"]
    assert intake._keep(home, Seen(root, "", "gone.xlsx")) == ""
    assert list(home.archive.iterdir()) == []
    received = Received(0, "2023Q1/420200/a.xlsx", "a.xlsx", "420200", 9, digest(b"not yours"))
    assert clear(home, received) is False
    assert (elsewhere / "a.xlsx").exists()


def between_the_looks(monkeypatch, change):
    """Do something to the intake after the first look at its files and before the second."""
    monkeypatch.setattr("duban.intake.time.sleep", lambda seconds: change())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path: path.write_bytes(b"fine, and whole"), {"2023Q1/a.xlsx": "changing"}),
        (lambda path: path.write_bytes(b"FINE"), {"2023Q1/a.xlsx": "changing"}),
        (lambda path: path.write_bytes(b"fi"), {"2023Q1/a.xlsx": "changing"}),
        (lambda path: path.write_bytes(b"fi\0\0"), {"2023Q1/a.xlsx": "changing"}),
        (lambda path: path.with_name("new").replace(path), {"2023Q1/a.xlsx": "changing"}),
        (lambda path: path.unlink(), {}),
    ],
    ids=["grown", "rewritten", "cut", "zeroed", "renamed over", "deleted"],
)
def test_what_changes_between_the_looks_stays_and_is_not_archived_as_received(home, monkeypatch, change, told):
    path = drop(home, "a.xlsx", b"fine")
    (home.intake / "2023Q1" / "420100" / "new").write_bytes(b"another")
    (home.intake / "2023Q1" / "420100" / "new").rename(path.with_name("new"))
    times = os.stat(path)

    def changed():
        change(path)
        if path.exists():
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # the time of modification tells nothing

    between_the_looks(monkeypatch, changed)
    taken = take_batch(home, Q1)
    assert "a.xlsx" not in [one.file_name for one in taken.received]
    assert {one.source: one.reason for one in taken.left} == told


def test_after_a_look_ahead_only_what_is_left_of_the_pause_is_waited_for(home, monkeypatch):
    drop(home, "a.xlsx", b"as it was")
    drop(home, "b.xlsx", b"half")
    intake.look_ahead(home, Q1)
    waited, start = [], time.monotonic()
    monkeypatch.setattr(intake.time, "monotonic", lambda: start + 3)  # Prefect has been imported
    monkeypatch.setattr(intake.time, "sleep", waited.append)
    (home.intake / "2023Q1" / "b.xlsx").unlink()
    assert [one.size for one in take_in(home, Q1)] == [9]
    drop(home, "b.xlsx", b"half and whole")  # what has changed since is looked at twice from now on
    assert [one.size for one in take_in(home, Q1)] == [9, 14]  # and a look ahead is good for one batch
    assert waited == [0, pytest.approx(intake.PAUSE)]


def test_a_look_ahead_at_a_file_that_changes_afterwards_takes_nothing_half(home, monkeypatch):
    path = drop(home, "a.xlsx", b"fine")
    intake.look_ahead(home, Q1)
    between_the_looks(monkeypatch, lambda: path.write_bytes(b"FINE"))
    assert take_batch(home, Q1).left == [Left("2023Q1/a.xlsx", "changing")]
    intake.look_ahead(Home(home.root / "elsewhere"), Q1)  # nothing there to look at is nothing to say


def test_a_folder_or_file_without_rights_costs_only_itself(home):
    if os.geteuid() == 0:
        pytest.skip("nothing is forbidden to the super-user")
    drop(home, "a.xlsx", b"one").chmod(0)
    drop(home, "b.xlsx", b"two")
    (home.intake / "2023Q1" / "420100").chmod(0)
    taken = take_batch(home, Q1)
    assert [one.file_name for one in taken.received] == ["b.xlsx"]
    assert {one.source: one.reason for one in taken.left} == {
        "2023Q1/a.xlsx": "unreadable",
        "2023Q1/420100": "unreadable",
    }


def test_what_is_too_large_even_for_the_archive_stays(home):
    path = drop(home, "a.xlsx", b"")
    os.truncate(path, 3 << 20)  # and takes no room
    assert left(home, limits=Limits(largest_archived_mb=2)) == {"2023Q1/a.xlsx": "too_large"}


def test_a_flood_does_not_keep_others_waiting_and_each_senders_files_stay_in_order(home):
    for number in range(6):
        drop(home, f"flood-{number}.xlsx", b"%d" % number, "420100")
    drop(home, "late.xlsx", b"x")
    drop(home, "later.xlsx", b"y")
    passed_over, batches = [], []
    while True:
        taken = take_batch(home, Q1, most=3, passed_over=passed_over)
        if not taken.received:
            break
        batches.append([one.file_name for one in taken.received])
        assert [one.place for one in taken.received] == list(range(len(taken.received)))
        passed_over += [one.source for one in taken.received]
    assert batches == [
        ["flood-0.xlsx", "flood-1.xlsx", "late.xlsx"],
        ["flood-2.xlsx", "flood-3.xlsx", "later.xlsx"],
        ["flood-4.xlsx", "flood-5.xlsx"],
    ]


def test_every_reason_is_told_in_one_sentence_with_the_files_it_speaks_of():
    limits = {"owner_file_minutes": 30, "largest_archived_mb": 1024}
    for reason in REASONS:
        [told] = sentences([{"source": "2023Q1/a.xlsx", "reason": reason}], limits)
        assert told.startswith("“2023Q1/a.xlsx”") and told.endswith("。") and told.count("。") == 1 and "{" not in told
    many = [{"source": f"{n}.xlsx", "reason": "hidden"} for n in range(7)] + [{"source": "x", "reason": "open"}]
    assert sentences(many, limits) == [
        "“x”旁边有占用文件，可能正在编辑：关闭后即可收取，占用文件 30 分钟没有变化的不再等待。",
        "“0.xlsx”、“1.xlsx”、“2.xlsx”、“3.xlsx”、“4.xlsx”等 7 个是隐藏文件，不收取：如是报送，请去掉文件名开头的“.”。",
    ]


def test_a_file_that_still_grows_stays_until_it_is_whole(home):
    path = drop(home, "a.xlsx", b"half")
    stop = threading.Event()

    def write():
        with path.open("ab", buffering=0) as file:
            while not stop.wait(0.02):
                file.write(b".")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert take_in(home, Q1) == []
    finally:
        stop.set()
        writer.join()
    assert [received.size for received in take_in(home, Q1)] == [path.stat().st_size]


def test_names_of_any_bytes_and_lengths_are_kept_and_cleared(home):
    root = os.fsencode(home.intake / "2023Q1")
    names = ["武汉.xlsx".encode("gb18030"), b"\xff\xfe.xlsx", ("x" * 250 + ".xls").encode()]
    for name in names:
        with open(os.path.join(root, name), "wb") as file:
            file.write(name)
    received = take_in(home, Q1)
    assert sorted(one.file_name for one in received) == sorted(["武汉.xlsx", "\\xff\\xfe.xlsx", "x" * 250 + ".xls"])
    assert all("".join((one.source, one.file_name)).encode() for one in received)  # fit for JSON and the warehouse
    assert [clear(home, one) for one in received] == [True, True, True]
    assert os.listdir(root) == [b"420100"]


def test_only_the_same_bytes_are_cleared(home):
    kept, changed = drop(home, "a.xlsx", b"one"), drop(home, "b.xlsx", b"two")
    received = take_in(home, Q1)
    changed.write_bytes(b"TWO")
    assert [clear(home, one) for one in received] == [True, False]
    assert (kept.exists(), changed.read_bytes()) == (False, b"TWO")
    assert clear(home, received[0]) is False


def test_taking_in_again_keeps_what_is_archived(home):
    drop(home, "a.xlsx", b"one")
    drop(home, "copy.xlsx", b"one")
    first = take_in(home, Q1)
    before = {path: path.stat().st_mtime_ns for path in home.archive.rglob("*.xlsx")}
    assert take_in(home, Q1) == first
    assert {path: path.stat().st_mtime_ns for path in home.archive.rglob("*.xlsx")} == before
    assert len(before) == 1 and [one.place for one in first] == [0, 1]


def test_what_a_killed_run_left_half_copied_is_swept_after_a_day(home):
    home.archive.mkdir()
    for name, age in (("old.tmp", 100_000), ("new.tmp", 10)):
        (home.archive / name).write_bytes(b"half")
        os.utime(home.archive / name, (time.time() - age,) * 2)
    drop(home, "a.xlsx", b"one")
    take_in(home, Q1)
    assert [path.name for path in home.archive.glob("*.tmp")] == ["new.tmp"]


def test_an_archive_that_cannot_be_written_is_one_sentence_and_loses_nothing(home):
    path = drop(home, "a.xlsx", b"one")
    home.archive.write_bytes(b"a file stands where the archive should be")
    with pytest.raises(UserError, match="来件仍在收件文件夹中"):
        take_in(home, Q1)
    assert path.read_bytes() == b"one"


def test_what_was_left_stands_in_the_output_before_the_answers():
    left = [Left("2023Q1/a.xlsx", "changing"), Left("2023Q1/b.xlsx", "changing"), Left("2023Q1/管道", "special")]
    result = {
        "quarter": "2023Q1",
        "taken_in": 0,
        "known": 0,
        "accepted": [],
        "returned": [],
        "set_aside": [],
        "repeated": [],
    }
    told = records({one.source: one.reason for one in left}, asdict(Limits()))
    assert told[0] == {
        "source": "2023Q1/a.xlsx",
        "reason": "changing",
        "told": "“2023Q1/a.xlsx”内容还在变化，可能正在复制：留待下次收取。",
    }
    assert cli_print.collected(result | {"left": told, "answers": ["回执"], "validation": None}).splitlines() == [
        "2023Q1 收到文件 0 个（其中以前收过 0 个）：受理 0、退回 0、搁置 0",
        "",
        "留在收件夹中：",
        "  “2023Q1/a.xlsx”、“2023Q1/b.xlsx”内容还在变化，可能正在复制：留待下次收取。",
        "  “2023Q1/管道”不是文件（管道、套接字或设备）：请移走。",
        "",
        "答复：",
        "  回执",
    ]
