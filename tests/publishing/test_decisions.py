"""A draft is put before somebody: what is approved is what is published, to the figure, and says by whom; what is
turned down leaves the draft and a note of it."""

import datetime as dt
import json
import pickle
import shutil
from dataclasses import replace
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from once import copy_of

from duban.errors import UserError
from duban.files import digest_of
from duban.home import Home
from duban.publishing.decision import Decision
from duban.publishing.publish import Outdated, propose, publish, turn_down
from duban.quarters import Quarter
from duban.verifying.publications import verify_manifest
from duban.warehouse.connection import open_warehouse

Q1 = Quarter.parse("2023Q1")
TOLD = "张三于 2023-04-13 16:05 审定（同意印发）"


@pytest.fixture
def put(filled_office, now):
    """An office whose draft of 12 April, at nine, is put before 张三, who decides on the 13th: a copy of one that was
    made once."""
    root, registry = filled_office.home.root, filled_office.registry

    def make(folder):
        shutil.copytree(root, folder, dirs_exist_ok=True)
        _, proposed = propose(Home(folder), registry, Q1, now)
        (folder / "proposed").write_bytes(pickle.dumps(proposed))

    copy_of("proposed", make, root)
    proposed = pickle.loads((root / "proposed").read_bytes())
    draft = SimpleNamespace(workbook=root / "published" / "2023Q1-draft" / "2023Q1-draft.xlsx")
    at = now.replace(day=13, hour=16, minute=5)
    return SimpleNamespace(office=filled_office, draft=draft, proposed=proposed, at=at, told=(filled_office.home, Q1))


def decide(put, kind="approved", comment="同意印发") -> Decision:
    return Decision.of(kind, "张三", put.at, comment)


def approve(put, proposed=None, **options):
    office = put.office
    options = {"approval": decide(put), "proposed": proposed or put.proposed, **options}
    return publish(office.home, office.registry, Q1, put.at, **options)


def rows(put, sql) -> list[tuple]:
    with open_warehouse(put.office.home.warehouse) as connection:
        return connection.execute(sql).fetchall()


def publications(put) -> list[tuple]:
    return rows(put, "SELECT publication, inputs = publications.inputs FROM publications ORDER BY 1")


def test_who_approved_it_when_and_what_he_said_stands_wherever_a_publication_speaks_of_itself(put):
    made = approve(put)
    assert made.message == "已生成 2023Q1-r1。"
    book = openpyxl.load_workbook(made.workbook)
    assert book["封面"]["B6"].value == f"本版由{TOLD}"
    notes = [[cell.value for cell in row] for row in book["数据说明"].iter_rows()]
    assert [row[2] for row in notes if row[1] == "审定"] == [f"由{TOLD}"]
    assert f"本版由{TOLD}。" in "".join(
        str(cell.value) for row in book["数据来源"].iter_rows(max_row=6) for cell in row
    )
    assert docx.Document(made.brief).core_properties.comments == f"由{TOLD}"
    record = {"decision": "approved", "by": "张三", "at": "2023-04-13T16:05:00+08:00", "comment": "同意印发"}
    assert json.loads(made.manifest.read_text(encoding="utf-8"))["approval"] == record
    [about] = [row[1].value for row in book["_lineage"].iter_rows() if row[0].value == "publication"]
    assert json.loads(about)["approval"] == record


def test_nobody_stands_on_what_nobody_approved(put):
    made = publish(put.office.home, put.office.registry, Q1, put.at)
    assert "approval" not in json.loads(made.manifest.read_text(encoding="utf-8"))
    for workbook in (made.workbook, put.draft.workbook):
        assert openpyxl.load_workbook(workbook)["封面"]["B6"].value is None


def test_what_came_in_since_the_draft_waits_for_the_next_revision(put):
    put.office.submit("2023Q1", "D03", {"activities": 3}, received="2023-04-12T10:00:00")
    made = approve(put)
    listed = {one["accession"] for one in json.loads(made.manifest.read_text(encoding="utf-8"))["submissions"]}
    assert len(listed) == 5 and "2023Q1-D03-01" not in listed
    assert rows(put, "SELECT pinned_at < issued_at, inputs FROM publications WHERE revision = 1") == [
        (True, put.proposed.inputs)
    ]
    assert publish(put.office.home, put.office.registry, Q1, put.at).publication == "2023Q1-r2"


