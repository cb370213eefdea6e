from fractions import Fraction

import pytest
import torch

from seglosses import bce_loss, dice_loss
from seglosses.exercises.bce_dice import equal_say, half_a_bce, parts_that_disagree, pull_on_the_nodule
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, PREDICTION_1, PREDICTION_2, as_logits


def test_half_a_bce_accepts_the_weighted_sum():
    """0.218478 / 2 + 0.363636 = 0.472875."""
    z = torch.logit(LUNG_PROBABILITIES)
    assert half_a_bce(bce_loss(z, LUNG) / 2 + dice_loss(z, LUNG)).right
    assert half_a_bce(0.4729).right


def test_equal_say_balances_the_gradients_of_a_nearly_perfect_lung():
    """At logits of 12 a weight of 2 x 20 / 100 makes the two gradients equally long."""
    pulls = [
        torch.func.grad(loss)(as_logits(LUNG, 12), LUNG).norm()
        for loss in (bce_loss, lambda z, y: dice_loss(z, y, smooth=0))
    ]
    assert (0.4 * pulls[1] / pulls[0]).item() == pytest.approx(1, abs=1e-3)
    assert equal_say(Fraction(2, 5)).right


def test_pull_on_the_nodule_accepts_the_ratio():
    """0.05 / 0.0158116 = 3.1622, to two decimals."""
    fresh = torch.zeros_like(NODULE)
    bce, dice = (torch.func.grad(loss)(fresh, NODULE).norm() for loss in (bce_loss, dice_loss))
    assert pull_on_the_nodule(bce / dice).right
    assert pull_on_the_nodule(3.16).right


def test_parts_that_disagree_accepts_one_sure_mistake():
    """Prediction 1 at logits of 40 costs 0.4 in BCE and 0.025 in Dice."""
    assert parts_that_disagree(as_logits(PREDICTION_1, 40)).right
    assert parts_that_disagree(as_logits(PREDICTION_1, 40).float()).right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        # A weight on the wrong part, or on both, is recognised by the sum.
        (half_a_bce, 0.582115, "equal weights"),
        (half_a_bce, 0.291057, "both count half"),
        (half_a_bce, 0.400296, "the other way round"),
        (half_a_bce, 0.481788, "with smooth 0"),
        (half_a_bce, 0.745603, "the coefficient"),
        (half_a_bce, 0.9, "0.2185 and 0.3636"),
        # The inverse, the share of the lung and the other smooth each get their own reason.
        (equal_say, 2.5, "takes that back"),
        (equal_say, 0.2, "both sizes"),
        (equal_say, 0.41, "smooth 1"),
        (equal_say, 1, "not equal pulls"),
        (equal_say, 5, "no weight but a pull"),
        (equal_say, 7, "N over 2 |Y|"),
        # The inverse, the wrong grid, and values for gradients each get their own reason.
        (pull_on_the_nodule, 0.3162, "Dice over BCE"),
        (pull_on_the_nodule, 1.76, "This is the lung"),
        (pull_on_the_nodule, 10.0, "squared lengths"),
        (pull_on_the_nodule, 0.7486, "values of the losses"),
        (pull_on_the_nodule, 1, "one and the same"),
        (pull_on_the_nodule, 0.05, "length of BCE's gradient"),
        (pull_on_the_nodule, 2, "Take the norm"),
        # The verdict names both parts, so the reader knows which of them to move.
        (parts_that_disagree, as_logits(LUNG), "both like it"),
        (parts_that_disagree, as_logits(PREDICTION_1), "both like it"),
        (parts_that_disagree, as_logits(PREDICTION_2), "neither likes it"),
        (parts_that_disagree, torch.logit(LUNG_PROBABILITIES), "does not like it better"),
        (parts_that_disagree, LUNG, "not logits"),
        (parts_that_disagree, torch.logit(LUNG), "finite real numbers"),
        (parts_that_disagree, as_logits(LUNG).flatten(), "got (100,)"),
        (parts_that_disagree, 0.4, "must be a tensor; got float. Hint: torch.tensor"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly in the BCE-Dice chapter."""
    says_why_not(check, answer, reason)
