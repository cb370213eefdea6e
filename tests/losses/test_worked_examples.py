"""The examples that the text works out by hand, as exact fractions."""

from fractions import Fraction
from math import log

import pytest

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss


def near(value):
    """Compare to 1e-12, as float64 must."""
    return pytest.approx(float(value), rel=0, abs=1e-12)


def test_dice_of_the_good_prediction(lung, good_prediction, as_logits):
    """19 shared pixels of 19 and 20: 1 - 38/39, and 1 - 39/40 with smooth 1."""
    z = as_logits(good_prediction)
    assert dice_loss(z, lung, smooth=0).item() == near(Fraction(1, 39))  # 1 - 2 * 19 / (19 + 20)
    assert dice_loss(z, lung).item() == near(Fraction(1, 40))  # 1 - (2 * 19 + 1) / (19 + 20 + 1)


def test_dice_of_the_poor_prediction(lung, poor_prediction, as_logits):
    """5 shared pixels of 7 and 20: 1 - 10/27, and 1 - 11/28 with smooth 1."""
    z = as_logits(poor_prediction)
    assert dice_loss(z, lung, smooth=0).item() == near(Fraction(17, 27))  # 1 - 2 * 5 / (7 + 20)
    assert dice_loss(z, lung).item() == near(Fraction(17, 28))  # 1 - (2 * 5 + 1) / (7 + 20 + 1)


def test_iou_of_the_good_prediction(lung, good_prediction, as_logits):
    """19 shared pixels of 20 covered: 1 - 19/20, and 1 - 20/21 with smooth 1."""
    z = as_logits(good_prediction)
    assert iou_loss(z, lung, smooth=0).item() == near(Fraction(1, 20))  # 1 - 19 / (19 + 20 - 19)
    assert iou_loss(z, lung).item() == near(Fraction(1, 21))  # 1 - (19 + 1) / (20 + 1)


def test_iou_of_the_poor_prediction(lung, poor_prediction, as_logits):
    """5 shared pixels of 22 covered: 1 - 5/22, and 1 - 6/23 with smooth 1."""
    z = as_logits(poor_prediction)
    assert iou_loss(z, lung, smooth=0).item() == near(Fraction(17, 22))  # 1 - 5 / (7 + 20 - 5)
    assert iou_loss(z, lung).item() == near(Fraction(17, 23))  # 1 - (5 + 1) / (22 + 1)


def test_region_losses_of_the_lung_probabilities(lung, lung_probabilities):
    """The probabilities sum to 20.8 with 12.8 on the lung: Dice loss 19/51, IoU loss 19/35."""
    # lung: 2 * .6 + 4 * .7 + 6 * .8 + 4 * .9 + 4 * .1 = 12.8; background: 80 * .1 = 8
    z = lung_probabilities.logit()
    assert dice_loss(z, lung, smooth=0).item() == near(Fraction(19, 51))  # 1 - 25.6 / (20.8 + 20)
    assert dice_loss(z, lung).item() == near(Fraction(4, 11))  # 1 - 26.6 / 41.8
    assert iou_loss(z, lung, smooth=0).item() == near(Fraction(19, 35))  # 1 - 12.8 / (20.8 + 20 - 12.8)


def test_bce_of_the_nodule(nodule, nodule_probabilities):
    """99 pixels cost -log 0.9 and one costs -log 0.8: 0.106538 on average."""
    total = -(99 * log(0.9) + log(0.8))
    assert bce_loss(nodule_probabilities.logit(), nodule).item() == near(total / 100)
    assert total / 100 == pytest.approx(0.106538, abs=5e-7)
    assert bce_loss(nodule_probabilities.logit(), nodule, reduction="sum").item() == near(total)


def test_bce_of_a_hard_prediction_counts_the_wrong_pixels(lung, good_prediction, poor_prediction):
    """A pixel wrong at logit 20 costs 20, a right one 2e-9: 1 wrong of 100 is 0.2, 17 wrong are 3.4."""
    wrong, right = 20 + log(1 + 2.061153622438558e-09), log(1 + 2.061153622438558e-09)  # e^-20
    for prediction, mistakes in ((good_prediction, 1), (poor_prediction, 15 + 2)):
        loss = bce_loss(20 * (2 * prediction - 1), lung)
        assert loss.item() == near((mistakes * wrong + (100 - mistakes) * right) / 100)


def test_bce_dice_is_the_sum_of_its_parts(lung, lung_probabilities):
    """On the lung 0.218478 of cross entropy and 4/11 of Dice make 0.582115."""
    z = lung_probabilities.logit()
    # 80 * .1 and 4 * .9 cost -log .9; the rest as counted above, the missed row -log .1
    bce = -(84 * log(0.9) + 6 * log(0.8) + 4 * log(0.7) + 2 * log(0.6) + 4 * log(0.1)) / 100
    assert bce_dice_loss(z, lung).item() == near(bce + Fraction(4, 11))
    assert bce + 4 / 11 == pytest.approx(0.582115, abs=5e-7)


def test_focal_of_single_pixels(lung, lung_probabilities):
    """With alpha 0.5 and gamma 2 a pixel at p_t 0.9 costs 0.00053, at 0.6 0.041, at 0.1 0.93."""
    loss = focal_loss(lung_probabilities.logit(), lung, alpha=0.5, reduction="none")
    assert loss[1, 2].item() == near(-0.5 * 0.1**2 * log(0.9)) == pytest.approx(0.000527, abs=5e-7)
    assert loss[0, 0].item() == near(-0.5 * 0.1**2 * log(0.9))
    assert loss[1, 5].item() == near(-0.5 * 0.4**2 * log(0.6)) == pytest.approx(0.040866, abs=5e-7)
    assert loss[5, 2].item() == near(-0.5 * 0.9**2 * log(0.1)) == pytest.approx(0.932547, abs=5e-7)


def test_alpha_is_the_weight_of_the_foreground(nodule, nodule_probabilities):
    """The foreground carries 9.7 % of the loss at alpha 0.5, 3.5 % at 0.25, 24.5 % at 0.75."""
    for alpha, share in ((0.5, 0.0974), (0.25, 0.0347), (0.75, 0.2446)):
        loss = focal_loss(nodule_probabilities.logit(), nodule, alpha, reduction="none")
        assert (loss[nodule == 1].sum() / loss.sum()).item() == pytest.approx(share, abs=5e-5)


def test_a_mask_is_no_logit(lung):
    """A perfect 0/1 mask passed as logits scores 0.6: its sigmoid is 0.5 off and 0.73 on the lung."""
    assert dice_loss(lung, lung).item() == pytest.approx(0.600081, abs=5e-7)
