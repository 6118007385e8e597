"""Text from outside where a character could act rather than be read: on a terminal, in a log, a letter or a list."""

import re

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"  # escape sequences begin with these; newline and tab stay
_TURNING = (
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # what turns the direction of reading, or begins a line unseen
)
_ACTING = re.compile(f"[{_CONTROLS}{_TURNING}\ud800-\udfff]")
_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")  # all of ASCII's punctuation


def visible(text: str) -> str:
    """The text with every acting character spelled as in JSON, such as `\\u001b`; JSON stays the same JSON."""
    if text.replace("\n", "").isprintable():  # nothing that acts is
        return text
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def in_one_line(text: str) -> str:
    """As `visible`, and nothing in it begins a new line or column."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def unmarked(text: str) -> str:
    """The text in Markdown that shows it and nothing else: no link, picture, tag or table cell begins in it."""
    return _MARKUP.sub(r"\\\1", in_one_line(text))
