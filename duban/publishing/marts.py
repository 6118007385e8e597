"""The marts of a publication: staged once in temporary tables, then fetched whole, so that the warehouse is free while
the workbook is written."""

import datetime as dt
import json
from collections import namedtuple
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.publishing.changes import Change, figure_changes
from duban.publishing.decision import Decision
from duban.publishing.ledgers import pinned_ledgers, refuse_what_no_longer_matches
from duban.publishing.long import Long, long_file
from duban.publishing.pins import DRAFT, Edition
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.ledgers import ledgers_of
from duban.registry.load import registry_of
from duban.registry.registry import Registry
from duban.warehouse.connection import Connection, copy_out, query, text_of

STAGES = (
    "editions",
    "pinned",
    "pieces",
    "contents",
    "corrections",
    "told",
    "owed",
    "comparisons",
    "owed_measures",
    "figures",
    "views",
    "standing",
    "province",
)
STAGES += ("reporting", "progress", "words", "lit_measures", "lit_deliverables", "lit_items", "lit_reporters")
PIECED = ("contents", "figures", "progress")  # of the stages, those that are made in pieces
AT_ONCE = 2_000  # submissions in a piece: their texts and lists take some 100 MB
TABLES = ("items", "measures", "lights", "worst", "reporting")
TABLES += ("changed_targets", "changed_lights", "extensions", "waivers", "corrections", "explained")
LONG = (
    "item_rows",
    "lagging",
    "projects",
    "sources",
    "findings",
    "submissions",
    "lineage_submissions",
    "lineage_lights",
)
# What a long mart is put in order from, once that has been made in pieces
MADE_OF = {
    "projects": "told_projects",
    "sources": "typed_sources",
    "lineage_submissions": "submission_records",
    "lineage_lights": "light_records",
}
_ROW_GROUPS = "ROW_GROUP_SIZE 2048, "  # of which one is held while it is written, and while it is read
Row = Any  # a named tuple with the mart's columns
Light = tuple[str, bool]  # light, computed


@dataclass(frozen=True)
class Material:
    """All that a workbook is written from. Every list of rows is a mart of that name, in the mart's order;
    `base` is the last publication of the same
    quarter, `before` that of the year's quarter before, `duban` the version and `wording` the texts that it pins;
    `approval` says who let it pass, where somebody was asked;
    `light_history` are the lights of the year's quarters up to this one by (scope, item, subject);
    `changes` are the figures that differ from those of `base` or `before` (`comparison`), cause by cause;
    `long` holds the marts that are too long to be held, see LONG."""

    publication: str
    quarter: Quarter
    revision: int | None
    as_of: dt.datetime
    base: str | None
    base_as_of: dt.datetime | None
    before: str | None
    before_as_of: dt.datetime | None
    duban: str
    wording: dict[str, str]
    approval: Decision | None
    registry: Registry
    items: list[Row]
    measures: list[Row]
    lights: list[Row]
    light_history: dict[tuple[str, int, str], list[Light]]
    worst: list[Row]
    reporting: list[Row]
    changes: list[Change]
    definitions: list[Row]
    changed_targets: list[Row]
    changed_lights: list[Row]
    extensions: list[Row]
    waivers: list[Row]
    corrections: list[Row]
    explained: list[Row]
    ledgers: dict
    long: Long

    @property
    def past(self) -> bool:
        """Whether it is a past state that was never issued; a draft is none."""
        return self.revision is None and not self.publication.endswith(DRAFT)

    @property
    def compared(self) -> str | None:
        """The publication that 总览 tells the changes against: the last of the quarter, else of the one before."""
        return self.base or self.before

    @property
    def comparison(self) -> str:
        """Which of the two that is: 'base' or 'before'."""
        return "base" if self.base else "before"

    @property
    def owing(self) -> int:
        return len(self.reporting)

    @property
    def reported(self) -> int:
        return sum(row.state == "accepted" for row in self.reporting)


def registry_of_edition(connection: Connection, edition: Edition, registry: Registry | None) -> Registry:
    """The rules that the edition is pinned to: those at hand, or rebuilt from the warehouse where they have changed."""
    if registry and registry.digest == edition.registry:
        return registry
    files = connection.execute("SELECT files FROM registries WHERE registry = ?", [edition.registry]).fetchall()[0][0]
    return registry_of(json.loads(files))


