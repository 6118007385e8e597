"""Cleaning what people type: pure functions from a cell's kind and typed text to a value, exact, and never a guess.

Every function gives a Value. Reading is forgiving; what it changed beyond the mere look of a plain number is told in
`cleaned`, and what it cannot be sure of is `unreadable`, never 0.
"""

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from duban.fillin.layout import NOT_APPLICABLE
from duban.reading.numerals import chinese_number

_PLACES = Decimal("0.000001")  # what the warehouse keeps
_LIMIT = Decimal(10) ** 17  # and its largest figure
_SPREADSHEET = Context(prec=15, rounding=ROUND_HALF_EVEN)  # a cell holds 15 digits; what follows is noise of floats
_NOT_APPLICABLE = {NOT_APPLICABLE, "不涉及", "N/A", "NA", "不适用的", "不涉及此项"}
_MAGNITUDES = {"": 1, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
# Counting words that may follow a figure whatever its unit: they say what is counted, not how much of it.
_COUNTERS = re.compile(
    "[个项件家户人名位次批起份张本册台套只条组场期处所座篇部款种类辆站间天吨]|[人家户件台场班批]次|公[斤里]|小时|"
    "企业|单位|部门|组织|机构|平台|项目|标准|案件|样品|产品|品种"
)
_NUMBER = re.compile(r"([+-]?)((?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d*)?|\.\d+)")
_FIGURE = re.compile(_NUMBER.pattern + r"\s*(百万|千万|十万|万|亿|千|百)?\s*(\D*)")
_CHINESE = re.compile(r"([零〇一二两三四五六七八九十百千万亿]+)(\D{0,4})")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
_FIRST_SERIAL, _LAST_SERIAL = 40_000, 60_000  # days of Excel: 2009 to 2064
_DAY_ZERO = dt.date(1899, 12, 30)


class Value(NamedTuple):
    """`state`: value, blank, not_applicable or unreadable. `text` for texts, statuses (their identifier) and item
    numbers, `number` for figures (rates as fractions) and item numbers, `day` for dates. `cleaned` is what people are
    told it was read as, None where nothing worth telling was done."""

    state: str
    text: str | None = None
    number: Decimal | None = None
    day: dt.date | None = None
    cleaned: str | None = None


BLANK = Value("blank")
UNREADABLE = Value("unreadable")


def figure(kind: str, typed: str, unit: str) -> Value:
    """A figure in the input's unit; under % a fraction."""
    if unit == "%":
        return _percent(kind, typed)
    return _figure(kind, typed, unit)


def percent(kind: str, typed: str) -> Value:
    """A share as a fraction: 35%, 0.35 and 35 are 0.35; 1 is all of it."""
    return _percent(kind, typed)


@lru_cache(8192)
def _figure(kind: str, typed: str, unit: str) -> Value:
    if kind == "number":
        return _number(Decimal(typed), typed)
    if kind != "text":
        return UNREADABLE
    plain = _fold(typed)
    if _says_not_applicable(plain):
        return _not_applicable(typed)
    match = _FIGURE.fullmatch(plain.replace("。", "."))
    if match:
        amount = Decimal(match[1] + re.sub("[, ]", "", match[2]))
        magnitude, word = match[3] or "", match[4]
    elif (chinese := _CHINESE.fullmatch(plain)) and (number := chinese_number(chinese[1])) is not None:
        amount, magnitude, word = Decimal(number), "", chinese[2]
        if not word and unit[:1] in ("万", "亿") and re.search("[万亿]", chinese[1]):
            return UNREADABLE  # under 万元, 二十三万 may be one or the other
    else:
        return UNREADABLE
    amount = _in_unit(amount, magnitude, word.strip(), unit)
    return UNREADABLE if amount is None else _number(amount, typed)


def _in_unit(amount: Decimal, magnitude: str, word: str, unit: str) -> Decimal | None:
    """A figure with what stood behind it, in the input's own unit: 23万元 is 23 under 万元 and 230000 under 元."""
    if not magnitude and word in ("", unit):
        return amount
    own = re.fullmatch(r"(百万|千万|十万|万|亿|千|百)?(\D*)", unit)
    if own is None or unit in ("%", "‰"):
        return None
    if word and word != own[2] and (not _COUNTERS.fullmatch(word) or own[1] or "元" in unit):
        return None
    return amount * _MAGNITUDES[magnitude] / _MAGNITUDES[own[1] or ""]


@lru_cache(8192)
def _percent(kind: str, typed: str) -> Value:
    if kind == "number":
        number, signed = Decimal(typed), False
    elif kind != "text":
        return UNREADABLE
    else:
        plain = _fold(typed).replace("。", ".")
        if _says_not_applicable(plain):
            return _not_applicable(typed)
        signed = plain.endswith("%") or plain.startswith("百分之")
        plain = plain.removesuffix("%").removeprefix("百分之").strip()
        if match := _NUMBER.fullmatch(plain):
            number = Decimal(match[1] + re.sub("[, ]", "", match[2]))
        elif signed and (chinese := chinese_number(plain)) is not None:
            number = Decimal(chinese)
        else:
            return UNREADABLE
    counts_in_hundreds = signed or abs(number) > 1
    value = _number(number / 100 if counts_in_hundreds else number, typed)
    if value.number is None:
        return value
    told = f"{(value.number * 100).normalize():f}%"
    plainly = not value.number or (kind == "number" and not counts_in_hundreds and value.cleaned is None)
    return value._replace(cleaned=None if plainly or told == typed else told)


def _number(number: Decimal, typed: str) -> Value:
    if abs(number) >= _LIMIT:
        return UNREADABLE
    kept = _SPREADSHEET.plus(number).quantize(_PLACES).normalize()
    kept = kept.quantize(Decimal(1)) if kept == kept.to_integral_value() else kept
    kept = kept if kept else abs(kept)  # -0
    told = f"{kept:f}"
    return Value("value", number=kept, cleaned=None if _same_look(typed, kept, told) else told)


def _same_look(typed: str, kept: Decimal, told: str) -> bool:
    """Whether the typed text is the plain number itself: 23.0 or 23.50 are, 1,200 and 23万 are not."""
    if typed == told:
        return True
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", typed) is not None and _SPREADSHEET.plus(Decimal(typed)) == kept


@lru_cache(8192)
def date(kind: str, typed: str, year: int) -> Value:
    """A day. A month or a quarter stands for its last day; a date without a year is of the plan's `year`."""
    if kind == "date":
        day = _iso(typed[:10])
        return Value("value", day=day) if day else UNREADABLE
    if kind not in ("text", "number"):
        return UNREADABLE
    plain = re.sub(r"\s", "", _fold(typed)).rstrip("。.")
    if _says_not_applicable(plain):
        return _not_applicable(typed)
    day = _serial(plain) if kind == "number" else None
    day = day or _day(plain, year, as_number=kind == "number")
    if day is None:
        return UNREADABLE
    return Value("value", day=day, cleaned=None if typed == day.isoformat() else day.isoformat())


def _serial(plain: str) -> dt.date | None:
    if re.fullmatch(r"\d{5}(\.\d+)?", plain) and _FIRST_SERIAL <= Decimal(plain) <= _LAST_SERIAL:
        return _DAY_ZERO + dt.timedelta(days=int(Decimal(plain)))
    return None


_SEPARATED = re.compile(r"(\d{4})([-./])(\d{1,2})(?:\2(\d{1,2}))?(?:0?0:00(?::00)?)?")
_WRITTEN = re.compile(r"(?:(\d{4}|\d{2})年)?(\d{1,2})月(?:份)?(?:(\d{1,2})[日号]?|月?[底末]|底前|末前)?前?")
_QUARTERLY = re.compile(r"(?:(\d{4})年)?第?([一二三四1-4])季度[底末]?前?")
_YEARLY = re.compile(r"(?:(\d{4})年)?(?:年?[底末内]|全年|上半年)前?")


def _day(plain: str, year: int, as_number: bool) -> dt.date | None:
    if match := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain):
        return _ymd(match[1], match[2], match[3])
    if match := _SEPARATED.fullmatch(plain):
        if as_number and re.fullmatch(r"\d{4}\.1", plain):
            return None  # typed as 2023.10, a cell keeps 2023.1
        return _ymd(match[1], match[3], match[4])
    if as_number:
        return None
    if match := _WRITTEN.fullmatch(plain):
        century = "20" if match[1] and len(match[1]) == 2 else ""
        return _ymd(century + (match[1] or str(year)), match[2], match[3])
    if match := _QUARTERLY.fullmatch(plain):
        quarter = "一二三四".find(match[2]) + 1 or int(match[2])
        return _ymd(match[1] or str(year), str(3 * quarter), None)
    if match := _YEARLY.fullmatch(plain):
        return _ymd(match[1] or str(year), "6" if "上半年" in plain else "12", None)
    return None


