"""The whole server on loopback, of real processes: dropped, collected by itself, stopped in the middle, started again,
published. Whatever is sent to an outside address meets a proxy that notes it."""

import json
import subprocess
import sys

import pytest
from service import Service, noting_proxy, until

from duban.settings import REPOSITORY

pytestmark = pytest.mark.slow


@pytest.fixture
def service(tmp_path):
    with noting_proxy() as (proxy, asked):
        service = Service(tmp_path, proxy)
        service.asked = asked
        service.start()
        try:
            yield service
        finally:
            service.stop()


def test_a_quarter_is_opened_collected_by_itself_through_a_stop_and_published(service):
    opened = service.order("open-quarter", quarter="2023Q1", reporters=None)
    assert (opened["state"]["type"], opened["name"]) == ("COMPLETED", "2023Q1 布置")

    service.drop("A1")
    assert "受理" in service.receipt("A1").read_text()
    [run] = service.runs("collect")
    assert run["parameters"]["quarter"] == "2023Q1" and run["parameters"]["unattended"] is True

    second = subprocess.run(
        [sys.executable, "-m", "duban", "serve", "--home", str(service.home)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=service.environment,
    )
    assert second.returncode == 2 and f"http://127.0.0.1:{service.port}/" in second.stderr

    service.drop("A2")
    until(lambda: len(service.runs("collect")) > 1, "a run for the second file")
    assert service.stop() == 0
    with pytest.raises(OSError):
        service.ask("/health")
    service.start()
    assert "受理" in service.receipt("A2").read_text()
    until(lambda: not any((service.home / "intake" / "2023Q1").iterdir()), "an empty intake folder")
    until(lambda: service.runs("collect")[-1]["state"]["type"] == "COMPLETED", "the end of the last run")

    asking = service.order("publish", quarter="2023Q1")
    assert (asking["state"]["type"], asking["name"]) == ("PAUSED", "2023Q1 汇总")
    decision = {"decision": "通过", "by": "张三", "comment": "同意"}
    answered = service.ask(f"/flow_runs/{asking['id']}/resume", {"run_input": decision})
    assert answered["status"] == "ACCEPT"
    published = service.end(asking["id"], "COMPLETED")
    assert published["state"]["type"] == "COMPLETED"
    [manifest] = (service.home / "published").glob("2023Q1-r1/manifest.json")
    assert "张三" in str(json.loads(manifest.read_text()))
    archived = [path for path in (service.home / "archive").glob("[0-9a-f][0-9a-f]/*")]
    assert len(archived) == 2
    assert service.asked == []
