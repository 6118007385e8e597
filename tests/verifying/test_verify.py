"""Verification finds every tampering at its exact place, and nothing where all is well."""

import datetime as dt
import json
from decimal import Decimal

import openpyxl
import pytest
from archived import SAMPLES, SECOND, retyped
from tampered import put, rows_of
from xlsxwriter.utility import xl_rowcol_to_cell

from duban.cli import CLEAN, LOOK, USAGE, run
from duban.files import digest_of
from duban.publishing.pins import VERSION
from duban.tracing.originals import Originals
from duban.tracing.publication import Shelf, open_publication
from duban.tracing.records import pieces_of, text_of
from duban.verifying.lineage import verify_lineage
from duban.verifying.publications import verify_figures, verify_manifest, verify_rebuild
from duban.verifying.submissions import verify_archive, verify_cells
from duban.verifying.verify import verify
from duban.verifying.words import render
from duban.warehouse.connection import open_warehouse, records

NAME = "2023Q1-r2"


def still(done, total):
    pass


def silent(title):
    return still


def bare(faults) -> list[dict]:
    """Faults without what is '' in them."""
    return [{word: text for word, text in vars(fault).items() if text} for fault in faults]


def rows(archive, name: str, **parameters) -> list[dict]:
    with open_warehouse(archive.home.warehouse, read_only=True) as connection:
        return records(connection, f"queries/verify/{name}", **parameters)


def record(archive) -> dict:
    return next(row for row in rows(archive, "publications") if row["publication"] == NAME)


def archive_faults(archive) -> list[dict]:
    return bare(verify_archive(archive.home, rows(archive, "submissions", accessions=[]), still))


def cell_faults(archive, accession: str) -> list[dict]:
    faults, _ = verify_cells(archive.home, rows(archive, "submissions", accessions=[accession]), set(), still)
    return bare(faults)


def manifest_faults(archive) -> list[dict]:
    return bare(verify_manifest(archive.home, record(archive)))


def figure_faults(archive) -> list[dict]:
    return bare(verify_figures(Shelf(archive.home.published), NAME, Originals(archive.home), still)[0])


def rebuild_faults(archive, tmp_path) -> list[dict]:
    return bare(verify_rebuild(archive.home, record(archive), tmp_path / "scratch", still)[0])


def change(archive, sql: str, *values) -> None:
    with open_warehouse(archive.home.warehouse) as connection:
        connection.execute(sql, list(values))


def workbook_of(archive, name: str = NAME):
    return archive.home.published / name / f"{name}.xlsx"


def source(archive, reporter="420100", code="food_batches_sampled"):
    return open_publication(workbook_of(archive)).sources[code, reporter, "2023Q1"]


def test_all_is_well_and_every_cell_of_every_submission_is_accounted_for(published):
    result = verify(published.home, None, silent)
    assert result["faults"] == []
    assert [one["publication"] for one in result["publications"]] == ["2023Q1-r1", "2023Q1-r2"]
    assert all(one["figures"] > 10_000 and not one["note"] for one in result["publications"])
    total = dict(result["cells"])
    assert total.pop("balanced") and total["cells"] == sum(total.values()) - total["cells"]
    with open_warehouse(published.home.warehouse, read_only=True) as connection:
        assert [(total["cells"], result["submissions"])] == connection.execute(
            "SELECT (SELECT count(*) FROM cells), (SELECT count(*) FROM submissions)"
        ).fetchall()
        [(superseded,)] = connection.execute(
            "SELECT count(*) FROM cells WHERE part = 'entry' AND accession IN (SELECT supersedes FROM submissions)"
        ).fetchall()
    assert total["superseded"] == superseded > 0 and total["set_aside"] > 0
    assert "收支相符" in render(result) and "全部相符" in render(result)


def test_verification_leaves_no_byte_behind(few):
    before = {path: digest_of(path) for path in few.home.root.rglob("*") if path.is_file()}
    verify(few.home, NAME, silent)
    assert {path: digest_of(path) for path in few.home.root.rglob("*") if path.is_file()} == before


def test_an_archived_byte_that_changed_is_named_with_its_file(spoilable):
    digest = source(spoilable).digest
    path = spoilable.home.archived(digest)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert archive_faults(spoilable) == [
        {
            "check": "archive",
            "what": "归档的原件被改动",
            "accession": "2023Q1-420100-02",
            "file": f"archive/{digest[:2]}/{digest}.xlsx",
            "found": digest_of(path),
            "wanted": digest,
        }
    ]


