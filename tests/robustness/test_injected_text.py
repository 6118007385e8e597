"""What reporters type, and what they call their files, is shown in every output and never acts in any."""

import csv
import datetime as dt
import io
import logging
import re
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from python_calamine import CalamineWorkbook
from rich.console import Console
from walking import header_row

from duban import collecting, intake
from duban.answering.answer import answer_all
from duban.checking.run import check_run
from duban.cli import run
from duban.demo import opened_at
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.opening import open_quarter
from duban.publishing.publish import publish
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_received
from duban.registry.load import load_registry
from duban.runs import run_folder
from duban.settings import REPOSITORY, SCHEMAS
from duban.validation_page.page import write_page
from duban.visible import unmarked
from duban.warehouse.load import load_run
from flows.local import _Lines

pytestmark = pytest.mark.engine
Q1 = Quarter(2023, 1)
SAMPLES = REPOSITORY / "sample_submissions"
COLLECTED, PUBLISHED = (dt.datetime(2023, 4, 7, hour, tzinfo=TIME_ZONE) for hour in (9, 10))
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

# what spreadsheets, consoles, browsers, templates and document fields have been made to act upon
PAYLOADS = {
    "equals": "=A1+A2",
    "plus": "+A1+A2",
    "minus": "-A1+A2",
    "at": "@SUM(A:A)",
    "tab": "\t=A1",
    "return": "\r=A1",
    "percent": "%A1",
    "pipe": "|calc",
    "full-width": "＝A1",
    "array": "{=A1}",
    "dde": "=cmd|' -C calc'!A",
    "dde-auto": 'DDEAUTO c:\\\\cmd.exe "calc"',
    "link": '=HYPERLINK("http:x.example?"&A1,"请看")',
    "address": "http:x.example 请点",
    "script": "<script>alert(document.cookie)</script><img src=x onerror=alert(x)>",
    "rich": "<r><t>甲</t></r>",
    "console": "\x1b[2J\x1b]8;;http:x.example\x07请点\x1b]8;;\x07",
    "turned": "\u202etxt.exe\u2066",
    "template": "{{ self.__init__ }}{% for x in y %}${jndi:ldap}#{z}",
    "markup": "[link=http:x.example]请点[/link][red]红[/red]",
    "markdown": "![图](http:x.example) | 格 | `码` **粗**",
    "footer": '&G&D&"Wingdings"',
}
FIELDS = {
    "工作进展": ("本季度工作进展", "存在问题", "下一步打算", "情况说明"),
    "指标数据": ("情况说明",),
    "项目清单": ("项目名称", "责任人", "本季度进展", "情况说明"),
}
KEYED = {"工作进展": "序号", "指标数据": "指标编码", "项目清单": "项目名称"}


@dataclass(frozen=True)
class Injected:
    """A home in which submissions with every payload in every text field were collected and published; `typed` holds
    payload, header and text by reporter, `page` is the validation page."""

    home: Home
    told: dict
    folder: Path
    typed: dict[str, list[tuple[str, str, str]]]
    page: Path

    def workbooks(self) -> list[Path]:
        return [*self.folder.glob("*.xlsx"), *self.home.outbox.rglob("*退回修改.xlsx")]


def injected(source: Path, target: Path, first: int, spoil: bool = False) -> list[tuple[str, str, str]]:
    """A copy of a submission with a payload before every text; returns the texts. Where it is to `spoil`, a figure is
    missing besides."""
    book, typed, names = openpyxl.load_workbook(source), [], list(PAYLOADS)
    for sheet, headers in FIELDS.items():
        page = book[sheet]
        top, columns = header_row(page)
        for row in range(top + 1, page.max_row + 1):
            if page.cell(row, columns[KEYED[sheet]]).value in (None, ""):
                continue
            for place, header in enumerate(headers):
                cell = page.cell(row, columns[header])
                some = names[:16] if sheet == "项目清单" else names  # a reporter has only three projects
                payload = some[(row + first + place) % len(some)]
                text = PAYLOADS[payload] + str(cell.value or "如实填报")
                write(cell, text)
                typed.append((payload, header, text))
    extra = book.create_sheet("=cmd(A1)<script>{{x}}")  # sheets and cells that nobody asked for
    for place, text in enumerate(PAYLOADS.values(), start=1):
        write(extra.cell(place, 1), text)
    if spoil:
        page = book["指标数据"]
        top, columns = header_row(page)
        page.cell(top + 1, columns["本季填报数"]).value = "=cmd|' -C calc'!A"
        page.cell(top + 1, columns["本季填报数"]).data_type = "s"
    book.save(target)
    return typed


