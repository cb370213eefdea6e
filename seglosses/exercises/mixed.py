"""The checks of the exercises across the chapters."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import torch
from torch import Tensor

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.exercises._check import called, check, described, one_number
from seglosses.exercises._described import Letter, Number, Word
from seglosses.grids import LUNG, NODULE, NODULE_PROBABILITIES, PREDICTION_1, PREDICTION_2, as_logits


@described("mixed-lines", "First lines of five losses", level=2, minutes=7)
def first_losses(
    order: str = "debca", lung: int = 20, smooth: int = 1, alpha: float = 0.25, gamma: int = 2
) -> Word:
    """Check which loss printed which of five first lines, with all logits 0 and 20 of 100 pixels lung."""
    lines = first_lines(lung, smooth, alpha, gamma)
    half = lung // 2 + smooth  # of the lung's pixels, and what is added to it
    hints = {
        "a": "is ln 2, the price of a coin toss: a mean over pixels.",
        "b": "is a hundred times ln 2: nobody has divided by the number of pixels.",
        "c": f"is less than ln 2: each pixel's factor is {0.5**gamma:g}, "
        f"and its alpha {alpha:g} or {1 - alpha:g}.",
        "d": f"is a region's: 1 - {half}/{50 + lung - lung // 2 + smooth}. "
        "Which of the two divides by the union?",
        "e": f"is 1 - {2 * (lung // 2) + smooth}/{50 + lung + smooth}. "
        "Who counts the overlap twice and divides by both sizes?",
    }
    return Word(
        order,
        "A first line tells loss, reduction and often smooth, before anything is learned.",
        [f"Line {at}, {lines[one]:.4f}, {hints[one]}" for at, one in enumerate(order, 1)],
        hint="With all logits 0 every p is 0.5. Begin with what is ln 2, or a multiple of it.",
    )


def first_lines(lung: int, smooth: int, alpha: float, gamma: int) -> dict[str, float]:
    """The five losses where every one of 100 logits is 0, by their letters."""
    y = (torch.arange(100) < lung).double()
    z = torch.zeros_like(y)
    return {
        "a": bce_loss(z, y).item(),
        "b": bce_loss(z, y, reduction="sum").item(),
        "c": focal_loss(z, y, alpha=alpha, gamma=gamma).item(),
        "d": iou_loss(z, y, smooth=smooth).item(),
        "e": dice_loss(z, y, smooth=smooth).item(),
    }


@described("mixed-purpose", "A loss for probabilities", level=2, minutes=3)
def loss_for_probabilities() -> Letter:
    """Check with which loss a model says, for a rare nodule, probabilities that another program can use."""
    return Letter(
        "c",
        "A proper score, and a start where the truth is. Whoever reads the probabilities sets the threshold.",
        {
            "a": "Dice asks for a mask. It pushes an uncertain pixel to 0 or to 1, whatever its share.",
            "b": "The weight makes 0.01 come out as 0.5. The ranking stays, the probabilities are gone.",
            "d": "Focal loss is not proper: with these settings a true 0.9 is reported as 0.601.",
        },
        hint="Which of these is lowest, on average, where the model says the true probability?",
    )


@described("mixed-log", "From a log to a Dice loss", level=2, minutes=5)
def dice_from_an_iou_log(shared: int = 5, predicted: int = 7, lung: int = 20, smooth: int = 1) -> Number:
    """Check the Dice loss with smooth 2 of an image whose IoU loss with smooth 1 is 0.7391."""
    # 1 - 6/23 = 17/23, so J = 6/23 and D = 12/29
    iou = Fraction(shared + smooth, predicted + lung - shared + smooth)
    loss = 1 - iou
    same = 1 - Fraction(2 * shared + smooth, predicted + lung + smooth)
    return Number(
        float(loss / (2 - loss)),
        "L over 2 - L. It needs no image, for twice the smooth of IoU is that of Dice.",
        {
            1 - loss / (2 - loss): "This is the Dice coefficient. The loss is one minus it.",
            2 * loss / (1 + loss): "This goes the wrong way, from Dice to IoU: 2L over 1 + L. "
            "The Dice loss is the smaller.",
            loss: "This is the IoU loss itself. The two are equal only at 0 and at 1.",
            same: f"This is the Dice loss with smooth {smooth}. The twin of IoU's {smooth} is {2 * smooth}.",
            2 * iou: "This is twice the IoU. Below the bar stands 1 + J.",
        },
        hint="Which J does the IoU loss give, and what is 2J over 1 + J?",
    )


FAULTS = (
    "The sigmoid is applied twice: an empty background then counts as half lung.",
    "All images are pooled into one region. Take a loss for each image, then the mean.",
    "The overlap is subtracted from the sizes: that is the union of IoU, below the numerator of Dice.",
    "The 1 stands below the bar alone. An empty image that is left empty then costs everything.",
)


@check(
    "mixed-faults",
    "A loss with four faults, as code",
    level=3,
    minutes=15,
    hint="Line by line: what goes into the sigmoid, what is summed, what is below the bar, where is the 1?",
)
def repaired_loss(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Check a function that returns the mean over the images of their Dice losses, smooth 1, from logits."""
    z = torch.stack([as_logits(PREDICTION_1), torch.logit(NODULE_PROBABILITIES), as_logits(PREDICTION_2)])
    z, y = z.unsqueeze(1), torch.stack([LUNG, NODULE, 0 * LUNG]).unsqueeze(1)
    came = called(answer, "z and y", z, y)
    one_number(came)
    slips = {}
    for faults in product((False, True), repeat=len(FAULTS)):
        left = [fault for fault, there in zip(FAULTS, faults, strict=True) if there]
        if left:
            count = "One fault is left. " if len(left) == 1 else f"{len(left)} faults are left. "
            slips[_loss_with(z, y, *faults)] = count + left[0]
    return Number(
        _loss_with(z, y),
        "All four are mended. dice_loss with dim=(1, 2, 3), and its mean, says the same.",
        slips,
        hint="It is none of the four faults either. Compare it with dice_loss(z, y, dim=(1, 2, 3)).mean().",
        within=0.0001,
    ).judge(came)


