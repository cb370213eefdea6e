"""The book's figures: axes in, axes out. The only module of the package that needs matplotlib.

A page makes a ``picture``, draws on its axes and ends the cell with the picture itself, which a notebook
shows as SVG. What a figure means stands in the text beside it, where it can be translated; on the axes there
are numbers and symbols only.

True and false pixels have the colours and marks of the grid painter: a colour-blind reader, or one with a
grey print, still tells them apart.
"""

import re
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Colormap, ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.path import Path
from numpy.typing import ArrayLike
from torch import Tensor

from seglosses.walkthrough.overlaps import overlap

# The grid painter's colours, by Okabe and Ito: told apart with any colour vision, 3:1 or better on white.
TRUE_POSITIVE = "#009E73"
FALSE_POSITIVE = "#D55E00"
FALSE_NEGATIVE = "#0072B2"

# No grey has 4.5:1 on both a white and a near-black page, so a figure brings its own white ground.
GROUND = "#FFFFFF"
INK = "#24292F"
LINE = "#8C959F"

CROSS = Path([(-1, -1), (1, 1), (-1, 1), (1, -1)], [Path.MOVETO, Path.LINETO] * 2)
CIRCLE = Path.unit_circle()

CURVES = (FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE, "#8B4C76", INK)
DASHES = ("-", "--", "-.", ":", (0, (8, 2, 1, 2, 1, 2)))

_STYLE: dict[Any, Any] = {
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",  # the reader's fonts do not matter
    "svg.hashsalt": "seglosses",  # the same ids, so the same bytes, at every run
}


class Picture(Figure):
    """A figure that a notebook shows as SVG; it needs no pyplot and no backend.

    The same drawing gives the same bytes at every run: no date, no random ids, no fonts of the machine.
    """

    def _repr_svg_(self) -> str:
        with rc_context(_STYLE), StringIO() as svg:
            metadata = {"Date": None, "Creator": None}
            self.savefig(svg, format="svg", metadata=metadata)
            # Indents and comments are a tenth of the bytes, and nobody reads them.
            return re.sub(r"^ +|<!--.*?-->\n?", "", svg.getvalue(), flags=re.MULTILINE)


def picture(columns: int = 1, width: float = 3.0, height: float = 3.0) -> tuple[Picture, list[Axes]]:
    """Make an empty picture with axes side by side.

    Args:
        columns: how many axes, at least 1.
        width: the width of each, in inches.
        height: the height, in inches.

    Returns:
        The picture, to be the last line of a cell, and the list of its axes.
    """
    with rc_context(_STYLE):
        figure = Picture(figsize=(columns * width, height), facecolor=GROUND, layout="constrained")
        axes = figure.subplots(1, columns, squeeze=False)[0]
    for ax in axes:
        ax.set_facecolor(GROUND)
    return figure, list(axes)


def plot_overlap(ax: Axes, prediction: Tensor, target: Tensor) -> Axes:
    """Draw a hard prediction over a hard target, one colour and one mark for each kind of pixel.

    A dot on green is a true positive, a cross on vermillion a false positive, a blue ring a false negative;
    a true negative stays empty. The line is the edge of the target.

    Args:
        ax: where to draw.
        prediction: zeros and ones, of shape (H, W).
        target: zeros and ones, the shape of ``prediction``.

    Raises:
        ValueError: the shapes differ, or a mask has a value other than 0 and 1.
    """
    overlap(prediction, target)  # the same checks, and the same errors, as the counts beside the figure
    x, y = prediction.bool().numpy(), target.bool().numpy()
    kinds = x * (1 + y.astype(int))  # 0 not predicted, 1 false positive, 2 true positive
    _cells(ax, kinds, ListedColormap([GROUND, FALSE_POSITIVE, TRUE_POSITIVE]), 0, 2)
    outline(ax, target)
    _marks(ax, x & y, CIRCLE, facecolors="white", edgecolors="none")
    _marks(ax, x & ~y, CROSS, facecolors="none", edgecolors="white")
    _marks(ax, ~x & y, CIRCLE, facecolors="none", edgecolors=FALSE_NEGATIVE)
    return ax


