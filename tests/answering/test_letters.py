import datetime as dt

from desk import LATE, Q1, RECEIVED

from duban.answering.answer import answer_all

CLEANED = (
    "cleaned",
    "notice",
    1,
    "指标数据",
    ["H4", "H5"],
    "23万",
    "填写为“23万”，系统已读作“230000”。",
    "请核对；读得不对的，请改写后重新报送。",
)
EMPTY = ("empty_file", "structure", None, "", [], "", "文件大小为 0。", "请重新报送。")


def answer(desk, accession: str, path: str) -> list[str]:
    """The lines of the one answer that is written now, which are as Notepad likes them."""
    (written,) = answer_all(desk.home, desk.registry, Q1, RECEIVED)
    assert written.relative_to(desk.home.outbox).as_posix() == path
    assert desk.query("SELECT * FROM answers WHERE accession = ?", accession) == [(accession, path, RECEIVED)]
    data = written.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
    return data.decode("utf-8-sig").split("\r\n")


def test_a_receipt_says_what_was_taken_in(desk):
    desk.open()
    desk.submit(
        "2023Q1-A1-01",
        typed={
            "工作进展!D4 progress/1/status": "推进中 = under_way",
            "工作进展!D5 progress/7/status": "",
            "指标数据!H4 inputs/stations/value": "23万 = 230000",
            "指标数据!H5 inputs/rate.numerator/value": "0",
            "指标数据!H6 inputs/share/value": "不适用",
            "项目清单!C4 projects/4/name": "东区站",
        },
        projects={"A1-01-01": ("4", "东区站")},
        findings=[CLEANED],
    )
    assert answer(desk, "2023Q1-A1-01", "2023Q1/A1/2023Q1-A1-01-回执.txt") == [
        "报送回执",
        "─" * 32,
        "报送编号  2023Q1-A1-01",
        "填报单位  甲市局（A1）",
        "报告期    2023年一季度",
        "收到文件  填报表.xlsx",
        "收到时间  2023年04月07日 09:12（截止 4月10日，按时）",
        "结论      已受理",
        "",
        "一、已受理的内容",
        "  工作进展  1 项",
        "  指标数据  2 个（另有 1 个填“不适用”）",
        "  项目清单  1 个",
        "  内容完整  0/2 项（第1项缺工作进展、指标数据；第7项缺进展状态、不适用的理由）",
        "",
        "二、新编的项目编号（以后各季沿用，无需填写）",
        "  A1-01-01  东区站",
        "",
        "三、请核对",
        "  1.【提示】指标数据 H4、H5",
        "     填写为“23万”，系统已读作“230000”。",
        "     办法：请核对；读得不对的，请改写后重新报送。",
        "",
        "四、接下来",
        "  · 您的数据已入库，将汇入全省进展情况。",
        "  · 以上提示不影响受理；与实际不符的，请在原表上改正后再次报送。",
        "  · 再次报送的表受理后自动替代本次，受理之前本次一直有效。",
        "",
        "─" * 32,
        "如有疑问，请联系某局办公室，并告知报送编号 2023Q1-A1-01。",
        "",
    ]


def test_a_late_receipt_says_so_and_what_it_takes_the_place_of(desk):
    desk.open()
    desk.submit("2023Q1-A1-01")
    answer_all(desk.home, desk.registry, Q1, RECEIVED)
    desk.submit("2023Q1-A1-02", supersedes="2023Q1-A1-01", received_at=LATE)
    lines = answer(desk, "2023Q1-A1-02", "2023Q1/A1/2023Q1-A1-02-回执.txt")
    assert "收到时间  2023年04月12日 17:30（截止 4月10日，迟报 2 天）" in lines
    assert "  · 本次报送已替代 2023Q1-A1-01，以本次为准。" in lines


