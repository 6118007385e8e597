"""The province's figures counted once more from the files that were sent, with none of duban's code.

A publication's manifest says which files count (by digest); everything else comes from the files and the plan.
"""

import csv
import datetime as dt
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from recount.plan import Measure, Plan, cut
from recount.sheets import NOT_APPLICABLE, number, rows_of, text

Part = tuple[Decimal, Decimal, dt.datetime]  # numerator, denominator, when it was received
COLUMNS = ["quarter", "reporter", "accession", "received", "input", "sheet_row", "figure"]


@dataclass(frozen=True, eq=False)
class Count:
    """What a publication should say; `samples` holds a folder of files with `arrivals.csv` for each quarter."""

    plan: Plan
    manifest: dict
    samples: Path

    @classmethod
    def of(cls, folder: Path, plan: Plan, samples: Path) -> "Count":
        return cls(plan, json.loads((folder / "manifest.json").read_text(encoding="utf-8")), samples)

    @property
    def quarter(self) -> str:
        return self.manifest["quarter"]

    @property
    def now(self) -> int:
        return int(self.quarter[-1])

    def until(self, quarter: str) -> "Count":
        """The same as of an earlier quarter's end."""
        sent = [one for one in self.manifest["submissions"] if one["quarter"] <= quarter]
        past = Count(self.plan, self.manifest | {"quarter": quarter, "submissions": sent}, self.samples)
        past.__dict__.update(files=self.files, typed=self.typed[self.typed.quarter <= quarter])  # read once
        return past

    @cached_property
    def files(self) -> dict[str, tuple[Path, dt.datetime]]:
        """Each sent file and when it came in, by digest; the same bytes sent twice came in when they first did."""
        found = {}
        for listed in sorted(self.samples.glob("*/arrivals.csv"), reverse=True):
            with listed.open(encoding="utf-8-sig", newline="") as lines:
                for row in sorted(csv.DictReader(lines), key=lambda row: row["received_at"], reverse=True):
                    path = listed.parent / row["file"]
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    found[digest] = path, dt.datetime.fromisoformat(row["received_at"])
        return found

    @cached_property
    def current(self) -> list[dict]:
        """The submissions whose figures count."""
        return [one for one in self.manifest["submissions"] if one["current"]]

    def path(self, accession: str) -> Path:
        [digest] = [one["digest"] for one in self.manifest["submissions"] if one["accession"] == accession]
        return self.files[digest][0]

    @cached_property
    def typed(self) -> pd.DataFrame:
        """One row per figure that was typed: COLUMNS; a figure is a number, 不适用, or None."""
        units = dict(self._units())
        rows = []
        for one in self.current:
            path, received = self.files[one["digest"]]
            for row, cells in rows_of(path, "指标数据", "指标编码", "本季填报数"):
                code = text(cells["指标编码"])
                if code in units:
                    figure = number(cells["本季填报数"], units[code])
                    rows.append((one["quarter"], one["reporter"], one["accession"], received, code, row, figure))
        return pd.DataFrame(rows, columns=COLUMNS).astype({"figure": object})

    def _units(self):
        for item in self.plan.items.values():
            for name, record in (item.get("measures") or {}).items():
                if record["aggregate"] != "ratio":
                    yield name, record["unit"]
                for part in ("numerator", "denominator"):
                    if "title" in (record.get(part) or {}):
                        yield f"{name}.{part}", record[part]["unit"]

    @cached_property
    def figures(self) -> dict[tuple[str, str, str], tuple[Decimal, Decimal] | str | None]:
        """By (measure, reporter, quarter): numerator over denominator (a count's is 1), 不适用, or None where something
        is missing."""
        cells = {(r.input, r.reporter, r.quarter): r.figure for r in self.typed.itertuples()}
        found = {}
        for code, reporter, quarter in cells:
            measure = self.plan.measures[code.partition(".")[0]]
            parts = [measure.name] if measure.aggregate != "ratio" else [f"{measure.name}.numerator"]
            if measure.aggregate == "ratio" and measure.per is None:
                parts.append(f"{measure.name}.denominator")
            values = [cells.get((part, reporter, quarter)) for part in parts]
            if NOT_APPLICABLE in values:
                figure = NOT_APPLICABLE
            elif None in values:
                figure = None
            elif measure.per:
                figure = values[0], cut(self.plan.population[reporter] / measure.per)
            else:
                figure = values[0], values[1] if len(values) == 2 else Decimal(1)
            found[measure.name, reporter, quarter] = figure
        return found

    @cached_property
    def of_measure(self) -> dict[str, dict[str, dict[str, object]]]:
        """The figures by measure, reporter and quarter."""
        found: dict[str, dict[str, dict[str, object]]] = defaultdict(lambda: defaultdict(dict))
        for (measure, reporter, quarter), figure in self.figures.items():
            found[measure][reporter][quarter] = figure
        return found

    def own(self, measure: Measure, reporter: str, quarter: str) -> Decimal | None:
        """A reporter's figure of a quarter; None where it has none or its denominator is 0."""
        figure = self.figures.get((measure.name, reporter, quarter))
        return _value(*figure) if isinstance(figure, tuple) else None

    def province(self, measure: Measure, quarter: str) -> Decimal | None:
        """The province's own figure of a quarter."""
        found = {reporter: told.get(quarter) for reporter, told in self.of_measure[measure.name].items()}
        received = self.received(quarter)
        return self.together(measure, {r: (*f, received[r]) for r, f in found.items() if isinstance(f, tuple)})

    def standing(self, measure: Measure, reporter: str) -> tuple[Decimal, Decimal] | None:
        """Where a reporter stands in the year: figures of single quarters add up, all others are this quarter's."""
        told = {q: f for q, f in self.of_measure[measure.name][reporter].items() if isinstance(f, tuple)}
        if measure.figures == "in_quarter" and measure.aggregate in ("sum", "ratio") and told:
            bottom = [d for _, d in told.values()]
            whole = sum(bottom) if measure.aggregate == "ratio" and measure.per is None else max(bottom)
            return sum(n for n, _ in told.values()), whole
        if measure.figures == "in_quarter" and measure.aggregate == "max" and told:
            return max(n for n, _ in told.values()), Decimal(1)
        return told.get(self.quarter)

    def stands_at(self, measure: Measure, reporter: str) -> Decimal | None:
        standing = self.standing(measure, reporter)
        return _value(*standing) if standing else None

    def stood(self, measure: Measure) -> Decimal | None:
        """The year's figure of the province."""
        return self.together(measure, self.parts(measure))

    def parts(self, measure: Measure) -> dict[str, Part]:
        """Where each reporter stands in the year, and when it said so last."""
        parts = {}
        for reporter, told in self.of_measure[measure.name].items():
            if standing := self.standing(measure, reporter):
                last = max(self.received(q)[reporter] for q, figure in told.items() if isinstance(figure, tuple))
                parts[reporter] = (*standing, last)
        return parts

    def together(self, measure: Measure, parts: dict[str, Part]) -> Decimal | None:
        """The province's figure out of its reporters'."""
        if not parts:
            return None
        match measure.aggregate:
            case "ratio":
                return _value(sum(n for n, _, _ in parts.values()), sum(d for _, d, _ in parts.values()))
            case "sum":
                return sum(n for n, _, _ in parts.values())
            case "max":
                return max(n for n, _, _ in parts.values())
        latest = max(parts, key=lambda reporter: (parts[reporter][2], self.plan.places[reporter]))
        return parts[latest][0]

    @cache  # noqa: B019  one count lives as long as its test
    def received(self, quarter: str) -> dict[str, dt.datetime]:
        """When the report of each reporter that counts came in."""
        return {one["reporter"]: self.files[one["digest"]][1] for one in self.current if one["quarter"] == quarter}

    def reported(self, measure: Measure, quarter: str) -> int:
        """How many reporters said something: a figure or 不适用."""
        return sum(told.get(quarter) is not None for told in self.of_measure[measure.name].values())

    def target(self, measure: Measure, reporter: str | None, owing: int) -> Decimal | None:
        """The province's target, or a reporter's own: its share, or the whole where each has to reach it or it is the
        only one of `owing` reporters."""
        if reporter is None:
            return measure.target
        if (reporter, measure.name) in self.plan.shares:
            return self.plan.shares[reporter, measure.name]
        return measure.target if measure.aggregate == "ratio" or owing == 1 else None


def _value(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    return cut(numerator / denominator) if denominator else None
