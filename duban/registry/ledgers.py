"""The data team's ledgers beside the plan, `extensions.yaml`, `waivers.yaml` and `corrections.yaml`: dated records.

They are no part of the registry's digest: what was granted changes while a quarter runs, what is asked does not.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from duban.errors import RegistryError
from duban.quarters import Quarter
from duban.registry.files import parse_yaml, read_text
from duban.registry.registry import Registry
from duban.registry.shapes import Record
from duban.registry.words import Date, QuarterName, Text

EXTENSIONS, WAIVERS, CORRECTIONS = FILES = ("extensions.yaml", "waivers.yaml", "corrections.yaml")
EVERYONE = "all"
Figure = tuple[str, str, Decimal, str]  # reporter's code, input, number, quarter
NOT_APPLICABLE, BLANK = "不适用", "空白"
STATES = ("未启动", "推进中", "已完成", NOT_APPLICABLE)
Shape = TypeVar("Shape")


def _value(given: object) -> Decimal | str:
    """What a cell holds: a number, or one of the words."""
    if given in (*STATES, BLANK):
        return given
    try:
        number = Decimal(str(given)) if isinstance(given, (int, float, str)) and not isinstance(given, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        words = "、".join((*STATES, BLANK))
        raise ValueError(f"写的是“{given}”，应为数字（比率写小数，如 0.35），或 {words}")
    if abs(number) >= 10**15 or -number.as_tuple().exponent > 6:
        raise ValueError(f"写的是“{given}”，整数最多 15 位，小数最多 6 位")
    return number


Value = Annotated[Decimal | str, PlainValidator(_value)]


class Granted(Record):
    """What every record of a ledger says: why, who approved it, and when. It holds from that day on."""

    reason: Text
    approved_by: Text
    approved_on: Date

    @model_validator(mode="after")
    def _approved_before_it_expires(self) -> "Granted":
        expires = getattr(self, "expires", None)
        if expires and self.approved_on > expires:
            raise ValueError(f"approved_on 写的是“{self.approved_on}”，晚于 expires 的“{expires}”，请改正其一")
        return self

    def holds_on(self, day: dt.date) -> bool:
        expires = getattr(self, "expires", None)
        return self.approved_on <= day.isoformat() and (not expires or day.isoformat() <= expires)


class Extension(Granted):
    """A later due date of a quarter. It needs no expiry: it ends on its due date."""

    quarter: QuarterName
    reporters: Annotated[tuple[Text, ...], Field(min_length=1)]
    due: Date


class Waiver(Granted):
    """A rule that is lifted for one reporter: everywhere, in one item, or for one input; in all `quarters` or these."""

    rule: Text
    reporter: Text
    item: int | None = None
    input: Text | None = None
    quarters: tuple[QuarterName, ...] = ()
    expires: Date

    @property
    def because(self) -> str:
        """What is told of it wherever it settles something."""
        return f"{self.reason}（{self.approved_by} {self.approved_on} 批准，有效至 {self.expires}）"


class Correction(Granted):
    """Another value for one cell of an accepted submission: a figure, or the state of an item."""

    quarter: QuarterName
    reporter: Text
    input: Text | None = None
    item: int | None = None
    field: Literal["status"] | None = None
    old: Value
    new: Value
    expires: Date | None = None

    @model_validator(mode="after")
    def _one_cell_and_two_values(self) -> "Correction":
        if (self.input is None) == (self.item is None) or (self.item is None) != (self.field is None):
            raise ValueError("要么写 input（改指标数据），要么写 item 和 field: status（改进展状态），二者取一")
        if self.old == self.new:
            raise ValueError(f"new 与 old 同为“{self.new}”，没有改动，请改正或删去该条")
        return self

    @property
    def tab(self) -> str:
        return "progress" if self.input is None else "inputs"

    @property
    def key(self) -> str:
        """The row's key in its table: the input's code, or the item's number."""
        return self.input or str(self.item)