def test_an_archived_file_that_is_gone_is_named(spoilable):
    spoilable.home.archived(source(spoilable).digest).unlink()
    [fault] = archive_faults(spoilable)
    assert (fault["what"], fault["accession"]) == ("归档的原件不在", "2023Q1-420100-02")


def test_a_figure_changed_in_the_workbook_is_named_with_its_cell_and_what_it_comes_to(spoilable, tmp_path):
    path = workbook_of(spoilable)
    rows = enumerate(rows_of(path, "指标完成情况"), start=1)
    [(cell, wanted)] = [(f"F{number}", row[5]) for number, row in rows if row[1] == "food_batches_sampled"]
    put(path, "指标完成情况", {cell: wanted + 1})
    place = {"publication": NAME, "file": path.name, "sheet": "指标完成情况", "cell": cell}
    found = [fault for fault in figure_faults(spoilable) + rebuild_faults(spoilable, tmp_path) if "sheet" in fault]
    assert [{word: fault[word] for word in place} for fault in found] == [place, place]
    assert {(Decimal(f["found"]), Decimal(f["wanted"])) for f in found} == {(Decimal(wanted + 1), Decimal(wanted))}
    assert [fault["what"] for fault in manifest_faults(spoilable)] == ["工作簿与发布时登记的摘要不符"]


def test_a_source_cell_changed_in_the_workbook_is_named(spoilable):
    one, path = source(spoilable), workbook_of(spoilable)
    column = rows_of(path, "数据来源")[3].index("填写原文")
    put(path, "数据来源", {xl_rowcol_to_cell(one.row - 1, column): "3万批次"})
    [fault] = [fault for fault in figure_faults(spoilable) if "accession" in fault]
    assert (fault["sheet"], fault["found"], fault["wanted"]) == ("数据来源", "3万批次", "2万批次")
    assert one.cell in fault["what"]


def lineage_faults(archive) -> list[dict]:
    publication = open_publication(workbook_of(archive))
    return bare(verify_lineage(archive.home, publication, archive.registry, Originals(archive.home)))


def falsify(archive, kind: str, change) -> dict:
    """Change the records of this kind in the hidden sheet; returns the first that `change` says it changed."""
    path = workbook_of(archive)
    for number, row in enumerate(rows_of(path, "_lineage")):
        if row[0] == kind and change(told := json.loads("".join(row[1:]))):
            pieces = enumerate(pieces_of(kind, text_of(told)))
            put(path, "_lineage", {xl_rowcol_to_cell(number, column): text for column, text in pieces})
            return told
    raise AssertionError(f"no {kind} was changed")


def test_a_falsified_lineage_cannot_make_an_item_whole_or_lacking(spoilable):
    assert lineage_faults(spoilable) == []

    def lack(told) -> bool:
        told["lacking"] = {"18": ["figures"]}
        return told["accession"] == "2023Q1-420100-02"

    falsify(spoilable, "submission", lack)
    assert lineage_faults(spoilable) == [
        {
            "check": "lineage",
            "what": "第 18 项内容是否完整，与归档原件不符",
            "publication": NAME,
            "accession": "2023Q1-420100-02",
            "file": f"{NAME}.xlsx",
            "found": "缺指标数",
            "wanted": "完整",
        }
    ]


def test_content_is_reckoned_from_what_the_archived_file_says(spoilable, tmp_path):
    """What is 不适用 without a reason is told whole by nothing but a falsified lineage."""
    [first, *_] = sorted((SAMPLES / "2023Q1").rglob("*武汉*.xlsx"))
    files = [retyped(first, tmp_path / "without.xlsx", "food_batches_sampled", "不适用")]
    spoilable.collect(files, SECOND + dt.timedelta(days=1))
    name = spoilable.publish(SECOND + dt.timedelta(days=1)).publication
    publication = open_publication(workbook_of(spoilable, name))
    submission = publication.current["2023Q1", "420100"]
    assert submission["lacking"] == {"18": ["reason"]}
    found = verify_lineage(spoilable.home, publication, spoilable.registry, Originals(spoilable.home))
    assert bare(found) == []
    submission["lacking"] = {}
    [fault] = bare(verify_lineage(spoilable.home, publication, spoilable.registry, Originals(spoilable.home)))
    assert (fault["accession"], fault["found"], fault["wanted"]) == (submission["accession"], "完整", "缺不适用的理由")


