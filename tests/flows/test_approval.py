"""A deployed run puts a draft before somebody and waits without a process; what was decided, on the page or by `duban
approve`, is done when it goes on."""

import datetime as dt
import json
from pathlib import Path

import pytest
from desk import LATE, RECEIVED

from duban import cli
from duban.errors import UserError
from duban.files import digest_of
from duban.home import Home
from duban.quarters import TIME_ZONE
from duban.runs import run_folder
from tasks import approving

pytestmark = pytest.mark.engine(seconds=20)


def on_the_page(run, decision: str, by: str = "张三", comment: str = "") -> None:
    """What the page sends when somebody fills the form in."""
    from prefect.flow_runs import resume_flow_run

    resume_flow_run(run.id, run_input={"decision": decision, "by": by, "comment": comment})


def form(run) -> str:
    """What the page shows above the form."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        keyset = client.read_flow_run(run.id).state.state_details.run_input_keyset
        return json.loads(client.read_flow_run_input(run.id, keyset["description"])).replace("\\", "")


def command(office, capsys, *words: str) -> tuple[int, str]:
    """`duban approve`, with its exit code and what it said."""
    code = cli.run(["approve", office.quarter, "--home", str(office.home), *words])
    said = capsys.readouterr()
    return code, (said.out + said.err).strip()


def published(office) -> list[str]:
    return sorted(path.name for path in (office.home / "published").iterdir())


@pytest.fixture
def waiting(reported):
    """An office that has one report, and a run that waits for somebody to decide on the draft."""
    run = reported.deployed(as_of=RECEIVED.isoformat())
    assert run().name == "Suspended"
    return reported, run


def test_what_was_approved_on_the_page_is_published_as_it_was_shown(waiting):
    office, run = waiting
    told = form(run)
    assert told.startswith("## 2023年一季度汇总，请审定") and str(office.home / "published/2023Q1-draft") in told
    assert published(office) == ["2023Q1-draft"]
    with run_folder(Home(office.home), "publish", wait=0.0):
        pass  # nothing holds the home while it waits
    office.report("A2")
    office.collect(as_of=LATE)
    with pytest.raises(RuntimeError, match="by"):
        on_the_page(run, "通过", by=" ")
    on_the_page(run, "通过", comment="同意")
    state = run()
    assert (state.name, published(office)) == ("Completed", ["2023Q1-draft", "2023Q1-r1"])
    manifest = json.loads((office.home / "published/2023Q1-r1/manifest.json").read_text(encoding="utf-8"))
    assert manifest["approval"] == {
        **{"decision": "approved", "by": "张三", "at": "2023-04-07T09:12:00+08:00", "comment": "同意"}
    }
    assert [one["accession"] for one in manifest["submissions"]] == ["2023Q1-A1-01"]


def test_what_is_held_is_asked_again_and_what_is_sent_back_leaves_the_draft_alone(waiting, capsys):
    office, run = waiting
    before = digest_of(office.home / "published/2023Q1-draft/2023Q1-draft.xlsx")
    assert command(office, capsys, "--hold", "--by", "李四") == (
        0,
        f"2023Q1-draft 由李四于 {told_now(office)} 暂缓。服务器上的运行随即继续，结果见网页，或 duban status 2023Q1。",
    )
    assert run().name == "Suspended"
    assert form(run).startswith("2023Q1-draft 由李四于 2023-04-07 09:12 暂缓。")
    on_the_page(run, "退回")
    assert run().name == "Suspended"
    assert form(run).startswith("退回须写明意见")
    assert command(office, capsys, "--send-back", "--by", "李四") == (
        2,
        "退回须写明意见，经办的人要据此修改：请用 --comment 写一句。",
    )
    assert command(office, capsys, "--send-back", "--by", "李四", "--comment", "甲市的数请再核")[0] == 0
    state = run()
    assert (state.name, state.message) == (
        "Completed",
        "2023Q1-draft 由李四于 2023-04-07 09:12 退回（甲市的数请再核），没有发布。",
    )
    assert published(office) == ["2023Q1-draft"]
    assert digest_of(office.home / "published/2023Q1-draft/2023Q1-draft.xlsx") == before
    assert command(office, capsys) == (2, "2023Q1 没有等待审定的汇总：请先在网页上运行 publish 送审。")


def told_now(office) -> str:
    """The minute of the command's own clock."""
    return f"{dt.datetime.now(TIME_ZONE):%Y-%m-%d %H:%M}"


def test_a_later_draft_ends_the_question_about_an_earlier_one_and_a_late_answer_publishes_nothing(waiting, monkeypatch):
    office, earlier = waiting
    later = office.deployed(as_of=RECEIVED.isoformat())
    assert later().name == "Suspended"
    assert state_of(earlier).message == "2023Q1-draft 没有发布：已由后来的一次送审取代。"
    on_the_page(later, "通过")
    monkeypatch.setattr(approving, "PATIENCE", -approving.PATIENCE)
    state = later()
    assert state.name == "Completed" and "没有审定，没有发布：请重新运行汇总。" in state.message
    assert published(office) == ["2023Q1-draft"]


def state_of(run):
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return client.read_flow_run(run.id).state


def test_a_draft_that_was_made_anew_meanwhile_is_put_again(reported):
    office, run = reported, reported.deployed()
    run()
    now = dt.datetime.now(TIME_ZONE)
    office.report("A2")
    office.collect(as_of=now)
    office.publish(as_of=now, draft=True)
    on_the_page(run, "通过")
    assert run().name == "Suspended"
    assert form(run).startswith("2023Q1-draft 送审以后又重新生成过，内容已经不同。以下是新的送审稿。")
    on_the_page(run, "通过")
    assert run().name == "Completed"
    manifest = json.loads((office.home / "published/2023Q1-r1/manifest.json").read_text(encoding="utf-8"))
    assert [one["accession"] for one in manifest["submissions"]] == ["2023Q1-A1-01", "2023Q1-A2-01"]


def test_the_whole_quarter_asks_before_its_last_step_and_nobody_is_asked_where_nothing_is_new(office):
    office.report()
    run = office.deployed("quarter", as_of=RECEIVED.isoformat())
    assert (run().name, published(office)) == ("Suspended", ["2023Q1-draft"])
    dropped = office.report("A2")
    on_the_page(run, "通过")
    assert (run().name, published(office)) == ("Completed", ["2023Q1-draft", "2023Q1-r1"])
    assert dropped.exists()
    assert office.deployed(as_of=RECEIVED.isoformat())().name == "Completed"


def test_a_run_that_could_not_be_resumed_says_so_before_it_does_anything(office):
    with pytest.raises(UserError, match="须在服务器上由部署运行"):
        office.publish(approval=True)
    with pytest.raises(UserError, match="请清空“审定人”"):
        office.publish(approval=True, by="张三")
    assert not Path(office.home / "published").exists()
