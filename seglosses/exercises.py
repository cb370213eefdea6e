"""The checks behind the book's exercises: a right answer is confirmed, a wrong one gets its reason.

A page leaves ``answer = ...`` to the reader. An answer that is still ``...`` or None is not wrong, it is
not there yet, so a notebook with open exercises runs from top to bottom.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import exp, log, log10
from types import EllipsisType
from typing import Any

import torch
from torch import Tensor

from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, PREDICTION_1, PREDICTION_2, as_logits
from seglosses.losses.bce import bce_loss
from seglosses.losses.dice import dice_loss
from seglosses.walkthrough import focal_posterior, focal_pull, overlap


@dataclass(frozen=True)
class Verdict:
    """What a check says: whether the answer is right, and why. A notebook shows it as one line."""

    right: bool | None
    """None while there is no answer."""
    reason: str
    """One or two sentences for the reader."""

    def __repr__(self) -> str:
        mark = {True: "Right. ", False: "Not yet. ", None: ""}[self.right]
        return mark + self.reason


OPEN = Verdict(None, "Not answered yet.")

Answer = EllipsisType | None
"""What stands in the place of an answer until there is one."""


def one_column_too_many(answer: float | Fraction | Tensor | Answer) -> Verdict:
    """Check the Dice loss, with smooth 0, of a prediction that adds a column of 5 pixels to the lung."""
    # 1 - (2 x 20) / (25 + 20) = 1/9
    return _number(
        answer,
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


def logits_of_a_mask(answer: Tensor | Answer) -> Verdict:
    """Check the tensor which, given to ``dice_loss`` with smooth 0, returns prediction 1's 1/39."""
    if answer is ... or answer is None:
        return OPEN
    if not isinstance(answer, Tensor):
        return Verdict(False, f"Expected a tensor, got {type(answer).__name__}.")
    if answer.shape != LUNG.shape:
        return Verdict(False, f"Expected the shape (10, 10), got {tuple(answer.shape)}.")
    if not answer.is_floating_point():
        return Verdict(False, f"Logits are real numbers; expected a float tensor, got {answer.dtype}.")
    if answer.isnan().any():
        return Verdict(False, "Some logits are nan.")
    if ((answer == 0) | (answer == 1)).all():
        return Verdict(
            False,
            "This is the mask itself. dice_loss applies a sigmoid, which turns 0 into 0.5 and 1 into 0.73.",
        )
    if torch.equal(answer > 0, PREDICTION_1 == 0):
        return Verdict(False, "The signs are the wrong way round: a lung pixel needs a positive logit.")
    if torch.equal(answer > 0, LUNG == 1):
        return Verdict(False, "These are logits of the true lung, so the loss is near 0. Take prediction 1.")
    if not torch.equal(answer > 0, PREDICTION_1 == 1):
        return Verdict(False, "A logit is positive where the mask is 1 and negative where it is 0.")
    loss = dice_loss(answer, LUNG, smooth=0).item()
    if abs(loss - 1 / 39) > 1e-4:
        return Verdict(
            False,
            f"Some logits are too small: there the model is not sure of the mask. The loss is {loss:.4f}.",
        )
    return Verdict(True, "Large logits with the right signs: the sigmoid gives the mask back.")


def same_loss_other_mask(answer: Tensor | Answer) -> Verdict:
    """Check a mask that is not prediction 2 and still has its Dice coefficient, 10/27."""
    if answer is ... or answer is None:
        return OPEN
    if not isinstance(answer, Tensor):
        return Verdict(False, f"Expected a tensor, got {type(answer).__name__}.")
    if answer.shape != LUNG.shape:
        return Verdict(False, f"Expected the shape (10, 10), got {tuple(answer.shape)}.")
    if not ((answer == 0) | (answer == 1)).all():
        return Verdict(False, "A mask holds only 0 and 1.")
    if torch.equal(answer > 0, PREDICTION_2 > 0):
        return Verdict(False, "This is prediction 2 itself. Move at least one pixel.")
    found = overlap(answer, LUNG)
    if found.dice() == Fraction(10, 27):
        return Verdict(True, f"It shares {found.tp} pixels and adds {found.fp}; Dice cannot tell it apart.")
    if found.tp == 5:
        return Verdict(False, f"Five pixels are shared, but {found.fp} lie outside the lung instead of 2.")
    if found.predicted == 7:
        return Verdict(False, f"Seven pixels are predicted, but {found.tp} lie in the lung instead of 5.")
    return Verdict(False, f"Its Dice is {found.dice()}. Which counts of pixels does 10/27 come from?")


