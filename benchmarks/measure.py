"""What one command takes: seconds by the clock, seconds of all processors, and the peak of memory, of all its processes
together, in whole and for each stage that it announces.

Seconds of processors are user and system time of every process that the command started, whether or not it waited for
it: what it leaves behind is handed to the harness and counted. Memory is the proportional set size (PSS: a page that n
processes share counts an n-th in each), summed over all living processes of the command; every 50 ms their resident
sizes are added up, which is cheap, and whenever the sum stands 2 % above the highest so far the proportional ones are
asked for. The page cache is no part of it. A command announces a stage by printing `stage NAME`; its first stage begins
with the process.
"""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from duban.settings import REPOSITORY

_EVERY = 0.05  # seconds between two looks at the memory
_HIGHER = 1.02
_YOUNG = 0.2  # seconds after which a process is looked at: one that was just begun may run in its parent's memory yet
_LEAVING = 10.0  # seconds that what a command left behind is given to end
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: orphans of a command become children of the harness


@dataclass
class Took:
    """Seconds by the clock, seconds of processors, MB of 2**20 bytes at the peak."""

    seconds: float = 0.0
    processors: float = 0.0
    memory: float = 0.0


@dataclass
class Measured(Took):
    """`printed`: what the command said beside its stages."""

    stages: dict[str, Took] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)


def measure(command: list[str], environment: dict | None = None, beside: tuple[int, ...] = ()) -> Measured:
    """Run Python with these arguments in the repository, to its end. Processor time that the processes `beside` it (a
    standing server, by its id) spend meanwhile is counted too, their memory is not. Raises SystemExit when it fails."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    others = _children(os.getpid())
    spent = sum(map(_spent, beside))
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        watch = _Watch(process, others)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        processors = usage.ru_utime + usage.ru_stime + _reaped(others)
        watch.end()
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode(errors="replace")[-4000:]
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    processors += sum(map(_spent, beside)) - spent
    return Measured(seconds, processors, watch.peak, watch.stages, watch.printed)


class _Watch:
    """Looks at a command's processes from beside: two threads, one for the memory and one for what it prints."""

    def __init__(self, process: subprocess.Popen, others: set[int]):
        self.peak, self.stages, self.printed = 0.0, {}, []
        self._process, self._others, self._over = process, others, threading.Event()
        self._lock, self._name, self._highest = threading.Lock(), None, 0
        self._since, self._spent = time.perf_counter(), 0.0
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._look, self._listen)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(_LEAVING)

    def _listen(self) -> None:
        for line in self._process.stdout:
            word, _, name = line.strip().partition(" ")
            if word == "stage":
                self._turn(name)
            else:
                self.printed.append(line.rstrip("\n"))

    def _turn(self, name: str) -> None:
        """A stage ends and the next begins; one that comes again goes on where it stopped."""
        now, spent = time.perf_counter(), _spent(self._process.pid)
        with self._lock:
            if self._name is not None:
                stage = self.stages[self._name]
                stage.seconds += now - self._since
                stage.processors += spent - self._spent
            self._name = None if name == "end" else name
            if self._name is not None:
                self.stages.setdefault(self._name, Took())
            self._since, self._spent, self._highest = now, spent, 0

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            roots = _children(os.getpid()) - self._others
            processes = {pid for root in roots for pid in _tree(root) if pid == root or _age(pid) > _YOUNG}
            resident = sum(map(_resident, processes))
            with self._lock:
                if resident <= self._highest * _HIGHER:
                    continue
                self._highest, name = resident, self._name
            memory = sum(map(_proportional, processes)) / (1 << 20)
            self.peak = max(self.peak, memory)
            with self._lock:
                if name is not None:
                    self.stages[name].memory = max(self.stages[name].memory, memory)


def _reaped(others: set[int]) -> float:
    """Seconds of processors of what a command left behind, once it has ended."""
    used, deadline = 0.0, time.monotonic() + _LEAVING
    while left := _children(os.getpid()) - others:
        for pid in left:
            with suppress(ProcessLookupError):
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                ended, _, usage = os.wait4(pid, os.WNOHANG)
                used += usage.ru_utime + usage.ru_stime if ended else 0.0
        time.sleep(0.01)
    return used


def _children(pid: int) -> set[int]:
    found: set[int] = set()
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                found.update(map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split()))
    return found


def _tree(root: int) -> list[int]:
    """A process and all that descends from it."""
    found = [root]
    for pid in found:
        found += _children(pid)
    return found


def _spent(root: int) -> float:
    """Seconds of processors of a process, its descendants, and those of them that were waited for."""
    ticks = 0
    for pid in _tree(root):
        with suppress(OSError):
            ticks += sum(_ticks(pid)[11:15])  # utime, stime, cutime, cstime
    return ticks / _TICKS


def _age(pid: int) -> float:
    """Seconds; of a process that ended meanwhile, none."""
    with suppress(OSError):
        return time.clock_gettime(time.CLOCK_BOOTTIME) - _ticks(pid)[19] / _TICKS  # starttime
    return 0.0


def _ticks(pid: int) -> list[int]:
    """What `/proc/<pid>/stat` counts, from the state of the process on, whose letter is told as 0."""
    _, *counts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [0, *map(int, counts)]


def _resident(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0


def _proportional(pid: int) -> int:
    """Bytes; of a process that ended meanwhile, none."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0
