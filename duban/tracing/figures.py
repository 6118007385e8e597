"""Every figure of a publication anew, from its listed cells alone, in plain exact arithmetic.

A figure comes with a `key`: ("input", input, reporter, quarter) of a typed one, ("figure", measure, reporter, quarter)
of a reporter's quarter, ("standing", measure, reporter) of its year, ("province", measure, quarter) and ("stood",
measure) of the province, ("said", item, reporter, field) and ("project", accession, row, field) of words, and
("earlier", publication, key) of what another publication says. `sources` gives the cells behind a key.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from duban.tracing.publication import Publication, Source, typed_of

Key = tuple
_MILLION = Decimal(1_000_000)
_FEW = 8  # terms that an arithmetic writes out


def exact_ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Cut off after six decimals, never rounded up; None where there is nothing to divide by."""
    if part is None or not whole:
        return None
    return Decimal(int(part * _MILLION) * 1_000_000 // int(whole * _MILLION)) / _MILLION


def plain(figure: Decimal) -> str:
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(figure: Decimal | None, unit: str) -> str:
    """A figure as arithmetic prints it: percent where the unit says so."""
    if figure is None:
        return "无"
    return f"{plain(figure * 100)}%" if unit == "%" else plain(figure)


@dataclass(frozen=True)
class Part:
    """What one reporter adds: `state` is value, not_applicable, blank or absent (no submission that counts)."""

    state: str
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True)
class Sum:
    """A figure that was reckoned from parts, with how."""

    value: Decimal | None
    arithmetic: str


