"""The checks of the Dice chapter."""

from collections.abc import Callable
from fractions import Fraction

import torch
from torch import Tensor

from seglosses.exercises._check import called, check, described
from seglosses.exercises._described import Number, counted
from seglosses.exercises._grids import NAN, LogitGrid, MaskGrid, Rule
from seglosses.grids import LUNG, LUNG_PROBABILITIES, PREDICTION_1, PREDICTION_2
from seglosses.walkthrough.overlaps import overlap


@described("dice-column", "Dice by hand, for a region that is too large", level=1, minutes=2)
def one_column_too_many(lung: int = 20, extra: int = 5) -> Number:
    """Check the Dice loss, with smooth 0, of a prediction that adds a column of pixels to the whole lung."""
    # 1 - (2 x 20) / (25 + 20) = 1/9
    loss = Fraction(extra, 2 * lung + extra)
    return Number(
        loss,
        f"Dice is {2 * lung}/{2 * lung + extra} and the loss is what is left: {loss}.",
        {
            1 - loss: "This is the Dice coefficient. The loss is one minus it.",
            Fraction(extra, lung + extra): "This is the IoU loss, or the share of false pixels in the "
            f"prediction. Dice divides by the two sizes, {lung + extra} + {lung}, "
            "and counts the overlap twice.",
            Fraction(lung + extra, 2 * lung + extra): "The overlap is in both regions, "
            "so it counts twice above the bar.",
            Fraction(extra, 2 * lung + extra + 1): "This is the loss with smooth 1. "
            "The question asks for smooth 0.",
            Fraction(0): f"No lung pixel is missed, but {counted(extra)} pixels too many cost something too.",
        },
        hint="How many pixels does the prediction have, and how many of them are lung?",
    )


@described("dice-pass", "What goes into a loss", level=1, minutes=3)
def logits_of_a_mask() -> LogitGrid:
    """Check the tensor which, given to ``dice_loss`` with smooth 0, returns prediction 1's 1/39."""
    wanted, turned, lung = "prediction 1", "all but prediction 1", "the lung"
    shy = "Some logits are too small: there the model is not sure of the mask. The loss is {dice}."
    return LogitGrid(
        LUNG,
        start=PREDICTION_1,
        masks={wanted: PREDICTION_1, turned: 1 - PREDICTION_1, lung: LUNG},
        outline=PREDICTION_1,
        smooth=0,
        hint="Which logits have a sigmoid of nearly 0, and which of nearly 1?",
        rules=[
            Rule([("nan", ">", 0)], NAN),
            Rule(
                [("others", "=", 0)],
                "This is the mask itself. "
                "dice_loss applies a sigmoid, which turns 0 into 0.5 and 1 into 0.73.",
            ),
            Rule(
                [("positive", "=", turned)],
                "The signs are the wrong way round: a lung pixel needs a positive logit.",
            ),
            Rule(
                [("positive", "=", lung)],
                "These are logits of the true lung, so the loss is near 0. Take prediction 1.",
            ),
            Rule(
                [("positive", "=", "")],
                "A logit is positive where the mask is 1 and negative where it is 0.",
            ),
            Rule([("dice", ">", 1 / 39 + 1e-4)], shy),
            Rule([("dice", "<", 1 / 39 - 1e-4)], shy),
            Rule([], "Large logits with the right signs: the sigmoid gives the mask back.", right=True),
        ],
    )


@described("dice-twin", "What Dice cannot see", level=2, minutes=4)
def same_loss_other_mask(
    prediction: Tensor = PREDICTION_2, target: Tensor = LUNG, name: str = "prediction 2"
) -> MaskGrid:
    """Check a mask that is not the prediction, prediction 2, and still has its Dice coefficient, 10/27."""
    n = overlap(prediction, target)
    dice = n.dice()
    return MaskGrid(
        target,
        start=prediction,
        masks={name: prediction},
        hint=f"Which counts of pixels does {dice} come from? Keep the counts, and move the pixels.",
        rules=[
            Rule([("mask", "=", name)], f"This is {name} itself. Move at least one pixel."),
            Rule(
                [("dice", "=", str(dice))],
                "It shares {tp} pixels and adds {fp}; Dice cannot tell it apart.",
                right=True,
            ),
            Rule(
                [("tp", "=", n.tp)],
                f"{counted(n.tp).capitalize()} pixels are shared, "
                f"but {{fp}} lie outside the lung instead of {n.fp}.",
            ),
            Rule(
                [("predicted", "=", n.predicted)],
                f"{counted(n.predicted).capitalize()} pixels are predicted, "
                f"but {{tp}} lie in the lung instead of {n.tp}.",
            ),
            Rule([], f"Its Dice is {{dice}}. Which counts of pixels does {dice} come from?"),
        ],
    )


@check(
    "dice-squares",
    "Another denominator, as code",
    level=2,
    minutes=6,
    hint="The fraction of the chapter changes below the bar alone: square each pixel, then sum.",
)
def squared_dice(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Check a function of p and y that returns V-Net's Dice loss, with squares below the bar."""
    value = called(answer, "p and y", LUNG_PROBABILITIES.clone(), LUNG.clone())
    q = torch.sigmoid(LUNG_PROBABILITIES)
    twice = float(2 * (q * LUNG).sum() / ((q**2).sum() + (LUNG**2).sum()))
    # sum p y = 12.8; sum p^2 = 4(.81) + 6(.64) + 4(.49) + 2(.36) + 84(.01) = 10.6; sum y^2 = 20
    return Number(
        1 - Fraction(256, 306),
        "25.6 over 30.6 is V-Net's Dice, and its loss is 25/153.",
        {
            Fraction(256, 306): "This is the coefficient. The loss is one minus it.",
            1 - Fraction(256, 408): "Here p and y are summed without squares, as in dice_loss.",
            1 - Fraction(128, 306): "The overlap counts twice above the bar.",
            1 - Fraction(256, 10) / Fraction(83264, 100): "Square each pixel first, then sum.",
            1 - twice: "p is a probability already: leave the sigmoid out.",
        },
        hint="Compare it with the formula, sum by sum.",
    ).judge(value)
