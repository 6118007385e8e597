"""A few worker processes that read batches of files; one that dies or hangs costs the file that did it, nothing else.

Workers are plain child processes spoken to in lines of JSON, not a process pool: a pool's children import the program
that was started, which may be Prefect, and one that hangs cannot be ended. These say which file they are at, so that
the culprit is known.
"""

import json
import logging
import os
import select
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from duban.errors import refused_in
from duban.settings import REPOSITORY

START = 60.0  # seconds a worker may take to begin, on a machine under load
BATCH = 32  # files whose rows a worker holds at once: 0.8 MB of each
_KEPT = 2000  # bytes of what a worker says in its distress

_log = logging.getLogger(__name__)
File = tuple[int, str, str]  # place, digest, path


@dataclass(frozen=True)
class _Batch:
    """`alone`: a file at which a worker was lost, to be tried once more in a fresh process."""

    number: int
    files: tuple[File, ...]
    alone: bool = False


@dataclass(frozen=True)
class Outcome:
    """`culprits` are the files that could not be read; `lost` the numbers of batches that came to nothing, whose files
    were read under other numbers; `next_number` is free."""

    culprits: list[File]
    lost: list[int]
    next_number: int


class _Lost(Exception):
    """A worker died or went beyond its time at file number `at` of its batch."""

    def __init__(self, at: int):
        super().__init__(at)
        self.at = at


def run_batches(
    command: Sequence[str],
    setup: dict,
    files: Sequence[File],
    processes: int,
    on_done: Callable[[int], None],
    seconds: float,
) -> Outcome:
    """Have all files read by worker processes started with `command`, in numbered batches.

    `setup` is told to each worker once; `on_done` is called with the number of files finished since the last call.
    """
    size = max(1, min(BATCH, -(-len(files) // (4 * processes))))
    batches = [_Batch(n, tuple(files[i : i + size])) for n, i in enumerate(range(0, len(files), size))]
    run = _Run(command, setup, batches, on_done, seconds)
    processes = min(processes, len(batches))
    with ThreadPoolExecutor(max(processes, 1)) as threads:
        drivers = [threads.submit(run.drive) for _ in range(processes)]
        try:
            for driver in drivers:
                driver.result()
        finally:
            run.abandon()
    return Outcome(run.culprits, run.lost, run.next_number)


class _Run:
    """What the threads share, each of which drives one worker after the other."""

    def __init__(self, command, setup, batches, on_done, seconds):
        self.culprits: list[File] = []
        self.lost: list[int] = []
        self._command, self._setup, self._on_done, self._seconds = command, setup, on_done, seconds
        self._waiting = deque(batches)
        self.next_number = len(batches)
        self._lock = threading.Lock()
        self._abandoned = False

    def drive(self) -> None:
        worker = None
        try:
            while (batch := self._take()) is not None:
                if batch.alone and worker is not None:
                    worker = worker.end()
                worker = worker or _Worker(self._command, self._setup)
                try:
                    worker.read(batch, self._seconds)
                except _Lost as lost:
                    worker = worker.end()
                    self._split(batch, lost.at)
                else:
                    with self._lock:
                        self._on_done(len(batch.files))
        finally:
            if worker is not None:
                worker.end()

    def abandon(self) -> None:
        """Let the threads come to an end, whatever is still waiting."""
        self._abandoned = True

    def _take(self) -> _Batch | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting and not self._abandoned else None

    def _split(self, batch: _Batch, at: int) -> None:
        """The suspect goes alone, the rest together; who fails alone is the culprit."""
        suspect, rest = batch.files[at : at + 1], batch.files[:at] + batch.files[at + 1 :]
        with self._lock:
            self.lost.append(batch.number)
            if batch.alone:
                self.culprits += suspect
                self._on_done(1)
                return
            for files, alone in ((rest, False), (suspect, True)):
                if files:
                    self._waiting.append(_Batch(self.next_number, files, alone))
                    self.next_number += 1


class _Worker:
    """One child process."""

    def __init__(self, command: Sequence[str], setup: dict):
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )
        self._unread = self._said = b""
        self._tell(setup)
        if self._hear(time.monotonic() + START) != b"ready":
            self.end()
            if number := refused_in(self._said.decode(errors="replace")):  # Python met it before it was ours
                raise OSError(number, os.strerror(number))
            raise RuntimeError("a reading worker could not be started; the log says why")

    def read(self, batch: _Batch, seconds: float) -> None:
        """Have a batch read and its parts written; raises _Lost, and OSError for what the disk refuses."""
        self._tell({"number": batch.number, "files": batch.files})
        at = 0
        while (line := self._hear(time.monotonic() + seconds)) != b"done":
            if line is None:
                raise _Lost(at)
            if line.startswith(b"refused "):
                number = int(line.removeprefix(b"refused "))
                raise OSError(number, os.strerror(number))
            at = int(line)

    def end(self) -> None:
        """End the process, however it is; what it said in its distress goes to the log."""
        self._process.kill()
        self._process.wait()
        self._listen(self._process.stderr.fileno())
        if said := self._said.decode(errors="replace").strip():
            _log.warning("a reading worker said: %s", said)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                continue  # what was still to be told

    def _tell(self, words: dict) -> None:
        try:
            self._process.stdin.write(json.dumps(words).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # it is dead, which the next hearing finds

    def _hear(self, deadline: float) -> bytes | None:
        """Its next line; None when it is dead or has not said it by the deadline, whatever else it says meanwhile."""
        answers, errors = self._process.stdout.fileno(), self._process.stderr.fileno()
        open_ones = [answers, errors]
        while b"\n" not in self._unread:
            ready, _, _ = select.select(open_ones, [], [], max(0.0, deadline - time.monotonic()))
            if errors in ready and not self._listen(errors):
                open_ones.remove(errors)
            if answers in ready:
                said = os.read(answers, 1 << 16)
                if not said:
                    return None
                self._unread += said
            elif not ready or time.monotonic() > deadline:
                return None
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _listen(self, errors: int) -> bool:
        """Take what is said beside the answers, and keep the end of it; False when it is over."""
        said = os.read(errors, 1 << 16)
        self._said = (self._said + said)[-_KEPT:]
        return bool(said)
