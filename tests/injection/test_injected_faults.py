"""Faults of known kind and place, put into good workbooks by chance, are all found where they are, and nothing else is.

`python -m pytest tests/injection` spoils 60 submissions. The thousand that precision and recall are stated for:

    DUBAN_INJECTED=1000 python -m pytest tests/injection

which prints both for every severity. `DUBAN_SEED` draws others.
"""

import datetime as dt
import json
import os
import random
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from drafts import Draft, good_draft
from drawn import open_quarter
from injecting.deck import Deck, inject_structure
from injecting.injection import Found, Injection

from duban.checking.findings import Fault
from duban.checking.run import RECEIVED, check_run
from duban.checking.validator import Validator
from duban.fillin.form import form_of
from duban.fillin.keys import key_ring
from duban.home import Home
from duban.intake import Received
from duban.messages import load_messages
from duban.opening import read_prefill
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_files
from duban.registry.load import load_registry
from duban.settings import SCHEMAS
from duban.severities import SEVERITIES
from duban.warehouse.connection import open_warehouse
from duban.warehouse.load import load_run
from sample_submissions.figures import figures_of

pytestmark = pytest.mark.engine
Q1, Q2 = Quarter(2023, 1), Quarter(2023, 2)
NOW = dt.datetime(2023, 7, 8, 9, tzinfo=TIME_ZONE)
COUNT, SEED = int(os.environ.get("DUBAN_INJECTED", 60)), os.environ.get("DUBAN_SEED", "1")
NEITHER = {"casual": [], "rounds": [], "none_to_dispose": []}  # what makes sample figures odd
EVERY = 5  # so often a file has faults for which all of it goes back
NOT_INJECTED = {"reader_failed": "no file is known that passes the pre-check and brings the reader down"}


@dataclass
class Spoilt:
    """A submission with what was put into it, what has to be found because of that, and what was found."""

    injection: Injection
    expected: set[Found]
    found: Counter[Found]
    severities: dict[Found, str]


@dataclass
class Province:
    """All reporters of the plan, whose good workbooks of the first quarter were accepted."""

    home: Home
    validator: Validator
    work: Path
    before: dict[str, Draft]
    runs: int = 0

    def __post_init__(self) -> None:
        self.registry = load_registry(SCHEMAS / "2023")
        self.ring = key_ring(self.home.keys, create=True)

    def good(self, quarter: Quarter, seed: str) -> list[Draft]:
        """A good draft of every reporter."""
        with open_warehouse(self.home.warehouse) as connection:
            prefill = read_prefill(connection, self.registry, quarter, NOW.date())
        drafts = []
        for reporter in self.registry.reporters:
            form = form_of(self.registry, quarter, reporter, prefill).issue(NOW, self.ring)
            figures = figures_of(self.registry, reporter, quarter, NEITHER)
            before = self.before.get(reporter.code) if quarter > Q1 else None
            rng = random.Random(f"{seed} {quarter} {reporter.code}")
            drafts.append(good_draft(self.registry, form, figures, rng, before))
        return drafts

    def check(self, quarter: Quarter, drafts: list[Draft]) -> tuple[Path, list[list[Fault]]]:
        """One run over all of them: its folder, and each one's faults that nothing settles."""
        self.runs += 1
        folder = self.work / f"run-{self.runs}"
        folder.mkdir(parents=True)
        received = []
        for place, draft in enumerate(drafts):
            path = folder / f"{place}-{draft.form.file_name}"
            draft.write(path)
            name = draft.form.file_name
            received.append(Received(place, name, name, draft.folder, path.stat().st_size, f"{place:064}"))
        paths = [folder / f"{one.place}-{one.file_name}" for one in received]
        read_files(
            [(one.place, one.digest, path) for one, path in zip(received, paths, strict=True)],
            self.home.keys,
            self.registry,
            folder,
        )
        (folder / RECEIVED).write_text(json.dumps([asdict(one) for one in received]), encoding="utf-8")
        found: list[list[Fault]] = [[] for _ in drafts]
        for fault in check_run(folder, self.registry, self.home, quarter, NOW, self.validator):
            if not fault.settled:
                found[fault.file].append(fault)
        for path in paths:
            path.unlink()
        return folder, found


@pytest.fixture(scope="module")
def province(tmp_path_factory, validator) -> Province:
    home, work = Home(tmp_path_factory.mktemp("home")), tmp_path_factory.mktemp("work")
    one = Province(home, validator, work, {})
    for quarter in (Q1, Q2):
        open_quarter(home, one.registry, quarter)
    drafts = one.good(Q1, "first")
    folder, found = one.check(Q1, drafts)
    load_run(home, one.registry, Q1, folder, NOW)
    assert [fault for faults in found for fault in faults] == []
    one.before = {draft.form.reporter.code: draft for draft in drafts}
    return one


