"""What all tests share: dear things are made once, and the longest tests begin first."""

import os
from collections.abc import Iterator

import once
import pytest

from duban.checking.validator import Validator


@pytest.fixture(scope="session", autouse=True)
def shared_by_workers(tmp_path_factory) -> None:
    own = tmp_path_factory.getbasetemp()
    once.share(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session")
def validator() -> Iterator[Validator]:
    """One validating process for all tests of a worker: its import takes seconds, and it keeps nothing."""
    with Validator() as one:
        yield one


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with the longest tests first and those that need no engine last: no worker waits for a last long one."""
    seconds: dict[object, float] = {}
    for item in items:
        for mark in item.iter_markers("engine"):
            seconds[item.path] = max(seconds.get(item.path, 0), mark.kwargs.get("seconds", 1))
    items.sort(key=lambda item: -seconds.get(item.path, 0))  # stable: a file's tests stay together
