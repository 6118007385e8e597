"""A home with a published quarter of the sample submissions: read and loaded as a run does, judged by their stamps
alone (no Great Expectations), so that it takes two seconds and every figure rests on a real archived file."""

import datetime as dt
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from drawn import open_quarter
from once import copy_of
from walking import header_row

from duban.checking import run
from duban.checking.settle import settle
from duban.fillin.keys import copy_keys
from duban.home import Home
from duban.intake import Received
from duban.publishing.publish import Published, publish
from duban.quarters import TIME_ZONE, Quarter
from duban.reading.worker import read_received
from duban.registry.ledgers import NO_LEDGERS, Ledgers, ledgers_of
from duban.registry.load import load_registry
from duban.registry.registry import Registry
from duban.settings import REPOSITORY, SCHEMAS
from duban.warehouse.connection import open_warehouse
from duban.warehouse.load import load_run

SAMPLES = REPOSITORY / "sample_submissions"
Q1 = Quarter(2023, 1)
FIRST, SECOND = (dt.datetime(2023, 4, day, 9, tzinfo=TIME_ZONE) for day in (8, 11))


@dataclass
class Archive:
    """A home whose first quarter is open, with the samples' keys in it."""

    home: Home
    registry: Registry
    runs: int = 0

    def collect(self, files: list[Path], now: dt.datetime) -> list[str]:
        """Archive, read and load files; returns their accession numbers."""
        self.runs += 1
        folder = self.home.work / f"run-{self.runs}"
        received = []
        for place, path in enumerate(files):
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            target = self.home.archived(digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            received.append(Received(place, path.name, path.name, "", len(data), digest))
        read_received(received, self.home, self.registry, folder)
        settled = [settle(sent, self.registry, Q1) for sent in run._sent(folder)]
        run._write(folder / "explanations.parquet", [], run._EXPLANATIONS)
        run._write(folder / "findings.parquet", [], run._FINDINGS)
        rows = run._submissions(settled, [], self.registry, Q1)
        run._write(folder / "submissions.parquet", rows, run._SUBMISSIONS)
        accessions = load_run(self.home, self.registry, Q1, folder, now)
        shutil.rmtree(folder)
        return accessions

    def publish(self, now: dt.datetime, ledgers: Ledgers = NO_LEDGERS) -> Published:
        return publish(self.home, self.registry, Q1, now, ledgers=ledgers)


def new_archive(root: Path) -> Archive:
    home, registry = Home(root), load_registry(SCHEMAS / "2023")
    open_quarter(home, registry, Q1)
    copy_keys(SAMPLES / "keys", home.keys)
    return Archive(home, registry)


def retyped(path: Path, target: Path, code: str, value: object) -> Path:
    """A copy of a filled-in workbook with another figure for one input."""
    book = openpyxl.load_workbook(path)
    page = book["指标数据"]
    top, columns = header_row(page)
    for row in range(top + 1, page.max_row + 1):
        if page.cell(row, columns["指标编码"]).value == code:
            page.cell(row, columns["本季填报数"], value)
    book.save(target)
    return target


CORRECTION = """
- quarter: 2023Q1
  reporter: 黄石
  input: food_batches_sampled
  old: {old}
  new: {new}
  reason: 多写一个零
  approved_by: 督审处
  approved_on: "2023-04-09"
"""


def published_twice(root: Path, most: int | None = None) -> Archive:
    """r1 of the samples; r2 after 武汉 sent another figure of food_batches_sampled and 黄石's was corrected.
    Of `most` first files and 武汉's, where not all are needed."""
    archive = new_archive(root / "home")
    files = sorted((SAMPLES / str(Q1)).rglob("*.xlsx"))
    wuhan = next(path for path in files if "武汉" in path.name)
    files = files if most is None else [wuhan, *(path for path in files[:most] if path != wuhan)]
    archive.collect(files, FIRST)
    archive.publish(FIRST)
    archive.collect([retyped(wuhan, root / "again.xlsx", "food_batches_sampled", "2万批次")], SECOND)
    with open_warehouse(archive.home.warehouse) as connection:
        [(old,)] = connection.execute(
            "SELECT entries.number::INTEGER FROM entries JOIN submissions USING (accession)"
            " WHERE key = 'food_batches_sampled' AND field = 'value' AND reporter = '420200' AND verdict = 'accepted'"
            " ORDER BY submissions.number DESC LIMIT 1"
        ).fetchall()
    ledger = CORRECTION.format(old=old, new=old // 10)
    archive.publish(SECOND, ledgers_of({"corrections.yaml": ledger}, archive.registry))
    return archive


def copy_published_twice(root: Path, most: int | None = None) -> Archive:
    """As `published_twice`, a copy of one that was made once."""
    copy_of(f"published-twice-{most}", lambda folder: published_twice(folder, most), root)
    return Archive(Home(root / "home"), load_registry(SCHEMAS / "2023"))
