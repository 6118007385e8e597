"""Who is reminded, at which step, by which way: once, whatever happens in between."""

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace

import openpyxl
import pytest
from desk import Q1, RECEIVED
from postbox import CUT

from duban.errors import UserError
from duban.lifecycle import close, reopen
from duban.quarters import TIME_ZONE
from duban.reminding.channels import Channels
from duban.reminding.report import clean, render
from duban.settings import REPOSITORY

NOWHERE = Channels()
RETURNED = ("figure_unreadable", "must_fix", 1, "指标数据", ["H4"], "不详", "“不详”\u202e不是数。", "请改正。")


def test_from_opening_to_the_directors_every_step_is_told_once(reminding):
    told = {
        (month, day): reminding.sent(month, day)
        for month, day in [(4, 3), (4, 4), (4, 5), (4, 6), (4, 7), (4, 8), (4, 10), (4, 11), (4, 12), (4, 13), (4, 14)]
    }

    def all_three(step: int) -> list[tuple]:
        mails = [(reporter, step, "mail", "sent") for reporter in ("A1", "A2")]
        return [*mails, ("B1", step, "outbox", "sent")]

    assert {day: sent for day, sent in told.items() if sent} == {
        (4, 4): all_three(-3),
        (4, 7): all_three(-1),
        (4, 12): all_three(2),
        (4, 14): [*all_three(4), ("", 4, "mail", "sent")],
    }
    assert [recipients for _, recipients, _ in reminding.postbox.mails] == [
        ["a1@mail.example", "a1b@mail.example"],
        ["a2@mail.example"],
        ["a1@mail.example", "a1b@mail.example"],
        ["a2@mail.example"],
        ["a1@mail.example", "a1b@mail.example", "a1.head@mail.example"],
        ["a2@mail.example", "a2.head@mail.example"],
        ["a1@mail.example", "a1b@mail.example", "a1.head@mail.example"],
        ["a2@mail.example", "a2.head@mail.example"],
        ["director@mail.example"],
    ]
    assert sorted(path.name for path in (reminding.desk.home.outbox / "2023Q1" / "B1").glob("催报*")) == [
        "催报-前1日.txt",
        "催报-前3日.txt",
        "催报-后2日.txt",
        "催报-后4日.txt",
    ]
    assert reminding.sent(4, 14) == reminding.sent(4, 15) == []


def test_the_day_on_which_the_quarter_is_opened_reminds_nobody_and_says_when_it_will(reminding):
    told = reminding.run(4, 3)
    assert told["reminders"] == [] and told["step"] is None
    assert told["next"] == {"date": "2023-04-04", "step": -3, "reporters": 3}
    assert render(told).split("\n") == [
        "2023Q1 催报（2023-04-10 截止），还有 3 家没有受理",
        "现在没有要催的。",
        "",
        "下一次：2023-04-04（截止前第 3 个工作日），3 家。",
    ]


def test_of_steps_that_were_missed_only_the_last_is_sent(reminding):
    assert [one[:2] for one in reminding.sent(4, 17)] == [("A1", 4), ("A2", 4), ("B1", 4), ("", 4)]
    assert [one[:2] for one in reminding.sent(4, 18)] == [("A1", 6), ("A2", 6), ("B1", 6), ("", 6)]
    assert {step for _, step, _, _ in reminding.noted()} == {4, 6}


