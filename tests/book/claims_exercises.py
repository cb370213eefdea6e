"""What the page of mixed exercises claims, held to what is computed."""

from claims import Because

from seglosses.exercises.mixed import exam
from seglosses.grids import LUNG, PREDICTION_2
from seglosses.walkthrough.overlaps import Overlap, overlap


def claims():
    """In the order of the page."""
    yield "exercises-title", "That is the harder half of knowing it.", Because.OPINION
    yield "exercises-which", "Close the chapters first.", Because.ADVICE
    yield "exercises-lines", "the letter of line 1 first", Because.ADVICE
    yield (
        "exercises-purpose-solution",
        "Only plain BCE is lowest, on average, for the true probability.",
        proper(),
    )
    j = overlap(PREDICTION_2, LUNG).iou(1)
    yield "exercises-log-solution", r"\frac{2J}{1 + J} \approx 0.4138", abs(2 * j / (1 + j) - 0.4138) < 5e-5
    yield "exercises-faults", "it falls during training, and it has four faults", Because.STORY
    n = overlap(PREDICTION_2, LUNG)
    yield (
        "exercises-faults-solution",
        "The sizes themselves below the bar, not the union",
        (n.dice() * (n.predicted + n.actual) == 2 * n.tp != n.dice() * n.union),
    )
    yield "exercises-faults-solution", "The 1 above the bar as well", overlap(0 * LUNG, 0 * LUNG).dice(1) == 1
    yield "exercises-test", "The reasons are worth more than the letters.", Because.OPINION
    key = exam.describe().right
    counts = [Overlap(tp, fp, 20 - tp, 80 - fp) for tp in range(21) for fp in range(0, 81, 5)]
    by_dice = sorted(counts, key=lambda n: n.dice())
    alike = [n.iou() for n in by_dice] == sorted(n.iou() for n in counts)
    yield "exercises-exam", "Dice and IoU never rank two predictions differently", alike and key[0] == "t"
    yield "exercises-exam", "gives the rare foreground the larger weight", key[5] == "f" and 0.25 < 1 - 0.25
    yield (
        "exercises-exam",
        "the best threshold for pooled Dice is half of the Dice that it reaches",
        Because.STORY,
    )


def proper(eta: float = 0.3) -> bool:
    """Of BCE, soft Dice and focal loss of one pixel, which is lowest at the share itself."""
    import torch

    from seglosses import bce_loss, dice_loss, focal_loss

    p = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
    z = torch.logit(p)
    best = {}
    for loss in (bce_loss, dice_loss, focal_loss):
        costs = [
            eta * loss(k, torch.ones(()).double()) + (1 - eta) * loss(k, torch.zeros(()).double()) for k in z
        ]
        best[loss.__name__] = abs(p[torch.stack(costs).argmin()].item() - eta) < 0.011
    return best == {"bce_loss": True, "dice_loss": False, "focal_loss": False}