def _loss_with(
    z: Tensor,
    y: Tensor,
    twice: bool = False,
    pooled: bool = False,
    union: bool = False,
    below: bool = False,
) -> float:
    """The loss with those of the four faults that are asked for."""
    p = torch.sigmoid(torch.sigmoid(z)) if twice else torch.sigmoid(z)
    axes = (0, 1, 2, 3) if pooled else (1, 2, 3)
    shared, sizes = (p * y).sum(axes), (p + y).sum(axes)
    above = 2 * shared + (0 if below else 1)
    return float((1 - above / ((sizes - shared if union else sizes) + 1)).mean())


@described("mixed-exam", "An exam of ten statements", level=2, minutes=12)
def exam() -> Word:
    """Check ten statements, each with t for true or f for false."""
    return Word(
        "tffftftftt",
        "All ten.",
        [
            "Statement 1 is true: on one image Dice is 2J over 1 + J, which only rises.",
            "Statement 2 is false: means over images may rank two models differently, as in the IoU chapter.",
            "Statement 3 is false: read as logits, a mask's zeros are coin tosses. Its loss is 0.6001.",
            "Statement 4 is false: the base rate alone gives 0.3025 there.",
            "Statement 5 is true: with nothing to overlap, both are P over P + s.",
            "Statement 6 is false: alpha is the weight of the foreground, a quarter against three quarters.",
            "Statement 7 is true: BCE's mean has more pixels, and Dice does not count true background.",
            "Statement 8 is false: a fraction of sums is not the mean of the fractions.",
            "Statement 9 is true: a pixel pays when its probability is above half of the Dice reached.",
            "Statement 10 is true: 65,536 is above 65,504, the largest number of float16.",
        ],
        hint="Where a statement says never, alike or the same, look for one case in which it fails.",
        names={"t": "true", "f": "false"},
    )
