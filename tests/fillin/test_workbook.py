import shutil
import subprocess
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from desk import OPENED, Q1, Q2

from duban.fillin.form import Prefill, Row, form_of, printed_rules
from duban.fillin.keys import key_ring
from duban.fillin.stamp import verify
from duban.fillin.workbook import write_fill_in
from duban.registry.doubts import Doubts

PREFILL = Prefill(
    {("A1", "stations"): "1,000.5"},
    {"A1": (Row("A1-01-01", {"item": "1", "code": "A1-01-01", "name": "=1+1", "owner": "张三", "due_on": "6月底"}),)},
)


@pytest.fixture
def ring(tmp_path):
    return key_ring(tmp_path / "keys", create=True)


@pytest.fixture
def form(desk, ring):
    return form_of(desk.registry, Q1, desk.registry.by_code["A1"], PREFILL).issue(OPENED, ring)


@pytest.fixture
def path(form, tmp_path):
    write_fill_in(tmp_path / "form.xlsx", form)
    return tmp_path / "form.xlsx"


@pytest.fixture
def book(path):
    return openpyxl.load_workbook(path)


def table(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]


def test_the_instructions_come_first_and_the_stamp_last(book):
    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets] == [
        ("填报说明", "visible"),
        ("工作进展", "visible"),
        ("指标数据", "visible"),
        ("项目清单", "visible"),
        ("_duban", "veryHidden"),
    ]
    assert book.active.title == "填报说明"
    properties = book.properties
    assert (properties.title, properties.creator) == ("2023年工作要点 2023年一季度填报表 甲市局", "某局")


def test_the_sheets_hold_exactly_what_the_reporter_owes(book):
    assert book["工作进展"]["A1"].value == "工作进展　甲市局　2023年一季度"
    assert table(book["工作进展"]) == [
        [
            "序号",
            "重点工作",
            "职责",
            "进展状态",
            "本季度工作进展",
            "存在问题",
            "下一步打算",
            "预计完成时间",
            "情况说明",
        ],
        [1, "建设站点", "属地", *[None] * 6],
        [7, "提高占比", "属地", *[None] * 6],
    ]
    blank = [None, None]
    assert table(book["指标数据"]) == [
        ["序号", "指标编码", "指标名称", "计量单位", "口径", "年度目标", "上季填报数", "本季填报数", "情况说明"],
        [1, "stations", "站点", "个", "年初至今累计", "1,200个", "1,000.5", *blank],
        [1, "rate.numerator", "达标率：达标数", "个", "期末", "比率 95%", None, *blank],
        [1, "rate.denominator", "达标率：检查数", "个", "期末", None, None, *blank],
        [7, "share", "占比", "%", "本季", None, None, *blank],
    ]
    assert table(book["项目清单"]) == [
        ["序号", "项目编号", "项目名称", "责任人", "计划完成时间", "完成进度", "项目状态", "本季度进展", "情况说明"],
        [1, "A1-01-01", "=1+1", "张三", "6月底", *[None] * 4],
        *[[None] * 9] * 10,
    ]
    assert book["项目清单"]["C4"].data_type == "s"


def test_the_instructions_tell_who_when_what_and_every_rule(book, form):
    lines = [" ".join(str(cell.value) for cell in row if cell.value) for row in book["填报说明"].iter_rows()]
    assert [line for line in lines if line][:5] == [
        "2023年工作要点 2023年一季度填报表",
        "填报单位 甲市局（代码 A1）",
        "报告期 2023年一季度（1月1日至3月31日）",
        "报送截止 2023年4月10日（星期一）",
        "咨询 某局办公室",
    ]
    assert "三、本季应报：重点工作 2 项，指标数据 4 个" in lines
    assert "1 建设站点 属地 3 把站点建起来。\n交付：站点手册（2023年二季度末前）" in lines
    printed = {line.split(" ", 1)[-1] for line in lines}
    assert all(rules and printed.issuperset(rules) for rules in form.rules.values())


def test_a_lead_is_told_that_it_owes_projects(desk, ring, tmp_path):
    form = form_of(desk.registry, Q1, desk.registry.by_code["B1"], Prefill()).issue(OPENED, ring)
    write_fill_in(tmp_path / "b.xlsx", form)
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    texts = {cell.value for row in book["填报说明"].iter_rows() for cell in row}
    assert "本单位牵头第 1、7 项，“项目清单”中每一项至少要有一个项目。" in texts
    assert (book["指标数据"]["A2"].value, book["指标数据"].max_row) == ("本季没有需要填报的指标，本表不用填。", 3)


def test_only_the_reporters_cells_can_be_typed_in(book):
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book.worksheets)
    assert not book["工作进展"].protection.formatRows and not book["工作进展"].protection.selectLockedCells
    unlocked = {
        sheet.title: sorted(c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked)
        for sheet in book.worksheets
    }
    assert unlocked == {
        "填报说明": [],
        "工作进展": sorted(f"{column}{row}" for row in (4, 5) for column in "DEFGHI"),
        "指标数据": sorted(f"{column}{row}" for row in (4, 5, 6, 7) for column in "HI"),
        "项目清单": sorted(
            f"{column}{row}" for row in range(4, 15) for column in "ACDEFGHI" if (column, row) != ("A", 4)
        ),
        "_duban": [],
    }


