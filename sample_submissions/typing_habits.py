"""How people type figures, dates and percentages: neat hands as the form asks, casual ones as they like."""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal

_WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789%.,"}  # full-width


@dataclass(frozen=True)
class Quoted:
    """A text that Excel keeps as one because an apostrophe was typed before it."""

    text: str


@dataclass(frozen=True)
class Hand:
    casual: bool
    rng: random.Random

    def figure(self, value: Decimal, unit: str) -> object:
        plain: object = int(value) if value == value.to_integral_value() else float(value)
        if not self.casual or self.rng.random() > 0.28:
            return plain
        text = f"{plain}"
        forms: list[object] = [f"{text}{unit}", text.translate(_WIDE), f"{text} ", Quoted(text)]
        if value >= 1000:
            forms += [f"{plain:,}"] * 3 + [f"{plain:,}{unit}"]
        if value >= 10_000 and value % 100 == 0:
            forms += [f"{(value / 10_000).normalize():f}万"] * 6
        return self.rng.choice(forms)

    def date(self, day: dt.date) -> object:
        if not self.casual:
            return day.isoformat()
        forms = [
            f"{day.year}.{day.month}.{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day.month}月{day.day}日",
            f"{day.year}年{day.month}月{day.day}日".translate(_WIDE),
            f"{day.year}/{day.month}/{day.day}",
            day.isoformat(),
            day.isoformat(),
        ]
        if (day + dt.timedelta(days=1)).day == 1:
            forms += [f"{day.month}月底", f"{day.year}年{day.month}月底"]
        return self.rng.choice(forms)

    def percent(self, share: int) -> object:
        if not self.casual:
            return f"{share}%"
        return self.rng.choice([f"{share}%", f"{share}%".translate(_WIDE), share, share / 100 if share > 1 else share])

    def text(self, text: str) -> str:
        return text + "  " if self.casual and self.rng.random() < 0.1 else text
