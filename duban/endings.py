"""How cells end in the file after their address: what of a table is written a million times."""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from xlsxwriter.format import Format
from xlsxwriter.sharedstrings import SharedStringTable

from duban.quick_xlsx import inline, plain

if TYPE_CHECKING:
    from duban.sheets import Book

LONGEST_TEXT = 32_767  # UTF-16 units in a cell
STARTS_FORMULA = ("=", "+", "-", "@")  # what makes a formula of a text that is typed
_NONCHARACTERS = re.compile("[\ud800-\udfff\ufffe\uffff]")  # XML has no place for them; other controls are escaped
_OFTEN = 40  # characters of a text that may come again and again
_CUT = "……（原文过长，此处截断）"


class Inline(dict[str | None, str]):
    """How the cells of one style end in the file, after their address, with their texts in them; long ones are seldom
    asked for again, and not kept."""

    def __init__(self, style: Format, quoting: Callable[[Format], Format]):
        self.format, self.quoting = style, quoting
        self.style = f'" s="{style._get_xf_index()}"'
        self[None] = self[""] = f"{self.style}/>"

    def __missing__(self, text: str) -> str:
        style = f'" s="{self.quoting(self.format)._get_xf_index()}"' if text.startswith(STARTS_FORMULA) else self.style
        as_it_is = len(text) < LONGEST_TEXT // 2 and plain(text)  # most: looked through once
        ending = f'{style} t="inlineStr">{f"<is><t>{text}</t></is>" if as_it_is else inline(storable(text))}</c>'
        if len(text) <= _OFTEN:
            self[text] = ending
        return ending

    def number(self, value: int | float | Decimal) -> str:
        return f"{self.style}{number(value)}"


def number(value: int | float | Decimal) -> str:
    """How the cell of a number ends in the file, after its style."""
    if not math.isfinite(value):
        raise ValueError(f"not a number that a cell can hold: {value}")
    return f"><v>{value:.16G}</v></c>"


class Endings(dict[str | int | float | Decimal | None, str]):
    """How the cells of one style end in the file, after their address, by what they hold (None for nothing): most texts
    come many times."""

    def __init__(self, style: Format, quoting: Callable[[Format], Format], strings: SharedStringTable):
        self.format, self.quoting = style, quoting
        self.style = f'" s="{style._get_xf_index()}"'
        self.strings = strings
        self[None] = self[""] = f"{self.style}/>"

    def __missing__(self, text: str | int | float | Decimal) -> str:
        if text.__class__ is not str:
            return self.number(text)  # not kept: equal ones may be written differently
        stored = storable(text)
        index = self.strings.string_table.get(stored)
        if index is None:
            index = self.strings._get_shared_string_index(stored)
            self.strings.count -= 1  # it counts uses, and so does `Book.run`
        style = f'" s="{self.quoting(self.format)._get_xf_index()}"' if text[0] in STARTS_FORMULA else self.style
        self[text] = ending = f'{style} t="s"><v>{index}</v></c>'
        return ending

    def number(self, value: int | float | Decimal) -> str:
        return f"{self.style}{number(value)}"


class EndingsOf(dict[Format, Endings]):
    """The endings of every style of a workbook."""

    def __init__(self, book: "Book"):
        self._book = book

    def __missing__(self, style: Format) -> Endings:
        self[style] = found = Endings(style, self._book.quoting, self._book.workbook.str_table)
        return found


def storable(text: str) -> str:
    """The text as a cell can hold it: not too long, and nothing that spoils the file."""
    if text.isprintable() and len(text) < LONGEST_TEXT // 2 and text[:1] != "<":  # nothing of what follows is in it
        return text
    text = shortened(_NONCHARACTERS.sub("", text))
    if text.startswith("<r>") and text.endswith("</r>"):  # xlsxwriter would take it for markup of its own
        text = text[: LONGEST_TEXT - 1] + " "
    return text


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text, cut where it is too long, and saying so. Excel counts UTF-16 units: an emoji takes two."""
    if 2 * len(text) <= longest or len(units := text.encode("utf-16-le")) <= 2 * longest:
        return text
    return units[: 2 * (longest - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
