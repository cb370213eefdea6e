"""What the introduction claims, held to what is computed."""

import torch
from claims import Because

from seglosses import dice_loss
from seglosses.grids import LUNG, NODULE
from seglosses.walkthrough.overlaps import overlap


def claims():
    """In the order of the page."""
    z = torch.linspace(-30, 30, 121, dtype=torch.float64)
    p = torch.sigmoid(z)
    yield "intro-number", "the larger, the surer of lung", (p.diff() > 0).all()
    yield (
        "intro-number",
        "so that the loss falls",
        dice_loss(20 * LUNG - 10, LUNG) < dice_loss(0 * LUNG, LUNG),
    )
    yield (
        "intro-number-question",
        "That would take a logit far below 0.",
        p[z < -5].max() < 0.01 < p[z > -4].min(),
    )
    yield (
        "intro-number-question",
        "Negative logits give less than one half, positive ones more",
        ((p[z < 0] < 0.5).all() and (p[z > 0] > 0.5).all()),
    )
    yield (
        "intro-number-question",
        "That would take a logit far above 0.",
        p[z > 5].min() > 0.99 > p[z < 4].max(),
    )
    yield (
        "intro-which",
        "which is worse, a lung pixel that is missed or one that is invented?",
        Because.ADVICE,
    )
    yield "intro-which", "always on small grids", LUNG.numel() == NODULE.numel() == 100
    yield "intro-read", "it is the part that teaches most", Because.OPINION
    yield "intro-run", "and a few more for the first run", Because.STORY
    painted = [1 - overlap((LUNG.cumsum(0).cumsum(1) <= k) * LUNG, LUNG).dice() for k in range(21)]
    yield "intro-title", "watch the loss fall from 1 to 0", painted == sorted(painted, reverse=True)
