"""The only home of apprise: a word to a group chat (WeCom, DingTalk, Feishu, or whatever else it knows)."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from duban.errors import UserError
from duban.reminding.mail import PAUSES, InDoubt, NotSent

_QUICK = 2.0  # seconds in which a connection that was refused comes back; later it may have been taken
_PASSING = ("429", "500", "502", "503", "504")


def known(name: str, url: str) -> None:
    """Raises UserError where apprise does not know such an address; its secret is not quoted."""
    with _noted():
        found = _apprise().add(url)
    if not found:
        raise UserError(f"群通知的网址 {name} 不能识别：请对照 apprise 的写法改正 DUBAN_WEBHOOKS 或 channels.yaml。")


def post(url: str, text: str, sleep: Callable[[float], None] = time.sleep) -> None:
    """Post a text; what passes is tried three times. Raises NotSent, or InDoubt."""
    chat = _apprise()
    for pause in (*PAUSES, None):
        with _noted() as notes:
            begun = time.monotonic()
            if chat.add(url) and chat.notify(body=text):
                return
            lasted = time.monotonic() - begun
        codes = re.findall(r"error=(\d{3})", "\n".join(notes))
        said = f"对方答复 {codes[-1]}" if codes else "连不上"
        if not codes and lasted > _QUICK:
            raise InDoubt(f"对方 {lasted:.0f} 秒没有回应")
        if pause is None or (codes and codes[-1] not in _PASSING):
            raise NotSent(said)
        chat.clear()
        sleep(pause)


def _apprise():
    import apprise  # it imports for a second

    return apprise.Apprise()


@contextmanager
def _noted() -> Iterator[list[str]]:
    """What apprise notes goes nowhere but here: it quotes addresses with their secrets."""
    notes: list[str] = []
    log = logging.getLogger("apprise")
    handler = logging.Handler()
    handler.emit = lambda record: notes.append(record.getMessage())
    was = log.propagate, log.level
    log.propagate = False
    log.setLevel(logging.WARNING)
    log.addHandler(handler)
    try:
        yield notes
    finally:
        log.removeHandler(handler)
        log.propagate = was[0]
        log.setLevel(was[1])
