"""Answers by mail, where the installation wants it: each once, after it stands, and no failure stops anything."""

import datetime as dt

import pytest
from desk import Q1

from duban.quarters import TIME_ZONE
from duban.registry.contacts import load_contacts
from duban.reminding.answers import mail_answers
from duban.runs import run_folder

MENDED = "2023Q1/A2/2023Q1-A2-01-退回修改.xlsx"


@pytest.fixture
def mailing(reminding):
    """Mail what a collect run of a day has answered: {accession: path}, all new; returns (accession, state, said)."""
    home, registry = reminding.desk.home, reminding.desk.registry
    _, people = load_contacts(home.root.parent / "plan", registry)

    def mail(day: int, answered: dict[str, str], before: dict[str, str] = {}) -> list[tuple]:  # noqa: B006
        for on, paths in ((day - 1, before), (day, answered)):
            for accession, path in paths.items():
                at = dt.datetime(2023, 4, on, 9, tzinfo=TIME_ZONE)
                verdict = "accepted" if path.endswith("回执.txt") else "returned" if ".xlsx" in path else "set_aside"
                reminding.desk.submit(accession, verdict, received_at=at)
                (home.outbox / path).parent.mkdir(parents=True, exist_ok=True)
                (home.outbox / path).write_bytes("\ufeff报送回执\r\n已受理".encode() if ".txt" in path else b"xlsx")
                reminding.desk.query("INSERT INTO answers VALUES (?, ?, ?)", accession, path, at)
        with run_folder(home, "collect"):
            now = dt.datetime(2023, 4, day, 9, tzinfo=TIME_ZONE)
            told = mail_answers(home, registry, Q1, now, people, reminding.channels)
        return [(one["accession"], one["state"], one["said"]) for one in told]

    return mail


def receipt(accession: str) -> dict[str, str]:
    return {accession: f"2023Q1/{accession[7:9]}/{accession}-回执.txt"}


def test_a_receipt_and_a_returned_workbook_are_mailed_once_and_what_is_nobodys_is_not(mailing, reminding):
    answers = {**receipt("2023Q1-A1-01"), "2023Q1-A2-01": MENDED, **receipt("2023Q1-B1-01")}
    answers["2023Q1-000000-01"] = "2023Q1/unidentified/2023Q1-000000-01-说明.txt"
    assert mailing(7, answers) == [("2023Q1-A1-01", "sent", ""), ("2023Q1-A2-01", "sent", "")]
    assert [(to, str(mail["Subject"])) for _, to, mail in reminding.postbox.mails] == [
        (["a1@mail.example", "a1b@mail.example"], "【回执】2023年一季度工作进展已受理（2023Q1-A1-01）"),
        (["a2@mail.example"], "【退回】2023年一季度工作进展请改正重报（2023Q1-A2-01）"),
    ]
    first, second = (mail for _, _, mail in reminding.postbox.mails)
    assert first.get_body().get_content().split() == ["报送回执", "已受理"]
    assert [(one.get_filename(), one.get_content()) for one in second.iter_attachments()] == [
        ("2023Q1-A2-01-退回修改.xlsx", b"xlsx")
    ]
    assert mailing(8, {}) == [] and len(reminding.postbox.mails) == 2


def test_what_was_answered_before_mailing_was_wanted_is_left_and_what_a_killed_run_left_is_not(mailing):
    assert mailing(7, receipt("2023Q1-A1-02"), before=receipt("2023Q1-A1-01")) == [("2023Q1-A1-02", "sent", "")]
    assert mailing(10, {}, before=receipt("2023Q1-A2-01")) == [("2023Q1-A2-01", "sent", "")]


def test_what_failed_is_sent_by_the_next_run_and_what_was_cut_off_is_told_once(mailing, reminding):
    reminding.postbox.data = lambda recipients: "554 refused" if "a2@mail.example" in recipients else None
    answers = receipt("2023Q1-A1-01") | receipt("2023Q1-A2-01")
    assert mailing(7, answers) == [("2023Q1-A1-01", "sent", ""), ("2023Q1-A2-01", "failed", "554 refused")]
    reminding.postbox.data = lambda recipients: None
    reminding.desk.query("UPDATE mailed SET state = 'sending' WHERE accession = '2023Q1-A1-01'")
    told = [("2023Q1-A1-01", "in_doubt", "上次发送时中断，是否送达不明"), ("2023Q1-A2-01", "sent", "")]
    assert mailing(10, {}) == told and mailing(11, {}) == []
