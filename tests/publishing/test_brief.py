"""The circular: its whole text on the small plan, its form, and that what reporters say is text in it."""

import datetime as dt
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from duban.files import digest_of
from duban.pages import Line, Table, pages_of
from duban.publishing.publish import publish
from duban.quarters import Quarter
from duban.theme import theme

Q1, Q2, Q4 = (Quarter.parse(f"2023Q{number}") for number in (1, 2, 4))


def brief_of(office, now, quarter=Q1, **options):
    return publish(office.home, office.registry, quarter, now, **options).brief


def texts(path):
    """Paragraphs and rows of the table in their order, each paragraph behind its style."""
    found = []
    document = docx.Document(path)
    for part in document.iter_inner_content():
        if isinstance(part, docx.table.Table):
            found += [tuple(cell.text for cell in row.cells) for row in part.rows]
        else:
            found.append(f"{part.style.name} {part.text}")
    return found


def test_the_whole_text(issued):
    assert texts(issued / "通报.docx") == [
        "issuer 某局",
        "title 关于2023年一季度重点工作进展情况的通报",
        "addressee 各市州、处室：",
        "body 现将《2023年重点工作》2023年一季度进展通报如下。",
        "heading 一、总体情况",
        "body 2023年一季度，3项重点工作中，按指标和时限可以判断的2项，其中绿灯1项、红灯1项；1项无从判断。"
        "有目标且有数据的指标4个，达到序时或已达标2个。应报单位6家，已报4家（市州2/3、处室2/3）。",
        "body 分篇章看，红灯在食品安全，其余1个篇章没有。",
        "heading 二、进展较快的工作",
        "body 超出序时的指标1个，其中下基层完成30.0%（序时25.0%）。",
        "heading 三、滞后的工作及原因",
        ("重点工作（牵头单位）", "差距", "自述原因"),
        ("第1项食品抽检（食品处）", "抽检批次完成15.0%，序时应达25.0%；落后的有武汉", "武汉偏慢。"),
        "heading 四、工作要求",
        "body （一）食品处要对照滞后的指标和成果定措施、定时限，在二季度报送（2023年7月10日截止）中写明结果。",
        "body （二）十堰请按退回意见改正后立即重报，督审处请立即补报。",
        "body （三）武汉的1个逾期项目要抓紧完成，在二季度报送中销号或说明原因。",
        "annex 附件：2023年一季度重点工作进展情况汇总（2023Q1-r1）",
        "signature 某局",
        "signature 2023年4月8日",
    ]


def test_its_form_is_that_of_official_documents(issued):
    document, faces = docx.Document(issued / "通报.docx"), theme().official
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    body, heading = document.styles["body"], document.styles["heading"]
    assert (body.font.size.pt, body.paragraph_format.line_spacing.pt) == (16, 28)
    assert [style.element.rPr.rFonts.get(qn("w:eastAsia")) for style in (body, heading)] == [faces.text, faces.heading]
    assert str(document.styles["issuer"].font.color.rgb) == faces.red
    feet = [section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]]
    assert ["PAGE" in foot._p.xml and "— " in foot._p.xml for foot in feet] == [True, True]


def test_it_names_issuer_and_date_and_nothing_of_how_it_was_made(issued):
    path = issued / "通报.docx"
    core = docx.Document(path).core_properties
    assert (core.title, core.author, core.last_modified_by) == (
        "关于2023年一季度重点工作进展情况的通报",
        "某局",
        "某局",
    )
    assert core.created == core.modified == dt.datetime(2023, 4, 8, tzinfo=dt.UTC)
    with zipfile.ZipFile(path) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(b"python" in package.read(name).lower() for name in package.namelist())


def test_equal_figures_give_equal_bytes_on_another_day(new_office, fill, now):
    offices = [new_office("here"), new_office("there")]
    for office in offices:
        fill(office)
    first, second = (
        digest_of(brief_of(office, day))
        for office, day in zip(offices, (now, now + dt.timedelta(days=40)), strict=True)
    )
    assert first == second


def test_a_draft_says_that_it_is_one(filled_office, now):
    assert texts(brief_of(filled_office, now, draft=True))[2] == "mark （草稿，未定稿）"


