"""Chinese numerals: 二十三, 一百零五, 两万三千."""

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def chinese_number(text: str) -> int | None:
    """The whole number that a Chinese numeral stands for; None for anything that can be read in two ways (一百五)."""
    if text in ("零", "〇"):
        return 0
    total = 0
    for sign, size in (("亿", 10**8), ("万", 10**4)):
        head, found, text = text.rpartition(sign) if sign in text else ("", "", text)
        if not found:
            continue
        if sign in head or (part := _section(head)) is None:
            return None
        total += part * size
        if not text:
            return total
        # 两万三 may be 23,000 or 20,003: what follows needs a 零, or as many places as there can be
        if not (text.startswith(("零", "〇")) or "万" in text or (len(text) > 1 and text[1] == "千")):
            return None
    part = _section(text.lstrip("零〇") if total else text)
    return None if part is None else total + part


def _section(text: str) -> int | None:
    """A numeral below 10,000."""
    total, smallest, digit, gap = 0, 10_000, None, False
    for character in text:
        if character in _UNITS:
            unit = _UNITS[character]
            if unit >= smallest or digit == 0 or (digit is None and not (unit == 10 and total == 0 and not gap)):
                return None
            if smallest < 10_000 and smallest > unit * 10 and not gap:
                return None  # 一千三十: a place is missing without a 零
            total, smallest, digit, gap = total + (digit or 1) * unit, unit, None, False
        elif character in ("零", "〇"):
            if digit is not None or gap or not total:
                return None
            gap = True
        elif character in _DIGITS and digit is None:
            digit = _DIGITS[character]
        else:
            return None
    if digit is not None and smallest < 10_000 and smallest > 10 and not gap:
        return None  # 一百五 may be 105 or 150
    if (digit is None and gap) or not text:
        return None
    return total + (digit or 0)
