"""A return to mend: the reporter's own figures in a fresh form, wrong cells marked, and a list that leads to them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from duban.answering.problems import Listed, write_problems
from duban.answering.submission import Entry, Finding, Submission
from duban.answering.together import together
from duban.fillin.form import Form, Place, Row, Standing, blank_projects
from duban.fillin.layout import BY_TITLE, PROJECTS
from duban.fillin.workbook import Mark, write_fill_in
from duban.severities import SEVERITIES


def write_returned(path: Path, form: Form, submission: Submission) -> None:
    """Write the workbook that is sent back; corrected and dropped again it is a valid submission.

    `form` is the reporter's issued form.
    """
    filled, moved = fill(form, submission.entries)
    standing = filled.standing()
    places = {finding.place: _places(finding, filled, standing, moved) for finding in submission.findings}
    listed = [
        Listed(some, tuple(dict.fromkeys(place for finding in some.findings for place in places[finding.place])))
        for some in (*together(submission.unsettled), *together(submission.settled))
    ]
    first = partial(write_problems, submission=submission, listed=listed, form=filled, standing=standing)
    write_fill_in(path, filled, _marks(submission, places), first)


def fill(form: Form, entries: tuple[Entry, ...]) -> tuple[Form, "Moved"]:
    """The form with everything as it was typed, and where each cell of the submission stands in it.

    Known projects keep their rows; the others follow in the order in which they were sent.
    """
    sent: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for tab, key, field, typed, *_ in entries:
        sent[tab][key].setdefault(field, typed)
    rows = {
        tab: tuple(Row(row.key, {**row.texts, **sent[tab].get(row.key, {})}, row.limits) for row in form.rows[tab])
        for tab in form.rows
        if tab != PROJECTS.table
    }
    projects = {row.key: row for row in form.rows[PROJECTS.table] if row.key}
    others, keys = [], {}
    for key, texts in sent[PROJECTS.table].items():
        code = texts.get("code", "").strip()
        if code in projects and code not in keys.values():
            projects[code] = Row(code, {**texts, "item": projects[code].texts["item"], "code": code})
            keys[key] = code
        else:
            # a key of its own: the row's number in the file must not be taken for another row's code
            keys[key] = f"row {key}"
            others.append(Row(keys[key], texts))
    rows[PROJECTS.table] = (*projects.values(), *others, *blank_projects())
    cells, first = {}, {}
    for tab, key, field, _, sheet, row, address in entries:
        place = tab, keys[key] if tab == PROJECTS.table else key, field
        cells[sheet, address] = place
        first.setdefault((sheet, row), place)
    return replace(form, rows={tab: rows[tab] for tab in form.rows}), Moved(cells, first)


@dataclass(frozen=True)
class Moved:
    """Where what was sent stands in the returned workbook: by its (sheet, address), and for the cells between by the
    first cell of its (sheet, row)."""

    cells: Mapping[tuple[str, str], Place]
    rows: Mapping[tuple[str, int], Place]

    def __getitem__(self, at: tuple[str, str]) -> Place | None:
        sheet, address = at
        return self.cells.get(at) or self.rows.get((sheet, int("".join(filter(str.isdigit, address)) or 0)))


def _places(finding: Finding, form: Form, standing: Standing, moved: Moved) -> tuple[Place, ...]:
    """The cells of the returned workbook that a finding speaks of; none where it speaks of what is not in it."""
    found: dict[Place | None, None] = {moved[finding.sheet, cell]: None for cell in finding.cells}
    if not finding.cells and finding.sheet in BY_TITLE:
        # it speaks of what is not there: the rows that were not sent
        tab = BY_TITLE[finding.sheet].table
        sent = {place[1] for place in moved.cells.values() if place[0] == tab}
        first = next(
            column.field for column in BY_TITLE[finding.sheet].columns if column.typed and column.field != "item"
        )
        found |= {
            (tab, row.key, first): None
            for row in form.rows[tab]
            if row.key and row.key not in sent and finding.item in (None, int(row.texts["item"]))
        }
    return tuple(place for place in found if place and place in standing)


def _marks(submission: Submission, places: Mapping[int, tuple[Place, ...]]) -> dict[Place, Mark]:
    """Every marked cell, coloured for the worst of its findings that ask for something, with those in its note."""
    by_place: dict[Place, list[Finding]] = defaultdict(list)
    for finding in submission.unsettled:
        for place in places[finding.place]:
            by_place[place].append(finding)
    return {
        place: Mark(
            min((finding.severity for finding in findings), key=SEVERITIES.index),
            "\n\n".join(f"{finding.message}\n怎么改：{finding.remedy}" for finding in findings),
        )
        for place, findings in by_place.items()
    }
