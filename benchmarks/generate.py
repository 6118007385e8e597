"""A larger province: the sample plan with as many reporters as wanted, and their filled workbooks.

The added reporters are local ones; each is filled in with what one of the sample prefectures typed, so that the files
are as heavy as real ones and one in ten is returned, as among the samples. Figures are scaled to the population, and
texts are put together anew from clauses of all of them: a province of copies would be returned whole. The plan's
shares are dealt anew by population. All processors write, each a run of the reporters.
"""

import csv
import datetime as dt
import glob
import os
import pickle
import random
import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from duban.checking.run import check_run
from duban.checking.validator import Validator
from duban.fillin.form import Form, Prefill, Row, form_of
from duban.fillin.keys import copy_keys, key_ring
from duban.fillin.layout import BY_TABLE
from duban.fillin.workbook import write_fill_in
from duban.home import Home
from duban.intake import take_in
from duban.processes import sharing
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_received
from duban.registry.load import load_registry
from duban.registry.registry import Registry
from duban.settings import REPOSITORY, SCHEMAS

QUARTER = Quarter(2023, 1)
SAMPLES = REPOSITORY / "sample_submissions" / str(QUARTER)
ISSUED = dt.datetime(2023, 4, 1, 9, tzinfo=TIME_ZONE)

TEXTS = ("done", "problems", "next")
_LEAST = 3  # clauses of a text: with fewer, tens of thousands of reporters would write the same by chance
_RUN = 100  # files that a process writes at a time
_DONORS = "donors.pickle"
_CLAUSE = re.compile(r"[^，；。、：]{5,}")
_NUMBERED = re.compile(r"^([1-9]\.|[一二三四五]是)|（.*")

Typed = dict[str, dict[str, dict[str, str]]]  # tab -> key -> field -> what was typed


def generate(folder: Path, count: int, later: int = 0) -> None:
    """`folder/schemas` with `count + later` reporters, `folder/files` with a workbook from each of the first `count` of
    them, and `folder/later` with those of the others."""
    plan = SCHEMAS / str(QUARTER.year)
    shutil.copytree(plan, folder / "schemas")
    donors, numbers, faulty = _typed_by_reporter(folder, load_registry(plan))
    shutil.rmtree(folder / "donors")
    _add_reporters(folder / "schemas", count + later)
    key_ring(Home(folder / "keys-of").keys, create=True)
    (folder / _DONORS).write_bytes(pickle.dumps((donors, numbers, faulty)))
    for name in ("files", "later"):
        (folder / name).mkdir()
    places = range(count + later)
    with sharing(len(places), os.cpu_count()) as workers:
        done = [workers.submit(_write, folder, places[at : at + _RUN], count) for at in places[::_RUN]]
        for one in done:
            one.result()
    (folder / _DONORS).unlink()


