"""A pixel of weight 0 is out, whatever it holds; a weight broadcasts; pos_weight is torch's."""

import math

import pytest
import torch
import torch.nn.functional as F

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss

HELD = [math.nan, math.inf, -math.inf, 1e30]


pytestmark = pytest.mark.usefixtures("road")


@pytest.mark.parametrize("logit", HELD)
def test_whatever_the_logit(loss, batch, logit):
    """Loss and gradient are those of the image without the pixel, and the pixel is not moved."""
    z, y = batch
    keep = torch.ones_like(y, dtype=torch.bool)
    keep[..., 3:] = False
    x = torch.where(keep, z, logit).requires_grad_()
    value = loss(x, y, weight=keep)
    (slope,) = torch.autograd.grad(value, x, create_graph=True)
    torch.testing.assert_close(value.detach(), loss(z[..., :3], y[..., :3]))
    assert (slope[~keep] == 0).all()
    (bend,) = torch.autograd.grad(slope.sum(), x)
    assert bend.isfinite().all()


@pytest.mark.parametrize("label", [255, -1, 2, math.nan, math.inf])
def test_whatever_the_label(loss, batch, label):
    """The hint of the range error says weight=0, and that works: 255 means 'ignore' and is ignored."""
    z, y = batch
    keep = torch.arange(y.numel()).view(y.shape) % 3 > 0
    labelled = torch.where(keep, y, label)
    expected = loss(z, torch.where(keep, y, 0.0), weight=keep)
    assert loss(z, labelled, weight=keep).item() == expected.item()
    if label == 255:
        assert loss(z, labelled.to(torch.uint8), weight=keep).item() == expected.item()
    with pytest.raises(ValueError, match=r"^targets must lie in \[0, 1\]"):
        loss(z, labelled, weight=torch.ones_like(y))


def test_a_wrong_label_that_counts_is_named(loss, batch):
    """What is ignored does not show in the error: the range is that of the pixels that count."""
    z, y = batch
    wrong = y.clone()
    wrong[0], wrong[1, 0, 0, 0] = 255, 3
    keep = torch.ones_like(y)
    keep[0] = 0
    with pytest.raises(
        ValueError, match=r"got values from 0.0 to 3.0\. Hint: .*label 255 for 'ignore' is weight=0"
    ):
        loss(z, wrong, weight=keep)


def test_a_weight_broadcasts(loss, batch):
    """As torch's does: one number per class, per image, per row, or for all."""
    z, y = batch
    per_class, per_image = (
        torch.tensor([0.5, 2.0]).view(1, -1, 1, 1),
        torch.tensor([0.0, 1, 2]).view(-1, 1, 1, 1),
    )
    for weight in (per_class, per_image, torch.arange(4.0)):
        expected = loss(z, y, weight=weight.expand_as(z).contiguous())
        torch.testing.assert_close(loss(z, y, weight=weight), expected)
    torch.testing.assert_close(loss(z, y, weight=torch.tensor(3)), loss(z, y, weight=torch.full_like(z, 3)))


def test_a_weight_broadcasts_in_the_reductions_too(pixel_loss, batch):
    """Each pixel, the sum, and torch's mean, which divides by the number of pixels."""
    z, y = batch
    weight = torch.tensor([0.5, 2.0], dtype=z.dtype).view(1, -1, 1, 1)
    pixels = pixel_loss(z, y, reduction="none", weight=weight)
    torch.testing.assert_close(pixels, weight * pixel_loss(z, y, reduction="none"))
    torch.testing.assert_close(pixel_loss(z, y, reduction="sum", weight=weight), pixels.sum())
    torch.testing.assert_close(pixel_loss(z, y, weight=weight), pixels.sum() / weight.expand_as(z).sum())
    ours = bce_loss(z, y, reduction="sum", weight=weight) / z.numel()
    torch.testing.assert_close(ours, F.binary_cross_entropy_with_logits(z, y, weight))


POS_WEIGHTS = [0.0, 1, 7.5, torch.tensor(2.0), torch.tensor([0.5, 3.0]).view(2, 1, 1), torch.rand(3, 2, 5, 4)]


