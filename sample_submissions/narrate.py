"""Texts of the sample reports: fragments from the banks, filled with places, figures and dates, no text twice."""

import random
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import combinations
from pathlib import Path

import yaml

HERE = Path(__file__).parent
MEAN_POPULATION = 3_400_000
_SLOT = re.compile(r"\{([^{}]+)\}")
_FIGURE = re.compile(r"[\d.%]+")
_RANGE = re.compile(r"(~?)([\d.]+)-([\d.]+)")
TOO_CLOSE = 0.5  # of the pairs of characters that two texts share


def read(name: str) -> dict:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def pairs(text: str) -> frozenset[str]:
    """The pairs of characters of a text, without its figures: a text with other figures is the same text."""
    text = _FIGURE.sub("", text)
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of pairs of characters that two texts have in common: 0 to 1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared or 1)


class Banks:
    """The texts and places that everybody draws on, and of a quarter its working days and the dates to come."""

    def __init__(self, quarter: Mapping) -> None:
        self.days = [(month, day) for month, days in quarter["working_days"].items() for day in days]
        self.ahead = quarter["ahead"]
        self.places = read("places.yaml")
        self.profiles = read("profiles.yaml")
        paths = sorted(HERE.glob("narratives/*.yaml"))
        self.items = {int(path.stem): read(f"narratives/{path.name}") for path in paths}


class Writer:
    """Writes as one office would. `figures` are what it typed, by input code, with rates as `<measure>.rate`."""

    def __init__(self, banks: Banks, reporter, figures: Mapping[str, str], taken: dict, rng: random.Random):
        self.banks, self.reporter, self.figures, self.taken, self.rng = banks, reporter, figures, taken, rng
        self.is_prefecture = reporter.kind == "prefecture"
        self.place = self.banks.places.get(reporter.code) or self.banks.profiles[reporter.name]
        self.scale = min(3.0, max(0.12, (reporter.population or MEAN_POPULATION) / MEAN_POPULATION))

    def cell(self, item: int, field: str) -> str:
        """What stands in one cell of 工作进展: whole sentences from the item's bank, unlike anybody else's."""
        fixed, bank = self._bank(item, field)
        most = 3 if self.is_prefecture and field == "done" else 2
        usable = [text for text in bank if self._can_fill(text)]
        own = [text for text in usable if any(code in self.figures for code in _SLOT.findall(text))]
        choices = [
            [*fixed, *chosen]
            for count in ([0] if fixed and len(fixed) > 1 else range(min(1, most), most + 1))
            for chosen in combinations(usable, min(count, len(usable)))
        ]
        if own and field == "done":  # the figure that one is asked for is what one writes about first
            choices = [chosen for chosen in choices if set(own) & set(chosen)] or choices

        def write(draw: int) -> list[str]:
            chosen = list(self.rng.choice(choices))
            if not fixed:
                self.rng.shuffle(chosen)
                chosen.sort(key=lambda text: text not in own)
            return [self.fill(fragment) for fragment in chosen]

        return self._least_like((item, field), write)

    def _least_like(self, place: tuple, write: Callable[[int], list[str]]) -> str:
        """Of several drafts, joined from the parts that `write` draws, the one that is least like what was written in
        this place before."""
        best, least = "", 2.0
        for draw in range(40):
            text = self._join(write(draw))
            written = pairs(text)
            close = max((likeness(written, known) for known in self.taken.get(place, ())), default=0.0)
            if text not in self.taken["all"] and close < least:
                best, least = text, close
            if least < TOO_CLOSE:
                break
        self._take(place, best)
        return best

    def _take(self, key: tuple, text: str) -> None:
        self.taken["all"].add(text)
        self.taken.setdefault(key, []).append(pairs(text))

    def _bank(self, item: int, field: str) -> tuple[list[str], list[str]]:
        """What this office says in any case, and what it may say."""
        bank = self.banks.items[item]
        if self.is_prefecture:
            return [], bank["local"][field]
        own = bank.get("own", {}).get(self.reporter.name)
        if isinstance(own, dict):
            return own[field], []
        return ([own] if own and field == "done" else []), bank["support"][field]

    def _can_fill(self, text: str) -> bool:
        return all(
            slot in self.figures or slot in self.place or slot in _PLACES or slot in ("day", "ahead")
            for slot in _SLOT.findall(text)
            if not _RANGE.fullmatch(slot) and "|" not in slot
        )

    def unlike(self, key: object, bank: list[str], **words: str) -> str:
        """A short text that nobody has written yet."""
        for _ in range(60):
            text = self.fill(self.rng.choice(bank), **words)
            if text not in self.taken["all"]:
                break
        self._take((key,), text)
        return text

    @cached_property
    def kept(self) -> dict[str, str]:
        """What a fragment's slot means again and again in one office: its profile."""
        return {word: value for word, value in self.place.items() if isinstance(value, str)}

    def fill(self, text: str, **words: str) -> str:
        """The text with its slots filled; the places of one text differ from each other."""
        places = self.rng.sample(self.place.get("districts", ["", ""]), 2)
        own = {
            "district": places[0],
            "d2": places[1],
            "day": "{}月{}日".format(*self.rng.choice(self.banks.days)),
            "ahead": self.rng.choice(self.banks.ahead),
            **{word: self.rng.choice(self.place[f"{word}s"]) for word in _PLACES[2:] if f"{word}s" in self.place},
            **self.kept,
            **words,
        }
        return _SLOT.sub(lambda slot: self._slot(slot[1], own), text)

    def _slot(self, slot: str, own: Mapping[str, str]) -> str:
        if slot in own or slot in self.figures:
            return own.get(slot) or self.figures[slot]
        if "|" in slot:
            return self.rng.choice(slot.split("|"))
        scaled, low, high = _RANGE.fullmatch(slot).groups()
        if "." in low:
            return f"{self.rng.uniform(float(low), float(high)):.{len(low.partition('.')[2])}f}"
        factor = self.scale if scaled else 1
        return str(max(2, self.rng.randint(round(int(low) * factor), max(1, round(int(high) * factor)))))

    def _join(self, fragments: list[str]) -> str:
        if len(fragments) > 1 and self.rng.random() < 0.3:
            return "；".join(f"{number}.{text}" for number, text in enumerate(fragments, start=1)) + "。"
        if len(fragments) > 1 and self.rng.random() < 0.3:
            return "".join(f"{'一二三四五'[at]}是{text}；" for at, text in enumerate(fragments))[:-1] + "。"
        return self.rng.choice(("；", "。")).join(fragments) + self.rng.choice(("。", "。", ""))


_PLACES = ("district", "d2", "market", "park", "trade")
