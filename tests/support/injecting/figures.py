"""Figures that break a limit, a whole, or what was said before."""

from decimal import Decimal

from drafts import Line

from injecting.injection import Injection, never_falling, part_of_whole


def _decimals(line: Line) -> int:
    return line.limits.decimals


def figure_below_minimum(one: Injection) -> None:
    """A negative whole is less than its part, and less than what was reported before: both are said as well."""
    line = one.pick("inputs")
    number = Decimal(-one.rng.randint(1, 50))
    line.texts["value"] = f"{number:f}"
    one.expect("figure_below_minimum", "inputs", line, "value")
    _expect_falling(one, line, number)
    for (part, whole), severity in part_of_whole(one.registry):
        if whole == line.key and severity == "must_fix":
            one.expect("part_above_whole", "inputs", one.draft.line("inputs", part), "value")


def _expect_falling(one: Injection, line: Line, number: Decimal) -> None:
    if line.key in never_falling(one.registry) and one.earlier.get(line.key, number) > number:
        one.expect("figure_falls", "inputs", line, "value")


def figure_above_maximum(one: Injection) -> None:
    line = one.pick("inputs", lambda line: line.limits.max is not None)
    line.texts["value"] = f"{line.limits.max + one.rng.randint(1, 9):f}"
    one.expect("figure_above_maximum", "inputs", line, "value")


def figure_too_precise(one: Injection) -> None:
    """More digits at the end, so that it stays between what it is compared with."""
    parts = {part for (part, _), _ in part_of_whole(one.registry)}
    line = one.pick("inputs", lambda line: line.key not in parts)
    value = line.texts["value"]
    digits = _decimals(line) - len(value.partition(".")[2]) + 1
    line.texts["value"] = f"{value}{'' if '.' in value else '.'}{'4' * digits}"
    one.expect("figure_too_precise", "inputs", line, "value")


def part_above_whole(one: Injection) -> None:
    must = {part: whole for (part, whole), severity in part_of_whole(one.registry) if severity == "must_fix"}
    line = one.pick("inputs", lambda line: line.key in must)
    whole = Decimal(one.draft.line("inputs", must[line.key]).texts["value"])
    line.texts["value"] = f"{whole + one.rng.randint(1, 40):f}"
    one.expect("part_above_whole", "inputs", line, "value")


def part_of_an_unreadable_whole(one: Injection) -> None:
    wholes = {whole for (_, whole), _ in part_of_whole(one.registry)}
    line = one.pick("inputs", lambda line: line.key in wholes)
    line.texts["value"] = one.rng.choice(("约1000", ""))
    one.expect("figure_unreadable" if line.texts["value"] else "figure_missing", "inputs", line, "value")


def figure_falls(one: Injection) -> None:
    """Of a part: falling wholes would leave their parts above them."""
    wholes = {whole for (_, whole), _ in part_of_whole(one.registry)}
    falling = never_falling(one.registry) - wholes
    line = one.pick("inputs", lambda line: line.key in falling and one.earlier.get(line.key, Decimal(0)) >= 1)
    line.texts["value"] = f"{one.earlier[line.key] - 1:f}"
    one.expect("figure_falls", "inputs", line, "value")


def whole_falls_below_its_part(one: Injection) -> None:
    wholes = {whole: part for (part, whole), severity in part_of_whole(one.registry) if severity == "must_fix"}
    falling = never_falling(one.registry) & wholes.keys()
    line = one.pick("inputs", lambda line: line.key in falling and one.earlier.get(line.key, Decimal(0)) >= 1)
    part = one.draft.line("inputs", wholes[line.key])
    line.texts["value"] = "0"
    one.expect("figure_falls", "inputs", line, "value")
    if Decimal(part.texts["value"]) > 0:
        one.expect("part_above_whole", "inputs", part, "value")