def _write(folder: Path, places: range, count: int) -> None:
    """The workbooks of the reporters at these places of the registry; what a child process does."""
    registry, ring, donors, numbers, good, bad, clauses = _given(folder)
    for place in places:
        reporter, likes = registry.reporters[place], good if place % 10 else bad
        issued = form_of(registry, QUARTER, reporter, Prefill()).issue(ISSUED, ring)
        path = folder / ("files" if place < count else "later") / issued.file_name
        if reporter.code in donors:
            typed = donors[reporter.code]
        else:
            donor = registry.by_code[likes[place // 10 % len(likes)]]
            size = (reporter.population or donor.population) / donor.population
            typed = _retold(donors[donor.code], numbers[donor.code], clauses, size, reporter.code)
        write_fill_in(path, _filled(issued, typed))


@cache
def _given(folder: Path) -> tuple:
    donors, numbers, faulty = pickle.loads((folder / _DONORS).read_bytes())
    local = sorted(code for code in donors if code.isdigit())
    good, bad = ([code for code in local if (code in faulty) is known] for known in (False, True))
    ring = key_ring(Home(folder / "keys-of").keys, create=False)
    return load_registry(folder / "schemas"), ring, donors, numbers, good, bad, _clauses(donors)


def _filled(form: Form, typed: Typed) -> Form:
    owed = {str(item.number) for item in form.owed}
    return replace(form, rows={tab: _fill(tab, rows, typed[tab], owed) for tab, rows in form.rows.items()})


def _fill(tab: str, rows: tuple[Row, ...], typed: dict[str, dict[str, str]], owed: set[str]) -> tuple[Row, ...]:
    """A table's rows with what the donor typed; its projects as far as the reporter owes their items."""
    if tab != "projects":
        return tuple(replace(row, texts={**row.texts, **typed.get(row.key, {})}) for row in rows)
    projects = [Row("", {**texts, "code": ""}) for texts in typed.values() if _digits(texts.get("item", "")) in owed]
    return (*projects, *rows[len(projects) :])


def _clauses(donors: dict[str, Typed]) -> list[str]:
    """What the donors wrote, in pieces, without those that hold a figure: it would gainsay the columns of others."""
    texts = [row.get(name, "") for typed in donors.values() for row in typed["progress"].values() for name in TEXTS]
    found = {_NUMBERED.sub("", clause).strip() for text in texts for clause in _CLAUSE.findall(text)}
    return sorted(clause for clause in found if len(clause) > 4 and not any(map(str.isdecimal, clause)))


def _retold(typed: Typed, numbers: dict[str, Decimal], clauses: list[str], size: float, seed: str) -> Typed:
    """What a donor typed, in the words of all and by the size of another: a part stays no more than its whole."""
    rng = random.Random(seed)
    told: Typed = {tab: {key: dict(row) for key, row in rows.items()} for tab, rows in typed.items()}
    for row in (*told["progress"].values(), *told["projects"].values()):
        row.update({name: _text(len(row[name]), clauses, rng) for name in TEXTS if row.get(name)})
    for key, row in told["inputs"].items():
        if key in numbers:
            row["value"] = _scaled(row["value"], numbers[key], size)
    return told


def _text(length: int, clauses: list[str], rng: random.Random) -> str:
    chosen: list[str] = []
    while len(chosen) < _LEAST or sum(map(len, chosen)) < length:
        chosen.append(rng.choice(clauses))
    return "，".join(chosen)


def _scaled(typed: str, number: Decimal, size: float) -> str:
    """A figure by the size, in as many digits after the point; one that was not typed plainly still is not."""
    digits = max(0, -number.normalize().as_tuple().exponent)
    return f"{float(number) * size:{'' if typed.isascii() and ',' not in typed else ','}.{digits}f}"


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


def first_files(folder: Path) -> Callable:
    """What of the samples is not to be copied: whatever is no return, or came when the quarter had been published."""
    later = set()
    if (folder / "arrivals.csv").exists():
        with (folder / "arrivals.csv").open(encoding="utf-8", newline="") as file:
            later = {Path(row["file"]).name for row in csv.DictReader(file) if row["revision"] != "1"}
    return shutil.ignore_patterns("*.csv", "*.md", *map(glob.escape, later))


def _typed_by_reporter(
    folder: Path, registry: Registry
) -> tuple[dict[str, Typed], dict[str, dict[str, Decimal]], set[str]]:
    """What the readable sample files hold, by reporter, their figures as read, and the reporters whose files do not
    pass."""
    home = Home(folder / "donors")
    copy_keys(SAMPLES.parent / "keys", home.keys)
    shutil.copytree(SAMPLES, home.intake / str(QUARTER), ignore=first_files(SAMPLES))
    parts = home.work / "donors"
    parts.mkdir(parents=True)
    read_received(take_in(home, QUARTER), home, registry, parts)
    files = {row["file"]: row["reporter"] for row in _rows(parts, "files") if row["token_ok"]}
    found: dict[str, Typed] = {code: {tab: {} for tab in BY_TABLE} for code in files.values()}
    numbers: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in _rows(parts, "entries"):
        if row["file"] in files and row["typed"]:
            found[files[row["file"]]][row["tab"]].setdefault(row["key"], {})[row["field"]] = row["typed"]
            if row["tab"] == "inputs" and row["number"] is not None:
                numbers[files[row["file"]]][row["key"]] = Decimal(str(row["number"]))
    with Validator() as validator:
        check_run(parts, registry, home, QUARTER, ISSUED, validator)
    verdicts = pq.read_table(parts / "submissions.parquet").to_pylist()
    return found, numbers, {row["reporter"] for row in verdicts if row["verdict"] != "accepted"}


def _rows(parts: Path, kind: str) -> list[dict]:
    return [row for part in sorted(parts.glob(f"{kind}-*.parquet")) for row in pq.read_table(part).to_pylist()]


def _add_reporters(schemas: Path, count: int) -> None:
    path = schemas / "reporters.yaml"
    reporters = yaml.safe_load(path.read_text(encoding="utf-8"))
    for number in range(count - len(reporters)):
        reporters.append(
            {
                "code": f"9{number:05d}",
                "name": f"第{number:04d}局",
                "full_name": f"第{number:04d}市场监督管理局",
                "kind": "prefecture",
                "population": 50_000 + 977 * (number % 801),
            }
        )
    path.write_text(yaml.safe_dump(reporters, allow_unicode=True), encoding="utf-8")
    local = [reporter for reporter in reporters if reporter["kind"] == "prefecture"]
    with (schemas / "targets.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        totals[row["measure"]] += Decimal(row["target"])
    people = sum(reporter["population"] for reporter in local)
    with (schemas / "targets.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["reporter", "measure", "target"])
        for measure, total in totals.items():
            shares = [int(total * reporter["population"] / people) for reporter in local]
            shares[0] += int(total) - sum(shares)
            writer.writerows((reporter["code"], measure, share) for reporter, share in zip(local, shares, strict=True))