def write(cell: Cell, text: str) -> None:
    """Text, and no formula; what XML has no place for is spelled as Excel spells it."""
    cell.value = re.sub("[\x00-\x08\x0b-\x1f]", lambda found: f"_x{ord(found[0]):04X}_", text)
    cell.data_type = "s"


@pytest.fixture(scope="module")
def published(tmp_path_factory, validator) -> Injected:
    home, registry = Home(tmp_path_factory.mktemp("injected") / "home"), load_registry(SCHEMAS / "2023")
    copy_keys(SAMPLES / "keys", home.keys)
    open_quarter(home, registry, Q1, opened_at(Q1))
    typed = drop(home.intake / str(Q1))
    with run_folder(home, "collect") as folder:  # as a run collects
        taken = intake.take_in(home, Q1)
        new, known = collecting.sort_out(home, registry, Q1, taken)
        read_received(new, home, registry, folder)
        check_run(folder, registry, home, Q1, COLLECTED, validator)
        accessions = load_run(home, registry, Q1, folder, COLLECTED)
        page = write_page(home, registry, Q1, COLLECTED, folder, accessions)
        said = collecting.answered(home, Q1, answer_all(home, registry, Q1, COLLECTED, again=known))
        for file in taken:
            intake.clear(home, file)
    told = {kind: [one for one in said if one["verdict"] == kind] for kind in ("accepted", "returned", "set_aside")}
    made = publish(home, registry, Q1, PUBLISHED)
    return Injected(home, told, made.folder, typed, page)


def drop(folder: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Submissions of prefectures, which owe most, under hostile names, one in a folder of such a name."""
    hostile, typed = [text.replace("/", "") for text in PAYLOADS.values()], {}
    for place, source in enumerate(sorted((SAMPLES / str(Q1)).glob("*-42*.xlsx"))[:6]):
        below = folder / (f"{hostile[5]}夹" if place == 5 else "")
        below.mkdir(parents=True, exist_ok=True)
        name = f"{hostile[3 * place]}{hostile[3 * place + 1]}{hostile[3 * place + 2]}{source.name}"
        typed[source.name.split("-")[1]] = injected(source, below / name, 3 * place, spoil=place >= 4)
    return typed


def parts_of(path: Path, pattern: str) -> dict[str, str]:
    """The XML of an Office file's parts whose names are like this."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist() if re.search(pattern, name)}


def texts_of(path: Path) -> set[str]:
    with CalamineWorkbook.from_path(path) as book:
        grids = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return {cell for grid in grids for row in grid for cell in row if isinstance(cell, str)}


def seen(text: str) -> str:
    """What can be seen of a text; the rest is told to its reporter and not published."""
    return ACTING.sub("", text.strip()).strip()


def test_every_payload_was_typed_in_every_kind_of_field_and_taken_in(published):
    told = {kind: len(published.told[kind]) for kind in ("accepted", "returned", "set_aside")}
    assert told == {"accepted": 4, "returned": 2, "set_aside": 0}
    found = {(payload, header) for texts in published.typed.values() for payload, header, _ in texts}
    for sheet, headers in FIELDS.items():
        payloads = list(PAYLOADS)[:16] if sheet == "项目清单" else PAYLOADS
        assert {(payload, header) for payload in payloads for header in headers} <= found


def test_no_workbook_holds_a_formula_that_was_typed_nor_a_link_that_leads_out(published):
    assert len(published.workbooks()) == 3
    for path in published.workbooks():
        for name, xml in parts_of(path, r"\.(xml|rels)$").items():
            formulas = re.findall(r"<(?:f|formula[12]?|definedName)\b[^>]*>([^<]*)<", xml)
            assert not [text for text in formulas if re.search("cmd|HYPERLINK|DDE|x\\.example|A1\\+A2", text)], name
            assert "TargetMode" not in xml and "externalLink" not in name and "<ddeLink" not in xml, name
            if name.startswith("xl/worksheets/sheet") and path.parent == published.folder:
                assert "<f>" not in xml and "<f " not in xml, name


def test_what_begins_as_a_formula_stays_text_when_it_is_entered_once_more(published):
    """Excel makes a formula of such a text when somebody opens its cell and presses Enter, unless it is marked."""
    for path in published.workbooks():
        cells = [cell for page in openpyxl.load_workbook(path) for row in page.iter_rows() for cell in row]
        begun = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))]
        assert len(begun) > 10
        assert [cell.coordinate for cell in begun if not cell.quotePrefix or cell.data_type != "s"] == []


