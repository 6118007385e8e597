"""A quarter through the real flows, with real workbooks in a real intake folder."""

import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from desk import LATE, RECEIVED
from postbox import Postbox, mail_server

from duban.checking.run import check_run
from duban.errors import UserError
from duban.files import digest_of
from duban.home import Home
from duban.lifecycle import close
from duban.limits import Limits
from duban.quarters import Quarter
from duban.reading.worker import read_received
from duban.registry.load import load_registry
from duban.settings import REPOSITORY
from duban.status import status
from duban.warehouse.connection import open_warehouse

pytestmark = pytest.mark.engine(seconds=40)


def said(result: dict) -> dict:
    """What a collect run says, without paths."""
    verdicts = {
        verdict: [(one["accession"], one["file"]) for one in result[verdict]]
        for verdict in ("accepted", "returned", "set_aside")
    }
    return {"taken_in": result["taken_in"], "known": result["known"], **verdicts}


def originals(office) -> list[Path]:
    """What was archived as it came in; the journal lies beside it."""
    return sorted((office.home / "archive").glob("[0-9a-f][0-9a-f]/*"))


NOTHING = {"taken_in": 0, "known": 0, "accepted": [], "returned": [], "set_aside": []}


def test_a_good_report_is_accepted_archived_answered_and_taken_out_of_the_intake(office):
    dropped = office.report()
    digest = digest_of(dropped)
    result = office.collect()
    assert said(result) == {**NOTHING, "taken_in": 1, "accepted": [("2023Q1-A1-01", dropped.name)]}
    assert result["answers"] == [str(office.home / "outbox/2023Q1/A1/2023Q1-A1-01-回执.txt")]
    assert Path(result["answers"][0]).exists()
    assert digest_of(office.home / "archive" / digest[:2] / f"{digest}.xlsx") == digest
    assert list(office.intake.iterdir()) == []
    assert list((office.home / "work").iterdir()) == []


def test_who_has_not_reported_is_reminded_once_until_the_quarter_is_no_longer_collected(office):
    planned = [(one["name"], one["step"], one["state"]) for one in office.remind(dry_run=True)["reminders"]]
    assert planned == [("甲市", 2, "planned"), ("乙市", 2, "planned"), ("办公室", 2, "planned")]
    told = office.remind()["reminders"]
    assert [one["state"] for one in told] == ["sent"] * 3
    assert all((office.home / "outbox" / one["to"][0]).exists() for one in told)
    assert office.remind()["reminders"] == []
    close(Home(office.home), Quarter.parse(office.quarter), LATE)
    state = office.remind(unattended=True, return_state=True)
    assert state.is_completed() and state.message == "2023Q1 没有布置或已经截止，没有要催的。"
    with pytest.raises(UserError, match="2023Q1 已截止"):
        office.remind()


def test_where_it_is_wanted_answers_are_mailed_and_settings_that_are_wrong_stop_no_collecting(office, monkeypatch):
    office.report()
    monkeypatch.setenv("DUBAN_MAIL_ANSWERS", "perhaps")
    assert len(office.collect()["accepted"]) == 1
    people = "reporters: {甲市: {to: [{name: 小甲, mail: a1@mail.example}]}}"
    (office.plan / "contacts.yaml").write_text(people, encoding="utf-8")
    with mail_server(Postbox()) as postbox:
        monkeypatch.setenv("DUBAN_SMTP", f"smtp://127.0.0.1:{postbox.port}")
        monkeypatch.setenv("DUBAN_MAIL_FROM", "duban@mail.example")
        monkeypatch.setenv("DUBAN_MAIL_ANSWERS", "1")
        office.report(stations=321)
        result = office.collect(LATE)
    assert [(one["accession"], one["state"]) for one in result["mailed"]] == [("2023Q1-A1-02", "sent")]
    [(_, recipients, mail)] = postbox.mails
    assert recipients == ["a1@mail.example"]
    [attached] = mail.iter_attachments()
    assert attached.get_content() == Path(result["answers"][0]).read_bytes()


def test_nobody_need_order_the_draft_of_the_working_day_after_the_due_date(reported):
    told = {"draft": True, "unattended": True}
    state = reported.publish(LATE, **told, return_state=True)
    assert state.is_completed() and state.message.startswith("2023Q1 今天不必汇总")
    assert Path(reported.publish(LATE.replace(day=11), **told)["workbook"]).exists()


def test_a_run_that_nobody_watches_ends_with_a_sentence_where_nothing_is_open(office):
    office.quarter = "2023Q2"
    state = office.collect(unattended=True, return_state=True)
    assert state.is_completed() and state.message == "2023Q2 尚未布置，没有要收取的。"
    with pytest.raises(UserError, match="尚未布置"):
        office.collect()


