from fractions import Fraction

import pytest
import torch

from seglosses import dice_loss, focal_loss, iou_loss
from seglosses.exercises.your_training import (
    dice_like_monai,
    loss_from_a_negative_log,
    smooth_of_a_doubled_iou,
    step_of_a_sum,
)
from seglosses.grids import LUNG, LUNG_PROBABILITIES, PREDICTION_2, as_logits


def test_smooth_of_a_doubled_iou_is_two():
    """(2 I + 2) / (2 U + 2) is (I + 1) / (U + 1), on prediction 2 as in general."""
    loss = iou_loss(as_logits(PREDICTION_2), LUNG).item()
    assert loss == pytest.approx(1 - (2 * 5 + 2) / (2 * 22 + 2))
    assert smooth_of_a_doubled_iou(2).right


def test_loss_from_a_negative_log_is_that_of_the_package():
    """The log of -0.3929 is prediction 2 with smooth 1."""
    loss = dice_loss(as_logits(PREDICTION_2), LUNG)
    assert loss.item() - 1 == pytest.approx(-0.3929, abs=5e-5)
    for answer in (loss, Fraction(17, 28), 0.6071):
        assert loss_from_a_negative_log(answer).right


def test_step_of_a_sum_is_the_number_of_pixels():
    """The gradient of a sum is that of a mean times the pixels, on two lungs as on eight images."""
    y = torch.stack([LUNG, LUNG])
    gradients = []
    for reduction in ("mean", "sum"):
        z = torch.stack([torch.logit(LUNG_PROBABILITIES)] * 2).requires_grad_()
        focal_loss(z, y, reduction=reduction).backward()
        gradients.append(z.grad)
    assert torch.allclose(gradients[1], y.numel() * gradients[0])
    assert step_of_a_sum(8 * 256 * 256).right


def test_dice_like_monai_accepts_either_name_of_an_image_s_axes():
    """With one channel, an image and a channel of it are the same region."""
    for dim in ((1, 2, 3), (2, 3)):
        assert dice_like_monai(lambda z, y, dim=dim: dice_loss(z, y, smooth=1e-5, dim=dim).mean()).right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        # Unchanged, halved, doubled twice and left out are told apart.
        (smooth_of_a_doubled_iou, 1, "Divide it by 2"),
        (smooth_of_a_doubled_iou, 0.5, "other way round"),
        (smooth_of_a_doubled_iou, 4, "once too often"),
        (smooth_of_a_doubled_iou, 0, "no smooth at all"),
        (smooth_of_a_doubled_iou, 3, "Double (I + 1)"),
        # The coefficient, the log itself, a sign too many and another smooth are told apart.
        (loss_from_a_negative_log, 0.3929, "one minus it"),
        (loss_from_a_negative_log, -0.3929, "No loss of this book is negative"),
        (loss_from_a_negative_log, 1.3929, "Take the sign away"),
        (loss_from_a_negative_log, 17 / 27, "smooth 0"),
        (loss_from_a_negative_log, 0.5, "minus the coefficient"),
        # One image, the batch alone, Adam and the inverse are told apart.
        (step_of_a_sum, 65536, "one image"),
        (step_of_a_sum, 8, "sum over both"),
        (step_of_a_sum, 1, "Adam"),
        (step_of_a_sum, 1 / 524288, "other way round"),
        (step_of_a_sum, 2048, "256 rows"),
        (step_of_a_sum, 100, "How many numbers"),
        # Region, smooth, mean and sign are each recognised when they are the one thing that is wrong.
        (dice_like_monai, lambda z, y: dice_loss(z, y, smooth=1e-5), "pools both images."),
        (dice_like_monai, lambda z, y: dice_loss(z, y), "pools both images, with smooth 1"),
        (dice_like_monai, lambda z, y: dice_loss(z, y, dim=(2, 3)).mean(), "This has smooth 1"),
        (dice_like_monai, lambda z, y: dice_loss(z, y, smooth=1e-5, dim=(2, 3)), "the mean is missing"),
        (dice_like_monai, lambda z, y: dice_loss(z, y, smooth=1e-5, dim=(2, 3)).sum(), "sum over the images"),
        (
            dice_like_monai,
            lambda z, y: 1 - dice_loss(z, y, smooth=1e-5, dim=(2, 3)).mean(),
            "the coefficient",
        ),
        (dice_like_monai, lambda z, y: dice_loss(z, y, smooth=0, dim=(2, 3)).mean(), "your smooth is 0"),
        (
            dice_like_monai,
            lambda z, y: dice_loss(z, y, smooth=1e-3, dim=(2, 3)).mean(),
            "your smooth is too large",
        ),
        (dice_like_monai, lambda z, y: dice_loss(z, y, smooth=1e-6, dim=(2, 3)).mean(), "compare the smooth"),
        (dice_like_monai, lambda z, y: iou_loss(z, y), "one region an image"),
        (dice_like_monai, lambda z: z, "The function raised TypeError"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly in the chapter on your own training."""
    says_why_not(check, answer, reason)
