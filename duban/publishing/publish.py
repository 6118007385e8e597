"""Issuing a consolidated workbook: pin, build, put in place, record; killed anywhere, the next run finishes."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from duban.errors import UserError
from duban.fault_points import reached
from duban.files import atomic_folder, digest_of
from duban.garbage import no_collection
from duban.home import Home
from duban.publishing import marts
from duban.publishing.brief import write_brief
from duban.publishing.decision import Decision, record_decision
from duban.publishing.ledgers import ledgers_known, pinned_ledgers
from duban.publishing.manifest import write_findings, write_manifest
from duban.publishing.pins import (
    DRAFT,
    ISSUED,
    PAST,
    Edition,
    State,
    drop_unissued,
    issued,
    pin,
    record_issue,
    state_at,
    unissued_name,
    worded,
)
from duban.publishing.workbook import write_workbook
from duban.quarters import Quarter
from duban.registry.ledgers import NO_LEDGERS, Ledgers
from duban.registry.registry import Registry
from duban.warehouse.connection import IN_PIECES, Connection, open_warehouse, query, transaction
from duban.warehouse.due import move_due_dates

_MANIFEST, _FINDINGS, _BRIEF = "manifest.json", "findings.csv", "通报.docx"
Progress = Callable[[int, int], None]  # sheets written, sheets in all


class Outdated(UserError):
    """What was approved is not what would be published."""


@dataclass(frozen=True)
class Proposed:
    """The draft that somebody is asked about: its name, the digest of what it is made from, and the moment whose state
    it is of."""

    draft: str
    inputs: str
    moment: dt.datetime


@dataclass(frozen=True)
class Published:
    """A publication that stands in its folder. `new` is False where nothing had changed since it was issued; `message`
    says so in one Chinese sentence."""

    publication: str
    folder: Path
    workbook: Path
    brief: Path
    manifest: Path
    findings: Path
    new: bool
    message: str


@no_collection()
def publish(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    draft: bool = False,
    progress: Progress | None = None,
    ledgers: Ledgers = NO_LEDGERS,
    approval: Decision | None = None,
    proposed: Proposed | None = None,
) -> Published:
    """Write `published/<publication>/` with workbook, brief, manifest and findings, and record it.

    What is published is the state at `now`: what had been received by then, the rules that the quarter stood under and
    the `ledgers` of the day. Where an issued publication pins that very state, it is the one that is meant, and its
    folder is made anew if it is gone. Where `now` is not before the last one, a changed state is the next revision; a
    past state that was never issued is written beside, as a draft is, and is no revision.

    An `approval` stands in the revision that it lets pass. Where it is of a `proposed` draft, that is what is published
    to the figure, whatever came since; raises Outdated where it cannot be. Raises UserError where the
    quarter was not opened, nothing had been received, or a correction is of a value that did not stand.
    """
    _require_warehouse(home, quarter)
    with scratch_folder(home) as scratch:
        return _publish(home, registry, quarter, now, draft, progress, ledgers, approval, proposed, scratch)


def _publish(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    draft: bool,
    progress: Progress | None,
    ledgers: Ledgers,
    approval: Decision | None,
    proposed: Proposed | None,
    scratch: Path,
) -> Published:
    finished, moment = set(), proposed.moment if proposed else now
    told = None if proposed else approval  # what was proposed may have been pinned with it, and then cut off
    while True:
        with open_warehouse(home.warehouse, read_from=[scratch], **IN_PIECES) as connection:
            revisions = issued(connection, quarter)
            cut_off = next((one for one in revisions if one.workbook is None), None)
            if cut_off and not draft:
                edition, pinning = cut_off, None
            else:
                edition, pinning = _meant(connection, quarter, registry, revisions, ledgers, moment, draft)
                if proposed:
                    _refuse_another(connection, edition, pinning, proposed)
            if edition and edition.workbook and _stands(home, edition):
                return _published(home, edition, moment, edition.publication in finished, approval=told)
            if pinning and pinning[1] != ISSUED:
                drop_unissued(connection, unissued_name(quarter, now, pinning[1]))
            with transaction(connection):
                if not revisions or now >= revisions[0].pinned_at:  # a look into the past moves nothing of today
                    move_due_dates(connection, quarter, ledgers.dues(registry, quarter, now.date()), now)
                if not edition:
                    edition = pin(connection, *pinning, approval=approval if pinning[1] == ISSUED else None)
                rules = marts.registry_of_edition(connection, edition, registry)
                marts.stage(connection, edition, rules)
                if pinning:
                    marts.light(connection)
                material = marts.gather(connection, rules, scratch)
        reached("pinned")
        digest = _build(home, edition, material, progress)
        with open_warehouse(home.warehouse) as connection, transaction(connection):
            record_issue(connection, edition.publication, digest, now, approval and approval.by)
        reached("issued")
        finished.add(edition.publication)
        if pinning or edition.workbook:
            return _published(home, edition, moment, bool(pinning), rebuilt=not pinning, approval=told)


def propose(
    home: Home,
    registry: Registry,
    quarter: Quarter,
    now: dt.datetime,
    progress: Progress | None = None,
    ledgers: Ledgers = NO_LEDGERS,
) -> tuple[Published, Proposed] | None:
    """A draft of the revision that `publish` would issue, for somebody to decide on; None where it would issue none.

    Raises UserError as `publish` does.
    """
    _require_warehouse(home, quarter)
    with open_warehouse(home.warehouse) as connection:
        revisions = issued(connection, quarter)
        if any(one.workbook is None for one in revisions):  # was approved, and then cut off
            return None
        _, pinning = _meant(connection, quarter, registry, revisions, ledgers, now, draft=False)
    if pinning is None or pinning[1] != ISSUED:
        return None
    made = publish(home, registry, quarter, now, draft=True, progress=progress, ledgers=ledgers)
    return made, Proposed(made.publication, pinning[0].inputs, now)


@contextmanager
def scratch_folder(home: Home) -> Iterator[Path]:
    """Where long marts are put aside, gone when the block ends; what a killed run left there the next one removes."""
    home.work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home.work, prefix="publish-") as folder:
        yield Path(folder)


def turn_down(home: Home, quarter: Quarter, proposed: Proposed, decision: Decision) -> None:
    """Note that a draft was sent back or held; nothing else comes of it."""
    with open_warehouse(home.warehouse) as connection, transaction(connection):
        record_decision(connection, quarter, proposed.draft, proposed.inputs, decision)


def _require_warehouse(home: Home, quarter: Quarter) -> None:
    if not home.warehouse.exists():
        raise UserError(f"{quarter} 尚未布置填报：请先运行 duban open {quarter}，收到填报表后再发布。")


def _refuse_another(
    connection: Connection, edition: Edition | None, pinning: tuple[State, str] | None, proposed: Proposed
) -> None:
    """Raises Outdated unless the very figures that were proposed are issued already, or would be the next revision and
    still stand in the draft that people look at."""
    if edition and edition.inputs == proposed.inputs:
        return
    if edition or pinning[1] != ISSUED or pinning[0].inputs != proposed.inputs:
        raise Outdated(f"{proposed.draft} 送审以后，又发布了新的一版，或者改了方案、台账：送审的数已不能照原样发布。")
    found = query(connection, "queries/draft_inputs", publication=proposed.draft)
    if found != [(proposed.inputs,)]:
        raise Outdated(f"{proposed.draft} 送审以后又重新生成过，内容已经不同。")


def _meant(
    connection: Connection,
    quarter: Quarter,
    registry: Registry,
    revisions: list[Edition],
    ledgers: Ledgers,
    now: dt.datetime,
    draft: bool,
) -> tuple[Edition | None, tuple[State, str] | None]:
    """The issued edition that pins the state at `now`; or else that state, and what it is to be pinned as."""
    last = revisions[0] if revisions else None
    kept = pinned_ledgers(ledgers, registry, quarter, now.date())
    if draft or last is None or now >= last.pinned_at:
        state = state_at(connection, quarter, kept, now)
        if not draft and last and last.inputs == state.inputs:
            return last, None
        return None, (state, DRAFT if draft else ISSUED)
    before = next((one for one in revisions if one.pinned_at <= now), None)
    if before:
        kept = ledgers_known(marts.ledgers_of_edition(connection, before, quarter, now), before.pinned_at.date(), kept)
    state = state_at(connection, quarter, kept, now)
    candidates = ([before] if before else []) + [one for one in reversed(revisions) if one.pinned_at > now]
    same = next((one for one in candidates if one.inputs == state.inputs), None)
    return same, None if same else (state, PAST)


def _folder(home: Home, publication: str) -> Path:
    return home.published / publication


def _stands(home: Home, edition: Edition) -> bool:
    folder = _folder(home, edition.publication)
    workbook = folder / f"{edition.publication}.xlsx"
    manifest = folder / _MANIFEST
    whole = all(path.exists() for path in (workbook, manifest, folder / _FINDINGS))
    if whole and _BRIEF in manifest.read_text(encoding="utf-8", errors="replace"):  # earlier versions wrote none
        whole = (folder / _BRIEF).exists()
    return whole and digest_of(workbook) == edition.workbook


def _build(home: Home, edition: Edition, material: marts.Material, progress: Progress | None) -> str:
    """Write the folder whole and return the workbook's digest; an issued one may only come out as it was."""
    name = edition.publication
    with atomic_folder(_folder(home, name)) as folder:
        digest = digest_of(write_files(folder, material, progress or (lambda done, total: None)))
        if edition.workbook and digest != edition.workbook:
            raise UserError(
                f"{name} 的文件缺失或被改动，按原清单重建的结果又与登记的摘要不同（duban 版本可能已变）："
                f"请从备份恢复 published/{name}，或换回当时的 duban 版本后重试。"
            )
        reached("built")
    reached("placed")
    return digest


