"""Issuing a consolidated workbook: pin, build, put in place, record; killed anywhere, the next run finishes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from duban.errors import UserError
from duban.files import atomic_folder, digest_of
from duban.home import Home
from duban.publishing import marts
from duban.publishing.ledgers import pinned_ledgers
from duban.publishing.manifest import write_findings, write_manifest
from duban.publishing.pins import Edition, drop_draft, pin_edition, record_issue
from duban.publishing.workbook import write_workbook
from duban.quarters import Quarter
from duban.registry.ledgers import NO_LEDGERS, Ledgers
from duban.registry.registry import Registry
from duban.warehouse.connection import open_warehouse, transaction
from duban.warehouse.due import move_due_dates

Progress = Callable[[int, int], None]  # sheets written, sheets in all


@dataclass(frozen=True)
class Published:
    """A publication that stands in its folder. `new` is False where nothing had changed since it was issued; `message`
    says so in one Chinese sentence."""

    publication: str
    folder: Path
    workbook: Path
    manifest: Path
    findings: Path
    new: bool
    message: str


def publish(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    draft: bool = False,
    progress: Progress | None = None,
    ledgers: Ledgers = NO_LEDGERS,
) -> Published:
    """Write `published/<publication>/` with workbook, manifest and findings, and record it.

    A draft replaces the last draft and is never a revision. The rules are those that the quarter was opened with, even
    where `registry` has moved on; the `ledgers` are those of the day. Raises UserError where the quarter was not
    opened, nothing was received, or a correction is of a value that no longer stands.
    """
    if not home.warehouse.exists():
        raise UserError(f"{quarter} 尚未布置填报：请先运行 duban open {quarter}，收到填报表后再发布。")
    kept = pinned_ledgers(ledgers, registry, quarter, now.date())
    dues = ledgers.dues(registry, quarter, now.date())
    finished = set()
    while True:
        with open_warehouse(home.warehouse) as connection:
            if draft:
                drop_draft(connection, quarter)
            with transaction(connection):
                move_due_dates(connection, quarter, dues)
                edition = pin_edition(connection, quarter, kept, draft)
                if edition.workbook and _stands(home, edition):
                    return _published(home, edition.publication, edition.publication in finished)
                rules = marts.registry_of_edition(connection, edition, registry)
                marts.stage(connection, edition, rules)
                if edition.pinned:
                    marts.light(connection)
                material = marts.gather(connection, rules)
        digest = _build(home, edition, material, progress)
        with open_warehouse(home.warehouse) as connection, transaction(connection):
            record_issue(connection, edition.publication, digest, now)
        finished.add(edition.publication)
        if edition.pinned:
            return _published(home, edition.publication, True)


def _folder(home: Home, publication: str) -> Path:
    return home.published / publication


def _stands(home: Home, edition: Edition) -> bool:
    workbook = _folder(home, edition.publication) / f"{edition.publication}.xlsx"
    return workbook.exists() and digest_of(workbook) == edition.workbook


def _build(home: Home, edition: Edition, material: marts.Material, progress: Progress | None) -> str:
    """Write the folder whole and return the workbook's digest; an issued one may only come out as it was."""
    name = edition.publication
    with atomic_folder(_folder(home, name)) as folder:
        workbook = folder / f"{name}.xlsx"
        write_workbook(workbook, material, progress or (lambda done, total: None))
        digest = digest_of(workbook)
        if edition.workbook and digest != edition.workbook:
            raise UserError(
                f"{name} 的文件缺失或被改动，按原清单重建的结果又与登记的摘要不同（duban 版本可能已变）："
                f"请从备份恢复 published/{name}，或换回当时的 duban 版本后重试。"
            )
        findings = write_findings(folder / "findings.csv", material)
        write_manifest(folder / "manifest.json", material, workbook, findings)
    return digest


def _published(home: Home, publication: str, new: bool) -> Published:
    folder = _folder(home, publication)
    message = (
        f"已生成 {publication}。" if new else f"自 {publication} 发布以来没有新的报送或改动，沿用该版，未另出新版。"
    )
    return Published(
        publication=publication,
        folder=folder,
        workbook=folder / f"{publication}.xlsx",
        manifest=folder / "manifest.json",
        findings=folder / "findings.csv",
        new=new,
        message=message,
    )
