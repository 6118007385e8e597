"""Who sent what: settling a received file's reporter, plan and quarter before its content is looked at."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from duban.quarters import Quarter
from duban.registry.registry import Registry

_WORD = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True)
class Sent:
    """A received file as reading left it: where it came from, and its stamp (None where there is none)."""

    file: int
    digest: str
    file_name: str
    folder: str
    size: int
    readable: bool
    token_ok: bool
    plan: str | None
    quarter: str | None
    reporter: str | None
    registry: str | None
    template: str | None
    arrived_at: str | None = None


@dataclass(frozen=True)
class StampFault:
    file: int
    rule: str
    value: str
    words: dict[str, str]

    @property
    def details(self) -> str:
        return json.dumps(self.words, ensure_ascii=False)


@dataclass(frozen=True)
class Settled:
    """Whose a file is (None: nobody's that can be told), and whether its content is worth checking: `open`, or the
    verdict that stands already."""

    sent: Sent
    reporter: str | None
    state: Literal["open", "returned", "set_aside"]
    faults: tuple[StampFault, ...] = ()


def settle(sent: Sent, registry: Registry, quarter: Quarter, issued: Mapping[str, str] | None = None) -> Settled:
    """Settle one file. A fault of the stamp hides those that follow from it: another plan has another registry.

    `issued` tells by reporter under which registry (digest) its present form of the quarter was issued, where that is
    not this one: plans change without changing what a reporter is asked.
    """
    folder = sent.folder if sent.folder in registry.by_code else None
    hint = hint_of(sent.folder, sent.file_name, registry)
    # a file that cannot be opened goes back to whom it seems to come from; one that can be, but does not carry our
    # stamp, is nobody's, whatever its name says
    if not sent.readable:
        return Settled(sent, hint, "returned" if hint else "set_aside")
    if not sent.token_ok:
        return Settled(sent, hint, "set_aside")
    owner = sent.reporter if sent.reporter in registry.by_code else None
    present = (issued or {}).get(sent.reporter, registry.digest)
    faults = list(_stamp_faults(sent, registry, quarter, present))
    if folder and folder != sent.reporter:
        name = registry.by_code[owner].name if owner else sent.reporter or ""
        words = {"value": name, "reporter": registry.by_code[folder].name}
        faults.append(StampFault(sent.file, "wrong_reporter", name, words))
    reporter = folder or owner or hint
    state = "set_aside" if reporter is None else "returned" if faults else "open"
    return Settled(sent, reporter, state, tuple(faults))


def _stamp_faults(sent: Sent, registry: Registry, quarter: Quarter, present: str) -> Iterable[StampFault]:
    if sent.plan != registry.plan.plan:
        words = {"value": sent.plan or "", "plan": registry.plan.title, "quarter": str(quarter)}
        yield StampFault(sent.file, "wrong_plan", words["value"], words)
    elif sent.quarter != str(quarter):
        words = {"value": sent.quarter or "", "quarter": str(quarter)}
        yield StampFault(sent.file, "wrong_quarter", words["value"], words)
    elif sent.registry != present:
        words = {"value": (sent.registry or "")[:8], "current": present[:8]}
        yield StampFault(sent.file, "stale_template", words["value"], words)


def hint_of(folder: str, file_name: str, registry: Registry) -> str | None:
    """Whose a file seems to be before it is opened: the reporter whose folder it lies in, or whose code stands in its
    name, `2023Q1-420100-….xlsx`; None where nobody's does, or several do."""
    if folder in registry.by_code:
        return folder
    codes = {word.upper() for word in _WORD.findall(file_name)} & registry.by_code.keys()
    return codes.pop() if len(codes) == 1 else None
