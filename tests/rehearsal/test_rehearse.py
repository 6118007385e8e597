"""Changed plans tried out on what was received: verdicts, cells, figures, lights, and a home that stays as it was."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml
from desk import PLAN, Q1, write_plan

from duban.cli import run
from duban.errors import RegistryError, UserError
from duban.messages import MESSAGES
from duban.quarters import Quarter
from duban.rehearsal.compare import changes_anything
from duban.rehearsal.words import render

pytestmark = pytest.mark.engine(seconds=25)

STATIONS = PLAN["items/01_stations.yaml"]
CORRECTION = """
- quarter: 2023Q1
  reporter: 甲市
  input: rate.numerator
  old: 90
  new: 91
  reason: 来函更正
  approved_by: 办公室
  approved_on: "2023-04-20"
"""
RED = "实绩 320，年度目标 3500.5 × 序时 25% = 应达 875.125；低于黄灯线 700.1"


@pytest.fixture(autouse=True)
def home_stays_as_it_was(hall):
    """Every rehearsal, also one that fails, leaves each byte of the home where it was."""
    before = digests(hall.desk.home.root)
    yield
    assert digests(hall.desk.home.root) == before


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def told(quarter: dict) -> dict:
    """What changes in a quarter, without the words that go with it."""
    return {
        "verdicts": [(one["accession"], one["before"], one["after"], one["only_rows"]) for one in quarter["verdicts"]],
        "findings": [
            (kind, one["accession"], one["rule"], one["cell"], one["before"], one["after"])
            for kind, found in quarter["findings"].items()
            for one in found
        ],
        "figures": [(one["measure"], one["figure"], one["before"], one["after"]) for one in quarter["figures"]],
        "lights": [
            (one["scope"], one["subject"] or one["item"], one["reporter"], one["before"], one["after"])
            for one in quarter["lights"]
        ],
    }


NOTHING = {"verdicts": [], "findings": [], "figures": [], "lights": []}


def test_a_lower_limit_says_who_and_which_cell_newly_fails_and_what_goes_with_it(hall, tmp_path):
    plan = write_plan(tmp_path, **{"01_stations": STATIONS.replace("max: 5000", "max: 300")})
    (plan / "corrections.yaml").write_text(CORRECTION, encoding="utf-8")
    quarter, later = hall.rehearse(plan)["quarters"]
    assert told(later)["verdicts"] == [("2023Q2-A1-01", "accepted", "returned", False)]
    assert told(quarter) == {
        "verdicts": [("2023Q1-A1-02", "accepted", "returned", False)],
        "findings": [("new", "2023Q1-A1-02", "figure_above_maximum", "H4", None, "must_fix")],
        "figures": [
            ("stations", "value", 320, None),
            ("stations", "reported", 1, 0),
            ("rate", "value", 0.91, None),
            ("rate", "reported", 1, 0),
            ("share", "value", 0.35, None),
            ("share", "reported", 1, 0),
        ],
        "lights": [
            ("item", 1, "", "red", "grey"),
            ("measure", "stations", "", "red", "grey"),
            ("measure", "rate", "", "green", "grey"),
            ("reporter_item", 1, "A1", "green", "grey"),
            ("reporter_measure", "stations", "A1", "green", "grey"),
            ("reporter_measure", "rate", "A1", "green", "grey"),
            ("reporter_item", 7, "A1", "green", "grey"),
        ],
    }
    [new] = quarter["findings"]["new"]
    assert (new["name"], new["sheet"], new["value"]) == ("甲市", "指标数据", "320")
    assert new["message"] == "“指标数据”中第1项指标“站点”的“本季填报数”是 320，不应大于 300 个。"
    formulas = [quarter["lights"][1][word] for word in ("before_formula", "formula")]
    assert formulas == [RED, "应报单位均未报数，不亮灯"]
    assert quarter["stop"].startswith(
        "corrections.yaml 第1条：甲市 2023Q1 的“达标数”（rate.numerator）还没有已受理的报送"
    )


def test_a_new_item_is_told_by_who_would_have_to_add_it_and_moves_no_figure(hall, tmp_path):
    plan = write_plan(tmp_path)
    item = PLAN["items/07_share.yaml"].replace("item: 7", "item: 8").replace("share", "size").replace("占比", "规模")
    (plan / "items/08_size.yaml").write_text(item.replace('["A1"]', "all"), encoding="utf-8")
    result = hall.rehearse(plan, Q1)
    [quarter] = result["quarters"]
    assert told(quarter) == {
        **NOTHING,
        "verdicts": [("2023Q1-A1-02", "accepted", "returned", True)],
        "findings": [
            ("new", accession, "row_missing", "", None, "must_fix")
            for accession in ("2023Q1-A1-01", "2023Q1-A1-02", "2023Q1-A2-01")
            for _ in ("工作进展", "指标数据")
        ],
    }
    assert [(row["key"], row["added"], row["dropped"]) for row in quarter["plan"]["rows"]] == [
        ("8", ["A1", "A2", "B1"], []),
        ("size", ["A1", "A2"], []),
    ]
    assert render(result).splitlines()[2:] == [
        "2023年一季度（收到报送 4 件）",
        "  新增退回  0 件",
        "  不再退回  0 件",
        "  变化的数  0 个指标",
        "  变化的灯  0 盏",
        "  另有 1 件只是行与新表不同，须换新表补报（见“填报表的行”），数和灯照旧计入：甲市",
        "",
        "方案改动",
        "  内容不同的文件：items/08_size.yaml",
        "  新增重点工作：第8项“提高规模”",
        "  新增填报项：规模",
        "  填报表的行：第8项 工作进展 1 行，3 家须补填",
        "  填报表的行：第8项 指标数据“规模”，2 家须补填",
    ]


def test_the_same_plan_changes_nothing(hall, tmp_path):
    result = hall.rehearse(write_plan(tmp_path))
    assert [quarter["quarter"] for quarter in result["quarters"]] == ["2023Q1", "2023Q2"]
    assert not any(changes_anything(quarter) for quarter in result["quarters"])


def test_a_dropped_item_and_a_dropped_reporter_are_told_in_words(hall, tmp_path):
    reporters = "\n".join(line for line in PLAN["reporters.yaml"].splitlines() if "乙市" not in line)
    targets = "reporter,measure,target\n甲市,stations,3500.5\n"
    plan = write_plan(tmp_path, reporters=reporters, targets=targets)
    (plan / "items/07_share.yaml").unlink()
    result = hall.rehearse(plan, Q1)
    [quarter] = result["quarters"]
    assert told(quarter)["verdicts"] == [
        ("2023Q1-A1-02", "accepted", "returned", True),
        ("2023Q1-A2-01", "returned", "set_aside", False),
    ]
    assert told(quarter)["findings"] == [
        ("new", "2023Q1-A1-01", "row_unknown", "B7", None, "must_fix"),
        ("new", "2023Q1-A1-01", "row_unknown", "A5", None, "must_fix"),
        ("new", "2023Q1-A1-02", "row_unknown", "B7", None, "must_fix"),
        ("new", "2023Q1-A1-02", "row_unknown", "A5", None, "must_fix"),
        ("gone", "2023Q1-A2-01", "figure_above_maximum", "H4", "must_fix", None),
    ]
    assert ("share", "value", 0.35, None) in told(quarter)["figures"]
    assert ("reporter_item", 7, "A1", "green", None) in told(quarter)["lights"]
    lines = render(result).splitlines()
    assert {"  取消填报单位：乙市", "  取消重点工作：第7项“提高占比”", "  取消填报项：占比"} <= set(lines)
    assert "  2023Q1-A2-01  乙市  退回 → 搁置" in lines


def test_a_milder_rule_in_the_wordings_beside_the_plan_lets_pass(hall, tmp_path):
    plan = write_plan(tmp_path / "2023")
    write_messages(tmp_path, figure_above_maximum="notice")
    result = hall.rehearse(plan, Q1)
    assert result["messages"] == str(tmp_path.resolve() / "messages.yaml")
    assert told(result["quarters"][0]) == {
        "verdicts": [("2023Q1-A2-01", "returned", "accepted", False)],
        "findings": [("changed", "2023Q1-A2-01", "figure_above_maximum", "H4", "must_fix", "notice")],
        "figures": [("stations", "value", 320, 6320), ("stations", "reported", 1, 2), ("rate", "reported", 1, 2)],
        "lights": [
            ("item", 1, "", "red", "green"),
            ("measure", "stations", "", "red", "done"),
            ("reporter_item", 1, "A2", "grey", "green"),
            ("reporter_measure", "stations", "A2", "grey", "done"),
            ("reporter_measure", "rate", "A2", "grey", "green"),
        ],
    }


WAIVER = """
- rule: figure_above_maximum
  reporter: 乙市
  reason: 口径另行约定
  approved_by: 办公室
  approved_on: "2023-04-01"
  expires: "2023-12-31"