def squared_dice(answer: Callable[[Tensor, Tensor], Tensor] | Answer) -> Verdict:
    """Check a function of p and y that returns V-Net's Dice loss, with squares below the bar."""
    if answer is ... or answer is None:
        return OPEN
    if not callable(answer):
        return Verdict(False, f"Expected a function of p and y, got {type(answer).__name__}.")
    try:
        value = answer(LUNG_PROBABILITIES.clone(), LUNG.clone())
    except Exception as error:  # the reader's own code: whatever it raises is worth showing
        return Verdict(False, f"The function raised {type(error).__name__}: {error}.")
    # sum p y = 12.8; sum p^2 = 4(.81) + 6(.64) + 4(.49) + 2(.36) + 84(.01) = 10.6; sum y^2 = 20
    return _number(
        "nothing" if value is None else value,
        1 - Fraction(256, 306),
        "25.6 over 30.6 is V-Net's Dice, and its loss is 25/153.",
        {
            Fraction(256, 306): "This is the coefficient. The loss is one minus it.",
            1 - Fraction(256, 408): "Here p and y are summed without squares, as in dice_loss.",
            1 - Fraction(128, 306): "The overlap counts twice above the bar.",
            1 - Fraction(256, 10) / Fraction(83264, 100): "Square each pixel first, then sum.",
            # p passed through another sigmoid
            1
            - _squared(
                torch.sigmoid(LUNG_PROBABILITIES)
            ): "p is a probability already: leave the sigmoid out.",
        },
    )


def one_pixel_missed(answer: float | Tensor | Answer) -> Verdict:
    """Check the BCE of the nodule grid once its pixel at 0.8 has fallen to 0.2."""
    # 98 pixels and the first nodule pixel cost -ln 0.9, and one costs -ln 0.2
    return _number(
        answer,
        (99 * -log(0.9) - log(0.2)) / 100,
        "One missed pixel adds 0.0139: a lone mistake, and an eighth of the loss.",
        {
            (99 * -log(0.9) - log(0.8)) / 100: "This is the loss before. Its pixel at 0.8 now has 0.2.",
            (99 * -log(0.9) - log(0.8) - log(0.2)) / 100: "The new price replaces the old one, -ln 0.8. "
            "Here both are in the sum, so it has 101 pixels.",
            99 * -log(0.9) - log(0.2): "This is the sum. The loss is the mean over 100 pixels.",
            -log(0.2): "This is the price of the missed pixel alone. The loss is the mean over all 100.",
            (99 * -log10(0.9) - log10(0.2)) / 100: "The logarithm is the natural one, not that to base 10.",
        },
        retry="Add up the prices of all pixels once more.",
    )


def better_than_blind(answer: float | Tensor | Answer) -> Verdict:
    """Check by how much a BCE of 0.48 beats the best single probability where 20 % is foreground."""
    blind = -0.2 * log(0.2) - 0.8 * log(0.8)
    return _number(
        answer,
        blind - 0.48,
        "The blind guess costs 0.5004: this model has learned next to nothing about where the lung is.",
        {
            blind: "This is what the blind guess costs. How far is 0.48 below it?",
            0.48 - blind: "The right size with the wrong sign: the model is the better of the two.",
            log(2)
            - 0.48: "A guess of 0.5 costs 0.6931, but it is not the best: 20 % of the pixels are lung.",
            blind / log(2) - 0.48: "The logarithm is the natural one, not that to base 2.",
            -0.2 * log(0.2) - 0.48: "These are the lung pixels only. The 80 others cost something as well.",
        },
        retry="What does the best single probability for all pixels cost?",
    )


def tipping_background(answer: float | Tensor | Answer) -> Verdict:
    """Check the background probability at which the nodule model's BCE is that of the blind guess."""
    blind = -0.03 * log(0.03) - 0.97 * log(0.97)
    nodule = -2 * log(0.9) - log(0.8)
    price = (100 * blind - nodule) / 97  # of a background pixel
    return _number(
        answer,
        1 - exp(-price),
        "A background a little paler, and finding the whole nodule is worth nothing to BCE.",
        {
            price: "This is a price. Which probability has it? Solve -ln(1 - p) for p.",
            exp(-price): "This is the probability that the background pixel is background: 1 - p.",
            1 - exp(-100 * blind / 97): "The three nodule pixels cost something too: 0.4339 of the sum.",
            1 - exp(-(blind - nodule / 100)): "The rest is shared by the 97 background pixels, not by 100.",
            0.03: "This is what the blind guess says of every pixel. How pale may the model's background be?",
            0.1: "This is where the model starts; there it is still the better one.",
        },
        retry="Which price is left for each of the 97 background pixels?",
    )


