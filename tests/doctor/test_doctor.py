"""The check-up finds what is wrong with a machine and a home, says what to do, and changes nothing."""

import datetime as dt
import json
import os
import shutil
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from threading import Thread

import pytest
from desk import desk_at, write_plan

from duban.cli import run
from duban.doctor import home as at_home
from duban.doctor import machine
from duban.doctor.checks import BAD, LOOK, OK
from duban.doctor.server import server, service
from duban.doctor.telling import telling
from duban.home import Home
from duban.quarters import TIME_ZONE
from duban.reminding.channels import VARIABLES
from duban.serving.serve import alone
from duban.settings import SCHEMAS

NOW = dt.datetime(2023, 4, 12, 9, tzinfo=TIME_ZONE)


def test_a_library_that_is_missing_or_of_another_version_is_named():
    assert machine.versions().state == OK
    found = machine.versions(["duckdb==1.0.0", "no-such-library>=2", "click>=1", "colorama; sys_platform == 'win32'"])
    assert found.state == BAD
    assert f"duckdb 是 {version('duckdb')}，应为 ==1.0.0；缺 no-such-library：" in found.said


def test_a_plan_that_cannot_be_read_or_whose_holidays_are_unknown_is_said(tmp_path):
    assert machine.plan(SCHEMAS / "2023").state == OK
    assert machine.plan(tmp_path / "nothing").state == BAD
    plan = write_plan(tmp_path / "plan")
    text = (plan / "plan.yaml").read_text(encoding="utf-8").replace("2023", "2093")
    (plan / "plan.yaml").write_text(text, encoding="utf-8")
    assert machine.plan(plan).state == BAD


@pytest.mark.parametrize(
    ("shown", "last", "state"),
    [
        (0, -60, OK),
        (30, None, OK),
        (90, None, LOOK),
        (-3600, None, LOOK),
        (0, 1, BAD),
    ],
)
def test_a_clock_off_the_disks_or_behind_the_last_receipt_is_said(tmp_path, shown, last, state):
    other = NOW + dt.timedelta(seconds=shown)
    received = None if last is None else NOW + dt.timedelta(seconds=last)
    assert machine.clock(tmp_path, NOW, other, received).state == state


