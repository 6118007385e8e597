"""What the files under `schemas/<year>/` may hold: one frozen class per kind of record, strict about every key."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from duban.registry.words import (
    Aggregate,
    Assumption,
    Code,
    Date,
    Figures,
    Identifier,
    Kind,
    Locality,
    QuarterName,
    Role,
    Schedule,
    Severity,
    SheetName,
    Text,
)

__all__ = ["Aggregate", "Figures", "Kind", "Role", "Severity"]  # words that other modules know from here


_STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Record(BaseModel):
    """A record of the registry: no unknown keys, no change once read."""

    model_config = _STRICT | ConfigDict(frozen=True)


class Chapter(Record):
    title: Text


class Lights(Record):
    """`yellow_at`: the share of the schedule from which a light is yellow and no longer red, as a fraction."""

    yellow_at: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.8")


class Plan(Record):
    """`plan.yaml`: one year's plan. `due` holds dates that the calendar cannot know; `baselines` the figures that
    targets refer to by name, empty until the data team fills them in."""

    plan: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    year: int
    title: Text
    issuer: Text
    issued: Date
    collected_by: Text  # the reporter to ask, as the plan names it
    chapters: dict[int, Chapter]
    due_day: Annotated[int, Field(ge=1, le=28)] = 10
    due: dict[QuarterName, Date] = {}
    schedule: Schedule = (25, 50, 75, 100)
    lights: Lights = Lights()
    baselines: dict[Identifier, Decimal | None] = {}
    assumed: tuple[Literal["collected_by", "due_day", "due", "schedule", "lights"], ...] = ()


@dataclass(config=_STRICT, frozen=True, slots=True)
class Reporter:
    """Who owes reports. `population` is resident population, in persons; `merged_into` names who took over what this
    one owed: it keeps its name for what it sent, and owes nothing any more.

    As strict as a `Record`, and of a tenth of its size: there are tens of thousands."""

    code: Code
    name: Text
    full_name: Text
    kind: Kind
    aliases: tuple[Text, ...] = ()
    population: Annotated[int, Field(gt=0)] | None = None
    merged_into: Text | None = None


class Group(Record):
    """Reporters that the plan names together: all of a `kind`, or the listed `members`."""

    kind: Kind | None = None
    members: tuple[Text, ...] = ()
    assumed: bool = False
    because: str | None = None

    @model_validator(mode="after")
    def _kind_or_members(self) -> "Group":
        if (self.kind is None) == (not self.members):
            raise ValueError("要么写 kind（该类全部单位），要么写 members（逐个列名），二者取一")
        if self.assumed and not self.because:
            raise ValueError("写了 assumed 就须写 because，说明成员是怎样取的")
        return self


class Target(Record):
    """`at_least`: the figure to reach (rates as fractions), or the name of a `baseline` of the plan; `by` when."""

    at_least: Decimal | None = None
    baseline: Identifier | None = None
    by: QuarterName

    @model_validator(mode="after")
    def _figure_or_baseline(self) -> "Target":
        if (self.at_least is None) == (self.baseline is None):
            raise ValueError("目标要么写 at_least（数值），要么写 baseline（基数名称），二者取一")
        return self


class Part(Record):
    """A ratio's numerator or denominator: typed (`title`, `unit`), or a `reference` figure of the reporter divided by
    `per`."""

    title: Text | None = None
    unit: Text | None = None
    reference: Literal["population"] | None = None
    per: Annotated[int, Field(gt=0)] = 1

    @model_validator(mode="after")
    def _typed_or_reference(self) -> "Part":
        if (self.reference is None) == (self.title is None):
            raise ValueError("要么写 title 与 unit（填报），要么写 reference（引用单位的基础数据），二者取一")
        if self.title is not None and self.unit is None:
            raise ValueError("填报的分子、分母须写 unit")
        return self


class Limits(Record):
    """What a typed figure may be: `min` and `max` inclusive, `decimals` the digits after the point."""

    min: Decimal = Decimal(0)
    max: Decimal | None = None
    decimals: Annotated[int, Field(ge=0, le=4)] = 0


class Measure(Record):
    """A figure of an item. A count is typed as one input, a ratio as numerator and denominator."""

    title: Text
    unit: Text
    figures: Figures
    reported_by: tuple[Text, ...]
    aggregate: Aggregate
    numerator: Part | None = None
    denominator: Part | None = None
    target: Target | None = None
    schedule: Schedule | None = None
    limits: Limits = Limits()
    because: str | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Measure":
        is_ratio = self.aggregate == "ratio"
        if is_ratio != (self.numerator is not None and self.denominator is not None):
            raise ValueError("aggregate 为 ratio 时须写 numerator 与 denominator，其他情况不写")
        if is_ratio and self.numerator.reference:
            raise ValueError("numerator 须由单位填报，不能引用基础数据")
        if self.schedule and not self.because:
            raise ValueError("写了 schedule 就须写 because，说明为何不同于全省统一的序时进度")
        if not self.reported_by:
            raise ValueError("reported_by 不能为空")
        if self.unit == "%" and self.target and self.target.at_least is not None and self.target.at_least > 1:
            raise ValueError("单位为 % 的目标写成小数，如 0.35")
        return self


class Deliverable(Record):
    """Something to be done once, by the end of a quarter."""

    name: Identifier
    title: Text
    due: QuarterName


class Check(Record):
    """A rule of one item between inputs, named by their codes.

    `never_falls`: a cumulative input not below the quarter before. `not_above`: [part, whole].
    """

    never_falls: str | None = None
    not_above: tuple[str, str] | None = None
    severity: Literal["must_fix", "confirm"] = "must_fix"
    because: str | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> "Check":
        if (self.never_falls is None) == (self.not_above is None):
            raise ValueError("每条 checks 只写一条规则：never_falls 或 not_above")
        return self


class Item(Record):
    """`items/NN_name.yaml`: one numbered item of the plan."""

    item: Annotated[int, Field(ge=1)]
    name: Identifier
    chapter: int
    # the name of the item's sheet, which may have 31 characters: three go to the number and a space
    title: SheetName
    summary: Text
    lead: tuple[Text, ...] = ()
    support: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()
    consolidates: Text | None = None
    local: Locality
    assumed: tuple[Assumption, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    measures: dict[Identifier, Measure] = {}
    checks: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _can_be_reported(self) -> "Item":
        if not self.measures and not self.deliverables:
            raise ValueError("至少写一个 measures 或 deliverables，否则无法填报")
        if bool(self.lead) == bool(self.consolidates):
            raise ValueError("有 lead 就不写 consolidates（由 lead 汇总），没有 lead 才写，二者取一")
        return self


class Share(Record):
    """A line of `targets.csv`: a reporter's part of a measure's target."""

    reporter: Text
    measure: Identifier
    target: Annotated[Decimal, Field(ge=0)]