def test_who_was_accepted_is_left_alone_and_who_was_returned_is_asked_to_mend(reminding):
    reminding.desk.submit("2023Q1-A1-01")
    reminding.desk.submit("2023Q1-A2-01", "returned", findings=[RETURNED], received_at=RECEIVED)
    returned = reminding.desk.home.outbox / "2023Q1" / "A2" / "2023Q1-A2-01-退回修改.xlsx"
    returned.write_bytes(b"what was returned")
    reminding.desk.query(
        "INSERT INTO answers VALUES ('2023Q1-A2-01', '2023Q1/A2/2023Q1-A2-01-退回修改.xlsx', ?)", RECEIVED
    )
    assert [one[0] for one in reminding.sent(4, 10)] == ["A2", "B1"]
    [(sender, recipients, mail)] = reminding.postbox.mails
    assert (sender, recipients) == ("duban@mail.example", ["a2@mail.example"])
    headers = {name: str(value) for name, value in mail.items() if name not in ("Content-Type", "MIME-Version")}
    assert headers == {
        "From": "督审处 <duban@mail.example>",
        "To": "小乙 <a2@mail.example>",
        "Subject": "【催报】2023年一季度工作进展请改正重报：4月10日截止，今天截止",
        "Date": "Mon, 10 Apr 2023 09:00:00 +0800",
        "Message-ID": "<2023Q1.A2.20230410.-1@mail.example>",
        "Auto-Submitted": "auto-generated",
    }
    assert mail.get_body().get_content().rstrip().splitlines() == [
        "催报通知",
        "─" * 32,
        "填报单位  乙市局（A2）",
        "报告期    2023年一季度",
        "截止      2023年04月10日（今天截止）",
        "目前状态  4月7日收到的 2023Q1-A2-01 已退回，尚未重报（强制 1）：“不详”\\u202e不是数。",
        "",
        "一、应报内容（1 项）",
        "  · 第1项 建设站点（属地）",
        "",
        "二、接下来",
        "  · 请按附件“2023Q1-A2-01-退回修改.xlsx”中指出的问题改正，改好后放入报送文件夹。",
        "  · 已经报送的，以回执为准，不必理会本通知。",
        "",
        "─" * 32,
        "如有疑问，请联系某局办公室。",
    ]
    assert [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()] == [
        ("2023Q1-A2-01-退回修改.xlsx", b"what was returned")
    ]


def test_when_all_are_accepted_nobody_is_reminded_any_more(reminding):
    for reporter in ("A1", "A2", "B1"):
        reminding.desk.submit(f"2023Q1-{reporter}-01")
    told = reminding.run(4, 14)
    assert (told["reminders"], told["next"], told["outstanding"]) == ([], None, 0)


def test_an_extension_makes_steps_of_its_own(reminding):
    granted = 'due: "2023-04-14", reason: 网络检修, approved_by: 办公室, approved_on: "2023-04-10"'
    ledger = reminding.desk.home.root.parent / "plan" / "extensions.yaml"
    reminding.run(4, 7)
    ledger.write_text(f"- {{quarter: 2023Q1, reporters: [甲市], {granted}}}\n", encoding="utf-8")
    assert reminding.sent(4, 10) == [("A1", -7, "mail", "sent")]
    assert [one[:2] for one in reminding.sent(4, 12)] == [("A1", -3), ("A2", 2), ("B1", 2)]
    assert reminding.desk.query("SELECT DISTINCT due FROM reminders WHERE reporter = 'A1' ORDER BY ALL") == [
        (dt.date(2023, 4, 10),),
        (dt.date(2023, 4, 14),),
    ]


