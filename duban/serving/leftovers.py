"""What a server that was stopped left behind: runs that nobody is at any more, and schedules that ran up."""

from collections.abc import Callable

Ask = Callable[..., object]

_INTERRUPTED = "服务停止时中断；没有做完的由下一次运行接着做。"
_MISSED = "服务停止期间错过，由较晚的一次代替。"
_PAGE = 200


def settle(ask: Ask, now: str) -> dict[str, int]:
    """Before any worker starts: end what counts as running, and of each schedule's missed runs keep the last.

    `ask(path, body)` asks the server; `now` is the time in ISO 8601. Returns how many of both: {interrupted, missed}.
    """
    interrupted = _runs(ask, {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}})
    for run in interrupted:
        _set(ask, run, "CRASHED", _INTERRUPTED)
    late = _runs(ask, {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": now}})
    missed, later = [], set()
    for run in late:  # the latest first
        order = run["deployment_id"], repr(sorted(run["parameters"].items()))
        if run["auto_scheduled"] and order in later:
            missed.append(run)
        later.add(order)
    for run in missed:
        _set(ask, run, "CANCELLED", _MISSED)
    return {"interrupted": len(interrupted), "missed": len(missed)}


def _runs(ask: Ask, wanted: dict) -> list[dict]:
    found: list[dict] = []
    while True:
        page = {"flow_runs": wanted, "sort": "EXPECTED_START_TIME_DESC", "limit": _PAGE, "offset": len(found)}
        got = ask("/flow_runs/filter", page)
        found += got
        if len(got) < _PAGE:
            return found


def _set(ask: Ask, run: dict, kind: str, message: str) -> None:
    ask(f"/flow_runs/{run['id']}/set_state", {"state": {"type": kind, "message": message}, "force": False})
