"""Grids for paper: black and white, with the truth as a thick line and what is predicted as crosses."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

SIDE = 24  # of a pixel, in units of the drawing
MARGIN = 2
EDGE = 3.5


@dataclass(frozen=True, eq=False)
class Figure:
    """A grid as it is printed."""

    target: Tensor
    """(H, W), the mask whose edge is the thick line."""
    prediction: Tensor | None = None
    """(H, W), the mask whose pixels are crossed."""
    texts: Sequence[Sequence[str]] | None = None
    """What stands in the pixels, row by row."""

    def svg(self) -> str:
        """The drawing."""
        # Only now: whoever draws no grid needs no widget.
        from seglosses.widgets.kit.stills import Still, at, outline, rules

        rows, cols = self.target.shape
        lines = at(
            0, 0, rules(rows, cols) + self._crosses() + outline(self.target.double(), SIDE, EDGE), SIDE
        )
        drawn = at(MARGIN, MARGIN, lines + self._texts())
        return Still(drawn, SIDE * cols + 2 * MARGIN, SIDE * rows + 2 * MARGIN, self.label).svg()

    def image(self) -> str:
        """The drawing as an image of its own, which notebooks show in their text."""
        source = base64.b64encode(self.svg().encode()).decode()
        return f'<img src="data:image/svg+xml;base64,{source}" alt="{self.label}">'

    @property
    def label(self) -> str:
        """The grid for who cannot see it: row by row, a pixel of the target in brackets."""
        rows, cols = self.target.shape
        return "; ".join(" ".join(self._said(r, c) for c in range(cols)) for r in range(rows))

    def _said(self, r: int, c: int) -> str:
        here = self.texts[r][c] if self.texts else ""
        here = here or ("x" if self.prediction is not None and self.prediction[r, c] else "0")
        return f"[{here}]" if self.target[r, c] else here

    def _crosses(self) -> str:
        pixels = [] if self.prediction is None else self.prediction.nonzero().tolist()
        d = "".join(f"M{c + 0.2:g} {r + 0.2:g}l.6 .6m0 -.6l-.6 .6" for r, c in pixels)
        return f'<path d="{d}" fill="none" stroke="#000" stroke-width=".07" stroke-linecap="round"/>'

    def _texts(self) -> str:
        from seglosses.widgets.kit.stills import text

        numbers = "".join(
            text(SIDE * (c + 0.5), SIDE * (r + 0.65), here, "middle")
            for r, row in enumerate(self.texts or ())
            for c, here in enumerate(row)
            if here
        )
        return f'<g font-size="{SIDE * 0.5:g}">{numbers}</g>'


def probabilities(p: Tensor, target: Tensor) -> Figure:
    """A grid with a model's probabilities, as .9, over its target."""
    return Figure(target, texts=[[f"{x:g}".removeprefix("0") for x in row] for row in p.tolist()])


def classes(labels: Tensor, target: Tensor) -> Figure:
    """A map of classes: the number of each, nothing on the background, and the edge of the true organs."""
    return Figure(target > 0, texts=[[str(k) if k else "" for k in row] for row in labels.tolist()])
