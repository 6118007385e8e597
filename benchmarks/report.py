"""Tables and plots of what was measured, and their places in a document.

A document says where a table belongs by `<!-- table: NAME -->` and `<!-- end -->`; what stands between is replaced.
Medians; nothing is extrapolated: what was not measured is left out. A ratio is the median of the ratios run by run
where both were run as often in turn, else that of the medians.
"""

import json
import math
import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from operator import itemgetter
from pathlib import Path

from benchmarks import plot
from benchmarks.cases import (
    CASES,
    INFLATED,
    NEW,
    NEW_STAGES,
    PLAIN,
    PUBLISHING,
    READ,
    SCRIPT,
    STAGES,
    STANDING,
    STEPS,
    XLSXWRITER,
)
from benchmarks.cycle import COLLECTING

MEASUREMENTS, REPORT = "measurements.jsonl", "report.md"
_FLOORS = {INFLATED: "inflate", READ: "calamine"}  # the stage in which they have begun
_PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

Line = dict
Lines = dict[tuple[str, int], list[Line]]


def lines(path: Path, commit: str | None = None) -> list[Line]:
    """What was measured, oldest first; of one commit where it is given."""
    if not path.exists():
        return []
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in found if commit in (None, line["commit"])]


def write_report(folder: Path, document: Path | None = None) -> Path:
    """`report.md` and the plots in `folder`; where there is a document, the tables in their places in it and the plots
    in `images` beside it."""
    found: Lines = defaultdict(list)
    for line in lines(folder / MEASUREMENTS):
        found[line["case"], line["size"]].append(line)
    for key, of_it in found.items():  # each case by the commit that measured it last
        found[key] = [line for line in of_it if line["commit"] == of_it[-1]["commit"]]
    tables = {name: "\n".join(make(found)) for name, make in TABLES.items()}
    for name, drawing in plots(found).items():
        (folder / name).write_text(drawing, encoding="utf-8")
        if document:
            (document.parent / "images" / name).write_text(drawing, encoding="utf-8")
    report = folder / REPORT
    report.write_text("\n\n".join(f"## {name}\n\n{table}" for name, table in tables.items()) + "\n", encoding="utf-8")
    if document:
        text = document.read_text(encoding="utf-8")
        document.write_text(_PLACE.sub(lambda m: f"{m[1]}{tables[m[2]]}\n{m[3]}", text), encoding="utf-8")
        return document
    return report


def _machine(found: Lines) -> Iterable[str]:
    every = [line for of_it in found.values() for line in of_it]
    yield from dict.fromkeys(f"{line['machine']}." for line in every)
    if every:
        commits = ", ".join(dict.fromkeys(f"`{line['commit']}`" for line in every))
        yield f"Commit {commits}; measured until {max(line['at'] for line in every)[:10]}."


def _shown(found: Lines) -> Iterable[str]:
    """What is wanted of duban, and what was measured of it."""

    def told(name: str, size: int, what: Callable[[Line], float] = itemgetter("seconds")) -> list[float]:
        return [what(line) for line in found.get((name, size), ())]

    def each(size: int) -> list[float]:
        return [one / size for one in told(STAGES, size, _all)]

    yield _head("", "wanted", "measured", "")
    for title, wanted, ones, others in (
        (
            "Collecting 6,000, beside calamine alone over the same files",
            "at most 2",
            told(STAGES, 6_000, _collect),
            told(READ, 6_000, _stage("calamine")),
        ),
        ("End to end at 60 in process, beside the script", "at most 1", told(PLAIN, 60), told(SCRIPT, 60)),
        ("The script at 6,000, beside duban in process", "at least 10", told(SCRIPT, 6_000), told(PLAIN, 6_000)),
        ("End to end at 60, standing server, beside the script", "at most 1.5", told(STANDING, 60), told(SCRIPT, 60)),
        ("The script at 6,000, beside a standing server", "at least 8", told(SCRIPT, 6_000), told(STANDING, 6_000)),
        (
            "Publishing for 1,000, beside XlsxWriter alone",
            "at most 1.2",
            told(PUBLISHING, 1_000, _stage("publish")),
            told(XLSXWRITER, 1_000, _stage("publish")),
        ),
        ("Time per submission at 32,000, beside that at 600", "at most 1.1", each(32_000), each(600)),
        (
            "Peak of memory at 32,000, beside that at 600",
            "at most 1.5",
            told(STAGES, 32_000, _peak),
            told(STAGES, 600, _peak),
        ),
        ("Ten new files among 32,000, beside ten among 60", "at most 2", told(NEW, 32_000), told(NEW, 60)),
    ):
        ratio, bound = _ratio(ones, others), float(wanted.split()[-1])
        if ratio is None:
            yield _row(title, wanted, "–", "not measured")
        else:
            reached = ratio >= bound if "least" in wanted else ratio <= bound
            yield _row(title, wanted, _said(ratio), "reached" if reached else "not reached")


