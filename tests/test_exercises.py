import re
from fractions import Fraction
from math import log

import pytest
import torch
import torch.nn.functional as F

from seglosses import bce_loss, dice_loss, focal_loss
from seglosses.exercises import (
    alpha_for_a_threshold,
    better_than_blind,
    bias_of_a_prior,
    calibration_by_hand,
    crowd_for_a_miss,
    dice_of_an_iou,
    dice_without_the_empty,
    doubt_without_cancelling,
    equal_say,
    first_dice_that_shows,
    half_a_bce,
    impossible_means,
    iou_loss_of_dice_loss,
    logits_of_a_mask,
    loss_on_two_gpus,
    meaning_of_p,
    one_column_too_many,
    one_pixel_missed,
    parts_that_disagree,
    pooled_pair,
    price_of_a_miss,
    pull_on_the_nodule,
    ring_that_pays,
    same_loss_other_mask,
    smooth_for_a_price,
    square_that_overflows,
    squared_dice,
    stable_bce,
    tipping_background,
    what_the_seeds_show,
    width_that_forgives,
)
from seglosses.grids import (
    LUNG,
    LUNG_PROBABILITIES,
    NODULE,
    NODULE_PROBABILITIES,
    PREDICTION_1,
    PREDICTION_2,
    as_logits,
)
from seglosses.walkthrough import bce_pixels, focal_posterior, focal_pull, overlap, shuffled

CHECKS = [
    logits_of_a_mask,
    one_column_too_many,
    same_loss_other_mask,
    squared_dice,
    one_pixel_missed,
    better_than_blind,
    tipping_background,
    stable_bce,
    dice_of_an_iou,
    impossible_means,
    width_that_forgives,
    iou_loss_of_dice_loss,
    pooled_pair,
    smooth_for_a_price,
    ring_that_pays,
    dice_without_the_empty,
    price_of_a_miss,
    crowd_for_a_miss,
    alpha_for_a_threshold,
    meaning_of_p,
    square_that_overflows,
    first_dice_that_shows,
    doubt_without_cancelling,
    loss_on_two_gpus,
]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("nothing", [..., None])
def test_an_open_exercise_is_not_wrong(check, nothing):
    """A notebook that nobody has answered runs from top to bottom and says so."""
    verdict = check(nothing)
    assert verdict.right is None
    assert repr(verdict) == "Not answered yet."


def test_one_column_too_many_accepts_a_ninth():
    """As a fraction, a number, a rounded number, a tensor, and computed by the package."""
    wider = LUNG.clone()
    wider[1:6, 6] = 1
    assert overlap(wider, LUNG).dice() == Fraction(8, 9)
    loss = dice_loss(as_logits(wider), LUNG, smooth=0)
    for answer in (Fraction(1, 9), 1 / 9, 0.111, torch.tensor(1 / 9), loss):
        assert one_column_too_many(answer).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (8 / 9, "one minus it"),
        (1 / 5, "IoU loss"),
        (5 / 9, "counts twice"),
        (5 / 46, "smooth 1"),
        (0, "five pixels too many"),
        (0.5, "Count the pixels"),
        (float("nan"), "Count the pixels"),
        ("a ninth", "Expected a number, got 'a ninth'"),
        (torch.zeros(2), "Expected a number"),
    ],
)
def test_one_column_too_many_says_why_not(answer, reason):
    """Each slip of the formula is recognised by its value."""
    verdict = one_column_too_many(answer)
    assert verdict.right is False
    assert reason in verdict.reason


