"""Files and folders appear whole or not at all, outlast a power cut, and are never missing while they are replaced."""

import errno
import os

import pytest

from duban import files
from duban.files import atomic_folder, atomic_path, make_folder, mend_folders, write_text


@pytest.fixture
def calls(monkeypatch):
    """What is asked of the system, in order."""
    made = []
    replace, rename, fsync = os.replace, os.rename, os.fsync
    monkeypatch.setattr(os, "replace", lambda a, b: (made.append(f"rename {b.name}"), replace(a, b)))
    monkeypatch.setattr(os, "rename", lambda a, b: (made.append(f"rename {b.name}"), rename(a, b)))

    def synced(descriptor):
        name = os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}"))
        made.append(f"sync {'temporary' if name.endswith('.tmp') else name}")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", synced)
    return made


def unfinished(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="needs /proc")


@needs_proc
def test_a_file_is_synced_before_it_takes_its_name_and_its_folder_after(tmp_path, calls):
    write_text(tmp_path / "a.txt", "whole")
    assert calls == ["sync temporary", "rename a.txt", f"sync {tmp_path.name}"]


@needs_proc
def test_a_folder_is_synced_with_its_files_before_it_takes_its_name(tmp_path, calls):
    with atomic_folder(tmp_path / "r1") as folder:
        (folder / "a").write_bytes(b"a")
    assert calls == ["sync a", "sync temporary", "rename r1", f"sync {tmp_path.name}"]


@needs_proc
def test_new_folders_are_synced_into_those_above_them(tmp_path, calls):
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert sorted(calls) == sorted([f"sync {tmp_path.name}", "sync a"])


def test_a_write_that_fails_leaves_the_earlier_file_and_nothing_else(tmp_path, monkeypatch):
    write_text(tmp_path / "a.txt", "earlier")
    monkeypatch.setattr(os, "fsync", unfinished)
    with pytest.raises(OSError, match="No space left"):
        write_text(tmp_path / "a.txt", "later")
    with pytest.raises(ZeroDivisionError), atomic_path(tmp_path / "a.txt") as temporary:
        temporary.write_text(str(1 / 0), encoding="utf-8")
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"a.txt": "earlier"}


@pytest.mark.parametrize("at_once", [True, False], ids=["exchanged", "one after the other"])
def test_a_folder_takes_the_place_of_an_earlier_one(tmp_path, monkeypatch, at_once):
    if not at_once:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    for text in ("earlier", "later"):
        with atomic_folder(tmp_path / "r1") as folder:
            (folder / "a").write_text(text, encoding="utf-8")
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")} == {"r1", "r1/a"}
    assert (tmp_path / "r1/a").read_text(encoding="utf-8") == "later"


def test_where_names_cannot_be_exchanged_a_failure_in_between_puts_the_earlier_folder_back(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    with atomic_folder(tmp_path / "r1") as folder:
        (folder / "a").write_text("earlier", encoding="utf-8")
    rename = os.rename
    monkeypatch.setattr(os, "rename", lambda a, b: unfinished() if a.name.endswith(".tmp") else rename(a, b))
    with pytest.raises(OSError, match="No space left"), atomic_folder(tmp_path / "r1") as folder:
        (folder / "a").write_text("later", encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["r1"]
    assert (tmp_path / "r1/a").read_text(encoding="utf-8") == "earlier"


def test_killed_in_between_the_earlier_folder_gets_its_name_back_and_what_is_unfinished_goes(tmp_path):
    for name in (".r1.aside", "r2", ".r2.aside", ".r3.abc.tmp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(name, encoding="utf-8")
    mend_folders(tmp_path)
    mend_folders(tmp_path)
    mend_folders(tmp_path / "absent")
    assert {path.parent.name: path.read_text(encoding="utf-8") for path in tmp_path.rglob("a")} == {
        "r1": ".r1.aside",
        "r2": "r2",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r1", "r2"]
