"""The wording of findings: read from `schemas/messages.yaml`, never typed in code."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property
from pathlib import Path
from string import Formatter
from typing import Literal

from duban.registry.files import parse_yaml, read_yaml
from duban.registry.shapes import Record, Severity
from duban.settings import SCHEMAS

MESSAGES = SCHEMAS / "messages.yaml"


class Rule(Record):
    """How one rule speaks. `title` names it in lists; `found`, `wanted`, `do` and `explain` are Chinese templates with
    `{named}` slots. One that is not `waivable` no waiver lifts."""

    title: str = ""
    severity: Severity
    scope: Literal["file", "stamp", "sheet", "progress", "inputs", "projects"]
    found: str
    wanted: str
    do: str
    explain: str | None = None
    reason: str
    waivable: bool = True

    @cached_property
    def words(self) -> frozenset[str]:
        """The slots that have to be filled."""
        texts = (self.found, self.wanted, self.do, self.explain or "")
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)


_pinned: ContextVar[Mapping[str, Rule] | None] = ContextVar("messages", default=None)


def load_messages(path: Path = MESSAGES) -> Mapping[str, Rule]:
    """Every rule by its code, as pinned or else as in the file; raises RegistryError naming each unknown or missing
    key."""
    return _pinned.get() or _read(path)


@cache
def _read(path: Path) -> Mapping[str, Rule]:
    return read_yaml(path, dict[str, Rule])


@contextmanager
def pinned_messages(text: str) -> Iterator[None]:
    """The wordings are those in this text: those of the day on which a workbook was pinned."""
    token = _pinned.set(parse_yaml(MESSAGES.name, text, dict[str, Rule]))
    try:
        yield
    finally:
        _pinned.reset(token)


def word(rule: Rule, words: Mapping[str, object], severity: Severity | None = None) -> tuple[str, str]:
    """The message and the remedy of a finding; `severity` where it is not the rule's own.

    Raises KeyError for a slot without a word: the code that raised the rule is at fault, not the reporter.
    """
    remedy = rule.explain if severity == "confirm" and rule.explain else rule.do
    return f"{rule.found}，{rule.wanted}。".format_map(words), f"{remedy}。".format_map(words)
