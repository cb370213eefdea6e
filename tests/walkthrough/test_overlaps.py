from fractions import Fraction

import pytest
import torch

from seglosses import dice_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, PREDICTION_1, PREDICTION_2
from seglosses.walkthrough.overlaps import (
    Overlap,
    dice_gradient,
    iou_gradient,
    overlap,
    shuffled,
    soft_overlap,
)

EMPTY = torch.zeros_like(LUNG)


def test_prediction_1_has_the_counts_and_scores_of_the_text():
    """Dice is (2 x 19) / (19 + 20) = 38/39 and IoU is 19 / (19 + 20 - 19) = 19/20."""
    terms = overlap(PREDICTION_1, LUNG)
    assert terms == Overlap(tp=19, fp=0, fn=1, tn=80)
    assert (terms.intersection, terms.predicted, terms.actual, terms.union) == (19, 19, 20, 20)
    assert terms.dice() == Fraction(38, 39)
    assert terms.iou() == Fraction(19, 20)


def test_prediction_2_has_the_counts_and_scores_of_the_text():
    """Dice is (2 x 5) / (7 + 20) = 10/27 and IoU is 5 / (7 + 20 - 5) = 5/22."""
    terms = overlap(PREDICTION_2, LUNG)
    assert terms == Overlap(tp=5, fp=2, fn=15, tn=78)
    assert (terms.intersection, terms.predicted, terms.actual, terms.union) == (5, 7, 20, 22)
    assert terms.dice() == Fraction(10, 27)
    assert terms.iou() == Fraction(5, 22)


def test_smooth_is_added_above_and_below_the_bar():
    """With 1, prediction 2 has Dice 11/28 and IoU 6/23; a half works too and stays exact."""
    terms = overlap(PREDICTION_2, LUNG)
    assert terms.dice(smooth=1) == Fraction(11, 28)
    assert terms.iou(smooth=1) == Fraction(6, 23)
    assert terms.iou(Fraction(1, 2)) == Fraction(11, 45)  # (5 + 1/2) / (22 + 1/2)


def test_two_empty_masks_have_no_score_until_smooth_gives_them_one():
    """0/0 is refused; with any smooth the two agree perfectly."""
    nothing = overlap(EMPTY, EMPTY)
    with pytest.raises(ZeroDivisionError):
        nothing.dice()
    with pytest.raises(ZeroDivisionError):
        nothing.iou()
    assert nothing.dice(1) == nothing.iou(1) == 1


def test_masks_alike_counts_every_way_to_place_the_same_pixels():
    """Prediction 2 chooses 5 of 20 lung pixels and 2 of 80 others: 15504 x 3160 = 48992640 masks."""
    assert overlap(PREDICTION_2, LUNG).masks_alike == 15504 * 3160 == 48992640
    assert overlap(PREDICTION_1, LUNG).masks_alike == 20  # any one lung pixel may be the missed one
    assert overlap(LUNG, LUNG).masks_alike == 1


def test_shuffled_masks_look_different_and_count_the_same():
    """Ten seeds give ten masks, all with prediction 2's counts; one seed always gives the same."""
    masks = [shuffled(PREDICTION_2, LUNG, seed) for seed in range(10)]
    assert {overlap(mask, LUNG) for mask in masks} == {overlap(PREDICTION_2, LUNG)}
    assert len({tuple(mask.flatten().tolist()) for mask in masks}) == 10
    assert torch.equal(masks[3], shuffled(PREDICTION_2, LUNG, 3))


def test_overlap_takes_boolean_and_integer_masks():
    """A mask's type does not change its counts."""
    assert overlap(PREDICTION_2 > 0, LUNG.to(torch.uint8)) == overlap(PREDICTION_2, LUNG)


def test_overlap_says_which_mask_is_none():
    """A probability map or a 0/255 mask is refused by name and value."""
    with pytest.raises(
        ValueError,
        match=r"prediction must be a mask of 0 and 1; got a pixel of 0\.1\. Hint: prediction > 0\.5",
    ):
        overlap(LUNG_PROBABILITIES, LUNG)
    with pytest.raises(
        ValueError,
        match=r"target must be a mask of 0 and 1; got a pixel of 255\.0\. Hint: .*target / 255",
    ):
        overlap(LUNG, 255 * LUNG)


