"""The styles of workbooks by name, as xlsxwriter's format properties: of forms, and of what the leadership reads."""

from duban.theme import Theme

_ROMAN, _GB2312 = 1, 134  # as font tables number families and character sets


def bases(look: Theme) -> dict[str, dict]:
    """Every style by name: plain text, numbers, table headers, titles, printed and input cells, links, hints."""
    colours = look.colours
    font = {"font_name": look.font, "font_size": look.size, "font_color": "#" + colours.ink, "valign": "vcenter"}
    cell = font | {"border": 1, "border_color": "#" + colours.line}
    wrapped = cell | {"text_wrap": True}
    return {
        "plain": font,
        "wrapped": font | {"text_wrap": True, "valign": "top"},
        "title": font | {"font_size": look.size + 6, "bold": True, "font_color": "#" + colours.heading},
        "section": font
        | {"font_size": look.size + 1, "bold": True, "font_color": "#" + colours.heading}
        | {"bg_color": "#" + colours.band},
        "hint": font | {"font_color": "#" + colours.muted},
        "header": wrapped
        | {"bold": True, "align": "center", "font_color": "#" + colours.on_heading}
        | {"bg_color": "#" + colours.heading},
        "text": wrapped,
        "centre": wrapped | {"align": "center"},
        "number": cell | {"align": "right"},
        "count": cell | {"align": "right", "num_format": "#,##0"},
        "percent": cell | {"align": "right", "num_format": "0.0%"},
        "link": wrapped | {"font_color": "#" + colours.link, "underline": 1},
        "printed": wrapped | {"bg_color": "#" + colours.printed},
        "input": wrapped | {"bg_color": "#" + colours.input, "locked": False},
    }


def official_bases(look: Theme) -> dict[str, dict]:
    """The same styles for what the leadership reads, each in its face; 小标宋 and 黑体 are never set bold."""
    faces, ink = look.official, {"font_color": "#" + look.colours.ink, "bold": False}
    own = {
        "title": _face(faces.title) | ink | {"font_size": look.size + 10, "align": "center"},
        "section": _face(faces.heading) | ink | {"font_size": look.size + 2},
        "header": _face(faces.heading) | ink | {"bg_color": "#" + faces.ground},
        "wrapped": _face(faces.text) | {"font_size": look.size + 2},
        "hint": _face(faces.note),
    }
    return {name: base | _face(faces.table) | own.get(name, {}) for name, base in bases(look).items()}


def _face(name: str) -> dict:
    """A Chinese face; family and character set let a machine without it take a Chinese one all the same."""
    return {"font_name": name, "font_family": _ROMAN, "font_charset": _GB2312}