def stable_bce(answer: Callable[[Tensor, Tensor], Tensor] | Answer) -> Verdict:
    """Check a function of z and y that returns each pixel's BCE, in float32 and for any logit."""
    if answer is ... or answer is None:
        return OPEN
    if not callable(answer):
        return Verdict(False, f"Expected a function of z and y, got {type(answer).__name__}.")
    sizes = torch.tensor([0.5, 3.0, 10.0, 20.0, 40.0, 200.0])
    z = torch.cat([sizes, -sizes]).repeat(2)
    y = torch.cat([torch.zeros(12), torch.ones(12)])
    right, slopes = bce_loss(z, y, reduction="none"), torch.sigmoid(z) - y
    logits = z.clone().requires_grad_()
    try:
        answered = answer(logits, y)
    except Exception as error:  # the reader's own code: whatever it raises is worth showing
        return Verdict(False, f"The function raised {type(error).__name__}: {error}.")
    if not isinstance(answered, Tensor):
        return Verdict(False, f"Expected a tensor, got {'nothing' if answered is None else repr(answered)}.")
    if answered.shape != z.shape:
        return Verdict(False, f"Expected one loss for each of {len(z)} pixels, got {tuple(answered.shape)}.")

    loss, easy = answered.detach(), z.abs() < 4
    wrong = ~torch.isclose(loss, right, rtol=1e-4, atol=1e-4)
    if (wrong & easy).any():
        if torch.allclose(loss[easy], -right[easy], atol=1e-4):
            return Verdict(False, "The sign is turned round: a logarithm of p is negative, a loss is not.")
        if torch.allclose(loss[easy], bce_loss(z, 1 - y, reduction="none")[easy], atol=1e-4):
            return Verdict(False, "The classes have changed places: where y is 1 the price is -ln p.")
        at = int((wrong & easy).nonzero()[0])
        came = f"at z = {z[at]:g}, y = {y[at]:g} it is {loss[at]:.4f} instead of {right[at]:.4f}"
        return Verdict(False, f"Wrong even where nothing can break: {came}.")
    if not loss.isfinite().all():
        size = z[~loss.isfinite()].abs().min()
        why = (
            "exp(z) is too large for float32"
            if size > 30
            else "the sigmoid rounds to 1, and ln(1 - 1) breaks"
        )
        return Verdict(False, f"At a logit of {size:g} it is no number: {why}.")
    if wrong.any():
        why = "it is cut off: the price must keep growing with the logit, or the slope is 0"
        return Verdict(False, f"At a logit of {z[wrong].abs().min():g} {why}.")
    if not answered.requires_grad:
        return Verdict(False, "The loss is right, but it has lost its gradient: compute with tensors alone.")
    if not torch.allclose(torch.autograd.grad(answered.sum(), logits)[0], slopes, atol=1e-4):
        return Verdict(
            False,
            "The loss is right, but its gradient is not p - y everywhere. torch.where hides a broken value, "
            "not its gradient: keep the exponent from being positive instead.",
        )
    return Verdict(True, "Right at every logit, and so is its slope: p - y.")


def dice_of_an_iou(answer: float | Fraction | Tensor | Answer) -> Verdict:
    """Check the Dice coefficient of an image whose IoU is 0.6."""
    # 2 x 0.6 / (1 + 0.6) = 3/4
    return _number(
        answer,
        Fraction(3, 4),
        "1.2 over 1.6: a fair-looking 0.75 and a poor-looking 0.6 are one and the same overlap.",
        {
            Fraction(
                3, 7
            ): "This is the way back: an image with Dice 0.6 has this IoU. Dice is the larger one.",
            Fraction(3, 5): "The two are equal only at 0 and at 1.",
            Fraction(1, 4): "This is the Dice loss. The question asks for the coefficient.",
            Fraction(6, 5): "No score is above 1. Below the bar stands 1 + J.",
            Fraction(4, 5): "This lies half-way between 0.6 and 1. Dice is 2J over 1 + J.",
        },
        retry="Dice is 2J over 1 + J.",
    )


def impossible_means(answer: str | Answer) -> Verdict:
    """Check which of four pairs of a mean Dice and a mean IoU no set of images can have."""
    return _choice(
        answer,
        "b",
        "A mean IoU of 0.70 allows a mean Dice of 0.8235 at most, when all images are alike.",
        {
            "a": "0.90 lies between 0.85 and 2 x 0.85 / 1.85 = 0.9189: images that are nearly alike.",
            "c": "0.80 lies between 0.75 and 2 x 0.75 / 1.75 = 0.8571: images that differ somewhat.",
            "d": "Equal means are possible if each image scores 0 or 1, for there Dice and IoU are equal.",
        },
    )


def width_that_forgives(answer: float | Tensor | Answer) -> Verdict:
    """Check the least width of a square that keeps an IoU of 0.9 when it is shifted by one pixel."""
    # (a - 1) / (a + 1) >= 9/10 from a = 19 on
    return _number(
        answer,
        19,
        "18 over 20 is 0.9. Any smaller object falls below it for one pixel.",
        {
            10: "This is enough for Dice: 9 over 10. IoU has 9 over 11 there.",
            20: "There it is 19 over 21, which is more than 0.9. One pixel less is enough.",
            9: "There IoU is 8 over 10.",
            18: "There it is 17 over 19, still a little below 0.9.",
        },
        retry="Solve (a - 1) / (a + 1) = 0.9 for a.",
    )


