"""What the page of a run shows: the same as the command line says, as Markdown in which nothing that was typed acts."""

import datetime as dt
from pathlib import Path

from duban import run_page
from duban.publishing.decision import Decision
from duban.quarters import TIME_ZONE
from duban.run_page import Link, collected, opened, published, reminded

STATUS = {
    "quarter": "2023Q1",
    "lifecycle": {"told": "收取中，2023-04-03 09:00 由张三布置"},
    "counts": {"accepted": 1, "returned": 0, "set_aside": 0, "missing": 1},
    "reporters": [
        {
            **{"code": "A1", "name": "甲|市", "state": "accepted", "accession": "2023Q1-A1-01", "late": False},
            **{"arrived_at": "2023-04-07T09:12:00+08:00", "due": "2023-04-10"},
            "findings": {"structure": 0, "must_fix": 0, "confirm": 0, "notice": 2},
        },
        {
            **{"code": "A2", "name": "乙市", "state": "missing", "accession": None, "late": False, "arrived_at": None},
            **{"due": "2023-04-10", "findings": {}},
        },
    ],
}


def test_a_collect_run_shows_its_verdicts_with_their_answers_and_where_the_quarter_stands():
    said = {"accession": "2023Q1-A1-01", "name": "甲|市", "file": "[点我](x).xlsx", "verdict": "accepted"}
    said |= {"findings": {"notice": 2}, "answer": "/home/outbox/2023Q1-A1-01-回执.txt"}
    receipt = "file:///home/outbox/2023Q1-A1-01-%E5%9B%9E%E6%89%A7.txt"
    shown = collected(STATUS, [said], Path("/home/validation/latest.html"))
    assert shown.replace("\\", "").split("\n\n") == [
        "## 2023年一季度收取",
        "收取中，2023-04-03 09:00 由张三布置。应报 2 家：已受理 1、已退回 0、已搁置 0、未报 1。",
        "核验页：[/home/validation/latest.html](file:///home/validation/latest.html)",
        "| 登记号 | 填报单位 | 文件 | 结论 | 问题 | 答复 |\n|---|---|---|---|---|---|\n"
        f"| 2023Q1-A1-01 | 甲|市 | [点我](x).xlsx | 受理 | 2 | [2023Q1-A1-01-回执.txt]({receipt}) |",
        "## 报送情况",
        "| 代码 | 单位 | 状态 | 登记号 | 收到时间 | 时限 | 问题 |\n|---|---|---|---|---|---|---|\n"
        "| A1 | 甲|市 | 已受理 | 2023Q1-A1-01 | 2023-04-07 09:12 | 按时 | 提示 2 |\n"
        "| A2 | 乙市 | 未报 |  |  | 2023-04-10 前 |  |",
    ]
    assert r"甲\|市" in shown and r"\[点我\]\(x\)\.xlsx" in shown


def test_of_more_reporters_than_a_page_holds_only_those_of_the_run_are_listed(monkeypatch):
    monkeypatch.setattr(run_page, "_LISTED", 1)
    said = {"accession": "2023Q1-A1-01", "reporter": "A1", "name": "甲|市", "file": "a.xlsx", "verdict": "accepted"}
    shown = collected(STATUS, [said | {"findings": {}, "answer": "/home/a.txt"}], None).split("\n\n")
    assert "应报 2 家" in shown[1]
    assert shown[-2] == "## 报送情况（本次来件的单位，全部见 duban status）"
    assert [line.split(" | ")[0] for line in shown[-1].splitlines()[2:]] == ["| A1"]


def test_of_more_answers_than_a_page_holds_only_those_that_ask_for_something_are_listed(monkeypatch):
    monkeypatch.setattr(run_page, "_LISTED", 2)
    said = {"reporter": "A1", "name": "甲市", "file": "a.xlsx", "findings": {}, "answer": "/home/a.txt"}
    told = [
        {"accession": f"2023Q1-A1-0{n}", "verdict": verdict} for n, verdict in enumerate(["accepted", "returned"] * 2)
    ]
    parts = collected(STATUS, [said | one for one in told], None).split("\n\n")
    assert parts[2] == "本次答复 4 份，只列出退回和搁置的前 2 份，全部见 outbox。"
    listed = [line.replace("\\", "").split(" | ")[0] for line in parts[3].splitlines()[2:]]
    assert listed == ["| 2023Q1-A1-01", "| 2023Q1-A1-03"]
    assert collected(STATUS, [said | one for one in told[:3]], None).split("\n\n")[2] == (
        "本次答复 3 份，只列出退回和搁置的，全部见 outbox。"
    )


