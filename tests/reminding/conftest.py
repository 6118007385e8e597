"""A small quarter that is open, with people to remind, a mail server and a group chat."""

import datetime as dt
from dataclasses import dataclass

import pytest
from desk import Q1, Desk, desk_at
from postbox import Chat, Postbox, chat_server, mail_server

from duban.quarters import TIME_ZONE
from duban.registry.contacts import load_contacts
from duban.registry.ledgers import load_ledgers
from duban.reminding import mail as mail_module
from duban.reminding.channels import Channels, Smtp
from duban.reminding.remind import look, remind
from duban.runs import run_folder

CONTACTS = """
reminders: {before: [7, 3, 1], every: 2, superior_from: 2, directors_from: 4}
directors:
  - {name: 厅长, mail: director@mail.example}
reporters:
  甲市:
    to: [{name: 小甲, mail: a1@mail.example, phone: "027-1"}, {name: 老甲, mail: a1b@mail.example}]
    superior: [{name: 甲局长, mail: a1.head@mail.example}]
  A2:
    to: [{name: 小乙, mail: a2@mail.example}]
    superior: [{name: 乙局长, mail: a2.head@mail.example}]
"""


@dataclass
class Reminding:
    """The data team's side: the desk, what is set up, and what arrived."""

    desk: Desk
    postbox: Postbox
    chat: Chat
    channels: Channels

    def run(self, month: int, day: int, hour: int = 9, channels: Channels | None = None) -> dict:
        """`duban remind` on a day of 2023."""
        home, registry = self.desk.home, self.desk.registry
        plan, now = home.root.parent / "plan", dt.datetime(2023, month, day, hour, tzinfo=TIME_ZONE)
        ledgers = load_ledgers(plan, registry)
        with run_folder(home, "remind"):
            contacts = load_contacts(plan, registry)
            desk = look(home, registry, Q1, now, contacts, channels or self.channels, ledgers)
            return remind(home, registry, desk, now, ledgers)

    def sent(self, month: int, day: int, **more) -> list[tuple]:
        """Who was told what by a run, without what is the same for all."""
        reminders = self.run(month, day, **more)["reminders"]
        return [(one["reporter"], one["step"], one["channel"], one["state"]) for one in reminders]

    def noted(self) -> list[tuple]:
        return self.desk.query("SELECT reporter, step, channel, state FROM reminders ORDER BY ALL")

    def contacts(self, text: str) -> None:
        (self.desk.home.root.parent / "plan" / "contacts.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def postbox():
    with mail_server(Postbox()) as one:
        yield one


@pytest.fixture
def chat():
    with chat_server() as one:
        yield one


@pytest.fixture
def reminding(tmp_path, postbox, chat, monkeypatch) -> Reminding:
    monkeypatch.setattr(mail_module, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr("duban.reminding.webhook.PAUSES", (0.0, 0.0))
    desk = desk_at(tmp_path)
    desk.open()
    smtp = Smtp("smtp", "127.0.0.1", postbox.port)
    made = Reminding(desk, postbox, chat, Channels(smtp, ("督审处", "duban@mail.example")))
    made.contacts(CONTACTS)
    return made
