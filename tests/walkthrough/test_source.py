import pytest
import torch

import seglosses
from seglosses.grids import LUNG, LUNG_PROBABILITIES
from seglosses.walkthrough import source

NAMES = ("dice_loss", "iou_loss", "bce_loss", "bce_dice_loss", "focal_loss")


@pytest.mark.parametrize("name", NAMES)
def test_the_source_agrees_where_nothing_breaks(name):
    """In float64, on an everyday grid, its functions and those of the package return the same."""
    ours, theirs = getattr(seglosses, name), getattr(source, f"source_{name}")
    z = torch.logit(LUNG_PROBABILITIES)
    assert theirs(z, LUNG).item() == pytest.approx(ours(z, LUNG).item(), abs=1e-12)


@pytest.mark.parametrize("name", ["dice_loss", "iou_loss", "bce_dice_loss"])
def test_smooth_is_that_of_the_package(name):
    """Another smooth has the same effect on both."""
    ours, theirs = getattr(seglosses, name), getattr(source, f"source_{name}")
    z = torch.logit(LUNG_PROBABILITIES)
    assert theirs(z, LUNG, 10).item() == pytest.approx(ours(z, LUNG, 10).item(), abs=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_the_source_s_focal_loss_breaks_where_it_is_sure(gamma):
    """Alpha and gamma mean the same; sure and right in float32, its slope for gamma 0.5 is no number."""
    z = torch.logit(LUNG_PROBABILITIES)
    ours = seglosses.focal_loss(z, LUNG, 0.75, gamma).item()
    assert source.source_focal_loss(z, LUNG, 0.75, gamma).item() == pytest.approx(ours, abs=1e-12)
    sure = torch.tensor([18.0], requires_grad=True)
    (slope,) = torch.autograd.grad(source.source_focal_loss(sure, torch.ones(1), gamma=gamma), sure)
    assert slope.isnan().item() is (gamma == 0.5)