def test_what_was_typed_stands_in_the_workbook_to_the_letter(published):
    [book] = published.folder.glob("*.xlsx")
    stands = texts_of(book)
    shown = "工作进展", "本季度工作进展", "存在问题", "下一步打算", "项目名称", "责任人", "本季度进展"
    accepted = [one["reporter"] for one in published.told["accepted"]]
    typed = {seen(text) for code in accepted for _, header, text in published.typed[code] if header in shown}
    assert len(typed) > 200
    assert typed - stands == set()


def test_a_returned_workbook_shows_its_reporter_what_it_typed(published):
    for one in published.told["returned"]:
        stands = {text.strip() for text in texts_of(Path(one["answer"]))}
        assert {text.strip() for _, _, text in published.typed[one["reporter"]]} - stands == set()


def test_the_circular_has_no_field_but_its_page_numbers_and_no_link(published):
    parts = parts_of(published.folder / "通报.docx", r"\.(xml|rels)$")
    for name, xml in parts.items():
        assert "<w:hyperlink" not in xml and "TargetMode" not in xml and "w:altChunk" not in xml, name
        assert set(re.findall(r"<w:instrText[^>]*>\s*(\w+)", xml)) <= {"PAGE"}, name
        assert not ACTING.search(xml), name


def test_the_list_of_findings_has_no_cell_that_a_spreadsheet_would_reckon_and_nothing_that_a_terminal_would_obey(
    published,
):
    text = (published.folder / "findings.csv").read_text(encoding="utf-8-sig")
    assert not ACTING.search(text.replace("\r\n", "\n"))
    cells = [cell for row in csv.reader(text.splitlines(keepends=True)) for cell in row]
    assert not [cell for cell in cells if re.match(r"[\s\u3000]*[=+\-@\t\r\n＝＋－＠]", cell)]
    assert [cell for cell in cells if re.match(r"'[=＝]", cell)]  # some of them came so far


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_the_validation_page_has_no_tag_of_theirs_and_loads_nothing(published):
    page = published.page.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert {tag for tag, _ in tags.found}.isdisjoint({"script", "img", "iframe", "link", "object", "base", "form"})
    for tag, attributes in tags.found:
        assert not [word for word in attributes if word.startswith("on") or word == "src"], tag
        assert re.match(r"(#|[0-9_-]+\.html$)", attributes.get("href", "#")), attributes
    policy = {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"}
    assert ("meta", policy) in tags.found
    assert "<img src=x onerror=alert(x)>" in tags.text and not ACTING.search(page)


def test_letters_and_terminal_spell_out_what_would_act(published, capsys):
    letters = [
        path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n") for path in published.home.outbox.rglob("*.txt")
    ]
    assert len(letters) == 4 and not [text for text in letters if ACTING.search(text)]
    home = str(published.home.root)
    for arguments in (
        ["history", "420900", "2023Q1"],
        ["--json", "history", "420900", "2023Q1"],
        ["trace", "2023Q1-420200-01", "工作进展!F5"],
        ["trace", "2023Q1-r1", "工作进展!F5"],
        ["trace", "2023Q1-420200-01", "没有\x1b[2J\u202e!A1"],
    ):
        run(["--home", home, *arguments])
        said = capsys.readouterr()
        assert (said.out or said.err) and not ACTING.search(said.out + said.err), arguments
    run(["--home", home, "history", "420900", "2023Q1"])
    assert "\\u001b[2J" in capsys.readouterr().out


def test_a_line_of_the_log_is_no_markup_and_a_cell_of_the_table_is_no_markdown():
    shown = io.StringIO()
    record = logging.LogRecord("duban", logging.INFO, "", 0, "收到 %s", ("".join(PAYLOADS.values()),), None)
    _Lines(Console(file=shown, force_terminal=True, width=4000)).emit(record)
    assert not ACTING.search(shown.getvalue()) and "[link=http:x.example]请点[/link]" in shown.getvalue()
    for payload in PAYLOADS.values():
        assert not re.search(r"[!-/:-@\[-`{-~]", re.sub(r"\\[!-/:-@\[-`{-~]", "", unmarked(payload))), payload


def test_no_file_is_named_by_those_who_send_and_none_stays_in_the_intake(published):
    ours = re.compile(r"[0-9A-Za-z\u4e00-\u9fff_.-]+")
    home = published.home
    folders = home.outbox, home.published, home.archive, home.validation
    names = [path.name for folder in folders for path in folder.rglob("*")]
    assert len(names) > 100 and [name for name in names if not ours.fullmatch(name)] == []
    assert [path for path in home.intake.rglob("*") if path.is_file()] == []
