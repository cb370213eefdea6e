"""Every bad argument is refused by name, with what came, what is expected, and what to do."""

import math
import re
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
import torch
import torch.distributed as dist

import seglosses
from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss

Z = torch.zeros(2, 1, 4, 6)
Y = torch.zeros(2, 1, 4, 6)


def refuses(error, message):
    """Expect exactly this message."""
    return pytest.raises(error, match=f"^{re.escape(message)}$")


SHAPES = [
    (
        (2, 1, 4, 6),
        (2, 4, 6),
        "add the channel axis with targets.unsqueeze(1)",
    ),
    (
        (2, 4, 6),
        (2, 1, 4, 6),
        "drop the channel axis with targets.squeeze(1)",
    ),
    (
        (2, 3, 4, 6),
        (2, 4, 6),
        "class indices become one mask per channel with "
        "torch.nn.functional.one_hot(targets, 3).movedim(-1, 1). That is a sigmoid per channel, and "
        "dim=(0, 2, 3) gives one loss per channel; for a softmax over the channels see 'Several classes' on "
        "the API page",
    ),
    (
        (2, 3, 4, 6),
        (2, 4, 6, 3),
        "move the channels forward with targets.movedim(-1, 1)",
    ),
    (
        (2, 1, 4, 6),
        (2, 1, 6, 4),
        "as many pixels, in another order: check the axes before targets.reshape(inputs.shape)",
    ),
    (
        (2, 1, 4, 6),
        (2, 1, 8, 12),
        "crop or resize targets (nearest neighbour keeps a mask a mask), or targets.expand_as(inputs)",
    ),
    (
        (4,),
        (),
        "crop or resize targets (nearest neighbour keeps a mask a mask), or targets.expand_as(inputs)",
    ),
]


@pytest.mark.parametrize(("inputs", "targets", "hint"), SHAPES, ids=str)
def test_other_shape(loss, inputs, targets, hint):
    """A mask of another shape is never broadcast or flattened; the hint names the likeliest reason."""
    message = f"targets must have the shape of inputs, {inputs}; got {targets}. Hint: {hint}."
    with refuses(ValueError, message):
        loss(torch.zeros(inputs), torch.zeros(targets))


@pytest.mark.parametrize(("inputs", "targets", "hint"), SHAPES[:4], ids=str)
def test_the_hint_helps(inputs, targets, hint):
    """Doing what the hint says makes the call work."""
    code = re.search(r"(torch.nn|targets)\S*\([^)]*\)(\.movedim\(-1, 1\))?", hint).group()
    mask = eval(code, {"torch": torch, "targets": torch.zeros(targets, dtype=torch.int64)})
    assert dice_loss(torch.zeros(inputs), mask).isfinite()


def test_other_shape_of_weight(loss):
    """A weight broadcasts to the shape of the logits, or is refused."""
    message = "weight must broadcast to the shape of inputs, (2, 1, 4, 6); got (2, 4, 6). "
    with refuses(ValueError, message + "Hint: add the channel axis with weight.unsqueeze(1)."):
        loss(Z, Y, weight=torch.ones(2, 4, 6))


def test_no_pixel(loss):
    """An empty batch has no loss."""
    message = "inputs must hold at least one pixel; got shape (0, 1, 4, 6). "
    with refuses(ValueError, message + "Hint: skip empty batches; a loss over no pixel has no value."):
        loss(Z[:0], Y[:0])


RANGE_HINT = "Hint: a 0/255 mask is targets / 255; label 255 for 'ignore' is weight=0."


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (torch.tensor([0, 255], dtype=torch.uint8), "0 to 255"),
        (torch.tensor([0, 2]), "0 to 2"),
        (torch.tensor([-1.0, 1.0]), "-1.0 to 1.0"),
        (torch.tensor([0.5, 1.5]), "0.5 to 1.5"),
        (torch.tensor([0.5, math.nan]), "nan to nan"),
        (torch.tensor([0.5, math.inf]), "0.5 to inf"),
    ],
    ids=str,
)
def test_targets_outside_0_to_1(loss, values, found):
    """A 0/255 mask, class indices, -1/1 labels, NaN and infinity are no mask."""
    with refuses(ValueError, f"targets must lie in [0, 1]; got values from {found}. {RANGE_HINT}"):
        loss(torch.zeros(2), values)


@pytest.mark.parametrize(
    ("value", "found"), [(-1.0, "-1.0 to 1.0"), (math.nan, "nan to nan"), (math.inf, "1.0 to inf")]
)
def test_bad_weight(loss, value, found):
    """A weight is finite and not negative."""
    hint = "Hint: 0 removes a pixel, 1 keeps it, more makes it count more."
    with refuses(ValueError, f"weight must be finite and at least 0; got values from {found}. {hint}"):
        loss(torch.zeros(2), torch.zeros(2), weight=torch.tensor([1.0, value]))


