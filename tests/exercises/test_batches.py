from fractions import Fraction

import pytest
import torch

from seglosses import dice_loss
from seglosses.exercises.batches import (
    dice_without_the_empty,
    pooled_pair,
    ring_that_pays,
    smooth_for_a_price,
)
from seglosses.grids import LUNG, NODULE, PREDICTION_2, as_logits


def test_pooled_pair_accepts_the_loss_of_the_batch():
    """1 - 2 (5 + 3) / (10 + 23) = 17/33, by hand and by the package."""
    inputs = torch.stack([as_logits(PREDICTION_2), as_logits(NODULE)])
    loss = dice_loss(inputs, torch.stack([LUNG, NODULE]), smooth=0)
    for answer in (Fraction(17, 33), 0.5152, loss):
        assert pooled_pair(answer).right


def test_smooth_for_a_price_is_what_the_loss_says():
    """Two false pixels on an empty image, with smooth 18, have a loss of 0.1."""
    alarm = torch.zeros_like(LUNG)
    alarm[0, :2] = 1
    assert dice_loss(as_logits(alarm), 0 * LUNG, smooth=18).item() == pytest.approx(0.1)
    assert smooth_for_a_price(18).right


def test_ring_that_pays_is_where_painting_makes_no_difference():
    """At 1/4: 20/(10 + 30) without the ring, 2(10 + 20)/(90 + 30) with it."""
    assert Fraction(20, 10 + 30) == Fraction(2 * (10 + 20), 90 + 30) == Fraction(1, 2)
    assert ring_that_pays(0.25).right


def per_image(inputs, targets):
    """One Dice loss for each image, and which images have an object."""
    return dice_loss(inputs, targets, smooth=0, dim=(1, 2, 3)), targets.sum((1, 2, 3)) > 0


def test_dice_without_the_empty_accepts_the_mean_over_the_others():
    """(1/39 + 17/27) / 2, however the empty image is left out."""

    def by_mask(inputs, targets):
        losses, kept = per_image(inputs, targets)
        return losses[kept].mean()

    def by_weight(inputs, targets):
        losses, kept = per_image(inputs, targets)
        return (losses * kept).sum() / kept.sum()

    assert dice_without_the_empty(by_mask).right
    assert dice_without_the_empty(by_weight).right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        # The mean per image, the coefficient and the other slips are recognised by their values.
        (pooled_pair, 17 / 54, "mean of the two losses"),
        (pooled_pair, 16 / 33, "one minus it"),
        (pooled_pair, 17 / 27, "lung's image alone"),
        (pooled_pair, 0.5, "smooth 1"),
        (pooled_pair, 17 / 25, "IoU loss"),
        (pooled_pair, 0.2, "Add up the shared pixels"),
        # Each slip of the price is recognised by its value.
        (smooth_for_a_price, 20, "2 less"),
        (smooth_for_a_price, 2 / 9, "the loss 0.9"),
        (smooth_for_a_price, 0.2, "2 times 0.1"),
        (smooth_for_a_price, 9, "one false pixel"),
        (smooth_for_a_price, 8, "costs 0.2"),
        (smooth_for_a_price, 1, "the loss is P over P + s"),
        # One half, the page's own third and ratios of sizes each get their own reason.
        (ring_that_pays, 0.5, "not its half"),
        (ring_that_pays, 1 / 3, "eight times"),
        (ring_that_pays, 1 / 8, "core over ring"),
        (ring_that_pays, 1 / 9, "share of all pixels"),
        (ring_that_pays, 0.9, "Set its half"),
        # Each wrong way to pool or to average is recognised by its value on a batch of three.
        (dice_without_the_empty, lambda z, y: per_image(z, y)[0].mean(), "still in the mean"),
        (
            dice_without_the_empty,
            lambda z, y: (per_image(z, y)[0] * per_image(z, y)[1]).mean(),
            "one of three",
        ),
        (
            dice_without_the_empty,
            lambda z, y: (per_image(z, y)[0] * per_image(z, y)[1]).sum(),
            "the sum over the images",
        ),
        (dice_without_the_empty, lambda z, y: dice_loss(z, y, smooth=0), "pools all three"),
        (
            dice_without_the_empty,
            lambda z, y: dice_loss(z[[0, 2]], y[[0, 2]], smooth=0),
            "pools the images with an object",
        ),
        (dice_without_the_empty, lambda z, y: 1 - per_image(z, y)[0][[0, 2]].mean(), "one minus it"),
        (
            dice_without_the_empty,
            lambda z, y: per_image(z, y)[0],
            "one number; got 3 of them. Hint: the mean is missing",
        ),
        (
            dice_without_the_empty,
            lambda z, y: dice_loss(z, y, dim=(1, 2, 3)).mean(),
            "one loss for each image",
        ),
        (dice_without_the_empty, lambda z, y: None, "The answer must be a number; got nothing"),
        (dice_without_the_empty, lambda z: z, "The function raised TypeError"),
        (dice_without_the_empty, 0.3276, "must be a function of inputs and targets; got float"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly in the batches chapter."""
    says_why_not(check, answer, reason)
