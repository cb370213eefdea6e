"""What the chapter on your own training claims, held to what is computed or recorded."""

from fractions import Fraction
from math import log
from pathlib import Path

import torch
from claims import Because

from seglosses.atlas import read_atlas
from seglosses.grids import LUNG, PREDICTION_2
from seglosses.walkthrough.overlaps import overlap

ATLAS = read_atlas(Path(__file__).parents[2] / "book/data/conventions.json").values


def said(setting: str, loss: str, library: str, case: str) -> float:
    """What a library answered, as it was recorded."""
    return ATLAS[setting][loss][library][case]


def claims():
    """In the order of the page."""
    two = overlap(PREDICTION_2, LUNG)
    worst = max(
        said("as it comes", "dice", library, "left empty") for library in ("smp", "seglosses", "MONAI")
    )
    yield "your-training-guess", "it could not be worse", worst <= 1 + 1e-6
    yield "your-training-guess", "So it is on most masks with a lung.", Because.OPINION
    half = 2 * 0.5 * 20 / (0.5 * 100 + 20)
    yield (
        "your-training-loop-question",
        "everywhere, the overlap is half of the lung",
        abs(half - 20 / 70) < 1e-12,
    )
    yield "your-training-loop-read", "Others are refused, and never stretched to fit.", refuses()
    yield "your-training-loop-read", "images that it has never seen can", Because.MEANING
    yield "your-training-images", "the way that most programs do", Because.OPINION
    yield "your-training-images-question", "stands above the bar and below it", Because.STORY
    yield "your-training-lightning", "has no gradient any more", Because.MEANING
    i, p, y, s = (Fraction(k) for k in (5, 7, 20, 3))
    once = (i + s) / (Fraction(1, 2) * (p + y) + s)
    yield "your-training-same", r"\frac{I + s}{\frac{1}{2}(P + Y) + s}", once == two.dice(2 * s)
    yield "your-training-atlas", "One of them first.", Because.STORY
    yield "your-training-atlas-dice-read", "**source**: nowhere.", Because.STORY
    yield (
        "your-training-atlas-dice-read",
        "the overlap of a pixel is the smaller of $p$ and $y$",
        min(0.5, 0.5) > 0.5 * 0.5,
    )
    negative = all(value < 0 for value in ATLAS["options"]["dice"]["nnU-Net as returned"].values())
    yield "your-training-atlas-dice-read", "It returns $-D$; here one has been added.", negative
    yield (
        "your-training-atlas-rebuild",
        "An explanation that computes is better than one that sounds right.",
        Because.OPINION,
    )
    shares = [Fraction(s, 2 * n + s) for n, s in ((1, 1), (3, 1), (20, 1))]
    yield (
        "your-training-atlas-smooth-answer",
        "The smaller the object, the more of its score is convention.",
        (shares == sorted(shares, reverse=True)),
    )
    yield (
        "your-training-atlas-options-read",
        '"Unsure" falls from 0.3725 to 0.1634.',
        (
            said("options", "dice", "MONAI squared_pred", "unsure")
            < said("as it comes", "dice", "MONAI", "unsure")
        ),
    )
    yield "your-training-atlas-options-read", "the smaller of $p$ and $y$, as in smp", Because.CITED
    yield (
        "your-training-atlas-options-read",
        "so prediction 2 falls from 0.6296 to 0.3639",
        (
            said("options", "dice", "MONAI softmax", "prediction 2")
            < said("as it comes", "dice", "MONAI", "prediction 2")
        ),
    )
    yield (
        "your-training-atlas-options-read",
        (
            r"$-\ln D$ and not $1 - D$. A missed object costs 16.1181, which is $-\ln 10^{-7}$, the least that $D$ is let"
            " fall to."
        ),
        abs(-log(1e-7) - 16.1181) < 5e-5,
    )
    yield "your-training-atlas-options-read", "**nnU-Net as returned**: $-D$.", negative
    squares = said("options", "dice", "MONAI squared_pred", "perfect")
    yield (
        "your-training-atlas-options-question",
        "Squares below the bar change the size of the loss, not its sign",
        squares > -1e-6,
    )
    yield "your-training-atlas-options-read", "$p^2$ and $y^2$ below the bar", Because.CITED
    yield "your-training-port", "the smaller of both?", Because.ADVICE
    yield "your-training-port", "above the bar, below it, or both?", Because.ADVICE
    yield "your-training-port", "Below the bar.", Because.ADVICE
    yield "your-training-port", r"$1 - D$, $-D$ or $-\ln D$?", Because.ADVICE
    yield "your-training-fails", "one choice more for each class", Because.MEANING
    d = torch.tensor(0.3, requires_grad=True)
    slopes = [torch.autograd.grad(f(d), d)[0] for f in (lambda d: 1 - d, lambda d: -d)]
    yield (
        "your-training-fails",
        "Two losses that differ by a constant train alike, as $1 - D$ and $-D$ do.",
        (slopes[0] == slopes[1]),
    )
    yield (
        "your-training-recall",
        "So the same threshold finds more with MONAI's or smp's default",
        0.5 < 1 - 0.25,
    )
    j = 1 - (2 * i + 2) / (2 * Fraction(22) + 2)
    yield "your-training-exercise-iou", r"1 - \frac{2I + s}{2U + s}", j == 1 - two.iou(1)
    yield (
        "your-training-exercise-iou-solution",
        r"\frac{I + 1}{U + 1} = \frac{2I + 2}{2U + 2}",
        j == 1 - two.iou(1),
    )
    yield "your-training-exercise-sign-solution", "nnU-Net returns $-D$.", negative
    yield "your-training-exercise-sum", "How many times larger is each step?", Because.ADVICE
    yield (
        "your-training-exercise-sum-solution",
        "The learning rate has to fall by as much.",
        8 * 256 * 256 > 1,
    )


def refuses() -> bool:
    """Whether a mask of another shape that would stretch to fit is refused."""
    from seglosses import dice_loss

    try:
        dice_loss(torch.zeros(2, 1, 4, 4), torch.zeros(2, 1, 1, 4))
    except ValueError:
        return True
    return False
