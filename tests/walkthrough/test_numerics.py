import pytest
import torch
import torch.nn.functional as F

from seglosses import dice_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES
from seglosses.walkthrough.numerics import kept_for_backward, plain_dice_loss


@pytest.mark.parametrize("smooth", [0.0, 1.0])
def test_the_plain_dice_loss_is_dice_where_nothing_breaks(smooth):
    """In float64 it is the package's; in float16 it keeps the type, and twice 181^2 = 32761 is too much."""
    z = torch.logit(LUNG_PROBABILITIES)
    assert plain_dice_loss(z, LUNG, smooth).item() == pytest.approx(
        dice_loss(z, LUNG, smooth).item(), abs=1e-12
    )
    for side, broken in ((180, False), (181, True)):
        ones = torch.ones(side, side, dtype=torch.float16)
        loss = plain_dice_loss(20 * ones, ones, smooth)
        assert loss.dtype == torch.float16
        assert loss.isnan().item() is broken


def test_what_a_loss_keeps_is_counted_once():
    """A product keeps its other factor; what was given, and what is kept twice, does not add up."""
    z, y = torch.rand(8, 8), torch.rand(8, 8)
    assert kept_for_backward(F.binary_cross_entropy_with_logits, z, y) == 0
    assert kept_for_backward(lambda z, y: (z * y).sum(), z, y) == 0
    assert (
        kept_for_backward(lambda z, y: torch.sigmoid(z).sum(), z, y) == 1
    )  # the sigmoid's slope is p (1 - p)
    assert kept_for_backward(lambda z, y: (torch.sigmoid(z) ** 2).sum(), z, y) == 1
    assert kept_for_backward(lambda z, y: (torch.sigmoid(z) * torch.exp(z)).sum(), z, y) == 2
