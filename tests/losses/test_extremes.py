"""Finite logits give finite numbers, NaN stays NaN, nothing against nothing is 0."""

import math

import pytest
import torch

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss

EXTREMES = [0.0, 17.0, 88.0, 95.0, 104.0, 746.0, 1e4, 1e30]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["fp32", "fp64"])
@pytest.mark.parametrize("size", EXTREMES)
def test_finite_logits_give_finite_losses_and_gradients(loss, dtype, size):
    """Right or wrong, on empty, full and single masks, at any magnitude: nothing becomes infinite or NaN."""
    for mask in ([0.0] * 4, [1.0] * 4, [1.0, 0, 0, 0], [0.5] * 4):
        for sign in ([1.0] * 4, [-1.0] * 4, [1.0, -1, -1, 1]):
            z = (size * torch.tensor(sign, dtype=dtype)).requires_grad_()
            value = loss(z, torch.tensor(mask, dtype=dtype))
            value.backward()
            assert value.isfinite(), (mask, sign)
            assert z.grad.isfinite().all(), (mask, sign)


@pytest.mark.parametrize("size", [80.0, 87.0, 88.0, 88.7, 95.0])
def test_smooth_zero_stays_finite_where_the_sum_underflows(region_loss, size):
    """With smooth 0 and an empty mask the denominator passes through the smallest floats on its way to 0."""
    for weight in (1.0, 1e-2, 1e-5):
        z = torch.tensor([-size], requires_grad=True)
        region_loss(z, torch.zeros(1), smooth=0, weight=torch.tensor([weight])).backward()
        assert z.grad.isfinite().all(), weight


@pytest.mark.parametrize("gamma", [0, 1e-3, 0.3, 0.5, 0.99, 1, 2, 50])
@pytest.mark.parametrize("size", EXTREMES)
def test_focal_is_finite_for_every_gamma(gamma, size):
    """Also below 1, where the slope of (1 - p)^gamma alone is infinite."""
    z = torch.tensor([size, -size, size, -size], requires_grad=True)
    value = focal_loss(z, torch.tensor([1.0, 1.0, 0.0, 0.0]), gamma=gamma)
    value.backward()
    assert value.isfinite()
    assert z.grad.isfinite().all()


@pytest.mark.parametrize("bce", [bce_loss, bce_dice_loss], ids=lambda loss: loss.__name__)
@pytest.mark.parametrize(("z", "y"), [(1e4, 0.0), (-1e4, 1.0)])
def test_a_confident_mistake_keeps_its_gradient(bce, z, y):
    """At a logit of 1e4 cross entropy costs 1e4 and pulls with the full gradient 1."""
    logit = torch.tensor([z], requires_grad=True)
    value = bce(logit, torch.tensor([y]))
    value.backward()
    assert value.item() == pytest.approx(1e4, abs=1.1)  # BCE-Dice adds at most 1
    assert logit.grad.item() == math.copysign(1, z)


def test_nan_logits_give_nan(loss):
    """One NaN among the logits is a NaN loss, never a good score."""
    for mask in (torch.zeros(4), torch.ones(4)):
        assert loss(torch.tensor([0.0, 1.0, math.nan, -1.0]), mask).isnan()


def test_nan_is_not_taken_for_an_empty_region(region_loss):
    """Also with smooth 0, where an empty region has its own rule."""
    z = torch.tensor([-1e4, math.nan])
    assert region_loss(z, torch.zeros(2), smooth=0).isnan()


@pytest.mark.parametrize("overlap", [dice_loss, iou_loss], ids=lambda loss: loss.__name__)
def test_empty_against_empty_is_perfect(overlap):
    """With smooth 0, no foreground and none predicted is loss 0 with gradient 0."""
    z = torch.full((1, 1, 3, 3), -1e4, requires_grad=True)
    value = overlap(z, torch.zeros(1, 1, 3, 3), smooth=0)
    value.backward()
    assert value.item() == 0
    assert (z.grad == 0).all()


@pytest.mark.parametrize("overlap", [dice_loss, iou_loss], ids=lambda loss: loss.__name__)
def test_empty_and_full_images_in_one_batch(overlap):
    """Per image and with smooth 0: empty right, empty wrong, full right, full wrong score 0, 1, 0, 1."""
    z = torch.tensor([-1e4, 1e4, 1e4, -1e4])[:, None].expand(4, 9)
    y = torch.tensor([0.0, 0.0, 1.0, 1.0])[:, None].expand(4, 9)
    assert overlap(z, y, smooth=0, dim=1).tolist() == [0, 1, 0, 1]


def test_one_pixel(loss):
    """A single undecided pixel has the value of the formula."""
    values = {
        dice_loss: 1 - (2 * 0.5 + 1) / (0.5 + 1 + 1),
        iou_loss: 1 - (0.5 + 1) / (1 + 1),
        bce_loss: math.log(2),
        bce_dice_loss: math.log(2) + 1 - 2 / 2.5,
        focal_loss: 0.25 * 0.5**2 * math.log(2),
    }
    assert loss(torch.zeros(()), torch.ones(())).item() == pytest.approx(values[loss], abs=1e-7)