class Figures:
    """The figures of one publication, each reckoned once.

    `rules` is the publication whose plan they are reckoned by, where that is another one; `until` the last quarter that
    counts; `typed` leaves corrections out. `earlier` gives the figures of another publication by its name, None where
    its workbook is not at hand.
    """

    def __init__(
        self,
        publication: Publication,
        rules: Publication | None = None,
        until: str | None = None,
        typed: bool = False,
        earlier: Callable[[str], "Figures | None"] = lambda name: None,
    ):
        self.publication = publication
        self.rules = rules or publication
        self.quarter = until or publication.quarter
        self.quarters = [quarter for quarter in publication.quarters if quarter <= self.quarter]
        self.typed = typed
        self.earlier = earlier
        for name in ("part", "standing", "province", "stood", "sources"):
            setattr(self, name, cache(getattr(self, name)))

    def part(self, measure: str, reporter: str, quarter: str) -> Part:
        """A reporter's own figure of a quarter."""
        publication = self.publication
        if (quarter, reporter) not in publication.current:
            return Part("absent")
        record = self.rules.measures[measure]
        found = {part: self._input(code, reporter, quarter) for code, (part, *_) in record["inputs"].items()}
        if any(source and source.state == "not_applicable" for source in found.values()):
            return Part("not_applicable")
        if not all(source and source.state == "value" for source in found.values()):
            return Part("blank")
        values = {part: source.value for part, source in found.items()}
        if record["reference"]:
            denominator = exact_ratio(_population(self.rules, reporter), Decimal(record["per"]))
        else:
            denominator = values.get("denominator", Decimal(1))
        return Part("value", values.get("value", values.get("numerator")), denominator)

    def standing(self, measure: str, reporter: str) -> Part:
        """Where a reporter stands in the year: single quarters add up, figures to date are this quarter's own."""
        record = self.rules.measures[measure]
        if record["figures"] != "in_quarter" or record["aggregate"] == "latest":
            part = self.part(measure, reporter, self.quarter)
            return part if part.state == "value" else Part("blank")
        parts = [self.part(measure, reporter, quarter) for quarter in self.quarters]
        parts = [part for part in parts if part.state == "value"]
        if not parts:
            return Part("blank")
        numerators, denominators = [part.numerator for part in parts], [part.denominator for part in parts]
        if record["aggregate"] == "max":
            return Part("value", max(numerators), max(denominators))
        summed = record["aggregate"] == "ratio" and not record["reference"]
        return Part("value", sum(numerators), sum(denominators) if summed else max(denominators))

    def _input(self, code: str, reporter: str, quarter: str) -> Source | None:
        found = self.publication.input(code, reporter, quarter)
        correction = found and self.publication.corrections.get(found.entry)
        if not (self.typed and correction):
            return found
        state, value = typed_of(correction["old"])
        return replace(found, state=state, value=value)

    def province(self, measure: str, quarter: str) -> Sum:
        """The province's figure of a quarter."""
        parts = {code: self.part(measure, code, quarter) for code in self._owing(measure)}
        return self._aggregate(measure, parts, [quarter])

    def stood(self, measure: str) -> Sum:
        """Where the province stands in the year."""
        parts = {code: self.standing(measure, code) for code in self._owing(measure)}
        return self._aggregate(measure, parts, self.quarters)

    def counted(self, measure: str) -> tuple[int, int]:
        """Who has reported the measure this quarter, and who owes it."""
        owing = self._owing(measure)
        parts = [self.part(measure, code, self.quarter) for code in owing]
        return sum(part.state in ("value", "not_applicable") for part in parts), len(owing)

    def missing(self, measure: str) -> list[str]:
        """The names of those that have not reported it."""
        return [
            self.rules.reporters[code]["name"]
            for code in self._owing(measure)
            if self.part(measure, code, self.quarter).state in ("blank", "absent")
        ]

    def sources(self, key: Key) -> tuple[Source, ...]:
        """The cells that a figure was made of, in the plan's order."""
        publication = self.publication
        kind, *rest = key
        match kind:
            case "input":
                source = publication.input(*rest)
                return (source,) if source else ()
            case "figure":
                measure, reporter, quarter = rest
                inputs = self.rules.measures[measure]["inputs"]
                found = [publication.input(code, reporter, quarter) for code in inputs]
                return tuple(source for source in found if source)
            case "standing":
                measure, reporter = rest
                record = self.rules.measures[measure]
                year = record["figures"] == "in_quarter" and record["aggregate"] != "latest"
                quarters = self.quarters if year else [self.quarter]
                return tuple(
                    source for quarter in quarters for source in self.sources(("figure", measure, reporter, quarter))
                )
            case "province":
                measure, quarter = rest
                parts = [self.sources(("figure", measure, code, quarter)) for code in self._owing(measure)]
                return tuple(source for part in parts for source in part)
            case "stood":
                parts = [self.sources(("standing", rest[0], code)) for code in self._owing(rest[0])]
                return tuple(source for part in parts for source in part)
            case "said":
                item, reporter, field = rest
                submission = publication.current.get((publication.quarter, reporter))
                source = publication.entry(submission, "progress", str(item), field)
                return (source,) if source else ()
            case "project":
                accession, row, field = rest
                source = publication.entry(publication.submissions.get(accession), "projects", row, field)
                return (source,) if source else ()
            case "earlier":
                figures = self.earlier(rest[0])
                return figures.sources(rest[1]) if figures else ()
        return ()

    def _owing(self, measure: str) -> list[str]:
        """Who owes a measure: the others' figures do not count."""
        return self.rules.owing[measure]

    def _aggregate(self, measure: str, parts: dict[str, Part], quarters: list[str]) -> Sum:
        record, rules = self.rules.measures[measure], self.rules
        counted = {code: part for code, part in parts.items() if part.state == "value"}
        if not counted:
            return Sum(None, "没有单位填报")
        numerators = {code: part.numerator for code, part in counted.items()}
        total = sum(numerators.values())
        terms = " + ".join(map(plain, numerators.values())) if len(numerators) <= _FEW else f"{len(numerators)} 家相加"
        match record["aggregate"]:
            case "sum":
                return Sum(total, f"{terms} = {plain(total)}")
            case "ratio":
                whole = sum(part.denominator for part in counted.values() if part.denominator is not None)
                value = exact_ratio(total, whole)
                by = f"常住人口合计（÷{record['per']}）" if record["reference"] else "分母合计"
                text = f"分子合计 {plain(total)} ÷ {by} {plain(Decimal(whole))} = {shown(value, record['unit'])}"
                return Sum(value, text)
            case "max":
                value = max(numerators.values())
                return Sum(value, f"{len(numerators)} 家取最大 = {plain(value)}")
            case _:
                last = max(counted, key=lambda one: (self.received(measure, one, quarters), rules.places[one]))
                name = rules.reporters[last]["name"]
                return Sum(numerators[last], f"取最后报送的数（{name}）= {shown(numerators[last], record['unit'])}")

    def received(self, measure: str, code: str, quarters: list[str]) -> str:
        """When the last of the submissions came that hold a reporter's figure of these quarters."""
        holding = [quarter for quarter in quarters if self.part(measure, code, quarter).state == "value"]
        return max(self.publication.current[quarter, code]["received_at"] for quarter in holding)


def _population(publication: Publication, reporter: str) -> Decimal | None:
    population = publication.reporters[reporter]["population"]
    return None if population is None else Decimal(population)
