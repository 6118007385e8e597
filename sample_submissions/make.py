"""Makes the sample submissions of a quarter anew: `python -m sample_submissions.make`.

The workbooks are issued by duban itself, under the published key, and filled in with openpyxl. The same code, schemas
and seeds give the same bytes; only what LibreOffice saved (`cast.yaml`) differs from one version of it to the next.
"""

import argparse
import csv
import datetime as dt
import random
import shutil
import tempfile
from pathlib import Path

from duban.home import Home
from duban.opening import open_quarter
from duban.quarters import TIME_ZONE, Quarter
from duban.registry.load import load_registry
from duban.settings import SCHEMAS
from sample_submissions import mishaps
from sample_submissions.faults import make_faults
from sample_submissions.fill import fill, saved
from sample_submissions.narrate import Banks, read
from sample_submissions.parcel import parcel
from sample_submissions.report import report_of
from sample_submissions.second import collect, template_of

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("quarter", nargs="?", default="2023Q1", type=Quarter.parse)
    parser.add_argument("--out", type=Path, default=HERE, help="where the folders of the quarter and faults/ go")
    parser.add_argument("--only", nargs="+", metavar="CODE", help="write these reporters' workbooks and nothing else")
    words = parser.parse_args()
    registry = load_registry(SCHEMAS / str(words.quarter.year))
    with tempfile.TemporaryDirectory() as scratch:
        home = issue(Path(scratch), registry, words.quarter)
        make_quarter(home, registry, words.quarter, words.out, words.only)
        if words.quarter.number == 1 and not words.only:
            collect(home, registry, words.quarter, words.out / str(words.quarter))
            make_faults(home, registry, words.quarter, words.out)


def issue(folder: Path, registry, quarter: Quarter) -> Home:
    """A home folder with the quarter's workbooks: issued under the published key, at nine on the day after it."""
    home = Home(folder / "home")
    home.keys.mkdir(parents=True)
    shutil.copy(HERE / "keys" / "samples.key", home.keys)
    open_quarter(home, registry, quarter, dt.datetime.combine(quarter.next().start, dt.time(9), TIME_ZONE))
    return home


def make_quarter(home: Home, registry, quarter: Quarter, out: Path, only: list[str] | None = None) -> None:
    cast, folder = read("cast.yaml"), out / str(quarter)
    if not only:
        shutil.rmtree(folder, ignore_errors=True)
    banks, taken = Banks(), {"all": set()}
    arrivals = []
    for reporter in registry.reporters:
        template = template_of(home, quarter, reporter.code)
        report = report_of(registry, reporter, quarter, cast, banks, taken)
        received = _received(reporter.code, quarter, cast)
        name = cast["named"].get(reporter.code, template.name)
        arrivals.append((received.isoformat(), name))
        if only and reporter.code not in only:
            continue  # but its texts are taken: nobody else may write them
        book = fill(template, report)
        twist, fault = cast["twists"].get(reporter.code), cast["faults"].get(reporter.code)
        for mishap in (twist, fault):
            if mishap not in (None, "libreoffice", "file_cut_short"):
                book = getattr(mishaps, mishap)(book) or book
        at = received - dt.timedelta(minutes=random.Random(reporter.code).randint(4, 90))
        data = saved(book, report.projects[0]["owner"], at)
        if twist == "libreoffice":
            data = parcel(mishaps.libreoffice(data), at)
        if fault == "file_cut_short":
            data = data[: len(data) * 3 // 5]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    if only:
        return
    with (folder / "arrivals.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "received_at"))
        writer.writerows((name, received) for received, name in sorted(arrivals))


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
