"""Figures of the sample reports: plausible by the size of a place, around what the schedule wants."""

import random
from decimal import Decimal

from duban.quarters import Quarter
from duban.registry.registry import Registry
from sample_submissions.narrate import read

RULES = read("figures.yaml")


def figures_of(registry: Registry, reporter, quarter: Quarter, cast: dict) -> dict[str, Decimal]:
    """What a reporter has to type, by input code."""
    found: dict[str, Decimal] = {}
    for entry in registry.owed_inputs[reporter.code]:
        _figure(entry.code, registry, reporter, quarter, cast, found)
    return {entry.code: found[entry.code] for entry in registry.owed_inputs[reporter.code]}


def _figure(code: str, registry: Registry, reporter, quarter: Quarter, cast: dict, found: dict) -> Decimal:
    if code not in found:
        rule = RULES["inputs"].get(code)
        if rule is None:
            raise SystemExit(f"sample_submissions/figures.yaml says nothing of {code}: add how its figures come about")
        rng = random.Random(f"{quarter} {reporter.code} {code}")
        if code.startswith("substandard_food_disposed") and reporter.code in cast["none_to_dispose"]:
            found[code] = Decimal(0)
        elif "part_of" in rule:
            whole = _figure(rule["part_of"], registry, reporter, quarter, cast, found)
            found[code] = min(whole, _whole(float(whole) * _between(rule["rate"], reporter, rng)))
        else:
            found[code] = _free(rule, code, registry, reporter, quarter, rng, reporter.code in cast["rounds"])
    return found[code]


def _free(rule: dict, code: str, registry: Registry, reporter, quarter: Quarter, rng, rounds: bool) -> Decimal:
    if "value" in rule or "by" in rule:
        return Decimal(str(rule["value"] if "value" in rule else rule["by"][reporter.name]))
    if "on_schedule" in rule:
        due = _due(registry, reporter, registry.inputs[code].measure, quarter)
        number = float(due) * _between(rule["on_schedule"], reporter, rng)
    else:
        number = rule["per_million"] * reporter.population / 1e6 * rng.uniform(0.75, 1.25)
        number *= 0.8 + 0.4 * RULES["pace"][reporter.code]
    if rule.get("decimals"):
        return Decimal(f"{number:.2f}").normalize()
    number = max(number, rule.get("least", 0))
    return _whole(number, -2 if (rounds and number >= 10_000) or rule.get("hundreds") else 0)


def _due(registry: Registry, reporter, name: str, quarter: Quarter) -> Decimal:
    """How much of a measure's target is due by the quarter's end: batches, or the numerator of a rate per head."""
    _, measure = registry.measures[name]
    target = registry.target_of(reporter.code, name)
    if measure.denominator and measure.denominator.reference:
        target *= Decimal(reporter.population) / measure.denominator.per
    return target * registry.schedule_of(measure)[quarter.number - 1] / 100


def _between(limits: list[float], reporter, rng: random.Random) -> float:
    at = RULES["pace"][reporter.code] + rng.gauss(0, 0.22)
    return limits[0] + (limits[1] - limits[0]) * min(1.0, max(0.0, at))


def _whole(number: float, digits: int = 0) -> Decimal:
    return Decimal(int(round(number, digits)))


def words_for(figures: dict[str, Decimal]) -> dict[str, str]:
    """Figures as they stand in a text, and rates as `<measure>.rate`."""
    words = {code: f"{value:f}" for code, value in figures.items()}
    for code, value in figures.items():
        measure, _, part = code.rpartition(".")
        whole = figures.get(f"{measure}.denominator")
        if part == "numerator" and whole:
            words[f"{measure}.rate"] = f"{float(value / whole):.1%}".replace(".0%", "%")
    return words