def iou_loss_of_dice_loss(answer: Callable[[float], float] | Answer) -> Verdict:
    """Check a function that turns an image's Dice loss into its IoU loss, both with smooth 0."""
    if answer is ... or answer is None:
        return OPEN
    if not callable(answer):
        return Verdict(False, f"Expected a function of the Dice loss, got {type(answer).__name__}.")
    losses = (0.25, 17 / 27, 0.0, 1.0)
    try:
        values = [answer(loss) for loss in losses]
    except Exception as error:  # the reader's own code: whatever it raises is worth showing
        return Verdict(False, f"The function raised {type(error).__name__}: {error}.")
    # D = 3/4 has J = 3/5, so 1/4 becomes 2/5
    verdict = _number(
        "nothing" if values[0] is None else values[0],
        Fraction(2, 5),
        "2L over 1 + L: the formula from IoU to Dice, with the roles changed.",
        {
            Fraction(3, 5): "For a Dice loss of 1/4 this is the IoU. The loss is one minus it.",
            Fraction(1, 7): "This turns an IoU loss into a Dice loss. The IoU loss is the larger one.",
            Fraction(6, 7): "It is the Dice loss that comes in, 1/4 here, not the coefficient.",
            Fraction(1, 4): "The two losses are equal only at 0 and at 1.",
            Fraction(1, 2): "Twice the Dice loss is right only for nearly perfect predictions.",
        },
        retry="A Dice loss of 1/4 is a Dice of 3/4. Which IoU is that?",
    )
    if verdict.right:
        for loss, value in zip(losses[1:], values[1:], strict=True):
            if not abs(float(value) - 2 * loss / (1 + loss)) < 0.0006:
                return Verdict(False, f"Right for a loss of 1/4, but for {loss:.4g} it gives {value:.4g}.")
    return verdict


def half_a_bce(answer: float | Tensor | Answer) -> Verdict:
    """Check half of BCE plus Dice, smooth 1, on the lung probabilities: 0.472875."""
    z = torch.logit(LUNG_PROBABILITIES)
    bce, dice = bce_loss(z, LUNG).item(), dice_loss(z, LUNG).item()
    return _number(
        answer,
        bce / 2 + dice,
        "Half of 0.2185 plus 0.3636.",
        {
            bce + dice: "This is the sum with equal weights. BCE counts half.",
            (bce + dice) / 2: "Here both count half. Dice counts in full.",
            bce + dice / 2: "Here Dice counts half, and BCE in full. It is the other way round.",
            bce / 2 + dice_loss(z, LUNG, smooth=0).item(): "This is with smooth 0. The question has 1.",
            bce / 2 + 1 - dice: "1 - 0.3636 is the coefficient. The sum takes the loss.",
        },
        retry="The two parts are 0.2185 and 0.3636.",
    )


def equal_say(answer: float | Fraction | Tensor | Answer) -> Verdict:
    """Check the weight of Dice that makes it pull as hard as BCE at the end: 2 x 20 / 100."""
    return _number(
        answer,
        Fraction(2, 5),
        "Dice pulls 2.5 times as hard, and 0.4 takes that back.",
        {
            Fraction(5, 2): "This is how many times as hard Dice pulls. Which weight takes that back?",
            Fraction(1, 5): "This is the share of the lung. Dice divides by both sizes, 2 x 20.",
            Fraction(41, 100): "This is with smooth 1. The question has 0.",
            Fraction(1): "Equal weights, yes, but not equal pulls: Dice divides by 40, BCE by 100.",
            Fraction(5): "100/20 forgets that Dice divides by both sizes, and is no weight but a pull.",
        },
        retry="At the end Dice pulls N over 2 |Y| times as hard.",
    )


def pull_on_the_nodule(answer: float | Tensor | Answer) -> Verdict:
    """Check how many times as hard as Dice BCE pulls at the nodule where all logits are 0."""
    bce, dice, lung = (
        torch.func.grad(loss)(torch.zeros_like(NODULE), mask).norm().item()
        for loss, mask in ((bce_loss, NODULE), (dice_loss, NODULE), (dice_loss, LUNG))
    )
    return _number(
        answer,
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
        retry="Divide the norm of one gradient by that of the other.",
        within=0.006,
    )


def parts_that_disagree(answer: Tensor | Answer) -> Verdict:
    """Check logits of the lung with a lower Dice loss, and a higher BCE, than the model of the text."""
    if answer is ... or answer is None:
        return OPEN
    if not isinstance(answer, Tensor):
        return Verdict(False, f"Expected a tensor, got {type(answer).__name__}.")
    if answer.shape != LUNG.shape:
        return Verdict(False, f"Expected the shape (10, 10), got {tuple(answer.shape)}.")
    if not answer.is_floating_point() or not answer.isfinite().all():
        return Verdict(False, "Logits are finite real numbers; these are not. Take torch.logit or as_logits.")
    if ((answer == 0) | (answer == 1)).all():
        return Verdict(False, "This is a mask, not logits. Put it through as_logits.")
    model = torch.logit(LUNG_PROBABILITIES)
    bce, dice = (loss(answer, LUNG).item() for loss in (bce_loss, dice_loss))
    came = f"BCE is {bce:.4f} and Dice {dice:.4f}"
    worse_bce, better_dice = bce > bce_loss(model, LUNG) + 1e-9, dice < dice_loss(model, LUNG) - 1e-9
    if worse_bce and better_dice:
        return Verdict(True, f"{came}: one part calls it better, the other worse.")
    if better_dice:
        return Verdict(False, f"{came}: both like it. One sure mistake costs BCE much and Dice little.")
    if worse_bce:
        return Verdict(False, f"{came}: neither likes it. Find more of the lung, and be sure of one mistake.")
    return Verdict(False, f"{came}: Dice does not like it better than 0.3636. Be surer of the lung.")


