"""What makes a true-looking figure or text doubtful: `doubts.yaml`, one record per rule, each with its reason."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from duban.registry.shapes import Record
from duban.registry.words import Text

Times = Annotated[Decimal, Field(gt=1)]
Share = Annotated[Decimal, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1)]


class Jump(Record):
    """A figure `times` as high (or as low) as the reporter's own past makes likely, and off it by `at_least`."""

    times: Times
    at_least: Annotated[Decimal, Field(ge=0)]
    because: Text


class Outlier(Record):
    """A figure per head `times` the median of the others' (or that part of it), where at least `peers` have one."""

    times: Times
    peers: Annotated[int, Field(ge=3)]
    because: Text


class Likeness(Record):
    """Two texts of at least `least` characters that are `alike` to this share."""

    alike: Share
    least: Count
    because: Text


class Disagreement(Record):
    """A number in a text that is off the figure in the column by more than `within`, a share of the figure."""

    within: Annotated[Decimal, Field(ge=0, lt=1)]
    because: Text


class Words(Record):
    """Whole texts that say nothing."""

    words: Annotated[tuple[Text, ...], Field(min_length=1)]
    because: Text


class Doubts(Record):
    """`doubts.yaml`: by rule. A rule that is not named there asks nothing."""

    figure_jumps: Jump | None = None
    figure_outlies: Outlier | None = None
    text_repeated: Likeness | None = None
    text_copied: Likeness | None = None
    text_disagrees: Disagreement | None = None
    text_says_nothing: Words | None = None

    def flat(self) -> Iterator[tuple[str, str, Decimal | None]]:
        """Rule, word and value of every threshold; words that say nothing have no value."""
        for rule in type(self).model_fields:
            for word, value in getattr(self, rule) or ():
                if word == "words":
                    yield from ((rule, text, None) for text in value)
                elif word != "because":
                    yield rule, word, Decimal(value)
