"""Watching the intake: an event to Prefect's server when files have become whole; its automation starts a run.

By looking, not by notifications: shares of other machines give none, and a look at a hundred folders takes
milliseconds. Who runs in the home is waited for: what came meanwhile is announced when it is done.
"""

import datetime as dt
import time
import uuid
from collections.abc import Callable, Mapping
from urllib.error import HTTPError

from duban.holder import holder
from duban.home import Home
from duban.intake import PAUSE
from duban.quarters import Quarter
from duban.serving.api import ask
from duban.watching.announcing import Announcements
from duban.watching.whole import File, Intake

EVENT = "duban.intake.whole"
_AGAIN = 2.0  # seconds until a server or a share that is away is tried again

Say = Callable[[str], None]


def watch(
    home: Home,
    api: str,
    environment: Mapping[str, str],
    say: Say,
    stopped: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Look and announce until `stopped`; `say` gets one Chinese sentence for whatever the data team should know."""
    intake, told, trouble = Intake(home), {}, ""
    while not stopped():
        try:
            announce(intake.look(), told, home, api, environment, say)
            now_wrong = ""
        except HTTPError as error:
            now_wrong = f"{api} 不接受来件事件（{error.code}）：请查看服务的日志；来件由定时收取兜底。"
        except ValueError as error:
            now_wrong = f"{api} 的答复不像 Prefect 服务（{error}）：请核对 PREFECT_API_URL。"
        except ConnectionError as error:
            now_wrong = f"连不上 {api}（{error}），来件等它恢复后再收取。"
        except OSError as error:
            reason = getattr(error, "reason", None) or error.strerror or error
            what = f"连不上 {api}" if hasattr(error, "reason") else f"收件文件夹 {home.intake} 看不了"
            now_wrong = f"{what}（{reason}），恢复后继续。"
        if now_wrong != trouble:
            say(now_wrong or "已恢复，继续留意来件。")
        trouble = now_wrong
        sleep(_AGAIN if trouble else PAUSE)


def announce(
    whole: Mapping[Quarter, set[File]],
    told: dict[Quarter, Announcements],
    home: Home,
    api: str,
    environment: Mapping[str, str],
    say: Say,
) -> None:
    """One event for each quarter of which something is to be announced. Raises what `ask` does: then nothing of it
    counts as announced."""
    for quarter, files in whole.items():
        announcements, now = told.setdefault(quarter, Announcements()), time.monotonic()
        if announcements.due(files, now, bool(holder(home.root))):
            ask(f"{api}/events", [event(quarter, len(files))], environment)
            announcements.made(files, now)
            say(f"{quarter} 有 {len(files)} 个完整的来件，已通知收取。")


def event(quarter: Quarter, files: int) -> dict:
    """What Prefect is told: which quarter, and how many files; no names, which are their senders'."""
    return {
        "id": str(uuid.uuid4()),
        "occurred": dt.datetime.now(dt.UTC).isoformat(),
        "event": EVENT,
        "resource": {
            "prefect.resource.id": f"duban.intake.{quarter}",
            "prefect.resource.name": f"{quarter.title}收件夹",
            "duban.quarter": str(quarter),
        },
        "payload": {"quarter": str(quarter), "files": files},
    }