@pytest.mark.parametrize("dtype", [torch.int64, torch.uint8, torch.bool], ids=str)
def test_integer_logits(loss, dtype):
    """Integers cannot be a model's output; most likely a mask was passed twice."""
    hint = "Hint: pass the model's output before any sigmoid or threshold; a mask is no prediction."
    with refuses(TypeError, f"inputs must be logits, a float tensor; got {dtype}. {hint}"):
        loss(Z.to(dtype), Y)


def test_no_tensor(loss):
    """Lists and arrays are not converted silently."""
    with refuses(TypeError, "inputs must be a torch.Tensor; got list. Hint: torch.as_tensor(inputs)."):
        loss([0.0], torch.zeros(1))
    with refuses(TypeError, "targets must be a torch.Tensor; got ndarray. Hint: torch.as_tensor(targets)."):
        loss(Z, Y.numpy())
    with refuses(TypeError, "weight must be a torch.Tensor; got float. Hint: torch.as_tensor(weight)."):
        loss(Z, Y, weight=0.5)


def test_complex_numbers(loss):
    """Complex tensors have no order and no sigmoid."""
    for name, tensors in (("inputs", (Z.cfloat(), Y)), ("targets", (Z, Y.cfloat()))):
        message = f"{name} must hold real numbers; got torch.complex64. Hint: {name}.real, or {name}.abs()."
        with refuses(TypeError, message):
            loss(*tensors)


SMOOTH_HINT = "Hint: 1 is the usual choice, 0 gives the plain coefficient."


@pytest.mark.parametrize("smooth", [-1, -1e-9, math.nan, math.inf])
def test_bad_smooth(region_loss, smooth):
    """Smooth is a number of pixels."""
    with refuses(ValueError, f"smooth must be a finite number, at least 0; got {smooth}. {SMOOTH_HINT}"):
        region_loss(Z, Y, smooth)


@pytest.mark.parametrize("alpha", [-0.1, 1.5, math.nan])
def test_bad_alpha(alpha):
    """Alpha is the foreground's share of 1."""
    hint = "Hint: the weight of the foreground; None weighs both classes 1."
    with refuses(ValueError, f"alpha must be a number in [0, 1]; got {alpha}. {hint}"):
        focal_loss(Z, Y, alpha)


@pytest.mark.parametrize("gamma", [-1, math.nan, math.inf])
def test_bad_gamma(gamma):
    """Gamma is an exponent that makes pixels quieter, never louder."""
    hint = "Hint: 0 is cross entropy, 2 is the usual choice."
    with refuses(ValueError, f"gamma must be a finite number, at least 0; got {gamma}. {hint}"):
        focal_loss(Z, Y, gamma=gamma)


def test_settings_that_are_no_numbers(region_loss):
    """A word or a tensor is no setting."""
    with refuses(TypeError, f"smooth must be a finite number, at least 0; got str. {SMOOTH_HINT}"):
        region_loss(Z, Y, "1")
    with pytest.raises(TypeError, match=r"^alpha must be a number in \[0, 1\]; got list"):
        focal_loss(Z, Y, [0.25])
    with pytest.raises(TypeError, match=r"^gamma must be a finite number, at least 0; got NoneType"):
        focal_loss(Z, Y, gamma=None)


def test_unknown_reduction(pixel_loss):
    """Only PyTorch's own three words."""
    hint = "Hint: for one value per image take 'none', then .mean((1, 2, 3))."
    with refuses(ValueError, f"reduction must be 'mean', 'sum' or 'none'; got 'batchmean'. {hint}"):
        pixel_loss(Z, Y, reduction="batchmean")


DIM_HINT = "Hint: None pools the whole batch, (1, 2, 3) gives one loss per image of (N, C, H, W)."


@pytest.mark.parametrize("dim", [4, (1, 4), (-5,), (), (1.0, 2)], ids=str)
def test_no_such_axis(region_loss, dim):
    """An axis that is not there, or no axis at all."""
    with refuses(ValueError, f"dim must name axes from -4 to 3; got {dim!r}. {DIM_HINT}"):
        region_loss(Z, Y, dim=dim)


@pytest.mark.parametrize("dim", [1.5, True, "abc", "", [True, 2], {}], ids=str)
def test_what_names_no_axis(region_loss, dim):
    """A fraction, a truth value or a word is no axis; a module says so before the first batch."""
    with refuses(ValueError, f"dim must name axes from -4 to 3; got {dim!r}. {DIM_HINT}"):
        region_loss(Z, Y, dim=dim)
    for module in (seglosses.DiceLoss, seglosses.IoULoss, seglosses.BCEDiceLoss):
        with refuses(ValueError, f"dim must be None, an axis or axes; got {dim!r}. {DIM_HINT}"):
            module(dim=dim)


class Items(Sequence):
    """The list type of a configuration library."""

    def __init__(self, *items):
        self.items = items

    def __getitem__(self, place):
        return self.items[place]

    def __len__(self):
        return len(self.items)