def write_files(folder: Path, material: marts.Material, progress: Progress) -> Path:
    """Write all that a publication's folder holds, under the look and wordings that it pins; returns the workbook."""
    workbook, beside = folder / f"{material.publication}.xlsx", []

    def meanwhile() -> None:
        beside.append(material.long.beside(write_findings, folder / _FINDINGS, material))

    with material.long.opened():
        with worded(material.wording):
            write_workbook(workbook, material, progress, meanwhile)
            brief = write_brief(folder / _BRIEF, material)
        [findings] = beside
        write_manifest(folder / _MANIFEST, material, workbook, brief, findings.result())
    return workbook


def _published(
    home: Home,
    edition: Edition,
    now: dt.datetime,
    new: bool,
    rebuilt: bool = False,
    approval: Decision | None = None,
) -> Published:
    name = edition.publication
    folder = _folder(home, name)
    return Published(
        publication=name,
        folder=folder,
        workbook=folder / f"{name}.xlsx",
        brief=folder / _BRIEF,
        manifest=folder / _MANIFEST,
        findings=folder / _FINDINGS,
        new=new,
        message=_message(edition, now, new)
        + (f"{name} 的文件缺失或被改动过，已按原清单重建。" if rebuilt else "")
        + ("这次的审定没有记入：它只记在新的一版里。" if approval and not (new and edition.revision) else ""),
    )


def _message(edition: Edition, now: dt.datetime, new: bool) -> str:
    name, moment = edition.publication, f"{now:%Y-%m-%d %H:%M}"
    if edition.revision is None and not name.endswith(DRAFT):
        return f"已按 {moment} 的历史状态生成 {name}：该状态从未发布过，只供查考，不占版次。"
    if new:
        return f"已生成 {name}。"
    if edition.pinned_at > now:
        return f"{moment} 时已收到的报送和当日的台账，与 {name} 所依据的相同，即指该版，未另出新版。"
    return f"截至 {moment}，自 {name} 发布以来没有新的报送或改动，沿用该版，未另出新版。"
