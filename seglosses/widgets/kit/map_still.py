"""The picture of one value a pixel over a truth. No words in it, so that it fits a page of any language."""

from collections import defaultdict
from collections.abc import Sequence
from html import escape

import torch
from torch import Tensor

from seglosses.widgets.kit.mask_still import COLOURS, INK, PAPER, RULE, WIDTH, edges

_TINT = 0.6  # the part of the hue in the strongest colour, as in probability_painter/style.css
_INSET = 0.08  # of the dotted line, in cells, as on the page


def map_svg(
    strengths: Tensor,
    texts: Sequence[str] | None,
    costs: Tensor,
    target: Tensor,
    hard: Tensor,
    notes: Sequence[str],
) -> str:
    """Draw tints with numbers on them, the edges of two masks, and lines of text beneath.

    Args:
        strengths: (H, W), how strong each pixel's colour is, in [0, 1].
        texts: what stands on each pixel, row by row; None where the pixels are too small for numbers.
        costs: (H, W), true where the colour is that of cost, false where it is that of yes.
        target: (H, W), the mask with the solid line.
        hard: (H, W), the mask with the dotted line.
        notes: the lines beneath.
    """
    rows, cols = target.shape
    side = WIDTH / cols
    tints: dict[str, str] = defaultdict(str)  # each colour's cells in one path: a large grid stays small
    for r, c in torch.cartesian_prod(torch.arange(rows), torch.arange(cols)).tolist():
        tints[_tint(float(strengths[r, c]), bool(costs[r, c]))] += f"M{c} {r}h1v1h-1z"
    cells = "".join(f'<path d="{path}" fill="{colour}"/>' for colour, path in tints.items())
    numbers = "".join(
        f'<text x="{(k % cols + 0.5) * side:g}" y="{(k // cols + 0.62) * side:g}">{text}</text>'
        for k, text in enumerate(texts or ())
    )
    foot = rows * side
    beneath = "".join(
        f'<text y="{foot + 24 + 22 * k:g}">{escape(note)}</text>' for k, note in enumerate(notes)
    )
    width, height = WIDTH + 8, foot + 16 + 22 * len(notes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {width} {height:g}" width="{width}"'
        f' height="{height:g}" role="img" aria-label="{rows}x{cols}: {escape("; ".join(notes))}"'
        f' font-family="sans-serif" font-size="14" fill="{INK}">'
        f'<rect x="-4" y="-4" width="{width}" height="{height:g}" fill="{PAPER}"/>'
        f'<g transform="scale({side:g})" stroke="{RULE}" stroke-width=".03">{cells}'
        f'<g fill="none" stroke="{INK}">'
        f'<path d="{edges(target)}" stroke-width="{2.5 / side:g}" stroke-linecap="square"/>'
        f'<path d="{_inside(hard)}" stroke-width="{2 / side:g}" stroke-linecap="round"'
        f' stroke-dasharray="0 {4 / side:g}"/></g></g>'
        f'<g font-size="{0.32 * side:g}" text-anchor="middle">{numbers}</g>{beneath}</svg>'
    )


def _tint(strength: float, cost: bool) -> str:
    hue, part = COLOURS["fp" if cost else "fn"], _TINT * round(strength, 2)
    channels = (round(255 + (int(hue[i : i + 2], 16) - 255) * part) for i in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _inside(mask: Tensor) -> str:
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
                ends.append(_INSET if beside not in ones else -_INSET if notch in ones else 0)
            start, length = ends[0], 1 - sum(ends)
            if dr:
                path += f"M{c + start:g} {r + (1 - _INSET if dr > 0 else _INSET):g}h{length:g}"
            else:
                path += f"M{c + (1 - _INSET if dc > 0 else _INSET):g} {r + start:g}v{length:g}"
    return path
