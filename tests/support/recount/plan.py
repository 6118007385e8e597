"""What the plan's own files say, read as plain YAML and CSV."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Measure:
    name: str
    item: int
    title: str
    unit: str
    figures: str
    aggregate: str
    target: Decimal | None
    by: int | None  # the target's quarter of the year
    schedule: tuple[int, ...]
    per: int | None  # where the denominator is the population, so many people count as one

    def share_due(self, quarter: int) -> Decimal:
        """The share of the target due by the end of a quarter: the schedule, stretched to the target's own quarter."""
        by = self.by or 4
        return Decimal(1) if quarter >= by else cut(Decimal(self.schedule[quarter - 1]) / self.schedule[by - 1])


@dataclass(frozen=True)
class Plan:
    folder: Path

    def _yaml(self, name: str) -> object:
        return yaml.load((self.folder / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)

    @cached_property
    def items(self) -> dict[int, dict]:
        found = [self._yaml(f"items/{path.name}") for path in sorted((self.folder / "items").glob("*.yaml"))]
        return {int(item["item"]): item for item in found}

    @cached_property
    def reporters(self) -> list[dict]:
        return self._yaml("reporters.yaml")

    @cached_property
    def places(self) -> dict[str, int]:
        """A reporter's place in the plan, by code."""
        return {record["code"]: place for place, record in enumerate(self.reporters)}

    @cached_property
    def names(self) -> dict[str, str]:
        return {record["code"]: record["name"] for record in self.reporters}

    @cached_property
    def kinds(self) -> dict[str, str]:
        return {record["code"]: record["kind"] for record in self.reporters}

    @cached_property
    def about(self) -> dict:
        """What plan.yaml says."""
        return self._yaml("plan.yaml")

    @cached_property
    def chapters(self) -> dict[int, str]:
        return {int(number): record["title"] for number, record in self.about["chapters"].items()}

    def answering(self, item: int) -> list[str]:
        """Who answers for an item, by code: its leads, or who sums it up."""
        told = self.items[item]
        return [self.codes[name] for name in told.get("lead") or [told["consolidates"]]]

    @cached_property
    def codes(self) -> dict[str, str]:
        """Reporters' codes by all that they are called."""
        return {
            name: record["code"]
            for record in self.reporters
            for name in (record["name"], record["full_name"], *record.get("aliases", ()))
        }

    @cached_property
    def population(self) -> dict[str, Decimal]:
        return {r["code"]: Decimal(r["population"]) for r in self.reporters if "population" in r}

    @cached_property
    def measures(self) -> dict[str, Measure]:
        return {measure.name: measure for measure in self._measures()}

    def _measures(self) -> Iterator[Measure]:
        plan = self.about
        usual = plan.get("schedule", ["25", "50", "75", "100"])
        for number, item in self.items.items():
            for name, record in (item.get("measures") or {}).items():
                target = record.get("target") or {}
                figure = target.get("at_least") or (plan.get("baselines") or {}).get(target.get("baseline"))
                reference = isinstance(record.get("denominator"), dict) and "reference" in record["denominator"]
                yield Measure(
                    name,
                    number,
                    record["title"],
                    record["unit"],
                    record["figures"],
                    record["aggregate"],
                    Decimal(figure) if figure not in (None, "", "null") else None,
                    int(target["by"][-1]) if "by" in target else None,
                    tuple(int(share) for share in record.get("schedule", usual)),
                    int(record["denominator"].get("per", 1)) if reference else None,
                )

    @cached_property
    def shares(self) -> dict[tuple[str, str], Decimal]:
        """A reporter's share of a target, by (code, measure)."""
        codes = {name: code for code, name in self.names.items()}
        with (self.folder / "targets.csv").open(encoding="utf-8-sig", newline="") as file:
            return {(codes[r["reporter"]], r["measure"]): Decimal(r["target"]) for r in csv.DictReader(file)}


def cut(value: Decimal) -> Decimal:
    """Six digits after the point, the rest cut off."""
    return value.quantize(Decimal("0.000001"), rounding="ROUND_DOWN")
