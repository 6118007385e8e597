"""Doing again what the journal tells, step by step, with the functions that did it: only what no function can know is
taken from the journal, and what the functions note of each step has to be what the journal says."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq

from duban.answering.answer import record_answers
from duban.checking.run import RECEIVED, check_run
from duban.checking.validator import Validator
from duban.home import Home
from duban.intake import Received
from duban.journal import Step, kept_registry, kept_text, steps_after
from duban.messages import MESSAGES, Rule, load_messages
from duban.opening import insert_templates, record_quarter
from duban.publishing import marts
from duban.publishing.decision import Decision, record_decision
from duban.publishing.pins import ISSUED, drop_unissued, pin, record_issue, state_at, unissued_name
from duban.publishing.publish import scratch_folder, write_files
from duban.quarters import Quarter
from duban.rebuilding.reading import read_again
from duban.registry.files import parse_yaml
from duban.registry.ledgers import ledgers_of
from duban.settings import parse_clock
from duban.warehouse.connection import IN_PIECES, open_warehouse, transaction
from duban.warehouse.due import move_due_dates, noted_dues
from duban.warehouse.load import JUDGED_BY, load_run
from duban.warehouse.plan import record_registry
from duban.warehouse.reminders import record_mailed, record_reminders
from duban.warehouse.steps import compact, record_step

_NO_RECORDS = {"extensions": [], "waivers": [], "corrections": []}  # what 0.1.0 pinned
Progress = Callable[[str], Callable[[int, int], None]]  # a title; then done and total


@dataclass(frozen=True)
class Replay:
    """`real` is the home whose archive is read, `home` the scratch one in which everything is done again: there the
    warehouse and the publications come to be."""

    real: Home
    home: Home
    validator: Validator
    steps: list[Step]
    progress: Progress

    def play(self) -> list[dict]:
        """Do every step again, up to one of which something else comes than the journal says: {step, kind, quarter,
        what, was, is}. What follows on it would only be otherwise for its sake."""
        show = self.progress("重演")
        for done, step in enumerate(self.steps, start=1):
            getattr(self, f"_{step.kind}")(step)
            if odd := list(self._held(step)):
                return odd
            show(done, len(self.steps))
        return []

    def _held(self, step: Step) -> Iterator[dict]:
        """Hold what was noted to what the journal says, and let that stand: with the version that did it first."""
        with open_warehouse(self.home.warehouse) as connection:
            noted = steps_after(connection, step.step - 1)
            if noted == [step]:
                return
            with transaction(connection):
                connection.execute("DELETE FROM steps WHERE step >= ?", [step.step])
                connection.execute(
                    "INSERT INTO steps SELECT ?, ?, ?, ?::TIMESTAMPTZ, ?, ?, ?, ?::VARCHAR[]",
                    [step.step, step.kind, step.quarter, step.at, step.duban, step.by]
                    + [compact(step.details), list(step.keeps)],
                )
        if len(noted) != 1 or not noted[0].same_as(step):
            yield {
                "step": step.step,
                "kind": step.kind,
                "quarter": step.quarter,
                **_difference(step.details, noted[0].details if noted else {}),
            }

    def _opened(self, step: Step) -> None:
        registry, quarter = kept_registry(self.real, step.details["registry"]), Quarter.parse(step.quarter)
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            record_registry(connection, registry, step.at)
            record_quarter(connection, registry, quarter, step.at)
            move_due_dates(connection, quarter, noted_dues(connection, quarter), step.at)

    def _due(self, step: Step) -> None:
        dues = {reporter: parse_clock(due).date() for reporter, due in step.details["dues"].items()}
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            move_due_dates(connection, Quarter.parse(step.quarter), dues, step.at)

    def _templates(self, step: Step) -> None:
        rows = [(*names, parse_clock(issued_at)) for *names, issued_at in step.details["templates"]]
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            insert_templates(connection, Quarter.parse(step.quarter), rows, step.at)

    def _received(self, step: Step) -> None:
        """Read, check and load a run again, by the rules, ledgers and wordings of its day."""
        told, parts = next(self._read)
        assert told is step
        quarter, registry = Quarter.parse(step.quarter), kept_registry(self.real, step.details["registry"])
        named = {word: step.details[word] for word in ("ledgers", "wording") if word in step.details}
        texts = {word: kept_text(self.real, digest) for word, digest in named.items()}
        folder = self.home.root / "run"
        folder.mkdir()
        received = [
            Received(
                one["place"], "", one["file_name"], one["folder"], one["size"], one["digest"], one.get("arrived_at")
            )
            for one in step.details["files"]
        ]
        (folder / RECEIVED).write_text(json.dumps([asdict(one) for one in received]), encoding="utf-8")
        for kind, table in parts.items():
            pq.write_table(table, folder / f"{kind}-000.parquet")
        ledgers = ledgers_of(texts.get("ledgers", {}), registry)
        messages = _messages(texts.get("wording", {}))
        check_run(folder, registry, self.home, quarter, step.at, self.validator, messages, ledgers)
        (folder / JUDGED_BY).write_text(json.dumps(texts), encoding="utf-8")
        load_run(self.home, registry, quarter, folder, step.at)
        shutil.rmtree(folder)

    @cached_property
    def _read(self) -> Iterator:
        received = [step for step in self.steps if step.kind == "received"]
        return read_again(self.real, received, self.home.root, self.progress("重读"))

    def _answered(self, step: Step) -> None:
        accessions, paths = map(list, zip(*step.details["answers"], strict=True))
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            record_answers(connection, Quarter.parse(step.quarter), accessions, paths, step.at)

    def _closed(self, step: Step) -> None:
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            record_step(connection, step.kind, step.quarter, step.at, step.details, by=step.by)

    _reopened = _closed

    def _decided(self, step: Step) -> None:
        told = step.details
        decision = Decision(told["decision"], step.by, step.at, told["comment"])
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            record_decision(connection, step.quarter, told["publication"], told["inputs"], decision)

    def _pinned(self, step: Step) -> None:
        """Pin what was known at that moment, with its lights, and build the workbook of the last of each name."""
        quarter, kind = Quarter.parse(step.quarter), step.details["kind"]
        name = step.details["publication"]
        with scratch_folder(self.home) as scratch:
            self._pin(step, quarter, kind, name, scratch)

    def _pin(self, step: Step, quarter: Quarter, kind: str, name: str, scratch: Path) -> None:
        with open_warehouse(self.home.warehouse, read_from=[scratch], **IN_PIECES) as connection:
            ledgers = kept_text(self.real, step.details["ledgers"]) or _NO_RECORDS
            state = state_at(connection, quarter, ledgers, step.at)
            if kind != ISSUED:
                drop_unissued(connection, unissued_name(quarter, step.at, kind))
            with transaction(connection):
                wording = kept_text(self.real, step.details["wording"])
                edition = pin(connection, state, kind, step.duban, wording)
                rules = marts.registry_of_edition(connection, edition, None)
                marts.stage(connection, edition, rules)
                marts.light(connection)
                material = marts.gather(connection, rules, scratch) if self._built[name] == step.step else None
        if material:
            folder = self.home.published / edition.publication
            folder.mkdir(parents=True)
            write_files(folder, material, lambda done, total: None)

    @cached_property
    def _built(self) -> dict[str, int]:
        """The step at which each publication was last pinned."""
        return {step.details["publication"]: step.step for step in self.steps if step.kind == "pinned"}

    def _reminded(self, step: Step) -> None:
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            record_reminders(connection, Quarter.parse(step.quarter), step.details["reminders"], step.at)

    def _mailed(self, step: Step) -> None:
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            record_mailed(connection, Quarter.parse(step.quarter), step.details["mailed"], step.at)

    def _published(self, step: Step) -> None:
        with open_warehouse(self.home.warehouse) as connection, transaction(connection):
            record_issue(connection, step.details["publication"], step.details["workbook"], step.at)


def _messages(wording: dict[str, str]) -> dict[str, Rule]:
    """The wordings of a day; rules that were not there yet speak as they do now."""
    text = wording.get(MESSAGES.name)
    return {**load_messages(), **(parse_yaml(MESSAGES.name, text, dict[str, Rule]) if text else {})}


def _difference(was: dict, now: dict) -> dict:
    """The first thing in which two steps differ, as JSON."""
    for word in was.keys() | now.keys():
        old, new = was.get(word), now.get(word)
        if old != new:
            if isinstance(old, list) and isinstance(new, list):
                pairs = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
                old, new = pairs[0] if pairs else (f"{len(old)}", f"{len(new)}")
            return {"what": word, "was": old, "is": new}
    return {"what": "at", "was": "", "is": ""}