@pytest.fixture(scope="module")
def spoilt(province: Province) -> list[Spoilt]:
    """Every reporter spoils a workbook, as often as it takes; every third time one of the first quarter."""
    rng = random.Random(SEED)
    deck, found = Deck(rng), []
    while len(found) < COUNT:
        found += _round(province, deck, rng, Q1 if province.runs % 3 == 0 else Q2, COUNT - len(found))
    return found


def _round(province: Province, deck: Deck, rng: random.Random, quarter: Quarter, most: int) -> list[Spoilt]:
    injections, said = [], {}
    for place, draft in enumerate(province.good(quarter, f"{SEED} {province.runs}")[:most]):
        one = Injection(draft, province.registry, rng, province.ring, said_by_others=dict(said))
        first = province.before[draft.form.reporter.code]
        one.explained = frozenset(line.key for line in first.lines["progress"] if line.texts["status"] == "不适用")
        if quarter > Q1:
            one.earlier = figures_of(province.registry, draft.form.reporter, Q1, NEITHER)
            one.said_before = progress_of(first)
        good = progress_of(draft)
        if place % EVERY == 0:
            inject_structure(one, place // EVERY)
        else:
            deck.inject(one, rng.randint(1, 10))
        injections.append(one)
        if not one.draft.bytes_of and place % EVERY:
            said |= {item: text for item, text in progress_of(draft).items() if text == good.get(item)}
    _, found = province.check(quarter, [one.draft for one in injections])
    return [
        Spoilt(one, one.findings(), Counter(map(place_of, faults)), {place_of(f): f.severity for f in faults})
        for one, faults in zip(injections, found, strict=True)
    ]


def progress_of(draft: Draft) -> dict[str, str]:
    lines = [line for line in draft.lines["progress"] if line.key and "done" not in line.odd]
    return {line.key: line.texts["done"] for line in lines if line.texts.get("done")}


def place_of(fault: Fault) -> Found:
    return fault.rule, fault.sheet, fault.address or fault.key or (fault.value if fault.tab else "")


def told(one: Spoilt) -> str:
    draft = one.injection.draft
    return f"{draft.form.quarter} {draft.form.reporter.name}: {', '.join(one.injection.injected)}"


def test_good_workbooks_of_a_second_quarter_have_no_findings(province):
    _, found = province.check(Q2, province.good(Q2, "second"))
    assert [fault for faults in found for fault in faults] == []


def test_every_injected_fault_is_found_where_it_is_and_nothing_is_found_elsewhere(spoilt):
    severities = {code: rule.severity for code, rule in load_messages().items()}
    wrong = {}
    for one in spoilt:
        found = {place: times for place, times in one.found.items() if one.severities[place] != "confirm"}
        expected = {place: 1 for place in one.expected if severities[place[0]] != "confirm"}
        if found != expected:
            wrong[told(one)] = {
                "not found": sorted(expected.keys() - found.keys()),
                "found besides": sorted(found.keys() - expected.keys()),
                "found twice": sorted(place for place, times in found.items() if times > 1),
            }
    assert wrong == {}


def test_precision_and_recall_are_stated_for_every_severity(spoilt, capsys):
    """Doubts are only counted: an injected fault may bring one along, and then rightly."""
    severities = {code: rule.severity for code, rule in load_messages().items()}
    counts = {severity: {"both": Counter(), "besides": Counter(), "missed": Counter()} for severity in SEVERITIES}
    for one in spoilt:
        for place in one.expected | one.found.keys():
            kind = "besides" if place not in one.expected else "both" if place in one.found else "missed"
            counts[one.severities.get(place, severities[place[0]])][kind][place[0]] += 1
    lines = [f"{len(spoilt)} submissions, {sum(len(one.injection.injected) for one in spoilt)} injected faults"]
    for severity, count in counts.items():
        both, besides, missed = (rules.total() for rules in count.values())
        lines.append(f"{severity:10} found {both:6}  precision {share(both, besides)}  recall {share(both, missed)}")
        lines += [f"    {kind}: {dict(count[kind])}" for kind in ("besides", "missed") if count[kind]]
    with capsys.disabled():
        print("", *lines, sep="\n")
    assert not any(count["missed"] for count in counts.values())


def share(right: int, wrong: int) -> str:
    return f"{right / (right + wrong):7.2%}" if right + wrong else "      –"


def test_every_rule_of_structure_and_of_what_must_be_mended_was_injected(spoilt):
    wanted = {code for code, rule in load_messages().items() if rule.severity in ("structure", "must_fix")}
    injected = {rule for one in spoilt for rule, _, _ in one.expected}
    assert wanted - injected == set(NOT_INJECTED)