"""


def write_messages(folder: Path, **severities: str | None) -> None:
    """The repository's wordings with other severities, or without a rule."""
    messages = yaml.safe_load(MESSAGES.read_text(encoding="utf-8"))
    for rule, severity in severities.items():
        if severity:
            messages[rule]["severity"] = severity
        else:
            del messages[rule]
    folder.mkdir(exist_ok=True)
    (folder / "messages.yaml").write_text(yaml.safe_dump(messages, allow_unicode=True), encoding="utf-8")


def test_a_waiver_beside_the_changed_plan_is_held_against_the_ledgers_in_force(hall, tmp_path):
    write_plan(tmp_path / "in_force" / "2023")
    plan = write_plan(tmp_path / "changed")
    (plan / "waivers.yaml").write_text(WAIVER, encoding="utf-8")
    result = hall.rehearse(plan, Q1, in_force=tmp_path / "in_force")
    assert told(result["quarters"][0])["verdicts"] == [("2023Q1-A2-01", "returned", "accepted", False)]
    assert told(hall.rehearse(plan, Q1)["quarters"][0]) == NOTHING  # the same ledgers on both sides


def test_what_cannot_be_rehearsed_is_said_in_one_sentence(hall, tmp_path):
    plan = write_plan(tmp_path / "same")
    other = tmp_path / "other"
    for path in sorted(plan.rglob("*.*")):
        target = other / path.relative_to(plan)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8").replace("2023", "2024"), encoding="utf-8")
    with pytest.raises(UserError, match="2023Q3 尚未布置，没有可演练的报送：已布置的报告期为 2023Q1、2023Q2"):
        hall.rehearse(plan, Quarter(2023, 3))
    with pytest.raises(UserError, match="2023Q1 不在方案“2024年工作要点”的年度内"):
        hall.rehearse(other, Q1)
    with pytest.raises(UserError, match="没有 2024 年已布置的报告期可演练"):
        hall.rehearse(other)
    with pytest.raises(RegistryError, match="找不到方案文件夹"):
        hall.rehearse(tmp_path / "nowhere")
    write_messages(plan, row_missing=None)
    with pytest.raises(RegistryError, match="缺少规则 row_missing 的措辞"):
        hall.rehearse(plan)


