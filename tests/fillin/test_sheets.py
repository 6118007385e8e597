import datetime as dt
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from xlsxwriter.exceptions import XlsxWriterException

from duban.errors import RegistryError
from duban.quarters import TIME_ZONE
from duban.registry.files import read_yaml
from duban.settings import SCHEMAS
from duban.sheets import Book, column_width, open_workbook, row_height, set_up_page, text_width, wrapped_lines
from duban.theme import LIGHTS, Theme, theme

WHEN = dt.datetime(2023, 4, 3, 9, 0, tzinfo=TIME_ZONE)


def write(path, *texts):
    with open_workbook(path, WHEN, "试") as book:
        sheet = book.sheet("表")
        for row, text in enumerate(texts):
            book.text(sheet, row, 0, text, book.style("text"))


def test_text_that_looks_like_a_formula_or_a_link_stays_text(tmp_path):
    texts = ["=1+1", "{=1}", "+86", "-3", "@a", "https://example.org", "mailto:a@b", "0012"]
    write(tmp_path / "a.xlsx", *texts)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    assert [(cell.value, cell.data_type, cell.hyperlink) for (cell,) in sheet.iter_rows()] == [
        (text, "s", None) for text in texts
    ]


def test_overlong_text_is_cut_and_says_so(tmp_path):
    write(tmp_path / "a.xlsx", "长" * 40_000)
    value = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]["A1"].value
    assert len(value) == 32_767 and value.endswith("（原文过长，此处截断）")


def test_overlong_text_is_measured_in_the_units_of_excel(tmp_path):
    write(tmp_path / "a.xlsx", "😀" * 20_000, "😀" * 16_383)
    (long,), (fitting,) = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"].iter_rows(values_only=True)
    assert long == "😀" * 16_377 + "……（原文过长，此处截断）"
    assert fitting == "😀" * 16_383


def test_text_in_the_markup_of_shared_strings_is_text(tmp_path):
    write(tmp_path / "a.xlsx", "<r></t></r>", "<r>" + "长" * 40_000 + "</r>", "<r>" + "长" * 32_760 + "</r>")
    values = [value for (value,) in openpyxl.load_workbook(tmp_path / "a.xlsx")["表"].iter_rows(values_only=True)]
    assert (values[0], [value[-1] for value in values[1:]]) == ("<r></t></r> ", ["）", " "])


def test_characters_that_xml_cannot_hold_do_not_spoil_the_file(tmp_path):
    with open_workbook(tmp_path / "a.xlsx", WHEN, "试") as book:
        sheet = book.sheet("表")
        book.text(sheet, 0, 0, "甲\x0b\uffff\udc80乙", book.style("text"))
        book.note(sheet, 0, 0, "说\x00\x0b\uffff\udc80明" + "长" * 40_000)
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]["A1"]
    assert cell.value == "甲_x000B_乙"  # the escape that Excel shows as the character itself
    assert (cell.comment.text[:3], len(cell.comment.text)) == ("说明长", 2_000)


def test_a_cell_out_of_range_raises_instead_of_returning_a_code(tmp_path):
    with pytest.raises(XlsxWriterException), open_workbook(tmp_path / "a.xlsx", WHEN, "试") as book:
        book.text(book.sheet("表"), 0, 20_000, "x", book.style("text"))
    assert list(tmp_path.iterdir()) == []


def test_equal_content_gives_equal_bytes_and_an_untouched_file(tmp_path):
    write(tmp_path / "a.xlsx", "甲")
    write(tmp_path / "b.xlsx", "甲")
    before = (tmp_path / "a.xlsx").stat()
    write(tmp_path / "a.xlsx", "甲")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert (tmp_path / "a.xlsx").stat().st_ino == before.st_ino
    write(tmp_path / "a.xlsx", "乙")
    assert (tmp_path / "a.xlsx").read_bytes() != (tmp_path / "b.xlsx").read_bytes()


