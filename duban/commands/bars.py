"""Progress of long work, for commands that run no flow."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bars() -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """On a terminal a bar on stderr for the step at hand."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as drawn:
        shown = drawn.add_task("准备", total=None)

        def show(title: str) -> Callable[[int, int], None]:
            drawn.reset(shown, description=title, total=None)
            return lambda done, total: drawn.update(shown, completed=done, total=total)

        yield show
