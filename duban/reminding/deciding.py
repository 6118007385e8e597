"""Who is to be reminded now: the step that has come, of which nobody was told yet, and by which way."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from duban.quarters import Quarter
from duban.registry.contacts import Contact, Contacts, Person
from duban.reminding.channels import Channels
from duban.reminding.owing import Owing
from duban.working_days import UnknownYear, working_days

MAIL, OUTBOX, WEBHOOK = "mail", "outbox", "webhook"
_FAR = 400  # days that the next step is looked for


@dataclass(frozen=True)
class Reminder:
    """One thing that goes out. `reporter` is '' for the directors' list and for a word to a group chat; then `owing` is
    None. `recipients` are mail addresses, or the path below the outbox; `webhook` names one without its secret."""

    reporter: str
    name: str
    due: dt.date
    step: int
    channel: str
    recipients: tuple[str, ...]
    webhook: str = ""
    to: tuple[Person, ...] = ()
    copied: tuple[Person, ...] = ()
    owing: Owing | None = None
    state: str = "planned"
    said: str = ""
    attached: tuple[str, ...] = ()

    def became(self, state: str, said: str = "") -> "Reminder":
        return replace(self, state=state, said=said)

    def carrying(self, attached: Iterable[str]) -> "Reminder":
        return replace(self, attached=tuple(attached))

    def noted(self) -> dict:
        """What the warehouse keeps of it."""
        told = {"reporter": self.reporter, "due": self.due.isoformat(), "step": self.step, "channel": self.channel}
        return told | {
            "webhook": self.webhook,
            "recipients": list(self.recipients),
            "state": self.state,
            "said": self.said,
        }


@dataclass(frozen=True)
class Desk:
    """What is decided by: whose report is due when, the people, the ways there are, and what is noted of earlier runs
    (rows of `queries/reminding/known`)."""

    quarter: Quarter
    today: dt.date
    opened: dt.date
    calendar: dt.date
    everybody: Sequence[Owing]
    contacts: Contacts
    people: Mapping[str, Contact]
    channels: Channels
    known: Sequence[dict]

    @property
    def outstanding(self) -> list[Owing]:
        """Those whose report does not count yet."""
        return [one for one in self.everybody if one.state != "accepted"]

    def step(self, due: dt.date, day: dt.date) -> int | None:
        """The step that a day belongs to, by this due date; None as long as none has come since the quarter was opened:
        whoever has just got the workbook need not be reminded of it."""
        rhythm = self.contacts.reminders
        step = rhythm.last_step(working_days(due, day))
        if step is None or step > 0:
            return step
        return step if step != rhythm.last_step(working_days(due, min(self.opened, day))) else None

    @property
    def days(self) -> int:
        return working_days(self.calendar, self.today)

    @property
    def overdue(self) -> list[Owing]:
        """Those that the directors are told of."""
        return [one for one in self.outstanding if one.days >= self.contacts.reminders.directors_from]


def decide(desk: Desk) -> list[Reminder]:
    """What is to go out now, and what of the same steps is in doubt since a run was cut off: that stands as 'sending'.

    Of steps that were missed only the last is made up for. Whoever was told of a step is not told again, by whatever
    way.
    """
    found = [one for owing in desk.outstanding for one in _to_reporter(desk, owing)] + list(_to_directors(desk))
    new = any(one.state == "planned" for one in found)
    return found + [one for webhook in desk.channels.webhook_names for one in _to_chat(desk, webhook, new)]


def _to_reporter(desk: Desk, owing: Owing) -> Iterable[Reminder]:
    rhythm = desk.contacts.reminders
    step = desk.step(owing.due, desk.today)
    if step is None:
        return
    contact = desk.people.get(owing.reporter)
    to = tuple(person for person in contact.to if person.reachable) if contact else ()
    above = contact.superior if contact and step >= rhythm.superior_from else ()
    copied = tuple(person for person in above if person.reachable)
    told = Reminder(owing.reporter, owing.name, owing.due, step, OUTBOX, (), to=to, copied=copied, owing=owing)
    if to and desk.channels.smtp:
        told = replace(told, channel=MAIL, recipients=_addresses(to, copied))
    else:
        name = f"催报-{'前' if step < 0 else '后'}{abs(step)}日.txt"
        told = replace(told, recipients=(f"{desk.quarter}/{owing.reporter}/{name}",))
    yield from _unless_told(desk, told, lambda row: row["channel"] != WEBHOOK)


def _to_directors(desk: Desk) -> Iterable[Reminder]:
    rhythm = desk.contacts.reminders
    step = desk.step(desk.calendar, desk.today)
    if not desk.overdue or step is None or step < rhythm.directors_from:
        return
    to = tuple(person for person in desk.contacts.directors if person.reachable)
    told = Reminder("", "催报清单", desk.calendar, step, OUTBOX, (list_path(desk),), to=to)
    if to and desk.channels.smtp:
        told = replace(told, channel=MAIL, recipients=_addresses(to))
    yield from _unless_told(desk, told, lambda row: row["channel"] != WEBHOOK)


def list_path(desk: Desk) -> str:
    """Where the directors' list of the day lies, below the outbox."""
    return f"{desk.quarter}/催报清单-{desk.today}.xlsx"


def _to_chat(desk: Desk, webhook: str, new: bool) -> Iterable[Reminder]:
    """One word a working day to each group chat, where anything goes out."""
    told = Reminder("", "群通知", desk.calendar, desk.days, WEBHOOK, (webhook,), webhook=webhook)
    failed = any(_same(row, told) and row["webhook"] == webhook and row["step"] == told.step for row in desk.known)
    if new or failed:
        yield from _unless_told(desk, told, lambda row: row["webhook"] == webhook)


def _unless_told(desk: Desk, reminder: Reminder, by_this_way: Callable[[dict], bool]) -> Iterable[Reminder]:
    """The reminder; nothing where it was sent, or what is in doubt of it."""
    rows = [row for row in desk.known if _same(row, reminder) and row["step"] >= reminder.step and by_this_way(row)]
    if any(row["state"] == "sent" for row in rows):
        return
    doubtful = [row for row in rows if row["state"] == "sending"]
    for row in doubtful:
        was = {"step": row["step"], "channel": row["channel"], "recipients": tuple(row["recipients"])}
        yield replace(reminder, **was, state="sending", said=f"上次发送时中断，是否送达不明{_said(row)}")
    if not doubtful:
        yield reminder


def _said(row: dict) -> str:
    return f"（{row['said']}）" if row["said"] else ""


def _same(row: dict, reminder: Reminder) -> bool:
    return (row["reporter"], row["due"]) == (reminder.reporter, reminder.due)


def _addresses(*people: Iterable[Person]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person.mail for some in people for person in some))


def next_step(desk: Desk) -> dict | None:
    """When the next step comes, which one, and of how many reporters: {date, step, reporters}; None where nobody owes
    anything any more, or the calendar does not reach so far."""
    dues: dict[dt.date, int] = {}
    for one in desk.outstanding:
        dues[one.due] = dues.get(one.due, 0) + 1
    coming = [(*found, due) for due in dues if (found := _next(desk, due))]
    if not coming:
        return None
    date, step, due = min(coming)
    return {"date": date.isoformat(), "step": step, "reporters": dues[due]}


def _next(desk: Desk, due: dt.date) -> tuple[dt.date, int] | None:
    try:
        now = desk.step(due, desk.today)
        for ahead in range(1, _FAR):
            day = desk.today + dt.timedelta(days=ahead)
            step = desk.step(due, day)
            if step is not None and step != now:
                return day, step
    except UnknownYear:
        pass
    return None