def test_an_exception_leaves_the_earlier_file_and_no_scrap(tmp_path):
    write(tmp_path / "a.xlsx", "甲")
    data = (tmp_path / "a.xlsx").read_bytes()
    with pytest.raises(KeyError), open_workbook(tmp_path / "a.xlsx", WHEN, "试") as book:
        book.sheet("表")
        raise KeyError
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.xlsx", data)]


def test_styles_of_the_same_look_are_one(tmp_path):
    with open_workbook(tmp_path / "a.xlsx", WHEN, "试") as book:
        book.sheet("表")
        assert book.style("text", bold=True) is book.style("text", bold=True) is not book.style("text")


HOSTILE = ["=1+1", "{=1}", "a\x01b\x0bc", "_x0041_", " 前后 ", "一\n二", "<&>\"'", "]]>", "\ufffe\udc80", "长" * 40_000]
HOSTILE += ["😀" * 20_000, "<r></t></r>", "https://example.org", "\r", "\t", "0012", "1e5", "#REF!", "同", "同"]
NUMBERS = [0, -1, 10**15, 123456789.123456789, 0.1, 1e-20, 1e300, Decimal("0.962962"), Decimal("1000.000000"), None]


def styled(book):
    """Texts, numbers and blanks, each with a style: as many as a sheet has columns past Z."""
    values = [*HOSTILE, *NUMBERS, ""]
    styles = [book.style("text"), book.style("number", num_format="0.0%"), book.look(book.theme.lights, "red")]
    return values, [styles[place % 3] for place in range(len(values))]


def write_table(path, write_cells):
    """A sheet with all that stands around rows; `write_cells(book, sheet, row, first, values, styles)` writes them."""
    with open_workbook(path, WHEN, "试") as book:
        sheet = book.sheet("表")
        sheet.set_default_row(21)
        values, styles = styled(book)
        for row in (1, 2, 20, 40):
            write_cells(book, sheet, row, 0, values, styles)
            sheet.set_row(row, 15 * row)
        write_cells(book, sheet, 41, 0, values[:3], styles[:3])
        book.link(sheet, 41, 3, "表", "A1", "←", styles[0])
        write_cells(book, sheet, 41, 4, values[4:], styles[4:])
        book.note(sheet, 2, 0, "说明")
        sheet.autofilter(1, 0, 40, 3)
        sheet.freeze_panes(2, 1)
        sheet.conditional_format(1, 20, 40, 20, {"type": "data_bar", "bar_solid": True})
        set_up_page(sheet, header_rows=(1, 1))


def one_by_one(book, sheet, row, first, values, styles):
    for col, (value, style) in enumerate(zip(values, styles, strict=True), start=first):
        if isinstance(value, str):
            book.text(sheet, row, col, value, style)
        else:
            book.number(sheet, row, col, value, style)


def test_rows_written_at_once_are_what_xlsxwriter_writes_cell_by_cell(tmp_path):
    write_table(tmp_path / "cells.xlsx", one_by_one)
    write_table(tmp_path / "rows.xlsx", Book.row)
    packages = []
    for name in ("cells", "rows"):
        with zipfile.ZipFile(tmp_path / f"{name}.xlsx") as package:
            packages.append({part: package.read(part).decode() for part in package.namelist()})
    cells, rows = packages
    cells["xl/worksheets/sheet1.xml"] = re.sub(' spans="[0-9:]+"', "", cells["xl/worksheets/sheet1.xml"])
    assert rows == cells
    write_table(tmp_path / "again.xlsx", Book.row)
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "rows.xlsx").read_bytes()


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl does not know solid data bars
def test_rows_written_at_once_read_back(tmp_path):
    write_table(tmp_path / "a.xlsx", Book.row)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    values = [cell.value for cell in sheet[3]]
    assert (sheet.dimensions, sheet.row_dimensions[21].height) == ("A2:AE42", 300)
    assert values[:4] == ["=1+1", "{=1}", "a_x0001_b_x000B_c", "_x0041_"]
    assert values[4:9] == [" 前后 ", "一\n二", "<&>\"'", "]]>", ""]
    assert [cell.data_type for cell in sheet[3][:8]] == ["s"] * 8
    assert values[20:] == [0, -1, 10**15, 123456789.1234568, 0.1, 1e-20, 1e300, 0.962962, 1000, None, None]
    assert [cell.number_format for cell in sheet[3][20:23]] == ["General", "General", "0.0%"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("nan")])