def test_a_run_that_returns_workbooks_is_completed(office):
    office.report(stations="不详")
    (office.intake / "随手.xlsx").write_bytes(b"")
    state = office.collect(return_state=True)
    assert state.is_completed()
    assert said(state.result()) == {
        **NOTHING,
        "taken_in": 2,
        "returned": [("2023Q1-A1-01", "2023Q1-A1-甲市.xlsx")],
        "set_aside": [("2023Q1-000000-01", "随手.xlsx")],
    }
    [returned] = state.result()["returned"]
    assert returned["rules"] == {"figure_unreadable": 1}
    assert returned["answer"].endswith("2023Q1-A1-01-退回修改.xlsx")


@pytest.mark.parametrize("repeated", [b"0", b"2", b"3"], ids=["of batches ago", "of the batch under way", "of its own"])
def test_a_burst_is_worked_off_in_batches_and_what_is_left_is_told(office, monkeypatch, repeated):
    monkeypatch.setattr("tasks.collecting.load_limits", lambda: Limits(files_at_once=2))
    first = office.report()
    (office.intake / "A2").mkdir()
    for number in range(4):
        (office.intake / "A2" / f"{number}.xlsx").write_bytes(b"%d" % number)
    (office.intake / "A2" / "再.xlsx").write_bytes(repeated)
    (office.intake / "A2" / "~$空.xlsx").write_bytes(b"")
    (office.intake / "A2" / "空.xlsx").write_bytes(b"")
    result = office.collect()
    assert (result["taken_in"], result["known"]) == (6, 1)
    assert [(one["accession"], one["file"]) for one in result["accepted"] + result["returned"]] == [
        ("2023Q1-A1-01", first.name),
        *[(f"2023Q1-A2-0{number + 1}", f"{number}.xlsx") for number in range(4)],
    ]
    assert [(one["source"], one["reason"]) for one in result["left"]] == [("2023Q1/A2/空.xlsx", "open")]
    assert result["left"][0]["told"].startswith("“2023Q1/A2/空.xlsx”旁边有占用文件")
    assert sorted(path.name for path in (office.intake / "A2").iterdir()) == ["~$空.xlsx", "空.xlsx"]
    assert list((office.home / "work").iterdir()) == []


def test_a_run_that_fails_at_a_batch_leaves_nothing_of_the_next_one_that_it_was_reading(office, monkeypatch):
    monkeypatch.setattr("tasks.collecting.load_limits", lambda: Limits(files_at_once=1))
    office.report("A1")
    office.report("A2")
    begun, over = [], []

    def slowly(*told, **words):
        begun.append(told)
        time.sleep(3 * (len(begun) - 1))
        read_received(*told, **words)
        over.append(told)

    monkeypatch.setattr("tasks.collecting.read_received", slowly)
    monkeypatch.setattr("tasks.collecting.load_run", fails)
    with pytest.raises(ZeroDivisionError):
        office.collect()
    assert len(begun) == len(over) == 2
    assert list((office.home / "work").iterdir()) == []


def fails(*told, **words):
    raise ZeroDivisionError


def test_a_run_that_fails_at_a_batch_has_answered_the_one_before(office, monkeypatch):
    monkeypatch.setattr("tasks.collecting.load_limits", lambda: Limits(files_at_once=1))
    office.report("A1")
    left = office.report("A2")
    checked = []

    def check_first(*told, **words):
        checked.append(told)
        return check_run(*told, **words) if len(checked) == 1 else fails()

    monkeypatch.setattr("tasks.collecting.check_run", check_first)
    with pytest.raises(ZeroDivisionError):
        office.collect()
    assert [path for path in office.intake.rglob("*.xlsx")] == [left]
    with open_warehouse(office.home / "duban.duckdb", read_only=True) as connection:
        assert connection.execute("SELECT accession FROM answers").fetchall() == [("2023Q1-A1-01",)]
    assert [path.name for path in (office.home / "outbox").rglob("2023Q1-A*.txt")] == ["2023Q1-A1-01-回执.txt"]
    assert list((office.home / "work").iterdir()) == []
    monkeypatch.undo()
    assert [one["accession"] for one in office.collect()["accepted"]] == ["2023Q1-A2-01"]


def test_an_extension_holds_from_the_next_run_even_if_nothing_was_dropped(office):
    def late() -> list[bool]:
        registry = load_registry(office.plan)
        rows = status(Home(office.home), registry, Quarter(2023, 1), LATE)["reporters"]
        return [row["late"] for row in rows if row["code"] == "A1"]

    office.report()
    office.collect(LATE)
    assert late() == [True]
    granted = 'due: "2023-04-14", reason: 网络检修, approved_by: 办公室, approved_on: "2023-04-11"'
    ledger = office.plan / "extensions.yaml"
    ledger.write_text(f"- {{quarter: 2023Q1, reporters: [甲市], {granted}}}\n", encoding="utf-8")
    office.collect(LATE)
    assert late() == [False]
    ledger.unlink()
    office.collect(LATE)
    assert late() == [True]


