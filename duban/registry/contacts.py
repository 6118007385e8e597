"""Who is told when reports are due: `contacts.yaml` beside the plan. People change while the rules stay, so it is no
part of the registry's digest."""

import re
from collections.abc import Mapping
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from duban.errors import RegistryError
from duban.registry.crosscheck import unknown
from duban.registry.files import parse_yaml, read_text
from duban.registry.registry import Registry
from duban.registry.shapes import Record
from duban.registry.words import Text
from duban.visible import in_one_line

CONTACTS = "contacts.yaml"
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_NOBODYS = ".invalid"  # no mail ever reaches such a domain (RFC 2606): it stands for an address that is still wanted


def _one_line(text: str) -> str:
    if in_one_line(text) != text:
        raise ValueError(f"写的是“{in_one_line(text)}”，不能含换行、制表符等控制字符")
    return text


def _address(text: str) -> str:
    try:
        sound = _MAIL.fullmatch(text) and Address(addr_spec=text)
    except (ValueError, MessageError):  # dots that begin, end or follow one another
        sound = None
    if not sound:
        raise ValueError(f"写的是“{in_one_line(text)}”，应为 name@example.com 这样的邮箱地址")
    return text


def _falling(days: tuple[int, ...]) -> tuple[int, ...]:
    if list(days) != sorted(set(days), reverse=True):
        raise ValueError(f"写的是“{list(days)}”，应由大到小，各不相同，如 [7, 3, 1]")
    return days


def _somebody(people: tuple) -> tuple:
    if not people:
        raise ValueError("是空的，至少写一人；不知道的，整条不写")
    return people


Line = Annotated[Text, AfterValidator(_one_line)]
Days = Annotated[int, Field(ge=1, le=60)]


class Person(Record):
    """Somebody who is written to."""

    name: Line
    mail: Annotated[str, AfterValidator(_address)]
    phone: Line | None = None

    @property
    def reachable(self) -> bool:
        return not self.mail.lower().endswith(_NOBODYS)


class Contact(Record):
    """The people of a reporter: `to` are reminded, its `superior` are told once it is overdue."""

    to: Annotated[tuple[Person, ...], AfterValidator(_somebody)]
    superior: tuple[Person, ...] = ()


class Rhythm(Record):
    """The steps of reminding, in working days `before` the due date, and then `every` so many after it; from which
    working day after it superiors and directors are told."""

    before: Annotated[tuple[Days, ...], AfterValidator(_falling)] = (7, 3, 1)
    every: Days = 2
    superior_from: Days = 2
    directors_from: Days = 4

    def last_step(self, days: int) -> int | None:
        """The step that a day belongs to, which lies so many working days after the due date (before: negative): the
        last that has come, itself counted in working days from the due date; None before the first."""
        come = [-day for day in self.before if -day <= days]
        after = days - days % self.every
        return after if after > 0 else max(come, default=None)


class Contacts(Record):
    """`contacts.yaml`: the rhythm of `reminders`, the `directors`, and the people of each of the `reporters`, under any
    of its names."""

    reminders: Rhythm = Rhythm()
    directors: tuple[Person, ...] = ()
    reporters: dict[Text, Contact] = Field(default_factory=dict)


def load_contacts(folder: Path, registry: Registry) -> tuple[Contacts, Mapping[str, Contact]]:
    """The contacts that lie beside a plan, and those of reporters by code; without the file there are none.

    Raises RegistryError with one line per fault: file, key, what was found, what is allowed.
    """
    path = folder / CONTACTS
    text = read_text(path) if path.exists() else ""
    # a file of nothing but comments names nobody
    shape = Annotated[Contacts, BeforeValidator(lambda found: {} if found is None else found)]
    contacts: Contacts = parse_yaml(CONTACTS, text, shape)
    faults, by_code = [], {}
    for name, contact in contacts.reporters.items():
        reporter = registry.by_name.get(name)
        if reporter is None:
            names = [one.name for one in registry.reporters]
            faults.append(unknown(CONTACTS, "reporters", name, names, "填报单位", "reporters.yaml"))
        elif reporter.code in by_code:
            faults.append(f"{CONTACTS}：reporters 中“{name}”与另一条是同一单位（{reporter.name}），请合并为一条。")
        else:
            by_code[reporter.code] = contact
    if faults:
        raise RegistryError("\n".join(faults))
    return contacts, MappingProxyType(by_code)