def test_a_receipt_tells_both_times_where_a_file_lay_waiting_and_goes_by_its_arrival(desk):
    desk.open()
    due = RECEIVED.replace(day=10, hour=23, minute=50)
    desk.submit("2023Q1-A1-01", received_at=LATE, arrived_at=due)
    lines = answer(desk, "2023Q1-A1-01", "2023Q1/A1/2023Q1-A1-01-回执.txt")
    assert lines[5:9] == [
        "收到文件  填报表.xlsx",
        "送达时间  2023年04月10日 23:50（截止 4月10日，按时）",
        "登记时间  2023年04月12日 17:30",
        "结论      已受理",
    ]
    desk.submit("2023Q1-A1-02", received_at=LATE, arrived_at=LATE - dt.timedelta(days=1))
    lines = answer(desk, "2023Q1-A1-02", "2023Q1/A1/2023Q1-A1-02-回执.txt")
    assert "送达时间  2023年04月11日 17:30（截止 4月10日，迟报 1 天）" in lines
    desk.submit("2023Q1-A1-03", received_at=LATE.replace(second=59), arrived_at=LATE)  # within a minute
    lines = answer(desk, "2023Q1-A1-03", "2023Q1/A1/2023Q1-A1-03-回执.txt")
    assert "收到时间  2023年04月12日 17:30（截止 4月10日，迟报 2 天）" in lines


def resubmitted(desk, second: dict[str, str], findings=()) -> list[str]:
    """The receipt's lines from its second section on, after one that has taken the place of another."""
    desk.open()
    first = {f"指标数据!H{row} inputs/stations.{row}/value": "1,200" for row in range(4, 20)}
    desk.submit("2023Q1-A1-01", typed={name: f"{text} = 1200" for name, text in first.items()})
    answer_all(desk.home, desk.registry, Q1, RECEIVED)
    typed = {name: second.get(name.split("!")[1].split(" ")[0], f"{text} = 1200") for name, text in first.items()}
    desk.submit("2023Q1-A1-02", typed=typed, findings=findings, supersedes="2023Q1-A1-01")
    lines = answer(desk, "2023Q1-A1-02", "2023Q1/A1/2023Q1-A1-02-回执.txt")
    return lines[lines.index("二、与上次相比") + 1 : -3]


OUTLOOK = [
    "  · 本次报送已替代 2023Q1-A1-01，以本次为准。",
    "  · 您的数据已入库，将汇入全省进展情况。",
    "  · 报送后发现数据有误的，请在原表上改正后再次报送。",
    "  · 再次报送的表受理后自动替代本次，受理之前本次一直有效。",
    "",
]


def test_a_receipt_says_what_changed_against_the_one_that_stood(desk):
    assert resubmitted(desk, {"H4": "1300", "H5": "1200"}) == [
        "  与已受理的 2023Q1-A1-01 相比，改动 1 处；另有 1 处写法不同、读出的值相同：",
        "  · 指标“stations.4” 本季填报数：1,200 → 1300（指标数据 H4）",
        "",
        "三、接下来",
        *OUTLOOK,
    ]


def test_many_changes_are_counted(desk):
    lines = resubmitted(desk, {f"H{row}": str(row) for row in range(4, 20)})
    assert lines[0] == "  与已受理的 2023Q1-A1-01 相比，改动 16 处："
    assert lines[11:14] == [
        "  · 指标“stations.14” 本季填报数：1,200 → 14（指标数据 H14）",
        "  · ……其余 5 处从略",
        "",
    ]


def test_the_same_content_once_more_is_answered_as_such(desk):
    assert resubmitted(desk, {}) == ["  与已受理的 2023Q1-A1-01 内容完全相同。", "", "三、接下来", *OUTLOOK]


def test_other_bytes_with_other_spellings_are_the_same_content(desk):
    lines = resubmitted(desk, {"H4": "1200"})
    assert lines[0] == "  与已受理的 2023Q1-A1-01 内容完全相同，只有 1 处写法不同、读出的值相同。"