def test_soft_overlap_of_hard_masks_is_the_hard_overlap():
    """With p of 0 and 1 the sums are the counts."""
    hard, soft = overlap(PREDICTION_2, LUNG), soft_overlap(PREDICTION_2, LUNG)
    assert (soft.intersection, soft.predicted, soft.actual, soft.union) == (5, 7, 20, 22)
    assert soft.dice() == float(hard.dice())
    assert soft.iou(1) == float(hard.iou(1))


def test_soft_overlap_of_the_lung_probabilities():
    """Sum p y = 4(.9) + 6(.8) + 4(.7) + 2(.6) + 4(.1) = 12.8; sum p = 12.8 + 8; Dice 25.6/40.8 = 32/51."""
    terms = soft_overlap(LUNG_PROBABILITIES, LUNG)
    assert terms.intersection == pytest.approx(12.8, rel=1e-14)
    assert terms.predicted == pytest.approx(20.8, rel=1e-14)
    assert terms.dice() == pytest.approx(32 / 51, rel=1e-14)
    assert terms.iou() == pytest.approx(16 / 35, rel=1e-14)  # 12.8 / (20.8 + 20 - 12.8)
    assert terms.dice(1) == pytest.approx(7 / 11, rel=1e-14)  # 26.6 / 41.8


def test_dice_gradient_has_two_values():
    """With D = 10/27 and S = 27: (10/27 - 2)/27 = -44/729 on the lung, (10/27)/27 = 10/729 elsewhere."""
    gradient = dice_gradient(PREDICTION_2, LUNG)
    torch.testing.assert_close(gradient[LUNG == 1], torch.full((20,), -44 / 729, dtype=torch.float64))
    torch.testing.assert_close(gradient[LUNG == 0], torch.full((80,), 10 / 729, dtype=torch.float64))


@pytest.mark.parametrize("smooth", [0, 1, 3])
def test_dice_gradient_is_what_autograd_finds(smooth):
    """The closed form and the chain rule agree on a map of many probabilities."""
    p = torch.linspace(0.01, 0.99, 100, dtype=torch.float64).reshape(10, 10).requires_grad_()
    loss = 1 - (2 * (p * LUNG).sum() + smooth) / (p.sum() + LUNG.sum() + smooth)
    loss.backward()
    torch.testing.assert_close(dice_gradient(p.detach(), LUNG, smooth), p.grad, rtol=1e-12, atol=0)


def test_iou_gradient_has_two_values():
    """With U = 22 and J = 5/22: -1/22 on the lung, (5/22)/22 = 5/484 elsewhere."""
    gradient = iou_gradient(PREDICTION_2, LUNG)
    torch.testing.assert_close(gradient[LUNG == 1], torch.full((20,), -1 / 22, dtype=torch.float64))
    torch.testing.assert_close(gradient[LUNG == 0], torch.full((80,), 5 / 484, dtype=torch.float64))


@pytest.mark.parametrize("smooth", [0, 1, 3])
def test_iou_gradient_is_what_autograd_finds(smooth):
    """The closed form and the chain rule agree on a map of many probabilities."""
    p = torch.linspace(0.01, 0.99, 100, dtype=torch.float64).reshape(10, 10).requires_grad_()
    shared = (p * LUNG).sum()
    loss = 1 - (shared + smooth) / (p.sum() + LUNG.sum() - shared + smooth)
    loss.backward()
    torch.testing.assert_close(iou_gradient(p.detach(), LUNG, smooth), p.grad, rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("p", [PREDICTION_1, PREDICTION_2, LUNG_PROBABILITIES])
def test_the_gradients_of_dice_and_iou_differ_by_one_factor(p):
    """Without smooth it is 2 / (1 + J)^2, for every pixel of the image."""
    factor = 2 / (1 + soft_overlap(p, LUNG).iou()) ** 2
    torch.testing.assert_close(dice_gradient(p, LUNG), factor * iou_gradient(p, LUNG), rtol=1e-12, atol=1e-18)


def test_the_losses_agree_with_the_terms():
    """What the package computes from logits is what the text computes from probabilities."""
    z, terms = torch.logit(LUNG_PROBABILITIES), soft_overlap(LUNG_PROBABILITIES, LUNG)
    assert dice_loss(z, LUNG).item() == pytest.approx(1 - terms.dice(1), rel=1e-12)
    assert iou_loss(z, LUNG).item() == pytest.approx(1 - terms.iou(1), rel=1e-12)
