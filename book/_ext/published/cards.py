"""The picture that a messenger shows beside a link: the page's title, and a prediction over a lung."""

import textwrap
from pathlib import Path

from matplotlib.figure import Figure

from seglosses.grids import LUNG, PREDICTION_2
from seglosses.plots import plot_overlap


def draw_card(title: str, book: str, file: Path) -> None:
    """Draw 1200 by 630 pixels, the size that messengers crop to."""
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor="white")
    lines = "\n".join(textwrap.wrap(title, 20)[:4])
    figure.text(0.06, 0.56, lines, fontsize=44, weight="bold", va="center", linespacing=1.2)
    figure.text(0.06, 0.1, book, fontsize=20, color="0.4")
    plot_overlap(figure.add_axes((0.6, 0.13, 0.36, 0.74)), PREDICTION_2, LUNG)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Software": None})
