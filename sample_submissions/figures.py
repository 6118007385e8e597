"""Figures of the sample reports: plausible by the size of a place, around what the schedule wants; from the second
quarter on they follow those of the one before."""

import random
from collections.abc import Mapping
from decimal import Decimal

from duban.quarters import Quarter
from duban.registry.registry import Registry
from sample_submissions.narrate import read

RULES = read("figures.yaml")


def figures_of(registry: Registry, reporter, quarter: Quarter, cast: dict) -> dict[str, Decimal]:
    """What a reporter has to type, by input code."""
    found: dict[str, Decimal] = {}
    before = (
        figures_of(registry, reporter, Quarter(quarter.year, quarter.number - 1), cast) if quarter.number > 1 else {}
    )
    for entry in registry.owed_inputs[reporter.code]:
        _figure(entry.code, registry, reporter, quarter, cast, found, before)
    return {entry.code: found[entry.code] for entry in registry.owed_inputs[reporter.code]}


def _figure(
    code: str, registry: Registry, reporter, quarter: Quarter, cast: dict, found: dict, before: Mapping[str, Decimal]
) -> Decimal:
    if code not in found:
        rule = RULES["inputs"].get(code)
        if rule is None:
            raise SystemExit(f"sample_submissions/figures.yaml says nothing of {code}: add how its figures come about")
        rng = random.Random(f"{quarter} {reporter.code} {code}")
        if code.startswith("substandard_food_disposed") and reporter.code in cast["none_to_dispose"]:
            found[code] = Decimal(0)
        elif "part_of" in rule:
            whole = _figure(rule["part_of"], registry, reporter, quarter, cast, found, before)
            # of what came to the whole, or of what was left of it
            had = before.get(code, Decimal(0))
            added = whole - (had if registry.inputs[code].figures == "latest" else before.get(rule["part_of"], 0))
            found[code] = min(whole, had + _whole(float(added) * _between(_now(rule["rate"], quarter), reporter, rng)))
        else:
            found[code] = _free(rule, code, registry, reporter, quarter, rng, reporter.code in cast["rounds"])
            if code in before and not {"value", "by"} & rule.keys():
                found[code] = _after(before[code], found[code], rule, registry.inputs[code].figures, rng)
    return found[code]


def _after(before: Decimal, drawn: Decimal, rule: dict, figures: str, rng: random.Random) -> Decimal:
    """A figure that follows one of an earlier quarter, from one that was `drawn` as for a first quarter."""
    if figures == "in_quarter":
        return drawn
    if "on_schedule" in rule:  # counted from the start of the year already
        return max(drawn, before + _whole(float(before) * rng.uniform(0.03, 0.06)))
    if figures == "latest":
        low, high = rule.get("grows", (0, 0.12))
        more = before * Decimal(rng.randint(round(1000 * low), round(1000 * high))) / 1000
    else:
        more = drawn * Decimal(rng.randint(70, 110)) / 100
    return before + (more.quantize(Decimal("0.01")).normalize() if before % 1 else _whole(float(more)))


def _free(rule: dict, code: str, registry: Registry, reporter, quarter: Quarter, rng, rounds: bool) -> Decimal:
    if "value" in rule or "by" in rule:
        return Decimal(str(_now(rule["value"] if "value" in rule else rule["by"][reporter.name], quarter)))
    if "on_schedule" in rule:
        due = _due(registry, reporter, registry.inputs[code].measure, quarter)
        number = float(due) * _between(_now(rule["on_schedule"], quarter), reporter, rng)
    else:
        number = rule["per_million"] * reporter.population / 1e6 * rng.uniform(0.75, 1.25)
        number *= 0.8 + 0.4 * RULES["pace"][reporter.code]
    if rule.get("decimals"):
        return Decimal(f"{number:.2f}").normalize()
    number = max(number, rule.get("least", 0))
    return _whole(number, -2 if (rounds and number >= 10_000) or rule.get("hundreds") else 0)


def _now(told: list, quarter: Quarter):
    """Of what is told of all four quarters, this one's; a pair of limits holds for all of them."""
    return told[quarter.number - 1] if len(told) == 4 else told


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
