"""A published workbook, read back from its file alone: its cells, and the lineage that it carries."""

import hashlib
import json
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from duban.errors import UserError
from duban.files import digest_of
from duban.reading.cells import Book, Page, read_book, read_own
from duban.reading.faults import Refused
from duban.reading.submission import read_bytes
from duban.tracing.records import SHEET, records_of

SOURCES = "数据来源"
_FURTHER = re.compile(rf"{SOURCES}(?: [1-9]\d*)?")  # what one sheet does not hold stands in `数据来源 2` …
_SOURCE_WORDS = {"填报项编码", "报送编号", "来源单元格", "填写原文", "采用值"}
_STATES = {"空白": "blank", "不适用": "not_applicable"}
_HEADER_ROWS = 60  # how far down a header may stand


class Light(NamedTuple):
    """A stored light with its inputs; `schedule` and `threshold` are fractions."""

    scope: str
    item: int
    subject: str
    value: Decimal | None
    target: Decimal | None
    schedule: Decimal | None
    threshold: Decimal | None
    formula: str
    light: str
    computed: bool


@dataclass(frozen=True)
class Source:
    """A cell of a submission that something published was made of. `typed` is None where only the archived file has it
    (texts, projects); `value` is what the publication reckons with, None where that is no figure; `row` is the row of
    the sheet (`listed`) that tells of it, 0 for none; `unit` is that of an input."""

    quarter: str
    reporter: str
    name: str
    accession: str
    digest: str
    tab: str
    key: str
    field: str
    sheet: str
    cell: str
    state: str = "value"
    typed: str | None = None
    value: Decimal | None = None
    correction: str = ""
    listed: str = SOURCES
    row: int = 0
    unit: str = ""

    @property
    def entry(self) -> tuple[str, str, str, str]:
        return self.accession, self.tab, self.key, self.field


@dataclass(frozen=True)
class Table:
    """A table of a sheet: its header words by column, and where its rows begin."""

    header: int
    columns: dict[int, str]

    def column(self, word: str) -> int | None:
        return next((column for column, header in self.columns.items() if header == word), None)


