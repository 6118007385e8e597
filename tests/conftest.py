"""What all tests share: dear things are made once, and the longest tests begin first."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import once
import pytest

from duban.checking.validator import Validator
from duban.demo import run_demo
from duban.files import digest_of
from duban.home import Home
from duban.settings import REPOSITORY, Settings
from sample_submissions.plainly import Plainly

FLOWS = "tests/flows/"

# before anybody imports Prefect: the server of its own test harness would report to its makers
os.environ |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}


@pytest.fixture(scope="session", autouse=True)
def shared_by_workers(tmp_path_factory) -> None:
    own = tmp_path_factory.getbasetemp()
    once.share(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


class Remembering(Validator):
    """Great Expectations at work, but the same frame gets the answer that it got the first time, in whichever worker:
    most drawn homes begin with the same returns, and judging is a quarter of what a run costs."""

    def __init__(self, known: Path) -> None:
        super().__init__()
        self.known = known

    def validate(self, frame_path: Path, failures_path: Path, results_path: Path | None = None) -> None:
        wanted = [path for path in (failures_path, results_path) if path]
        answers = [self.known / f"{digest_of(frame_path)}-{len(wanted)}-{n}" for n in range(len(wanted))]
        if answers[-1].exists():
            for answer, path in zip(answers, wanted, strict=True):
                shutil.copyfile(answer, path)
        else:
            super().validate(frame_path, failures_path, results_path)
            for answer, path in zip(answers, wanted, strict=True):
                part = answer.with_suffix(f".{os.getpid()}")
                shutil.copyfile(path, part)
                part.replace(answer)  # another worker may be looking


@pytest.fixture(scope="session")
def validator() -> Iterator[Validator]:
    """One validating process for all tests of a worker, because its import takes seconds."""
    with Remembering(once.made("validated", lambda folder: None)) as one:
        yield one


@pytest.fixture(scope="session")
def demo(validator) -> Home:
    """The home that `duban demo` leaves, by plain functions; everybody's, not to be changed."""

    def make(folder: Path) -> None:
        run_demo(REPOSITORY / "sample_submissions", Settings(Home(folder / "home")), Plainly(validator))

    return Home(once.made("demo", make) / "home")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """All that runs flows goes to one worker: its Prefect server takes ten seconds to start, and is seldom idle."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByServer(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return FLOWS if nodeid.startswith(FLOWS) else super()._split_scope(nodeid)

    return ByServer(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with the longest tests first and those that need no engine last: no worker waits for a last long one."""
    seconds: dict[object, float] = {}
    for item in items:
        for mark in item.iter_markers("engine"):
            seconds[item.path] = max(seconds.get(item.path, 0), mark.kwargs.get("seconds", 1))
    items.sort(key=lambda item: -seconds.get(item.path, 0))  # stable: a file's tests stay together
