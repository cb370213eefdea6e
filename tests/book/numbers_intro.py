"""The numerals of the introduction, computed: what each cell of book/intro.ipynb may print, in order."""

import torch

from seglosses import bce_dice_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, NODULE, as_logits
from seglosses.losses.bce import log_likelihood
from seglosses.losses.dice import dice_of_sums
from seglosses.phantom import phantom
from seglosses.walkthrough.listings import listing


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    rows, columns = phantom(0, size=16).lung.shape
    undecided = torch.sigmoid(torch.tensor(0.0)).item()
    lowest, highest = sorted(LUNG.unique().tolist())
    for formula in (dice_of_sums, log_likelihood, iou_loss, bce_dice_loss, focal_loss):  # "a few lines"
        _, body = listing(formula).code.split(") -> ", 1)
        assert len(body.splitlines()) < 20
    starts, ends = (dice_loss(as_logits(x), LUNG, smooth=0) for x in (0 * LUNG, LUNG))
    return {
        "intro-painter": f"{LUNG.sum():.0f}",
        "intro-title": f"from {starts:.0f} to {ends:.0f}",
        "intro-picture-caption": f"{rows} {columns} {highest:.0f} {lowest:.0f}",
        "intro-number": "0 1",
        "intro-number-question": (
            f"a logit of 0: {lowest:.0f} 0 0; {undecided} {lowest:.0f} {highest:.0f}; {highest:.0f} 0"
        ),
        "intro-which": f"{LUNG.sum():.0f} {LUNG.numel()} {NODULE.sum():.0f}",
    }
