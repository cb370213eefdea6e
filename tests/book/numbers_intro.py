"""The numerals of the introduction, computed: what each cell of book/intro.ipynb may print, in order."""

import torch

from seglosses.grids import LUNG
from seglosses.phantom import phantom


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    rows, columns = phantom(0, size=16).lung.shape
    undecided = torch.sigmoid(torch.tensor(0.0)).item()
    lowest, highest = sorted(LUNG.unique().tolist())
    return {
        "intro-picture-caption": f"{rows} {columns} {highest:.0f} {lowest:.0f}",
        "intro-number": "0 1",
        "intro-number-question": (
            f"a logit of 0: {lowest:.0f} 0 0; {undecided} {lowest:.0f} {highest:.0f}; {highest:.0f} 0"
        ),
        "intro-which": f"{LUNG.sum():.0f} {LUNG.numel()}",
    }
