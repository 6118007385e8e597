"""What every task of a run is told, and the rules that all of them share."""

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE

from duban.collecting import last_receipt
from duban.errors import WarehouseBusy
from duban.home import Home
from duban.quarters import Quarter
from duban.registry.ledgers import Ledgers, load_ledgers
from duban.registry.load import load_registry
from duban.registry.registry import Registry
from duban.settings import Settings, parse_clock


@dataclass(frozen=True)
class Run:
    """A run's quarter, home, plan folder and time; the time is one and the same for all tasks of a run.

    Unless it was told, it is not before the last receipt: where the clock was set back, what was received is not yet to
    come."""

    quarter: Quarter
    home: Home
    plan: Path
    now: datetime

    @classmethod
    def of(cls, quarter: str, home: str, schemas: str | None, as_of: datetime | str | None) -> "Run":
        """From a flow's parameters, in which blank is the same as left out; raises UserError for words that cannot be
        read."""
        clock = parse_clock(str(as_of)) if as_of else None
        settings = Settings(Home(Path(home or "var")), Path(schemas) if schemas else None, clock)
        now = settings.now()
        parsed = Quarter.chosen(quarter, now)
        if as_of is None:
            now = max(now, last_receipt(settings.home) or now)
        return cls(parsed, settings.home, settings.plan_folder(parsed), now)

    def registry(self) -> Registry:
        """Asked for by every task: it is kept by its content, and nothing needs to be handed over."""
        return load_registry(self.plan, self.home.plans)

    def ledgers(self) -> Ledgers:
        """What the data team has granted beside the plan, as it stands now."""
        return load_ledgers(self.plan, self.registry())


_BETWEEN = 5.0  # seconds; a call to the server takes some 20 ms
show_progress: Callable[[str], Callable[[int, int], None]] | None = None  # set where somebody watches a terminal


def progress(title: str) -> Callable[[int, int], None] | None:
    """A callback `(done, total)` for long work, or None where nobody watches."""
    return show_progress(title) if show_progress else None


class Watched:
    """A callback `(done, total)` that also keeps a bar on the page of the run: told at the end, and on the way no more
    often than a call to the server is worth."""

    def __init__(self, run: Run, title: str):
        self._terminal, self._key = progress(title), f"progress-{run.quarter}".lower()
        self._title, self._told, self._bar = title, time.monotonic(), None
        self._context = copy_context()  # files are read in threads, which do not know of the run

    def __call__(self, done: int, total: int) -> None:
        if self._terminal:
            self._terminal(done, total)
        if done < total and time.monotonic() - self._told < _BETWEEN:
            return
        self._told = time.monotonic()
        self._context.copy().run(self._tell, done, total)

    def _tell(self, done: int, total: int) -> None:
        percent = 100 * done / max(total, 1)
        with _for_looking():
            if self._bar is None:
                self._bar = create_progress_artifact(percent, key=self._key, description=f"{self._title} {total} 个")
            else:
                update_progress_artifact(self._bar, percent)


def show(run: Run, key: str, about: str, text: Callable[[], str]) -> None:
    """Markdown on the page of the run."""
    with _for_looking():
        create_markdown_artifact(text(), key=f"{key}-{run.quarter}".lower(), description=about)


@contextmanager
def _for_looking() -> Iterator[None]:
    """What is only looked at fails no run."""
    try:
        yield
    except Exception as error:
        warn(f"运行页上的内容没有写成（{type(error).__name__}：{error}），不影响本次运行。")


def log(message: str) -> None:
    """One Chinese sentence into the run's log. A child of Prefect's logger, so that a command line can show these
    lines alone."""
    get_run_logger().getChild("duban").info(message)


def warn(message: str) -> None:
    """One Chinese sentence about what went wrong without failing the run."""
    get_run_logger().getChild("duban").warning(message)


_PASSING = {errno.EIO, errno.ESTALE, errno.EBUSY, errno.ETXTBSY, errno.ENOLCK, errno.EDEADLK, errno.EREMOTEIO}


def _the_world_broke(task, run, state) -> bool:
    """Retry what a share or another process may mend by itself; a full disk, missing rights, a fault of ours or of what
    was given to us stays what it is."""
    error = state.result(raise_on_failure=False)
    return any(_passes(fault) for fault in (error, getattr(error, "__context__", None)))


def _passes(error: object) -> bool:
    if isinstance(error, (WarehouseBusy, TimeoutError, ConnectionError, InterruptedError, BlockingIOError)):
        return True
    return isinstance(error, OSError) and error.errno in _PASSING


def step(title: str) -> Callable[[Callable[..., Any]], Any]:
    """A task of a run: never cached (the work is idempotent itself), tried again when the world broke."""
    return task(
        task_run_name=title,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=3,
        retry_delay_seconds=[1, 5, 15],
        retry_condition_fn=_the_world_broke,
    )