@dataclass(frozen=True)
class Ledgers:
    """The records of the three ledgers, in the files' order: a record's number in messages is its place there, from 1.
    `digest` identifies the files they were read from; `files` are their texts by name."""

    extensions: tuple[Extension, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    corrections: tuple[Correction, ...] = ()
    digest: str = hashlib.sha256().hexdigest()
    files: tuple[tuple[str, str], ...] = ()

    def extensions_on(self, quarter: Quarter, day: dt.date) -> Iterator[tuple[int, Extension]]:
        """The extensions of a quarter that were approved by that day, each with its number."""
        for number, record in enumerate(self.extensions, start=1):
            if record.quarter == str(quarter) and record.holds_on(day):
                yield number, record

    def dues(self, registry: Registry, quarter: Quarter, day: dt.date) -> dict[str, dt.date]:
        """The due dates that differ from the calendar's, by reporter; of several the latest counts."""
        found: dict[str, dt.date] = {}
        for _, record in self.extensions_on(quarter, day):
            due = dt.date.fromisoformat(record.due)
            for code in reporters_of(registry, record.reporters):
                found[code] = max(due, found.get(code, due))
        return found

    def corrected(self, registry: Registry, day: dt.date, figures: Iterable[Figure]) -> Iterator[Figure]:
        """Figures as they are published on a day; those that a correction withdraws are left out."""
        by_cell = {
            (registry.by_name[record.reporter].code, record.input, record.quarter): (record.old, record.new)
            for record in self.corrections
            if record.input and record.holds_on(day)
        }
        for reporter, code, number, quarter in figures:
            old, new = by_cell.get((reporter, code, quarter), (None, None))
            said = new if old == number else number
            if isinstance(said, Decimal):
                yield reporter, code, said, quarter

    def waivers_on(self, registry: Registry, quarter: Quarter, day: dt.date) -> list[dict]:
        """The waivers that hold in a quarter on a day: {number, reporter (its code), rule, item, input, because}."""
        return [
            {
                "number": number,
                "reporter": registry.by_name[record.reporter].code,
                "rule": record.rule,
                "item": record.item,
                "input": record.input,
                "because": record.because,
            }
            for number, record in enumerate(self.waivers, start=1)
            if record.holds_on(day) and (not record.quarters or str(quarter) in record.quarters)
        ]


NO_LEDGERS = Ledgers()


def load_ledgers(folder: Path, registry: Registry) -> Ledgers:
    """Read the ledgers that lie beside a plan, any of them absent or empty, and check them against its registry.

    Raises RegistryError with one line per fault: file, record, key, what was found, what is allowed.
    """
    return ledgers_of({name: read_text(folder / name) for name in FILES if (folder / name).exists()}, registry)


def ledgers_of(files: dict[str, str], registry: Registry) -> Ledgers:
    """Ledgers from the texts of their files by name; raises as above."""
    from duban.registry.ledger_checks import check_ledgers  # it reads the wordings, which plans do not need

    faults: list[str] = []

    def read(name: str, shape: type[Shape]) -> tuple[Shape, ...]:
        # a file of nothing but comments holds no records
        shape = Annotated[tuple[shape, ...], BeforeValidator(lambda found: [] if found is None else found)]
        try:
            return parse_yaml(name, files.get(name, ""), shape)
        except RegistryError as error:
            faults.append(str(error))
            return ()

    whole = hashlib.sha256()
    for name, text in sorted(files.items()):
        whole.update(f"{name}\0{len(text)}\0{text}\0".encode())
    ledgers = Ledgers(
        extensions=read(EXTENSIONS, Extension),
        waivers=read(WAIVERS, Waiver),
        corrections=read(CORRECTIONS, Correction),
        digest=whole.hexdigest(),
        files=tuple(sorted(files.items())),
    )
    faults += check_ledgers(ledgers, registry)
    if faults:
        raise RegistryError("\n".join(faults))
    return ledgers


def reporters_of(registry: Registry, words: Iterable[str]) -> list[str]:
    """The codes of the reporters that an extension's words stand for, in the registry's order: names, groups, `all`."""
    codes: set[str] = set()
    for word in words:
        if word == EVERYONE:
            codes |= registry.by_code.keys()
        elif word in registry.groups:
            codes |= {reporter.code for reporter in registry.members(word)}
        else:
            codes.add(registry.by_name[word].code)
    return [reporter.code for reporter in registry.reporters if reporter.code in codes]
