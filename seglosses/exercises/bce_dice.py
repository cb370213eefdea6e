"""The checks of the BCE-Dice chapter."""

from collections.abc import Callable
from fractions import Fraction
from math import log

import torch
from torch import Tensor

from seglosses.exercises._check import described
from seglosses.exercises._described import Number
from seglosses.exercises._grids import NAN, LogitGrid, Rule
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE
from seglosses.losses.bce import bce_loss
from seglosses.losses.dice import dice_loss


@described("bce-dice-half", "A weighted sum", level=1, minutes=2)
def half_a_bce(
    probabilities: Tensor = LUNG_PROBABILITIES, target: Tensor = LUNG, weight: float = 0.5, smooth: int = 1
) -> Number:
    """Check half of BCE plus Dice, smooth 1, on the lung probabilities: 0.472875."""
    z = torch.logit(probabilities)
    bce, dice = bce_loss(z, target).item(), dice_loss(z, target, smooth=smooth).item()
    share = {0.5: "half", 2: "twice", 3: "three times"}[weight]
    return Number(
        weight * bce + dice,
        "Half of 0.2185 plus 0.3636.",
        {
            bce + dice: f"This is the sum with equal weights. BCE counts {share}.",
            weight * (bce + dice): f"Here both count {share}. Dice counts in full.",
            bce + weight * dice: f"Here Dice counts {share}, and BCE in full. It is the other way round.",
            weight * bce + dice_loss(z, target, smooth=0).item(): "This is with smooth 0. "
            f"The question has {smooth}.",
            weight * bce + 1 - dice: f"1 - {dice:.4f} is the coefficient. The sum takes the loss.",
        },
        hint=f"The two parts are {bce:.4f} and {dice:.4f}.",
    )


@described("bce-dice-balance", "A weight for equal pulls", level=2, minutes=4)
def equal_say(lung: int = 20, pixels: int = 100) -> Number:
    """Check the weight of Dice that makes it pull as hard as BCE at the end: 2 x 20 / 100."""
    return Number(
        Fraction(2 * lung, pixels),
        "Dice pulls 2.5 times as hard, and 0.4 takes that back.",
        {
            Fraction(pixels, 2 * lung): "This is how many times as hard Dice pulls. "
            "Which weight takes that back?",
            Fraction(lung, pixels): f"This is the share of the lung. Dice divides by both sizes, 2 x {lung}.",
            Fraction(2 * lung + 1, pixels): "This is with smooth 1. The question has 0.",
            Fraction(1): "Equal weights, yes, but not equal pulls: "
            f"Dice divides by {2 * lung}, BCE by {pixels}.",
            Fraction(pixels, lung): f"{pixels}/{lung} forgets that Dice divides by both sizes, "
            "and is no weight but a pull.",
        },
        hint="At the end Dice pulls N over 2 |Y| times as hard.",
    )


@described("bce-dice-measure", "The length of two gradients", level=2, minutes=4)
def pull_on_the_nodule() -> Number:
    """Check how many times as hard as Dice BCE pulls at the nodule where all logits are 0."""
    cases: list[tuple[Callable[..., Tensor], Tensor]]
    cases = [(bce_loss, NODULE), (dice_loss, NODULE), (dice_loss, LUNG)]
    bce, dice, lung = (
        torch.func.grad(loss)(torch.zeros_like(mask), mask).norm().item() for loss, mask in cases
    )
    return Number(
        bce / dice,
        "0.0500 over 0.0158: on the nodule, Dice has even less to say at first than on the lung.",
        {
            dice / bce: "This is Dice over BCE. The question has it the other way round.",
            bce / lung: "This is the lung. Take the nodule.",
            (bce / dice) ** 2: "These are squared lengths. The norm is the square root of a sum of squares.",
            log(2) / (1 - Fraction(4, 54)): "These are the values of the losses. Compare their gradients.",
            1.0: "This is one and the same for both. Compare two gradients of two losses.",
            bce: "This is the length of BCE's gradient. Divide it by that of Dice.",
        },
        hint="With all logits 0 every p is 0.5. Take the norm of each gradient, and divide one by the other.",
        within=0.006,
    )


@described("bce-dice-disagree", "Logits that divide the two parts", level=3, minutes=5)
def parts_that_disagree() -> LogitGrid:
    """Check logits of the lung with a lower Dice loss, and a higher BCE, than the model of the text."""
    model = torch.logit(LUNG_PROBABILITIES)
    worse_bce = ("bce", ">", bce_loss(model, LUNG).item() + 1e-9)
    better_dice = ("dice", "<", dice_loss(model, LUNG).item() - 1e-9)
    came = "BCE is {bce} and Dice {dice}"
    return LogitGrid(
        LUNG,
        start=model,
        masks={},
        smooth=1,
        hint="One sure mistake costs BCE much and Dice little.",
        rules=[
            Rule([("nan", ">", 0)], NAN),
            Rule(
                [("infinite", ">", 0)],
                "The answer must be logits, finite real numbers; got infinity. "
                "Hint: to_logits makes them of probabilities, as_logits of a mask.",
            ),
            Rule([("others", "=", 0)], "This is a mask, not logits. Put it through as_logits."),
            Rule([worse_bce, better_dice], f"{came}: one part calls it better, the other worse.", right=True),
            Rule([better_dice], f"{came}: both like it. One sure mistake costs BCE much and Dice little."),
            Rule(
                [worse_bce],
                f"{came}: neither likes it. Find more of the lung, and be sure of one mistake.",
            ),
            Rule([], f"{came}: Dice does not like it better than 0.3636. Be surer of the lung."),
        ],
    )