def test_what_was_mended_since_it_was_sent_back_is_told(desk):
    desk.open()
    typed = {"指标数据!H4 inputs/stations/value": "约三百 = ?"}
    wrong = ("figure_unreadable", "must_fix", 1, "指标数据", ["H4"], "约三百", "不是数字。", "请填数字。")
    desk.submit("2023Q1-A1-01", "returned", typed=typed, findings=[wrong])
    desk.submit("2023Q1-A1-02", "returned", findings=[EMPTY])
    answer_all(desk.home, desk.registry, Q1, RECEIVED)
    desk.submit("2023Q1-A1-03", typed={"指标数据!H4 inputs/stations/value": "300"})
    lines = answer(desk, "2023Q1-A1-03", "2023Q1/A1/2023Q1-A1-03-回执.txt")
    told = lines.index("二、与上次相比")
    assert lines[told + 1 : told + 3] == [
        "  与上次退回的 2023Q1-A1-01 相比，改动 1 处：",
        "  · 指标“站点” 本季填报数：约三百 → 300（指标数据 H4）",
    ]


def test_an_older_version_that_comes_again_is_told_which_one_counts(desk):
    desk.open()
    desk.submit("2023Q1-A1-01")
    desk.submit("2023Q1-A1-02", supersedes="2023Q1-A1-01")
    path, _ = answer_all(desk.home, desk.registry, Q1, RECEIVED)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert "结论      已受理；之后又受理了 2023Q1-A1-02" in lines
    assert lines[lines.index("二、接下来") + 1 : -3] == [
        "  · 现以之后受理的 2023Q1-A1-02 为准，本次报送留作档案。",
        "  · 要改数据的，请在最近的一份表上改正后再次报送。",
    ]


def test_the_hundredth_comes_after_the_ninety_ninth(desk):
    desk.open()
    for number in (99, 100):
        desk.submit(f"2023Q1-A1-{number}")
    older, newer = sorted(answer_all(desk.home, desk.registry, Q1, RECEIVED), key=lambda path: len(path.name))
    assert "之后又受理了 2023Q1-A1-100" in older.read_text(encoding="utf-8-sig")
    assert "之后又受理" not in newer.read_text(encoding="utf-8-sig")


def test_what_was_explained_or_waived_needs_nothing(desk):
    outlier = ("outlier", "confirm", 1, "指标数据", ["H4"], "1,200", "高出同行。", "请改正或说明。")
    settled = [(*outlier, "explained", "新并入两县"), (*outlier, "waived", "口径有变")]
    assert resubmitted(desk, {}, settled)[2:] == [
        "三、已说明或已豁免，不用处理",
        "  1.【已说明】指标数据 H4",
        "     高出同行。",
        "     情况说明：新并入两县",
        "  2.【已豁免】指标数据 H4",
        "     高出同行。",
        "     豁免理由：口径有变",
        "",
        "四、接下来",
        *OUTLOOK,
    ]


def test_a_file_that_cannot_be_read_gets_a_letter_and_the_accepted_return_stands(desk):
    desk.open()
    desk.submit("2023Q1-A1-01")
    answer_all(desk.home, desk.registry, Q1, RECEIVED)
    desk.submit("2023Q1-A1-02", verdict="returned", findings=[EMPTY])
    assert answer(desk, "2023Q1-A1-02", "2023Q1/A1/2023Q1-A1-02-退回说明.txt")[7:] == [
        "结论      退回，未入库",
        "",
        "一、退回的原因和处理办法",
        "  1.【结构】",
        "     文件大小为 0。",
        "     办法：请重新报送。",
        "",
        "二、接下来",
        "  · 请按上面的办法处理后，把填报表重新放入报送文件夹，收到后会再次答复。",
        "  · 已受理的 2023Q1-A1-01 继续有效，不受本次退回影响。",
        "",
        "─" * 32,
        "如有疑问，请联系某局办公室，并告知报送编号 2023Q1-A1-02。",
        "",
    ]


def test_what_is_nobodys_gets_a_note_for_the_data_team(desk):
    desk.open()
    desk.submit("2023Q1-000000-01", verdict="set_aside", findings=[EMPTY], file_name="=1+1.xlsx")
    lines = answer(desk, "2023Q1-000000-01", "2023Q1/unidentified/2023Q1-000000-01-说明.txt")
    assert lines[:8] == [
        "搁置说明",
        "─" * 32,
        "报送编号  2023Q1-000000-01",
        "填报单位  不能确认",
        "报告期    2023年一季度",
        "收到文件  =1+1.xlsx",
        "收到时间  2023年04月07日 09:12",
        "结论      搁置，不能确认由谁报送",
    ]