def test_a_falsified_lineage_cannot_hide_findings_or_change_a_verdict(spoilable):
    change(
        spoilable,
        "INSERT INTO findings BY NAME SELECT accession, 0 AS place, 'figure_cleaned' AS rule, 'notice' AS severity,"
        " '' AS sheet, [] AS cells, '' AS value, '' AS message, '' AS remedy FROM submissions"
        " WHERE accession = '2023Q1-420100-02'",
    )
    assert [(fault["found"], fault["wanted"]) for fault in lineage_faults(spoilable)] == [("没有问题", "notice 1")]

    def accept(told) -> bool:
        told["verdict"] = "returned"
        return told["accession"] == "2023Q1-420100-01"

    falsify(spoilable, "submission", accept)
    [verdict, _] = lineage_faults(spoilable)
    assert (verdict["accession"], verdict["found"], verdict["wanted"]) == ("2023Q1-420100-01", "returned", "accepted")


def test_a_cause_that_was_left_out_of_the_changes_is_told(spoilable):
    path = workbook_of(spoilable)
    rows = rows_of(path, "本期变化")
    place = {word: column for column, word in enumerate(rows[3]) if word}
    number = next(number for number, row in enumerate(rows) if number > 3 and row[place["原因单位"]] == "武汉")
    wanted, left = (Decimal(repr(rows[number][place[word]])) for word in ("变化", "影响"))
    put(path, "本期变化", {xl_rowcol_to_cell(number, column): None for column in place.values()})
    [fault] = [fault for fault in figure_faults(spoilable) if "cell" not in fault]
    assert fault["sheet"] == "本期变化" and "food_batches_sampled" in fault["what"]
    assert (Decimal(fault["found"]), Decimal(fault["wanted"])) == (wanted - left, wanted)


def test_a_manifest_digest_that_changed_is_named_with_its_submission(spoilable, tmp_path):
    path = spoilable.home.published / NAME / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    entry = next(row for row in manifest["submissions"] if row["accession"] == "2023Q1-420100-02")
    wanted, entry["digest"] = entry["digest"], "0" * 64
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert manifest_faults(spoilable) == [
        {
            "check": "manifest",
            "what": "清单中报送的 digest 与登记的不符",
            "publication": NAME,
            "accession": "2023Q1-420100-02",
            "file": "manifest.json",
            "found": "0" * 64,
            "wanted": wanted,
        }
    ]
    [fault] = rebuild_faults(spoilable, tmp_path)
    assert fault["file"] == "manifest.json" and wanted in fault["wanted"]


def test_a_line_of_the_findings_that_changed_is_named(spoilable, tmp_path):
    path = spoilable.home.published / NAME / "findings.csv"
    path.write_bytes(path.read_bytes() + "多出一行\r\n".encode())
    [manifest], [rebuild] = manifest_faults(spoilable), rebuild_faults(spoilable, tmp_path)
    assert (manifest["what"], manifest["file"], rebuild["found"]) == (
        "文件与清单中的摘要不符",
        "findings.csv",
        "多出一行",
    )


def test_an_entry_that_was_changed_in_the_warehouse_is_named_with_its_cell_and_all_that_follows(spoilable, tmp_path):
    one = source(spoilable)
    change(
        spoilable,
        "UPDATE entries SET number = number + 1 WHERE accession = ? AND key = ? AND field = 'value'",
        one.accession,
        one.key,
    )
    [entry] = cell_faults(spoilable, one.accession)
    assert entry == {
        "check": "entries",
        "what": "库中的读数与归档原件重读的不符",
        "accession": "2023Q1-420100-02",
        "sheet": one.sheet,
        "cell": one.cell,
        "found": "20001（填“2万批次”）",
        "wanted": "20000（填“2万批次”）",
    }
    rebuilt = {(f["sheet"], f["found"], f["wanted"]) for f in rebuild_faults(spoilable, tmp_path)}
    assert ("18 食品抽检与快检", "20000", "20001") in rebuilt


