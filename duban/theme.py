"""The look of workbooks and documents, read from `schemas/theme.yaml`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Annotated, get_args

from pydantic import Field, field_validator

from duban.registry.files import parse_yaml, read_yaml
from duban.registry.shapes import Record, Severity
from duban.settings import SCHEMAS

LIGHTS = ("done", "green", "yellow", "red", "grey")
Colour = Annotated[str, Field(pattern=r"^[0-9A-F]{6}$")]


class Colours(Record):
    ink: Colour
    muted: Colour
    heading: Colour
    on_heading: Colour
    band: Colour
    printed: Colour
    input: Colour
    line: Colour
    link: Colour


class Look(Record):
    """How one severity is shown: its Chinese word, the colour of its text and of its ground."""

    title: str
    colour: Colour
    fill: Colour


class LightLook(Look):
    """How one light is shown: `sign` where it was computed, `hollow` where the reporter's own word stands in."""

    sign: Annotated[str, Field(min_length=1, max_length=1)]
    hollow: Annotated[str, Field(min_length=1, max_length=1)]


class Official(Record):
    """How what the leadership reads is set: a face for each kind of text, what Word takes `instead` of one that is not
    installed, and the colours of official documents."""

    title: str
    heading: str
    table: str
    text: str
    note: str
    number: str
    instead: dict[str, str]
    red: Colour
    ground: Colour
    bar: Colour


class Theme(Record):
    """`size` in points. Lights and severities are complete: none missing, none unknown."""

    font: str
    size: Annotated[int, Field(ge=6, le=20)]
    official: Official
    colours: Colours
    lights: dict[str, LightLook]
    severities: dict[str, Look]

    @field_validator("lights")
    @classmethod
    def _every_light(cls, lights: dict) -> dict:
        if set(lights) != set(LIGHTS):
            raise ValueError(f"须恰好写明 {'、'.join(LIGHTS)}")
        return lights

    @field_validator("severities")
    @classmethod
    def _every_severity(cls, severities: dict) -> dict:
        if set(severities) != set(get_args(Severity)):
            raise ValueError(f"须恰好写明 {'、'.join(get_args(Severity))}")
        return severities


THEME = SCHEMAS / "theme.yaml"
_pinned: ContextVar[Theme | None] = ContextVar("theme", default=None)


def theme() -> Theme:
    """The theme of this installation, or the one that is pinned; raises RegistryError naming file and key where it is
    misspelt."""
    return _pinned.get() or _installed()


@cache
def _installed() -> Theme:
    return read_yaml(THEME, Theme)


@contextmanager
def pinned_theme(text: str) -> Iterator[None]:
    """The theme is the one in this text: that of the day on which a workbook was pinned."""
    token = _pinned.set(parse_yaml(THEME.name, text, Theme))
    try:
        yield
    finally:
        _pinned.reset(token)