class Publication:
    """What a published workbook says, of itself and of its figures. Raises ValueError, KeyError or TypeError where its
    lineage does not hold together; `open_publication` makes a sentence of that."""

    def __init__(self, path: Path, digest: str, book: Book):
        self.path, self.digest = path, digest
        self.pages = {page.name: page for page in book.pages}
        lineage = self.pages[SHEET]
        records = records_of([text for _, text in row.values()] for row in lineage.rows.values())
        [self.about] = records["publication"]
        self.name: str = self.about["publication"]
        self.quarter: str = self.about["quarter"]
        self.items = {record["item"]: record for record in records["item"]}
        self.measures = {record["measure"]: record for record in records["measure"]}
        self.deliverables = {record["deliverable"]: record for record in records["deliverable"]}
        self.reporters = {record["code"]: record for record in records["reporter"]}
        self.codes = {record["name"]: code for code, record in self.reporters.items()}
        self.places = {code: place for place, code in enumerate(self.reporters)}
        self.submissions = {record["accession"]: record for record in records["submission"]}
        self.corrections = {(r["accession"], r["tab"], r["key"], r["field"]): r for r in records["correction"]}
        self.lights = {
            (light.scope, light.item, light.subject, record["reporter"]): light
            for record in records["lights"]
            for light in map(_light, record["lights"])
        }

    @cached_property
    def current(self) -> dict[tuple[str, str], dict]:
        """The submissions that count, by quarter and reporter."""
        return {(s["quarter"], s["reporter"]): s for s in self.submissions.values() if s["current"]}

    @cached_property
    def received(self) -> dict[str, list[dict]]:
        """The quarter's submissions by reporter, those sent back as well."""
        found = defaultdict(list)
        for submission in self.submissions.values():
            if submission["quarter"] == self.quarter:
                found[submission["reporter"]].append(submission)
        return found

    @cached_property
    def judged(self) -> dict[tuple[int, str], list[tuple[str, Light]]]:
        """The lights of measures and deliverables, each with its subject, by item and reporter ('': the province)."""
        found = defaultdict(list)
        for (scope, item, subject, reporter), light in self.lights.items():
            if scope in ("measure", "reporter_measure", "deliverable"):
                found[item, reporter].append((subject, light))
        return found

    @cached_property
    def items_lit(self) -> dict[int, Light]:
        """The light of each item as a whole."""
        return {item: light for (scope, item, _, _), light in self.lights.items() if scope == "item"}

    @cached_property
    def inputs(self) -> dict[str, tuple[str, str, str, str]]:
        """Measure, part, unit and title of each input."""
        return {
            code: (name, *told) for name, measure in self.measures.items() for code, told in measure["inputs"].items()
        }

    @cached_property
    def owing(self) -> dict[str, list[str]]:
        """Who owes each measure, in the plan's order."""
        found = {measure: [] for measure in self.measures}
        for code, reporter in self.reporters.items():
            for measure in reporter["measures"]:
                found[measure].append(code)
        return found

    @cached_property
    def quarters(self) -> list[str]:
        """The year's quarters up to this one."""
        return [f"{self.quarter[:5]}{number}" for number in range(1, int(self.quarter[5]) + 1)]

    def table(self, page: Page, words: set[str]) -> Table | None:
        """The first row that has all of the header words."""
        for number, row in page.rows.items():
            if number > _HEADER_ROWS:
                return None
            columns = {column: text for column, (kind, text) in row.items() if kind == "text"}
            if words <= set(columns.values()):
                return Table(number, columns)
        return None

    @cached_property
    def sources(self) -> dict[tuple[str, str, str], Source]:
        """The listed cells of figures, by input, reporter and quarter."""
        found = {}
        for name in [SOURCES, *(name for name in self.pages if is_sources(name) and name != SOURCES)]:
            found |= self._listed(self.pages[name])
        return found

    def _listed(self, page: Page) -> dict[tuple[str, str, str], Source]:
        table = self.table(page, _SOURCE_WORDS)
        if table is None:
            raise ValueError(f"no table in {page.name}")
        words = ("报送编号", "填报项编码", "来源单元格", "填写原文", "采用值", "更正")
        columns = [table.column(word) for word in words]
        found, blank = {}, ("text", "")
        for number, row in page.rows.items():
            if number <= table.header:
                continue
            (_, accession), (_, code), (_, where), (_, typed), (kind, value), (_, correction) = (
                row.get(column, blank) for column in columns
            )
            submission = self.submissions[accession]
            sheet, _, cell = where.rpartition("!")
            found[code, submission["reporter"], submission["quarter"]] = Source(
                *(submission["quarter"], submission["reporter"], self.reporters[submission["reporter"]]["name"]),
                *(submission["accession"], submission["digest"], "inputs", code, "value", sheet, cell),
                state="value" if kind == "number" else "not_applicable" if value else "blank",
                typed=typed,
                value=figure_of(value) if kind == "number" else None,
                correction=correction,
                listed=page.name,
                row=number,
                unit=self.inputs[code][2],
            )
        return found

    def input(self, code: str, reporter: str, quarter: str) -> Source | None:
        """The cell of an input, a blank one as well; None where the reporter's submission has no such row, or there is
        none that counts."""
        listed = self.sources.get((code, reporter, quarter))
        return listed or self.entry(self.current.get((quarter, reporter)), "inputs", code, "value")

    def entry(self, submission: dict | None, tab: str, key: str, field: str) -> Source | None:
        """The cell of an entry of a submission that counts."""
        place = submission and submission["places"].get(tab)
        if not place or key not in place["rows"] or field not in place["columns"]:
            return None
        reporter = submission["reporter"]
        return Source(
            *(submission["quarter"], reporter, self.reporters[reporter]["name"], submission["accession"]),
            *(submission["digest"], tab, key, field, place["sheet"], place["columns"][field] + place["rows"][key]),
            state="unlisted" if tab != "inputs" else "blank",
            correction=self.corrections.get((submission["accession"], tab, key, field), {"words": ""})["words"],
            unit=self.inputs[key][2] if tab == "inputs" and key in self.inputs else "",
        )


