"""The mask: in [0, 1], of any type and any memory layout, soft labels included."""

from contextlib import suppress

import pytest
import torch
import torch.nn.functional as F

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
    """The slope of cross entropy is zero where the probability is the label."""
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


def converting_types():
    """Every type that torch has and that becomes float32, less complex numbers."""
    for dtype in {value for value in vars(torch).values() if isinstance(value, torch.dtype)}:
        if not dtype.is_complex:
            with suppress(RuntimeError, TypeError):
                torch.zeros(2).to(dtype).float()
                yield dtype


CONVERTING = sorted(converting_types(), key=str)


def test_there_are_types_beyond_the_usual():
    """The list is no empty promise: it holds wide unsigned integers and eight-bit floats."""
    assert {torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2} <= set(
        CONVERTING
    )


@pytest.mark.parametrize("dtype", CONVERTING, ids=str)
def test_every_type_that_torch_has(loss, dtype):
    """A mask of ones gives its loss, as a weight too, and a mask of 1 and 224 is refused."""
    z, ones = torch.randn(4), torch.ones(4).to(dtype)
    assert loss(z, ones).item() == loss(z, torch.ones(4)).item()
    torch.testing.assert_close(loss(z, torch.ones(4), weight=ones), loss(z, torch.ones(4)))
    large = torch.tensor([1.0, 1, 1, 224]).to(dtype)  # 224 is a number of every float8
    if dtype == torch.bool:
        return
    if dtype == torch.int8:
        large = torch.tensor([1, 1, 1, 127], dtype=dtype)
    with pytest.raises(ValueError, match=r"^targets must lie in \[0, 1\]; got values from 1"):
        loss(z, large)


@pytest.mark.parametrize("dtype", [torch.bits8, torch.uint1], ids=str)
def test_types_that_are_no_numbers(loss, dtype):
    """What torch cannot convert is refused by name."""
    mask = torch.empty(4, dtype=dtype)
    with pytest.raises(
        TypeError, match=rf"^targets must be of a type that becomes float32; got {dtype}\. Hint: "
    ):
        loss(torch.zeros(4), mask)


def test_a_rounding_of_a_resize_is_taken_back(loss):
    """Up to 1e-5 outside of [0, 1] counts as the end itself; 1.01 stays an error."""
    image = torch.zeros(1, 1, 20, 20)
    image[..., 5:15, 5:15] = 1
    sizes = (F.interpolate(image, (n, n), mode="bilinear", antialias=True) for n in range(3, 40))
    resized = next(mask for mask in sizes if mask.amax() > 1)
    z = torch.randn(resized.shape, generator=torch.Generator().manual_seed(0))
    assert torch.equal(loss(z, resized), loss(z, resized.clamp(0, 1)))
    for off in (1 + 9e-6, -9e-6):
        near = torch.tensor([off, 0.5])
        assert torch.equal(loss(torch.zeros(2), near), loss(torch.zeros(2), near.clamp(0, 1)))
    for wrong in (1.01, 1 + 2e-5, -2e-5):
        with pytest.raises(ValueError, match=r"^targets must lie in \[0, 1\]"):
            loss(torch.zeros(2), torch.tensor([wrong, 0.5]))
