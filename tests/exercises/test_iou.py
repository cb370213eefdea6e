from fractions import Fraction

import pytest
import torch

from seglosses.exercises.iou import (
    dice_of_an_iou,
    impossible_means,
    iou_loss_of_dice_loss,
    width_that_forgives,
)
from seglosses.grids import LUNG, PREDICTION_1, PREDICTION_2
from seglosses.walkthrough.overlaps import overlap


def test_dice_of_an_iou_accepts_three_quarters():
    """As a fraction, a number, and counted on the lung shifted by a column."""
    shifted = overlap(torch.roll(LUNG, 1, dims=1), LUNG)
    assert shifted.iou() == Fraction(3, 5)
    for answer in (0.75, Fraction(3, 4), torch.tensor(0.75), shifted.dice()):
        assert dice_of_an_iou(answer).right


@pytest.mark.parametrize("answer", ["b", " B "])
def test_impossible_means_accepts_b(answer):
    """0.90 is more than 2 x 0.70 / 1.70 = 0.8235."""
    assert impossible_means(answer).right


def test_width_that_forgives_is_the_first_that_does():
    """Counted on real masks: 18/20 at 19, 17/19 at 18."""
    scores = {}
    for width in (18, 19):
        mask = torch.zeros(width + 2, width + 2)
        mask[:width, :width] = 1
        scores[width] = overlap(torch.roll(mask, 1, dims=1), mask).iou()
    assert scores[18] < Fraction(9, 10) <= scores[19]
    assert width_that_forgives(19).right


def test_iou_loss_of_dice_loss_accepts_the_formula():
    """In either of its forms; it turns the Dice losses of the two predictions into their IoU losses."""
    assert iou_loss_of_dice_loss(lambda loss: 2 * loss / (1 + loss)).right
    assert iou_loss_of_dice_loss(lambda loss: 1 - (1 - loss) / (1 + loss)).right
    for prediction in (PREDICTION_1, PREDICTION_2):
        loss = 1 - overlap(prediction, LUNG).dice()
        assert 2 * loss / (1 + loss) == 1 - overlap(prediction, LUNG).iou()


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        # Each slip of the conversion is recognised by its value.
        (dice_of_an_iou, 3 / 7, "the way back"),
        (dice_of_an_iou, 0.6, "only at 0 and at 1"),
        (dice_of_an_iou, 0.25, "the Dice loss"),
        (dice_of_an_iou, 1.2, "No score is above 1"),
        (dice_of_an_iou, 0.8, "half-way"),
        (dice_of_an_iou, 0.5, "2J over 1 + J"),
        (dice_of_an_iou, "3 of 4", "The answer must be a number"),
        # Each possible row comes with images that could have made it.
        (impossible_means, "a", "0.9189"),
        (impossible_means, "c", "0.8571"),
        (impossible_means, "d", "scores 0 or 1"),
        (impossible_means, "e", "one of 'a', 'b', 'c', 'd'"),
        (impossible_means, 2, "got 2"),
        # The width for Dice and the neighbours of the right one each get their own reason.
        (width_that_forgives, 10, "enough for Dice"),
        (width_that_forgives, 20, "One pixel less"),
        (width_that_forgives, 9, "8 over 10"),
        (width_that_forgives, 18, "17 over 19"),
        (width_that_forgives, 100, "How many columns"),
        # Each slip is recognised by what it makes of a Dice loss of 1/4.
        (iou_loss_of_dice_loss, lambda loss: (1 - loss) / (1 + loss), "one minus it"),
        (iou_loss_of_dice_loss, lambda loss: loss / (2 - loss), "larger one"),
        (iou_loss_of_dice_loss, lambda loss: 2 * (1 - loss) / (2 - loss), "not the coefficient"),
        (iou_loss_of_dice_loss, lambda loss: loss, "equal only at 0"),
        (iou_loss_of_dice_loss, lambda loss: 2 * loss, "nearly perfect"),
        (iou_loss_of_dice_loss, lambda loss: 0.4, "Right for a loss of 1/4, but for 0.6296"),
        (iou_loss_of_dice_loss, lambda loss: loss**2, "Which IoU is that"),
        (
            iou_loss_of_dice_loss,
            lambda loss: None,
            "The answer must be a number; got nothing. Hint: the function must return",
        ),
        (iou_loss_of_dice_loss, lambda: 1, "The function raised TypeError"),
        (iou_loss_of_dice_loss, 0.4, "must be a function of the Dice loss; got float"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly in the IoU chapter."""
    says_why_not(check, answer, reason)
