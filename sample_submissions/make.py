"""Makes the sample submissions anew: `python -m sample_submissions.make`, of one quarter or of the whole `--year`.

The workbooks are issued by duban itself, under the published key, after the samples of the quarters before were
collected, and filled in with openpyxl. The same code, schemas and seeds give the same bytes; only what LibreOffice
saved (`quarters/`) differs from one version of it to the next.
"""

import argparse
import csv
import datetime as dt
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from duban.checking.validator import Validator
from duban.demo import drop, opened_at, waves
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.load import load_registry
from duban.registry.registry import Registry
from duban.settings import SCHEMAS, Settings
from sample_submissions import mishaps
from sample_submissions.faults import make_faults
from sample_submissions.fill import fill, saved
from sample_submissions.following import following_report
from sample_submissions.narrate import Banks, read
from sample_submissions.parcel import parcel
from sample_submissions.plainly import Plainly
from sample_submissions.report import Report, report_of
from sample_submissions.second import template_of

HERE = Path(__file__).parent
_OF_BYTES = ("libreoffice", "file_cut_short")  # mishaps of the saved file


@dataclass(frozen=True)
class Sent:
    """A file that a reporter sent: what was typed, what happened to the workbook, and its name and time."""

    reporter: str
    report: Report
    mishaps: tuple[str, ...]
    file: str | None  # None: as issued
    received_at: dt.datetime
    revision: int = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("quarter", nargs="?", default="2023Q1", type=Quarter.parse)
    parser.add_argument("--year", action="store_true", help="all quarters of the year")
    parser.add_argument("--out", type=Path, default=HERE, help="where the folders of the quarter and faults/ go")
    parser.add_argument("--only", nargs="+", metavar="CODE", help="write these reporters' workbooks and nothing else")
    words = parser.parse_args()
    registry = load_registry(SCHEMAS / str(words.quarter.year))
    wanted = words.quarter.of_year if words.year else [words.quarter]
    with tempfile.TemporaryDirectory() as scratch, Validator() as validator:
        plainly = Plainly(validator, answers=False)
        home = home_with_key(Path(scratch, "home"))
        for quarter, sent in sent_in(registry, wanted[-1]):
            plainly("open_quarter", Settings(home, as_of=opened_at(quarter)), quarter)
            if quarter in wanted:
                write_quarter(home, quarter, sent, words.out / str(quarter), words.only)
            if quarter == wanted[-1]:
                break
            collect(plainly, home, registry, quarter, (words.out if quarter in wanted else HERE) / str(quarter))
        if wanted[0].number == 1 and not words.only:
            home = home_with_key(Path(scratch, "faults"))
            quarter = wanted[0]
            for one in (quarter, quarter.next()):
                plainly("open_quarter", Settings(home, as_of=opened_at(one)), one)
                if one == quarter:
                    collect(plainly, home, registry, one, words.out / str(one), revision=1)
            make_faults(home, registry, quarter, words.out)


def home_with_key(root: Path) -> Home:
    """A home folder whose workbooks are issued under the published key."""
    home = Home(root)
    copy_keys(HERE / "keys", home.keys)
    return home


def collect(
    plainly: Plainly, home: Home, registry: Registry, quarter: Quarter, samples: Path, revision: int | None = None
) -> None:
    """Take in and check the quarter's samples as duban does, so that the next one is opened over what was accepted."""
    for wave in waves(samples, registry.due(quarter)):
        if revision in (None, wave.revision):
            drop(wave, home.intake / str(quarter))
            plainly("collect", Settings(home, as_of=wave.moment), quarter)