ALIKE = [(1, 2, 3), [1, 2, 3], range(1, 4), np.arange(1, 4), torch.arange(1, 4), Items(1, 2, 3), {1, 2, 3}]


@pytest.mark.parametrize("dim", ALIKE, ids=lambda dim: type(dim).__name__)
def test_axes_of_any_kind(region_loss, dim):
    """Whatever lists whole numbers names axes; a module holds them as plain numbers."""
    z, y = torch.randn(2, 1, 4, 6), Y
    assert torch.equal(region_loss(z, y, dim=dim), region_loss(z, y, dim=(1, 2, 3)))
    module = seglosses.DiceLoss(dim=dim)
    assert module.dim == (1, 2, 3)
    assert repr(module) == "DiceLoss(smooth=1.0, dim=(1, 2, 3))"
    assert seglosses.DiceLoss(dim=np.int64(1)).dim == 1


NUMBERS = [np.float32(0.25), np.float64(0.25), np.float16(0.25), Fraction(1, 4)]


@pytest.mark.parametrize("quarter", NUMBERS, ids=lambda number: type(number).__name__)
def test_numbers_of_any_kind(quarter):
    """What is a real number is a setting: of numpy, and fractions."""
    z = torch.randn(2, 1, 4, 6)
    assert torch.equal(focal_loss(z, Y, quarter, quarter), focal_loss(z, Y, 0.25, 0.25))
    assert torch.equal(dice_loss(z, Y, quarter), dice_loss(z, Y, 0.25))
    assert torch.equal(bce_loss(z, Y, pos_weight=quarter), bce_loss(z, Y, pos_weight=0.25))
    assert repr(seglosses.FocalLoss(quarter)) == "FocalLoss(alpha=0.25, gamma=2.0, reduction='mean')"
    assert torch.equal(dice_loss(z, Y, np.int64(2)), dice_loss(z, Y, 2))


def test_what_float32_cannot_hold():
    """Finite in Python and infinite in float32 is refused; so is a truth value."""
    message = f"smooth must be a number that float32 can hold; got 1e+39. {SMOOTH_HINT}"
    with refuses(ValueError, message):
        dice_loss(Z, Y, 1e39)
    with refuses(ValueError, message):
        seglosses.IoULoss(1e39)
    with pytest.raises(ValueError, match=r"^gamma must be a number that float32 can hold; got 10{40}\."):
        focal_loss(Z, Y, gamma=10**40)
    with pytest.raises(TypeError, match=r"^smooth must be a finite number, at least 0; got bool\."):
        dice_loss(Z, Y, True)


def test_axis_named_twice(region_loss):
    """Axis 3 is also axis -1."""
    with refuses(ValueError, f"dim must name each axis once; got (3, -1). {DIM_HINT}"):
        region_loss(Z, Y, dim=(3, -1))


def test_no_process_group(loss):
    """A group is a ProcessGroup, not its name."""
    hint = "Hint: torch.distributed.group.WORLD, once init_process_group has run."
    with refuses(TypeError, f"group must be None or a ProcessGroup; got str. {hint}"):
        loss(Z, Y, group="world")


def test_a_group_with_nothing_to_share(region_loss):
    """A loss per pixel or per image has no sum that other processes could add to."""
    alone = dist.ProcessGroup(0, 1)
    with pytest.raises(
        ValueError, match=r"^dim must pool axis 0, the batch, when there is a group; got \(1, 2, 3\)"
    ):
        region_loss(Z, Y, dim=(1, 2, 3), group=alone)
    with pytest.raises(ValueError, match=r"^group must be None with reduction 'none'; got ProcessGroup"):
        bce_loss(Z, Y, reduction="none", group=alone)


def test_modules_refuse_bad_settings_before_the_first_batch():
    """A wrong setting in a configuration file fails where the module is made."""
    for module in (seglosses.DiceLoss, seglosses.IoULoss, seglosses.BCEDiceLoss):
        with pytest.raises(ValueError, match=r"^smooth must be"):
            module(smooth=-1)
        with pytest.raises(TypeError, match=r"^group must be"):
            module(group="world")
    with pytest.raises(ValueError, match=r"^alpha must be"):
        seglosses.FocalLoss(alpha=25)
    with pytest.raises(ValueError, match=r"^gamma must be"):
        seglosses.FocalLoss(gamma=-2)
    for module in (seglosses.BCELoss, seglosses.FocalLoss):
        with pytest.raises(ValueError, match=r"^reduction must be"):
            module(reduction="average")


def test_the_first_complaint_is_about_the_tensors_as_they_came():
    """BCE-Dice and the others complain alike, and in the words of the caller."""
    for loss in (dice_loss, iou_loss, bce_dice_loss):
        with pytest.raises(ValueError, match="got values from 0 to 255"):
            loss(Z, torch.full_like(Y, 255, dtype=torch.uint8).index_fill(3, torch.tensor(0), 0))