def test_a_row_refuses_what_is_not_a_number_and_what_lies_outside(tmp_path, value):
    with pytest.raises(ValueError, match="not a number"), open_workbook(tmp_path / "a.xlsx", WHEN, "试") as book:
        book.row(book.sheet("表"), 0, 0, [value], [book.style("number")])
    for row, first in ((1_048_576, 0), (0, 16_383), (-1, 0)):
        with pytest.raises(XlsxWriterException), open_workbook(tmp_path / "a.xlsx", WHEN, "试") as book:
            book.row(book.sheet("表"), row, first, ["a", "b"], [book.style("text")] * 2)


@pytest.mark.engine
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_rows_written_at_once_as_it_reads_cells(tmp_path):
    for name, write_cells in (("cells", one_by_one), ("rows", Book.row)):
        write_table(tmp_path / f"{name}.xlsx", write_cells)
        command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
        command += [
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76",
            "--outdir",
            str(tmp_path),
            str(tmp_path / f"{name}.xlsx"),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    rows = (tmp_path / "rows.csv").read_text(encoding="utf-8")
    assert rows == (tmp_path / "cells.csv").read_text(encoding="utf-8")
    assert "123456789.12" in rows and "……（原文过长，此处截断）" in rows


def test_widths_count_chinese_as_two():
    assert (text_width("项目A1"), column_width(["项目", "a\n二十个字"]), column_width(["一" * 99])) == (6, 10, 60)
    assert (wrapped_lines("一二三四五\n六", 7), row_height(["一二三四五\n六"], [7])) == (3, 3 * 10 * 1.5 + 5)


@pytest.mark.parametrize(("grows", "by_hand"), [(False, True), (True, False)])
def test_rows_of_a_growing_sheet_are_not_held_to_their_height(tmp_path, grows, by_hand):
    with open_workbook(tmp_path / "a.xlsx", WHEN, "试") as book:
        sheet = book.sheet("表", grows=grows)
        sheet.set_row(0, 48)
        book.text(sheet, 0, 0, "甲", book.style("text"))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        (row,) = re.findall("<row [^>]*>", parts.read("xl/worksheets/sheet1.xml").decode())
    assert ('ht="48"' in row, "customHeight" in row) == (True, by_hand)


def test_pages_are_one_wide_with_repeated_header_and_numbers(tmp_path):
    with open_workbook(tmp_path / "a.xlsx", WHEN, "试") as book:
        set_up_page(book.sheet("表"), footer="甲 & 乙", header_rows=(0, 2), paper="A3")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    page = sheet.page_setup
    assert (page.paperSize, page.orientation, page.fitToHeight, sheet.print_title_rows) == (8, "landscape", 0, "$1:$3")
    assert (sheet.oddFooter.left.text, sheet.oddFooter.right.text) == ("甲 && 乙", "第 &P 页 / 共 &N 页")


def test_the_theme_names_every_light_and_refuses_a_misspelt_word(tmp_path):
    assert tuple(theme().lights) == LIGHTS
    text = (SCHEMAS / "theme.yaml").read_text(encoding="utf-8")
    (tmp_path / "theme.yaml").write_text(text.replace("  grey:", "  gray:"), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"theme\.yaml：lights .*grey"):
        read_yaml(tmp_path / "theme.yaml", Theme)
    (tmp_path / "theme.yaml").write_text(text.replace("font:", "fnt:"), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"fnt 是不认识的键.是否想写 font"):
        read_yaml(tmp_path / "theme.yaml", Theme)
