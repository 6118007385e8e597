"""A small quarter, opened and reported through the real flows against one temporary server."""

import shutil
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import pytest
from desk import LATE, OPENED, RECEIVED, write_plan
from filling import fill_in
from once import copy_of
from prefect import State

from duban.warehouse.steps import whoever


@pytest.fixture(scope="session")
def server():
    """One temporary Prefect server for every test that runs a flow."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with (
        prefect_test_harness(server_startup_timeout=180),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


@dataclass
class Office:
    """The data team's side: a home, a plan, and the flows of a quarter."""

    home: Path
    plan: Path
    quarter: str = "2023Q1"

    def _told(self, as_of) -> dict:
        return {
            "quarter": self.quarter,
            "home": str(self.home),
            "schemas": str(self.plan),
            "as_of": as_of.isoformat(),
        }

    def open(self, as_of=OPENED) -> list[str]:
        from flows.open_quarter import open_quarter

        return open_quarter(**self._told(as_of))

    def collect(self, as_of=RECEIVED, **options):
        from flows.collect import collect

        return collect(**self._told(as_of), **options)

    def remind(self, as_of=LATE, **parameters):
        from flows.remind import remind

        return remind(**self._told(as_of), **parameters)

    def publish(self, as_of=LATE, **parameters) -> dict:
        from flows.publish import publish

        return publish(**self._told(as_of), **parameters)

    def whole_quarter(self, as_of=LATE) -> dict:
        from flows.quarter import quarter

        return quarter(**self._told(as_of))

    def deployed(self, name: str = "publish", **parameters) -> Callable[[], State]:
        """A run of a deployed flow, asking first: each call takes it as far as a worker's process would."""
        from prefect import exceptions
        from prefect.client.orchestration import get_client
        from prefect.flow_engine import run_flow

        flow = getattr(import_module(f"flows.{name}"), name)
        told = {"home": str(self.home), "schemas": str(self.plan), "quarter": self.quarter, "approval": True}
        with get_client(sync_client=True) as client:
            deployment = client.create_deployment(client.create_flow(flow), name)
            made = client.create_flow_run_from_deployment(deployment, parameters=told | parameters)

        def go_on() -> State:
            with get_client(sync_client=True) as client:
                with suppress(exceptions.Pause):
                    run_flow(flow, flow_run=client.read_flow_run(made.id), return_type="state")
                return client.read_flow_run(made.id).state

        go_on.id = made.id
        return go_on

    @property
    def intake(self) -> Path:
        folder = self.home / "intake" / self.quarter
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def report(self, reporter: str = "A1", name: str | None = None, **changes) -> Path:
        """Fill a reporter's issued workbook in and drop it; `changes` replaces figures by input code."""
        [issued] = (self.home / "outbox" / self.quarter / reporter).glob(f"{self.quarter}-{reporter}-*.xlsx")
        return fill_in(issued, self.intake / (name or issued.name), **changes)


@pytest.fixture
def office(server, validator, tmp_path, monkeypatch) -> Office:
    monkeypatch.setattr("flows.collect.Validator", lambda: nullcontext(validator))
    copy_of(f"office-{whoever()}", lambda folder: Office(folder / "home", write_plan(folder / "plan")).open(), tmp_path)
    return Office(tmp_path / "home", tmp_path / "plan")


@pytest.fixture
def reported(office) -> Office:
    """The office when 甲市's good report was collected: a copy of one that was made once."""

    def make(folder: Path) -> None:
        shutil.copytree(office.home, folder, dirs_exist_ok=True)
        first = replace(office, home=folder)
        first.report()
        first.collect()

    copy_of(f"reported-office-{whoever()}", make, office.home)
    return office