def price_of_a_miss(answer: float | Tensor | Answer) -> Verdict:
    """Check the focal loss, alpha 0.25 and gamma 2, of a foreground pixel at 0.1."""
    # 0.25 x 0.9^2 x -ln 0.1 = 0.25 x 0.81 x 2.302585
    return _number(
        answer,
        0.25 * 0.81 * -log(0.1),
        "Four fifths of its BCE are left by gamma, and a quarter of those by alpha.",
        {
            0.75 * 0.81 * -log(0.1): "This gives it the weight of the background. A lung pixel has alpha.",
            0.5 * 0.81 * -log(0.1): "This is with alpha 0.5. The defaults have 0.25.",
            0.81 * -log(0.1): "Gamma's factor is right. Alpha is missing.",
            0.25 * -log(0.1): "Alpha's factor is right. Gamma's, (1 - p_t)^2, is missing.",
            0.25 * 0.01 * -log(0.1): "The factor is (1 - p_t)^2, not p_t^2: a hard pixel keeps its loss.",
            0.25 * 0.9 * -log(0.1): "Gamma is 2: the factor 0.9 comes squared.",
            0.75 * 0.01 * -log(0.9): "This is a background pixel at 0.1, which is right. The lung is missed.",
            0.25 * 0.81 * -log10(0.1): "The logarithm is the natural one, not that to base 10.",
        },
        retry="Three factors: alpha, (1 - p_t)^2, and -ln p_t with p_t = 0.1.",
    )


def crowd_for_a_miss(answer: float | Tensor | Answer) -> Verdict:
    """Check how many background pixels at 0.1 cost as much focal loss as one lung pixel missed at 0.1."""
    miss, easy = 0.81 * -log(0.1), 0.01 * -log(0.9)
    return _number(
        answer,
        miss / easy,
        "81 times as many as with BCE.",
        {
            log(0.1) / log(0.9): "This is the number for BCE. The focusing factors differ as well.",
            81: "This is the quotient of the focusing factors. The BCE of the two differs, too.",
            miss / easy / 3: "This is with alpha 0.25. With 0.5 both classes weigh the same.",
            miss / (0.16 * -log(0.6)): "This compares with p_t 0.6. A background pixel at 0.1 has p_t 0.9.",
            1: "Both have p = 0.1, but one is right with it and the other wrong.",
        },
        retry="Divide the focal loss at p_t = 0.1 by that at p_t = 0.9.",
        within=0.9,
    )


def alpha_for_a_threshold(answer: float | Fraction | Tensor | Answer) -> Verdict:
    """Check the alpha with which a threshold of 0.5 marks what is foreground in 1 of 5 cases."""
    return _number(
        answer,
        Fraction(4, 5),
        "A half stands for 1 - 0.8 = 0.2. The foreground counts four times as much as the background.",
        {
            Fraction(1, 5): "The other way round: this asks for foreground in 4 of 5 cases. "
            "Alpha is the weight of the foreground.",
            Fraction(1, 2): "With 0.5 a half stands for a half.",
            Fraction(1, 4): "This is the odds, 1 to 4. With it, a half stands for 0.75.",
            Fraction(3, 4): "The odds are 1 to 4, the share is 1 in 5. This would ask for 1 in 4.",
            4: "The foreground is to count four times as much, yes. Alpha and 1 - alpha sum to 1.",
        },
        retry="A half stands for 1 - alpha.",
    )


