"""What lies in the intake folder is archived byte for byte; what is not a whole file stays where it is."""

import hashlib
import os
import socket
import stat
import threading
import time

import pytest

from duban import intake
from duban.errors import UserError
from duban.home import Home
from duban.intake import Received, clear, take_in
from duban.quarters import Quarter

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
    assert take_in(home, Q1) == [
        Received(0, "2023Q1/b.xlsx", "b.xlsx", "", 5, digest(b"first")),
        Received(1, "2023Q1/420100/a.xlsx", "a.xlsx", "420100", 6, digest(b"second")),
    ]
    kept = {path.name: path.read_bytes() for path in home.archive.rglob("*") if path.is_file()}
    assert kept == {f"{digest(content)}.xlsx": content for content in (b"first", b"second")}
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.archive.rglob("*.xlsx")} == {0o444}
    assert [path.name for path in sorted((home.intake / "2023Q1").rglob("*.xlsx"))] == ["a.xlsx", "b.xlsx"]


def test_an_absent_or_empty_intake_is_nothing_to_do(home, tmp_path):
    assert take_in(home, Q1) == []
    assert take_in(Home(tmp_path / "elsewhere"), Q1) == []


def test_owner_temporary_hidden_and_system_files_stay(home):
    for name in ("~$a.xlsx", ".~a.xlsx", ".~lock.a.xlsx#", "a.TMP", "a.xlsx.part", ".hidden.xlsx", "Thumbs.db"):
        drop(home, name, b"x")
    drop(home, "a.xlsx", b"whole")
    assert [received.file_name for received in take_in(home, Q1)] == ["a.xlsx"]


def test_links_pipes_sockets_and_deeper_folders_are_skipped_and_never_waited_for(home, tmp_path):
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
    os.mkfifo(root / "pipe.xlsx")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "s.xlsx"))
        started = time.monotonic()
        assert take_in(home, Q1) == []
    assert time.monotonic() - started < 2
    assert not list(home.archive.rglob("*.xlsx"))


def test_a_file_swapped_for_a_link_or_a_pipe_after_the_look_is_not_followed(home, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"not yours")
    root = home.intake / "2023Q1"
    (root / "a.xlsx").symlink_to(secret)
    os.mkfifo(root / "b.xlsx")
    assert [intake._observe(intake._Seen(root, name, 0)) for name in ("a.xlsx", "b.xlsx", "gone.xlsx")] == [None] * 3


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
