from hypothesis import given
from hypothesis import strategies as st

from duban.checking.findings import Fault, where, word_findings
from duban.messages import load_messages
from duban.severities import SEVERITIES

BLANK = Fault(
    file=0,
    rule="figure_missing",
    severity="must_fix",
    tab="inputs",
    sheet="指标数据",
    key="a",
    item=1,
    field="value",
    address="H5",
    value="",
    subject="甲",
    words={},
)
ROWS = {
    # tab        rows: key, item, subject                                            what they are called
    "第1项“站点”": ("progress", [("1", 1, "站点")]),
    "第2、10项": ("progress", [("10", 10, "十"), ("2", 2, "二")]),
    "第1项指标“甲”": ("inputs", [("a", 1, "甲")]),
    "第1、2项指标“甲”“乙”": ("inputs", [("a", 1, "甲"), ("b", 2, "乙")]),
    "第1项的 4 个指标": ("inputs", [(key, 1, key) for key in "abcd"]),
    "第7行项目“东区”": ("projects", [("7", 1, "东区")]),
    "第7行": ("projects", [("7", None, "")]),
    "第7、12行": ("projects", [("12", 1, "西区"), ("7", 1, "东区")]),
    "": ("", [("", None, "")]),
}


def test_rows_are_called_by_what_they_are_about():
    for called, (tab, rows) in ROWS.items():
        faults = [BLANK._replace(tab=tab, key=key, item=item, subject=subject) for key, item, subject in rows]
        assert where(faults) == called


def test_a_finding_lists_cells_in_the_order_of_the_sheet():
    faults = [BLANK._replace(address=address, key=address) for address in ("AA5", "H12", "H5", "B5")]
    assert word_findings(faults, load_messages(), {})[0].cells == ["B5", "H5", "AA5", "H12"]


def test_findings_come_by_severity_then_sheet_then_row():
    faults = [
        BLANK._replace(rule="cleaned", severity="notice", address="H5", words={"typed": "1个", "cleaned": "1"}),
        BLANK._replace(rule="project_name_missing", tab="projects", sheet="项目清单", key="5", address="C5"),
        BLANK._replace(address="H9"),
        BLANK._replace(rule="status_missing", tab="progress", sheet="工作进展", key="1", address="D9"),
        BLANK._replace(
            rule="sheet_missing", severity="structure", tab="projects", sheet="项目清单", key="", address=""
        ),
    ]
    findings = word_findings(faults, load_messages(), {})
    assert [(finding.place, finding.rule) for finding in findings] == [
        (1, "sheet_missing"),
        (2, "status_missing"),
        (3, "figure_missing"),
        (4, "project_name_missing"),
        (5, "cleaned"),
    ]


some_faults = st.builds(
    lambda file, row, rule, value, item: BLANK._replace(
        file=file, address=f"H{row}", key=f"k{row}", rule=rule, value=value, item=item, subject=f"指标{row}"
    ),
    st.integers(0, 2),
    st.integers(1, 12),
    st.sampled_from(["figure_missing", "figure_unreadable"]),
    st.sampled_from(["若干", "很多"]),
    st.integers(1, 3),
)


@given(st.lists(some_faults, max_size=40), st.randoms())
def test_grouping_loses_no_cell_and_does_not_depend_on_the_order_of_faults(faults, random):
    findings = word_findings(faults, load_messages(), {})
    says_value = {"figure_unreadable"}
    cells = [(f.file, f.rule, f.value if f.rule in says_value else "", cell) for f in findings for cell in f.cells]
    assert sorted(cells) == sorted(
        {(f.file, f.rule, f.value if f.rule in says_value else "", f.address) for f in faults}
    )
    for file in {finding.file for finding in findings}:
        of_file = [finding for finding in findings if finding.file == file]
        assert [finding.place for finding in of_file] == list(range(1, len(of_file) + 1))
        assert [SEVERITIES.index(finding.severity) for finding in of_file] == sorted(
            SEVERITIES.index(finding.severity) for finding in of_file
        )
    shuffled = list(faults)
    random.shuffle(shuffled)
    again = word_findings(shuffled, load_messages(), {})
    assert [(f.file, f.place, f.rule, f.cells, f.severity) for f in again] == [
        (f.file, f.place, f.rule, f.cells, f.severity) for f in findings
    ]
