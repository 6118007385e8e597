"""`duban remind`: who is to be reminded of a report that is due, and telling them, each step once."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from duban.answering.letters import as_file
from duban.collecting import follow_extensions
from duban.errors import UserError
from duban.files import write_text
from duban.home import Home
from duban.lifecycle import COLLECTING, life_of, require_opened
from duban.quarters import Quarter
from duban.registry.contacts import Contact, Contacts
from duban.registry.ledgers import Ledgers
from duban.registry.registry import Registry
from duban.reminding import attachments, webhook, words
from duban.reminding.channels import Channels
from duban.reminding.deciding import MAIL, OUTBOX, WEBHOOK, Desk, Reminder, decide, list_path, next_step
from duban.reminding.mail import InDoubt, Mailer, NotSent, message
from duban.reminding.overdue_list import write_list
from duban.reminding.owing import everybody
from duban.warehouse.connection import open_warehouse, records, transaction
from duban.warehouse.reminders import record_reminders

Progress = Callable[[int, int], None]
_IN_DOUBT = "发送时连接中断，是否送达不明"


def look(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    contacts: tuple[Contacts, Mapping[str, Contact]],
    channels: Channels,
    ledgers: Ledgers,
) -> Desk:
    """All that reminders are decided by; changes nothing. Raises UserError where the quarter is not being collected, or
    a webhook is none that can be used."""
    opened = require_opened(home, quarter).date()
    for name, url in channels.webhook_names.items():
        webhook.known(name, url)
    with open_warehouse(home.warehouse, looking=True) as connection:
        life = life_of(connection, quarter, now)
        if life.state not in COLLECTING:
            raise UserError(f"{quarter} {life.told}，不再催报：要继续收的，请先运行 duban reopen {quarter}。")
        calendar, owing = everybody(connection, registry, quarter, now, ledgers)
        known = records(connection, "queries/reminding/known", quarter=str(quarter))
    return Desk(quarter, now.date(), opened, calendar, owing, *contacts, channels, known)


def remind(
    home: Home, registry: Registry, desk: Desk, now: dt.datetime, ledgers: Ledgers, progress: Progress | None = None
) -> dict:
    """Tell everybody whose step has come, and note it: before something goes out as 'sending', after it as what became
    of it. Returns what `told` does.

    Nothing that a server refuses ends the run. What was cut off in between is not sent again. Belongs inside a run that
    holds the home, like the look that made the desk.
    """
    follow_extensions(home, registry, desk.quarter, ledgers, now)
    contact = registry.by_name[registry.plan.collected_by].full_name
    wanted = decide(desk)
    planned = [one for one in wanted if one.state == "planned"]
    if any(not one.reporter and one.channel != WEBHOOK for one in planned):
        write_list(home.outbox / list_path(desk), desk, now, contact)
    with Mailer(desk.channels) as mailer:
        ended = iter(_Sending(home, desk, contact, mailer, now).all(planned, progress))
    return told(desk, [next(ended) if one.state == "planned" else one for one in wanted])


def told(desk: Desk, reminders: Sequence[Reminder]) -> dict:
    """Reminders as JSON holds them: {quarter, as_of, due, days, step, outstanding, reminders: [{reporter, name, due,
    step, to, channel, state, said, attached}], next}. `step` is the calendar's last, `days` the working days since the
    due date."""
    return {
        "quarter": str(desk.quarter),
        "as_of": desk.today.isoformat(),
        "due": desk.calendar.isoformat(),
        "days": desk.days,
        "step": desk.step(desk.calendar, desk.today),
        "outstanding": len(desk.outstanding),
        "reminders": [
            {
                "reporter": one.reporter,
                "name": one.name,
                "due": one.due.isoformat(),
                "step": one.step,
                "to": list(one.recipients),
                "channel": one.channel,
                "state": one.state,
                "said": one.said,
                "attached": list(one.attached),
            }
            for one in reminders
        ],
        "next": next_step(desk),
    }


class _Sending:
    """Sending a run's reminders one after another."""

    def __init__(self, home: Home, desk: Desk, contact: str, mailer: Mailer, now: dt.datetime):
        self._home, self._desk, self._contact, self._mailer, self._now = home, desk, contact, mailer, now
        self._held: list[Reminder] = []  # what became of the last ones, not noted yet

    def all(self, reminders: Sequence[Reminder], progress: Progress | None) -> list[Reminder]:
        """Each as it ended. What became of one is noted in one transaction with the beginning of the next; files can be
        written again, so they are noted once they all stand."""
        ended = []
        try:
            for reminder in reminders:
                became = self._one(reminder)
                self._held.append(became)
                ended.append(became)
                if progress:
                    progress(len(ended), len(reminders))
        finally:
            if self._held:
                self._note()
        return ended

    def _one(self, reminder: Reminder) -> Reminder:
        if reminder.channel == OUTBOX:
            return self._into_outbox(reminder)
        if reminder.channel == MAIL and self._mailer.down:
            return reminder.became("failed", self._mailer.down)
        send = self._post if reminder.channel == WEBHOOK else self._mail
        try:
            return send(reminder)
        except NotSent as error:
            return reminder.became("failed", str(error))
        except InDoubt as error:
            return reminder.became("sending", f"{_IN_DOUBT}：{error}")

    def _note(self, *more: Reminder) -> None:
        rows = [one.noted() for one in (*self._held, *more)]
        with open_warehouse(self._home.warehouse) as connection, transaction(connection):
            record_reminders(connection, self._desk.quarter, rows, self._now)
        self._held.clear()

    def _post(self, reminder: Reminder) -> Reminder:
        self._note(reminder.became("sending"))
        webhook.post(self._desk.channels.webhook_names[reminder.webhook], words.chat(self._desk))
        return reminder.became("sent")

    def _mail(self, reminder: Reminder) -> Reminder:
        desk, quarter = self._desk, self._desk.quarter
        files = attachments.read(self._home, self._paths(reminder))
        names = [name for name, _ in files]
        if reminder.owing:
            subject = words.subject(quarter, reminder.owing)
            lines = words.letter(quarter, reminder, self._contact, names)
        else:
            subject, lines = words.directors_subject(desk), words.directors_letter(desk, self._contact, names)
        number = f"{quarter}.{reminder.reporter or 'directors'}.{reminder.due:%Y%m%d}.{reminder.step}"
        people = reminder.to, reminder.copied
        mail = message(desk.channels, self._contact, *people, subject, lines, files, number, self._now)
        self._note(reminder.became("sending"))
        refused = self._mailer.send(mail, reminder.recipients)
        said = "；".join(f"{address} 未被接受：{why}" for address, why in refused.items())
        return reminder.became("sent", said).carrying(names)

    def _into_outbox(self, reminder: Reminder) -> Reminder:
        [path] = reminder.recipients
        if not reminder.owing:  # the list stands
            return reminder.became("sent")
        names = [name for name, _ in attachments.read(self._home, self._paths(reminder))]
        lines = words.letter(self._desk.quarter, reminder, self._contact, names)
        write_text(self._home.outbox / path, as_file(lines))
        return reminder.became("sent").carrying(names)

    def _paths(self, reminder: Reminder) -> list[str]:
        return attachments.files_of(self._desk.quarter, reminder.owing) if reminder.owing else [list_path(self._desk)]
