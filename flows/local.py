"""Flows run in process: one temporary server for all flows of a command, quiet but for our own lines.

The one place that sets Prefect up for a command line. A server's own workers do not come here: they keep Prefect's
usual logs.
"""

import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from types import ModuleType
from typing import Any

from duban.errors import UserError
from duban.garbage import no_collection
from duban.home import Home
from duban.quarters import Quarter
from duban.settings import Settings
from duban.visible import visible

_ENVIRONMENT = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",  # 5 to 20 s, far more on a busy machine
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
}


def run(name: str, settings: Settings, quarter: Quarter, **parameters: Any) -> Any:
    """Run the flow `flows/<name>.py` for a quarter and return what it returns; its exceptions come through."""
    _prepare(settings.home)
    with no_collection():
        tasks = import_module("tasks.run")  # with it comes Prefect, which sets all loggers back: so before ours are set
        flow = getattr(import_module(f"flows.{name}"), name)
    flow.serialize_parameters = dict  # ours are plain words; Prefect's own way imports all of FastAPI for it
    gc.freeze()  # what was imported stays, and need not be walked each time
    with _terminal(tasks):
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):  # joining it costs a second a flow
            try:
                return flow(
                    quarter=str(quarter),
                    home=str(settings.home.root),
                    schemas=str(settings.schemas) if settings.schemas else None,
                    as_of=settings.as_of.isoformat() if settings.as_of else None,
                    **parameters,
                )
            except RuntimeError as error:
                if "Failed to reach API" in str(error):
                    address = os.environ.get("PREFECT_API_URL", "")
                    raise UserError(f"连不上 Prefect 服务 {address}：请启动该服务，或去掉 PREFECT_API_URL。") from None
                raise


def answer(settings: Settings, quarter: Quarter, kind: str, by: str, comment: str) -> dict:
    """Answer the run on the server that waits for a decision on the quarter's draft; returns what it was."""
    _prepare(settings.home)
    import httpx
    from prefect.settings import PREFECT_API_URL

    from tasks import approving

    address = PREFECT_API_URL.value()
    if not address:
        raise UserError(
            "没有设置 PREFECT_API_URL：送审的运行都停在服务器上，请指明是哪一个；"
            f"没有服务器的，请看过草稿以后运行 duban publish {quarter} --by 审定人。"
        )
    try:
        return approving.answer(settings.home, quarter, kind, by, comment)
    except httpx.TransportError:
        raise UserError(f"连不上 Prefect 服务 {address}：请启动该服务，或改正 PREFECT_API_URL。") from None
    except httpx.HTTPStatusError as error:
        raise UserError(f"Prefect 服务 {address} 拒绝了请求（{error.response.status_code}）：请核对口令。") from None


def _prepare(home: Home) -> None:
    """Settings that Prefect reads when it is imported; what the user has set stays."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if "PREFECT_API_URL" not in os.environ and "PREFECT_HOME" not in os.environ:
        folder = home.root.resolve() / "prefect"
        folder.mkdir(parents=True, exist_ok=True)  # Prefect makes no parents, and then its server never comes up
        os.environ["PREFECT_HOME"] = str(folder)


@contextmanager
def _terminal(tasks: ModuleType) -> Iterator[None]:
    """Our own lines to stderr, and on a terminal a bar above which they scroll."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    handler = _Lines(console)
    loggers = [logging.getLogger(f"prefect.{kind}.duban") for kind in ("flow_runs", "task_runs")]
    for logger in loggers:
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bars:
        shown = bars.add_task("准备", total=None)

        def show(title: str):
            nonlocal shown
            bars.remove_task(shown)
            shown = bar = bars.add_task(title, total=None)

            def update(done: int, total: int) -> None:
                with suppress(KeyError):  # something else is shown by now, beside which this goes on
                    bars.update(bar, completed=done, total=total)

            return update

        tasks.show_progress = show if sys.stderr.isatty() else None
        try:
            yield
        finally:
            tasks.show_progress = None
            for logger in loggers:
                logger.removeHandler(handler)


class _Lines(logging.Handler):
    """Log records as plain lines through a rich console, so that they do not tear a progress bar."""

    def __init__(self, console) -> None:
        super().__init__(logging.INFO)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(visible(record.getMessage()), markup=False, highlight=False)
