"""prefect.yaml names flows that exist, with parameters that they take."""

from importlib import import_module

import pytest
import yaml

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
