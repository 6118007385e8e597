"""The year of samples, run once from the first quarter to the fourth: what is accepted, what comes back and is mended,
and what the figures tell."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import issued
import pytest

from duban.demo import run_demo
from duban.home import Home
from duban.rebuilding.compare import compare_tables
from duban.rebuilding.rebuild import rebuild
from duban.settings import Settings
from duban.warehouse.connection import Connection, open_warehouse
from sample_submissions.plainly import Plainly

pytestmark = pytest.mark.slow
QUARTERS = ["2023Q1", "2023Q2", "2023Q3", "2023Q4"]
PUBLICATIONS = ["2023Q1-r1", "2023Q1-r2", "2023Q2-r1", "2023Q3-r1", "2023Q4-r1"]


@dataclass(frozen=True)
class Year:
    """What the run told, by quarter, and the warehouse that it left."""

    home: Home
    told: dict[str, dict]
    warehouse: Connection

    def ask(self, sql: str) -> list[tuple]:
        return self.warehouse.execute(sql).fetchall()


@pytest.fixture(scope="module")
def year(tmp_path_factory, validator) -> Iterator[Year]:
    home = Home(tmp_path_factory.mktemp("year") / "home")
    told = run_demo(issued.SAMPLES, Settings(home), Plainly(validator), year=True)
    with open_warehouse(home.warehouse) as connection:
        yield Year(home, {one["quarter"]: one for one in told["quarters"]}, connection)
    shutil.rmtree(home.root)


def test_the_whole_year_is_rebuilt_from_its_archive_equal_in_every_table_and_every_byte(year, validator, tmp_path):
    """On a copy without warehouse and publications; the fixture's own stays open meanwhile, so it is copied, too."""
    year.warehouse.execute("CHECKPOINT")
    home = Home(tmp_path / "home")
    for name in ("archive", "keys"):
        shutil.copytree(year.home.root / name, home.root / name)
    shutil.copyfile(year.home.warehouse, tmp_path / "kept.duckdb")
    told = rebuild(home, validator, lambda title: lambda done, total: None)
    assert (told["odd"], compare_tables(tmp_path / "kept.duckdb", home.warehouse)[1]) == ([], [])
    assert [(one["publication"], one["state"]) for one in told["publications"]] == [
        (name, "restored") for name in PUBLICATIONS
    ]
    for path in year.home.published.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (home.published / path.relative_to(year.home.published)).read_bytes(), path


def test_every_quarter_is_published_and_the_first_once_more_after_late_corrections(year):
    found = {q: [Path(made["workbook"]).stem for made in one["publications"]] for q, one in year.told.items()}
    assert found == {q: [name for name in PUBLICATIONS if name.startswith(q)] for q in QUARTERS}
    assert all(Path(made["workbook"]).is_file() for one in year.told.values() for made in one["publications"])


@pytest.mark.parametrize("publication", PUBLICATIONS)
def test_every_number_in_every_workbook_and_circular_is_the_one_that_other_code_counted(year, publication):
    issued.is_as_other_code_counts(year.home, publication)


@pytest.mark.parametrize("publication", PUBLICATIONS)
def test_two_hundred_random_figures_of_every_workbook_lead_to_the_typed_cells_that_give_them(year, publication):
    issued.leads_to_what_was_typed(year.home, publication)


@pytest.mark.parametrize("publication", PUBLICATIONS)
def test_every_cell_of_every_workbook_reads_the_same_by_openpyxl_and_by_calamine(year, publication):
    issued.reads_the_same_twice(year.home, publication)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_every_workbook_and_shows_every_number_and_text_of_it(year, tmp_path):
    issued.libreoffice_shows_the_same([issued.workbook_of(year.home, name) for name in PUBLICATIONS], tmp_path)


