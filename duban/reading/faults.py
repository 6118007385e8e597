"""What reading finds wrong: a fault has a place and words for its message; the wording itself is in messages.yaml."""

from typing import NamedTuple


class Fault(NamedTuple):
    """`rule` is a code of messages.yaml. `tab` is the table, `sheet` the sheet's name in the file, `key` the row's item
    number, input code or sheet row, `field` the column as layout names it; '' where the fault is the whole file's.
    `value` is what was seen, `details` the message's other slots."""

    rule: str
    tab: str = ""
    sheet: str = ""
    key: str = ""
    item: int | None = None
    field: str = ""
    address: str = ""
    value: str = ""
    details: tuple[tuple[str, str], ...] = ()


class Refused(Exception):
    """A file that cannot be read as a workbook at all: carries its one fault."""

    def __init__(self, rule: str, value: str = "", **details: str):
        super().__init__(rule, value)
        self.fault = Fault(rule, value=value, details=tuple(details.items()))