def sent_in(registry: Registry, until: Quarter) -> Iterator[tuple[Quarter, list[Sent]]]:
    """What everybody sends in, quarter by quarter: a report goes on from what stands of the one before, and no text is
    written twice."""
    taken, stands = {"all": set()}, {}
    for quarter in until.of_year:
        if quarter > until:
            return
        cast = {**read("cast.yaml"), **read(f"quarters/{quarter}.yaml")}
        banks = Banks(cast)
        again: dict[str, list[dict]] = {}
        for words in cast["again"]:
            again.setdefault(words["reporter"], []).append(words)
        found = []
        for reporter in registry.reporters:
            code, before = reporter.code, stands.get(reporter.code)
            if code in cast.get("missing", ()):
                continue
            if before:
                report = following_report(registry, reporter, quarter, cast, banks, taken, before)
            else:
                report = report_of(registry, reporter, quarter, cast, banks, taken)
            twist, fault = cast["twists"].get(code), cast["faults"].get(code)
            spoilt = report
            if fault == "text_of_the_quarter_before":
                spoilt, happens = repeated(report, before), (twist,)
            else:
                happens = (twist, fault)
            received_at = _received(code, quarter, cast)
            found.append(Sent(code, spoilt, _told(happens), cast["named"].get(code), received_at))
            for words in again.get(code, ()):
                report = amended(report, words)
                moment = dt.datetime.fromisoformat(words["received_at"]).replace(tzinfo=TIME_ZONE)
                happens = _told((twist if twist not in _OF_BYTES else None, fault if words.get("keeps") else None))
                found.append(Sent(code, report, happens, words["file"], moment, words.get("revision", 1)))
            if not fault or code in again:  # else it was returned, and the one before stands
                stands[code] = report
        yield quarter, found


def _told(names: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name)


def repeated(report: Report, before: Report) -> Report:
    """The report with the progress of the quarter before in its first three items."""
    items = [item for item in report.progress if "done" in before.progress[item]][:3]
    old = {item: {**report.progress[item], "done": before.progress[item]["done"]} for item in items}
    return replace(report, progress={**report.progress, **old})


def amended(report: Report, words: Mapping) -> Report:
    """The report with other values in some cells; a figure that changes is changed in the texts of its item, too."""
    progress, inputs = dict(report.progress), dict(report.inputs)
    projects = [*report.projects]
    for code, typed in words.get("inputs", {}).items():
        old, inputs[code] = inputs[code]["value"], {**inputs[code], **typed}
        for item, row in progress.items():
            if "value" in typed and str(old) in str(row.get("done", "")):
                progress[item] = {**row, "done": row["done"].replace(str(old), str(typed["value"]))}
    for item, typed in words.get("progress", {}).items():
        progress[item] = {**progress[item], **typed}
    for place, typed in words.get("projects", {}).items():
        projects[place] = {**projects[place], **typed}
    return replace(report, progress=progress, inputs=inputs, projects=projects)


def write_quarter(home: Home, quarter: Quarter, sent: list[Sent], folder: Path, only: list[str] | None = None) -> None:
    """Fill in the workbooks that were issued, and say when each came in."""
    if not only:
        shutil.rmtree(folder, ignore_errors=True)
    arrivals = []
    for one in sent:
        template = template_of(home, quarter, one.reporter)
        name = one.file or template.name
        arrivals.append((one.received_at.isoformat(), name, one.revision))
        if only and one.reporter not in only:
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(workbook_of(template, one))
    if only:
        return
    with (folder / "arrivals.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "received_at", "revision"))
        writer.writerows((name, received, revision) for received, name, revision in sorted(arrivals))


def workbook_of(template: Path, sent: Sent) -> bytes:
    """The bytes of the file that was sent, from the workbook that was issued."""
    book = fill(template, sent.report)
    for mishap in sent.mishaps:
        if mishap not in _OF_BYTES:
            book = getattr(mishaps, mishap)(book) or book
    at = sent.received_at - dt.timedelta(minutes=random.Random(sent.reporter).randint(4, 90))
    data = saved(book, sent.report.projects[0]["owner"], at)
    if "libreoffice" in sent.mishaps:
        data = parcel(mishaps.libreoffice(data), at)
    if "file_cut_short" in sent.mishaps:
        data = data[: len(data) * 3 // 5]
    return data


def _received(code: str, quarter: Quarter, cast: dict) -> dt.datetime:
    late = cast["late"].get(code)
    if late:
        return dt.datetime.fromisoformat(late).replace(tzinfo=TIME_ZONE)
    rng = random.Random(f"{quarter} {code} arrival")
    minute = rng.choice((rng.randint(8 * 60 + 30, 11 * 60 + 50), rng.randint(14 * 60, 16 * 60 + 55)))
    day = dt.date.fromisoformat(rng.choice(cast["days"]))
    return dt.datetime.combine(day, dt.time(minute // 60, minute % 60, rng.randint(0, 59)), TIME_ZONE)


if __name__ == "__main__":
    main()
