"""Blocks of pixels: they leave no trace in a loss, its gradient, or the memory."""

import math

import pytest
import torch
import torch.utils.checkpoint

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.losses import _sums
from seglosses.losses._sums import blocks


def value_and_slopes(loss, *tensors, **settings):
    """The loss, and the gradients of its sum by all float tensors."""
    leaves = [t.detach().clone().requires_grad_() if t.is_floating_point() else t for t in tensors]
    value = loss(*leaves, **settings)
    asking = [leaf for leaf in leaves if leaf.requires_grad]
    pull = torch.linspace(1, 2, value.numel(), dtype=value.dtype).view(value.shape)
    return value.detach(), torch.autograd.grad(value, asking, pull)


SETTINGS = [
    (dice_loss, {}),
    (dice_loss, {"smooth": 0, "dim": (1, 2, 3)}),
    (iou_loss, {"dim": (0, 2, 3)}),
    (iou_loss, {"dim": -1}),
    (bce_dice_loss, {"dim": (-1, -2)}),
    (bce_dice_loss, {"pos_weight": 3.0}),
    (bce_loss, {"pos_weight": torch.tensor([1.0, 3.0]).view(2, 1, 1)}),
    (bce_loss, {"reduction": "sum"}),
    (bce_loss, {"reduction": "none"}),
    (focal_loss, {}),
    (focal_loss, {"gamma": 0.5, "reduction": "none"}),
]


@pytest.mark.parametrize(("function", "settings"), SETTINGS)
@pytest.mark.parametrize("size", [16, 160, 320, 10**6])
def test_blocks_leave_no_trace(function, settings, size, batch, monkeypatch):
    """In blocks of one pixel, a few, rows, images, or all: the loss and the gradients of one piece."""
    z, y = batch
    weights = [None, torch.tensor([0.0, 2.0]).view(2, 1, 1), y.bool()]
    whole = [value_and_slopes(function, z, y, weight=weight, **settings) for weight in weights]
    monkeypatch.setattr(_sums, "SHORT_FORMULA", 0)
    monkeypatch.setattr(_sums, "LONG_FORMULA", 0)
    monkeypatch.setattr(_sums, "BLOCK", size)
    cut = [value_and_slopes(function, z, y, weight=weight, **settings) for weight in weights]
    torch.testing.assert_close(cut, whole, rtol=1e-12, atol=1e-14)


