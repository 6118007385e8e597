"""The validation page of a run through the real flow."""

from pathlib import Path

import pytest
from desk import LATE, RECEIVED

pytestmark = pytest.mark.engine


def test_a_run_that_checked_something_has_a_page_which_its_artifact_links(office):
    office.report(stations="不详")
    result = office.collect()
    page = Path(result["validation"])
    assert page == office.home / "validation/2023Q1/20230407-0912.html"
    text = page.read_text(encoding="utf-8")
    assert "数据无法辨认" in text and "expect_<wbr>column_<wbr>values_" in text
    assert f"核验页：[{page}]({page.resolve().as_uri()})" in artifact("collect-2023q1")

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