def test_few_open_files_and_little_room_are_said(tmp_path, monkeypatch):
    monkeypatch.setattr(machine.resource, "getrlimit", lambda _: (256, 4096))
    assert machine.handles().state == LOOK
    usage = shutil.disk_usage(tmp_path)
    for free, state in ((10 << 30, OK), (1 << 30, LOOK), (100 << 20, BAD)):
        monkeypatch.setattr(at_home.shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        assert at_home.room(Home(tmp_path / "var")).state == state


def test_a_folder_that_takes_no_file_and_a_key_that_others_can_read_are_said(desk):
    desk.open()
    home = desk.home
    assert (at_home.folders(home)[0].state, at_home.keys(home).state) == (OK, OK)
    [key] = home.keys.glob("*.key")
    key.chmod(0o644)
    found = at_home.keys(home)
    assert found.state == BAD and str(key) in found.said
    shutil.rmtree(home.outbox)
    home.outbox.symlink_to("/proc/self")  # where even root cannot write
    found, shown = at_home.folders(home)
    assert found.state == BAD and str(home.outbox) in found.said and shown is not None


def test_a_warehouse_that_is_damaged_behind_its_journal_or_gone_is_said(desk):
    desk.open()
    home = desk.home
    assert at_home.warehouse(home)[0].state == LOOK  # this opening wrote no journal
    from duban.journal import keep_up

    keep_up(home)
    assert at_home.warehouse(home)[0].state == OK
    [first, *_] = sorted((home.archive / "journal").glob("0*.json"))
    first.chmod(0o644)
    first.write_text(first.read_text(encoding="utf-8").replace("2023Q1", "2023Q2", 1), encoding="utf-8")
    assert at_home.warehouse(home)[0].state == BAD
    home.warehouse.write_bytes(b"no database")
    assert "duban rebuild" in at_home.warehouse(home)[0].said
    home.warehouse.unlink()
    assert at_home.warehouse(home)[0].said == "不在了，而归档日志还在：请运行 duban rebuild 由归档重建。"


def test_who_runs_and_that_the_last_run_was_killed_is_told(tmp_path):
    home = Home(tmp_path)
    assert at_home.lock(home).said == "没有运行"
    (tmp_path / ".lock").write_text(f"collect {os.getpid()} 04-12 09:00:00")
    assert at_home.lock(home).said == f"正在运行：collect，进程 {os.getpid()}，自 04-12 09:00:00 起"
    (tmp_path / ".lock").write_text("collect 4194999 04-12 09:00:00")
    assert at_home.lock(home).said.startswith("上一次运行中途被终止")


@pytest.fixture
def desk(tmp_path):
    return desk_at(tmp_path)


@pytest.fixture
def answering():
    """Starts servers that answer like Prefect's, of a version, behind a password where one is given."""
    started = []

    def start(told: str, password: str | None = None) -> str:
        class Answers(BaseHTTPRequestHandler):
            def do_GET(self):
                allowed = password is None or self.headers.get("Authorization") == password
                self.send_response(200 if allowed else 401)
                self.end_headers()
                if allowed:
                    self.wfile.write(json.dumps(True if self.path.endswith("/health") else told).encode())

            def log_message(self, *_):
                pass

        one = HTTPServer(("127.0.0.1", 0), Answers)
        Thread(target=one.serve_forever, daemon=True).start()
        started.append(one)
        return f"http://127.0.0.1:{one.server_port}/api"

    yield start
    for one in started:
        one.shutdown()
        one.server_close()


def test_a_service_that_runs_on_the_home_is_said_with_what_it_noted(tmp_path):
    home = Home(tmp_path)
    assert service(home).said == "没有运行 duban serve"
    with alone(tmp_path, "127.0.0.1:4200") as note:
        note("SQLite")
        assert service(home).said == f"正在运行：http://127.0.0.1:4200/，进程 {os.getpid()}，运行记录存于 SQLite"
    assert service(home).said == "没有运行 duban serve"


def test_the_server_is_asked_where_one_is_set(answering):
    own = version("prefect")
    assert server({}).state == OK
    assert server({"PREFECT_API_URL": answering(own)}).said.endswith(f"，{own}")
    assert server({"PREFECT_API_URL": answering("2.20.1")}).state == LOOK
    closed = answering(own, "Basic YTpi")
    assert "PREFECT_API_AUTH_STRING" in server({"PREFECT_API_URL": closed}).said
    assert server({"PREFECT_API_URL": closed, "PREFECT_API_AUTH_STRING": "a:b"}).state == OK
    assert server({"PREFECT_API_URL": "http://127.0.0.1:9/api"}).said.startswith("连不上 http://127.0.0.1:9/api")


@pytest.fixture
def mailing(tmp_path, monkeypatch):
    """A plan of three reporters, and a way to say where the mail server is and who has an address."""
    for variable in (*VARIABLES.values(), "DUBAN_MAIL_ANSWERS"):
        monkeypatch.delenv(variable, raising=False)
    plan = write_plan(tmp_path / "plan")

    def look(port: int | None = None, **mails: str):
        lines = [f"  {name}: {{to: [{{name: 联络员, mail: {mail}}}]}}" for name, mail in mails.items()]
        (plan / "contacts.yaml").write_text("\n".join(["reporters:", *lines] if lines else []), encoding="utf-8")
        if port:
            monkeypatch.setenv("DUBAN_SMTP", f"smtp://127.0.0.1:{port}")
            monkeypatch.setenv("DUBAN_MAIL_FROM", "duban@mail.example")
        return telling(Home(tmp_path / "var"), plan)

    return look


def test_without_a_mail_server_reminders_are_files_and_that_is_well(mailing):
    found = mailing()
    assert (found.state, found.said) == (OK, "没有设邮件服务器：催报写成 outbox/ 中的文件，由人转送")


def test_a_mail_server_that_answers_and_reporters_without_an_address_are_told(mailing):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        found = mailing(port, 甲市="a@mail.example", 乙市="b@example.invalid")
        assert (found.state, found.said) == (
            LOOK,
            "2 家没有能用的邮箱（乙市、办公室）：请写进 contacts.yaml，否则只能由人转送。",
        )
        found = mailing(port, 甲市="a@mail.example", 乙市="b@mail.example", 办公室="c@mail.example")
        assert (found.state, found.said) == (OK, f"邮件服务器 127.0.0.1:{port}，3 家都有邮箱")
    found = mailing(port)
    assert found.state == BAD and found.said.startswith(f"连不上邮件服务器 127.0.0.1:{port}（")


def test_settings_of_mail_and_contacts_that_cannot_be_read_are_said(mailing, monkeypatch):
    assert mailing(丁市="d@mail.example").state == BAD
    monkeypatch.setenv("DUBAN_SMTP", "mail.example")
    found = mailing()
    assert found.state == BAD and "DUBAN_SMTP" in found.said


def test_the_command_tells_all_checks_and_ends_with_1_where_one_is_not_well(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    words = ["--home", str(tmp_path / "var"), "doctor", "--json"]
    assert run(words) == 0
    told = json.loads(capsys.readouterr().out)
    names = [check["name"] for check in told["checks"]]
    assert told["well"] and names == [
        *("版本", "方案", "文件夹", "磁盘", "文件句柄"),
        *("时钟", "密钥", "数据仓库", "运行", "通知", "服务", "Prefect 服务", "集群"),
    ]
    assert not (tmp_path / "var").exists()
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert run(words[:-1]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 项需要处理。"