def test_a_ledger_that_does_not_fit_stops_the_run_before_anything_is_taken(office):
    dropped = office.report()
    (office.plan / "waivers.yaml").write_text("- {rule: figure_fals}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"waivers\.yaml：第1条\.reporter|waivers\.yaml：缺少"):
        office.collect()
    assert dropped.exists()


def test_collecting_twice_equals_collecting_once(reported):
    home = reported.home
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix != ".wal"}
    assert said(reported.collect()) == NOTHING
    after = {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix != ".wal"}
    warehouse = home / "duban.duckdb"
    assert before.pop(warehouse) and after.pop(warehouse)
    assert after == before


def test_a_file_that_is_dropped_again_gets_the_first_ones_receipt(office):
    first = office.report()
    bytes_of_it = first.read_bytes()
    receipt = office.collect()["answers"]
    (office.intake / "再报一次.xlsx").write_bytes(bytes_of_it)
    again = office.collect()
    assert said(again) == {**NOTHING, "taken_in": 1, "known": 1, "accepted": [("2023Q1-A1-01", first.name)]}
    assert again["answers"] == receipt
    assert list(office.intake.iterdir()) == []


def test_two_names_for_one_content_are_one_submission(office):
    first = office.report(name="甲.xlsx")
    (office.intake / "乙.xlsx").write_bytes(first.read_bytes())
    result = office.collect()
    assert said(result) == {**NOTHING, "taken_in": 2, "known": 1, "accepted": [("2023Q1-A1-01", "甲.xlsx")]}
    assert list(office.intake.iterdir()) == []


def test_the_same_bytes_are_answered_to_everyone_who_sent_them_and_known_from_then_on(office):
    first = office.report()
    bytes_of_it = first.read_bytes()
    for folder in ("A1", "A2"):
        (office.intake / folder).mkdir()
        (office.intake / folder / "报表.xlsx").write_bytes(bytes_of_it)
    (office.intake / "A2" / "空.xlsx").write_bytes(b"")
    (office.intake / "2023Q1-A1-空.xlsx").write_bytes(b"")
    result = office.collect()
    assert [(one["accession"], one["verdict"]) for one in result["accepted"] + result["returned"]] == [
        ("2023Q1-A1-01", "accepted"),
        ("2023Q1-A1-02", "returned"),
        ("2023Q1-A2-01", "returned"),
        ("2023Q1-A2-02", "returned"),
    ]
    assert [one["rules"] for one in result["returned"]] == [{"empty_file": 1}, {"wrong_reporter": 1}, {"empty_file": 1}]
    (office.intake / "A2" / "再报.xlsx").write_bytes(bytes_of_it)
    (office.intake / "A1" / "再报.xlsx").write_bytes(b"")
    again = office.collect()
    assert (again["taken_in"], again["known"]) == (2, 2)
    assert [one["accession"] for one in again["returned"]] == ["2023Q1-A1-02", "2023Q1-A2-01"]


def test_what_a_killed_run_left_behind_is_removed_and_done_by_the_next(office):
    from duban.home import Home
    from duban.intake import take_in
    from duban.quarters import Quarter

    office.report()
    leftover = office.home / "work" / "collect-1"
    leftover.mkdir(parents=True)
    (leftover / "files-001.parquet").write_bytes(b"half")
    take_in(Home(office.home), Quarter.parse(office.quarter))  # archived, and then killed
    assert said(office.collect())["accepted"] == [("2023Q1-A1-01", "2023Q1-A1-甲市.xlsx")]
    assert list((office.home / "work").iterdir()) == []


@pytest.mark.parametrize("said_last", ["核验完毕", "已登记报送"])
def test_a_run_killed_before_and_after_it_loads_is_finished_by_the_next_with_nothing_lost_or_doubled(office, said_last):
    from prefect.settings import PREFECT_API_URL

    office.report()
    (office.intake / "随手.xlsx").write_bytes(b"")
    told = ["--home", office.home, "--schemas", office.plan, "--as-of", RECEIVED.isoformat()]
    command = [sys.executable, "-m", "duban", "collect", office.quarter, *map(str, told)]
    environment = {**os.environ, "PREFECT_API_URL": PREFECT_API_URL.value()}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environment) as running:
        assert any(line.startswith(said_last) for line in running.stderr)
        running.kill()
    assert len(list(office.intake.iterdir())) == 2

    answered = {*office.collect()["answers"]}
    assert {Path(path).name for path in answered} == {"2023Q1-A1-01-回执.txt", "2023Q1-000000-01-说明.txt"}
    assert list(office.intake.iterdir()) == []
    assert list((office.home / "work").iterdir()) == []
    assert len(originals(office)) == 2


