"""Phrases in which counted numbers are expected: they are struck out of a text as they are found, and one that is not
there is told, as is every digit that is left over."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_DOWN, Decimal

LIGHTS = {"done": "已达标", "green": "绿灯", "yellow": "黄灯", "red": "红灯"}
OWN = {"done": "自报完成", "green": "自报推进", "yellow": "自报未启动", "red": "自报逾期"}
KINDS = {"prefecture": "市州", "department": "处室", "institution": "直属单位"}
ABSENT = {"returned": "退回修改中", "set_aside": "搁置待查", "missing": "未报送"}
ORDINALS = "一二三四"
Told = tuple[str, str, str]  # where, what is said and not counted, or counted and not said


class Listing:
    """Names in a sentence, of which as many as there is room for: 甲、乙等 5 家."""

    def __init__(self, names: list[str], before: str, counted: str, after: str = "", bare: str = ""):
        self._names, self._before, self._counted, self._after = names, before, counted, after
        self._bare = bare

    def in_(self, said: str) -> str:
        """The longest of its forms that is said; where none is, the whole."""
        for number in range(len(self._names), 0, -1):
            rest = f"等{len(self._names)}{self._counted}" if number < len(self._names) and self._counted else ""
            phrase = f"{self._before}{'、'.join(self._names[:number])}{rest}{self._after}"
            if phrase in said:
                return phrase
        return self._bare or f"{self._before}{'、'.join(self._names)}{self._after}"


def held(where: str, texts: Iterable[str], phrases: Iterable[str | Listing], names: Iterable[str]) -> Iterator[Told]:
    """What of these texts is not counted, and what of these phrases is not said; digits in `names` are no numbers."""
    rest = "\n".join(re.sub(r"[^\S\n]", "", one) for one in texts)
    for phrase in phrases:
        said = phrase.in_(rest) if isinstance(phrase, Listing) else phrase
        if said not in rest:
            yield where, "counted and not said", said
        rest = rest.replace(said, "\n" if said.startswith("\n") else "□", 1)  # a line of its own leaves one
    for name in names:
        rest = rest.replace(name, "")
    yield from ((where, "said and not counted", line) for line in rest.split("\n") if re.search(r"\d", line))


def day(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"


def percent(value: Decimal) -> str:
    return f"{(value * 100).quantize(Decimal('0.1'), ROUND_DOWN)}%"