def test_a_quarter_in_which_nobody_is_behind_reads_well(new_office, now):
    office = new_office()
    for reporter in ("420100", "420200", "420300", "D01", "D03"):
        office.submit("2023Q1", reporter, {}, received="2023-04-05T10:00:00")
    office.submit(
        "2023Q1", "D02", {"standards_issued": 2}, {2: {"status": "under_way"}}, received="2023-04-05T10:00:00"
    )
    told = texts(brief_of(office, now))
    assert told[6:] == [
        "body 分篇章看，2个篇章都没有红灯、黄灯。",
        "heading 二、进展较快的工作",
        "body 按已有数据，还没有达标或超出序时的工作。",
        "heading 三、滞后的工作及原因",
        "body 按已有数据，没有滞后的重点工作。",
        "heading 四、工作要求",
        "body 请各单位继续按序时进度推进，在二季度报送中如实报送。",
        "annex 附件：2023年一季度重点工作进展情况汇总（2023Q1-r1）",
        "signature 某局",
        "signature 2023年4月5日",
    ]


def test_a_quarter_from_which_nobody_was_accepted_reads_well(new_office, now):
    office = new_office()
    office.submit("2023Q1", "420100", {"batches": 100}, verdict="returned", received="2023-04-05T10:00:00")
    told = texts(brief_of(office, now))
    assert told[5].endswith("有目标的指标4个，都还没有可用的数据。应报单位6家，都还没有已采用的报送。")
    assert told[10:12] == ["body 还没有能按指标和时限判断的重点工作。", "heading 四、工作要求"]
    assert told[12] == "body 武汉请按退回意见改正后立即重报，黄石、十堰、食品处、标准化处、督审处请立即补报。"


def test_the_last_quarter_asks_for_nothing_in_a_report_that_will_not_come(make_office, small_registry, tmp_path, now):
    office = make_office(tmp_path / "home", small_registry, "2023Q4")
    office.submit("2023Q4", "D01", {"visits": 1}, received="2024-01-05T10:00:00")
    told = " ".join(map(str, texts(brief_of(office, now.replace(year=2024), Q4))))
    assert "食品处要对照滞后的指标和成果定措施、定时限，在年度总结中写明结果。" in told


def test_a_later_quarter_says_what_changed(issued_office, now):
    publish(issued_office.home, issued_office.registry, Q1, now)
    issued_office.submit("2023Q2", "D01", {"visits": 30}, received="2023-07-06T10:00:00")
    told = texts(brief_of(issued_office, now + dt.timedelta(days=90), Q2))
    assert told[7] == "body 与2023Q1-r1相比，灯转好的重点工作1项，转差的0项。"


@pytest.mark.parametrize("text", ["<w:p>&amp;</w:p>=1+1", "a\x01b\x0bc甲\n乙。\n", "末" * 40_000])
def test_what_reporters_say_is_text(new_office, now, text):
    office = new_office()
    office.submit("2023Q1", "420100", {"batches": 1}, {1: {"status": "under_way"}}, received="2023-04-05T10:00:00")
    progress = {1: {"status": "under_way", "problems": text}}
    office.submit("2023Q1", "D01", {"visits": 1}, progress, received="2023-04-05T11:00:00")
    [said] = [row[2] for row in texts(brief_of(office, now)) if isinstance(row, tuple) and row[0].startswith("第1项")]
    expected = {"a\x01b\x0bc甲\n乙。\n": "ab；c甲；乙。", "末" * 40_000: "末" * 88 + "……"}
    assert said == expected.get(text, f"{text}。")


def test_it_is_cut_to_two_pages():
    lines = [Line("body", "字" * 26)] * 39
    assert pages_of(lines) < 2 < pages_of([*lines, Line("body", "字" * 27)])
    rows = [("一", "二", "三" * 30)] * 5
    assert pages_of([Table({"甲": 42, "乙": 50, "丙": 64}, rows)]) == pytest.approx(0.5, abs=0.15)


def test_a_lost_circular_is_written_again_as_it_was(issued_office, now):
    path = brief_of(issued_office, now)
    before = digest_of(path)
    path.unlink()
    assert digest_of(brief_of(issued_office, now)) == before


def test_a_publication_of_a_version_that_wrote_no_circular_stands(issued_office, now):
    made = publish(issued_office.home, issued_office.registry, Q1, now)
    made.brief.unlink()
    manifest = made.manifest.read_text(encoding="utf-8")
    made.manifest.write_text(manifest.replace("通报.docx", ""), encoding="utf-8")
    again = publish(issued_office.home, issued_office.registry, Q1, now)
    assert (again.new, again.brief.exists()) == (False, False)
