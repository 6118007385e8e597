"""A quarter's runs by duban's plain functions, with no flow around them: to issue the samples' workbooks, and to test
what comes of them."""

from dataclasses import dataclass
from pathlib import Path

from duban import collecting, intake, lifecycle
from duban.answering.answer import answer_all
from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.opening import open_quarter
from duban.publishing.decision import Decision
from duban.publishing.publish import publish
from duban.quarters import Quarter
from duban.reading.worker import read_received
from duban.registry.contacts import load_contacts
from duban.registry.ledgers import load_ledgers
from duban.registry.load import load_registry
from duban.reminding.channels import load_channels
from duban.reminding.deciding import decide
from duban.reminding.remind import look, remind, told
from duban.runs import run_folder
from duban.settings import Settings
from duban.warehouse.load import load_run


@dataclass
class Plainly:
    """Takes the place of `run_flow`. Without `answers`, nobody is answered and nothing is published."""

    validator: Validator
    answers: bool = True

    def __call__(self, name: str, settings: Settings, quarter: Quarter, **parameters):
        return getattr(self, name)(settings, quarter, **parameters)

    def open_quarter(self, settings: Settings, quarter: Quarter) -> list[Path]:
        plan = settings.plan_folder(quarter)
        registry = load_registry(plan)
        with run_folder(settings.home, "open"):
            return open_quarter(settings.home, registry, quarter, settings.now(), ledgers=load_ledgers(plan, registry))

    def collect(self, settings: Settings, quarter: Quarter) -> dict:
        """The answers of the run by verdict, as the flow tells them."""
        home, now, plan = settings.home, settings.now(), settings.plan_folder(quarter)
        registry = load_registry(plan)
        ledgers = load_ledgers(plan, registry)
        with run_folder(home, "collect") as folder:
            taken = intake.take_in(home, quarter, now, lifecycle.require_opened(home, quarter))
            new, known = collecting.sort_out(home, registry, quarter, taken)
            collecting.write_received(folder / "received.json", new)
            read_received(new, home, registry, folder)
            check_run(folder, registry, home, quarter, now, self.validator, ledgers=ledgers)
            load_run(home, registry, quarter, folder, now)
            said, repeated = [], []
            if self.answers:
                paths = answer_all(home, registry, quarter, now, again=known, ledgers=ledgers)
                said = collecting.answered(home, quarter, paths)
                repeated = collecting.repeats(home, registry, quarter, taken, new)
            collecting.clear_all(home, taken)
        kinds = ("accepted", "returned", "set_aside")
        verdicts = {kind: [one for one in said if one["verdict"] == kind] for kind in kinds}
        return {"taken_in": len(taken), "known": len(known), "repeated": repeated, **verdicts}

    def remind(self, settings: Settings, quarter: Quarter, dry_run: bool = False) -> dict:
        plan = settings.plan_folder(quarter)
        registry = load_registry(plan)
        ledgers, now = load_ledgers(plan, registry), settings.now()
        told_by = load_contacts(plan, registry), load_channels(settings.home), ledgers
        with run_folder(settings.home, "remind"):
            desk = look(settings.home, registry, quarter, now, *told_by)
            return told(desk, decide(desk)) if dry_run else remind(settings.home, registry, desk, now, ledgers)

    def publish(self, settings: Settings, quarter: Quarter, approval: Decision | None = None) -> dict | None:
        if not self.answers:
            return None
        plan = settings.plan_folder(quarter)
        registry = load_registry(plan)
        with run_folder(settings.home, "publish"):
            ledgers = load_ledgers(plan, registry)
            made = publish(settings.home, registry, quarter, settings.now(), ledgers=ledgers, approval=approval)
        return {word: str(told) for word, told in vars(made).items()}