def _whole(found: Lines) -> Iterable[str]:
    yield _head("submissions", "", "runs", "seconds", "from – to", "processors", "memory", "ratio to the script")
    names = [INFLATED, READ, *_of("whole")]
    for size in sorted({size for name, size in found if name in names[2:]}):
        peers = [line["seconds"] for line in found.get((SCRIPT, size), ())]
        for name in names:
            if of_it := found.get((name, size)):
                seconds = [line["seconds"] for line in of_it]
                spread = f"{_s(min(seconds))} – {_s(max(seconds))}"
                yield _row(f"{size:,}", name, len(of_it), *_middle(of_it, spread), _said(_ratio(seconds, peers)))


def _collecting(found: Lines) -> Iterable[str]:
    yield _head(
        *("submissions", "runs", "inflating", "calamine", "collecting", "ratio to calamine"),
        *("collecting one", "collecting and publishing one", "peak of memory"),
    )
    for size in _sizes(found, STAGES):
        of_it = found[STAGES, size]
        inflate, calamine = (
            [_stage(stage)(line) for line in found.get((name, size), ())] for name, stage in _FLOORS.items()
        )
        collect, both = [_collect(line) for line in of_it], [_all(line) for line in of_it]
        yield _row(
            *(f"{size:,}", len(of_it), _s(_median(inflate)), _s(_median(calamine)), _s(_median(collect))),
            *(_said(_ratio(collect, calamine)), *(f"{_median(one) / size * 1000:.1f} ms" for one in (collect, both))),
            f"{_median(map(_peak, of_it)):,.0f} MB",
        )


def _stages(found: Lines) -> Iterable[str]:
    sizes = _sizes(found, STAGES)
    yield _head("seconds / of processors / MB", *(f"{size:,}" for size in sizes))
    for stage in ("imports", *COLLECTING, "publish"):
        middle = (_middle([line["stages"][stage] for line in found[STAGES, size]]) for size in sizes)
        yield _row(stage, *(" / ".join(one).removesuffix(" MB") for one in middle))


def _steps(found: Lines) -> Iterable[str]:
    yield _head("step", "milliseconds of a processor a file")
    if of_it := [line for (name, _), every in found.items() if name == STEPS for line in every]:
        spent = {
            stage: _median(line["stages"][stage]["processors"] / int(line["printed"][-1]) * 1000 for line in of_it)
            for stage in ("bytes", "isolate", "read", "clean", "parquet")
        }
        before = {"read": spent["isolate"], "clean": spent["read"]}  # each of these does the one before it as well
        yield from (_row(stage, f"{ms - before.get(stage, 0.0):.2f}") for stage, ms in spent.items())


def _new(found: Lines) -> Iterable[str]:
    yield _head(
        *("collected before", "runs", "seconds", "processors", "memory", "ratio to 60"),
        "seconds by stages, imports apart: " + " / ".join(COLLECTING),
    )
    first = [line["seconds"] for line in found.get((NEW, 60), ())]
    for size in _sizes(found, NEW):
        of_it, by_stages = found[NEW, size], found.get((NEW_STAGES, size), ())
        parts = " / ".join(_s(_median(map(_stage(stage), by_stages))) for stage in COLLECTING)
        ratio = _ratio([line["seconds"] for line in of_it], first)
        yield _row(f"{size:,}", len(of_it), *_middle(of_it), _said(ratio), parts)


