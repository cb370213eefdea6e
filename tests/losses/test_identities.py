"""What the formulas promise about each other."""

from itertools import pairwise

import pytest
import torch

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss


def same(a, b):
    """Equal to 1e-12, with nothing relative."""
    torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def gradient(loss, z, *args, **settings):
    """The gradient in z."""
    z = z.clone().requires_grad_()
    return torch.autograd.grad(loss(z, *args, **settings).sum(), z)[0]


def test_focal_without_alpha_and_gamma_is_bce(batch):
    """Gamma 0 and alpha None leave cross entropy, on hard and on soft labels, value and gradient."""
    z, y = batch
    for labels in (y, y * 0.8 + 0.1):
        same(focal_loss(z, labels, None, 0), bce_loss(z, labels))
        same(gradient(focal_loss, z, labels, None, 0), gradient(bce_loss, z, labels))


def test_focal_without_gamma_at_half_alpha_is_half_of_bce(batch):
    """Alpha 0.5 weighs both classes one half."""
    same(focal_loss(*batch, alpha=0.5, gamma=0), bce_loss(*batch) / 2)


def test_focal_falls_with_gamma(batch):
    """A larger gamma never makes a pixel louder."""
    losses = [focal_loss(*batch, gamma=gamma, reduction="none") for gamma in (0, 0.3, 1, 2, 5)]
    assert all((quieter <= louder).all() for louder, quieter in pairwise(losses))


def test_dice_is_2j_over_1_plus_j(batch):
    """With J the IoU, D = 2J / (1 + J), where Dice's smooth is twice the IoU's."""
    for smooth in (0, 0.5, 3):
        j = 1 - iou_loss(*batch, smooth=smooth)
        same(1 - dice_loss(*batch, smooth=2 * smooth), 2 * j / (1 + j))


def test_dice_and_iou_gradients_have_one_ratio(batch):
    """Without smooth the gradient of Dice is 2 / (1 + J)^2 times that of IoU, pixel for pixel."""
    z, y = batch
    j = 1 - iou_loss(z, y, smooth=0)
    same(gradient(dice_loss, z, y, smooth=0), 2 / (1 + j) ** 2 * gradient(iou_loss, z, y, smooth=0))


def test_bce_dice_is_the_sum(batch):
    """BCE-Dice is cross entropy plus Dice, value and gradient, with and without weights."""
    z, y = batch
    for weight in (None, torch.linspace(0, 2, z.numel(), dtype=z.dtype).view(z.shape)):
        same(
            bce_dice_loss(z, y, weight=weight), bce_loss(z, y, weight=weight) + dice_loss(z, y, weight=weight)
        )
        parts = gradient(bce_loss, z, y, weight=weight) + gradient(dice_loss, z, y, weight=weight)
        same(gradient(bce_dice_loss, z, y, weight=weight), parts)


def test_complement(batch):
    """Cross entropy does not mind which class is called foreground; focal loss minds only through alpha."""
    z, y = batch
    same(bce_loss(-z, 1 - y), bce_loss(z, y))
    same(focal_loss(-z, 1 - y, alpha=0.25), focal_loss(z, y, alpha=0.75))


def test_complement_changes_the_overlap(batch):
    """Dice does mind: it counts the shared foreground and never the shared background."""
    z, y = batch
    assert abs(dice_loss(-z, 1 - y) - dice_loss(z, y)) > 0.01


def test_permutation(loss, batch):
    """No loss knows where a pixel lies: the same shuffle of logits and mask changes nothing."""
    z, y = batch
    order = torch.randperm(z.numel(), generator=torch.Generator().manual_seed(1))
    same(loss(z.flatten()[order], y.flatten()[order]), loss(z, y))


def test_repeating_a_batch(loss, batch):
    """Twice the same images are no better and no worse; in Dice and IoU smooth doubles with them."""
    z, y = batch
    smooth = {} if loss in (bce_loss, focal_loss) else {"smooth": 1.0}
    doubled = {name: 2 * value for name, value in smooth.items()}
    same(loss(torch.cat([z, z]), torch.cat([y, y]), **doubled), loss(z, y, **smooth))


def test_a_perfect_prediction_scores_zero(loss, batch):
    """Loud logits that agree with the mask cost nothing."""
    _, y = batch
    assert loss(100 * (2 * y - 1), y).item() == pytest.approx(0, abs=1e-12)


def test_a_prediction_wrong_everywhere_scores_one(batch):
    """Loud logits that contradict the mask share nothing with it: without smooth, Dice and IoU loss are 1."""
    _, y = batch
    for loss in (dice_loss, iou_loss):
        assert loss(-100 * (2 * y - 1), y, smooth=0).item() == pytest.approx(1, abs=1e-12)


def test_batch_dice_is_not_the_mean_of_image_dice():
    """One pooled region and one region per image are different losses: 2/3 against 1/2."""
    y = torch.tensor([[[[1.0, 0, 0, 0]]], [[[0.0, 1, 1, 1]]]])
    z = 40 * (2 * torch.tensor([[[[1.0, 0, 0, 0]]], [[[1.0, 0, 0, 0]]]]) - 1)
    # image 1: 1 of 1 and 1; image 2: 0 of 1 and 3; together: 1 of 2 and 4
    torch.testing.assert_close(dice_loss(z, y, smooth=0), torch.tensor(1 - 2 * 1 / (2 + 4)))
    torch.testing.assert_close(dice_loss(z, y, smooth=0, dim=(1, 2, 3)).mean(), torch.tensor(0.5))
