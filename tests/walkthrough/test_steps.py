from functools import partial
from math import exp, log

import pytest
import torch

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES
from seglosses.probabilities import to_logits
from seglosses.walkthrough.steps import descend

LOSSES = [bce_loss, dice_loss, iou_loss, bce_dice_loss, focal_loss]


def test_two_steps_of_bce_by_hand():
    """One pixel, y = 1, at p = 0.25: z = -ln 3, and a step of rate 2 adds 2 (1 - p)."""
    z0 = -log(3)
    z1 = z0 + 2 * 0.75
    z2 = z1 + 2 * (1 - 1 / (1 + exp(-z1)))
    start = torch.tensor([z0], dtype=torch.float64)
    path = descend(bce_loss, start, torch.ones(1, dtype=torch.float64), rate=2, steps=2)
    assert path[:, 0].tolist() == pytest.approx([z0, z1, z2], rel=1e-15)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)
def test_the_steps_are_those_of_torchs_own_optimizer(loss):
    """The path is that of SGD without momentum, to the last digit."""
    z = to_logits(LUNG_PROBABILITIES).requires_grad_()
    optimizer = torch.optim.SGD([z], lr=30)
    path = descend(loss, z.detach().clone(), LUNG, rate=30, steps=20)
    for expected in path[1:]:
        optimizer.zero_grad()
        loss(z, LUNG).backward()
        optimizer.step()
        torch.testing.assert_close(z.detach(), expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)
def test_a_small_step_goes_down(loss):
    """At rate 1 no step of a hundred raises the loss."""
    path = descend(loss, to_logits(LUNG_PROBABILITIES), LUNG, rate=1)
    values = torch.stack([loss(z, LUNG) for z in path])
    assert (values.diff() < 0).all()


def test_what_has_no_doubt_left_is_finite_and_hardly_moves():
    """P of 0 and 1 has the outermost finite logit; Dice leaves that alone, BCE moves it by rate / N."""
    y = torch.tensor([1.0, 0.0, 1.0, 0.0], dtype=torch.float64)
    start = to_logits(torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=torch.float64))
    dice, bce = (descend(loss, start, y, rate=4, steps=3) for loss in (dice_loss, bce_loss))
    torch.testing.assert_close(dice, start.expand(4, 4), rtol=0, atol=1e-14)
    # N = 4, so each step moves a sure mistake by 4 / 4
    torch.testing.assert_close(bce[-1] - start, torch.tensor([3.0, -3.0, 0.0, 0.0]).double())


def test_no_step_is_the_start():
    """With 0 steps there is the start alone; the type is kept."""
    start = torch.zeros(2, 3)
    path = descend(partial(focal_loss, alpha=0.5), start, torch.ones(2, 3), steps=0)
    assert path.shape == (1, 2, 3)
    assert path.dtype == torch.float32


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"target": torch.ones(3)}, r"same shape; got \(2,\) and \(3,\)"),
        ({"rate": 0}, "rate must be above 0; got 0"),
        ({"rate": float("nan")}, "rate must be above 0; got nan"),
        ({"steps": -1}, "steps must be 0 or more; got -1"),
    ],
)
def test_what_is_wrong_is_refused(change, says):
    """The error says what came and what is expected."""
    given = {"loss": bce_loss, "start": torch.zeros(2), "target": torch.ones(2)}
    with pytest.raises(ValueError, match=says):
        descend(**(given | change))