def plot_grid(
    ax: Axes,
    values: Tensor,
    *,
    low: float = 0.0,
    high: float = 1.0,
    colours: str = "Greys",
    digits: int | None = None,
) -> Axes:
    """Draw one value a pixel, as a mask, an image, a map of probabilities or a map of losses.

    Args:
        ax: where to draw.
        values: any numbers, of shape (H, W).
        low: the value with the first colour.
        high: the value with the last colour.
        colours: a matplotlib colour map.
        digits: how many decimals to print in each pixel; None prints no number.
    """
    grid = values.detach().double().numpy()
    rgba = _cells(ax, grid, colours, low, high)
    if digits is not None:
        for (row, column), value in np.ndenumerate(grid):
            text = f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")
            luminance = rgba[row, column, :3] ** 2.2 @ (0.2126, 0.7152, 0.0722)
            colour = "black" if luminance > 0.18 else "white"  # whichever has 4.5:1
            ax.text(column, row, text, ha="center", va="center", size=7, color=colour)
    return ax


def plot_image(ax: Axes, image: ArrayLike) -> Axes:
    """Draw a grey image too fine for a grid of squares, as the pixels that it has.

    Args:
        ax: where to draw.
        image: values in [0, 1], of shape (H, W); 0 is black and 1 is white.
    """
    ax.imshow(np.asarray(image), cmap="gray", vmin=0, vmax=1, interpolation="none")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax


def outline(ax: Axes, mask: Tensor, colour: str = INK) -> Axes:
    """Trace the edge of a mask over a grid that is already drawn.

    Args:
        ax: where to draw.
        mask: zeros and ones, of shape (H, W).
        colour: the line's colour.
    """
    inside = np.pad(mask.bool().numpy(), 1)
    for row, column in np.argwhere(inside[1:] != inside[:-1]):
        ax.plot([column - 1.5, column - 0.5], [row - 0.5] * 2, color=colour, linewidth=2)
    for row, column in np.argwhere(inside[:, 1:] != inside[:, :-1]):
        ax.plot([column - 0.5] * 2, [row - 1.5, row - 0.5], color=colour, linewidth=2)
    return ax


def plot_curves(
    ax: Axes,
    x: Sequence[float] | Tensor,
    curves: Mapping[str, Sequence[float] | Tensor],
    *,
    key: Literal["upper left", "upper right", "lower left", "lower right"] | None = None,
) -> Axes:
    """Draw up to five curves, each told apart by colour and dashes and named at its right end.

    Args:
        ax: where to draw.
        x: the common horizontal values.
        curves: a name, best a symbol, for each row of vertical values.
        key: the corner for a key of the names, for curves which end at one point; None names the ends.

    Raises:
        ValueError: more curves than there are colours.
    """
    if len(curves) > len(CURVES):
        hint = "Hint: draw the others on axes of their own, picture(columns=2)."
        raise ValueError(f"curves must be at most {len(CURVES)}; got {len(curves)}. {hint}")
    for (name, y), colour, dashes in zip(curves.items(), CURVES, DASHES, strict=False):
        ax.plot(np.asarray(x), np.asarray(y), color=colour, linestyle=dashes, linewidth=2, label=name)
        if key is None:
            end = float(np.asarray(x)[-1]), float(np.asarray(y)[-1])
            ax.annotate(name, end, (6, 0), textcoords="offset points", va="center", color=colour)
    if key is not None:
        ax.legend(loc=key, frameon=False, handlelength=3.5, labelcolor=INK)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(color=LINE, alpha=0.3, linewidth=0.6)
    return ax


def _cells(ax: Axes, values: np.ndarray, colours: str | Colormap, low: float, high: float) -> np.ndarray:
    """Fill the squares and return their colours; rows run down, as in an image and in the text's grids."""
    rgba = ScalarMappable(Normalize(low, high), colours).to_rgba(values)
    square = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    painted = np.argwhere((rgba < 1).any(axis=-1))  # white squares are there already, and weigh nothing
    squares = [np.add(square, (column, row)) for row, column in painted]
    facecolors = [rgba[tuple(at)] for at in painted]
    # All squares lie inside the axes, so none is clipped: a clip path for each would add 3 kB to the file.
    ax.add_collection(PolyCollection(squares, facecolors=facecolors, linewidth=0, clip_on=False))
    bottom, right = np.array(values.shape) - 0.5
    style: dict[str, Any] = {"color": LINE, "linewidth": 0.6, "clip_on": False}
    ax.hlines(np.arange(-0.5, bottom + 1), -0.5, right, **style)
    ax.vlines(np.arange(-0.5, right + 1), -0.5, bottom, **style)
    ax.set(aspect="equal", xlim=(-0.5, right), ylim=(bottom, -0.5), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return rgba


def _marks(ax: Axes, where: np.ndarray, shape: Path, **colours: Any) -> None:
    rows, columns = np.nonzero(where)
    ax.scatter(columns, rows, marker=shape, s=36, linewidth=1.8, **colours)
