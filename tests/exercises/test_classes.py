from fractions import Fraction

import pytest
import torch.nn.functional as F

from seglosses import dice_loss
from seglosses.exercises.classes import (
    foreground_dice,
    one_pixel_ignored,
    pooled_foreground,
    weight_for_one_half,
)
from seglosses.grids import CLASS_MAP, CLASS_PREDICTION
from seglosses.probabilities import one_against_the_rest
from seglosses.walkthrough.classes import averages, class_overlaps


def test_pooled_foreground_is_counted_by_the_walkthrough():
    """2 (17 + 1) / (18 + 18 + 1 + 3) = 36/40."""
    _, lung, nodule = class_overlaps(CLASS_PREDICTION, CLASS_MAP)
    top = 2 * (lung.tp + nodule.tp)
    bottom = lung.predicted + lung.actual + nodule.predicted + nodule.actual
    assert Fraction(top, bottom) == Fraction(36, 40)
    assert pooled_foreground(0.9).right


def test_weight_for_one_half_gives_one_half():
    """3 (97/3) of 79 + 18 + 97."""
    assert 3 * Fraction(97, 3) / (79 + 18 + 3 * Fraction(97, 3)) == Fraction(1, 2)
    assert weight_for_one_half(32.33).right


def test_one_pixel_ignored_is_what_the_walkthrough_says():
    """(34/36 + 2/3) / 2 = 29/36."""
    target = CLASS_MAP.clone()
    target[6, 5] = 255
    assert averages(class_overlaps(CLASS_PREDICTION, target)).foreground == Fraction(29, 36)
    assert one_pixel_ignored(0.8056).right


def own(inputs, labels, rest=one_against_the_rest, dim=(0, 2, 3), weight=True, first=1):
    """The solution, with its slips as settings."""
    keep = labels != 255
    masks = F.one_hot(labels.where(keep, 0), 3).movedim(-1, 1)
    return dice_loss(rest(inputs), masks, dim=dim, weight=keep.unsqueeze(1) if weight else None)[..., first:]


def test_foreground_dice_accepts_another_way():
    """The formula written out, with a softmax and no function of the package."""

    def by_hand(inputs, labels):
        keep = (labels != 255).unsqueeze(1)
        p = inputs.softmax(1) * keep
        y = F.one_hot(labels % 255, 3).movedim(-1, 1) * keep
        sums = [(one).sum((0, 2, 3)) for one in (p * y, p, y)]
        return (1 - (2 * sums[0] + 1) / (sums[1] + sums[2] + 1))[1:].mean()

    assert foreground_dice(by_hand).right
    assert foreground_dice(lambda z, y: own(z, y).mean()).right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        # Other averages and other scores of the same map are recognised by their values.
        (pooled_foreground, 0.97, "all three classes"),
        (pooled_foreground, 13 / 18, "mean of the two scores"),
        (pooled_foreground, 9 / 11, "IoU"),
        (pooled_foreground, 1751 / 2160, "mean of three"),
        (pooled_foreground, 37 / 42, "weighs the two scores"),
        (pooled_foreground, 0.5, "Sum what stands"),
        # Each slip of the weight is recognised by its value.
        (weight_for_one_half, 100 / 3, "1 over the share"),
        (weight_for_one_half, 79 / 3, "The lung is there"),
        (weight_for_one_half, 97, "one pixel"),
        (weight_for_one_half, 0.97, "share of the others"),
        (weight_for_one_half, 3 / 97, "weight of the others"),
        (weight_for_one_half, 2, "one half"),
        # The wrong ways to ignore, and the wrong means.
        (one_pixel_ignored, 13 / 18, "Nothing has changed"),
        (one_pixel_ignored, 35 / 36, "misses out altogether"),
        (one_pixel_ignored, 2485 / 2862, "all three classes"),
        (one_pixel_ignored, 53 / 76, "IoU"),
        (one_pixel_ignored, 17 / 18, "lung's score"),
        (one_pixel_ignored, 0.1, "labelled pixels"),
        # Each slip of the function is recognised by its value.
        (foreground_dice, lambda z, y: own(z, y, first=0).mean(), "background is still"),
        (foreground_dice, lambda z, y: own(z, y, rest=lambda z: z).mean(), "These are sigmoids"),
        (foreground_dice, lambda z, y: own(z, y, rest=lambda z: z.softmax(1)).mean(), "comes on top"),
        (foreground_dice, lambda z, y: own(z, y, weight=False).mean(), "count as background"),
        (foreground_dice, lambda z, y: own(z, y, dim=(2, 3)).mean(), "per image and class"),
        (foreground_dice, lambda z, y: 1 - own(z, y).mean(), "one minus it"),
        (foreground_dice, lambda z, y: own(z, y).sum(), "sum of both"),
        (foreground_dice, lambda z, y: own(z, y), "one number; got 2 of them"),
        (foreground_dice, lambda z, y: 0.5, "Make masks"),
        (foreground_dice, lambda z, y: F.one_hot(y, 3), "The function raised"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly in the chapter on several classes."""
    says_why_not(check, answer, reason)