def meaning_of_p(answer: Callable[[Tensor], Tensor] | Answer) -> Verdict:
    """Check a function of p that returns what it stands for after training with gamma 1 and alpha 0.5."""
    if answer is ... or answer is None:
        return OPEN
    if not callable(answer):
        return Verdict(False, f"Expected a function of p, got {type(answer).__name__}.")
    p = torch.tensor([0.6, 0.1, 0.3, 0.5, 0.9], dtype=torch.float64)
    try:
        came = answer(p.clone())
    except Exception as error:  # the reader's own code: whatever it raises is worth showing
        return Verdict(False, f"The function raised {type(error).__name__}: {error}.")
    if not isinstance(came, Tensor):
        return Verdict(False, f"Expected a tensor, got {'nothing' if came is None else repr(came)}.")
    if came.shape != p.shape:
        return Verdict(False, f"Expected one share for each of {len(p)} p, got {tuple(came.shape)}.")
    up, down = focal_pull(p, 1), focal_pull(1 - p, 1)
    slips = {
        "This is p itself. So it would be with gamma 0.": p,
        "The two sides have changed places: below the bar stand both, above it the background's.": up
        / (up + down),
        "This is the quotient of the two pulls, the odds. Divide by the sum of both instead.": down / up,
        "This is the pull. A share compares the pulls of the two classes.": up,
        "This is with alpha 0.25. With 0.5 the weights cancel.": focal_posterior(p, 0.25, 1),
        "This is with gamma 2. The model was trained with 1.": focal_posterior(p, 0.5, 2),
        "The pull has a second part: the focusing factor falls, too. Start from all of g.": p**2
        / (p**2 + (1 - p) ** 2),
    }
    if torch.allclose(came.double(), focal_posterior(p, 0.5, 1), atol=1e-4):
        return Verdict(True, "0.9 stands for 0.98: a focal model is surer than it says.")
    for reason, slip in slips.items():
        if torch.allclose(came.double(), slip, atol=1e-4):
            return Verdict(False, reason)
    return Verdict(
        False,
        f"For p = 0.6 it gives {came[0]:.4g}, not {focal_posterior(p, 0.5, 1)[0]:.4f}. What is g(1 - p)?",
    )


def pooled_pair(answer: float | Fraction | Tensor | Answer) -> Verdict:
    """Check the Dice loss, pooled and with smooth 0, of prediction 2 and a nodule found entirely."""
    # 1 - 2 (5 + 3) / ((7 + 3) + (20 + 3)) = 17/33
    return _number(
        answer,
        Fraction(17, 33),
        "16 over 33 is Dice. To the batch, the nodule is 3 found pixels among 23.",
        {
            Fraction(17, 54): "This is the mean of the two losses, 17/27 and 0. Per batch, sum first.",
            Fraction(16, 33): "This is the Dice coefficient. The loss is one minus it.",
            Fraction(
                17, 27
            ): "This is the lung's image alone. The nodule's pixels belong to the region as well.",
            Fraction(1, 2): "This is the loss with smooth 1. The question asks for smooth 0.",
            Fraction(17, 25): "This is the IoU loss: 8 shared of 25 in either region.",
        },
    )


def smooth_for_a_price(answer: float | Tensor | Answer) -> Verdict:
    """Check the smooth with which two false pixels on an empty image have a Dice loss of 0.1."""
    # 2 / (2 + s) = 1/10
    return _number(
        answer,
        18,
        "2 over 20 is 0.1. The same 18 pixels are added wherever there is an object, too.",
        {
            20: "2 + s must be 20, so s is 2 less.",
            Fraction(2, 9): "With this s the score is 0.1 and the loss 0.9: a small s makes it dear.",
            Fraction(1, 5): "This is 2 times 0.1. The price is 2 over 2 + s.",
            9: "This is the answer for one false pixel. Here there are two.",
            8: "With 8 the alarm costs 0.2, as in the painter.",
        },
        retry="Solve 2 / (2 + s) = 0.1 for s.",
    )


def ring_that_pays(answer: float | Fraction | Tensor | Answer) -> Verdict:
    """Check the share from which painting 80 uncertain pixels around 10 certain ones raises Dice."""
    # D = 20 / (20 + 80 eta), and eta = D / 2 at 1/4
    return _number(
        answer,
        Fraction(1, 4),
        "With a quarter, Dice is 1/2 whether the ring is painted or not.",
        {
            Fraction(
                1, 2
            ): "This is right for counting wrong pixels, and it is the Dice there, not its half.",
            Fraction(1, 3): "This is for a ring three times as large as the core. Here it is eight times.",
            Fraction(1, 8): "This is core over ring. Set eta equal to half of Dice without the ring.",
            Fraction(1, 9): "This is the core's share of all pixels. Set eta equal to half of Dice.",
        },
        retry="Without the ring, Dice is 20 / (20 + 80 eta). Set its half equal to eta.",
    )


def dice_without_the_empty(answer: Callable[[Tensor, Tensor], Tensor] | Answer) -> Verdict:
    """Check a function that returns the mean Dice loss over the images that have an object."""
    if answer is ... or answer is None:
        return OPEN
    if not callable(answer):
        return Verdict(False, f"Expected a function of inputs and targets, got {type(answer).__name__}.")
    alarm = torch.zeros_like(LUNG)
    alarm[0, :3] = 1
    inputs = torch.stack([as_logits(x) for x in (PREDICTION_1, alarm, PREDICTION_2)]).unsqueeze(1)
    targets = torch.stack([LUNG, torch.zeros_like(LUNG), LUNG]).unsqueeze(1)
    try:
        value = answer(inputs, targets)
    except Exception as error:  # the reader's own code: whatever it raises is worth showing
        return Verdict(False, f"The function raised {type(error).__name__}: {error}.")
    if isinstance(value, Tensor) and value.numel() > 1:
        return Verdict(False, f"Expected one number, got {value.numel()}: the mean is missing.")
    losses = (Fraction(1, 39), Fraction(17, 27))  # of the lung's two images; the empty one costs 1
    return _number(
        "nothing" if value is None else value,
        sum(losses) / 2,
        "The false alarm on the empty image costs nothing now: count such alarms elsewhere.",
        {
            (sum(losses) + 1) / 3: "The empty image is still in the mean.",
            sum(losses) / 3: "The empty image costs 0 now, but it still counts as one of three.",
            sum(losses): "This is the sum over the images. Divide by how many have an object.",
            1 - Fraction(48, 69): "This pools all three images. dim=(1, 2, 3) gives one loss for each.",
            1 - Fraction(48, 66): "This pools the images with an object. Take the mean of their own losses.",
            1 - sum(losses) / 2: "This is the mean coefficient. The loss is one minus it.",
        },
        retry="Take one loss for each image, then the mean where the mask has an object.",
    )


