"""Pins, revisions, drafts, crash points, and what lies in a publication's folder."""

import csv
import datetime as dt
import json

import pytest

from duban.errors import UserError
from duban.files import digest_of
from duban.publishing import publish as module
from duban.publishing.manifest import neutral
from duban.publishing.pins import VERSION
from duban.publishing.publish import publish
from duban.quarters import Quarter
from duban.registry.ledgers import NO_LEDGERS
from duban.warehouse.connection import open_warehouse

Q1, Q2 = Quarter.parse("2023Q1"), Quarter.parse("2023Q2")


def issue(office, now, quarter=Q1, **options):
    return publish(office.home, office.registry, quarter, now, **options)


def rows(office, sql):
    with open_warehouse(office.home.warehouse) as connection:
        return connection.execute(sql).fetchall()


def test_equal_inputs_give_equal_bytes_in_another_home_on_another_day(new_office, fill, now):
    offices = [new_office("here"), new_office("there")]
    digests = []
    for office, day in zip(offices, (now, now + dt.timedelta(days=400)), strict=True):
        fill(office)
        published = issue(office, day)
        digests.append(
            [digest_of(p) for p in (published.workbook, published.brief, published.manifest, published.findings)]
        )
    assert digests[0] == digests[1]


def test_nothing_new_gives_the_standing_one_and_says_so(filled_office, now):
    first = issue(filled_office, now)
    again = issue(filled_office, now + dt.timedelta(days=1))
    assert (first.new, again.new, again.publication) == (True, False, "2023Q1-r1")
    assert "没有新的报送" in again.message
    assert rows(filled_office, "SELECT publication FROM publications") == [("2023Q1-r1",)]


def test_a_new_submission_makes_the_next_revision_and_leaves_the_first_as_it_was(issued_office, now):
    first = issue(issued_office, now)
    before = digest_of(first.workbook)
    issued_office.submit(
        "2023Q1", "420300", {"batches": 70}, {1: {"status": "under_way"}}, received="2023-04-13T10:00:00"
    )
    second = issue(issued_office, now + dt.timedelta(days=2))
    assert (second.publication, second.new) == ("2023Q1-r2", True)
    assert digest_of(first.workbook) == before
    pinned = (
        "SELECT publication, count(*), count(*) FILTER (current) FROM publication_submissions GROUP BY 1 ORDER BY 1"
    )
    assert rows(issued_office, pinned) == [("2023Q1-r1", 5, 4), ("2023Q1-r2", 6, 5)]
    assert rows(issued_office, "SELECT base FROM publications ORDER BY 1") == [("2023Q1-r1",), (None,)]


def test_a_superseded_submission_is_pinned_but_does_not_count(filled_office, now):
    filled_office.submit(
        "2023Q1", "420200", {"batches": 60}, received="2023-04-09T10:00:00", supersedes="2023Q1-420200-01"
    )
    published = issue(filled_office, now)
    listed = {s["accession"]: s for s in json.loads(published.manifest.read_text())["submissions"]}
    assert not listed["2023Q1-420200-01"]["current"]
    assert listed["2023Q1-420200-02"]["current"]


def test_earlier_quarters_are_pinned_as_they_stand(filled_office, now):
    filled_office.submit("2023Q2", "D01", {"visits": 9}, received="2023-07-05T11:00:00")
    published = issue(filled_office, now + dt.timedelta(days=90), Q2)
    listed = [s["accession"] for s in json.loads(published.manifest.read_text())["submissions"]]
    assert listed == [
        "2023Q1-420100-01",
        "2023Q1-420200-01",
        "2023Q1-D01-01",
        "2023Q1-D02-01",
        "2023Q2-D01-01",
    ]


def test_a_draft_is_replaced_each_time_and_is_no_revision(filled_office, now):
    first = issue(filled_office, now, draft=True)
    assert first.folder.name == "2023Q1-draft"
    filled_office.submit("2023Q1", "D03", {"activities": 3}, {3: {"status": "done"}}, received="2023-04-12T10:00:00")
    second = issue(filled_office, now + dt.timedelta(days=1), draft=True)
    assert second.new
    assert len(json.loads(second.manifest.read_text())["submissions"]) == 6
    assert rows(filled_office, "SELECT publication, revision FROM publications") == [("2023Q1-draft", None)]
    assert issue(filled_office, now).publication == "2023Q1-r1"


