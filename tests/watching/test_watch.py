"""Real files in a real folder, and an HTTP server on loopback that takes events or is away."""

import json
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from duban.home import Home
from duban.quarters import Quarter
from duban.watching.watch import announce, event, watch
from duban.watching.whole import Intake

Q1 = Quarter(2023, 1)


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path / "home")
    (home.intake / "2023Q1" / "A1").mkdir(parents=True)
    return home


@contextmanager
def taking_events(port: int = 0):
    """An address that answers as Prefect's server does, and what it was sent."""
    sent = []

    class Events(BaseHTTPRequestHandler):
        def do_POST(self):
            sent.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Events)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api", sent
    finally:
        server.shutdown()
        server.server_close()


def watched(home: Home, api: str, looks: int, before_look=lambda number: None) -> list[str]:
    """What the watcher says in so many looks; `before_look(number)` happens before each but the first."""
    said, done = [], iter(range(1, looks + 1))
    watch(home, api, {}, said.append, lambda: next(done, None) is None, lambda _: before_look(len(said)))
    return said


def test_a_file_is_whole_when_two_looks_find_it_the_same(home):
    intake, file = Intake(home), home.intake / "2023Q1" / "A1" / "报表.xlsx"
    file.write_bytes(b"ha")
    assert intake.look() == {Q1: set()}
    with file.open("ab") as growing:
        growing.write(b"lf")
        os.utime(file, ns=(1, 1))  # the time of change moves with it, whatever the sender's says
    found = [intake.look()[Q1], intake.look()[Q1]]
    assert [[(folder, name) for folder, name, _ in files] for files in found] == [[], [("A1", "报表.xlsx")]]


def test_what_the_intake_leaves_alone_is_never_whole(home):
    folder = home.intake / "2023Q1"
    for name in ("~$开.xlsx", "开.xlsx", "传.xlsx.part", ".隐.xlsx"):
        (folder / name).write_bytes(b"x")
    (folder / "链.xlsx").symlink_to(folder / "开.xlsx")
    (home.intake / "杂物").mkdir()
    intake = Intake(home)
    assert [intake.look(), intake.look()] == [{Q1: set()}, {Q1: set()}]
    assert not home.waiting.exists()


def test_many_files_are_one_event_that_names_the_quarter_and_no_file(home):
    for number in range(50):
        (home.intake / "2023Q1" / f"{number}.xlsx").write_bytes(b"x")
    with taking_events() as (api, sent):
        said = watched(home, api, 5)
    assert said == ["2023Q1 有 50 个完整的来件，已通知收取。"]
    [(path, [told])] = sent
    assert path == "/api/events"
    assert (told["event"], told["payload"]) == ("duban.intake.whole", {"quarter": "2023Q1", "files": 50})
    assert told["resource"]["prefect.resource.id"] == "duban.intake.2023Q1"
    assert ".xlsx" not in json.dumps(told)


def test_a_server_that_is_away_is_told_of_once_and_gets_the_event_when_it_is_back(home):
    (home.intake / "2023Q1" / "a.xlsx").write_bytes(b"x")
    with taking_events() as (api, _):
        port = int(api.split(":")[2].split("/")[0])
    away = watched(home, api, 4)
    assert len(away) == 1 and away[0].startswith(f"连不上 {api}")
    with taking_events(port) as (api, sent):
        assert watched(home, api, 4) == ["2023Q1 有 1 个完整的来件，已通知收取。"]
    assert len(sent) == 1


def test_an_event_that_the_server_did_not_take_does_not_count_as_announced(home):
    told, whole = {}, {Q1: {("", "a.xlsx", 1)}}
    with taking_events() as (api, _):
        pass
    with pytest.raises(OSError):
        announce(whole, told, home, api, {}, print)
    port = int(api.split(":")[2].split("/")[0])
    with taking_events(port) as (api, sent):
        announce(whole, told, home, api, {}, lambda _: None)
        announce(whole, told, home, api, {}, lambda _: None)
    assert len(sent) == 1


def test_each_event_is_one_of_its_own():
    assert event(Q1, 1)["id"] != event(Q1, 1)["id"]
