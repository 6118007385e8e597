"""Processes that are kept running: started, watched, started again when they die, and ended together."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from duban.errors import UserError
from duban.settings import REPOSITORY

_LARGE = (
    10 << 20
)  # bytes from which a log begins anew; a server without its database writes as much in a quarter minute
_PATIENCE = 15.0  # seconds to end in
_RELAPSES, _WITHIN = 5, 120.0  # so many deaths within so many seconds are no accident
_SLOWEST = 30.0  # seconds between two starts


@dataclass
class Child:
    """One process, a `python -m …` of this environment; what it prints goes to its log."""

    name: str
    arguments: list[str]
    environment: Mapping[str, str]
    log: Path
    _process: subprocess.Popen | None = None
    _deaths: list[float] = field(default_factory=list)
    _next: float = 0.0

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._shorten()
        with self.log.open("ab") as log:
            # a group of its own: Ctrl-C at the terminal is for us, who end them in order
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd=REPOSITORY,
                start_new_session=True,
                preexec_fn=_end_with_us,
            )

    @property
    def id(self) -> int | None:
        return self._process and self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def mend(self, now: float, say: Callable[[str], None]) -> None:
        """Start it again when it has died, ever more slowly; raises UserError when it dies again and again."""
        if self.running:
            self._shorten()
            return
        if self._process is not None:
            self._deaths = [*(death for death in self._deaths if now - death < _WITHIN), now]
            code, self._process = self._process.returncode, None
            if len(self._deaths) >= _RELAPSES:
                raise UserError(f"{self.name}一再中止（退出码 {code}），服务已停止：请查看 {self.log} 后再启动。")
            self._next = now + min(2.0 ** (len(self._deaths) - 1), _SLOWEST)
            say(f"{self.name}中止了（退出码 {code}），随即重新启动；原因见 {self.log}。")
        if now >= self._next:
            self.start()

    def _shorten(self) -> None:
        """Keep the log of now and the one before. The process holds its log open to append, so the file stays."""
        with suppress(OSError):  # a full disk is not the server's end
            if self.log.stat().st_size > _LARGE:
                shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
                os.truncate(self.log, 0)

    def end(self) -> None:
        """Ask it to end, twice where once is not enough, and then everything that it started."""
        if self._process is None:
            return
        for patience in (_PATIENCE, _PATIENCE / 3):
            if not self.running:
                break
            self._process.terminate()
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # runs that were under way are finished by the next
        self._process.wait()


def _end_with_us() -> None:
    """In the child: end when the parent is killed. Linux alone knows this; elsewhere the next start finds the port
    taken and says so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def wait_for(ready: Callable[[], bool], child: Child, patience: float, stopped: Callable[[], bool]) -> bool:
    """Wait until a child is ready; False when we are to stop. Raises UserError when it dies, or takes too long."""
    deadline = time.monotonic() + patience
    while not ready():
        if stopped():
            return False
        if not child.running:
            raise UserError(f"{child.name}没有启动成功：请查看 {child.log}。")
        if time.monotonic() > deadline:
            raise UserError(f"{child.name} {patience:.0f} 秒内没有就绪：请查看 {child.log}，或在机器空闲时重试。")
        time.sleep(0.3)
    return True