def test_killed_before_the_folder_stands_the_next_run_finishes_it(filled_office, now, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_workbook", die)
        with pytest.raises(KeyboardInterrupt):
            issue(filled_office, now)
    assert rows(filled_office, "SELECT workbook FROM publications") == [(None,)]
    assert list(filled_office.home.published.iterdir()) == []
    published = issue(filled_office, now)
    assert (published.publication, published.new) == ("2023Q1-r1", True)
    assert rows(filled_office, "SELECT workbook FROM publications") == [(digest_of(published.workbook),)]
    assert rows(filled_office, "SELECT count(*) FROM lights WHERE scope = 'item'") == [(3,)]


def test_killed_before_it_is_recorded_the_next_run_records_it(filled_office, now, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "record_issue", die)
        with pytest.raises(KeyboardInterrupt):
            issue(filled_office, now)
    before = digest_of(filled_office.home.published / "2023Q1-r1" / "2023Q1-r1.xlsx")
    published = issue(filled_office, now)
    assert digest_of(published.workbook) == before
    assert rows(filled_office, "SELECT publication, workbook FROM publications") == [("2023Q1-r1", before)]


def test_what_came_in_after_a_kill_goes_into_the_next_revision(filled_office, now, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_workbook", die)
        with pytest.raises(KeyboardInterrupt):
            issue(filled_office, now)
    filled_office.submit("2023Q1", "D03", {"activities": 3}, received="2023-04-12T10:00:00")
    assert issue(filled_office, now + dt.timedelta(days=1)).publication == "2023Q1-r2"
    assert sorted(path.name for path in filled_office.home.published.iterdir()) == ["2023Q1-r1", "2023Q1-r2"]


def test_a_lost_folder_is_rebuilt_as_it_was(issued_office, now):
    first = issue(issued_office, now)
    before = digest_of(first.workbook)
    first.workbook.unlink()
    assert digest_of(issue(issued_office, now).workbook) == before


def test_a_publication_that_cannot_be_rebuilt_as_it_was_is_refused(issued_office, now):
    first = issue(issued_office, now)
    first.workbook.unlink()
    with open_warehouse(issued_office.home.warehouse) as connection:
        connection.execute("UPDATE publications SET workbook = repeat('0', 64)")
    with pytest.raises(UserError, match="从备份恢复"):
        issue(issued_office, now)


def test_the_rules_are_those_the_quarter_was_opened_with(filled_office, now, small_registry):
    from duban.registry.load import registry_of

    files = dict(small_registry.files)
    files["items/02_standards.yaml"] = files["items/02_standards.yaml"].replace("at_least: 20", "at_least: 2")
    published = publish(filled_office.home, registry_of(files), Q1, now)
    assert json.loads(published.manifest.read_text())["registry"] == small_registry.digest
    found = rows(filled_office, "SELECT target FROM lights WHERE subject = 'standards_issued' AND scope = 'measure'")
    assert found == [(20,)]


def test_a_quarter_that_was_not_opened_is_refused_in_a_sentence(new_office, now):
    with pytest.raises(UserError, match="duban open 2023Q2"):
        issue(new_office("home", "2023Q1"), now, Q2)


def test_a_home_without_a_warehouse_is_refused_and_stays_empty(small_registry, tmp_path, now):
    from duban.home import Home

    with pytest.raises(UserError, match="duban open 2023Q1"):
        publish(Home(tmp_path / "none"), small_registry, Q1, now)
    assert not (tmp_path / "none").exists()


def test_a_quarter_without_submissions_is_refused_in_a_sentence(new_office, now):
    with pytest.raises(UserError, match="还没有收到任何报送"):
        issue(new_office(), now)


def test_the_manifest_names_everything_it_was_made_from(issued_office, now):
    published = issue(issued_office, now)
    manifest = json.loads(published.manifest.read_text(encoding="utf-8"))
    submissions = manifest.pop("submissions")
    assert manifest == {
        "publication": "2023Q1-r1",
        "quarter": "2023Q1",
        "revision": 1,
        "as_of": "2023-04-08T08:00:00+08:00",
        "duban": VERSION,
        "registry": issued_office.registry.digest,
        "ledgers": NO_LEDGERS.digest,
        "base": None,
        "before": None,
        "workbook": {"name": "2023Q1-r1.xlsx", "sha256": digest_of(published.workbook)},
        "brief": {"name": "通报.docx", "sha256": digest_of(published.brief)},
        "findings": {"name": "findings.csv", "sha256": digest_of(published.findings)},
    }
    assert [(s["accession"], s["verdict"], s["current"]) for s in submissions] == [
        ("2023Q1-420100-01", "accepted", True),
        ("2023Q1-420200-01", "accepted", True),
        ("2023Q1-420300-01", "returned", False),
        ("2023Q1-D01-01", "accepted", True),
        ("2023Q1-D02-01", "accepted", True),
    ]
    assert set(submissions[0]) == {"accession", "quarter", "reporter", "digest", "verdict", "current"}


def test_the_findings_are_listed_for_a_spreadsheet_without_formulas(issued_office, now):
    published = issue(issued_office, now)
    assert published.findings.read_bytes().startswith(b"\xef\xbb\xbf")
    with published.findings.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.reader(file))
    assert found[1:] == [
        [
            "2023Q1-420100-01",
            "武汉",
            "已采用",
            "cleaned",
            "提示",
            "",
            "指标数据",
            "H5",
            "'=1+1",
            "写法已统一。",
            "请改正。",
            "",
            "",
        ],
        ["2023Q1-420300-01", "十堰", "退回修改", "figure_missing", "强制", "", "指标数据", "H5", "'=1+1", "'=缺少数据"]
        + ["请改正。", "", ""],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "  =", "＝", "＠", "\u3000+"])
def test_no_cell_of_the_findings_begins_a_formula(start):
    shown = start.replace("\r", "\\u000d")
    assert neutral(f"{start}1") == f"'{shown}1"
    assert neutral(f"1{start}") == f"1{shown}"
