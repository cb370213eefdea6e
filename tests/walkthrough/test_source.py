import hashlib
import inspect

import pytest
import torch

import seglosses
from seglosses.grids import LUNG, LUNG_PROBABILITIES
from seglosses.walkthrough import source

NAMES = ("dice_loss", "iou_loss", "bce_loss", "bce_dice_loss", "focal_loss")


# What stands in the source between ``def`` and the end of the code block, hashed on the day it was copied.
LETTERS = {
    "dice_loss": "303f04081d78035d108da754e5b12f6f429b6b49d4ff5fe5ff16c7186f8f2adc",
    "bce_loss": "2312a9a06e8c66deaaf8128ec41d0338acf0f7223dbb9af2ada206f56f9d3f3b",
    "bce_dice_loss": "a9c928e82194dfe42ed83c3fb6d6d129d44141b10cc72ef18b025af2ad501bbe",
    "iou_loss": "62f52cb5e361aaa57e260bf80d7dcf83572e2642e5edfefbfa962fe4f00d53a1",
    "focal_loss": "aaf9032502f16a0f90abc55dd903f7cf08721a2220fdb05010491738ab0e9827",
}


@pytest.mark.parametrize("name", NAMES)
def test_the_source_stands_there_letter_by_letter(name):
    """Its comments and blanks included: nobody has tidied it up."""
    text = inspect.getsource(getattr(source, name))
    assert hashlib.sha256(text.encode()).hexdigest() == LETTERS[name]
    assert getattr(source, name) is getattr(source, f"source_{name}")


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