@pytest.mark.parametrize(
    "answer", [as_logits(PREDICTION_1), as_logits(PREDICTION_1, 12), (1e3 * (2 * PREDICTION_1 - 1)).float()]
)
def test_logits_of_a_mask_accepts_sure_logits(answer):
    """Whatever the size of the logits, as long as the sigmoid gives the mask back."""
    assert logits_of_a_mask(answer).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (PREDICTION_1, "the mask itself"),
        (as_logits(PREDICTION_1, 1), "too small"),
        (-as_logits(PREDICTION_1), "the wrong way round"),
        (as_logits(LUNG), "logits of the true lung"),
        (as_logits(PREDICTION_2), "positive where the mask is 1"),
        (20 * PREDICTION_1, "too small"),
        (as_logits(PREDICTION_1).flatten(), "got (100,)"),
        ((40 * PREDICTION_1 - 20).long(), "expected a float tensor, got torch.int64"),
        (torch.full_like(LUNG, float("nan")), "nan"),
        (1 / 39, "Expected a tensor, got float"),
    ],
)
def test_logits_of_a_mask_says_why_not(answer, reason):
    """The mask itself, shy logits, swapped signs and the wrong mask each get their own reason."""
    verdict = logits_of_a_mask(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_same_loss_other_mask_accepts_every_mask_with_ten_twenty_sevenths():
    """Shuffled pixels do, and so do 10 shared pixels with 24 others: 20/54."""
    assert all(same_loss_other_mask(shuffled(PREDICTION_2, LUNG, seed)).right for seed in range(5))
    double = torch.zeros_like(LUNG)
    double[1:6, 2:4] = 1
    double[6:, :6] = 1
    assert overlap(double, LUNG).predicted == 34
    assert same_loss_other_mask(double).right
    assert same_loss_other_mask(shuffled(PREDICTION_2, LUNG).bool()).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (PREDICTION_2, "prediction 2 itself"),
        (PREDICTION_2 * LUNG, "Five pixels are shared, but 0 lie outside"),
        (NODULE, "Its Dice is 4/23"),
        (LUNG * torch.tensor([0, 0, 0, 0, 0, 1, 0, 0, 0, 0.0]), "Five pixels are shared, but 0"),
        (torch.zeros_like(LUNG).index_fill_(0, torch.tensor([9]), 1) * (torch.arange(10) < 7), "Seven"),
        (LUNG_PROBABILITIES, "only 0 and 1"),
        (LUNG[:5], "got (5, 10)"),
        ([[0, 1]], "Expected a tensor, got list"),
    ],
)
def test_same_loss_other_mask_says_why_not(answer, reason):
    """A wrong count is named, so the reader knows which pixels to move."""
    verdict = same_loss_other_mask(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_squared_dice_accepts_the_formula():
    """With a tensor or with a plain number returned."""
    assert squared_dice(lambda p, y: 1 - 2 * (p * y).sum() / ((p**2).sum() + (y**2).sum())).right
    assert squared_dice(lambda p, y: 25 / 153).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda p, y: 2 * (p * y).sum() / ((p**2).sum() + (y**2).sum()), "one minus it"),
        (lambda p, y: 1 - 2 * (p * y).sum() / (p.sum() + y.sum()), "without squares"),
        (lambda p, y: 1 - (p * y).sum() / ((p**2).sum() + (y**2).sum()), "counts twice"),
        (lambda p, y: 1 - 2 * (p * y).sum() / (p.sum() ** 2 + y.sum() ** 2), "Square each pixel first"),
        (
            lambda p, y: 1 - 2 * (p.sigmoid() * y).sum() / ((p.sigmoid() ** 2).sum() + (y**2).sum()),
            "leave the sigmoid out",
        ),
        (lambda p, y: None, "Expected a number, got 'nothing'"),
        (lambda p: p, "The function raised TypeError"),
        (25 / 153, "Expected a function of p and y, got float"),
    ],
)
def test_squared_dice_says_why_not(answer, reason):
    """Each slip of the formula is recognised by the value that it gives on the lung probabilities."""
    verdict = squared_dice(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_one_pixel_missed_accepts_the_mean():
    """(99 x 0.1053605 + 1.6094379) / 100 = 0.120401, by hand and by the package."""
    fallen = NODULE_PROBABILITIES.clone()
    fallen[3, 3] = 0.2
    for answer in (0.1204, bce_pixels(fallen, NODULE).mean(), bce_loss(torch.logit(fallen), NODULE)):
        assert one_pixel_missed(answer).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (0.106538, "the loss before"),
        (0.122633, "replaces the old one"),
        (12.040129, "This is the sum"),
        (1.609438, "the missed pixel alone"),
        (0.0523, "not that to base 10"),
        (0.3, "Add up the prices"),
        ("0.12 nats", "Expected a number"),
    ],
)
def test_one_pixel_missed_says_why_not(answer, reason):
    """Each slip of the mean is recognised by its value."""
    verdict = one_pixel_missed(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_better_than_blind_accepts_the_difference():
    """0.500402 - 0.48 = 0.020402, with the blind guess computed from the lung itself."""
    blind = bce_pixels(torch.full_like(LUNG, LUNG.mean()), LUNG).mean()
    assert better_than_blind(blind - 0.48).right
    assert better_than_blind(0.0204).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (0.500402, "How far is 0.48 below"),
        (-0.0204, "wrong sign"),
        (0.2131, "0.6931, but it is not the best"),
        (0.2419, "not that to base 2"),
        (-0.1581, "lung pixels only"),
        (0.1, "best single probability"),
    ],
)
def test_better_than_blind_says_why_not(answer, reason):
    """Each slip of the entropy is recognised by its value."""
    verdict = better_than_blind(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_tipping_background_is_where_the_two_losses_meet():
    """At 0.12579 the model's loss is the blind guess's 0.134742."""
    pale = torch.where(NODULE == 1, NODULE_PROBABILITIES, 0.1257917)
    blind = bce_pixels(torch.full_like(NODULE, 0.03), NODULE).mean().item()
    assert bce_pixels(pale, NODULE).mean().item() == pytest.approx(blind, abs=1e-7)
    assert tipping_background(0.1257917).right
    assert tipping_background(0.126).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (0.134437, "This is a price"),
        (0.134742, "This is a price"),
        (0.8742, "that the background pixel is background"),
        (0.1297, "cost something too"),
        (0.1223, "not by 100"),
        (0.03, "what the blind guess says"),
        (0.1, "where the model starts"),
        (0.5, "Which price is left"),
    ],
)
def test_tipping_background_says_why_not(answer, reason):
    """Prices for probabilities, and sums over the wrong pixels, each get their own reason."""
    verdict = tipping_background(answer)
    assert verdict.right is False
    assert reason in verdict.reason