def what_the_seeds_show(answer: str | Answer) -> Verdict:
    """Check which of four statements the ranges of three seeds support."""
    return _choice(
        answer,
        "b",
        "The worst run of C beats the best run of A. No other pair of the four is apart like this.",
        {
            "a": "The best run of A, 0.92, beats the worst of B, 0.91: another start, another order.",
            "c": "D has the worst run, and its best, 0.93, beats all of A. It is the most moody of the four.",
            "d": "B reaches 0.95, and C has a run at 0.94. Between these two the seed decides.",
        },
    )


def calibration_by_hand(answer: float | Tensor | Answer) -> Verdict:
    """Check the calibration error of 8 pixels at 0.1, of which 2 are lung, and 2 at 0.9, of which 1 is."""
    # (8 |.1 - .25| + 2 |.9 - .5|) / 10 = 1/5
    return _number(
        answer,
        Fraction(1, 5),
        "Eight pixels are off by 0.15 and two by 0.4, each in its own direction.",
        {
            Fraction(1, 25): "Here too low and too high cancel. Take each gap as a size before you add.",
            Fraction(11, 40): "Each bin has one vote here. It should have one for each of its pixels.",
            Fraction(2, 5): "This is the gap of the worse bin. The other one counts too.",
            Fraction(2): "This is the sum over the pixels. Divide it by their number.",
            Fraction(3, 25): "These are the 8 pixels at 0.1 alone. The 2 at 0.9 are off as well.",
            Fraction(2, 25): "These are the 2 pixels at 0.9 alone. The 8 at 0.1 are off as well.",
        },
        retry="What is the gap of each bin, and how many pixels does it have?",
    )


def bias_of_a_prior(answer: float | Tensor | Answer) -> Verdict:
    """Check the bias with which every pixel starts at a probability of 0.05."""
    return _number(
        answer,
        log(0.05 / 0.95),
        "The sigmoid turns it back into 0.05, and no step is wasted on getting there.",
        {
            log(0.95 / 0.05): "The sign is turned round: with this every pixel starts at 0.95.",
            log(0.05): "This is the logarithm of the prior. A logit is that of the odds, 0.05 to 0.95.",
            0.05: "This is the probability. The bias is a logit: its sigmoid is 0.05.",
            0.05 / 0.95: "These are the odds. The logit is their logarithm.",
            log10(0.05 / 0.95): "The logarithm is the natural one, not that to base 10.",
            1 / (1 + exp(-0.05)): "This is the sigmoid of 0.05. You need what the sigmoid turns into 0.05.",
        },
        retry="Which logit has the sigmoid 0.05?",
    )


def square_that_overflows(answer: int | Tensor | Answer) -> Verdict:
    """Check the smallest side of a square, all foreground, whose pixels float16 cannot count."""
    # 255^2 = 65025 is rounded to 65024; 256^2 = 65536 is above 65504
    return _number(
        answer,
        256,
        "65,536 pixels are more than 65,504, the largest number of float16.",
        {
            181: "At 181 twice the count overflows, as in Dice. Here nothing is doubled.",
            255: "65,025 pixels are below 65,504; float16 counts them as 65,024.",
            65504: "This is how far float16 counts. The question asks for the side of the square.",
            257: "One row and column less is enough.",
            2048: "From 2,048 on float16 skips numbers, but it goes on to 65,504. And this is a side.",
        },
        retry="Compare the side times itself with 65,504.",
    )


def first_dice_that_shows(answer: float | Fraction | Tensor | Answer) -> Verdict:
    """Check up to which Dice coefficient a loss kept in bfloat16 is rounded to 1: half of 1/256."""
    return _number(
        answer,
        Fraction(1, 512),
        "Half the gap below 1: what is nearer to 1 than to the next number becomes 1.",
        {
            Fraction(1, 256): "This is the gap below 1. Rounding goes to the nearer end of it.",
            Fraction(1, 128): "This is the gap above 1. Below 1 the numbers lie twice as close.",
            Fraction(1, 4096): "This is float16, with a gap of 1/2048 below 1. Take bfloat16.",
            Fraction(511, 512): "This is the loss. The question asks for the coefficient, one minus it.",
            Fraction(1, 1024): "A quarter of the gap. Rounding goes to the nearer end.",
        },
        retry="The gap below 1 is 1/256 in bfloat16. What is rounded to its upper end?",
        within=0.0001,
    )