def _peers(group: str, stage: str) -> Callable[[Lines], Iterable[str]]:
    """Of a group's cases, what their one stage takes, beside the first of them."""

    def table(found: Lines) -> Iterable[str]:
        names = _of(group)
        yield _head("submissions", "", "runs", "seconds", "processors", "memory", "ratio to the first")
        for size in sorted({size for name, size in found if name in names}):
            first = [_stage(stage)(line) for line in found.get((names[0], size), ())]
            for name in names:
                if of_it := found.get((name, size)):
                    ratio = _ratio([_stage(stage)(line) for line in of_it], first)
                    middle = _middle([line["stages"][stage] for line in of_it])
                    yield _row(f"{size:,}", name, len(of_it), *middle, _said(ratio))

    return table


def _imports(found: Lines) -> Iterable[str]:
    yield _head("a process that imports", "runs", "seconds", "processors", "memory")
    for name in _of("imports"):
        if of_it := found.get((name, 0)):
            yield _row(name, len(of_it), *_middle(of_it))


TABLES = {
    "machine": _machine,
    "shown": _shown,
    "whole": _whole,
    "collecting": _collecting,
    "stages": _stages,
    "steps": _steps,
    "new": _new,
    "checks": _peers("checks", "check"),
    "writing": _peers("writing", "publish"),
    "imports": _imports,
}


def plots(found: Lines) -> dict[str, str]:
    """SVG by file name; none where nothing was measured for it."""

    def each(name: str, what: Callable[[Line], float]) -> list[tuple[int, float]]:
        return [(size, _median(map(what, found[name, size]))) for size in _sizes(found, name)]

    def a_submission(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
        return [(size, value / size) for size, value in points]

    seconds = {name: a_submission(each(name, itemgetter("seconds"))) for name in _of("whole")}
    seconds["duban collecting, imports apart"] = a_submission(each(STAGES, _collect))
    seconds["calamine alone, imports apart"] = a_submission(each(READ, _stage("calamine")))
    memory = {name: each(name, itemgetter("memory")) for name in (SCRIPT, PLAIN, STANDING, STAGES, READ)}
    stages = {
        f"{size:,}": {
            stage: _median(map(_stage(stage), found[STAGES, size])) / size * 1000 for stage in (*COLLECTING, "publish")
        }
        for size in _sizes(found, STAGES)
    }
    drawn = {}
    if lines := {name: line for name, line in seconds.items() if line}:
        drawn["seconds.svg"] = plot.lines("Seconds a submission", lines, "submissions", "seconds", log=True)
    if stages:
        drawn["stages.svg"] = plot.bars("Where the time goes", stages, "submissions", "milliseconds a submission")
    if lines := {name: line for name, line in memory.items() if line}:
        drawn["memory.svg"] = plot.lines("Peak of memory of all processes", lines, "submissions", "MB", log=False)
    return drawn


def _stage(name: str) -> Callable[[Line], float]:
    return lambda line: line["stages"][name]["seconds"]


def _collect(line: Line) -> float:
    return sum(_stage(stage)(line) for stage in COLLECTING)


def _all(line: Line) -> float:
    return _collect(line) + _stage("publish")(line)


def _peak(line: Line) -> float:
    return max(line["stages"][stage]["memory"] for stage in (*COLLECTING, "publish"))


def _of(group: str) -> list[str]:
    return [case.name for case in CASES if case.group == group]


def _sizes(found: Lines, name: str) -> list[int]:
    return sorted(size for case, size in found if case == name)


def _median(values: Iterable[float]) -> float:
    values = list(values)
    return statistics.median(values) if values else math.nan


def _middle(of_it: list[Line], spread: str | None = None) -> list[str]:
    """Medians of seconds, after them the `spread` where it is given, of processors, and of memory."""
    seconds, processors, memory = (
        _median(line[word] for line in of_it) for word in ("seconds", "processors", "memory")
    )
    return [_s(seconds), *([spread] if spread else []), _s(processors), f"{memory:,.0f} MB"]


def _ratio(ones: list[float], others: list[float]) -> float | None:
    if not ones or not others:
        return None
    if len(ones) == len(others):
        return _median(one / other for one, other in zip(ones, others, strict=True))
    return _median(ones) / _median(others)


def _said(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}" if ratio < 100 else f"{ratio:.0f}"


def _s(seconds: float) -> str:
    if math.isnan(seconds):
        return "–"
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.1f}" if seconds < 100 else f"{seconds:,.0f}"


def _head(*titles: str) -> str:
    return f"{_row(*titles)}\n{'|---' * len(titles)}|"


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
