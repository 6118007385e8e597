"""A thread beside makes the rows of the longest sheets and the list of findings while the others are written: the files
are those that one thread makes, and what goes wrong there goes wrong with the publication."""

import shutil
import threading
import unicodedata
from concurrent.futures import Future

import pytest

from duban.publishing import publish as publishing
from duban.publishing.long import Long
from duban.publishing.manifest import neutral
from duban.publishing.publish import publish
from duban.publishing.sheets import item, lineage, projects, sources
from duban.quarters import Quarter

Q1 = Quarter.parse("2023Q1")


def issued(office, now) -> dict[str, bytes]:
    made = publish(office.home, office.registry, Q1, now)
    return {path.name: path.read_bytes() for path in made.folder.iterdir()}


def at_once(self, do, *told) -> Future:
    done = Future()
    done.set_result(do(*told))
    return done


def test_the_files_are_those_that_one_thread_makes(filled_office, now, monkeypatch):
    beside = issued(filled_office, now)
    shutil.rmtree(filled_office.home.published)
    monkeypatch.setattr(Long, "beside", at_once)
    assert issued(filled_office, now) == beside
    assert len(beside) == 4


def test_nothing_is_done_out_of_turn_and_all_of_it_in_another_thread(filled_office, now, monkeypatch):
    order, makes, lists, told = [], item.Items._make, publishing.write_findings, sources.made

    def noted(what, do, *told):
        order.append((what, threading.current_thread() is threading.main_thread()))
        return do(*told)

    monkeypatch.setattr(item.Items, "_make", lambda self, number: noted(number, makes, self, number))
    monkeypatch.setattr(publishing, "write_findings", lambda *told: noted("findings", lists, *told))
    monkeypatch.setattr(sources, "made", lambda *rows: noted("sources", told, *rows))
    issued(filled_office, now)
    assert order == [(1, False), (2, False), (3, False), ("findings", False), ("sources", False)]


@pytest.mark.parametrize(
    "where, what",
    [
        ((item, "made"), OSError(28, "disk full")),
        ((publishing, "write_findings"), ValueError("findings")),
        ((projects, "write"), KeyboardInterrupt()),
        ((sources, "made"), OSError(28, "disk full")),
        ((lineage, "begin"), KeyboardInterrupt()),
    ],
)
def test_what_fails_in_either_thread_fails_the_publication_and_leaves_no_file_and_no_thread(
    filled_office, now, monkeypatch, where, what
):
    def fail(*_):
        raise what

    running = threading.active_count()
    with monkeypatch.context() as patch:
        patch.setattr(*where, fail)
        with pytest.raises(type(what)) as raised:
            issued(filled_office, now)
    assert raised.value is what
    assert threading.active_count() == running
    assert [path.name for path in filled_office.home.published.rglob("*")] == []
    assert list(filled_office.home.work.iterdir()) == []

    finished = issued(filled_office, now)
    shutil.rmtree(filled_office.home.published)
    assert issued(filled_office, now) == finished and len(finished) == 4


def test_the_thread_beside_ends_soon_where_the_workbook_fails(filled_office, now, monkeypatch):
    begun, go_on, asked, makes = threading.Event(), threading.Event(), [], item.Items._make

    def waiting(self, number):
        asked.append(number)
        begun.set()
        go_on.wait(60)
        return makes(self, number)

    def fail(*_):
        begun.wait(60)
        threading.Timer(0.2, go_on.set).start()
        raise KeyboardInterrupt

    monkeypatch.setattr(item.Items, "_make", waiting)
    monkeypatch.setattr(projects, "write", fail)
    with pytest.raises(KeyboardInterrupt):
        issued(filled_office, now)
    assert asked == [1]  # neither the second item nor the findings


def test_no_letter_or_digit_stands_for_the_beginning_of_a_formula():
    letters = [chr(code) for code in range(0x110000) if chr(code).isalnum()]
    spelled = [one for one in letters if unicodedata.normalize("NFKC", one)[0] in "=+-@\t\r\n"]
    assert len(letters) > 100_000 and spelled == []
    assert neutral("") == ""