@pytest.mark.parametrize("pos_weight", POS_WEIGHTS, ids=lambda w: str(tuple(getattr(w, "shape", [w]))))
def test_pos_weight_is_torchs(batch, pos_weight):
    """Value and gradient, on hard and on soft labels, with and without a weight, in every reduction."""
    weight = torch.linspace(0, 2, batch[0].numel(), dtype=torch.float64).view(batch[0].shape)
    for y in (batch[1], 0.8 * batch[1] + 0.1):
        for settings in ({}, {"weight": weight}):
            for reduction in ("none", "sum"):
                theirs = torch.as_tensor(pos_weight, dtype=torch.float64)
                results = []
                for loss, given in ((bce_loss, pos_weight), (F.binary_cross_entropy_with_logits, theirs)):
                    z = batch[0].clone().requires_grad_()
                    value = loss(z, y, pos_weight=given, reduction=reduction, **settings)
                    results.append((value.detach(), *torch.autograd.grad(value.sum(), z)))
                torch.testing.assert_close(*results, rtol=1e-12, atol=1e-12)


def test_pos_weight_of_bce_dice_is_that_of_its_cross_entropy(batch):
    """Dice knows no foreground to weigh."""
    z, y = batch
    for dim in (None, (1, 2, 3)):
        bce = bce_loss(z, y, pos_weight=3, reduction="none")
        bce = bce.mean() if dim is None else bce.mean(dim)
        torch.testing.assert_close(bce_dice_loss(z, y, dim=dim, pos_weight=3), bce + dice_loss(z, y, dim=dim))


def test_pos_weight_one_changes_nothing(batch):
    """To the last bit."""
    assert bce_loss(*batch, pos_weight=1).item() == bce_loss(*batch).item()


@pytest.mark.parametrize("bad", [-1, math.nan, torch.tensor([1.0, -2.0]).view(2, 1, 1)], ids=str)
def test_bad_pos_weight(batch, bad):
    """Neither negative nor NaN."""
    for loss in (bce_loss, bce_dice_loss):
        with pytest.raises(
            ValueError, match=r"^pos_weight must be .*at least 0; got .*\. Hint: 1 changes nothing"
        ):
            loss(*batch, pos_weight=bad)


def test_pos_weight_that_does_not_fit(batch):
    """It broadcasts to the logits; one per class needs its axes, and the hint says how."""
    message = (
        r"^pos_weight must broadcast to the shape of inputs, \(3, 2, 5, 4\); got \(2,\)\. "
        r"Hint: one value per channel is pos_weight\.view\(1, -1, 1, 1\)\.$"
    )
    with pytest.raises(ValueError, match=message):
        bce_loss(*batch, pos_weight=torch.ones(2))
    with pytest.raises(TypeError, match=r"^pos_weight must be a finite number, at least 0; got list"):
        bce_loss(*batch, pos_weight=[1.0])


# --- logits that float16 has let overflow ------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_infinite_logits_on_the_right_side_cost_nothing(loss, dtype):
    """Sure and right: loss 0, gradient 0, also beside pixels that are not sure."""
    infinite = torch.tensor([math.inf, -math.inf, math.inf], dtype=dtype, requires_grad=True)
    y = torch.tensor([1, 0, 1])
    value = loss(infinite, y)
    value.backward()
    assert value.item() == 0
    assert (infinite.grad == 0).all()
    z = torch.tensor([math.inf, 0.5, -math.inf, -1], dtype=dtype)
    large = torch.tensor([1e4, 0.5, -1e4, -1], dtype=dtype)
    y = torch.tensor([1, 0, 0, 1])
    torch.testing.assert_close(loss(z, y), loss(large, y))


def test_infinite_logits_on_the_wrong_side_are_no_nan(loss):
    """Sure and wrong: as bad as it can be, and still a number."""
    value = loss(torch.tensor([math.inf, 0.0]), torch.tensor([0.0, 1.0]))
    assert value.isfinite()
    assert value >= 0.25


def test_infinite_logits_where_values_cannot_be_read(loss):
    """Under torch.func and under compile the same."""
    z, y = torch.tensor([[math.inf, -math.inf], [1.0, 2.0]]), torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    found = torch.func.vmap(loss)(z, y)
    assert found[0] == 0
    torch.testing.assert_close(found[1], loss(z[1], y[1]))
    torch._dynamo.reset()
    assert torch.compile(loss, backend="aot_eager", fullgraph=True)(z[0], y[0]) == 0


def test_focal_of_an_overflow_for_every_gamma():
    """Gamma 0 is cross entropy, and has its infinity on one side only."""
    for gamma in (0, 0.5, 2, 50):
        assert focal_loss(torch.tensor([math.inf, -math.inf]), torch.tensor([1.0, 0.0]), gamma=gamma) == 0