@pytest.mark.parametrize(
    "answer",
    [
        lambda z, y: z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z.abs())),
        lambda z, y: -y * F.logsigmoid(z) - (1 - y) * F.logsigmoid(-z),
        lambda z, y: F.softplus(z) - z * y,
        lambda z, y: bce_loss(z, y, reduction="none"),
    ],
)
def test_stable_bce_accepts_what_holds_at_any_logit(answer):
    """The formula, and PyTorch's stable parts of it."""
    assert stable_bce(answer).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda z, y: -(y * z.sigmoid().log() + (1 - y) * (1 - z.sigmoid()).log()), "sigmoid rounds to 1"),
        (lambda z, y: torch.log(1 + torch.exp(z)) - z * y, "exp(z) is too large"),
        (lambda z, y: F.binary_cross_entropy(z.sigmoid(), y, reduction="none"), "cut off"),
        (lambda z, y: F.binary_cross_entropy_with_logits(z.clamp(-30, 30), y, reduction="none"), "cut off"),
        (lambda z, y: z * y - F.softplus(z), "sign is turned round"),
        (lambda z, y: F.softplus(z) - z * (1 - y), "changed places"),
        (lambda z, y: z.clamp(min=0) - z * y + torch.log(1 + torch.exp(z.abs())), "nothing can break"),
        (lambda z, y: torch.where(z > 20, z, torch.log1p(torch.exp(z))) - z * y, "torch.where hides"),
        (lambda z, y: (F.softplus(z) - z * y).detach(), "lost its gradient"),
        (lambda z, y: (F.softplus(z) - z * y).mean(), "one loss for each of 24 pixels, got ()"),
        (lambda z, y: None, "Expected a tensor, got nothing"),
        (lambda z: z, "The function raised TypeError"),
        (0.106538, "Expected a function of z and y, got float"),
    ],
)
def test_stable_bce_says_why_not(answer, reason):
    """Each way to break is named: rounding, overflow, a limit, and a gradient hidden by torch.where."""
    verdict = stable_bce(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_dice_of_an_iou_accepts_three_quarters():
    """As a fraction, a number, and counted on the lung shifted by a column."""
    shifted = overlap(torch.roll(LUNG, 1, dims=1), LUNG)
    assert shifted.iou() == Fraction(3, 5)
    for answer in (0.75, Fraction(3, 4), torch.tensor(0.75), shifted.dice()):
        assert dice_of_an_iou(answer).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (3 / 7, "the way back"),
        (0.6, "only at 0 and at 1"),
        (0.25, "the Dice loss"),
        (1.2, "No score is above 1"),
        (0.8, "half-way"),
        (0.5, "2J over 1 + J"),
        ("3/4", "Expected a number"),
    ],
)
def test_dice_of_an_iou_says_why_not(answer, reason):
    """Each slip of the conversion is recognised by its value."""
    verdict = dice_of_an_iou(answer)
    assert verdict.right is False
    assert reason in verdict.reason