def test_what_was_sent_back_or_held_leaves_the_draft_and_a_note(put):
    before = digest_of(put.draft.workbook)
    turn_down(*put.told, put.proposed, decide(put, "held", ""))
    turn_down(*put.told, put.proposed, decide(put, "sent_back", "武汉的数请再核"))
    assert [path.name for path in put.office.home.published.iterdir()] == ["2023Q1-draft"]
    assert digest_of(put.draft.workbook) == before
    assert rows(put, "SELECT publication, decision, decided_by, comment FROM decisions") == [
        ("2023Q1-draft", "held", "张三", ""),
        ("2023Q1-draft", "sent_back", "张三", "武汉的数请再核"),
    ]
    assert rows(put, "SELECT done_by, details->>'comment' FROM steps WHERE kind = 'decided' ORDER BY step") == [
        ("张三", ""),
        ("张三", "武汉的数请再核"),
    ]


def test_an_approval_of_another_draft_or_of_figures_that_are_no_more_is_refused(put, now):
    with pytest.raises(Outdated, match="已不能照原样发布"):
        approve(put, replace(put.proposed, inputs="another"))
    put.office.submit("2023Q1", "D03", {"activities": 3}, received="2023-04-12T10:00:00")
    publish(put.office.home, put.office.registry, Q1, now.replace(hour=11), draft=True)
    with pytest.raises(Outdated, match="送审以后又重新生成过"):
        approve(put)
    publish(put.office.home, put.office.registry, Q1, now.replace(hour=12))
    with pytest.raises(Outdated, match="又发布了新的一版"):
        approve(put)
    assert rows(put, "SELECT count(*) FROM decisions") == [(0,)]


def test_an_approved_one_that_was_cut_off_is_finished_as_it_was_approved(put, monkeypatch):
    from duban.publishing import publish as module

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "write_workbook", die)
        approve(put)
    made = approve(put)
    assert (made.publication, made.message) == ("2023Q1-r1", "已生成 2023Q1-r1。")
    assert rows(put, "SELECT publication, decided_by FROM decisions") == [("2023Q1-r1", "张三")]


def test_there_is_nothing_to_decide_where_nothing_new_would_be_issued(put, now):
    approve(put)
    assert propose(put.office.home, put.office.registry, Q1, put.at) is None
    assert propose(put.office.home, put.office.registry, Q1, now.replace(day=7)) is None  # a look into the past
    made = publish(put.office.home, put.office.registry, Q1, put.at, approval=decide(put))
    assert not made.new and made.message.endswith("这次的审定没有记入：它只记在新的一版里。")


def test_the_manifest_of_an_approved_one_holds(put):
    approve(put)
    [record] = rows(put, "SELECT * FROM publications WHERE revision = 1")
    with open_warehouse(put.office.home.warehouse) as connection:
        names = [column[0] for column in connection.execute("SELECT * FROM publications LIMIT 0").description]
    assert verify_manifest(put.office.home, dict(zip(names, record, strict=True))) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("approved", " ", ""), "审定须写明审定人"),
        (("sent_back", "张三", "\n"), "退回须写明意见"),
        (("held", "张" * 51, ""), "审定人写了 51 个字，最多 50 个"),
        (("approved", "张三", "同" * 501), "意见写了 501 个字，最多 500 个"),
    ],
)
def test_a_decision_that_lacks_something_is_refused_in_a_sentence(told, said, now):
    kind, by, comment = told
    with pytest.raises(UserError, match=said):
        Decision.of(kind, by, now, comment)


def test_what_a_person_types_acts_nowhere(now):
    found = Decision.of("approved", "张\n三", now, "同意\x1b[31m\u202e")
    assert (found.by, found.comment) == ("张 三", "同意\\u001b[31m\\u202e")
    assert found.at - now == dt.timedelta(0)