def ledgers_of_edition(connection: Connection, edition: Edition, quarter: Quarter, moment: dt.datetime) -> dict:
    """The ledgers that an edition was pinned with, as they are on the day of another moment."""
    found = connection.execute("SELECT ledgers FROM publications WHERE publication = ?", [edition.publication])
    files = json.loads(found.fetchall()[0][0])["files"]
    rules = registry_of_edition(connection, edition, None)
    return pinned_ledgers(ledgers_of(files, rules), rules, quarter, moment.date())


def stage(connection: Connection, edition: Edition, registry: Registry) -> None:
    """Make the temporary tables that every mart reads. Raises UserError where a correction no longer matches."""
    query(connection, "marts/macros")
    query(connection, "queries/completeness/content")
    yellow_at = registry.plan.lights.yellow_at
    quarter = Quarter.parse(edition.publication.partition("-")[0])
    due = registry.due(quarter)
    told = {"publication": edition.publication, "yellow_at": yellow_at, "due": due, "at_once": AT_ONCE}
    query(connection, "marts/stage/scope", **told)
    for name in STAGES:
        if name in PIECED:
            in_pieces(connection, name)
        else:
            query(connection, f"marts/stage/{name}")
    refuse_what_no_longer_matches(connection, quarter)


def in_pieces(connection: Connection, name: str) -> None:
    """Make a temporary table of what `warehouse/marts/pieces/<name>.sql` selects of each piece, one after the other."""
    *before, made = text_of(f"marts/pieces/{name}").split(";\n\n")
    for piece, first, last in connection.execute("FROM pieces ORDER BY piece").fetchall():
        for variable, value in (("piece", piece), ("first", first), ("last", last)):
            connection.execute(f"SET VARIABLE {variable} = {value}")
        for statement in before:
            connection.execute(statement)
        connection.execute((f"INSERT INTO {name}\n" if piece else f"CREATE OR REPLACE TEMP TABLE {name} AS\n") + made)
    connection.execute("RESET VARIABLE piece; RESET VARIABLE first; RESET VARIABLE last")


def light(connection: Connection) -> None:
    """Store the lights of the staged edition."""
    query(connection, "marts/lights_stored")


def gather(connection: Connection, registry: Registry, folder: Path) -> Material:
    """Fetch the marts of the staged edition, whose lights are stored; the long ones are put aside in `folder`, which
    has to be one that the connection reaches."""
    scope = _rows(connection, "scope")[0]
    tables = {name: _rows(connection, name) for name in TABLES}
    for name in LONG:
        if name in MADE_OF:
            in_pieces(connection, MADE_OF[name])
        copy_out(connection, text_of(f"marts/{name}"), long_file(folder, name), _ROW_GROUPS)
        if name in MADE_OF:
            connection.execute(f"DROP TABLE {MADE_OF[name]}")
    definitions = _rows(connection, "definitions")
    history = _rows(connection, "light_history")
    return Material(
        publication=scope.publication,
        quarter=Quarter.parse(scope.quarter),
        revision=scope.revision,
        as_of=scope.as_of.astimezone(TIME_ZONE),
        base=scope.base,
        base_as_of=scope.base_as_of and scope.base_as_of.astimezone(TIME_ZONE),
        before=scope.before,
        before_as_of=scope.before_as_of and scope.before_as_of.astimezone(TIME_ZONE),
        duban=scope.duban,
        wording=json.loads(scope.wording),
        approval=_approval(scope),
        registry=registry,
        light_history={
            (one.scope, one.item, one.subject): list(zip(one.lights, one.computed, strict=True)) for one in history
        },
        ledgers=json.loads(scope.ledgers),
        long=Long(folder),
        definitions=definitions,
        changes=figure_changes(definitions, _rows(connection, "contributions") if definitions else ()),
        **tables,
    )


def _approval(scope: Row) -> Decision | None:
    if scope.decision is None:
        return None
    return Decision(scope.decision, scope.decided_by, scope.decided_at.astimezone(TIME_ZONE), scope.comment)


def _rows(connection: Connection, name: str) -> list[Row]:
    """A mart's rows as named tuples."""
    return _named(connection, name, query(connection, f"marts/{name}"))


def _named(connection: Connection, name: str, rows: Iterable[tuple]) -> list[Row]:
    shape = namedtuple(name, [column[0] for column in connection.description])
    return [shape._make(row) for row in rows]