@pytest.mark.parametrize("answer", ["b", " B "])
def test_impossible_means_accepts_b(answer):
    """0.90 is more than 2 x 0.70 / 1.70 = 0.8235."""
    assert impossible_means(answer).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("a", "0.9189"),
        ("c", "0.8571"),
        ("d", "scores 0 or 1"),
        ("e", "one of 'a', 'b', 'c', 'd'"),
        (2, "got 2"),
    ],
)
def test_impossible_means_says_why_not(answer, reason):
    """Each possible row comes with images that could have made it."""
    verdict = impossible_means(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_width_that_forgives_is_the_first_that_does():
    """Counted on real masks: 18/20 at 19, 17/19 at 18."""
    scores = {}
    for width in (18, 19):
        mask = torch.zeros(width + 2, width + 2)
        mask[:width, :width] = 1
        scores[width] = overlap(torch.roll(mask, 1, dims=1), mask).iou()
    assert scores[18] < Fraction(9, 10) <= scores[19]
    assert width_that_forgives(19).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (10, "enough for Dice"),
        (20, "One pixel less"),
        (9, "8 over 10"),
        (18, "17 over 19"),
        (100, "Solve"),
    ],
)
def test_width_that_forgives_says_why_not(answer, reason):
    """The width for Dice and the neighbours of the right one each get their own reason."""
    verdict = width_that_forgives(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_iou_loss_of_dice_loss_accepts_the_formula():
    """In either of its forms; it turns the Dice losses of the two predictions into their IoU losses."""
    assert iou_loss_of_dice_loss(lambda loss: 2 * loss / (1 + loss)).right
    assert iou_loss_of_dice_loss(lambda loss: 1 - (1 - loss) / (1 + loss)).right
    for prediction in (PREDICTION_1, PREDICTION_2):
        loss = 1 - overlap(prediction, LUNG).dice()
        assert 2 * loss / (1 + loss) == 1 - overlap(prediction, LUNG).iou()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda loss: (1 - loss) / (1 + loss), "one minus it"),
        (lambda loss: loss / (2 - loss), "larger one"),
        (lambda loss: 2 * (1 - loss) / (2 - loss), "not the coefficient"),
        (lambda loss: loss, "equal only at 0"),
        (lambda loss: 2 * loss, "nearly perfect"),
        (lambda loss: 0.4, "Right for a loss of 1/4, but for 0.6296"),
        (lambda loss: loss**2, "Which IoU is that"),
        (lambda loss: None, "Expected a number, got 'nothing'"),
        (lambda: 1, "The function raised TypeError"),
        (0.4, "Expected a function of the Dice loss, got float"),
    ],
)
def test_iou_loss_of_dice_loss_says_why_not(answer, reason):
    """Each slip is recognised by what it makes of a Dice loss of 1/4."""
    verdict = iou_loss_of_dice_loss(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_half_a_bce_accepts_the_weighted_sum():
    """0.218478 / 2 + 0.363636 = 0.472875."""
    z = torch.logit(LUNG_PROBABILITIES)
    assert half_a_bce(bce_loss(z, LUNG) / 2 + dice_loss(z, LUNG)).right
    assert half_a_bce(0.4729).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (0.582115, "equal weights"),
        (0.291057, "both count half"),
        (0.400296, "the other way round"),
        (0.481788, "with smooth 0"),
        (0.745603, "the coefficient"),
        (0.9, "0.2185 and 0.3636"),
    ],
)
def test_half_a_bce_says_why_not(answer, reason):
    """A weight on the wrong part, or on both, is recognised by the sum."""
    verdict = half_a_bce(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_equal_say_balances_the_gradients_of_a_nearly_perfect_lung():
    """At logits of 12 a weight of 2 x 20 / 100 makes the two gradients equally long."""
    pulls = [
        torch.func.grad(loss)(as_logits(LUNG, 12), LUNG).norm()
        for loss in (bce_loss, lambda z, y: dice_loss(z, y, smooth=0))
    ]
    assert (0.4 * pulls[1] / pulls[0]).item() == pytest.approx(1, abs=1e-3)
    assert equal_say(Fraction(2, 5)).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (2.5, "takes that back"),
        (0.2, "both sizes"),
        (0.41, "smooth 1"),
        (1, "not equal pulls"),
        (5, "no weight but a pull"),
        (7, "N over 2 |Y|"),
    ],
)
def test_equal_say_says_why_not(answer, reason):
    """The inverse, the share of the lung and the other smooth each get their own reason."""
    verdict = equal_say(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_pull_on_the_nodule_accepts_the_ratio():
    """0.05 / 0.0158116 = 3.1622, to two decimals."""
    fresh = torch.zeros_like(NODULE)
    bce, dice = (torch.func.grad(loss)(fresh, NODULE).norm() for loss in (bce_loss, dice_loss))
    assert pull_on_the_nodule(bce / dice).right
    assert pull_on_the_nodule(3.16).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (0.3162, "Dice over BCE"),
        (1.76, "This is the lung"),
        (10.0, "squared lengths"),
        (0.7486, "values of the losses"),
        (1, "one and the same"),
        (0.05, "length of BCE's gradient"),
        (2, "Divide the norm"),
    ],
)
def test_pull_on_the_nodule_says_why_not(answer, reason):
    """The inverse, the wrong grid, and values for gradients each get their own reason."""
    verdict = pull_on_the_nodule(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_parts_that_disagree_accepts_one_sure_mistake():
    """Prediction 1 at logits of 40 costs 0.4 in BCE and 0.025 in Dice."""
    assert parts_that_disagree(as_logits(PREDICTION_1, 40)).right
    assert parts_that_disagree(as_logits(PREDICTION_1, 40).float()).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (as_logits(LUNG), "both like it"),
        (as_logits(PREDICTION_1), "both like it"),
        (as_logits(PREDICTION_2), "neither likes it"),
        (torch.logit(LUNG_PROBABILITIES), "does not like it better"),
        (LUNG, "not logits"),
        (torch.logit(LUNG), "finite real numbers"),
        (as_logits(LUNG).flatten(), "got (100,)"),
        (0.4, "Expected a tensor, got float"),
    ],
)
def test_parts_that_disagree_says_why_not(answer, reason):
    """The verdict names both parts, so the reader knows which of them to move."""
    verdict = parts_that_disagree(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_pooled_pair_accepts_the_loss_of_the_batch():
    """1 - 2 (5 + 3) / (10 + 23) = 17/33, by hand and by the package."""
    inputs = torch.stack([as_logits(PREDICTION_2), as_logits(NODULE)])
    loss = dice_loss(inputs, torch.stack([LUNG, NODULE]), smooth=0)
    for answer in (Fraction(17, 33), 0.5152, loss):
        assert pooled_pair(answer).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (17 / 54, "mean of the two losses"),
        (16 / 33, "one minus it"),
        (17 / 27, "lung's image alone"),
        (0.5, "smooth 1"),
        (17 / 25, "IoU loss"),
        (0.2, "Count the pixels"),
    ],
)
def test_pooled_pair_says_why_not(answer, reason):
    """The mean per image, the coefficient and the other slips are recognised by their values."""
    verdict = pooled_pair(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_smooth_for_a_price_is_what_the_loss_says():
    """Two false pixels on an empty image, with smooth 18, have a loss of 0.1."""
    alarm = torch.zeros_like(LUNG)
    alarm[0, :2] = 1
    assert dice_loss(as_logits(alarm), 0 * LUNG, smooth=18).item() == pytest.approx(0.1)
    assert smooth_for_a_price(18).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (20, "2 less"),
        (2 / 9, "the loss 0.9"),
        (0.2, "2 times 0.1"),
        (9, "one false pixel"),
        (8, "costs 0.2"),
        (1, "Solve"),
    ],
)
def test_smooth_for_a_price_says_why_not(answer, reason):
    """Each slip of the price is recognised by its value."""
    verdict = smooth_for_a_price(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_ring_that_pays_is_where_painting_makes_no_difference():
    """At 1/4: 20/(10 + 30) without the ring, 2(10 + 20)/(90 + 30) with it."""
    assert Fraction(20, 10 + 30) == Fraction(2 * (10 + 20), 90 + 30) == Fraction(1, 2)
    assert ring_that_pays(0.25).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (0.5, "not its half"),
        (1 / 3, "eight times"),
        (1 / 8, "core over ring"),
        (1 / 9, "share of all pixels"),
        (0.9, "Set its half"),
    ],
)
def test_ring_that_pays_says_why_not(answer, reason):
    """One half, the page's own third and ratios of sizes each get their own reason."""
    verdict = ring_that_pays(answer)
    assert verdict.right is False
    assert reason in verdict.reason


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
    ("answer", "reason"),
    [
        (lambda z, y: per_image(z, y)[0].mean(), "still in the mean"),
        (lambda z, y: (per_image(z, y)[0] * per_image(z, y)[1]).mean(), "one of three"),
        (lambda z, y: (per_image(z, y)[0] * per_image(z, y)[1]).sum(), "the sum over the images"),
        (lambda z, y: dice_loss(z, y, smooth=0), "pools all three"),
        (lambda z, y: dice_loss(z[[0, 2]], y[[0, 2]], smooth=0), "pools the images with an object"),
        (lambda z, y: 1 - per_image(z, y)[0][[0, 2]].mean(), "one minus it"),
        (lambda z, y: per_image(z, y)[0], "got 3: the mean is missing"),
        (lambda z, y: dice_loss(z, y, dim=(1, 2, 3)).mean(), "one loss for each image"),
        (lambda z, y: None, "Expected a number, got 'nothing'"),
        (lambda z: z, "The function raised TypeError"),
        (0.3276, "Expected a function of inputs and targets, got float"),
    ],
)
def test_dice_without_the_empty_says_why_not(answer, reason):
    """Each wrong way to pool or to average is recognised by its value on a batch of three."""
    verdict = dice_without_the_empty(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_the_checks_of_choosing_accept_the_right_answers():
    """As a letter, a number or a tensor."""
    assert what_the_seeds_show(" B ").right
    assert calibration_by_hand((8 * 0.15 + 2 * 0.4) / 10).right
    assert bias_of_a_prior(torch.logit(torch.tensor(0.05))).right
    for check in (what_the_seeds_show, calibration_by_hand, bias_of_a_prior):
        assert check(...).right is None


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (what_the_seeds_show, "a", "another start"),
        (what_the_seeds_show, "c", "beats all of A"),
        (what_the_seeds_show, "d", "the seed decides"),
        (what_the_seeds_show, "e", "Expected one of 'a', 'b', 'c', 'd', got 'e'"),
        (calibration_by_hand, 0.04, "cancel"),
        (calibration_by_hand, 0.275, "one vote"),
        (calibration_by_hand, 0.4, "worse bin"),
        (calibration_by_hand, 2, "sum over the pixels"),
        (calibration_by_hand, 0.12, "8 pixels at 0.1 alone"),
        (calibration_by_hand, 0.08, "2 pixels at 0.9 alone"),
        (calibration_by_hand, 0.3, "the gap of each bin"),
        (bias_of_a_prior, 2.9444, "starts at 0.95"),
        (bias_of_a_prior, log(0.05), "odds, 0.05 to 0.95"),
        (bias_of_a_prior, 0.05, "The bias is a logit"),
        (bias_of_a_prior, 0.0526, "their logarithm"),
        (bias_of_a_prior, -1.2788, "base 10"),
        (bias_of_a_prior, 0.5125, "sigmoid of 0.05"),
        (bias_of_a_prior, 1, "Which logit"),
    ],
)
def test_the_checks_of_choosing_say_why_not(check, answer, reason):
    """Each likely slip gets its own reason."""
    verdict = check(answer)
    assert verdict.right is False
    assert reason in verdict.reason