def test_the_command_answers_in_json_and_by_its_exit_code(hall, tmp_path, capsys):
    """Of the second quarter alone: the first stands as it was."""
    target = STATIONS.replace("at_least: 0.95", "at_least: 0.9")
    command = ["--home", str(hall.desk.home.root), "--json", "rehearse", "--schemas"]
    assert run([*command, str(write_plan(tmp_path / "same"))]) == 0
    assert [one["lights"] for one in json.loads(capsys.readouterr().out)["quarters"]] == [[], []]
    assert run([*command, str(write_plan(tmp_path / "changed", **{"01_stations": target})), "2023Q2"]) == 1
    [quarter] = json.loads(capsys.readouterr().out)["quarters"]
    assert told(quarter) == {
        **NOTHING,
        "figures": [("rate", "target", 0.95, 0.9), ("rate", "due", 0.475, 0.45)],
        "lights": [("measure", "rate", "", "green", "done"), ("reporter_measure", "rate", "A1", "green", "done")],
    }


def test_the_command_wants_a_changed_plan(hall, capsys, monkeypatch):
    monkeypatch.delenv("DUBAN_SCHEMAS", raising=False)
    assert run(["--home", str(hall.desk.home.root), "rehearse"]) == 2
    assert capsys.readouterr().err.startswith("没有指明改后的方案：请用 --schemas 指向它的文件夹")
