"""The picture of two masks on one grid. No words in it, so that it fits a page of any language."""

import re
from pathlib import Path

import torch
from torch import Tensor

from seglosses.walkthrough.overlaps import overlap

# The colours stand in the style sheet alone: the picture and the live grid look the same.
COLOURS = dict(re.findall(r"--(tp|fp|fn): (#\w{6})", (Path(__file__).parent / "ui.css").read_text("utf-8")))
INK, PAPER, RULE = "#222832", "#fff", "#c9cfd6"
_MARKS = {
    "tp": '<circle cx=".5" cy=".5" r=".18" fill="#fff"/>',
    "fp": '<path d="M.3 .3L.7 .7M.3 .7L.7 .3" stroke="#fff"/>',
    "fn": f'<circle cx=".5" cy=".5" r=".22" stroke="{COLOURS["fn"]}"/>',
    "tn": "",
}
WIDTH = 320  # of the grid, in pixels


def mask_svg(prediction: Tensor, target: Tensor, smooth: float) -> str:
    """Draw the grid with its marks, the count of each outcome, and Dice and IoU as fractions."""
    rows, cols = target.shape
    n = overlap(prediction, target)
    counts = {kind: getattr(n, kind) for kind in _MARKS}
    dice = _equation("Dice", 2 * n.intersection + smooth, n.predicted + n.actual + smooth)
    iou = _equation("IoU", n.intersection + smooth, n.union + smooth)

    side = WIDTH / cols
    foot = rows * side
    width, height = WIDTH + 8, foot + 96
    cells = "".join(
        _cell(_outcome(prediction[r, c], target[r, c]), c, r) for r in range(rows) for c in range(cols)
    )
    legend = "".join(
        f'<g transform="translate({80 * k} {foot + 14:g}) scale(20)">{_cell(kind, 0, 0)}</g>'
        f'<text x="{80 * k + 26}" y="{foot + 29:g}" fill="{INK}">{kind.upper()} {count}</text>'
        for k, (kind, count) in enumerate(counts.items())
    )
    label = "; ".join([*(f"{kind.upper()} {count}" for kind, count in counts.items()), dice, iou])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {width} {height:g}" width="{width}"'
        f' height="{height:g}" role="img" aria-label="{rows}x{cols}: {label}" font-family="sans-serif"'
        f' font-size="14" fill="none" stroke-width=".1">'
        f'<rect x="-4" y="-4" width="{width}" height="{height:g}" fill="{PAPER}"/>'
        f'<g transform="scale({side:g})">{cells}'
        f'<path d="{edges(target)}" stroke="{INK}" stroke-width="{2.5 / side:g}" stroke-linecap="square"/>'
        f"</g>"
        f'{legend}<text y="{foot + 60:g}" fill="{INK}">{dice}</text>'
        f'<text y="{foot + 82:g}" fill="{INK}">{iou}</text></svg>'
    )


def _outcome(x: Tensor, y: Tensor) -> str:
    return ("tp" if x else "fn") if y else ("fp" if x else "tn")


def _cell(kind: str, col: int, row: int) -> str:
    fill = COLOURS[kind] if kind in ("tp", "fp") else "none"
    box = f'<rect width="1" height="1" fill="{fill}" stroke="{RULE}" stroke-width=".03"/>'
    return f'<g transform="translate({col} {row})">{box}{_MARKS[kind]}</g>'


def edges(mask: Tensor) -> str:
    """Every edge between a 1 and a 0, or the border, as the data of an SVG path."""
    padded = torch.nn.functional.pad(mask, (1, 1, 1, 1))
    across = (padded[1:, 1:] != padded[:-1, 1:]).nonzero().tolist()
    down = (padded[1:, 1:] != padded[1:, :-1]).nonzero().tolist()
    return "".join([f"M{c} {r}h1" for r, c in across] + [f"M{c} {r}v1" for r, c in down])


def _equation(name: str, top: float, bottom: float) -> str:
    if bottom == 0:
        return f"{name} = 0/0 → 1"
    value = top / bottom
    sign = "=" if abs(value - round(value, 4)) < 1e-12 else "≈"
    return f"{name} = {top:.12g}/{bottom:.12g} {sign} {value:.4f}"