def test_a_verdict_reads_as_one_line():
    """What the notebook shows."""
    assert repr(one_column_too_many(1 / 9)) == "Right. Dice is 40/45 and the loss is what is left: 1/9."
    assert repr(one_column_too_many(8 / 9)).startswith("Not yet. This is the Dice coefficient.")


@pytest.mark.parametrize(
    ("check", "answers"),
    [
        (price_of_a_miss, [0.4663, 0.25 * 0.81 * -log(0.1), torch.tensor(0.46627)]),
        (crowd_for_a_miss, [1770, 1770.2, 0.932547 / 0.000526803, torch.tensor(1771)]),
        (alpha_for_a_threshold, [0.8, Fraction(4, 5), torch.tensor(0.8)]),
    ],
)
def test_numbers_of_the_focal_chapter_are_accepted(check, answers):
    """In each form that a reader may give them."""
    for answer in answers:
        assert check(answer).right, check(answer)


def test_the_numbers_of_the_focal_chapter_are_those_of_the_loss():
    """The checks compute by hand; the package gives the same."""
    z = torch.logit(torch.tensor(0.1, dtype=torch.float64))
    lung, background = torch.ones_like(z), torch.zeros_like(z)
    assert price_of_a_miss(focal_loss(z, lung)).right
    assert crowd_for_a_miss(focal_loss(z, lung, alpha=0.5) / focal_loss(z, background, alpha=0.5)).right
    assert focal_posterior(torch.tensor(0.5), alpha=0.8).item() == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (price_of_a_miss, 1.3988, "weight of the background"),
        (price_of_a_miss, 0.9325, "with alpha 0.5"),
        (price_of_a_miss, 1.8651, "Alpha is missing"),
        (price_of_a_miss, 0.5756, r"Gamma's, \(1 - p_t\)\^2, is missing"),
        (price_of_a_miss, 0.0058, "not p_t"),
        (price_of_a_miss, 0.5181, "squared"),
        (price_of_a_miss, 0.0008, "background pixel at 0.1"),
        (price_of_a_miss, 0.2025, "base 10"),
        (price_of_a_miss, 2.3026, "2.303 is not it. Three factors"),
        (price_of_a_miss, "much", "Expected a number, got 'much'"),
        (crowd_for_a_miss, 21.85, "for BCE"),
        (crowd_for_a_miss, 81, "quotient of the focusing factors"),
        (crowd_for_a_miss, 590, "alpha 0.25"),
        (crowd_for_a_miss, 22.82, "p_t 0.6"),
        (crowd_for_a_miss, 1, "one is right with it"),
        (crowd_for_a_miss, 100, "Divide the focal loss"),
        (alpha_for_a_threshold, 0.2, "The other way round"),
        (alpha_for_a_threshold, 0.5, "a half stands for a half"),
        (alpha_for_a_threshold, 0.25, "odds, 1 to 4"),
        (alpha_for_a_threshold, 0.75, "1 in 4"),
        (alpha_for_a_threshold, 4, "sum to 1"),
        (alpha_for_a_threshold, 0.6, "1 - alpha"),
    ],
)
def test_slips_of_the_focal_chapter_get_their_reason(check, answer, reason):
    """The source's reading of alpha is one of them."""
    verdict = check(answer)
    assert verdict.right is False
    assert re.search(reason, verdict.reason), verdict


