"""prefect.yaml names flows that exist, with parameters that they take."""

from importlib import import_module

import pytest
import yaml

from duban.quarters import LAST
from duban.settings import REPOSITORY

DEPLOYMENTS = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
FLOWS = sorted(path.stem for path in (REPOSITORY / "flows").glob("*.py") if path.stem not in ("__init__", "local"))


def test_every_flow_is_deployed_once():
    assert sorted(deployment["entrypoint"] for deployment in DEPLOYMENTS) == [f"flows/{n}.py:{n}" for n in FLOWS]


@pytest.mark.engine
@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment["name"])
def test_a_deployment_bears_its_flows_name_and_gives_it_parameters_that_it_takes(deployment):
    path, _, function = deployment["entrypoint"].partition(":")
    flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), function)
    assert deployment["name"] == flow.name
    assert set(deployment["parameters"]) <= set(flow.parameters.properties)
    assert not deployment["description"].isascii()
    assert deployment["work_pool"]["name"] == "quarterly"


def test_schedules_go_by_the_agencys_clock_and_only_orders_that_nobody_watches_are_scheduled():
    schedules = [schedule for deployment in DEPLOYMENTS for schedule in deployment.get("schedules", [])]
    assert len(schedules) >= 2
    assert {schedule["timezone"] for schedule in schedules} == {"Asia/Shanghai"}
    named = [schedule["parameters"].get("quarter", LAST) for schedule in schedules if "parameters" in schedule]
    assert {*named, *(deployment["parameters"]["quarter"] for deployment in DEPLOYMENTS)} == {LAST}


@pytest.mark.engine
def test_a_form_offers_quarters_and_reporters_of_every_plan_under_chinese_titles():
    from flows.open_quarter import open_quarter

    shown = open_quarter.parameters.properties
    assert shown["quarter"]["enum"][0] == LAST and {"2023Q1", "2023Q4"} <= set(shown["quarter"]["enum"])
    [chips, _] = shown["reporters"]["anyOf"]
    assert {"武汉", "神农架林区"} <= set(chips["items"]["enum"]) and chips["type"] == "array"
    assert shown["as_of"]["anyOf"][0] == {"format": "date-time", "type": "string"}
    assert [one["title"] for one in shown.values()] == ["报告期", "数据文件夹", "方案文件夹", "当前时间", "填报单位"]
    assert all(one["description"] and not one["description"].isascii() for one in shown.values())