def test_the_directors_get_a_list_of_who_what_since_when_and_whom_to_ask(reminding):
    reminding.desk.submit("2023Q1-A2-01")
    reminding.run(4, 12)
    reminding.run(4, 14)
    _, recipients, mail = reminding.postbox.mails[-1]
    assert recipients == ["director@mail.example"]
    assert mail["Subject"] == "【督办】2023年一季度逾期未报单位 2 家（4月14日）"
    assert mail.get_body().get_content().rstrip().splitlines() == [
        "逾期未报单位",
        "─" * 32,
        "报告期       2023年一季度",
        "截止         2023年04月10日（已逾期 4 个工作日）",
        "报送情况     应报 3 家，已受理 1，未报 2",
        "逾期4日以上  2 家",
        "",
        "  · 甲市：未报，已逾期 4 个工作日",
        "  · 办公室：未报，已逾期 4 个工作日",
        "",
        "各家欠报内容和联系人见附件“催报清单-2023-04-14.xlsx”。",
        "",
        "─" * 32,
        "如有疑问，请联系某局办公室。",
    ]
    [attached] = mail.iter_attachments()
    path = reminding.desk.home.outbox / "2023Q1" / "催报清单-2023-04-14.xlsx"
    assert (attached.get_filename(), attached.get_content()) == (path.name, path.read_bytes())
    rows = [[cell for cell in row if cell is not None] for row in openpyxl.load_workbook(path).active.values]
    assert rows == [
        ["2023年一季度逾期未报单位"],
        [
            "截至 2023年04月14日：应报 3 家，已受理 1，未报 2。\n列入标准：逾期 4 个工作日以上而没有受理的报送。",
        ],
        ["序号", "填报单位", "状态", "欠报内容", "截止日期", "逾期工作日", "已催报次数", "目前情况", "联系人"],
        [
            *(1, "甲市", "未报", "第1项 建设站点（属地）；第7项 提高占比（属地）", "2023-04-10", 4, 1, "尚未收到报送"),
            "小甲 027-1 a1@mail.example\n老甲 a1b@mail.example",
        ],
        [
            *(
                2,
                "办公室",
                "未报",
                "第1项 建设站点（牵头）；第7项 提高占比（牵头）",
                "2023-04-10",
                4,
                1,
                "尚未收到报送",
            ),
            "未登记",
        ],
    ]


def test_without_any_channel_everything_is_a_file_in_the_outbox(reminding):
    assert reminding.sent(4, 14, channels=NOWHERE) == [
        ("A1", 4, "outbox", "sent"),
        ("A2", 4, "outbox", "sent"),
        ("B1", 4, "outbox", "sent"),
        ("", 4, "outbox", "sent"),
    ]
    outbox = reminding.desk.home.outbox / "2023Q1"
    data = (outbox / "A1" / "催报-后4日.txt").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
    text = data.decode("utf-8-sig")
    assert "请填写同一文件夹中的“2023Q1-A1-甲市.xlsx”" in text and "已逾期，请将本通知转呈甲局长。" in text
    assert (outbox / "催报清单-2023-04-14.xlsx").exists() and reminding.postbox.mails == []
    # set up later, nobody is told of the same step by mail as well
    assert reminding.sent(4, 14) == []


def test_an_address_that_stands_for_one_still_wanted_is_not_written_to(reminding):
    reminding.contacts("reporters: {甲市: {to: [{name: 联络员（待填）, mail: a1@example.invalid}]}}")
    assert reminding.sent(4, 7)[0] == ("A1", -1, "outbox", "sent") and reminding.postbox.mails == []


def test_a_refused_recipient_stops_nobody_and_is_told(reminding):
    reminding.postbox.rcpt = lambda address: "550 no such user" if address == "a1b@mail.example" else None
    told = reminding.run(4, 7)
    assert [(one["reporter"], one["state"], one["said"]) for one in told["reminders"]] == [
        ("A1", "sent", "a1b@mail.example 未被接受：550 no such user"),
        ("A2", "sent", ""),
        ("B1", "sent", ""),
    ]
    assert [recipients for _, recipients, _ in reminding.postbox.mails] == [["a1@mail.example"], ["a2@mail.example"]]
    assert not clean(told) and "  甲市：a1b@mail.example 未被接受：550 no such user" in render(told)
    reminding.postbox.rcpt = lambda address: "550 no such user" if address.startswith("a2") else None
    assert [(one["reporter"], one["state"]) for one in reminding.run(4, 12)["reminders"]] == [
        ("A1", "sent"),
        ("A2", "failed"),
        ("B1", "sent"),
    ]


def test_what_passes_is_tried_again_at_once_and_what_stays_by_the_next_run(reminding):
    answers = ["451 later", "421 busy"]
    reminding.postbox.data = lambda recipients: answers.pop() if answers else None
    assert [one[3] for one in reminding.sent(4, 7)] == ["sent"] * 3 and answers == []
    reminding.postbox.data = lambda recipients: "554 refused" if "a1@mail.example" in recipients else None
    assert [one[3] for one in reminding.sent(4, 12)] == ["failed", "sent", "sent"]
    reminding.postbox.data = lambda recipients: None
    assert reminding.sent(4, 12) == [("A1", 2, "mail", "sent")]
    assert len(reminding.postbox.mails) == 4