def test_the_meaning_of_p_is_accepted_however_it_is_written():
    """Through the package, and with the pull written out."""
    assert meaning_of_p(lambda p: focal_posterior(p, 0.5, 1)).right
    assert meaning_of_p(lambda p: focal_posterior(p, 0.5, 1).float()).right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (0.9, "Expected a function of p, got float"),
        (lambda p: None, "Expected a tensor, got nothing"),
        (lambda p: p.sum(), r"one share for each of 5 p, got \(\)"),
        (lambda p: p.nonsense, "raised AttributeError"),
        (lambda p: p, "p itself"),
        (lambda p: focal_pull(p, 1), "This is the pull"),
        (lambda p: focal_pull(1 - p, 1) / focal_pull(p, 1), "the odds"),
        (lambda p: 1 - focal_posterior(p, 0.5, 1), "changed places"),
        (lambda p: focal_posterior(p, 0.25, 1), "alpha 0.25"),
        (lambda p: focal_posterior(p, 0.5, 2), "gamma 2"),
        (lambda p: p**2 / (p**2 + (1 - p) ** 2), "second part"),
        (lambda p: p / 2, "For p = 0.6 it gives 0.3, not 0.67"),
    ],
)
def test_another_meaning_of_p_gets_its_reason(answer, reason):
    """Wrong objects, a broken function, and seven formulas that come to mind."""
    verdict = meaning_of_p(answer)
    assert verdict.right is False
    assert re.search(reason, verdict.reason), verdict


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (square_that_overflows, 256),
        (first_dice_that_shows, 1 / 512),
        (first_dice_that_shows, Fraction(1, 512)),
        (doubt_without_cancelling, lambda z, y: torch.sigmoid(torch.where(y == 1, -z, z))),
        (doubt_without_cancelling, lambda z, y: torch.sigmoid((1 - 2 * y) * z)),
        (loss_on_two_gpus, "c"),
    ],
)
def test_right_answers_of_the_numerics_chapter(check, answer):
    """The halves of the two classes may be chosen or computed."""
    assert check(answer).right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (square_that_overflows, 181, "twice the count"),
        (square_that_overflows, 255, "65,025 pixels are below"),
        (square_that_overflows, 65504, "side of the square"),
        (square_that_overflows, 257, "One row and column less"),
        (square_that_overflows, 2048, "skips numbers"),
        (square_that_overflows, 300, "Compare the side"),
        (first_dice_that_shows, 1 / 256, "the gap below 1"),
        (first_dice_that_shows, 1 / 128, "the gap above 1"),
        (first_dice_that_shows, 1 / 4096, "This is float16"),
        (first_dice_that_shows, 511 / 512, "This is the loss"),
        (first_dice_that_shows, 1 / 1024, "A quarter of the gap"),
        (first_dice_that_shows, 0.1, "The gap below 1 is"),
        (doubt_without_cancelling, 0.5, "Expected a function"),
        (doubt_without_cancelling, lambda z, y: None, "got nothing"),
        (doubt_without_cancelling, lambda z, y: z.sum(), "one number for each of 20"),
        (doubt_without_cancelling, lambda z, y: z.nonsense, "raised AttributeError"),
        (doubt_without_cancelling, lambda z, y: torch.exp(-bce_loss(z, y, reduction="none")), "p_t itself"),
        (doubt_without_cancelling, lambda z, y: torch.sigmoid(-z), "This is 1 - p, whatever"),
        (doubt_without_cancelling, lambda z, y: torch.sigmoid(z), "This is p, whatever"),
        (doubt_without_cancelling, lambda z, y: bce_loss(z, y, reduction="none"), "This is BCE"),
        (
            doubt_without_cancelling,
            lambda z, y: 1 - torch.exp(-bce_loss(z, y, reduction="none")),
            "At z = .*10, .*nearly equal",
        ),
        (
            doubt_without_cancelling,
            lambda z, y: 1 - torch.where(y == 1, torch.sigmoid(z), 1 - torch.sigmoid(z)),
            "nearly equal",
        ),
        (
            doubt_without_cancelling,
            lambda z, y: -torch.expm1(-bce_loss(z, y, reduction="none")),
            "At z = -10, y = 0 .*nearly equal",
        ),
        (doubt_without_cancelling, lambda z, y: z, "wrong even where nothing can break"),
        (loss_on_two_gpus, "a", "its own images"),
        (loss_on_two_gpus, "b", "finished quotients"),
        (loss_on_two_gpus, "d", "a region of its own"),
        (loss_on_two_gpus, "e", "Expected one of"),
    ],
)
def test_slips_of_the_numerics_chapter_get_their_reason(check, answer, reason):
    """Digits that are lost are told apart from a formula that is wrong."""
    verdict = check(answer)
    assert verdict.right is False
    assert re.search(reason, verdict.reason), verdict
