"""The picture of a plot: curves, dots, a cursor, and lines of text under them. No words of any language."""

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_INK, _RULE, _PAPER = "#222832", "#c9cfd6", "#fff"
_WIDTH, _HEIGHT, _LEFT, _TOP = 480, 220, 48, 12  # of the axes, in pixels, and where they start
_LINE = 22  # from one line of text to the next


class Curve(NamedTuple):
    """One line of the plot, with the label that stands for it under the axes."""

    label: str
    colour: str
    dashes: str
    points: Sequence[tuple[float, float]]


class Dot(NamedTuple):
    """Alike pixels; the radius says how many they are."""

    x: float
    y: float
    radius: float
    colour: str


class Axis(NamedTuple):
    """The vertical axis; the horizontal one goes from 0 to 1."""

    label: str
    low: float
    high: float
    log: bool = False


def plot_svg(
    axis: Axis,
    x_label: str,
    curves: Sequence[Curve],
    cursor: float,
    notes: Sequence[str],
    dots: Sequence[Dot] = (),
) -> str:
    """Draw the plot as it is, the same bytes at every run."""

    def across(x: float) -> str:
        return f"{_LEFT + x * _WIDTH:.1f}"

    def up(y: float) -> str:
        if axis.log:
            share = math.log(max(y, 1e-300) / axis.low) / math.log(axis.high / axis.low)
        else:
            share = (y - axis.low) / (axis.high - axis.low)
        share = min(max(share, 0), 1)  # a value outside the axes is drawn at their edge
        return f"{_TOP + _HEIGHT * (1 - share):.1f}"

    foot = _TOP + _HEIGHT
    parts = []
    for k in range(6):
        x = k / 5
        y = axis.low * (axis.high / axis.low) ** x if axis.log else axis.low + x * (axis.high - axis.low)
        parts += [
            f'<path d="M{_LEFT} {up(y)}h{_WIDTH}" stroke="{_RULE}"/>',
            f'<text x="{_LEFT - 6}" y="{float(up(y)) + 4:.1f}" text-anchor="end">{y:.2g}</text>',
            f'<text x="{across(x)}" y="{foot + 18}" text-anchor="middle">{x:g}</text>',
        ]
    parts.append(f'<path d="M{across(cursor)} {_TOP}V{foot}" stroke="{_INK}" stroke-dasharray="1 3"/>')
    for curve in curves:
        steps = "L".join(f"{across(x)} {up(y)}" for x, y in curve.points if axis.low <= y <= axis.high)
        look = f'stroke="{curve.colour}" stroke-dasharray="{curve.dashes}" stroke-width="2" fill="none"'
        parts.append(f'<path d="M{steps}" {look}/>')
    for dot in dots:
        place = f'cx="{across(dot.x)}" cy="{up(dot.y)}" r="{dot.radius:.1f}"'
        parts.append(
            f'<circle {place} fill="{dot.colour}" fill-opacity=".3" stroke="{dot.colour}" stroke-width="2"/>'
        )
    parts.append(f'<text x="{_LEFT + 6}" y="{_TOP + 12}">{escape(axis.label)}</text>')
    parts.append(f'<text x="{across(0.5)}" y="{foot + 36}" text-anchor="middle">{escape(x_label)}</text>')

    line = foot + 44
    for curve in curves:
        line += _LINE
        sample = f'<path d="M{_LEFT} {line - 4}h30" stroke="{curve.colour}" stroke-dasharray="{curve.dashes}"'
        parts.append(
            f'{sample} stroke-width="2"/><text x="{_LEFT + 38}" y="{line}">{escape(curve.label)}</text>'
        )
    for note in notes:
        line += _LINE
        parts.append(f'<text x="{_LEFT}" y="{line}">{escape(note)}</text>')

    label = escape("; ".join([*(curve.label for curve in curves), *notes]), quote=True)
    width, height = _LEFT + _WIDTH + 16, line + 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}"'
        f' role="img" aria-label="{label}" font-family="sans-serif" font-size="13" fill="{_INK}">'
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>'
        f"{''.join(parts)}</svg>"
    )