def doubt_without_cancelling(answer: Callable[[Tensor, Tensor], Tensor] | Answer) -> Verdict:
    """Check a function of z and y that returns 1 - p_t with all its digits, in float32."""
    if answer is ... or answer is None:
        return OPEN
    if not callable(answer):
        return Verdict(False, f"Expected a function of z and y, got {type(answer).__name__}.")
    sizes = torch.tensor([0.5, 3.0, 10.0, 20.0, 60.0])
    z, y = torch.cat([sizes, -sizes]).repeat(2), torch.cat([torch.zeros(10), torch.ones(10)])
    try:
        doubt = answer(z, y)
    except Exception as error:  # the reader's own code: whatever it raises is worth showing
        return Verdict(False, f"The function raised {type(error).__name__}: {error}.")
    if not isinstance(doubt, Tensor):
        return Verdict(False, f"Expected a tensor, got {'nothing' if doubt is None else repr(doubt)}.")
    if doubt.shape != z.shape:
        return Verdict(False, f"Expected one number for each of {len(z)} pixels, got {tuple(doubt.shape)}.")

    right, easy = torch.sigmoid(torch.where(y == 1, -z, z).double()), z.abs() < 4
    slips = {
        "This is p_t itself. The doubt is one minus it.": 1 - right,
        "This is 1 - p, whatever y is. On the background p_t is 1 - p.": torch.sigmoid(-z.double()),
        "This is p, whatever y is. On the foreground 1 - p_t is 1 - p.": torch.sigmoid(z.double()),
        "This is BCE, -ln p_t. It is close to 1 - p_t only where the pixel is right.": -torch.log(1 - right),
    }
    doubt = doubt.double()
    if torch.allclose(doubt, right, rtol=1e-4, atol=0):
        return Verdict(True, "All digits, at 60 as at 0.5: nothing is subtracted from its neighbour.")
    for reason, slip in slips.items():
        if torch.allclose(doubt[easy], slip[easy], rtol=1e-4, atol=0):
            return Verdict(False, reason)
    wrong = ~torch.isclose(doubt, right, rtol=1e-4, atol=0)
    at = int(wrong.nonzero()[z[wrong].abs().argmin()])
    came = f"At z = {z[at]:g}, y = {y[at]:g} it is {doubt[at]:.4g} instead of {right[at]:.4g}"
    if (wrong & easy).any():
        return Verdict(False, f"{came}: wrong even where nothing can break.")
    return Verdict(
        False, f"{came}: two numbers that are nearly equal have been subtracted, and the digits are gone."
    )


def loss_on_two_gpus(answer: str | Answer) -> Verdict:
    """Check which of four calls gives two processes the Dice loss of the whole batch, and its gradient."""
    return _choice(
        answer,
        "c",
        "The three sums travel, before the division; the gradient comes back through them.",
        {
            "a": "Each process has the Dice of its own images, and their mean is another number.",
            "b": "This adds finished quotients. The sum of two quotients is not that of the whole batch, "
            "and a bare all_reduce passes no gradient on.",
            "d": "With dim=(1, 2, 3) every image is a region of its own, so there is nothing to share: "
            "the function refuses it.",
        },
    )


def _choice(answer: str | Answer, right: str, praise: str, wrong: Mapping[str, str]) -> Verdict:
    """Compare a letter with the right one."""
    if answer is ... or answer is None:
        return OPEN
    letter = answer.strip().lower() if isinstance(answer, str) else answer
    if letter == right:
        return Verdict(True, praise)
    if letter in wrong:
        return Verdict(False, wrong[letter])
    letters = ", ".join(repr(one) for one in sorted([right, *wrong]))
    return Verdict(False, f"Expected one of {letters}, got {answer!r}.")


def _squared(p: Tensor) -> float:
    return float(2 * (p * LUNG).sum() / ((p**2).sum() + (LUNG**2).sum()))


def _number(
    answer: Any,
    right: Fraction | float,
    praise: str,
    wrong: Mapping[Any, str],
    retry: str = "Count the pixels once more.",
    within: float = 0.0006,
) -> Verdict:
    """Compare a number with the right one and the likely wrong ones, each as exact as three decimals."""
    if answer is ... or answer is None:
        return OPEN
    try:
        value = float(answer)
    except (TypeError, ValueError, RuntimeError):
        return Verdict(False, f"Expected a number, got {answer!r}.")
    if abs(value - right) < within:
        return Verdict(True, praise)
    for slip, reason in wrong.items():
        if abs(value - slip) < within:
            return Verdict(False, reason)
    return Verdict(False, f"{value:.4g} is not it. {retry}")
