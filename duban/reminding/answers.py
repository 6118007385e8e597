"""Mailing answers to reporters, where the installation wants it: once they stand in the outbox."""

import datetime as dt
from collections.abc import Mapping
from email.message import EmailMessage

from duban.home import Home
from duban.quarters import Quarter
from duban.registry.contacts import Contact
from duban.registry.registry import Registry
from duban.reminding import attachments
from duban.reminding.channels import Channels
from duban.reminding.mail import InDoubt, Mailer, NotSent, message
from duban.warehouse.connection import open_warehouse, records, transaction
from duban.warehouse.reminders import record_mailed

_SUBJECTS = {"accepted": "【回执】{}工作进展已受理（{}）", "returned": "【退回】{}工作进展请改正重报（{}）"}


def mail_answers(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    people: Mapping[str, Contact],
    channels: Channels,
) -> list[dict]:
    """Mail what this run answered, what failed before, and what a killed run left: [{accession, recipients, state,
    said}], state one of 'sent', 'failed' (tried again by the next run) and 'in_doubt' (not sent again).

    Who has no address is left out: the answer lies in the outbox. Nothing that a server refuses ends the run. Belongs
    inside a run that holds the home.
    """
    with open_warehouse(home.warehouse, looking=True) as connection:
        rows = records(connection, "queries/reminding/unmailed", quarter=str(quarter), now=now)
    told, held = [], []  # what became of the last ones, not noted yet

    def note(*more: dict) -> None:
        noted = [*held, *more]
        if noted:
            with open_warehouse(home.warehouse) as connection, transaction(connection):
                record_mailed(connection, quarter, noted, now)
        held.clear()

    with Mailer(channels) as mailer:
        try:
            for row in rows:
                sending = _sending(row, people)
                files = attachments.read(home, [row["path"]])
                if row["state"] == "sending":
                    became = sending | {"state": "in_doubt", "said": "上次发送时中断，是否送达不明"}
                elif sending["recipients"] and files:
                    mail = _mail(row, people[row["reporter"]], files, channels, registry, quarter, now)
                    note(sending)
                    became = sending | _became(mailer, mail, sending["recipients"])
                else:
                    continue
                told.append(became)
                held.append(became)
        finally:
            note()
    return told


def _sending(row: dict, people: Mapping[str, Contact]) -> dict:
    """What is noted before an answer is sent."""
    contact = people.get(row["reporter"])
    to = [person.mail for person in contact.to if person.reachable] if contact else []
    recipients = row["recipients"] if row["state"] == "sending" else to
    return {"accession": row["accession"], "recipients": recipients, "state": "sending", "said": ""}


def _became(mailer: Mailer, mail: EmailMessage, recipients: list[str]) -> dict:
    try:
        refused = mailer.send(mail, recipients)
        return {"state": "sent", "said": "；".join(f"{one} 未被接受：{why}" for one, why in refused.items())}
    except NotSent as error:
        return {"state": "failed", "said": str(error)}
    except InDoubt as error:
        return {"state": "in_doubt", "said": f"发送时连接中断，是否送达不明：{error}"}


def _mail(
    row: dict,
    contact: Contact,
    files: list[tuple[str, bytes]],
    channels: Channels,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
) -> EmailMessage:
    sender = registry.by_name[registry.plan.collected_by].full_name
    to = [person for person in contact.to if person.reachable]
    subject = _SUBJECTS[row["verdict"]].format(quarter.title, row["accession"])
    return message(channels, sender, to, [], subject, _lines(files, sender), files, row["accession"], now)


def _lines(files: list[tuple[str, bytes]], contact: str) -> list[str]:
    """The letter itself, or what to do with a returned workbook."""
    [(name, data)] = files
    if name.endswith(".txt"):
        return data.decode("utf-8-sig").splitlines()
    return [
        f"报送的数据有需要改正的地方，见附件“{name}”：错处已标色，首页“问题清单”列出位置和改法。",
        "请在这份表上改正，改好后放入报送文件夹。",
        "",
        f"如有疑问，请联系{contact}。",
    ]