def test_a_second_run_says_who_holds_the_home(office):
    from duban.errors import WarehouseBusy
    from duban.home import Home
    from duban.runs import run_folder

    holder = os.open(office.home / ".lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(holder, fcntl.LOCK_EX)
    os.pwrite(holder, b"collect %d" % os.getpid(), 0)
    try:
        with (
            pytest.raises(WarehouseBusy, match=f"collect，进程 {os.getpid()}"),
            run_folder(Home(office.home), "publish", wait=0.2),
        ):
            pass
    finally:
        os.close(holder)
    with run_folder(Home(office.home), "publish", wait=0.2) as folder:
        assert folder.is_dir()


def test_a_quarter_that_is_not_open_fails_before_anything_is_archived(office):
    office.quarter = "2023Q2"
    (office.intake / "x.xlsx").write_bytes(b"x")
    with pytest.raises(UserError, match="尚未布置"):
        office.collect()
    assert originals(office) == []
    assert [path.name for path in office.intake.iterdir()] == ["x.xlsx"]


def test_the_whole_quarter_in_one_flow_ends_in_a_workbook_and_may_run_again(office):
    office.report()
    result = office.whole_quarter()
    assert [path.rsplit("/", 1)[-1] for path in result["workbooks"]] == [
        "2023Q1-A1-甲市.xlsx",
        "2023Q1-A2-乙市.xlsx",
        "2023Q1-B1-办公室.xlsx",
    ]
    assert said(result["collected"])["accepted"] == [("2023Q1-A1-01", "2023Q1-A1-甲市.xlsx")]
    published = result["published"]
    assert (published["publication"], published["new"]) == ("2023Q1-r1", True)
    assert Path(published["workbook"]).stat().st_size > 10_000
    assert json.loads(Path(published["manifest"]).read_text(encoding="utf-8"))
    again = office.whole_quarter()
    assert said(again["collected"]) == NOTHING
    assert again["published"] == {**published, "new": False, "message": again["published"]["message"]}


def test_every_flow_describes_every_parameter_in_chinese(server):
    from prefect.utilities.callables import parameter_schema

    from flows.collect import collect
    from flows.open_quarter import open_quarter
    from flows.publish import publish
    from flows.quarter import quarter

    for flow in (open_quarter, collect, publish, quarter):
        assert not flow.description.isascii()
        for name, field in parameter_schema(flow.fn).properties.items():
            assert not field.get("description", "").isascii(), f"{flow.name}: {name}"


def test_a_run_that_checked_something_has_a_page_which_its_artifact_links(office, recwarn):
    office.report(stations="不详")
    result = office.collect()
    page = Path(result["validation"])
    assert page == office.home / "validation/2023Q1/20230407-0912.html"
    text = page.read_text(encoding="utf-8")
    assert "数据无法辨认" in text and "expect_<wbr>column_<wbr>values_" in text
    shown = artifact("collect-2023q1").replace("\\", "")
    assert f"核验页：[{page}]({page.resolve().as_uri()})" in shown
    assert "应报 3 家：已受理 0、已退回 1、已搁置 0、未报 2。" in shown and "| A1 | 甲市 | 已退回 |" in shown
    assert artifact("progress-2023q1") == 100.0
    assert not [one for one in recwarn if "outside of a flow or task run" in str(one.message)]  # they are the run's own

    assert office.collect(as_of=LATE)["validation"] is None  # nothing new, nothing checked
    assert [path.name for path in sorted(page.parent.iterdir())] == [page.name, "latest.html"]


def test_a_page_that_cannot_be_written_fails_no_run(office, caplog):
    (office.home / "validation").write_text("in the way", encoding="utf-8")
    office.report()
    # whatever level a command line has set Prefect to
    with caplog.at_level("WARNING", logger="prefect.task_runs.duban"):
        result = office.collect(as_of=RECEIVED)
    assert [one["accession"] for one in result["accepted"]] == ["2023Q1-A1-01"]
    assert Path(result["answers"][0]).exists()
    assert result["validation"] is None
    assert [r.levelname for r in caplog.records if "核验页没有写成" in r.getMessage()] == ["WARNING"]


def artifact(key: str) -> str:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactCollectionFilter, ArtifactCollectionFilterKey

    with get_client(sync_client=True) as client:
        wanted = ArtifactCollectionFilter(key=ArtifactCollectionFilterKey(any_=[key]))
        [found] = client.read_latest_artifacts(artifact_filter=wanted)
    return found.data
