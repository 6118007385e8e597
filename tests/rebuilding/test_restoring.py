"""What is lost comes back: the warehouse made anew, equal in every table and every publication the same bytes; a backup
that is whole or not there, and copied back is the home that it was made of; and what is said where it cannot be.

One rebuilding is part of every run of the tests; the others are slow ones.
"""

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from desk import Q2

from duban import backup as module
from duban.backup import backup
from duban.backup import render as render_backup
from duban.errors import UserError, WarehouseBusy
from duban.files import digest_of
from duban.home import Home
from duban.journal import folder_of, keep_up, read_journal
from duban.rebuilding.compare import compare_tables
from duban.rebuilding.words import render
from duban.settings import REPOSITORY
from duban.verifying.verify import verify
from duban.warehouse.connection import open_warehouse

pytestmark = pytest.mark.engine(seconds=30)


def files_of(folder) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): digest_of(path) for path in folder.rglob("*") if path.is_file()}


def ask(home, sql: str) -> list[tuple]:
    with open_warehouse(home.warehouse) as connection:
        return connection.execute(sql).fetchall()


def test_the_past_that_is_rebuilt_has_something_in_every_table_that_its_steps_speak_of(lived):
    kinds = [step.kind for step in read_journal(lived.home)]
    assert set(kinds) == {
        *("opened", "due", "templates", "received", "answered"),
        *("closed", "reopened", "decided", "pinned", "published", "reminded", "mailed"),
    }
    assert ask(lived.home, "SELECT verdict, count(*) FROM submissions GROUP BY ALL ORDER BY ALL") == [
        ("accepted", 3),
        ("returned", 2),
        ("set_aside", 1),
    ]
    assert ask(lived.home, "SELECT count(DISTINCT registry) FROM quarter_rules") == [(2,)]


def test_a_rebuilt_warehouse_has_what_the_old_one_lost_and_every_publication_in_every_byte(past, lived, rebuild):
    published, outbox = files_of(past.home.published), files_of(past.home.outbox)
    ask(past.home, "UPDATE entries SET number = number + 1 WHERE key = 'stations' AND accession = '2023Q2-A1-01'")
    ask(past.home, "DELETE FROM cells WHERE accession = '2023Q1-A1-01'")
    shutil.rmtree(past.home.published / "2023Q1-r2")
    shutil.rmtree(past.home.outbox / "2023Q2")
    before = digest_of(past.home.warehouse)
    told = rebuild(past.home)
    assert compare_tables(lived.home.warehouse, past.home.warehouse) == (35, [])
    assert files_of(past.home.published) == published
    assert files_of(past.home.outbox) == outbox and told["outbox"] == {"answers": 2, "workbooks": 3, "changed": 0}
    assert {one["table"]: (one["only_old"], one["only_new"]) for one in told["tables"]} == {
        "cells": (0, 234),
        "entries": (1, 1),
    }
    assert [(one["publication"], one["state"]) for one in told["publications"]] == [
        ("2023Q1-r1", "same"),
        ("2023Q1-draft", "same"),
        ("2023Q1-r2", "restored"),
        ("2023Q2-r1", "same"),
    ]
    assert (told["whole"], told["note"], told["odd"], told["files"]) == (False, "", [], 6)
    assert digest_of(past.home.root / "duban.duckdb.before-rebuild") == before
    text = render(told)
    assert "33 张完全相同，2 张不同" in text and "entries：原 " in text


@pytest.mark.slow
def test_a_lost_warehouse_is_rebuilt_and_work_goes_on_in_it_as_if_nothing_had_been(past, lived, rebuild):
    past.home.warehouse.unlink()
    told = rebuild(past.home)
    assert (told["whole"], told["note"], told["tables"]) == (True, "原数据仓库不在", None)
    assert compare_tables(lived.home.warehouse, past.home.warehouse) == (35, [])
    past.drop(Q2, "A2", 95)
    assert [one["reporter"] for one in past.run.collect(past.at(7, 20), Q2)["accepted"]] == ["A2"]


@pytest.mark.slow
def test_a_warehouse_that_cannot_be_opened_is_rebuilt(past, rebuild):
    data = bytearray(past.home.warehouse.read_bytes())
    data[:4096] = bytes(4096)
    past.home.warehouse.write_bytes(data)
    told = rebuild(past.home)
    assert told["whole"] and told["note"].startswith("原数据仓库打不开（")


@pytest.mark.slow
def test_a_warehouse_from_an_old_backup_is_refused_by_every_run_until_it_is_rebuilt(past, rebuild, tmp_path):
    shutil.copy(past.home.warehouse, tmp_path / "old.duckdb")
    past.drop(Q2, "A2", 95)
    past.run.collect(past.at(7, 20), Q2)
    shutil.copy(past.home.warehouse, tmp_path / "new.duckdb")
    shutil.copy(tmp_path / "old.duckdb", past.home.warehouse)
    with pytest.raises(UserError, match=r"不是同一段历史.*请先运行 duban rebuild"):
        past.run.collect(past.at(7, 21), Q2)
    assert rebuild(past.home)["odd"] == []
    assert compare_tables(tmp_path / "new.duckdb", past.home.warehouse) == (35, [])
    past.home.warehouse.unlink()
    with pytest.raises(UserError, match=r"duban\.duckdb 不在，而归档日志已记到第 \d+ 步：请先运行 duban rebuild"):
        past.run.open_quarter(past.at(7, 21), Q2)
    assert not past.home.warehouse.exists()


