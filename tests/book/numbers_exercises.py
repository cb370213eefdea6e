"""The numerals of the exercises across the chapters, computed: what book/exercises.ipynb may print."""

from math import log

import torch

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, PREDICTION_2, as_logits
from seglosses.walkthrough.overlaps import overlap, soft_overlap


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    facts = {}
    fresh, n, lung = torch.zeros_like(LUNG), LUNG.numel(), int(LUNG.sum())
    first = [
        f"{loss:.4f}"
        for loss in (
            iou_loss(fresh, LUNG),
            dice_loss(fresh, LUNG),
            bce_loss(fresh, LUNG, reduction="sum"),
            focal_loss(fresh, LUNG),
            bce_loss(fresh, LUNG),
        )
    ]
    lines = " ".join(f"{number} {loss}" for number, loss in enumerate(first, start=1))
    facts["exercises-lines"] = f"logit 0; {lung} {n}; {lines}; 0.25 2; s = 1; s = 1; line 1"
    half = soft_overlap(torch.sigmoid(fresh), LUNG)
    union = half.predicted + half.actual - half.intersection
    facts["exercises-lines-solution"] = (
        f"0 {torch.sigmoid(fresh)[0, 0]} {half.intersection:.0f} {half.predicted:.0f};"
        f" 1 {half.intersection + 1:.0f} {union + 1:.0f} {first[0]};"
        f" 1 {2 * half.intersection + 1:.0f} {half.predicted + half.actual + 1:.0f} {first[1]};"
        f" 2 {log(2):.4f} {n}; {(1 - 0.5) ** 2} 0.25 {1 - 0.25};"
        f" 0.25 {lung / n} 0.25 {1 - lung / n} {1 - 0.25} {log(2):.4f} {first[3]}"
    )
    share = 0.01
    facts["exercises-purpose"] = f"{share:.0%} {(1 - share) / share:.0f} {share} {1 - share} 0.25 2"
    log_line = f"{1 - float(overlap(PREDICTION_2, LUNG).iou(1)):.4f}"
    twin = overlap(PREDICTION_2, LUNG).dice(2)
    assert f"{dice_loss(as_logits(PREDICTION_2), LUNG, smooth=2):.4f}" == f"{float(1 - twin):.4f}"
    facts["exercises-log"] = log_line
    facts["exercises-log-solution"] = (
        f"1 {log_line} {1 - float(log_line):.4f}; 2 1 {float(twin):.4f}; 2; 1 {float(twin):.4f}"
        f" {float(1 - twin):.4f}"
    )
    facts["exercises-faults"] = "N 1"
    facts["exercises-faults-solution"] = "the 1 above the bar"
    facts["exercises-exam"] = "9 % 0.30 0.25 256 256"
    facts["exercises-exam-solution"] = "1 5 7 9 10; 1 2 5; 3; 4 7; 6; 8 9; 10"
    return facts
