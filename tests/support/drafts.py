"""Good fill-in workbooks as rows that can still be changed, and writing them as reporters would send them, quickly."""

import datetime as dt
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

from duban.fillin.form import FIRST_ROW, Form, Row
from duban.fillin.layout import BY_TABLE, SHEETS
from duban.fillin.workbook import write_fill_in
from duban.quarters import Quarter
from duban.registry.registry import Registry
from duban.registry.shapes import Limits

_PHRASES = Path(__file__).with_name("phrases.txt").read_text(encoding="utf-8").split()
_ERROR, _FORMULA = '<c r="{address}"{style} t="e"><v>{value}</v></c>', '<c r="{address}"{style}><f>{value}</f></c>'
_TEXT = '<c r="{address}"{style} t="inlineStr"><is><t>{value}</t></is></c>'


@dataclass(eq=False)
class Line:
    """A row of a table. `odd` are the cells that no text can stand for: an error value, or a formula whose result was
    not stored."""

    key: str
    texts: dict[str, str]
    limits: Limits | None = None
    odd: dict[str, str] = field(default_factory=dict)

    def copy(self) -> "Line":
        return Line(self.key, dict(self.texts), self.limits)


@dataclass
class Draft:
    """What a reporter types into its form. `stamp` is what the hidden sheet says; `dropped` sheets are left out,
    `headers` are column headings that were typed over, by (table, field)."""

    form: Form
    lines: dict[str, list[Line]]
    stamp: dict[str, str]
    dropped: set[str] = field(default_factory=set)
    headers: dict[tuple[str, str], str] = field(default_factory=dict)
    folder: str = ""  # the reporter's folder that it was dropped into
    bytes_of: Callable[[bytes], bytes] | None = None  # makes something else of the file

    def line(self, tab: str, key: str) -> Line:
        return next(line for line in self.lines[tab] if line.key == key)

    def projects(self) -> list[Line]:
        return [line for line in self.lines["projects"] if line.texts]

    def address(self, tab: str, line: Line, name: str) -> str:
        places = [column.field for column in BY_TABLE[tab].columns]
        return f"{chr(65 + places.index(name))}{FIRST_ROW + self.lines[tab].index(line)}"

    def write(self, path: Path) -> None:
        rows = {tab: tuple(Row(one.key, one.texts, one.limits) for one in lines) for tab, lines in self.lines.items()}
        write_fill_in(path, replace(self.form, rows=rows, stamp=self.stamp))
        cells = list(self._odd_cells())
        if cells:
            _put(path, cells)
        if self.dropped:
            book = load_workbook(path)
            for title in self.dropped:
                book.remove(book[title])
            book.save(path)
        if self.bytes_of:
            path.write_bytes(self.bytes_of(path.read_bytes()))

    def _odd_cells(self) -> Iterator[tuple[str, str, str, str]]:
        """(table, address, XML, value) of the cells that writing a form cannot make."""
        for tab, lines in self.lines.items():
            for line in lines:
                for name, value in line.odd.items():
                    yield tab, self.address(tab, line, name), _ERROR if value[0] == "#" else _FORMULA, value.lstrip("=")
        for (tab, name), title in self.headers.items():
            column = [column.field for column in BY_TABLE[tab].columns].index(name)
            yield tab, f"{chr(65 + column)}{FIRST_ROW - 1}", _TEXT, title


def _put(path: Path, cells: list[tuple[str, str, str, str]]) -> None:
    """Put cells into a written workbook; its sheets stand in the order in which they are written."""
    numbers = {sheet.table: number for number, sheet in enumerate(SHEETS, start=2)}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for tab, address, form, value in cells:
        name = f"xl/worksheets/sheet{numbers[tab]}.xml"
        found = re.search(rf'<c r="{address}"( s="\d+")?[^>]*?(/>|>.*?</c>)', parts[name].decode())
        cell = form.format(address=address, style=found[1] or "", value=value)
        parts[name] = parts[name].decode().replace(found[0], cell, 1).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def good_draft(
    registry: Registry, form: Form, figures: Mapping[str, Decimal], rng: random.Random, before: Draft | None = None
) -> Draft:
    """A form as it should be filled in, in which nothing is wrong or odd. `before` is what the same reporter typed in
    the quarter before."""
    lines = {
        tab: [Line(row.key, dict(row.texts), row.limits) for row in rows if tab != "projects" or row.key]
        for tab, rows in form.rows.items()
    }
    with_figures = {line.texts["item"] for line in lines["inputs"]}
    for line in lines["progress"]:
        _fill_progress(line, form.quarter, line.key in with_figures or line.texts["role"] == "牵头", rng)
    for line in lines["inputs"]:
        line.texts["value"] = f"{figures[line.key]:f}"
    _fill_projects(lines["projects"], form, rng, before)
    lines["projects"] += [Line("", {}) for _ in range(4)]
    return Draft(form, lines, dict(form.stamp))


def _fill_progress(line: Line, quarter: Quarter, is_measured: bool, rng: random.Random) -> None:
    status = "推进中" if is_measured else rng.choices(("推进中", "未启动", "已完成", "不适用"), (88, 5, 4, 3))[0]
    line.texts["status"] = status
    if status == "不适用":
        line.texts["explanation"] = f"本单位没有这方面的职能，{phrases(rng, 2)}由其他单位承担"
        return
    if status != "未启动":
        line.texts["done"] = phrases(rng, 9)
    line.texts |= {"problems": phrases(rng, 6), "next": phrases(rng, 7)}
    line.texts["expected_on"] = f"{quarter.end if status == '已完成' else _ahead(quarter, rng)}"


def _fill_projects(lines: list[Line], form: Form, rng: random.Random, before: Draft | None) -> None:
    """Those of earlier quarters go on; in its first quarter a lead breaks down every item that it leads."""
    had = {line.texts["name"]: int(line.texts["progress"].rstrip("%")) for line in before.projects()} if before else {}
    for line in lines:
        _fill_project(line, had[line.texts["name"]] + rng.randint(5, 25), rng)
    owed = [item.number for item in form.owed]
    led = [item.number for item in form.owed if item.role == "牵头"]
    new = rng.sample(owed, min(len(owed), 1)) if before else [*led, *rng.sample(owed, min(len(owed), 3))]
    for item in sorted(new):
        texts = {
            "item": str(item),
            "name": phrases(rng, 4, ""),
            "owner": rng.choice("王李张刘陈杨") + rng.choice("建国伟"),
        }
        line = Line("", texts | {"due_on": str(_ahead(Quarter(form.quarter.year, 3), rng))})
        _fill_project(line, rng.randint(5, 40), rng)
        lines.append(line)


def _fill_project(line: Line, percent: int, rng: random.Random) -> None:
    line.texts |= {"progress": f"{percent}%", "status": "推进中", "done": phrases(rng, 5)}


def phrases(rng: random.Random, count: int, between: str = "，") -> str:
    """A text that is like no other, and holds no figure that a column could gainsay."""
    return between.join(rng.sample(_PHRASES, count))


def _ahead(quarter: Quarter, rng: random.Random) -> dt.date:
    ends = [one.end for one in quarter.of_year if one >= quarter.next()] or [quarter.end]
    return rng.choice(ends)
