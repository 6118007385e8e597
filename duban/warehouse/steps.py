"""The steps of a warehouse: each change notes in its transaction what was done, so that it can be redone."""

import datetime as dt
import getpass
import hashlib
import json
import os
from importlib.metadata import version

from duban.quarters import Quarter
from duban.warehouse.connection import Connection

VERSION = version("duban")


def record_step(
    connection: Connection,
    kind: str,
    quarter: Quarter | str,
    at: dt.datetime,
    details: dict,
    texts: dict[str, dict] | None = None,
    registry: str | None = None,
    by: str | None = None,
) -> None:
    """Note a step, inside the transaction that it describes.

    `details` is what JSON holds; `texts` are those that the step was done by, by the word under which `details` is to
    name them; `registry` is the digest of a recorded one; `by` is the person, who runs it unless told.
    """
    keeps = {} if registry is None else {"registry": registry}
    for word, text in (texts or {}).items():
        keeps[word] = keep(connection, text)
    connection.execute(
        "INSERT INTO steps SELECT coalesce(max(step), 0) + 1, $1, $2, $3::TIMESTAMPTZ, $4, $5, $6, $7::VARCHAR[]"
        " FROM steps",
        [
            kind,
            str(quarter),
            at,
            VERSION,
            by or whoever(),
            compact(keeps | details),
            list(dict.fromkeys(keeps.values())),
        ],
    )


def whoever() -> str:
    """Who runs this: `DUBAN_BY`, or the account's name; '' where it has none."""
    try:
        return os.environ.get("DUBAN_BY") or getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return ""


def keep(connection: Connection, text: object) -> str:
    """Keep a text, as JSON, once; returns the digest that it goes by."""
    written = compact(text)
    digest = hashlib.sha256(written.encode()).hexdigest()
    connection.execute("INSERT INTO kept VALUES (?, ?) ON CONFLICT DO NOTHING", [digest, written])
    return digest


def compact(facts: object) -> str:
    """Facts as steps hold them: one spelling, which DuckDB's `json` gives, too."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
