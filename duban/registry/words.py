"""The words and single values that the files under `schemas/<year>/` may hold."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from duban.errors import UserError
from duban.quarters import Quarter

Kind = Literal["prefecture", "department", "institution"]
Role = Literal["lead", "support", "local"]
Figures = Literal["to_date", "in_quarter", "latest"]
Aggregate = Literal["sum", "ratio", "max", "latest"]
Severity = Literal["structure", "must_fix", "confirm", "notice"]

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,12}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]


def _known_quarter(text: str) -> str:
    try:
        Quarter.parse(text)
    except UserError as error:
        raise ValueError(str(error)) from None
    return text


def _known_date(text: str) -> str:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"写的是“{text}”，日期应写作 2023-02-03 这样的年-月-日") from None
    return text


def _sheet_name(text: str) -> str:
    wrong = sorted(set(text) & set("[]:*?/\\'"))
    if wrong:
        raise ValueError(f"写的是“{text}”，要用作工作表名，不能含 {' '.join(wrong)}")
    return text


def _rising_to_all(shares: tuple[int, ...]) -> tuple[int, ...]:
    if list(shares) != sorted(shares) or shares[0] < 0 or shares[-1] != 100:
        raise ValueError(f"写的是“{list(shares)}”，须从 0 起逐季不减，且四季度为 100")
    return shares


QuarterName = Annotated[str, AfterValidator(_known_quarter)]
Schedule = Annotated[tuple[int, int, int, int], AfterValidator(_rising_to_all)]
Date = Annotated[str, AfterValidator(_known_date)]
SheetName = Annotated[str, Field(min_length=1, max_length=26), AfterValidator(_sheet_name)]
# the tags look like pydantic's own parts of a location, which refusals leave out
Locality = Annotated[
    Annotated[Literal["none", "all"], Tag("literal[word]")] | Annotated[tuple[Code, ...], Tag("tuple[codes]")],
    Discriminator(lambda value: "literal[word]" if isinstance(value, str) else "tuple[codes]"),
]
# what a file may mark as decided by itself where the plan leaves it open
Assumption = Literal[
    "lead", "support", "groups", "consolidates", "local", "deliverables", "measures", "reported_by", "schedule"
]
