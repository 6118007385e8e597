"""Charts as SVG, without a library: lines over sizes, and bars of parts."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000")
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 820, 420, 70, 44, 250, 48
_ACROSS, _DOWN = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

Series = Mapping[str, Sequence[tuple[float, float]]]


def lines(title: str, series: Series, across: str, down: str, log: bool) -> str:
    """Lines through points (x, y); x in powers of ten, and y too where `log`."""
    points = [point for line in series.values() for point in line]
    left, right = (math.log10(edge) for edge in (min(x for x, _ in points), max(x for x, _ in points)))
    low, high = (_decades([y for _, y in points])) if log else (0.0, _round_up(max(y for _, y in points)))

    def place(x: float, y: float) -> tuple[float, float]:
        share = (math.log10(x) - left) / ((right - left) or 1)
        level = ((math.log10(y) if log else y) - low) / (high - low)
        return _LEFT + share * _ACROSS, _TOP + (1 - level) * _DOWN

    drawn = [_frame(title, across, down)]
    ticks = [10.0**n for n in range(int(low), int(high) + 1)] if log else [high * n / 4 for n in range(5)]
    drawn += [_level(place(10**left, y)[1], _number(y)) for y in ticks]
    drawn += [_tick(place(x, ticks[0])[0], f"{x:,.0f}") for x in sorted({x for x, _ in points})]
    for (name, line), (at, colour) in zip(series.items(), enumerate(_COLOURS), strict=False):
        spots = [place(*point) for point in sorted(line)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in spots]
        drawn.append(_legend(at, colour, name))
    return _svg(drawn)


def bars(title: str, columns: Mapping[str, Mapping[str, float]], across: str, down: str) -> str:
    """A bar for each column, its parts one on the other, in the order in which they first come."""
    parts = list(dict.fromkeys(part for column in columns.values() for part in column))
    high = _round_up(max(sum(column.values()) for column in columns.values()))
    drawn = [_frame(title, across, down)]
    drawn += [_level(_TOP + _DOWN * (1 - n / 4), _number(high * n / 4)) for n in range(5)]
    step = _ACROSS / len(columns)
    for at, (name, column) in enumerate(columns.items()):
        x, y = _LEFT + (at + 0.25) * step, float(_TOP + _DOWN)
        for part, colour in zip(parts, _COLOURS, strict=False):
            tall = column.get(part, 0.0) / high * _DOWN
            y -= tall
            drawn.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{step / 2:.1f}" height="{tall:.1f}" fill="{colour}"/>')
        drawn.append(_text(x + step / 4, y - 6, _number(sum(column.values())), "middle"))
        drawn.append(_tick(x + step / 4, name))
    drawn += [_legend(at, colour, part) for at, (part, colour) in enumerate(zip(parts, _COLOURS, strict=False))]
    return _svg(drawn)


def _decades(values: list[float]) -> tuple[float, float]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return float(low), float(max(high, low + 1))


def _round_up(value: float) -> float:
    step = 10 ** math.floor(math.log10(value))
    return next(step * times for times in (1, 2, 4, 6, 8, 10) if step * times >= value)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _frame(title: str, across: str, down: str) -> str:
    middle = _TOP + _DOWN / 2
    turned = f'<g transform="rotate(-90 16 {middle})">{_text(16, middle, down, "middle")}</g>'
    heading = f'<text x="{_LEFT}" y="24" font-size="16" font-weight="bold">{escape(title)}</text>'
    return heading + turned + _text(_LEFT + _ACROSS / 2, _HEIGHT - 10, across, "middle")


def _level(y: float, text: str) -> str:
    line = f'<line x1="{_LEFT}" x2="{_LEFT + _ACROSS}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d0d0d0"/>'
    return line + _text(_LEFT - 8, y + 4, text, "end")


def _tick(x: float, text: str) -> str:
    return _text(x, _TOP + _DOWN + 18, text, "middle")


def _legend(at: int, colour: str, text: str) -> str:
    x, y = _LEFT + _ACROSS + 18, _TOP + 10 + 22 * at
    return f'<rect x="{x}" y="{y - 9}" width="12" height="12" fill="{colour}"/>' + _text(x + 18, y + 1, text, "start")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(drawn: list[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    )
    style = 'font-family="sans-serif" font-size="12" fill="#222"'
    return "\n".join([f"{head} {style}>", '<rect width="100%" height="100%" fill="white"/>', *drawn, "</svg>", ""])
