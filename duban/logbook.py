"""The logbook: one line of JSON for each decision, for programs that watch this one from outside.

`<home>/logs/2023-04.jsonl` holds those of a month. Lines are told from the steps of the journal, after they were
committed and before the journal has them: a kill in between doubles lines, and `step` tells which. Only words that are
listed here are told, so no key, password or address ever stands in it; docs/server.md says what they mean.
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator

from duban.home import Home
from duban.quarters import TIME_ZONE
from duban.visible import visible

_log = logging.getLogger(__name__)
_EACH = {"received": "files", "reminded": "reminders", "mailed": "mailed"}  # a decision for each row of these
_WORDS = {
    "opened": ("registry",),
    "received": ("accession", "reporter", "file_name", "digest", "verdict"),
    "answered": ("accession", "answer"),
    "due": ("reporter", "due"),
    "templates": ("workbooks",),
    "reminded": ("reporter", "due", "channel", "state"),
    "mailed": ("accession", "state"),
    "closed": (),
    "reopened": ("reason",),
    "decided": ("publication", "inputs", "decision", "comment"),
    "pinned": ("publication", "inputs"),
    "published": ("publication", "workbook"),
}


def note(home: Home, steps: Iterable) -> None:
    """Append the decisions of these steps. Where disk or rights refuse, the journal has them still."""
    months: dict[str, list[str]] = {}
    for step in steps:
        at = step.at.astimezone(TIME_ZONE)
        about = {"at": at.isoformat(), "what": step.kind, "quarter": step.quarter, "by": step.by, "step": step.step}
        for decision in _decisions(step.kind, step.details):
            told = {word: decision[word] for word in _WORDS[step.kind] if word in decision}
            line = visible(json.dumps(about | told, ensure_ascii=False, separators=(",", ":")))
            months.setdefault(f"{at:%Y-%m}", []).append(line)
    for month, lines in months.items():
        try:
            _append(home, f"{month}.jsonl", "".join(f"{line}\n" for line in lines).encode())
        except OSError as error:
            _log.warning("%d decisions are not in the logbook: %s", len(lines), error)


def _decisions(kind: str, details: dict) -> Iterator[dict]:
    if kind in _EACH:
        yield from details[_EACH[kind]]
    elif kind == "answered":
        yield from ({"accession": accession, "answer": path} for accession, path in details["answers"])
    elif kind == "due":
        yield from ({"reporter": reporter, "due": due} for reporter, due in details["dues"].items())
    elif kind == "templates":
        yield {"workbooks": len(details["templates"])}
    else:
        yield details


def _append(home: Home, name: str, data: bytes) -> None:
    folder = home.root / "logs"
    folder.mkdir(exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(folder / name, flags, 0o640)
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    finally:
        os.close(descriptor)