def _ymd(year: str, month: str, day: str | None) -> dt.date | None:
    """A day, or the last one of the month."""
    try:
        if day is not None:
            return dt.date(int(year), int(month), int(day))
        following = dt.date(int(year) + int(month) // 12, int(month) % 12 + 1, 1) if 1 <= int(month) <= 12 else None
        return following and following - dt.timedelta(days=1)
    except ValueError:
        return None


def _iso(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


# What people write for a status, beside the words of the drop-down lists. Where 未完成 or 基本完成 would have to be
# guessed at, nothing stands here.
_STATUS_WORDS = {
    "not_started": "未开始 未开展 尚未启动 尚未开始 尚未开展 没有启动 没有开始 待启动 未实施 未推进",
    "under_way": "进行中 正在进行 正在进行中 推进 在推进 正推进 正在推进 正在推进中 持续推进 有序推进 稳步推进 "
    "实施中 正在实施 开展中 正在开展 办理中 已启动",
    "done": "完成 已办结 办结 全部完成 已全部完成 完成了 已经完成 已完结",
    "not_applicable": "不涉及 N/A NA",
    "closed": "销号 已办结销号 已关闭 已结项",
}
_SYNONYMS = {word: status for status, words in _STATUS_WORDS.items() for word in words.split()}


def status(kind: str, typed: str, statuses: dict[str, str]) -> Value:
    """A status as its identifier, from the words of a drop-down list and what people write for them."""
    if typed in statuses:
        return Value("value", text=statuses[typed])
    if kind != "text":
        return UNREADABLE
    plain = re.sub(r"[\s。.!,;、]", "", _fold(typed))
    found = statuses.get(plain) or _SYNONYMS.get(plain.upper())
    word = next((word for word, identifier in statuses.items() if identifier == found), None)
    return Value("value", text=found, cleaned=word) if word else UNREADABLE


@lru_cache(8192)
def item_number(kind: str, typed: str) -> Value:
    """The number of an item: 13, 13.0, 第13项, 十三."""
    plain = re.sub(r"\s", "", _fold(typed)) if kind in ("text", "number") else ""
    match = re.fullmatch(r"(?:重点工作)?第?(\d{1,4}|[一二两三四五六七八九十百零]{1,7})(?:\.0*)?[项、.号。)]?", plain)
    number = match and (int(match[1]) if match[1].isdecimal() else chinese_number(match[1]))
    if not number:
        return UNREADABLE
    told = str(number)
    trivial = typed == told or re.fullmatch(rf"{told}\.0*", typed)
    return Value("value", text=told, number=Decimal(number), cleaned=None if trivial else told)


def code(typed: str) -> str:
    """An input's or a project's code as it is compared: half-width, without blanks."""
    return typed if typed.isascii() and typed.isprintable() and " " not in typed else re.sub(r"\s", "", _fold(typed))


def text(kind: str, typed: str) -> Value:
    """Free text, without blanks around it and without what cannot be seen. Blanks and line breaks are not told."""
    shown = typed.strip()
    if shown.isprintable() and not shown.startswith("'"):
        return Value("value", shown) if shown else BLANK
    shown = shown.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    kept = _INVISIBLE.sub("", shown).strip()
    if kept.startswith("'") and "'" not in kept[1:]:
        kept = kept[1:].strip()  # typed to make a text of it; Excel hides it, other programs keep it
    if not kept:
        return BLANK
    return Value("value", text=kept, cleaned=None if kept == shown else kept)


def _fold(typed: str) -> str:
    """Half-width, without blanks around, an apostrophe before, or what cannot be seen."""
    if typed.isascii() and typed.isalnum():
        return typed
    folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", typed)).strip()
    folded = folded.removeprefix("'").removeprefix("‘").removeprefix("’").strip()
    return folded.replace("−", "-").replace("﹣", "-")


def _says_not_applicable(plain: str) -> bool:
    return plain.rstrip("。.").upper() in _NOT_APPLICABLE


def _not_applicable(typed: str) -> Value:
    return Value("not_applicable", cleaned=None if typed == NOT_APPLICABLE else NOT_APPLICABLE)
