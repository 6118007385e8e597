"""Each way to spoil the schemas, one edit at a time, and the whole message that it gets."""

import time
from pathlib import Path

import pytest

from duban.errors import RegistryError
from duban.registry.load import load_registry, registry_of

ITEM = "items/13_provincial_standards.yaml"
FILE = "13_provincial_standards.yaml"
MEASURE = "measures.provincial_standards_issued"
MEASURE_KEYS = "aggregate、because、denominator、figures、limits、numerator、reported_by、schedule、target、title、unit"
ITEM_KEYS = (
    "assumed、chapter、checks、consolidates、deliverables、groups、item、lead、local、measures、name、summary、"
    "support、title"
)

# what is wrong: file, old text, new text, the whole message
SPOILT = {
    "a misspelt key": (
        ITEM, "local: all", "locals: all",
        f"{FILE}：缺少 local，请补上。\n{FILE}：locals 是不认识的键，是否想写 local；此处可用的键：{ITEM_KEYS}。",
    ),
    "a misspelt key deep down": (
        ITEM, "    because:", "    becuase: 同上\n    because:",
        f"{FILE}：{MEASURE}.becuase 是不认识的键，是否想写 because；此处可用的键：{MEASURE_KEYS}。",
    ),
    "a word that is none of the allowed": (
        ITEM, "figures: to_date", "figures: todate",
        f"{FILE}：{MEASURE}.figures 写的是“todate”，可用的值：to_date、in_quarter、latest。",
    ),
    "an unknown reporter": (
        ITEM, "support: [标准化处", "support: [标准处",
        f"{FILE}：support 写的“标准处”不是填报单位，是否想写“标准化处”；"
        "可用的见 reporters.yaml，相近的有：标准化处、餐饮处、财务处、认检处、计量处。",
    ),
    "an unknown member of a group": (
        "groups.yaml", "[食品协调处, 食品生产处", "[食品综合处, 食品生产处",
        "groups.yaml：食品相关处室.members 写的“食品综合处”不是填报单位，是否想写“食品生产处”；"
        "可用的见 reporters.yaml，相近的有：食品生产处、食品流通处、食品抽检处、食品协调处、食品稽查局。",
    ),
    "a group with a kind and members": (
        "groups.yaml", "  kind: department", "  kind: department\n  members: [工会]",
        "groups.yaml：各处室 要么写 kind（该类全部单位），要么写 members（逐个列名），二者取一。",
    ),
    "a group named like a reporter": (
        "groups.yaml", "", "\n工会:\n  kind: department\n",
        "groups.yaml：组名“工会”与单位名称或职责词相同，请另取一个名称。",
    ),
    "a dangling group": (
        "items/24_shiyan_pilot.yaml", "groups: [食品相关处室]", "groups: [食品处室]",
        "24_shiyan_pilot.yaml：groups 写的“食品处室”不是组，是否想写“食品相关处室”；"
        "可用的见 groups.yaml，相近的有："
        "食品相关处室、各处室、相关处室（都市圈）、相关处室（舆情信息）、相关处室（消费标准）。",
    ),
    "a reporter merged into nobody": (
        "reporters.yaml", "  name: 工会\n", "  name: 工会\n  merged_into: 离退处\n",
        "reporters.yaml：merged_into 写的“离退处”不是填报单位，是否想写“离退休处”；"
        "可用的见 reporters.yaml，相近的有：离退休处、餐饮处、财务处、认检处、计量处。",
    ),
    "a reporter merged into one that is gone itself": (
        "reporters.yaml", "  name: 工会\n", "  name: 工会\n  merged_into: 工会\n",
        "reporters.yaml：“工会”的 merged_into 写的“工会”自己也已并入别的单位：应写现在填报的单位。",
    ),
    "the one to ask merged into another": (
        "reporters.yaml", "  name: 督审处\n", "  name: 督审处\n  merged_into: 办公室\n",
        "plan.yaml：collected_by 写的“督审处”已并入别的单位：应写现在收表的单位。",
    ),
    "a place that is no prefecture": (
        ITEM, "local: all", 'local: ["420999"]',
        f"{FILE}：local 写的“420999”不是市州代码，是否想写“420900”；"
        "可用的见 reporters.yaml，相近的有：420900、429021、429006、429005、429004。",
    ),
    "a code without quotes": (
        ITEM, "local: all", "local: [420300]",
        f"{FILE}：local.第1条 写的是“420300”，应为文字；代码、日期等请加英文引号。",
    ),
    "nobody who answers for the item": (
        ITEM, "consolidates: 标准化处\n", "",
        f"{FILE}：有 lead 就不写 consolidates（由 lead 汇总），没有 lead 才写，二者取一。",
    ),
    "an item summed up by someone who does not owe it": (
        ITEM, "consolidates: 标准化处", "consolidates: 财务处",
        f"{FILE}：consolidates 中的“财务处”不承担第 13 项，请先把它写进 lead、support、groups 或 local。",
    ),
    "a measure reported by someone who does not owe the item": (
        ITEM, "reported_by: [标准化处]", "reported_by: [财务处]",
        f"{FILE}：{MEASURE}.reported_by 中的“财务处”不承担第 13 项，请先把它写进 lead、support、groups 或 local。",
    ),
    "a measure reported by nobody": (
        ITEM, "reported_by: [标准化处]", "reported_by: [lead]",
        f"{FILE}：{MEASURE}.reported_by 没有落到任何单位，请改为承担该项的职责或单位。",
    ),
    "two measures of one name in a file": (
        ITEM, "  standard_innovators:", "  provincial_standards_issued:",
        f"{FILE} 第 24 行：键“provincial_standards_issued”出现两次，同一层的键不能重名，请删去或改名。",
    ),
    "two measures of one name in two files": (
        ITEM, "  standard_innovators:", "  chief_quality_officers:",
        f"{FILE}：measures“chief_quality_officers”已用在 12_quality_province.yaml，须各不相同，请改名。",
    ),
    "a schedule that falls": (
        ITEM, "[10, 35, 70, 100]", "[10, 70, 35, 100]",
        f"{FILE}：{MEASURE}.schedule 写的是“[10, 70, 35, 100]”，须从 0 起逐季不减，且四季度为 100。",
    ),
    "a schedule without its reason": (
        ITEM, "    because: 标准按立项、起草、审查、发布推进，一季度发布少\n", "",
        f"{FILE}：{MEASURE} 写了 schedule 就须写 because，说明为何不同于全省统一的序时进度。",
    ),
    "a target of another year": (
        ITEM, "180, by: 2023Q4", "180, by: 2024Q4",
        f"{FILE}：{MEASURE}.target.by 写的“2024Q4”不在方案年度内；可用：2023Q1 至 2023Q4。",
    ),
    "a quarter that is none": (
        ITEM, "due: 2023Q4", "due: 2023年底",
        f"{FILE}：deliverables.第1条.due 报告期“2023年底”无法识别："
        "应写作 2023Q1 这样的四位年份加 Q 加 1 至 4，请改正后重试。",
    ),
    "a rate written in percent": (
        "items/22_credit_supervision.yaml", "at_least: 0.35", "at_least: 35",
        "22_credit_supervision.yaml：measures.joint_check_share 单位为 % 的目标写成小数，如 0.35。",
    ),
    "a dangling baseline": (
        "items/22_credit_supervision.yaml", "baseline: annual_report_rate_2021", "baseline: annual_report_rate",
        "22_credit_supervision.yaml：measures.annual_report_rate.target.baseline 写的“annual_report_rate”不是基数，"
        "是否想写“annual_report_rate_2021”；可用：annual_report_rate_2021。",
    ),
    "a rule about an input that is none": (
        ITEM, "never_falls: provincial_standards_issued", "never_falls: provincial_standards",
        f"{FILE}：checks 写的“provincial_standards”不是该项的填报项编码，是否想写“provincial_standards_issued”；"
        "可用：provincial_standards_issued、standard_innovators。",
    ),
    "a rule that can never bite": (
        ITEM, "never_falls: provincial_standards_issued",
        "not_above: [standard_innovators, provincial_standards_issued]",
        f"{FILE}：checks 中 not_above 的“standard_innovators”与“provincial_standards_issued”"
        "须由同一单位填报且 figures 相同，否则无从比较，请改正或删去该条。",
    ),
    "a figure that may fall and must not": (
        ITEM, "never_falls: provincial_standards_issued", "never_falls: standard_innovators",
        f"{FILE}：checks 中 never_falls 只用于 figures 为 to_date 的指标，“standard_innovators”是 latest，"
        "请删去该条或改 figures。",
    ),
    "a chapter that is none": (
        ITEM, "chapter: 4", "chapter: 9",
        f"{FILE}：chapter 写的“9”不是方案的篇章；可用：1、2、3、4、5、6、7、8。",
    ),
    "a file not named for its item": (
        ITEM, "name: provincial_standards\n", "name: local_standards\n",
        f"{FILE}：文件名与内容不符，应为 13_local_standards.yaml，请改名。",
    ),
    "a title that cannot name a sheet": (
        ITEM, "title: 全域标准化发展", "title: 全域标准化/发展",
        f"{FILE}：title 写的是“全域标准化/发展”，要用作工作表名，不能含 /。",
    ),
    "a duplicate code": (
        "reporters.yaml", '"420200"', '"420100"',
        "reporters.yaml：code“420100”出现两次，须各不相同，请改名或删去一处。",
    ),
    "a name that two reporters share": (
        "reporters.yaml", "黄石市局", "武汉市局",
        "reporters.yaml：名称“武汉市局”出现两次，须各不相同，请改名或删去一处。",
    ),
    "nobody to ask": (
        "plan.yaml", "collected_by: 督审处", "collected_by: 督审科",
        "plan.yaml：collected_by 写的“督审科”不是填报单位，是否想写“督审处”；"
        "可用的见 reporters.yaml，相近的有：督审处、科信处、质量监督处、黄石、黄冈。",
    ),
    "a due day that not every month has": (
        "plan.yaml", "due_day: 10", "due_day: 31",
        "plan.yaml：due_day 写的是“31”，不大于 28。",
    ),
    "a date that is none": (
        "plan.yaml", "due_day: 10", 'due: {2023Q1: "2023-4-10"}',
        "plan.yaml：due.2023Q1 写的是“2023-4-10”，日期应写作 2023-02-03 这样的年-月-日。",
    ),
    "shares that do not add up": (
        "targets.csv", "武汉,food_batches_sampled,49090", "武汉,food_batches_sampled,49000",
        "targets.csv：指标 food_batches_sampled 各单位份额合计 229910，应等于全省目标 230000，相差 -90，请调整。",
    ),
    "a share given twice, under two names": (
        "targets.csv", "", "武汉市,food_batches_sampled,0\n",
        "targets.csv：reporter/measure“武汉/food_batches_sampled”出现两次，须各不相同，请改名或删去一处。",
    ),
    "a share for someone who does not report the measure": (
        "targets.csv", "", "财务处,food_batches_sampled,0\n",
        "targets.csv：“财务处”不填报指标 food_batches_sampled，不能分得目标，请删去该行。",
    ),
    "a share that is no number": (
        "targets.csv", "9833", "约9833",
        "targets.csv 第 3 行：target 写的是“约9833”，应为数字。",
    ),
    "a column too many": (
        "targets.csv", "9833", "9833,1",
        "targets.csv 第 3 行：（多出的列） 是不认识的键；此处可用的键：measure、reporter、target。",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT)
def test_refused_by_file_key_found_and_allowed(refusal, case: str):
    name, old, new, message = SPOILT[case]
    assert refusal(name, old, new) == message


def test_all_faults_of_all_files_are_told_at_once(folder: Path):
    for name in (ITEM, "items/14_metrology_foundations.yaml"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace("local:", "locl:"), encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        load_registry(folder)
    assert [line.split("：")[0] for line in str(caught.value).splitlines()] == [
        FILE, FILE, "14_metrology_foundations.yaml", "14_metrology_foundations.yaml",
    ]  # fmt: skip


def test_yaml_that_is_none_is_refused_by_line(refusal):
    message = refusal(ITEM, "support: [标准化处, 省标质院]", "support: [标准化处, 省标质院")
    assert message.startswith(f"{FILE} 第 9 行：不是正确的 YAML（") and message.endswith("请对照相邻各行改正。")


def test_a_file_saved_in_another_encoding_is_refused(folder: Path):
    (folder / "targets.csv").write_text("reporter,measure,target\n武汉,food_batches_sampled,1\n", encoding="gb18030")
    with pytest.raises(RegistryError, match=r"^targets\.csv：不是 UTF-8 编码，请用编辑器另存为 UTF-8"):
        load_registry(folder)


def test_a_missing_file_and_a_missing_folder_are_named(folder: Path):
    (folder / "groups.yaml").unlink()
    with pytest.raises(RegistryError, match=r"^找不到文件 .*groups\.yaml：请补上该文件"):
        load_registry(folder)
    with pytest.raises(RegistryError, match=r"^找不到方案文件夹 .*1999：请用 --schemas 指明"):
        load_registry(folder.parent / "1999")


def test_an_item_that_would_be_passed_over_for_its_ending_is_refused(folder: Path):
    (folder / ITEM).rename(folder / "items" / "13_provincial_standards.yml")
    with pytest.raises(RegistryError) as caught:
        load_registry(folder)
    assert str(caught.value) == "items/13_provincial_standards.yml：items/ 里只读 .yaml 文件，请改名或移走。"


def test_a_plan_may_share_no_target(folder: Path):
    (folder / "targets.csv").unlink()
    assert load_registry(folder).shares == {}


def test_an_unknown_item_is_refused(registry):
    with pytest.raises(RegistryError, match=r"^方案中没有第 40 项：可用 1、2、3、"):
        registry.item(40)


def test_a_registry_is_rebuilt_from_its_own_texts(registry):
    assert registry_of(registry.files) == registry


def test_the_digest_follows_the_rules_and_not_the_ledgers_line_ends_or_byte_order_mark(folder: Path, registry):
    (folder / "waivers.yaml").write_text("[]\n", encoding="utf-8")
    path = folder / "targets.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_registry(folder).digest == registry.digest
    path.write_text(path.read_text(encoding="utf-8-sig").replace("武汉", "420100"), encoding="utf-8")
    assert load_registry(folder).digest != registry.digest


def test_the_plan_loads_quickly(folder: Path):
    # the best of three, for the machine may be busy with something else
    assert min(_seconds_to_load(folder) for _ in range(3)) < 0.15


def _seconds_to_load(folder: Path) -> float:
    start = time.perf_counter()
    load_registry(folder)
    return time.perf_counter() - start
