"""The one process that holds Great Expectations, started early and fed by paths."""

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

_PATIENCE = 20.0  # seconds that an idle child is given to end by itself


class ValidatorFailed(RuntimeError):
    """The validating process died or could not judge: our fault, never a reporter's."""


_warm: list["_Child"] = []  # started ahead of the Validator that will own them


class _Child(NamedTuple):
    """The validating process, and the file that takes down its complaints."""

    process: subprocess.Popen
    complaints: IO[bytes]

    @classmethod
    def start(cls) -> "_Child":
        complaints = tempfile.TemporaryFile()  # noqa: SIM115  closed by Validator.close()
        command = [sys.executable, "-m", "duban.checking.expectations"]
        pipe = subprocess.PIPE
        return cls(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=complaints, encoding="utf-8"), complaints)


def warm_up() -> int:
    """Start a validating process for the next Validator to take over, so that its import runs beside the caller's own;
    returns its process id.

    One that is never taken over ends with the caller, when nobody is left to give it orders.
    """
    _warm.append(_Child.start())
    return _warm[-1].process.pid


class Validator:
    """Owns a child process that imports Great Expectations in the background as soon as it is made.

    A context manager; `validate` may be called any number of times, from one thread.
    """

    def __init__(self) -> None:
        self._child, self._complaints = _warm.pop() if _warm else _Child.start()

    @property
    def process(self) -> int:
        """The child's process id."""
        return self._child.pid

    def validate(self, frame_path: Path, failures_path: Path, results_path: Path | None = None) -> None:
        """Validate a frame (Parquet) and write the failing rows (Parquet: n, rule); where it is asked for, what each
        expectation found as well (JSON: one record each, see `expectations.validate`).

        Raises ValidatorFailed with what the child said when it could not judge, or died.
        """
        order = {
            "frame": str(frame_path.resolve()),
            "failures": str(failures_path.resolve()),
            "results": str(results_path.resolve()) if results_path else None,
        }
        try:
            print(json.dumps(order), file=self._child.stdin, flush=True)
            answer = self._child.stdout.readline()
        except (BrokenPipeError, ValueError):
            answer = ""
        if not answer:
            raise ValidatorFailed(f"the validating process ended with {self._ended()}: {self._last_words()}")
        error = json.loads(answer)["error"]
        if error:
            raise ValidatorFailed(error)

    def close(self) -> None:
        """End the child; a second call does nothing."""
        if self._complaints.closed:
            return
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(BrokenPipeError):
                pipe.close()
        if self._child.poll() is None:
            # it may still be importing: there is nothing in it worth waiting for
            self._child.terminate()
            self._ended()
        self._complaints.close()

    def _ended(self) -> str:
        try:
            return f"code {self._child.wait(_PATIENCE)}"
        except subprocess.TimeoutExpired:
            self._child.kill()
            return f"code {self._child.wait()}"

    def _last_words(self) -> str:
        self._complaints.seek(0)
        return self._complaints.read()[-2000:].decode(errors="replace").strip() or "it said nothing"

    def __enter__(self) -> "Validator":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