def _light(told: list) -> Light:
    scope, item, subject, *figures, formula, light, computed = told
    return Light(scope, item, subject, *map(figure_of, figures), formula, light, computed)


def is_sources(sheet: str) -> bool:
    """Whether a sheet lists the cells of figures."""
    return _FURTHER.fullmatch(sheet) is not None


def figure_of(text: str | None) -> Decimal | None:
    """Text as an exact figure. Raises ValueError for what is none."""
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise ValueError(f"not a figure: {text!r}") from None


def typed_of(text: str) -> tuple[str, Decimal | None]:
    """State and figure of a value as a correction tells it: `1,200`, `35%`, 不适用 or 空白."""
    if text in _STATES:
        return _STATES[text], None
    figure = figure_of(text.replace(",", "").removesuffix("%"))
    return "value", figure / 100 if text.endswith("%") else figure


def read_workbook(path: Path, published: Path | None = None) -> tuple[bytes, Book]:
    """A file that someone handed in, read under the limits of reading; one that was issued, as the manifest of its name
    below `published` says, is read as our own. Raises UserError where it is no workbook."""
    try:
        if published and issued(path, published):
            data = path.read_bytes()
            return data, read_own(data)
        data = read_bytes(str(path))
    except FileNotFoundError:
        raise UserError(f"找不到文件 {path}：请写明汇总簿或填报表的位置，或写报送编号。") from None
    except IsADirectoryError:
        raise UserError(f"{path} 是文件夹：请写明其中的汇总簿（.xlsx）。") from None
    try:
        return data, read_book(data)
    except Refused:
        raise UserError(f"{path.name} 不是能读取的 .xlsx 工作簿：请给出汇总簿或填报表的原件。") from None


def issued(path: Path, published: Path) -> bool:
    """Whether a file has the bytes of the publication of its name."""
    manifest = published / path.stem / "manifest.json"
    if not manifest.is_file():
        return False
    with suppress(ValueError, KeyError, TypeError):
        return json.loads(manifest.read_text(encoding="utf-8"))["workbook"]["sha256"] == digest_of(path)
    return False


def open_publication(path: Path, published: Path | None = None) -> Publication:
    """The publication in a file. Raises UserError where the file is none, or its lineage is spoilt."""
    publication = publication_in(path, *read_workbook(path, published))
    if publication is None:
        raise UserError(f"{path.name} 不是带数据来源的汇总簿：请给出 published/ 下的工作簿。")
    return publication


def publication_in(path: Path, data: bytes, book: Book) -> Publication | None:
    """The publication that a workbook is; None where it is another workbook."""
    if not any(page.name == SHEET for page in book.pages):
        return None
    try:
        publication = Publication(path, hashlib.sha256(data).hexdigest(), book)
        publication.sources  # noqa: B018 - spoilt ones are told of here
        return publication
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise UserError(f"{path.name} 的来源记录残缺，不能追溯：请从备份恢复该汇总簿后重试。") from None


_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")


def parse_cell(text: str) -> tuple[int, int] | None:
    """Row and column, from 1, of `H5`; None for what is no cell."""
    match = _CELL.fullmatch(text.strip())
    if not match:
        return None
    column = 0
    for letter in match[1].upper():
        column = 26 * column + ord(letter) - 64
    return int(match[2]), column


class Shelf:
    """The published workbooks of a home, each opened once."""

    def __init__(self, published: Path):
        self._published = published
        self.opened = cache(self._opened)

    def _opened(self, name: str) -> Publication:
        return open_publication(self._published / name / f"{name}.xlsx", self._published)

    def publication(self, name: str) -> Publication | None:
        """The publication of this name; None where its workbook is not there or cannot be read."""
        try:
            return self.opened(name)
        except UserError:
            return None
