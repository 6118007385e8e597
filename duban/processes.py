"""Work of equal pieces shared among a few child processes.

They are plain children spoken to over their pipes, not a process pool: a pool's children import the program that was
started, which may be Prefect, and forking is not safe beside the warehouse's threads.
"""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import SimpleQueue

from duban.settings import REPOSITORY

WORTH = 100  # pieces, each a workbook, that a child must have before it: fewer cost no more than its start
_MOST = 8
_PATIENCE = 20.0  # seconds that a child is given to finish the piece it is at


class ChildLost(RuntimeError):
    """A child process died at its work: killed, or out of memory."""


class Here:
    """Does the work at once and in this process."""

    def submit(self, function: Callable, *arguments) -> Future:
        """The result of the call, which is made before this returns, and raises here."""
        future: Future = Future()
        future.set_result(function(*arguments))
        return future


class Children:
    """Does the work in child processes, each at one piece at a time."""

    def __init__(self, processes: int):
        self._threads = ThreadPoolExecutor(processes)
        self._children = [_Child() for _ in range(processes)]
        self._idle: SimpleQueue[_Child] = SimpleQueue()
        for child in self._children:
            self._idle.put(child)

    @property
    def ids(self) -> list[int]:
        """The process ids of the children."""
        return [child.id for child in self._children]

    def submit(self, function: Callable, *arguments) -> Future:
        """Have `function` (of a module, not of the program that was started) called with these arguments, which go
        over as pickles. The result raises what the function raised, and ChildLost when its process died."""
        return self._threads.submit(self._call, function, arguments)

    def close(self) -> None:
        """Let every child finish the piece it is at, and no other."""
        self._threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.close()

    def _call(self, function: Callable, arguments: tuple):
        child = self._idle.get()
        try:
            return child.call(function, arguments)
        finally:
            self._idle.put(child)


Workers = Here | Children


def usual() -> int:
    """How many children share work: one a core, within bounds, and two at least."""
    return max(2, min(_MOST, os.cpu_count() or 2))


def beside() -> int:
    """How many children share what goes on beside other work, which wants its processors and memory as well."""
    return max(1, usual() // 2)


@contextmanager
def sharing(pieces: int, processes: int | None = None) -> Iterator[Workers]:
    """Where to `submit` so many pieces of work: to children, at least two where they are `WORTH` it; else here."""
    count = min(processes or usual(), pieces // WORTH)
    if count < 2:
        yield Here()
        return
    children = Children(count)
    try:
        yield children
    finally:
        children.close()


class _Child:
    """One child process."""

    def __init__(self) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "duban.processes"],  # -P: the folder we are in is no place to import from
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )

    @property
    def id(self) -> int:
        return self._process.pid

    def call(self, function: Callable, arguments: tuple):
        words = pickle.dumps((function, arguments))  # before anything is sent: what cannot be pickled harms no child
        try:
            self._process.stdin.write(words)
            self._process.stdin.flush()
            error, result = pickle.load(self._process.stdout)
        except (BrokenPipeError, EOFError, pickle.UnpicklingError) as end:
            code = self._process.wait()
            raise ChildLost(f"a child process ended with {code}: {self._last_words()}") from end
        if error:
            raise error
        return result

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()[-2000:]


def work() -> None:
    """A child's life: calls what it is told to until it is told no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches it too: its parent ends it, after the piece at hand
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed must not be taken for an answer
    while True:
        try:
            function, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = None, function(*arguments)
        except Exception as error:
            error.add_note(f"In a child process:\n{traceback.format_exc()}")
            answer = error, None
        answers.write(pickle.dumps(answer))
        answers.flush()


if __name__ == "__main__":
    work()
