"""What a server that was stopped or died left behind: runs that nobody is at any more, and schedules that ran up.

Every run may be done twice, so what was interrupted is done again, but not for ever: a run that takes its process down
each time ends as crashed.
"""

from collections.abc import Callable

Ask = Callable[..., object]

_INTERRUPTED = "服务停止时中断。"
_AGAIN = "中断后接着做。"
_MISSED = "服务停止期间错过，由较晚的一次代替。"
_PAGE = 200
_TIMES = 3  # that a run may be begun


def settle(ask: Ask, now: str) -> dict[str, int]:
    """Before any worker starts: order again what counts as running, and of each schedule's missed runs keep the last.

    `ask(path, body)` asks the server; `now` is the time in ISO 8601. Returns how many of both: {interrupted, missed}.
    """
    interrupted = _runs(ask, {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}})
    for run in interrupted:
        _set(ask, run, {"type": "CRASHED", "message": _INTERRUPTED})  # its place among those that run is free with it
        _order_again(ask, run, now)
    late = _runs(ask, {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": now}})
    missed, later = [], set()
    for run in late:  # the latest first
        order = run["deployment_id"], repr(sorted(run["parameters"].items()))
        if run["auto_scheduled"] and order in later:
            missed.append(run)
        later.add(order)
    for run in missed:
        _set(ask, run, {"type": "CANCELLED", "message": _MISSED})
    return {"interrupted": len(interrupted), "missed": len(missed)}


def take_up(ask: Ask, since: str, now: str) -> int:
    """After the server died and is back, beside a worker that went on: order again what crashed since; returns how many
    runs that were."""
    crashed = _runs(ask, {"state": {"type": {"any_": ["CRASHED"]}}, "end_time": {"after_": since}})
    return sum(_order_again(ask, run, now) for run in crashed)


def _order_again(ask: Ask, run: dict, now: str) -> bool:
    if run["run_count"] >= _TIMES or run["state"]["type"] == "CANCELLING":
        return False
    details = {"scheduled_time": now}
    state = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": _AGAIN, "state_details": details}
    _set(ask, run, state, force=True)
    return True


def _runs(ask: Ask, wanted: dict) -> list[dict]:
    found: list[dict] = []
    while True:
        page = {"flow_runs": wanted, "sort": "EXPECTED_START_TIME_DESC", "limit": _PAGE, "offset": len(found)}
        got = ask("/flow_runs/filter", page)
        found += got
        if len(got) < _PAGE:
            return found


def _set(ask: Ask, run: dict, state: dict, force: bool = False) -> None:
    ask(f"/flow_runs/{run['id']}/set_state", {"state": state, "force": force})
