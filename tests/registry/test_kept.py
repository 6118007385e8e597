"""A long plan is read quicker the next time, and never otherwise than it was written."""

from pathlib import Path

import pytest
import yaml

from duban.registry import load
from duban.registry.kept import kept
from duban.registry.load import load_registry
from duban.settings import SCHEMAS

LONG = "".join(f"- {{code: 'A{number:05d}', people: {number}, of: [one, null, 0.5, true]}}\n" for number in range(100))
FOUND = yaml.safe_load(LONG)


@pytest.fixture(autouse=True)
def a_hundred_lines_are_long(monkeypatch) -> None:
    monkeypatch.setattr("duban.registry.kept._LONG", 1_000)


class Reader:
    """Reads YAML, and counts how often."""

    times = 0

    def __call__(self, text: str) -> object:
        self.times += 1
        return yaml.load(text, Loader=yaml.CSafeLoader)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "plans"


@pytest.fixture
def read() -> Reader:
    return Reader()


def test_a_long_text_is_read_once_and_comes_out_the_same(folder, read):
    assert [kept(LONG, folder, read) for _ in range(3)] == [FOUND] * 3
    assert read.times == 1


def test_a_text_that_changed_by_a_letter_is_read(folder, read):
    kept(LONG, folder, read)
    changed = LONG.replace("A00007", "B00007")
    assert kept(changed, folder, read) == yaml.safe_load(changed) != FOUND
    assert read.times == 2


@pytest.mark.parametrize(
    "damage", [lambda old: b"", lambda old: old[:-9], lambda old: old.replace(b"A00007", b"B00007")]
)
def test_what_is_damaged_is_read_anew_and_mended(folder, read, damage):
    kept(LONG, folder, read)
    [path] = folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert kept(LONG, folder, read) == FOUND
    assert (read.times, path.read_bytes()) == (2, whole)


def test_what_another_version_kept_is_read_anew(folder, read, monkeypatch):
    kept(LONG, folder, read)
    monkeypatch.setattr("duban.registry.kept.version", lambda name: "0.0.1")
    assert kept(LONG, folder, read) == FOUND
    assert read.times == 2


@pytest.mark.parametrize("last", ["- 2023-04-01\n", "- {1: one}\n", "- .nan\n"])
def test_what_json_cannot_tell_is_not_kept(folder, read, last):
    first, second = (kept(LONG + last, folder, read) for _ in range(2))
    assert repr(first) == repr(second) == repr(yaml.safe_load(LONG + last))
    assert (read.times, folder.exists()) == (2, False)


def test_a_short_text_leaves_no_folder(folder, read):
    assert kept("- 1\n", folder, read) == [1]
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_to_is_no_failure(folder, read):
    folder.write_text("a file where the folder should be")
    assert kept(LONG, folder, read) == FOUND
    assert folder.read_text() == "a file where the folder should be"


def test_only_the_newest_are_kept(folder, read):
    for number in range(7):
        kept(LONG + f"- {number}\n", folder, read)
    assert len(list(folder.iterdir())) == 4


def test_a_plan_from_what_was_kept_is_the_plan(folder):
    found = []
    for _ in range(2):
        load._build.cache_clear()
        found.append(load_registry(SCHEMAS / "2023", folder))
    load._build.cache_clear()
    assert found[0] == found[1] == load_registry(SCHEMAS / "2023")
    assert list(folder.iterdir())