def test_a_recipient_who_is_put_off_costs_the_others_no_second_mail(reminding):
    tries = []

    def later(address):
        tries.append(address)
        return "450 greylisted" if address == "a1b@mail.example" and tries.count(address) < 3 else None

    reminding.postbox.rcpt = later
    assert reminding.sent(4, 7)[0] == ("A1", -1, "mail", "sent")
    assert [to for _, to, _ in reminding.postbox.mails] == [
        ["a1@mail.example", "a1b@mail.example"],
        ["a2@mail.example"],
    ]


def test_with_the_server_down_all_fail_and_the_next_run_sends(reminding, postbox):
    down = replace(reminding.channels, smtp=replace(reminding.channels.smtp, port=1))
    told = reminding.run(4, 7, channels=down)
    assert [(one["reporter"], one["channel"], one["state"]) for one in told["reminders"]] == [
        ("A1", "mail", "failed"),
        ("A2", "mail", "failed"),
        ("B1", "outbox", "sent"),
    ]
    assert {one["said"] for one in told["reminders"][:2]} == {
        "邮件服务器 127.0.0.1:1 连不上：Connection refused"
    } and not clean(told)
    assert reminding.sent(4, 7) == [("A1", -1, "mail", "sent"), ("A2", -1, "mail", "sent")]


def test_a_connection_that_breaks_while_it_is_taken_is_in_doubt_and_not_sent_again(reminding):
    reminding.postbox.data = lambda recipients: CUT if "a1@mail.example" in recipients else None
    first, *others = reminding.run(4, 7)["reminders"]
    assert first["state"] == "sending" and first["said"].startswith("发送时连接中断，是否送达不明：")
    assert [one["state"] for one in others] == ["sent", "sent"]
    reminding.postbox.data = lambda recipients: None
    assert reminding.sent(4, 7) == [("A1", -1, "mail", "sending")]


def test_killed_between_sending_and_sent_it_is_in_doubt_and_not_sent_again(reminding, postbox):
    """The mail server kills the run as soon as it has taken the first mail."""
    code = (
        "import sys; from pathlib import Path; from sample_submissions.plainly import Plainly\n"
        "from duban.home import Home; from duban.quarters import Quarter\n"
        "from duban.settings import Settings, parse_clock\n"
        "home, plan, now = sys.argv[1:]\n"
        "Plainly(None).remind(Settings(Home(Path(home)), Path(plan), parse_clock(now)), Quarter(2023, 1))\n"
    )
    home = reminding.desk.home
    setting = {"DUBAN_SMTP": f"smtp://127.0.0.1:{postbox.port}", "DUBAN_MAIL_FROM": "duban@mail.example"}
    command = [sys.executable, "-c", code, home.root, home.root.parent / "plan", "2023-04-07T09:00:00"]
    with subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | setting) as running:
        postbox.data = lambda recipients: running.kill()
        assert running.wait(120) == -9
    postbox.data = lambda recipients: None
    assert reminding.noted() == [("A1", -1, "mail", "sending")]
    assert [to for _, to, _ in postbox.mails] == [["a1@mail.example", "a1b@mail.example"]]

    told = reminding.run(4, 7)
    assert [(one["reporter"], one["state"], one["said"]) for one in told["reminders"]] == [
        ("A1", "sending", "上次发送时中断，是否送达不明"),
        ("A2", "sent", ""),
        ("B1", "sent", ""),
    ]
    assert len(postbox.mails) == 2 and not clean(told)
    assert "是否送达不明，不再发" in render(told)
    # it is said until the next step, which is sent
    assert reminding.sent(4, 10) == [("A1", -1, "mail", "sending")]
    assert reminding.sent(4, 12)[0] == ("A1", 2, "mail", "sent")