def test_a_publication_shows_who_approved_it_its_lights_and_its_files():
    at = dt.datetime(2023, 4, 13, 16, 5, tzinfo=TIME_ZONE)
    told = {"lights": {"红灯": 1, "绿灯": 2}, "approval": Decision("approved", "张三", at, "同意")}
    folder = Path("/home/published/2023Q1-r1")
    files = folder / "2023Q1-r1.xlsx", folder / "通报.docx", [folder / "manifest.json"]
    shown = published("已生成 2023Q1-r1。", told, *files).replace("\\", "")
    assert shown.split("\n\n") == [
        "## 2023Q1-r1",
        "已生成 2023Q1-r1。",
        "由张三于 2023-04-13 16:05 审定（同意）。",
        "| 灯 | 重点工作 |\n|---|---|\n| 红灯 | 1 项 |\n| 绿灯 | 2 项 |",
        "- 汇总簿：[/home/published/2023Q1-r1/2023Q1-r1.xlsx](file:///home/published/2023Q1-r1/2023Q1-r1.xlsx)\n"
        "- 通报：[/home/published/2023Q1-r1/通报.docx](file:///home/published/2023Q1-r1/%E9%80%9A%E6%8A%A5.docx)\n"
        "- manifest.json：[/home/published/2023Q1-r1/manifest.json](file:///home/published/2023Q1-r1/manifest.json)",
    ]


def test_an_opening_shows_who_owes_by_when_and_each_workbook():
    path = Path("/home/outbox/2023Q1/A1/2023Q1-A1-甲.xlsx")
    assert opened(STATUS, [path]).replace("\\", "").split("\n\n") == [
        "## 2023年一季度布置",
        "应报 2 家，这次写成填报表 1 份。",
        "| 代码 | 单位 | 时限 | 填报表 |\n|---|---|---|---|\n"
        f"| A1 | 甲|市 | 2023-04-10 | [2023Q1-A1-甲.xlsx]({path.as_uri()}) |\n"
        "| A2 | 乙市 | 2023-04-10 |  |",
    ]


def test_reminding_shows_who_was_told_what_went_wrong_and_what_comes_next():
    one = {"name": "甲|市", "step": -3, "channel": "mail", "state": "failed", "to": ["a@mail.example"]}
    result = {"quarter": "2023Q1", "due": "2023-04-10", "outstanding": 2, "reminders": [one | {"said": "邮箱*满*了"}]}
    result["next"] = {"date": "2023-04-07", "step": -1, "reporters": 2}
    shown = reminded(result)
    assert shown.replace("\\", "").split("\n\n") == [
        "## 2023年一季度催报",
        "2023Q1 催报（2023-04-10 截止），还有 2 家没有受理。",
        "| 单位 | 时点 | 方式 | 结果 | 收件 |\n|---|---|---|---|---|\n"
        "| 甲|市 | 截止前第 3 个工作日 | 邮件 | 没有发出，下次再发 | a@mail.example |",
        "请处理：",
        "- 甲|市：邮箱*满*了",
        "下一次：2023-04-07（截止前第 1 个工作日），2 家。",
    ]
    assert r"邮箱\*满\*了" in shown
    nothing = reminded(result | {"reminders": [], "next": None})
    assert nothing.split("\n\n")[2:] == ["现在没有要催的。"]


def test_a_link_escapes_what_acts_in_it_and_nothing_else():
    assert str(Link(Path("/home/2023Q1-A1-01-回执.txt"), "2023Q1-A1-01-回执.txt")).startswith(
        "[2023Q1-A1-01-回执.txt](file:"
    )
    assert str(Link(Path("/a"), "x](y)\n[<b>|*_`")).startswith(r"[x\](y)\\n\[\<b\>\|\*\_\`](file:")
