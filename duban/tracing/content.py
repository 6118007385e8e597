"""What stands in a published cell, and the words by which tables tell it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from duban.tracing.figures import Key
from duban.tracing.publication import Light, Publication

PROVINCE = "全省"
BRACKETS = re.compile(r"（.*")
Row = dict[str, str]  # the texts of a row by header word


@dataclass(frozen=True)
class Figure:
    """What stands in a cell. `kind`: figure, count, light, text (a reporter's words) or plan (the plan's own).
    `value` is what it comes to from the listed cells: a figure, a text, or None where only its cells are told (texts
    from several reporters, projects); `keys` are what it was made of, see `duban.tracing.figures`."""

    what: str
    kind: str
    value: Decimal | str | None = None
    arithmetic: str = ""
    keys: tuple[Key, ...] = ()
    light: Light | None = None
    notes: tuple[str, ...] = field(default=())


Handler = Callable[[str, Row], Figure | None]


def item_of(publication: Publication, row: Row) -> int | None:
    """The item that a row is about."""
    number = row.get("序号", "")
    return int(number) if number.isdecimal() and int(number) in publication.items else None


def named(records: Mapping[str, dict], item: int, title: str) -> str | None:
    """The measure or deliverable of an item that has this title, or has it but for what stands in brackets behind."""
    titled = {record["title"]: name for name, record in records.items() if record["item"] == item}
    return titled.get(title) or titled.get(BRACKETS.sub("", title))


def sign_of(publication: Publication, light: Light) -> str:
    filled, hollow, _ = publication.about["signs"][light.light]
    return filled if light.computed else hollow