def test_a_group_chat_gets_one_word_a_day_of_how_it_stands(reminding, chat):
    both = replace(reminding.channels, webhooks=(f"json://127.0.0.1:{chat.port}/{'t0ken' * 4}",))
    reminding.desk.submit("2023Q1-A1-01")
    told = reminding.run(4, 12, channels=both)
    [name] = both.webhook_names
    assert told["reminders"][-1] == {
        "reporter": "",
        "name": "群通知",
        "due": "2023-04-10",
        "step": 2,
        "to": [name],
        "channel": "webhook",
        "state": "sent",
        "said": "",
        "attached": [],
    }
    assert [one["message"] for one in chat.posted] == [
        "2023年一季度报送：应报 3 家，已受理 1，未报 2；4月10日截止，已逾期 2 个工作日。逾期未报：乙市、办公室。"
    ]
    assert reminding.sent(4, 12, channels=both) == [] and len(chat.posted) == 1
    assert "t0ken" not in str(told) + str(reminding.desk.query("FROM reminders") + reminding.desk.query("FROM steps"))


def test_a_group_chat_that_refuses_fails_alone_and_is_told_by_the_next_run(reminding, chat, capfd):
    both = replace(reminding.channels, webhooks=(f"json://127.0.0.1:{chat.port}/{'t0ken' * 4}",))
    chat.codes += [503, 404]
    told = reminding.run(4, 7, channels=both)
    assert [(one["state"], one["said"]) for one in told["reminders"]] == [("sent", "")] * 3 + [
        ("failed", "对方答复 404")
    ]
    assert [(one[2], one[3]) for one in reminding.sent(4, 7, channels=both)] == [("webhook", "sent")]
    assert len(chat.posted) == 1
    with pytest.raises(UserError, match=r"群通知的网址 feishu-[0-9a-f]{8} 不能识别") as refused:
        reminding.run(4, 7, channels=Channels(webhooks=("feishu://!!!",)))
    assert "feishu://!!!" not in str(refused.value)
    assert capfd.readouterr().err == ""


def test_only_files_of_the_outbox_itself_are_ever_mailed(reminding):
    home = reminding.desk.home
    issued = home.outbox / "2023Q1" / "A1" / "2023Q1-A1-甲市.xlsx"
    issued.unlink()
    issued.symlink_to(home.keys / "duban.key")
    folder = home.outbox / "2023Q1" / "A2"
    folder.rename(home.root / "elsewhere")
    folder.symlink_to(home.root / "elsewhere")
    assert [one["attached"] for one in reminding.run(4, 7)["reminders"]][:2] == [[], []]
    for _, _, mail in reminding.postbox.mails:
        assert list(mail.iter_attachments()) == []
        assert "请用下发的填报表填写" in mail.get_body().get_content()


def test_a_quarter_that_is_not_collected_is_refused(reminding):
    close(reminding.desk.home, Q1, dt.datetime(2023, 4, 13, tzinfo=TIME_ZONE), by="张三")
    with pytest.raises(UserError) as refused:
        reminding.run(4, 14)
    assert str(refused.value) == (
        "2023Q1 已截止，2023-04-13 00:00 由张三截止，不再催报：要继续收的，请先运行 duban reopen 2023Q1。"
    )
    assert reminding.postbox.mails == [] and reminding.noted() == []
    reopen(reminding.desk.home, Q1, dt.datetime(2023, 4, 14, tzinfo=TIME_ZONE), "乙市漏报")
    assert reminding.sent(4, 14)[0] == ("A1", 4, "mail", "sent")


def test_the_journal_gives_the_reminders_back(reminding):
    """Every note of them is a step, and what the last says of each is what the warehouse holds."""
    reminding.run(4, 7)
    reminding.run(4, 12)
    steps = reminding.desk.query("SELECT details FROM steps WHERE kind = 'reminded' ORDER BY step")
    last = {}
    for (details,) in steps:
        for row in json.loads(details)["reminders"]:
            last[row["reporter"], row["step"]] = row["state"]
    assert last == {(reporter, step): state for reporter, step, _, state in reminding.noted()}
    assert set(last.values()) == {"sent"}