LAYOUTS = {
    "channels last": lambda t: t.to(memory_format=torch.channels_last),
    "turned": lambda t: t.permute(2, 3, 0, 1).contiguous().permute(2, 3, 0, 1),
    "every second": lambda t: torch.stack([t, t], -1)[..., 0],
    "expanded": lambda t: t[:1].expand_as(t),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_any_memory_layout_in_blocks(loss, batch, layout, small_blocks):
    """Blocks are views: no layout needs a copy, and the gradient lies where its pixel lies."""
    z, y = batch
    expected = value_and_slopes(loss, layout(z).contiguous(), y)
    torch.testing.assert_close(
        value_and_slopes(loss, layout(z), layout(y) if layout(y).equal(y) else y), expected
    )


def test_half_precision_in_blocks(loss, batch, small_blocks):
    """The sums are float32, and the gradient is rounded once, to the type of the logits."""
    for dtype in (torch.float16, torch.bfloat16):
        z, y = batch[0].to(dtype), batch[1].bool()
        value, (slope,) = value_and_slopes(loss, z, y)
        expected, (exact,) = value_and_slopes(loss, z.float(), y)
        assert value.dtype == torch.float32
        assert slope.dtype == dtype
        torch.testing.assert_close(value, expected, rtol=1e-6, atol=0)
        torch.testing.assert_close(slope, exact.to(dtype), rtol=0, atol=0)


def test_many_blocks_lose_no_digits(loss, small_blocks):
    """A thousand blocks of float32 add up to the loss of one piece, for the sum of blocks is a float64."""
    seeded = torch.Generator().manual_seed(0)
    z, y = torch.randn(4000, generator=seeded), torch.rand(4000, generator=seeded).round()
    torch.testing.assert_close(loss(z, y), loss(z.double(), y).float(), rtol=2e-7, atol=0)


@pytest.mark.parametrize("size", [1, 2, 5, 7, 24, 120, 10**9])
def test_blocks_cover_each_pixel_once(size):
    """Whatever the size, no block is larger, and every pixel lies in one."""
    counted = torch.zeros(2, 3, 4, 5)
    for block in blocks(counted.shape, (1, 2, 3), size):
        assert counted[block.pixels].numel() <= size
        counted[block.pixels] += 1
        assert block.region == (block.pixels[0], slice(None), slice(None), slice(None))
    assert (counted == 1).all()


def test_only_large_tensors_are_cut(monkeypatch):
    """A formula of a dozen steps from 4 MiB on, one of a few steps from 32 MiB on."""
    seen = []
    monkeypatch.setattr(
        _sums, "in_blocks", lambda *task: seen.append(task[3][0].numel()) or [torch.zeros(())]
    )
    for size in (2**20, 2**20 + 1, 2**23 + 1):
        focal_loss(torch.zeros(size), torch.zeros(size))
        bce_loss(torch.zeros(size), torch.zeros(size))
    assert seen == [2**20 + 1, 2**23 + 1, 2**23 + 1]  # float32: 2**20 pixels are 4 MiB


def kept(loss, z, y, **settings):
    """What a loss stores between its passes besides its arguments, in sizes of the logits."""
    stored = {}

    def keep(tensor):
        stored[tensor.data_ptr()] = tensor  # an expanded weight takes the room of its few numbers
        return tensor

    z.requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        value = loss(z, y, **settings)
    own = (z.data_ptr(), y.data_ptr())
    size = (
        sum(tensor.untyped_storage().nbytes() for place, tensor in stored.items() if place not in own)
        / z.nbytes
    )
    assert value.requires_grad
    return size


@pytest.mark.parametrize("dim", [None, (1, 2, 3)])
def test_what_is_kept_in_blocks(dim, monkeypatch):
    """Dice and IoU keep nothing of the logits' size, the others one slope, per image and weighted too."""
    monkeypatch.setattr(_sums, "SHORT_FORMULA", 0)
    monkeypatch.setattr(_sums, "LONG_FORMULA", 0)
    z, y = torch.randn(2, 1, 512, 512), torch.rand(2, 1, 512, 512).round()
    weight = torch.tensor([1.0, 2.0]).view(2, 1, 1, 1)
    for loss, expected in ((dice_loss, 0), (iou_loss, 0), (bce_dice_loss, 1)):
        assert kept(loss, z.clone(), y, dim=dim) == pytest.approx(expected, abs=0.01)
        assert kept(loss, z.clone(), y, dim=dim, weight=weight) == pytest.approx(expected, abs=0.01)
    for loss in (bce_loss, focal_loss):
        assert kept(loss, z.clone(), y) == pytest.approx(1, abs=0.01)


def test_checkpoints(loss, batch, small_blocks):
    """What ``torch.utils.checkpoint`` computes again is the loss, not its blocks."""
    z, y = batch[0].clone().requires_grad_(), batch[1]
    value = torch.utils.checkpoint.checkpoint(lambda x: loss(2 * x, y), z, use_reentrant=False)
    expected = loss(2 * z, y)
    torch.testing.assert_close(value, expected)
    torch.testing.assert_close(torch.autograd.grad(value, z), torch.autograd.grad(expected, z))


def test_a_changed_tensor_is_noticed(loss, batch, small_blocks):
    """Logits that are overwritten between the passes give an error, as everywhere in torch."""
    z = batch[0].clone().requires_grad_()
    logits = z * 1
    value = loss(logits, batch[1])
    with torch.no_grad():
        logits.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        value.backward()


def test_nan_and_empty_regions_in_blocks(loss, batch, small_blocks):
    """One NaN makes the loss NaN; pixels that all have weight 0 make it 0."""
    z, y = batch[0].clone(), batch[1]
    z[0, 0, 0, 0] = math.nan
    assert loss(z, y).isnan()
    value, (slope, *_) = value_and_slopes(loss, batch[0], y, weight=torch.zeros(1))
    assert value == 0
    assert (slope == 0).all()
