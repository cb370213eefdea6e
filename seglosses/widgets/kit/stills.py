"""The still of a widget: the SVG that stands in for it on paper, and where there is no JavaScript.

No words of any language are in it, so that it fits every page; the same state gives the same bytes.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seglosses.walkthrough.overlaps import overlap
from seglosses.widgets.kit.looks import COLOURS, INK, LOOKS, PAPER, RULE


class Still(NamedTuple):
    """A drawing of some size, from the upper left, with a label that says what is in it."""

    parts: str
    width: float
    height: float
    label: str

    def svg(self) -> str:
        """The whole SVG: frame, paper and ink."""
        size = f'width="{self.width:g}" height="{self.height:g}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" {size}'
            f' role="img" aria-label="{escape(self.label)}" font-family="sans-serif" font-size="14"'
            f' fill="{INK}"><rect {size} fill="{PAPER}"/>{self.parts}</svg>'
        )


def at(x: float, y: float, parts: str, scale: float = 1) -> str:
    """Parts of a drawing moved to (x, y), and there in units of ``scale`` pixels."""
    return f'<g transform="translate({x:g} {y:g}) scale({scale:g})">{parts}</g>'


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """One line of text."""
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}"{placed}>{escape(words)}</text>'


def _path(d: str, **looks: Any) -> str:
    said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in looks.items())
    return f'<path d="{d}"{said}/>'


# ---- cells of a grid, in units of cells --------------------------------------------------------------------


def area(where: Tensor) -> str:
    """The cells that are true as the data of a path, neighbours of a row joined: ``areas`` in cells.js."""
    padded = torch.nn.functional.pad(where.int(), (1, 1))
    starts, ends = ((padded.diff() == sign).nonzero().tolist() for sign in (1, -1))
    runs = zip(starts, ends, strict=True)
    return "".join(f"M{c} {r}h{end - c}v1h{c - end}z" for (r, c), (_, end) in runs)


def edges(mask: Tensor) -> str:
    """Every edge between a 1 and a 0, or the border, as the data of a path."""
    padded = torch.nn.functional.pad(mask, (1, 1, 1, 1))
    across = (padded[1:, 1:] != padded[:-1, 1:]).nonzero().tolist()
    down = (padded[1:, 1:] != padded[1:, :-1]).nonzero().tolist()
    return "".join([f"M{c} {r}h1" for r, c in across] + [f"M{c} {r}v1" for r, c in down])


def inside(mask: Tensor, inset: float) -> str:
    """A line along the edge of a mask, a little inside it: as ``contour`` in cells.js with an inset."""
    ones = {(r, c) for r, c in mask.nonzero().tolist()}
    path = ""
    for r, c in sorted(ones):
        for dr, dc in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            if (r + dr, c + dc) in ones:
                continue
            ends = []
            for sign in (-1, 1):
                beside = (r + sign * abs(dc), c + sign * abs(dr))
                notch = (beside[0] + dr, beside[1] + dc)
                ends.append(inset if beside not in ones else -inset if notch in ones else 0)
            start, length = ends[0], 1 - sum(ends)
            if dr:
                path += f"M{c + start:g} {r + (1 - inset if dr > 0 else inset):g}h{length:g}"
            else:
                path += f"M{c + (1 - inset if dc > 0 else inset):g} {r + start:g}v{length:g}"
    return path


def outline(mask: Tensor, side: float, width: float = LOOKS["edge"]) -> str:
    """The edge of the truth; ``side`` is that of a cell and ``width`` that of the line, in pixels."""
    looks = {"stroke": INK, "stroke_width": f"{width / side:g}", "stroke_linecap": "square"}
    return _path(edges(mask), fill="none", **looks)


def outcomes(prediction: Tensor, target: Tensor, marks: Mapping[str, Mapping[str, Any]]) -> str:
    """A ground of its colour and a mark for each outcome, as on the page."""
    x, y = prediction.bool(), target.bool()
    kinds = {"tp": x & y, "fp": x & ~y, "fn": ~x & y}
    parts = [_path(area(kinds[kind]), fill=COLOURS[kind]) for kind in ("tp", "fp")]
    for kind, mark in marks.items():
        d = "".join(f"M{c} {r}{mark['d']}" for r, c in kinds[kind].nonzero().tolist())
        looks = {"stroke": COLOURS["fn"] if kind == "fn" else PAPER, "stroke_width": mark["width"]}
        parts.append(_path(d, fill="none", stroke_linecap="round" if kind == "tp" else "butt", **looks))
    return "".join(parts)


def rules(rows: int, cols: int) -> str:
    """The lines between cells."""
    d = "".join([f"M0 {r}h{cols}" for r in range(rows + 1)] + [f"M{c} 0v{rows}" for c in range(cols + 1)])
    return _path(d, fill="none", stroke=RULE, stroke_width=".03")


# ---- two masks ---------------------------------------------------------------------------------------------

SIDE = 320  # of a grid, in pixels
MARGIN = 4


def mask_still(prediction: Tensor, target: Tensor, smooth: float) -> Still:
    """The grid with its marks, the count of each outcome, and Dice and IoU as fractions."""
    rows, cols = target.shape
    n = overlap(prediction, target)
    counts = {kind: getattr(n, kind) for kind in ("tp", "fp", "fn", "tn")}
    dice = _equation("Dice", 2 * n.intersection + smooth, n.predicted + n.actual + smooth)
    iou = _equation("IoU", n.intersection + smooth, n.union + smooth)
    side = SIDE / cols
    foot = rows * side
    cells = outcomes(prediction, target, LOOKS["marks"]) + rules(rows, cols) + outline(target, side)
    parts = [at(0, 0, cells, side)]
    for k, (kind, count) in enumerate(counts.items()):
        x, y = (torch.tensor([[kind in truthy]]) for truthy in (("tp", "fp"), ("tp", "fn")))
        parts.append(at(80 * k, foot + 14, outcomes(x, y, LOOKS["marks"]) + rules(1, 1), 20))
        parts.append(text(80 * k + 26, foot + 29, f"{kind.upper()} {count}"))
    parts += [text(0, foot + 60, dice), text(0, foot + 82, iou)]
    said = "; ".join([*(f"{kind.upper()} {count}" for kind, count in counts.items()), dice, iou])
    drawn = at(MARGIN, MARGIN, "".join(parts))
    return Still(drawn, SIDE + 2 * MARGIN, foot + 96, f"{rows}x{cols}: {said}")


def _equation(name: str, top: float, bottom: float) -> str:
    if bottom == 0:
        return f"{name} = 0/0 → 1"
    value = top / bottom
    sign = "=" if abs(value - round(value, 4)) < 1e-12 else "≈"
    return f"{name} = {top:.12g}/{bottom:.12g} {sign} {value:.4f}"


# ---- one value a pixel over a truth ------------------------------------------------------------------------


def map_still(
    strengths: Tensor,
    texts: Sequence[str] | None,
    costs: Tensor,
    masks: tuple[Tensor, Tensor],
    notes: Sequence[str],
) -> Still:
    """Tints with numbers on them, the edges of two masks, and lines of text beneath.

    Args:
        strengths: (H, W), how strong each pixel's colour is, in [0, 1].
        texts: what stands on each pixel, row by row; None where the pixels are too small for numbers.
        costs: (H, W), true where the colour is that of cost, false where it is that of yes.
        masks: (H, W) each, that with the solid line and that with the dotted one.
        notes: the lines beneath.
    """
    target, hard = masks
    rows, cols = target.shape
    side = SIDE / cols
    tints: dict[str, str] = defaultdict(str)  # each colour's cells in one path: a large grid stays small
    for r, c in torch.cartesian_prod(torch.arange(rows), torch.arange(cols)).tolist():
        tints[_tint(float(strengths[r, c]), bool(costs[r, c]))] += f"M{c} {r}h1v1h-1z"
    cells = "".join(_path(d, fill=colour, stroke=RULE, stroke_width=".03") for colour, d in tints.items())
    dots = LOOKS["dots"]
    looks = {"stroke": INK, "stroke_width": f"{dots['width'] / side:g}", "stroke_linecap": "round"}
    gaps = f"0 {dots['apart'] / side:g}"
    dotted = _path(inside(hard, dots["inset"]), fill="none", stroke_dasharray=gaps, **looks)
    numbers = "".join(
        text((k % cols + 0.5) * side, (k // cols + 0.62) * side, said) for k, said in enumerate(texts or ())
    )
    foot = rows * side
    lines = "".join(text(0, foot + 24 + 22 * k, note) for k, note in enumerate(notes))
    set_in = f'<g font-size="{0.32 * side:g}" text-anchor="middle">{numbers}</g>'
    drawn = at(0, 0, cells + outline(target, side) + dotted, side) + set_in + lines
    height = foot + 16 + 22 * len(notes)
    return Still(at(MARGIN, MARGIN, drawn), SIDE + 2 * MARGIN, height, f"{rows}x{cols}: {'; '.join(notes)}")


def _tint(strength: float, cost: bool) -> str:
    hue, part = COLOURS["fp" if cost else "fn"], LOOKS["tint"] * round(strength, 2)
    channels = (round(255 + (int(hue[i : i + 2], 16) - 255) * part) for i in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


# ---- curves ------------------------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _LEFT, _TOP = 480, 220, 48, 12  # of the axes, in pixels, and where they start
_FOOT = _TOP + _HEIGHT
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

    def value(self, share: float) -> float:
        """The value so far up, from 0 to 1."""
        ratio = self.high / self.low if self.log else 1
        return self.low * ratio**share if self.log else self.low + share * (self.high - self.low)

    def up(self, y: float) -> float:
        """Where a value stands; one outside the axes is drawn at their edge."""
        if self.log:
            share = math.log(max(y, 1e-300) / self.low) / math.log(self.high / self.low)
        else:
            share = (y - self.low) / (self.high - self.low)
        return round(_TOP + _HEIGHT * (1 - min(max(share, 0), 1)), 1)


def round_end(most: float) -> float:
    """The end of an axis from 0 on, a fifth of which is a short number: ``roundEnd`` in plot.js."""
    unit = 10.0 ** math.floor(math.log10(most))
    ends = [float(f"{end * unit:.3g}") for end in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10)]
    return next(end for end in ends if end >= most)


def plot_still(
    axis: Axis,
    x_label: str,
    curves: Sequence[Curve],
    cursor: float,
    notes: Sequence[str],
    dots: Sequence[Dot] = (),
) -> Still:
    """The plot as it is: curves, dots, a cursor, and lines of text under them."""
    at_cursor = f"M{_across(cursor):g} {_TOP}V{_FOOT}"
    parts = [_axes(axis, x_label), _path(at_cursor, stroke=INK, stroke_dasharray="1 3")]
    for curve in curves:
        inside_axes = [(x, y) for x, y in curve.points if axis.low <= y <= axis.high]
        steps = "L".join(f"{_across(x):.1f} {axis.up(y):.1f}" for x, y in inside_axes)
        parts.append(_line_of(curve, f"M{steps}"))
    for dot in dots:
        place = f'cx="{_across(dot.x):.1f}" cy="{axis.up(dot.y):.1f}" r="{dot.radius:.1f}"'
        looks = f'fill="{dot.colour}" fill-opacity=".3" stroke="{dot.colour}" stroke-width="2"'
        parts.append(f"<circle {place} {looks}/>")
    y = _FOOT + 44
    for curve in curves:
        y += _LINE
        parts.append(_line_of(curve, f"M{_LEFT} {y - 4}h30") + text(_LEFT + 38, y, curve.label))
    for note in notes:
        y += _LINE
        parts.append(text(_LEFT, y, note))
    said = "; ".join([*(curve.label for curve in curves), *notes])
    return Still("".join(parts), _LEFT + _WIDTH + 16, y + 12, said)


def _across(x: float) -> float:
    return round(_LEFT + x * _WIDTH, 1)


def _line_of(curve: Curve, d: str) -> str:
    dashes = {"stroke_dasharray": curve.dashes} if curve.dashes else {}
    return _path(d, fill="none", stroke=curve.colour, stroke_width=2, **dashes)


def _axes(axis: Axis, x_label: str) -> str:
    parts = []
    for share in (0, 0.2, 0.4, 0.6, 0.8, 1):
        value, y = axis.value(share), axis.up(axis.value(share))
        parts += [
            _path(f"M{_LEFT} {y:g}h{_WIDTH}", stroke=RULE),
            text(_LEFT - 6, y + 4, f"{value:.2g}", "end"),
            text(_across(share), _FOOT + 18, f"{share:g}", "middle"),
        ]
    labels = text(_LEFT + 6, _TOP + 12, axis.label) + text(_across(0.5), _FOOT + 36, x_label, "middle")
    return "".join(parts) + labels