def test_what_a_killed_run_noted_and_did_not_write_the_next_one_writes(past):
    folder, before = folder_of(past.home), read_journal(past.home)
    for path in sorted(folder.glob("*.json"))[-5:]:
        path.unlink()
    for path in (folder / "kept").iterdir():
        path.unlink()
    assert keep_up(past.home) == 5 and keep_up(past.home) == 0
    assert read_journal(past.home) == before


@pytest.mark.slow
def test_a_home_of_a_version_without_a_journal_gets_one_that_gives_it_back(past, rebuild, tmp_path):
    shutil.rmtree(folder_of(past.home))
    with duckdb.connect(str(past.home.warehouse)) as connection:
        # they came with the journal or after it
        for table in ("steps", "kept", "made_with", "decisions", "reminders", "mailed"):
            connection.execute(f"DROP TABLE {table}")
    assert keep_up(past.home) > 10
    shutil.move(past.home.warehouse, tmp_path / "kept.duckdb")
    told = rebuild(past.home)
    assert (told["odd"], compare_tables(tmp_path / "kept.duckdb", past.home.warehouse)) == ([], (35, []))


def test_a_missing_or_damaged_original_is_named_and_nothing_is_changed(past, rebuild):
    [(accession, digest), *_] = ask(past.home, "SELECT accession, digest FROM submissions ORDER BY accession")
    before, original = digest_of(past.home.warehouse), past.home.archived(digest)
    original.chmod(0o644)
    original.write_bytes(original.read_bytes()[:-1] if original.stat().st_size else b"x")
    with pytest.raises(UserError, match=rf"^{accession} 的原件 .*{digest}\.xlsx 损坏，不能重建.*请从备份恢复"):
        rebuild(past.home)
    original.unlink()
    with pytest.raises(UserError, match=rf"{digest}\.xlsx 缺失，不能重建"):
        rebuild(past.home)
    assert digest_of(past.home.warehouse) == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda paths: paths[3].unlink(), "归档日志缺第 4 步"),
        (lambda paths: paths[3].write_text("{}"), "0*4-.* 损坏，不能读取"),
        (lambda paths: change(paths[3]), "0*5-.* 与前一步对不上（第 4 步被改动过"),
        (lambda paths: [path.unlink() for path in (paths[0].parent / "kept").iterdir()], "缺失或损坏：请从备份恢复"),
    ],
)
def test_a_journal_that_lost_a_file_or_was_changed_is_refused_by_name(past, rebuild, spoil, said):
    paths = sorted(folder_of(past.home).glob("*.json"))
    for path in paths:
        path.chmod(0o644)
    spoil(paths)
    past.home.warehouse.unlink()
    with pytest.raises(UserError, match=said):
        rebuild(past.home)


def change(path) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))
    told["duban"] = "9.9.9"
    path.write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.slow
def test_without_the_key_that_stamps_were_made_with_nothing_is_put_in_place(past, rebuild):
    before, key = digest_of(past.home.warehouse), past.home.keys / "duban.key"
    key.write_text("ab" * 32)
    told = rebuild(past.home)
    assert not told["whole"] and digest_of(past.home.warehouse) == before
    assert {(one["kind"], one["what"]) for one in told["odd"]} >= {("received", "files")}
    assert "没有替换原数据仓库" in render(told) and (past.home.root / "duban.duckdb.rebuilt").exists()
    key.unlink()
    with pytest.raises(UserError, match="里没有密钥，认不出报送"):
        rebuild(past.home)


def test_every_run_that_changes_nothing_writes_nothing_to_the_journal(past):
    before = read_journal(past.home)
    past.run.open_quarter(past.at(7, 20), Q2)
    past.run.collect(past.at(7, 20), Q2)
    past.run.publish(past.at(7, 20), Q2)
    assert read_journal(past.home) == before


def quiet(title):
    return lambda done, total: None


def kept(past, target: Path, day: int = 14) -> tuple[dict, Path]:
    told = backup(past.home, target, past.at(7, day).now(), quiet)
    return told, Path(told["backup"])


def proved(folder: Path) -> bool:
    return subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=False).returncode == 0


