"""What is taken from the XML without the parser is to the letter what the parser would have read, or not taken."""

import datetime as dt
import io

import pytest
import xlsxwriter
from hypothesis import event, given, settings
from hypothesis import strategies as st
from packed import MAIN, SHEET, packed, parts_of, sheet_of

from duban.reading import cells
from duban.reading.cells import read_book
from duban.reading.faults import Refused
from duban.settings import REPOSITORY

SAMPLES = sorted((REPOSITORY / "sample_submissions").rglob("*.xlsx"))


def read(data):
    """The workbook, or the fault by which it is refused; and whether its cells were taken without the parser."""
    parsed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "_parsed", lambda *given, parse=cells._parsed: parsed.append(1) or parse(*given))
        try:
            found = read_book(data)
        except Refused as refused:
            found = refused.fault
    return found, not parsed


def parsed(data):
    """The same, read by the parser alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "_taken", lambda checked, limits: None)
        return read(data)[0]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.relative_to(path.parents[2])))
def test_samples_read_the_same_by_the_parser(path):
    assert read(path.read_bytes())[0] == parsed(path.read_bytes())


def test_samples_are_taken_as_they_stand_unless_something_is_odd_about_them():
    sound = [path for path in SAMPLES if "faults" not in path.parts]
    taken = [path for path in sound if read(path.read_bytes())[1]]
    assert len(taken) > 0.9 * len(sound) > 200


def test_what_programs_write_is_taken_as_the_parser_reads_it():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        day, month, share = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", 'm"月"', "0.00%"))
        sheet = book.add_worksheet("甲 & 乙")
        sheet.merge_range("A1:C1", " 标题 <1> ")
        sheet.write_row("A2", ['两行\n的 & "字"', 1 / 3, 1e21, -1.5e-7, True, False, "\u3000"])
        sheet.write_datetime("B4", dt.datetime(2023, 6, 30), day)
        sheet.write_number("C4", 45107, month)
        sheet.write_number("D4", 0.35, share)
        book.add_worksheet("空")
    taken = {
        1: {1: ("text", " 标题 <1> ")},
        2: {
            1: ("text", '两行\n的 & "字"'),
            2: ("number", "0.3333333333333333"),
            3: ("number", "1000000000000000000000"),
            4: ("number", "-0.00000015"),
            5: ("bool", "TRUE"),
            6: ("bool", "FALSE"),
        },
        4: {2: ("date", "2023-06-30"), 3: ("date", "2023-06-30"), 4: ("number", "0.35")},
    }
    found, without_parser = read(out.getvalue())
    assert ({page.name: page.rows for page in found.pages}, without_parser) == ({"甲 & 乙": taken, "空": {}}, True)
    assert found == parsed(out.getvalue())


FORMATS = ("0.00", "@", "yyyy-mm-dd", "h:mm", "[h]:mm", 'm"月"d"日"', "#,##0;[Red]-0", "\\d0", "[$-404]e", "General")
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts>'
    + "".join(f"<numFmt numFmtId='{164 + n}' formatCode='{form}'/>" for n, form in enumerate(FORMATS))
    + "</numFmts><cellXfs>"
    + "".join(f'<xf numFmtId="{n}"/>' for n in (0, 9, 14, 22, 46, *range(164, 164 + len(FORMATS))))
    + "</cellXfs></styleSheet>"
)
numbers = st.one_of(
    st.integers(-3, 80_000).map(str),
    st.integers(0, 3_000_000).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(0, 60_000).map(lambda number: f"{number:.3f}"),
    st.sampled_from(["007", "1E5", "-0", "1.", ".5", "+1", "1e999", "", " 1", "1_0", "9" * 400, "0.1e-9", "x"]),
)
texts = st.one_of(
    st.text("甲乙 a\t\n<&>\"'\u3000\xa0", max_size=6).map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    st.sampled_from(
        ["_x000D_", "_x4E00_", "_x005F_x0041_", "a\r\nb", "&#10;", "&#x20; a", "&bogus;", "a&b", "\ufeff", "]]>"]
    ),
)
preserved = st.sampled_from(["", ' xml:space="preserve"'])
strings = st.builds("<t{}>{}</t>".format, preserved, texts)
styles = st.one_of(st.just(""), st.integers(0, 16).map(' s="{}"'.format), st.just(' s="007"'))
inner = st.one_of(
    st.builds("{0}{1}><v>{2}</v></c>".format, styles, st.sampled_from(["", ' t="n"']), numbers),
    st.builds('{0} t="s"><v>{1}</v></c>'.format, styles, st.one_of(st.integers(-1, 5).map(str), numbers)),
    st.builds('{0} t="inlineStr"><is>{1}</is></c>'.format, styles, strings),
    st.builds('{0} t="b"><v>{1}</v></c>'.format, styles, st.sampled_from("012")),
    st.builds("{0}{1}/>".format, styles, st.sampled_from(["", ' t="s"', ' t="z"'])),
    st.builds('{0} t="str"><v>{1}</v></c>'.format, styles, texts),
    st.just('><f>1+1</f><v>2</v></c>'),
)  # fmt: skip
odd = st.sampled_from(
    ["plain"] * 6 + ["shuffled", "twice", "spaced", "empty rows", "odd dimension", "odd merge", "odd state"]
)


@st.composite
def workbooks(draw):
    way = draw(odd)
    rows = draw(st.lists(st.lists(inner, max_size=4), max_size=3))
    told = [
        (n + 1, "".join(f'<c r="{chr(65 + column)}{n + 1}"{cell}' for column, cell in enumerate(row)))
        for n, row in enumerate(rows)
    ]
    if way == "shuffled":
        told = draw(st.permutations(told))
    if way == "twice":
        told += told[:1]
    between = {"spaced": "\n ", "empty rows": '<row r="9" ht="1"/>'}.get(way, "")
    xml = "".join(f'<row r="{n}" spans="1:4">{cells}</row>{between}' for n, cells in told)
    dimension = {"odd dimension": '<dimension ref="A1:?"/>'}.get(way, '<dimension ref="A1:D4"/>')
    merged = '<mergeCells count="1"><mergeCell ref="{}"/></mergeCells>'.format("A1" if way != "odd merge" else "A1:!")
    listed = draw(st.lists(strings.map("<si>{}</si>".format), max_size=5))
    settings = draw(st.sampled_from(["", '<workbookPr date1904="1"/>', '<workbookPr date1904="on"/>']))
    sheet = SHEET.replace(" r:id", ' state="odd" r:id') if way == "odd state" else SHEET
    parts = parts_of("", "".join(listed), settings=settings, sheets=sheet) | {
        "xl/worksheets/sheet1.xml": sheet_of(xml, dimension, merged),
        "xl/styles.xml": STYLES,
    }
    return packed(parts)


@settings(max_examples=400, deadline=None)
@given(workbooks())
def test_whatever_is_taken_is_what_the_parser_reads(data):
    found, without_parser = read(data)
    event("taken" if without_parser else "not taken")
    assert found == parsed(data)
