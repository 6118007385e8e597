"""Text from outside where a character could act rather than be read: on a terminal, in a log, a letter or a list."""

import re

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"  # escape sequences begin with these; newline and tab stay
_TURNING = (
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # what turns the direction of reading, or begins a line unseen
)
_ACTING = re.compile(f"[{_CONTROLS}{_TURNING}\ud800-\udfff]")
# the same in UTF-8, but for what JSON spells out anyway. One after the other: each has a beginning to be searched by
_ACTING_IN_JSON = [
    re.compile(rb"\x7f"),
    re.compile(rb"\xc2[\x80-\x9f]"),
    re.compile(rb"\xd8\x9c"),
    re.compile(rb"\xe2\x80[\x8e\x8f\xa8-\xae]"),
    re.compile(rb"\xe2\x81[\xa6-\xa9]"),
    re.compile(rb"\xed[\xa0-\xbf]"),
]
_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")  # all of ASCII's punctuation


def visible(text: str) -> str:
    """The text with every acting character spelled as in JSON, such as `\\u001b`; JSON stays the same JSON."""
    if text.replace("\n", "").isprintable():  # nothing that acts is
        return text
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def harmless(encoded: bytes) -> bool:
    """Whether `visible` would leave this JSON as it is; of many megabytes a third of its work."""
    return not any(acting.search(encoded) for acting in _ACTING_IN_JSON)


def in_one_line(text: str) -> str:
    """As `visible`, and nothing in it begins a new line or column."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def unmarked(text: str) -> str:
    """The text in Markdown that shows it and nothing else: no link, picture, tag or table cell begins in it."""
    return _MARKUP.sub(r"\\\1", in_one_line(text))