def test_a_backup_copied_back_is_the_home_that_it_was_made_of(lived, tmp_path):
    told, folder = kept(lived, tmp_path / "backups")
    assert proved(folder) and folder.name == "20230714T090000"
    subprocess.run(["cp", "-a", f"{folder}/home/.", tmp_path / "restored"], check=True)
    restored = Home(tmp_path / "restored")
    assert compare_tables(lived.home.warehouse, restored.warehouse) == (35, [])
    assert read_journal(restored) == read_journal(lived.home)
    assert keep_up(restored) == 0
    assert verify(restored, None, quiet)["whole"]
    for name in ("published", "outbox", "keys"):
        files = {path.relative_to(lived.home.root) for path in (lived.home.root / name).rglob("*") if path.is_file()}
        assert files and all(digest_of(restored.root / one) == digest_of(lived.home.root / one) for one in files)
    assert (told["archived"], told["keys"], told["publications"]) == (
        6,
        1,
        ["2023Q1-draft", "2023Q1-r1", "2023Q1-r2", "2023Q2-r1"],
    )


def test_only_its_owner_can_look_into_it_and_it_says_that_keys_are_in_it(lived, tmp_path):
    told, folder = kept(lived, tmp_path / "backups")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "backups", folder, folder / "home" / "keys")]
    assert modes == [0o700] * 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder / "home" / "keys").iterdir()} == {0o600}
    assert "备份中有密钥" in render_backup(told)


def test_what_was_archived_before_takes_no_room_again(past, tmp_path):
    _, first = kept(past, tmp_path / "backups")
    told, second = kept(past, tmp_path / "backups", 15)
    old, new = (sorted((folder / "home" / "archive").glob("??/*")) for folder in (first, second))
    assert told["linked"] == 6 == len(new) and [path.stat().st_ino for path in old] == [p.stat().st_ino for p in new]
    # what went bad in the older backup is not carried over
    old[0].chmod(0o644)
    old[0].write_bytes(b"bad")
    told, third = kept(past, tmp_path / "backups", 16)
    assert told["linked"] == 5 and proved(third)


@pytest.mark.slow
def test_while_a_run_goes_on_the_copy_is_of_one_moment(past, tmp_path, monkeypatch):
    """A run is collected between the copying of the warehouse and that of the archive: the copy does not know of it."""
    copy_archive = module._copy_archive

    def meanwhile(*words):
        past.drop(Q2, "A2", 95)
        past.run.collect(past.at(7, 20), Q2)
        return copy_archive(*words)

    before = read_journal(past.home)
    monkeypatch.setattr(module, "_copy_archive", meanwhile)
    _, folder = kept(past, tmp_path / "backups")
    copy = Home(folder / "home")
    assert len(read_journal(past.home)) > len(before) and read_journal(copy) == before
    assert keep_up(copy) == 0 and verify(copy, None, quiet)["whole"]


def test_it_waits_for_another_process_that_holds_the_warehouse(lived, tmp_path):
    code = (
        "import sys, time, pathlib\n"
        "from duban.warehouse.connection import open_warehouse\n"
        "with open_warehouse(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(1)"
    )
    command = [sys.executable, "-c", code, str(lived.home.warehouse)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY) as holder:
        assert holder.stdout.readline() == b"held\n"
        _, folder = kept(lived, tmp_path / "backups")
        assert proved(folder) and holder.wait(20) == 0


@pytest.mark.parametrize("step", ["_copy_archive", "copy_keys", "_sums", "_prove"])
def test_one_that_is_cut_off_leaves_nothing_and_the_next_one_stands(lived, tmp_path, monkeypatch, step):
    def killed(*words):
        raise KeyboardInterrupt

    target = tmp_path / "backups"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, step, killed)
        patch.setattr(module.shutil, "rmtree", lambda *words, **more: None)  # a kill cleans nothing up
        kept(lived, target)
    assert [path.name for path in target.glob("[!.]*")] == []
    _, folder = kept(lived, target)
    assert sorted(path.name for path in target.iterdir()) == [".lock", folder.name] and proved(folder)


def test_a_copy_that_is_not_what_the_warehouse_says_is_not_left_behind(past, tmp_path):
    original = next(past.home.archive.glob("??/*"))
    original.chmod(0o644)
    original.write_bytes(b"bad")
    with pytest.raises(UserError, match=rf"备份没有留下：.*{original.name} 缺失或与登记的摘要不符"):
        kept(past, tmp_path / "backups")
    assert list((tmp_path / "backups").glob("[!.]*")) == []


def test_where_it_may_not_go_and_what_it_waits_for(past, tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"备份不能放在 .* 里面"):
        kept(past, past.home.root / "backups")
    with pytest.raises(UserError, match="没有数据仓库，没有可备份的"):
        backup(Home(tmp_path / "none"), tmp_path / "backups", past.at(7, 14).now(), quiet)
    (tmp_path / "backups").mkdir()
    with module._alone(tmp_path / "backups"), pytest.raises(WarehouseBusy, match="另一次备份正在写入"):
        kept(past, tmp_path / "backups")
    shutil.rmtree(past.home.published / "2023Q1-r1")
    with pytest.raises(UserError, match=r"2023Q1-r1\.xlsx 缺失.*可用 duban rebuild 重新生成"):
        kept(past, tmp_path / "backups")
    with open_warehouse(past.home.warehouse) as connection:
        assert connection.execute("SELECT count(*) FROM submissions").fetchall() == [(6,)]
