"""Who may send for whom: what is tried with real files, what becomes of it, and that the data team is told."""

import shutil
from dataclasses import dataclass

import openpyxl
import pytest
from desk import Q1, Q2
from past import Past, new_home

from duban import cli_print, key_keeping, status
from duban.fillin.keys import key_ring
from duban.fillin.layout import STAMP
from duban.fillin.stamp import FIELDS, sign
from duban.registry.load import load_registry
from duban.validation_page.page import write_page

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Tried:
    """What a run told, in which everything was tried at once, and what status and validation page say after it."""

    past: Past
    told: dict
    status: dict
    page: str

    def of(self, name: str) -> tuple[str, str | None, list[str]]:
        """A file's verdict, the reporter that it is taken for, and what is doubtful about its sender."""
        for verdict in ("accepted", "returned", "set_aside"):
            for one in self.told[verdict]:
                if one["file"] == name:
                    return verdict, one["reporter"], one["doubtful"]
        raise AssertionError(name)


def restamped(path, change) -> None:
    """Rewrite the stamp of a workbook: `change` gets its words and returns those that are to stand there."""
    book = openpyxl.load_workbook(path)
    sheet = book[STAMP]
    rows = {row[0].value: row[1] for row in sheet.iter_rows(max_col=2) if row[0].value in FIELDS}
    for word, value in change({word: cell.value for word, cell in rows.items()}).items():
        rows[word].value = value
    book.save(path)


@pytest.fixture(scope="module")
def tried(tmp_path_factory, validator) -> Tried:
    past = new_home(tmp_path_factory.mktemp("senders"), validator)
    run, home = past.run, past.home
    run.open_quarter(past.at(4, 3), Q1)
    stolen = key_ring(home.keys, create=False)
    key_keeping.rotated(home, past.at(7, 1).now())
    run.open_quarter(past.at(7, 3), Q2)
    folder = home.intake / str(Q2)

    def drop(name: str, reporter: str, change=None, quarter=Q2) -> None:
        past.drop(quarter, reporter, 320, name)
        if quarter != Q2:
            shutil.move(home.intake / str(quarter) / name, folder / name)
        if change:
            restamped(folder / name, change)

    drop("好.xlsx", "A2")
    drop("改了单位.xlsx", "A1", lambda stamp: stamp | {"reporter": "A2"})
    drop("上季原表.xlsx", "A1", quarter=Q1)
    drop("上季改成本季.xlsx", "A1", lambda stamp: stamp | {"quarter": "2023Q2"}, quarter=Q1)
    drop("偷来的旧密钥.xlsx", "A1", lambda stamp: sign(stamp, stolen))
    own = key_ring(home.keys, create=False)
    drop("别的方案.xlsx", "A1", lambda stamp: sign(stamp | {"plan": "别省-2023"}, own))
    drop("没有标识.xlsx", "A1", lambda stamp: dict.fromkeys(stamp))
    (folder / "A1").mkdir()
    drop("别人的表.xlsx", "A2")
    shutil.move(folder / "别人的表.xlsx", folder / "A1" / "别人的表.xlsx")
    told = run.collect(past.at(7, 5), Q2)
    past.drop(Q1, "A1", 320, "换钥前下发.xlsx")
    earlier = run.collect(past.at(7, 6), Q1)
    accessions = [one["accession"] for kind in ("accepted", "returned", "set_aside") for one in told[kind]]
    registry, now = load_registry(past.settings.schemas), past.at(7, 6).now()
    page = write_page(home, registry, Q2, now, home.work, accessions)
    after = status.status(home, registry, Q2, now)
    told["accepted"] += earlier["accepted"]
    told |= {"quarter": "2023Q2", "left": [], "answers": [], "validation": None}
    return Tried(past, told, after, page.read_text(encoding="utf-8"))


ATTACKS = [
    # file                    verdict      taken for  doubtful
    ("改了单位.xlsx", "set_aside", None, ["bad_token"]),
    ("上季原表.xlsx", "returned", "A1", ["wrong_quarter"]),
    ("上季改成本季.xlsx", "set_aside", None, ["bad_token"]),
    ("偷来的旧密钥.xlsx", "set_aside", None, ["bad_token"]),
    ("别的方案.xlsx", "returned", "A1", ["wrong_plan"]),
    ("没有标识.xlsx", "set_aside", None, ["no_stamp"]),
    ("别人的表.xlsx", "returned", "A1", ["wrong_reporter"]),
]


@pytest.mark.parametrize(("file", "verdict", "reporter", "doubtful"), ATTACKS)
def test_what_is_sent_in_anothers_name_is_taken_for_nobodys_report(tried, file, verdict, reporter, doubtful):
    assert tried.of(file) == (verdict, reporter, doubtful)


def test_an_honest_report_is_accepted_and_stands_whatever_else_was_tried(tried):
    assert tried.of("好.xlsx") == ("accepted", "A2", [])
    assert {one["code"]: one["state"] for one in tried.status["reporters"]}["A2"] == "accepted"


def test_a_workbook_that_was_out_when_the_key_was_replaced_is_still_accepted_in_its_quarter(tried):
    assert tried.of("换钥前下发.xlsx") == ("accepted", "A1", [])


def test_collect_tells_the_data_team_of_every_one(tried):
    text = cli_print.collected(tried.told)
    block = text.partition("来路可疑 7 件")[2]
    assert all(block.count(file) == 1 for file, *_ in ATTACKS) and "好.xlsx" not in block
    assert "A1/别人的表.xlsx" in block and "标识核验不通过" in block


def test_status_goes_on_telling_it(tried):
    assert sorted((one["file"], one["doubtful"]) for one in tried.status["doubtful"]) == sorted(
        (file, doubtful) for file, _, _, doubtful in ATTACKS
    )
    assert "来路可疑 7 件，请查明是谁放进来的" in status.render(tried.status)


def test_the_validation_page_names_them_before_anything_else(tried):
    said = tried.page.partition("来路可疑 7 件")[2].partition("</p>")[0]
    assert all(said.count(f"<bdi>{file}</bdi>") == 1 for file, *_ in ATTACKS) and "好.xlsx" not in said
