import datetime as dt
import re
import zipfile

import openpyxl
import pytest
from xlsxwriter.exceptions import XlsxWriterException

from duban.errors import RegistryError
from duban.quarters import TIME_ZONE
from duban.registry.files import read_yaml
from duban.settings import SCHEMAS
from duban.sheets import column_width, open_workbook, row_height, set_up_page, text_width, wrapped_lines
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


def test_characters_that_xml_cannot_hold_do_not_spoil_the_file(tmp_path):
    with open_workbook(tmp_path / "a.xlsx", WHEN, "试") as book:
        sheet = book.sheet("表")
        book.text(sheet, 0, 0, "甲\x0b\uffff乙", book.style("text"))
        book.note(sheet, 0, 0, "说\x00\x0b\uffff明" + "长" * 40_000)
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


def test_widths_count_chinese_as_two():
    assert (text_width("项目A1"), column_width(["项目", "a\n二十个字"]), column_width(["一" * 99])) == (6, 10, 60)
    assert (wrapped_lines("一二三四五\n六", 7), row_height([("一二三四五\n六", 7)])) == (3, 3 * 10 * 1.5 + 5)


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
