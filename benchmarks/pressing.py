"""Workbooks that differ in some texts and figures only, pressed from a mould: one is written with a token in each of
those cells, and of every other one only the parts with tokens are put together and compressed anew."""

import io
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from duban.fillin.form import Form, Row
from duban.fillin.workbook import write_fill_in

_PAD = "国"  # a text's token is as long as the text, so that rows are as high
_TOKEN = re.compile(f"(zq[0-9]{{6}}{_PAD}*|88000[0-9]{{5}})")

Cell = tuple[str, int, str]  # tab, place of the row, field


class Mould(NamedTuple):
    """`parts` of the package in order: bytes where there is no token in them, else texts and tokens in turn."""

    parts: dict[str, bytes | list[str]]
    tokens: dict[str, object]  # token -> the reporter's `name` or `code`, a word of the stamp, or a cell


def mould(path: Path, form: Form, texts: Mapping[Cell, str], figures: Collection[Cell]) -> Mould:
    """The mould of a filled and stamped form, written to `path` on the way: of its texts as long as given, and of its
    figures, which stand as numbers."""
    tokens: dict[str, object] = {}

    def token(of: object, length: int = 0) -> str:
        known = f"zq{len(tokens):06d}".ljust(length, _PAD)
        tokens[known] = of
        return known

    rows = {tab: [dict(row.texts) for row in rows] for tab, rows in form.rows.items()}
    for cell, text in texts.items():
        tab, place, field = cell
        rows[tab][place][field] = token(cell, len(text))
    for tab, place, field in figures:
        number = f"88000{len(tokens):05d}"
        tokens[number] = (tab, place, field)
        rows[tab][place][field] = number
    names = {"full_name": token("name", len(form.reporter.full_name)), "code": token("code")}
    reporter = form.reporter.model_copy(update=names)
    changing = ("reporter", "template", "token")
    stamp = {word: token(word) if word in changing else value for word, value in form.stamp.items()}
    filled = {
        tab: tuple(Row(row.key, texts, row.limits) for row, texts in zip(form.rows[tab], rows[tab], strict=True))
        for tab in rows
    }
    write_fill_in(path, replace(form, reporter=reporter, rows=filled, stamp=stamp))
    parts: dict[str, bytes | list[str]] = {}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            pieces = _TOKEN.split(package.read(name).decode())
            parts[name] = pieces if len(pieces) > 1 else package.read(name)
    found = {piece for pieces in parts.values() if isinstance(pieces, list) for piece in pieces[1::2]}
    if found != tokens.keys():
        raise RuntimeError(f"tokens that stand in no part, or in none of ours: {found ^ tokens.keys()}")
    return Mould(parts, tokens)


def press(made: Mould, values: Mapping[object, str]) -> bytes:
    """A workbook with these values in the place of the tokens."""
    known = {token: escape(values[of]) for token, of in made.tokens.items()}
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in made.parts.items():
            if isinstance(part, list):
                part = "".join(known[piece] if at % 2 else piece for at, piece in enumerate(part)).encode()
            package.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
