"""The book's figures: axes in, axes out. The only module of the package that needs matplotlib.

A page makes a ``picture``, draws on its axes and ends the cell with the picture itself, which a notebook
shows as SVG. Each axes is a panel of its own, so that a page can stack the panels where it is narrow, and ink
and lines have names, so that a dark page can give them other colours.

Words on the axes come from one table, ``WORDS``: a page's code says the symbol of its formula, and what a
reader sees is the word for it, which a translation can replace without touching the code.

True and false pixels have the colours and marks of the grid painter: a colour-blind reader, or one with a
grey print, still tells them apart.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from io import BytesIO, StringIO
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike
from PIL import Image
from torch import Tensor

from seglosses.language import language, say
from seglosses.walkthrough.classes import class_overlaps
from seglosses.walkthrough.overlaps import overlap

# The grid painter's colours, by Okabe and Ito: told apart with any colour vision, and 3:1 or better on white
# and on a dark page.
TRUE_POSITIVE = "#009E73"
FALSE_POSITIVE = "#D55E00"
FALSE_NEGATIVE = "#0072B2"
PURPLE = "#A94A9A"

# No grey has 4.5:1 on a white and on a near-black page, so these two have names, which a page may redefine;
# elsewhere a picture brings its own white ground.
GROUND = "#FFFFFF"
INK = "#222832"
LINE = "#8C959F"
NAMES = {"ink": INK, "line": LINE}

TINT = 0.6  # of a hue over the ground: ink has 4.5:1 on it, on a white page as on a dark one
HUES = {"blue": FALSE_NEGATIVE, "orange": FALSE_POSITIVE}

CROSS = Path([(-1, -1), (1, 1), (-1, 1), (1, -1)], [Path.MOVETO, Path.LINETO] * 2)
CIRCLE = Path.unit_circle()

CURVES = (FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE, PURPLE, INK)
DASHES = ("-", "--", "-.", ":", (0, (8, 2, 1, 2, 1, 2)))

WORDS = {
    "$p$": "predicted probability p",
    "$p_t$": "probability given to the true class, p\u209c",
    "$z$": "logit z",
    "$y$": "truth y",
    r"$\eta$": "true probability \u03b7",
    "$L$": "loss",
    "$D$": "Dice coefficient",
    "$DSC$": "Dice coefficient",
    "$J$": "IoU",
    "$P$": "predicted pixels, in all",
    "$k$": "pixels of the ring that are painted",
}
A_WORD = re.compile(r"[^\W\d_]{3,}|[\u4e00-\u9fff]{2,}")

GAP = 12  # between two panels, in pixels of 1/96 inch

_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11,
    "axes.labelsize": 11,
    "axes.titlesize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 11,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "none",  # words stay words: to be read aloud, found and translated
    "svg.hashsalt": "seglosses",  # the same ids, so the same bytes, at every run
}


#: Where Chinese letters come from, the first that is installed; Latin ones are DejaVu's in every language.
_HAN_FONTS = ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei")


def _style() -> dict[Any, Any]:
    """The looks of all figures; beyond English with a font that has the letters."""
    if language() == "en":
        return _STYLE
    installed = {font.name for font in fontManager.ttflist}
    return _STYLE | {"font.family": ["DejaVu Sans", *[f for f in _HAN_FONTS if f in installed][:1]]}


class Picture:
    """Panels side by side that a notebook shows as SVG; it needs no pyplot and no backend.

    The same drawing gives the same bytes at every run: no date, no random ids. It is drawn when it is first
    shown; what is added to its axes afterwards is not in it. JupyterLab shows the PNG while a notebook has
    not been run.
    """

    def __init__(self, panels: Sequence[Figure]) -> None:
        self.panels = list(panels)

    def __repr__(self) -> str:
        return f"A picture of {len(self.panels)} panels: run the cell to see it."

    def _repr_png_(self) -> bytes:
        assert self._svg  # which names axes and curves
        with rc_context(_style()), BytesIO() as png:
            drawn = Image.fromarray(np.hstack([_pixels(panel) for panel in self.panels]))
            drawn.convert("RGB").quantize(64).save(png, "png")  # a third of the bytes
            return png.getvalue()

    def _repr_svg_(self) -> str:
        return self._svg

    @cached_property
    def _svg(self) -> str:
        """The panels, each an ``<svg>`` of its own in one that holds them all, in pixels of 1/96 inch."""
        parts, right, low = [], 0.0, 0.0
        for number, panel in enumerate(self.panels):
            width, height = (float(96 * inches) for inches in panel.get_size_inches())
            box = f'viewBox="0 0 {width * 0.75:g} {height * 0.75:g}"'
            size = f'width="{width:g}" height="{height:g}"'
            parts.append(f'<svg class="panel" x="{right:g}" {size} {box}>{_drawn(panel, number)}</svg>')
            right, low = right + width + GAP, max(low, height)
        size = f'width="{right - GAP:g}" height="{low:g}"'
        spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        looks = f'viewBox="0 0 {right - GAP:g} {low:g}" stroke-linejoin="round"'
        ground = f'<rect {size} fill="{GROUND}"/>'
        return "\n".join([f'<svg class="picture" {spaces} {size} {looks}>', ground, *parts, "</svg>"])


def _drawn(panel: Figure, number: int) -> str:
    """What matplotlib draws in a panel, without its own frame, and with names for the colours of the page."""
    with rc_context(_style()), StringIO() as file:
        for ax in panel.axes:
            _name(ax)
        panel.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
        svg = file.getvalue()
    inside = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    # Its style would hold for the whole page; the rest is a third of the bytes, and nobody reads it.
    inside = re.sub(r"<style.*?</style>|<metadata>.*?</metadata>|<!--.*?-->", "", inside, flags=re.DOTALL)
    inside = re.sub(r'^ +| transform="rotate\(-0 [^"]*"|<defs>\s*</defs>', "", inside, flags=re.MULTILINE)
    inside = re.sub(r"<[^>]+>", _rounded, inside)
    inside = re.sub(r"\s*\n\s*", "\n", inside)
    for name, colour in NAMES.items():
        inside = inside.replace(colour.lower(), f"var(--{name}, {colour.lower()})")
    used = dict.fromkeys(re.findall(r'(?:url\(|xlink:href=")#(\w+)', inside))
    inside = re.sub(r' id="([^"]+)"', lambda found: found[0] if found[1] in used else "", inside)
    for k, one in enumerate(used):
        inside = re.sub(rf'(?<=[#"]){one}(?=["\)])', f"p{number}-{k}", inside)
    return inside


def _pixels(panel: Figure) -> np.ndarray:
    """What matplotlib draws in a panel, on white, as (H, W, 4) bytes."""
    canvas = FigureCanvasAgg(panel)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.array(canvas.buffer_rgba())  # type: ignore[no-untyped-call]


def _rounded(tag: re.Match[str]) -> str:
    """The places in a tag to a hundredth; numbers between tags are what the figure says."""
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), tag[0])


def picture(columns: int = 1, width: float = 3.0, height: float = 3.0) -> tuple[Picture, list[Axes]]:
    """Make an empty picture with axes side by side; on a narrow page they stack.

    What runs along the axes of curves must be said, as a symbol of ``WORDS`` or in words; else the picture
    raises a ValueError when it is shown. ``ax.set_title`` names a panel.

    Args:
        columns: how many axes, at least 1.
        width: the width of each, in inches. Two of 3.4 or three of 2.1 fit beside each other on a page.
        height: the height, in inches.

    Returns:
        The picture, to be the last line of a cell, and the list of its axes.
    """
    with rc_context(_style()):
        panels = [Figure(figsize=(width, height), layout="constrained") for _ in range(columns)]
        axes = [panel.subplots() for panel in panels]
    return Picture(panels), axes


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
    _cells(ax, np.array([to_rgba("none"), to_rgba(FALSE_POSITIVE), to_rgba(TRUE_POSITIVE)])[kinds])
    outline(ax, target)
    _marks(ax, x & y, CIRCLE, facecolors="white", edgecolors="none")
    _marks(ax, x & ~y, CROSS, facecolors="none", edgecolors="white")
    _marks(ax, ~x & y, CIRCLE, facecolors="none", edgecolors=FALSE_NEGATIVE)
    return ax


def plot_classes(ax: Axes, prediction: Tensor, target: Tensor) -> Axes:
    """Draw a predicted map of three classes over the true one, as the class painter does.

    A blue pixel with a 1 is predicted lung, an orange one with a 2 nodule, an empty one background. A wrong
    one says both, as 1≠2: lung, but nodule. The solid line is the edge of the true lung, the dotted one the
    nodule's.

    Args:
        ax: where to draw.
        prediction: classes 0, 1 and 2, of shape (H, W).
        target: the true ones, the shape of ``prediction``.

    Raises:
        ValueError: the shapes differ, or a pixel has another class.
    """
    class_overlaps(prediction, target)  # the same checks, and the same errors, as the counts beside it
    hues = [(*to_rgb(colour), TINT) for colour in (FALSE_NEGATIVE, FALSE_POSITIVE)]
    _cells(ax, np.array([to_rgba("none"), *hues])[prediction.numpy()])
    outline(ax, target == 1)
    outline(ax, target == 2, dashes=":")
    for (row, column), x in np.ndenumerate(prediction.numpy()):
        y = int(target[row, column])
        if x or y:
            said = f"{x}" if x == y else f"{x}≠{y}"
            ax.text(column, row, said, ha="center", va="center", size=7, color=INK)
    return ax


def plot_grid(
    ax: Axes,
    values: Tensor,
    *,
    low: float = 0.0,
    high: float = 1.0,
    hue: Literal["blue", "orange"] = "blue",
    digits: int | None = None,
) -> Axes:
    """Draw one value a pixel as the strength of a hue, as the probability painter does.

    Args:
        ax: where to draw.
        values: any numbers, of shape (H, W).
        low: the value without colour.
        high: the value with the strongest colour.
        hue: "blue" for a mask or for probabilities, "orange" for what a pixel costs.
        digits: how many decimals to print in each pixel; None prints no number.
    """
    grid = values.detach().double().numpy()
    colours = np.tile(to_rgba(HUES[hue]), (*grid.shape, 1))
    colours[..., 3] = TINT * np.clip((grid - low) / (high - low), 0, 1).round(3)
    _cells(ax, colours)
    if digits is not None:
        for (row, column), value in np.ndenumerate(grid):
            text = f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")
            ax.text(column, row, text, ha="center", va="center", size=7, color=INK)
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


def plot_map(ax: Axes, values: Tensor, *, high: float = 1.0, hue: Literal["blue", "orange"] = "blue") -> Axes:
    """Draw one value a pixel as the strength of a hue, as ``plot_grid`` does, for more pixels than squares.

    Args:
        ax: where to draw.
        values: any numbers, of shape (H, W); 0 and less has no colour.
        high: the value with the strongest colour.
        hue: as for ``plot_grid``.
    """
    grid = values.detach().double().numpy()
    colours = np.tile(np.uint8(255 * np.array([*to_rgb(HUES[hue]), 0.0])), (*grid.shape, 1))
    colours[..., 3] = np.round(255 * np.clip(grid / high, 0, 1))
    ax.imshow(colours, interpolation="none")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_color(LINE)
    return ax


def edge(ax: Axes, mask: Tensor) -> Axes:
    """Draw a thin line around a mask over an image or a map of any size; ``outline`` is for a grid.

    Args:
        ax: where to draw.
        mask: zeros and ones, of shape (H, W).
    """
    grey = ax.images and ax.images[0].get_cmap().name == "gray"  # no page darkens an image
    ax.contour(mask.double().numpy(), [0.5], colors=[GROUND if grey else INK], linewidths=1.2)
    return ax


def outline(ax: Axes, mask: Tensor, colour: str | None = None, dashes: str = "-") -> Axes:
    """Trace the edge of a mask over a grid that is already drawn.

    Args:
        ax: where to draw.
        mask: zeros and ones, of shape (H, W).
        colour: the line's colour; None is ink, and black on an image, which no page darkens.
        dashes: a line style of matplotlib.
    """
    colour = colour or ("black" if ax.images else INK)
    looks: dict[str, Any] = {"color": colour, "linewidth": 2, "linestyle": dashes}
    inside = np.pad(mask.bool().numpy(), 1)
    for row, column in np.argwhere(inside[1:] != inside[:-1]):
        ax.plot([column - 1.5, column - 0.5], [row - 0.5] * 2, **looks)
    for row, column in np.argwhere(inside[:, 1:] != inside[:, :-1]):
        ax.plot([column - 0.5] * 2, [row - 1.5, row - 0.5], **looks)
    return ax


def plot_curves(
    ax: Axes, x: Sequence[float] | Tensor, curves: Mapping[str, Sequence[float] | Tensor]
) -> Axes:
    """Draw up to five curves, each told apart by colour and dashes and named.

    The names stand at the right ends, or in a key above the axes where the ends are too close together.

    Args:
        ax: where to draw.
        x: the common horizontal values.
        curves: a name for each row of vertical values, blank for a line that the text explains.

    Raises:
        ValueError: more curves than there are colours.
    """
    if len(curves) > len(CURVES):
        hint = "Hint: draw the others on axes of their own, picture(columns=2)."
        raise ValueError(f"curves must be at most {len(CURVES)}; got {len(curves)}. {hint}")
    for (name, y), colour, dashes in zip(curves.items(), CURVES, DASHES, strict=False):
        looks: dict[str, Any] = {"color": colour, "linestyle": dashes, "linewidth": 2}
        ax.plot(np.asarray(x), np.asarray(y), label=name.strip() or "_", **looks)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(color=LINE, alpha=0.3, linewidth=0.6)
    return ax


# ---- what is said on the axes, once all is drawn -----------------------------------------------------------


def _name(ax: Axes) -> None:
    """Say in words what runs along the axes and which curve is which.

    Raises:
        ValueError: an axis without a word.
    """
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label):
        text.set(text=_said(text.get_text()), size=_STYLE["font.size"])
    for text in ax.texts:
        if text.get_color() == "black":  # a page's own remark
            text.set_color(INK)
    if not ax.axison or not (len(ax.get_xticks()) and len(ax.get_yticks())):  # a list, where words are ticks
        return
    for name, axis in (("xlabel", ax.xaxis), ("ylabel", ax.yaxis)):
        label = axis.get_label_text()
        ticks = " ".join(tick.get_text() for tick in axis.get_ticklabels())  # such as the names of losses
        ticks = re.sub(r"\\\w+", "", ticks)  # no command of TeX
        if not A_WORD.search(label) and not A_WORD.search(ticks):
            hint = f"Hint: ax.set({name}='loss'), or a symbol of seglosses.plots.WORDS."
            raise ValueError(f"{name} must say in words what the axis shows; got {label!r}. {hint}")
    curves = [line for line in ax.lines if not str(line.get_label()).startswith("_")]
    for line in curves:
        line.set_label(_said(str(line.get_label())))
    if not curves:
        return
    if _apart(ax, curves):
        for line in curves:
            end = _end(line)
            ax.annotate(str(line.get_label()), end, (6, 0), textcoords="offset points", va="center")
    else:
        _key(ax, curves)


def _said(text: str) -> str:
    """The word for a symbol; another formula that has no layout as plain text: ``$s=1$`` as s = 1."""
    if text in WORDS:
        return say(WORDS[text])
    letters = text.replace(r"\gamma", "γ").replace(r"\eta", "η")
    return re.sub(r"\$([\w.=]+)\$", lambda found: found[1].replace("=", " = "), letters)


def _panel_of(ax: Axes) -> Figure:
    """The figure of axes that ``picture`` has made."""
    panel = ax.get_figure(root=True)
    assert panel is not None
    return panel


def _end(line: Line2D) -> tuple[float, float]:
    """The right end of a curve."""
    x, y = np.asarray(line.get_xydata())[-1]
    return float(x), float(y)


def _apart(ax: Axes, curves: Sequence[Line2D]) -> bool:
    """Tell whether the right ends of curves lie inside the axes, and a line of text or more apart."""
    panel = _panel_of(ax)
    panel.draw_without_rendering()
    ends = np.sort([ax.transData.transform(_end(line))[1] for line in curves])
    line_of_text = 1.3 * _STYLE["font.size"] * panel.dpi / 72
    room = ax.get_window_extent()
    inside = bool(np.isfinite(ends).all() and room.y0 <= ends[0] and ends[-1] <= room.y1)
    return inside and all(high - low >= line_of_text for low, high in pairwise(ends))


def _key(ax: Axes, curves: Sequence[Line2D]) -> None:
    """Name the curves above the axes, in as many columns as there is room for."""
    panel = _panel_of(ax)
    for columns in range(len(curves), 0, -1):
        key = ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=columns,
            frameon=False,
            handlelength=2.6,
            borderaxespad=0.2,
            borderpad=0.2,
            columnspacing=1.2,
            labelcolor=INK,
        )
        key.set_in_layout(False)  # one that is too wide would make the axes narrow
        panel.draw_without_rendering()
        room = key.get_window_extent()
        if room.x1 <= ax.get_window_extent().x1:
            break
    key.set_in_layout(True)
    if ax.get_title():
        ax.set_title(ax.get_title(), pad=room.height * 72 / panel.dpi + 6)


# ---- the squares of a grid ---------------------------------------------------------------------------------


def _cells(ax: Axes, colours: np.ndarray) -> None:
    """Fill the squares, (H, W, 4); rows run down, as in an image and in the text's grids."""
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)])
    square = Path(corners, closed=True)
    for colour in dict.fromkeys(map(tuple, colours.reshape(-1, 4))):
        rows, columns = np.nonzero((colours == colour).all(axis=-1))
        if colour[3] > 0:  # what is not painted is the ground
            shifts = np.stack([columns, rows], axis=-1)
            squares = [Path(square.vertices + shift, square.codes) for shift in shifts]
            one = Path.make_compound_path(*squares)
            # It lies inside the axes, so it is not clipped: each clip path would add to the file.
            ax.add_patch(PathPatch(one, facecolor=colour, linewidth=0, clip_on=False))
    bottom, right = np.array(colours.shape[:2]) - 0.5
    style: dict[str, Any] = {"color": LINE, "linewidth": 0.6, "clip_on": False}
    ax.hlines(np.arange(-0.5, bottom + 1), -0.5, right, **style)
    ax.vlines(np.arange(-0.5, right + 1), -0.5, bottom, **style)
    ax.set(aspect="equal", xlim=(-0.5, right), ylim=(bottom, -0.5), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _marks(ax: Axes, where: np.ndarray, shape: Path, **colours: Any) -> None:
    rows, columns = np.nonzero(where)
    ax.scatter(columns, rows, marker=shape, s=36, linewidth=1.8, **colours)
