import pytest
import torch
import torch.nn.functional as F

from seglosses import bce_loss
from seglosses.exercises.bce import better_than_blind, one_pixel_missed, stable_bce, tipping_background
from seglosses.grids import LUNG, NODULE, NODULE_PROBABILITIES
from seglosses.walkthrough.pixels import bce_pixels


def test_one_pixel_missed_accepts_the_mean():
    """(99 x 0.1053605 + 1.6094379) / 100 = 0.120401, by hand and by the package."""
    fallen = NODULE_PROBABILITIES.clone()
    fallen[3, 3] = 0.2
    for answer in (0.1204, bce_pixels(fallen, NODULE).mean(), bce_loss(torch.logit(fallen), NODULE)):
        assert one_pixel_missed(answer).right


def test_better_than_blind_accepts_the_difference():
    """0.500402 - 0.48 = 0.020402, with the blind guess computed from the lung itself."""
    blind = bce_pixels(torch.full_like(LUNG, LUNG.mean()), LUNG).mean()
    assert better_than_blind(blind - 0.48).right
    assert better_than_blind(0.0204).right


def test_tipping_background_is_where_the_two_losses_meet():
    """At 0.12579 the model's loss is the blind guess's 0.134742."""
    pale = torch.where(NODULE == 1, NODULE_PROBABILITIES, 0.1257917)
    blind = bce_pixels(torch.full_like(NODULE, 0.03), NODULE).mean().item()
    assert bce_pixels(pale, NODULE).mean().item() == pytest.approx(blind, abs=1e-7)
    assert tipping_background(0.1257917).right
    assert tipping_background(0.126).right


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
    ("check", "answer", "reason"),
    [
        # Each slip of the mean is recognised by its value.
        (one_pixel_missed, 0.106538, "the loss before"),
        (one_pixel_missed, 0.122633, "replaces the old one"),
        (one_pixel_missed, 12.040129, "This is the sum"),
        (one_pixel_missed, 1.609438, "the missed pixel alone"),
        (one_pixel_missed, 0.0523, "not that to base 10"),
        (one_pixel_missed, 0.3, "One price of the hundred"),
        (one_pixel_missed, "0.12 nats", "The answer must be a number"),
        # Each slip of the entropy is recognised by its value.
        (better_than_blind, 0.500402, "How far is 0.48 below"),
        (better_than_blind, -0.0204, "wrong sign"),
        (better_than_blind, 0.2131, "0.6931, but it is not the best"),
        (better_than_blind, 0.2419, "not that to base 2"),
        (better_than_blind, -0.1581, "lung pixels only"),
        (better_than_blind, 0.1, "best single probability"),
        # Prices for probabilities, and sums over the wrong pixels, each get their own reason.
        (tipping_background, 0.134437, "This is a price"),
        (tipping_background, 0.134742, "This is a price"),
        (tipping_background, 0.8742, "that the background pixel is background"),
        (tipping_background, 0.1297, "cost something too"),
        (tipping_background, 0.1223, "not by 100"),
        (tipping_background, 0.03, "what the blind guess says"),
        (tipping_background, 0.1, "where the model starts"),
        (tipping_background, 0.5, "Which price is left"),
        # Each way to break is named: rounding, overflow, a limit, and a gradient hidden by torch.where.
        (
            stable_bce,
            lambda z, y: -(y * z.sigmoid().log() + (1 - y) * (1 - z.sigmoid()).log()),
            "sigmoid rounds to 1",
        ),
        (stable_bce, lambda z, y: torch.log(1 + torch.exp(z)) - z * y, "exp(z) is too large"),
        (stable_bce, lambda z, y: F.binary_cross_entropy(z.sigmoid(), y, reduction="none"), "cut off"),
        (
            stable_bce,
            lambda z, y: F.binary_cross_entropy_with_logits(z.clamp(-30, 30), y, reduction="none"),
            "cut off",
        ),
        (stable_bce, lambda z, y: z * y - F.softplus(z), "sign is turned round"),
        (stable_bce, lambda z, y: F.softplus(z) - z * (1 - y), "changed places"),
        (
            stable_bce,
            lambda z, y: z.clamp(min=0) - z * y + torch.log(1 + torch.exp(z.abs())),
            "nothing can break",
        ),
        (
            stable_bce,
            lambda z, y: torch.where(z > 20, z, torch.log1p(torch.exp(z))) - z * y,
            "torch.where hides",
        ),
        (stable_bce, lambda z, y: (F.softplus(z) - z * y).detach(), "lost its gradient"),
        (stable_bce, lambda z, y: (F.softplus(z) - z * y).mean(), "(24,), one loss for each pixel; got ()"),
        (
            stable_bce,
            lambda z, y: None,
            "The answer must be a tensor; got nothing. Hint: the function must return",
        ),
        (stable_bce, lambda z: z, "The function raised TypeError"),
        (stable_bce, 0.106538, "The answer must be a function of z and y; got float"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly in the BCE chapter."""
    says_why_not(check, answer, reason)