def test_drop_downs_and_input_limits(book):
    found = {
        (sheet.title, str(rule.sqref)): (rule.type, rule.errorStyle, rule.formula1)
        for sheet in book.worksheets
        for rule in sheet.data_validations.dataValidation
        if rule.type
    }
    assert found == {
        ("工作进展", "D4:D5"): ("list", None, '"未启动,推进中,已完成,不适用"'),
        ("指标数据", "H4"): ("custom", "warning", "OR(ISTEXT(H4),AND(ISNUMBER(H4),H4>=0,H4<=5000,ROUND(H4,1)=H4))"),
        ("指标数据", "H5 H6"): ("custom", "warning", "OR(ISTEXT(H5),AND(ISNUMBER(H5),H5>=0,ROUND(H5,0)=H5))"),
        ("指标数据", "H7"): ("custom", "warning", "OR(ISTEXT(H7),AND(ISNUMBER(H7),H7>=0))"),
        ("项目清单", "A4:A14"): ("list", None, "owed_items"),
        ("项目清单", "G4:G14"): ("list", None, '"未启动,推进中,已完成,已销号"'),
    }
    assert book.defined_names["owed_items"].attr_text == "'工作进展'!$A$4:$A$5"
    prompts = {rule.promptTitle: rule.prompt for rule in book["项目清单"].data_validations.dataValidation}
    assert prompts["完成进度"] == "填百分数，如 35%（写 35 也可以）。"


def test_dates_and_percentages_stay_as_they_are_typed(book):
    texts = [book["工作进展"]["H4"], book["项目清单"]["E5"], book["项目清单"]["F5"]]
    assert [cell.number_format for cell in texts] == ["@"] * 3
    assert book["指标数据"]["H4"].number_format == book["工作进展"]["E4"].number_format == "General"


def test_it_prints_on_landscape_a4_with_its_header_on_every_page(book):
    for title in ("工作进展", "指标数据", "项目清单"):
        sheet, page = book[title], book[title].page_setup
        assert (page.paperSize, page.orientation, page.fitToHeight) == (9, "landscape", 0)
        assert (sheet.print_title_rows, sheet.freeze_panes[1:]) == ("$3:$3", "4")
        assert sheet.oddFooter.left.text == f"甲市局 · 2023年一季度 · {title}"


def test_the_stamp_verifies_and_an_edited_one_does_not(book, form, ring):
    stamp = {word.value: value.value for word, value in book["_duban"].iter_rows()}
    assert stamp == form.stamp and verify(stamp, ring)
    assert (stamp["plan"], stamp["quarter"], stamp["reporter"]) == ("desk-2023", "2023Q1", "A1")
    assert (stamp["template"], stamp["issued_at"]) == (form.template, "2023-04-03T09:00:00+08:00")
    assert not verify({**stamp, "reporter": "A2"}, ring)


def test_equal_forms_give_equal_bytes(form, path, tmp_path):
    write_fill_in(tmp_path / "again.xlsx", form)
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_the_template_is_what_is_printed_and_not_when(desk, form, ring):
    reporter = desk.registry.by_code["A1"]
    assert form.issue(OPENED.replace(year=2024), ring).template == form.template
    others = [
        form_of(desk.registry, Q2, reporter, PREFILL),
        form_of(desk.registry, Q1, desk.registry.by_code["A2"], PREFILL),
        form_of(desk.registry, Q1, reporter, replace(PREFILL, figures={})),
        form_of(desk.registry, Q1, reporter, replace(PREFILL, projects={})),
        form_of(replace(desk.registry, digest="0" * 64), Q1, reporter, PREFILL),
    ]
    assert len({form.template, *(other.template for other in others)}) == 6


def test_rows_grow_while_they_are_typed_in(path):
    with zipfile.ZipFile(path) as parts:
        assert b"customHeight" not in parts.read("xl/worksheets/sheet2.xml")


@pytest.mark.engine
def test_libreoffice_opens_and_prints_it(path, tmp_path):
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0 and "rror" not in done.stderr, done.stderr
    assert (tmp_path / "form.pdf").read_bytes().startswith(b"%PDF")


def test_what_will_be_asked_about_is_told_with_its_thresholds_as_far_as_the_plan_asks():
    because = {"because": "测试"}
    doubts = Doubts.model_validate(
        {"figure_jumps": {"times": 6, "at_least": 30} | because, "text_copied": {"alike": 0.85, "least": 30} | because}
    )
    asked, always = printed_rules(doubts)["confirm"], printed_rules(Doubts())["confirm"]
    lines = {line.split("：")[0]: line for line in asked if line not in always}
    assert set(lines) == {"较以往悬殊", "与其他单位雷同"}
    assert "相差 6 倍以上" in lines["较以往悬殊"] and "达到 85%" in lines["与其他单位雷同"]
    assert set(always) < set(asked) and not any("{" in line for line in asked)
