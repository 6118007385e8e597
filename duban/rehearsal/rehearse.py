"""Changed schemas tried out on everything that was received, with nothing stored: what would come out otherwise."""

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from duban.checking.validator import Validator
from duban.errors import RegistryError, UserError
from duban.home import Home
from duban.messages import MESSAGES, load_messages
from duban.quarters import Quarter
from duban.reading.parts import SCHEMAS
from duban.reading.worker import describe, read_files
from duban.registry.ledgers import ledgers_of, load_ledgers
from duban.registry.load import load_registry
from duban.registry.registry import Registry
from duban.rehearsal.archived import Archive, Opened, read_archive
from duban.rehearsal.compare import compare, nothing_changed
from duban.rehearsal.replay import Parts, Replayed, Rules, replay

Progress = Callable[[str], Callable[[int, int], None]]  # a title; then done and total


def rehearse(
    home: Home,
    plan: Path,
    asked: Sequence[Quarter],
    now: dt.datetime,
    validator: Validator | None = None,
    progress: Progress | None = None,
    in_force: Path | None = None,
) -> dict:
    """What would change if the quarters (all that are open, unless some are `asked` for) stood under the plan in this
    folder: {"plan", "messages", "quarters": [...]}, each quarter as `duban.rehearsal.compare` describes it.

    Both sides come from the same code: the quarter's own plan, and the changed one. The year's quarters that are not
    asked for are lived under their own plans on both sides. Wordings are those beside the plan or in it, where there
    are any. The ledgers beside the changed plan hold on its side; on the other those of the plan that is `in_force` (a
    folder of plans by year), or the same ones where there is none. Publishing is done `now`. Raises UserError for
    schemas that do not load, another year's plan, and quarters that are not open.
    """
    registry = load_registry(plan)
    for quarter in asked:
        if quarter.year != registry.plan.year:
            raise UserError(
                f"{quarter} 不在方案“{registry.plan.title}”的年度内：该方案属于 {registry.plan.year} 年，"
                f"请用 --schemas 指向 {quarter.year} 年的方案。"
            )
    wordings = _messages_of(plan)
    changed = Rules(registry, load_messages(wordings), load_ledgers(plan, registry))
    today = _ledgers_of_today(in_force, changed)
    archive = read_archive(home, registry.plan.year, asked)
    chosen = [one.quarter for one in archive.opened if not asked or one.quarter in asked]
    return {
        "schemas": str(plan),
        "messages": str(wordings) if wordings != MESSAGES else None,
        "quarters": list(_quarters(home, archive, changed, today, chosen, now, validator, progress or _silent)),
    }


def _quarters(
    home: Home,
    archive: Archive,
    changed: Rules,
    today: dict[str, str],
    chosen: Collection[Quarter],
    now: dt.datetime,
    validator: Validator | None,
    progress: Progress,
) -> Iterator[dict]:
    current = load_messages()
    same = changed.messages == current and today == dict(changed.ledgers.files)
    if same and all(one.registry.digest == changed.registry.digest for one in archive.opened if one.quarter in chosen):
        yield from (nothing_changed(one) for one in archive.opened if one.quarter in chosen)
        return
    owned = validator or Validator()
    try:
        with tempfile.TemporaryDirectory(prefix="duban-rehearse-") as scratch:
            stage = _Stage(home, archive, now, owned, progress, Path(scratch))
            for one in archive.opened:
                own = Rules(one.registry, current, ledgers_of(today, one.registry))
                if one.quarter in chosen:
                    before, after = stage.play_both(one, own, changed)
                    yield compare(one, before, after)
                else:
                    stage.play_both(one, own, own)
    finally:
        if validator is None:
            owned.close()


class _Stage:
    """Two temporary homes side by side, `before` and `after`; one alone as long as both would be the same."""

    def __init__(
        self, home: Home, archive: Archive, now: dt.datetime, validator: Validator, progress: Progress, scratch: Path
    ):
        self._real, self._archive, self._now, self._validator = home, archive, now, validator
        self._progress, self._scratch = progress, scratch
        self._before, self._after = Home(scratch / "before"), None
        self._before.root.mkdir()

    def play_both(self, one: Opened, own: Rules, changed: Rules) -> tuple[Replayed, Replayed]:
        """Live a quarter on both sides."""
        if self._after is None and own is not changed:
            self._after = Home(self._scratch / "after")
            shutil.copytree(self._before.root, self._after.root)
        sides = [(self._before, own)] if self._after is None else [(self._before, own), (self._after, changed)]
        parts = self._read(one, [rules.registry for _, rules in sides])
        runs, done = len({s.received_at for s in one.submissions}), 0
        show = self._progress(f"{one.quarter} 核验")

        def tick() -> None:
            nonlocal done
            done += 1
            show(done, runs * len(sides))

        played = [
            replay(
                one, parts[_words(rules.registry)], rules, self._archive.plans, side, self._validator, self._now, tick
            )
            for side, rules in sides
        ]
        return played[0], played[-1]

    def _read(self, one: Opened, registries: list[Registry]) -> dict[str, Parts]:
        """The parts by what reading knows of a plan: for plans that are alike in that, files are read once."""
        found: dict[str, Parts] = {}
        for registry in registries:
            if (words := _words(registry)) not in found:
                folder = self._scratch / "parts"
                files = [(s.place, s.digest, self._real.archived(s.digest).resolve()) for s in one.submissions]
                read_files(files, self._real.keys, registry, folder, progress=self._progress(f"{one.quarter} 读取"))
                found[words] = {kind: pq.read_table(sorted(folder.glob(f"{kind}-*.parquet"))) for kind in SCHEMAS}
                shutil.rmtree(folder)
        return found


def _words(registry: Registry) -> str:
    return json.dumps(describe(registry), sort_keys=True)


def _ledgers_of_today(in_force: Path | None, changed: Rules) -> dict[str, str]:
    """The files, by name, of the ledgers that hold as things are."""
    plan = changed.registry.plan
    if in_force and (folder := in_force / str(plan.year)).is_dir():
        registry = load_registry(folder)
        if registry.plan.plan == plan.plan:
            return dict(load_ledgers(folder, registry).files)
    return dict(changed.ledgers.files)


def _messages_of(plan: Path) -> Path:
    """The wordings that go with a plan: in its folder, beside it as in the repository, else the repository's own.

    Raises RegistryError where rules are missing: what they find could not be said.
    """
    for path in (plan / MESSAGES.name, plan.resolve().parent / MESSAGES.name):
        if path.exists() and path.resolve() != MESSAGES:
            missing = load_messages().keys() - load_messages(path).keys()
            if missing:
                raise RegistryError(
                    f"{path}：缺少规则 {'、'.join(sorted(missing))} 的措辞，请从现行 messages.yaml 补上。"
                )
            return path
    return MESSAGES


def _silent(title: str) -> Callable[[int, int], None]:
    return lambda done, total: None