def test_a_cell_that_was_removed_from_the_warehouse_is_named(spoilable):
    one = source(spoilable)
    change(
        spoilable,
        "DELETE FROM cells WHERE accession = ? AND sheet = ? AND address = ?",
        one.accession,
        one.sheet,
        one.cell,
    )
    [fault] = cell_faults(spoilable, one.accession)
    assert fault == {
        "check": "cells",
        "what": "库中缺少归档原件的单元格",
        "accession": one.accession,
        "sheet": one.sheet,
        "cell": one.cell,
        "wanted": "2万批次",
    }


def test_an_entry_that_was_removed_leaves_its_cell_unaccounted_for(spoilable):
    one = source(spoilable)
    change(spoilable, "DELETE FROM entries WHERE accession = ? AND key = ? AND field = 'value'", one.accession, one.key)
    result = verify(spoilable.home, NAME, silent)
    assert not result["cells"]["balanced"]
    assert [row["accession"] for row in result["balance"] if not row["balanced"]] == [one.accession]
    assert {"accession": one.accession, "sheet": one.sheet, "cell": one.cell}.items() <= result["faults"][0].items()
    assert one.accession in render(result) and "收支不符" in render(result)


def test_a_light_that_was_changed_in_the_warehouse_is_named_where_it_is_printed(spoilable, tmp_path):
    change(
        spoilable,
        "UPDATE lights SET light = 'green' WHERE publication = ? AND scope = 'measure' AND light = 'red'",
        NAME,
    )
    sheets = {fault.get("sheet") for fault in rebuild_faults(spoilable, tmp_path)}
    assert "指标完成情况" in sheets


def test_a_folder_that_is_gone_and_one_that_nobody_recorded_are_named(spoilable):
    (spoilable.home.published / NAME).rename(spoilable.home.published / "2023Q1-r7")
    assert [(fault["publication"], fault["what"]) for fault in verify(spoilable.home, None, silent)["faults"]] == [
        ("2023Q1-r7", "没有登记过的汇总簿"),
        *[(NAME, "已发布的文件不在")] * 2,
    ]


def test_one_publication_is_held_to_its_own_submissions(few):
    published, result = few, verify(few.home, "2023Q1-r1", silent)
    assert {row["accession"] for row in result["balance"]} == {
        row["accession"]
        for row in json.loads((published.home.published / "2023Q1-r1" / "manifest.json").read_text())["submissions"]
    }
    assert "2023Q1-420100-02" not in {row["accession"] for row in result["balance"]}


def test_another_version_that_writes_other_bytes_is_told_apart_from_other_contents(spoilable, monkeypatch, tmp_path):
    from duban.publishing import publish
    from duban.verifying import publications

    monkeypatch.setattr(publications, "VERSION", "9.0.0")
    monkeypatch.setattr(publish, "write_workbook", _in_another_look)
    faults, note = verify_rebuild(spoilable.home, record(spoilable), tmp_path / "scratch", still)
    assert faults == []
    assert note == (f"{NAME} 由 duban {VERSION} 发布，现为 9.0.0：重建的内容逐格相同，只有样式或版本不同。")


def _in_another_look(path, *told):
    from duban.publishing.workbook import write_workbook

    write_workbook(path, *told)
    book = openpyxl.load_workbook(path)
    book["总览"].sheet_properties.tabColor = "FF0000"
    book.save(path)


def test_the_command_says_what_is_off_and_asks_to_look(spoilable, capsys):
    home = str(spoilable.home.root)
    assert run(["--home", home, "verify", NAME]) == CLEAN
    assert "全部相符" in capsys.readouterr().out
    spoilable.home.archived(source(spoilable).digest).unlink()
    assert run(["--home", home, "verify", NAME]) == LOOK
    assert "[归档] 2023Q1-420100-02" in capsys.readouterr().out
    assert run(["--home", home, "verify", "2023Q1-r9"]) == USAGE
    assert "2023Q1-r1、2023Q1-r2" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["empty", "nowhere"])
def test_without_a_warehouse_there_is_nothing_to_verify(tmp_path, where, capsys):
    (tmp_path / "empty").mkdir()
    assert run(["--home", str(tmp_path / where), "verify"]) == USAGE
    assert "没有数据仓库" in capsys.readouterr().err
