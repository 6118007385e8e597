"""The self-check: one file, judged as a run would judge it, with nothing stored."""

import datetime as dt
import json
import tempfile
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq

from duban.checking.run import RECEIVED, check_run, import_ahead
from duban.checking.validator import Validator
from duban.errors import UserError
from duban.files import digest_of
from duban.home import Home
from duban.intake import Received
from duban.quarters import Quarter
from duban.reading.worker import read_files
from duban.registry.ledgers import NO_LEDGERS, Ledgers
from duban.registry.registry import Registry


def check_file(
    path: Path,
    registry: Registry,
    home: Home,
    quarter: Quarter | None,
    now: dt.datetime,
    validator: Validator | None = None,
    ledgers: Ledgers = NO_LEDGERS,
) -> dict:
    """All findings of one file as `duban check` shows them: {reporter, quarter, verdict, findings}.

    Without a `quarter` it is judged for the one that its stamp names. `home` gives the keys and what earlier quarters
    say; nothing is written there. A `validator` that stands already saves the seconds that one's own takes to start.
    Raises UserError when there is no such file.
    """
    if not path.is_file():
        raise UserError(f"找不到文件 {path}：请检查路径后重试。")
    judge = nullcontext(validator) if validator else Validator()
    with judge as validator, tempfile.TemporaryDirectory(prefix="duban-check-") as scratch:
        import_ahead()
        folder = Path(scratch)
        received = Received(0, path.name, path.name, "", path.stat().st_size, digest_of(path))
        (folder / RECEIVED).write_text(json.dumps([asdict(received)]), encoding="utf-8")
        read_files([(0, received.digest, path.resolve())], home.keys, registry, folder, processes=1)
        quarter = quarter or _stamped(folder, registry)
        check_run(folder, registry, home, quarter, now, validator, ledgers=ledgers)
        [submission], findings = _rows(folder / "submissions.parquet"), _rows(folder / "findings.parquet")
    shown = ("rule", "severity", "sheet", "cells", "value", "message", "remedy", "settled", "because")
    return {
        "reporter": submission["reporter"],
        "quarter": submission["quarter"],
        "verdict": submission["verdict"],
        "findings": [{key: finding[key] for key in shown} for finding in findings],
    }


def _stamped(folder: Path, registry: Registry) -> Quarter:
    """The quarter that the file's stamp names; without a stamp any will do, for it is judged by that alone."""
    files = [row for path in sorted(folder.glob("files-*.parquet")) for row in _rows(path)]
    try:
        return Quarter.parse(files[0]["quarter"] or "")
    except UserError:
        return Quarter(registry.plan.year, 1)


def _rows(path: Path) -> list[dict]:
    with pq.ParquetFile(path) as file:  # read_table would import what reads folders of files, and pandas with it
        return file.read().to_pylist()