def test_what_is_returned_or_set_aside_has_the_faults_that_the_readme_tells_and_all_else_is_accepted(year):
    refused = defaultdict(dict)
    for quarter, file, verdict, rules in year.ask(
        "SELECT quarter, file_name, verdict, list(DISTINCT rule ORDER BY rule)"
        " FROM submissions JOIN findings USING (accession)"
        " WHERE verdict <> 'accepted' AND severity <> 'notice' AND settled IS NULL AND quarter > '2023Q1' GROUP BY ALL"
    ):
        refused[quarter][file] = (verdict, rules)
    assert refused == {
        "2023Q2": {
            "2023Q2-420800-荆门.xlsx": ("returned", ["figure_missing", "part_above_whole", "text_disagrees"]),
            "2023Q2-421100-黄冈.xlsx": ("returned", ["figure_falls", "part_above_whole", "text_disagrees"]),
            "2023Q2-CS12-广告处.xlsx": ("returned", ["date_unreadable"]),
            "2023Q2-CS23-稽查处.xlsx": ("returned", ["project_vanished"]),
            "2023Q2-ZS06-省标质院.xlsx": ("returned", ["text_repeated"]),
            "省电子院二季度.xlsx": ("set_aside", ["bad_token"]),
        },
        "2023Q3": {
            "2023Q3-421300-随州.xlsx": ("returned", ["done_below_target"]),
            "2023Q3-429021-神农架林区.xlsx": ("returned", ["damaged"]),
            "2023Q3-CS07-科信处.xlsx": ("returned", ["date_unreadable"]),
            "2023Q3-CS17-食品流通处.xlsx": ("returned", ["row_missing"]),
            "2023Q3-ZS02-12315指挥中心.xlsx": ("returned", ["figure_unreadable"]),
            "襄阳局2023年三季度工作进展-报省局.xlsx": ("returned", ["figure_jumps", "text_disagrees"]),
        },
        "2023Q4": {
            "2023Q4-420300-十堰.xlsx": ("returned", ["figure_missing", "part_above_whole", "text_disagrees"]),
            "2023Q4-421200-咸宁.xlsx": ("returned", ["figure_unreadable"]),
            "2023Q4-422800-恩施州.xlsx": ("returned", ["done_below_target", "done_without_date"]),
            "2023Q4-CS14-计量处.xlsx": ("returned", ["figure_falls", "text_disagrees"]),
            "2023Q4-ZS08-湖北特检院.xlsx": ("set_aside", ["no_stamp"]),
            "2023Q4-ZS11-培训中心.xlsx": ("returned", ["date_unreadable"]),
        },
    }


def test_who_has_no_accepted_return_at_the_end_of_each_quarter(year):
    without = {
        quarter: {one["name"]: one["state"] for one in told["status"]["reporters"] if one["state"] != "accepted"}
        for quarter, told in year.told.items()
    }
    assert without == {
        "2023Q1": {},
        "2023Q2": {"广告处": "returned"},
        "2023Q3": {"天门": "missing", "科信处": "returned"},
        "2023Q4": {"培训中心": "returned"},
    }


def test_accepted_returns_have_no_doubt_that_is_not_explained_and_at_most_one_doubt_in_twenty_values(year):
    found = year.ask(
        "SELECT severity, settled, count(*) FROM findings JOIN submissions USING (accession)"
        " WHERE verdict = 'accepted' AND severity <> 'notice' GROUP BY ALL"
    )
    [(doubts,)] = [(count,) for severity, settled, count in found if (severity, settled) == ("confirm", "explained")]
    assert len(found) == 1
    [(values,)] = year.ask(
        "SELECT count(*) FROM entries JOIN submissions USING (accession)"
        " WHERE verdict = 'accepted' AND entries.number IS NOT NULL"
    )
    assert 0 < doubts * 20 < values


def test_a_figure_that_its_reporter_corrected_after_publication_is_another_one_in_the_second_revision(year):
    figures = year.ask(
        "SELECT publication, value FROM lights WHERE scope = 'reporter_measure' AND reporter = '420200'"
        " AND subject = 'food_batches_sampled' AND publication < '2023Q2' ORDER BY publication"
    )
    assert figures == [("2023Q1-r1", 2019), ("2023Q1-r2", 1847)]


def lights_of(year: Year, scope: str) -> dict[str, list[str]]:
    """The province's lights by measure or deliverable, one for each publication in order."""
    rows = year.ask(
        f"SELECT subject, list(light ORDER BY publication) FROM lights WHERE scope = '{scope}'"
        " AND (scope = 'deliverable' OR target IS NOT NULL) GROUP BY subject"
    )
    return dict(rows)


def test_targets_are_met_early_made_up_for_or_missed(year):
    lights = lights_of(year, "measure")
    assert lights["single_licence_industries"] == ["done"] * 5
    assert lights["premium_brands_certified"][-3:] == ["red", "yellow", "done"]
    assert lights["provincial_standards_issued"] == ["yellow", "yellow", "yellow", "green", "done"]
    assert lights["health_food_varieties_sampled"][-1] == "yellow"
    assert lights["lift_platform_coverage"][-1] == "yellow"
    last = [one[-1] for one in lights.values()]
    assert last.count("done") > len(last) / 2


def test_deliverables_come_in_time_late_or_not_at_all(year):
    lights = lights_of(year, "deliverable")
    ends = {tuple(light[2:]) for light in lights.values()}
    assert {("done", "done", "done"), ("red", "yellow", "done")} <= ends
    assert any(light[-1] == "red" for light in lights.values())


def test_projects_are_begun_finished_and_closed_and_moved_dates_are_explained(year):
    states = year.ask(
        "SELECT quarter, text, count(*) FROM entries JOIN submissions USING (accession)"
        " WHERE verdict = 'accepted' AND tab = 'projects' AND field = 'status' AND quarter > '2023Q1' GROUP BY ALL"
    )
    assert {(q, text) for q, text, _ in states} >= {
        (q, s) for q in QUARTERS[1:] for s in ("under_way", "done", "closed")
    }
    [(moved,)] = year.ask("SELECT count(*) FROM findings WHERE rule = 'project_due_moved' AND settled = 'explained'")
    assert moved > 5
