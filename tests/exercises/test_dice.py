from fractions import Fraction

import pytest
import torch

from seglosses import dice_loss
from seglosses.exercises.dice import logits_of_a_mask, one_column_too_many, same_loss_other_mask, squared_dice
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, PREDICTION_1, PREDICTION_2, as_logits
from seglosses.walkthrough.overlaps import overlap, shuffled


def test_one_column_too_many_accepts_a_ninth():
    """As a fraction, a number, a rounded number, a tensor, and computed by the package."""
    wider = LUNG.clone()
    wider[1:6, 6] = 1
    assert overlap(wider, LUNG).dice() == Fraction(8, 9)
    loss = dice_loss(as_logits(wider), LUNG, smooth=0)
    for answer in (Fraction(1, 9), 1 / 9, 0.111, torch.tensor(1 / 9), loss):
        assert one_column_too_many(answer).right


@pytest.mark.parametrize(
    "answer", [as_logits(PREDICTION_1), as_logits(PREDICTION_1, 12), (1e3 * (2 * PREDICTION_1 - 1)).float()]
)
def test_logits_of_a_mask_accepts_sure_logits(answer):
    """Whatever the size of the logits, as long as the sigmoid gives the mask back."""
    assert logits_of_a_mask(answer).right


def test_same_loss_other_mask_accepts_every_mask_with_ten_twenty_sevenths():
    """Shuffled pixels do, and so do 10 shared pixels with 24 others: 20/54."""
    assert all(same_loss_other_mask(shuffled(PREDICTION_2, LUNG, seed)).right for seed in range(5))
    double = torch.zeros_like(LUNG)
    double[1:6, 2:4] = 1
    double[6:, :6] = 1
    assert overlap(double, LUNG).predicted == 34
    assert same_loss_other_mask(double).right
    assert same_loss_other_mask(shuffled(PREDICTION_2, LUNG).bool()).right


def test_squared_dice_accepts_the_formula():
    """With a tensor or with a plain number returned."""
    assert squared_dice(lambda p, y: 1 - 2 * (p * y).sum() / ((p**2).sum() + (y**2).sum())).right
    assert squared_dice(lambda p, y: 25 / 153).right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        # Each slip of the formula is recognised by its value.
        (one_column_too_many, 8 / 9, "one minus it"),
        (one_column_too_many, 1 / 5, "IoU loss"),
        (one_column_too_many, 5 / 9, "counts twice"),
        (one_column_too_many, 5 / 46, "smooth 1"),
        (one_column_too_many, 0, "five pixels too many"),
        (one_column_too_many, 0.5, "How many pixels"),
        (one_column_too_many, float("nan"), "How many pixels"),
        (one_column_too_many, "a ninth", "must be a number; got 'a ninth'. Hint: "),
        (one_column_too_many, torch.zeros(2), "must be a number"),
        # The mask itself, shy logits, swapped signs and the wrong mask each get their own reason.
        (logits_of_a_mask, PREDICTION_1, "the mask itself"),
        (logits_of_a_mask, as_logits(PREDICTION_1, 1), "too small"),
        (logits_of_a_mask, -as_logits(PREDICTION_1), "the wrong way round"),
        (logits_of_a_mask, as_logits(LUNG), "logits of the true lung"),
        (logits_of_a_mask, as_logits(PREDICTION_2), "positive where the mask is 1"),
        (logits_of_a_mask, 20 * PREDICTION_1, "too small"),
        (logits_of_a_mask, as_logits(PREDICTION_1).flatten(), "got (100,)"),
        (
            logits_of_a_mask,
            (40 * PREDICTION_1 - 20).long(),
            "must be a float tensor; got torch.int64. Hint: ",
        ),
        (logits_of_a_mask, torch.full_like(LUNG, float("nan")), "nan"),
        (logits_of_a_mask, 1 / 39, "must be a tensor; got float"),
        # A wrong count is named, so the reader knows which pixels to move.
        (same_loss_other_mask, PREDICTION_2, "prediction 2 itself"),
        (same_loss_other_mask, PREDICTION_2 * LUNG, "Five pixels are shared, but 0 lie outside"),
        (same_loss_other_mask, NODULE, "Its Dice is 4/23"),
        (
            same_loss_other_mask,
            LUNG * torch.tensor([0, 0, 0, 0, 0, 1, 0, 0, 0, 0.0]),
            "Five pixels are shared, but 0",
        ),
        (
            same_loss_other_mask,
            torch.zeros_like(LUNG).index_fill_(0, torch.tensor([9]), 1) * (torch.arange(10) < 7),
            "Seven",
        ),
        (same_loss_other_mask, LUNG_PROBABILITIES, "only 0 and 1"),
        (same_loss_other_mask, LUNG[:5], "got (5, 10)"),
        (same_loss_other_mask, [[0, 1]], "must be a tensor; got list"),
        # Each slip of the formula is recognised by the value that it gives on the lung probabilities.
        (squared_dice, lambda p, y: 2 * (p * y).sum() / ((p**2).sum() + (y**2).sum()), "one minus it"),
        (squared_dice, lambda p, y: 1 - 2 * (p * y).sum() / (p.sum() + y.sum()), "without squares"),
        (squared_dice, lambda p, y: 1 - (p * y).sum() / ((p**2).sum() + (y**2).sum()), "counts twice"),
        (
            squared_dice,
            lambda p, y: 1 - 2 * (p * y).sum() / (p.sum() ** 2 + y.sum() ** 2),
            "Square each pixel first",
        ),
        (
            squared_dice,
            lambda p, y: 1 - 2 * (p.sigmoid() * y).sum() / ((p.sigmoid() ** 2).sum() + (y**2).sum()),
            "leave the sigmoid out",
        ),
        (squared_dice, lambda p, y: None, "must be a number; got nothing"),
        (squared_dice, lambda p: p, "The function raised TypeError"),
        (squared_dice, 25 / 153, "must be a function of p and y; got float"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly in the Dice chapter."""
    says_why_not(check, answer, reason)
