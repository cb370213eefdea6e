"""Contract 4: a mask in [0, 1] of any type and any memory layout, soft labels included."""

import pytest
import torch

from seglosses import bce_loss, dice_loss, focal_loss

TYPES = [torch.bool, torch.uint8, torch.int64, torch.float16, torch.float32, torch.float64]


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_a_mask_of_any_type(loss, batch, dtype):
    """Bool, integer and float masks with the same zeros and ones give the same loss."""
    z, y = batch
    assert loss(z, y.to(dtype)).item() == loss(z, y).item()


def test_any_memory_layout(loss, batch):
    """Transposed, strided and channels-last tensors give the loss of their contiguous copies."""
    z, y = batch
    expected = loss(z, y)
    for layout in (
        lambda t: t.to(memory_format=torch.channels_last),
        lambda t: t.permute(2, 3, 0, 1).contiguous().permute(2, 3, 0, 1),
        lambda t: torch.stack([t, t], -1)[..., 0],
    ):
        torch.testing.assert_close(loss(layout(z), y), expected)
        torch.testing.assert_close(loss(z, layout(y)), expected)


def test_soft_labels_of_cross_entropy_are_best_at_p_equal_y():
    """The slope of cross-entropy is zero where the probability is the label."""
    y = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)
    z = torch.logit(y).requires_grad_()
    bce_loss(z, y).backward()
    torch.testing.assert_close(z.grad, torch.zeros(3, dtype=torch.float64), rtol=0, atol=1e-15)


def test_soft_labels_of_focal_mix_the_two_classes():
    """A label of 0.3 costs 0.3 times the foreground's loss and 0.7 times the background's."""
    z = torch.tensor([0.7], dtype=torch.float64)
    foreground, background = focal_loss(z, torch.ones(1)), focal_loss(z, torch.zeros(1))
    mixed = focal_loss(z, torch.tensor([0.3], dtype=torch.float64))
    torch.testing.assert_close(mixed, 0.3 * foreground + 0.7 * background)


def test_soft_labels_of_dice_are_best_at_the_ends():
    """Dice's slope in p is (D - 2y) / S: a label above D / 2 is pulled to 1, one below to 0."""
    y = torch.tensor([0.9, 0.1], dtype=torch.float64)
    z = torch.logit(y).requires_grad_()
    value = dice_loss(z, y)
    value.backward()
    p, coefficient = z.sigmoid(), 1 - value
    slope = (coefficient - 2 * y) / (p.sum() + y.sum() + 1) * p * (1 - p)
    torch.testing.assert_close(z.grad, slope)
    assert z.grad[0] < 0 < z.grad[1]


def test_a_mask_that_learns_gets_its_gradient(loss, batch):
    """Where the targets require a gradient they get the right one."""
    z, y = batch[0][0, 0], batch[1][0, 0] * 0.8 + 0.1
    assert torch.autograd.gradcheck(lambda labels: loss(z, labels), y.requires_grad_())
