"""The checks of the Dice chapter."""

from collections.abc import Callable
from fractions import Fraction

import torch
from torch import Tensor

from seglosses.exercises._check import NotYet, called, check, described, tensor
from seglosses.exercises._described import Number
from seglosses.grids import LUNG, LUNG_PROBABILITIES, PREDICTION_1, PREDICTION_2
from seglosses.losses.dice import dice_loss
from seglosses.walkthrough.overlaps import overlap


@described
def one_column_too_many() -> Number:
    """Check the Dice loss, with smooth 0, of a prediction that adds a column of 5 pixels to the lung."""
    # 1 - (2 x 20) / (25 + 20) = 1/9
    return Number(
        Fraction(1, 9),
        "Dice is 40/45 and the loss is what is left: 1/9.",
        {
            Fraction(8, 9): "This is the Dice coefficient. The loss is one minus it.",
            Fraction(1, 5): "This is the IoU loss, or the share of false pixels in the prediction. "
            "Dice divides by the two sizes, 25 + 20, and counts the overlap twice.",
            Fraction(5, 9): "The overlap is in both regions, so it counts twice above the bar.",
            Fraction(5, 46): "This is the loss with smooth 1. The question asks for smooth 0.",
            Fraction(0): "No lung pixel is missed, but five pixels too many cost something too.",
        },
    )


@check
def logits_of_a_mask(answer: Tensor) -> str:
    """Check the tensor which, given to ``dice_loss`` with smooth 0, returns prediction 1's 1/39."""
    tensor(answer, LUNG.shape)
    if not answer.is_floating_point():
        hint = "Hint: logits are real numbers, as answer.double()."
        raise NotYet(f"The answer must be a float tensor; got {answer.dtype}. {hint}")
    if answer.isnan().any():
        hint = "Hint: look for 0/0 or for infinity less infinity."
        raise NotYet(f"The answer must be logits; got nan in some places. {hint}")
    if ((answer == 0) | (answer == 1)).all():
        raise NotYet(
            "This is the mask itself. dice_loss applies a sigmoid, which turns 0 into 0.5 and 1 into 0.73."
        )
    if torch.equal(answer > 0, PREDICTION_1 == 0):
        raise NotYet("The signs are the wrong way round: a lung pixel needs a positive logit.")
    if torch.equal(answer > 0, LUNG == 1):
        raise NotYet("These are logits of the true lung, so the loss is near 0. Take prediction 1.")
    if not torch.equal(answer > 0, PREDICTION_1 == 1):
        raise NotYet("A logit is positive where the mask is 1 and negative where it is 0.")
    loss = dice_loss(answer, LUNG, smooth=0).item()
    if abs(loss - 1 / 39) > 1e-4:
        raise NotYet(
            f"Some logits are too small: there the model is not sure of the mask. The loss is {loss:.4f}."
        )
    return "Large logits with the right signs: the sigmoid gives the mask back."


@check
def same_loss_other_mask(answer: Tensor) -> str:
    """Check a mask that is not prediction 2 and still has its Dice coefficient, 10/27."""
    tensor(answer, LUNG.shape)
    if not ((answer == 0) | (answer == 1)).all():
        hint = "Hint: paint each pixel wholly, or not at all."
        raise NotYet(f"The answer must be a mask that holds only 0 and 1; got other numbers. {hint}")
    if torch.equal(answer > 0, PREDICTION_2 > 0):
        raise NotYet("This is prediction 2 itself. Move at least one pixel.")
    found = overlap(answer, LUNG)
    if found.dice() == Fraction(10, 27):
        return f"It shares {found.tp} pixels and adds {found.fp}; Dice cannot tell it apart."
    if found.tp == 5:
        raise NotYet(f"Five pixels are shared, but {found.fp} lie outside the lung instead of 2.")
    if found.predicted == 7:
        raise NotYet(f"Seven pixels are predicted, but {found.tp} lie in the lung instead of 5.")
    raise NotYet(f"Its Dice is {found.dice()}. Which counts of pixels does 10/27 come from?")


@check
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
    ).judge(value)
