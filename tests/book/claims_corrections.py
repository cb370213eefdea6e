"""What the chapter of corrections claims, held to what is computed."""

from fractions import Fraction
from math import log

import torch
from claims import Because

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, NODULE, NODULE_PROBABILITIES, PREDICTION_1, PREDICTION_2, as_logits
from seglosses.probabilities import to_logits
from seglosses.walkthrough.overlaps import Overlap, overlap
from seglosses.walkthrough.pixels import focal_pixels, focal_pull
from seglosses.walkthrough.source import (
    source_bce_loss,
    source_dice_loss,
    source_focal_loss,
    source_iou_loss,
)


def missed_pull(loss) -> float:
    """The pull at one missed lung pixel of prediction 1, at a logit of -10."""
    z = as_logits(PREDICTION_1, confidence=10).requires_grad_()
    (pull,) = torch.autograd.grad(loss(z, LUNG), z)
    return pull[(LUNG == 1) & (PREDICTION_1 == 0)].abs().item()


def claims():
    """In the order of the page."""
    yield "corrections-title", "Most of that text is right.", Because.OPINION
    yield "corrections-guess", "The source never says so", Because.CITED
    yield "corrections-guess", 'But that is the " "smaller fault', Because.OPINION
    every = torch.ones_like(LUNG)
    yield (
        "corrections-dice-two-calculations",
        "a mask that is 1 everywhere (0.678635) then beats prediction 2",
        (dice_loss(every, LUNG) < dice_loss(PREDICTION_2, LUNG)),
    )
    z = as_logits(PREDICTION_2)
    yield (
        "corrections-dice-smooth",
        "does more than avoid zero",
        (dice_loss(z, LUNG, smooth=1) != dice_loss(z, LUNG, smooth=0)),
    )
    yield (
        "corrections-dice-smooth",
        "It stands above the bar as well",
        (dice_loss(as_logits(0 * LUNG, 100), 0 * LUNG, smooth=1) == 0),
    )
    yield "corrections-dice-shape", "more sensitive to a region's shape and size", Because.REFUTED
    yield "corrections-dice-robust", "more robust", Because.REFUTED
    pulls = missed_pull(dice_loss), missed_pull(bce_loss)
    yield (
        "corrections-dice-robust",
        r"a gradient of $1.2 \times 10^{-6}$ from Dice",
        f"{pulls[0]:.1e}" == "1.2e-06",
    )
    yield (
        "corrections-dice-robust",
        r"of $1.0 \times 10^{-2}$ from the mean BCE",
        f"{pulls[1]:.1e}" == "1.0e-02",
    )
    yield "corrections-dice-robust", "it falls silent on sure mistakes", pulls[0] < pulls[1] / 1000
    yield "corrections-dice-view", "The next cell shows the first and the third.", Because.STORY
    sure = torch.tensor([20.0], requires_grad=True)
    (slope,) = torch.autograd.grad(source_bce_loss(sure, torch.zeros(1)), sure)
    yield "corrections-bce-sigmoid", "the surest mistake is never corrected", slope == 0
    yield "corrections-bce-dice-sum", "the most robust, though not always the best", Because.CITED
    one, two = overlap(PREDICTION_1, LUNG), overlap(PREDICTION_2, LUNG)
    yield "corrections-iou-ranking", "prediction 1 has the higher IoU", one.iou() > two.iou()
    found = [Overlap(tp=k, fp=0, fn=20 - k, tn=80) for k in range(21)]
    order = [n.dice() for n in found] == sorted(n.dice() for n in found)
    yield (
        "corrections-iou-ranking",
        "the order of two predictions can never differ",
        (order and [n.iou() for n in found] == sorted(n.iou() for n in found)),
    )
    half = found[11]
    means = [(a + b) / 2 for a, b in ((one.dice(), two.dice()), (one.iou(), two.iou()))]
    yield (
        "corrections-iou-ranking",
        "Dice prefers the second model, IoU the first.",
        (means[0] < half.dice() and means[1] > half.iou()),
    )
    p = torch.tensor([0.3]).double()
    weighed = float(focal_loss(to_logits(p), torch.zeros(1).double(), 0.25, 2))
    yield "corrections-focal", "$1 - p$ on the background", abs(weighed + 0.75 * 0.3**2 * log(1 - 0.3)) < 1e-6
    yield "corrections-focal-guess", "which pixels count more?", Because.ADVICE
    nodule = [share_of_the_nodule(alpha) for alpha in (0.5, 0.25, 0.75)]
    yield "corrections-focal-alpha", r"At $\alpha = 0.25$ it sinks to 3.474 %", nodule[1] < nodule[0]
    yield "corrections-focal-alpha", "it rises to 24.464 %", nodule[2] > nodule[0]
    yield (
        "corrections-focal-alpha",
        "foreground only where that is true in more than 75 % of cases",
        1 - 0.25 == 0.75,
    )
    yield "corrections-focal-alpha", "Below 0.5 it hurts the rare class.", nodule[1] < nodule[0]
    yield "corrections-focal-stones", "you will spend more time on the small stones", Because.REFUTED
    yield "corrections-focal-stones", "You would carry fewer of them.", 0.25 < 0.75
    silent = [share_of_easy(gamma) for gamma in (0, 2)]
    yield "corrections-focal-stones", "has already silenced most of the background", silent[1] < silent[0] / 2
    yield "corrections-focal-row", "The focal example, below its grid", Because.STORY
    yield "corrections-focal-hard", "The example never mentions them.", Because.CITED
    inside = torch.linspace(0.001, 0.999, 999).double()
    ahead = inside[focal_pull(inside, 2) > focal_pull(inside, 0)]
    yield "corrections-focal-factor", "The gradient tells more.", Because.OPINION
    peak = inside[focal_pull(inside, 2).argmax()]
    yield (
        "corrections-focal-factor",
        ("it even exceeds that of BCE where $p_t$ is below 0.2976, and is largest, 1.1290, at 0.0578"),
        0.296 < ahead.max() < 0.2976 and ahead.min() == inside[0] and abs(peak - 0.0578) < 1e-3,
    )
    yield "corrections-focal-drop", "A smaller drop?", Because.STORY
    yield "corrections-focal-drop", 'the loss falls too, but "relatively little"', Because.REFUTED
    drops = [(-log(p), -0.5 * (1 - p) ** 2 * log(p)) for p in (0.6, 0.9)]
    ratios, gaps = [a / b for a, b in drops], [a - b for a, b in drops]
    yield "corrections-focal-drop", "As a ratio the drop is smaller", ratios[0] < ratios[1]
    yield "corrections-focal-drop", "As a difference it is larger", gaps[0] > gaps[1]
    yield (
        "corrections-focal-scene",
        "The BCE example just before has 3 of 100.",
        (NODULE.sum(), NODULE.numel()) == (3, 100),
    )
    near = torch.tensor([15.0])
    exact = float(focal_loss(near.double(), torch.ones(1).double(), 0.5, 2))
    lost = float(source_focal_loss(near, torch.ones(1), 0.5, 2))
    yield "corrections-focal-code", "loses its digits", abs(lost / exact - 1) > 0.01
    yield "corrections-editorial", "the base of the logarithm is never given", Because.CITED
    blind = bce_loss(to_logits(torch.full_like(NODULE, 0.03)), NODULE)
    ours = bce_loss(to_logits(NODULE_PROBABILITIES), NODULE)
    for value in (0.9, 0.2, 0.6):
        yield "corrections-kept", rf"$-\ln {value}$ ≈ {-log(value):.3f}", -log(value) > 0
    q = torch.where(NODULE == 1, NODULE_PROBABILITIES, 1 - NODULE_PROBABILITIES)
    yield "corrections-kept", r"\text{BCE} = -\ln p_t", torch.isclose(ours, -q.log().mean())
    yield "corrections-kept", "not far below what a blind 0.03 everywhere costs", 0.75 * blind < ours < blind
    yield "corrections-kept", "would still be better than two", Because.OPINION
    hard = [as_logits(PREDICTION_2, size).double() for size in (5, 20)]
    pairs = ((source_dice_loss, dice_loss), (source_iou_loss, iou_loss))
    yield (
        "corrections-functions",
        "with logits of ±20 or less, the book's functions return the same values",
        all(
            torch.isclose(a(z, LUNG.double()), b(z, LUNG.double()), atol=1e-6) for a, b in pairs for z in hard
        ),
    )
    yield "corrections-functions-read", "is no better than 0.600081 in Dice", dice_loss(LUNG, LUNG) > 0.6
    raw = [loss(NODULE_PROBABILITIES, NODULE) for loss in (dice_loss, bce_loss)]
    right = [loss(to_logits(NODULE_PROBABILITIES), NODULE) for loss in (dice_loss, bce_loss)]
    yield (
        "corrections-functions-read",
        "Dice rises from 0.619632 to 0.908411, and BCE from",
        all(a > b for a, b in zip(raw, right, strict=True)),
    )
    assert one.dice() == Fraction(38, 39)


def share_of_the_nodule(alpha: float) -> float:
    """What the nodule carries of its grid's focal loss."""
    losses = focal_pixels(NODULE_PROBABILITIES, NODULE, alpha, 2).loss
    return float(losses[NODULE == 1].sum() / losses.sum())


def share_of_easy(gamma: float) -> float:
    """What a thousand easy background pixels carry beside ten missed ones."""
    easy, missed = 1000 * focal_pull(torch.tensor(0.99), gamma), 10 * focal_pull(torch.tensor(0.1), gamma)
    return float(easy / (easy + missed))
