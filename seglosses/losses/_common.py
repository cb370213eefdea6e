"""What the five losses share: the checks of their arguments, and the sums over a region of pixels."""

import math
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import torch
import torch.distributed as dist
from torch import Tensor

Dim: TypeAlias = int | list[int] | tuple[int, ...] | None
Reduction: TypeAlias = Literal["mean", "sum", "none"]
Group: TypeAlias = "dist.ProcessGroup | None"


# --- sums -------------------------------------------------------------------------------------------------


def region_sums(
    p: Tensor,
    y: Tensor,
    weight: Tensor | None,
    dim: Dim,
    group: Group,
) -> Sequence[Tensor]:
    """Sum p y, p and y over the axes ``dim`` and the processes of ``group``."""
    wp, wy = (p, y) if weight is None else (weight * p, weight * y)
    # In this order the two gradients of p add up in place on the way back,
    # which saves a sixth of the time of Dice.
    predicted, actual, overlap = wp.sum(dim), wy.sum(dim), (wp * y).sum(dim)
    return across((overlap, predicted, actual), group)


def region_mean(values: Tensor, weight: Tensor | None, dim: Dim, group: Group) -> Tensor:
    """Average over the axes ``dim`` and the processes of ``group``; 0 where every pixel has weight 0."""
    if weight is None and group is None:
        total = values.sum(dim)  # a sum's gradient is one number, a mean's a tensor of its own
        return total / (values.numel() / total.numel())
    counts = torch.ones_like(values) if weight is None else weight
    total, count = across(((counts * values).sum(dim), counts.sum(dim)), group)
    return ratio(total, count, empty=0)


def reduce(values: Tensor, weight: Tensor | None, reduction: Reduction, group: Group) -> Tensor:
    """Turn one loss per pixel into what ``reduction`` asks for."""
    if reduction == "mean":
        return region_mean(values, weight, None, group)
    weighted = values if weight is None else weight * values
    return weighted if reduction == "none" else across((weighted.sum(),), group)[0]


def across(sums: tuple[Tensor, ...], group: Group) -> Sequence[Tensor]:
    """Add up each sum over the processes of ``group``."""
    if group is None:
        return sums
    totals: Sequence[Tensor] = AllReduce.apply(torch.stack(sums), group)  # type: ignore[no-untyped-call]
    return totals


def ratio(numerator: Tensor, denominator: Tensor, empty: float) -> Tensor:
    """Divide two non-negative sums; ``empty`` where both are zero, with gradient zero."""
    # Only 0/0 is replaced: a guard that asks whether the denominator is positive would also catch NaN
    # and report it as ``empty``. The clamp keeps 1/denominator finite when a sum underflows.
    both_zero = numerator + denominator == 0
    quotient = numerator / denominator.clamp(min=torch.finfo(denominator.dtype).tiny)
    return torch.where(both_zero, empty, quotient)


class AllReduce(torch.autograd.Function):
    """The sum over the processes of a group, differentiable.

    Every process holds the same loss afterwards, so a sum moves all of their losses: its gradient is the sum
    of their gradients. DistributedDataParallel then divides by the number of processes, which leaves
    exactly the gradient of one loss.
    """

    @staticmethod
    def forward(ctx: Any, sums: Tensor, group: "dist.ProcessGroup") -> Tensor:
        """Add up ``sums`` over the processes."""
        ctx.group = group
        total = sums.clone()
        dist.all_reduce(total, group=group)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Add up the gradients over the processes."""
        return AllReduce.apply(gradients[0], ctx.group), None  # type: ignore[no-untyped-call]


# --- checks -----------------------------------------------------------------------------------------------


def checked(
    inputs: Tensor, targets: Tensor, weight: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Check the three tensors and return them as floats of one type, float32 at least.

    Half precision ends here: 4096 x 4096 pixels do not sum in float16, whose largest number is 65504.
    """
    check_tensors(inputs, targets, weight)
    hint = "a 0/255 mask is targets / 255; label 255 for 'ignore' is weight=0"
    check_range("targets", targets, 1.0, hint)
    dtype = torch.promote_types(inputs.dtype, torch.float32)
    if weight is not None:
        hint = "0 removes a pixel, 1 keeps it, more makes it count more"
        check_range("weight", weight, math.inf, hint)
        weight = weight.to(dtype)
    return inputs.to(dtype), targets.to(dtype), weight


def check_tensors(inputs: Tensor, targets: Tensor, weight: Tensor | None) -> None:
    """Raise where the tensors cannot be logits, a mask and its weight of one shape."""
    named = {"inputs": inputs, "targets": targets} | ({} if weight is None else {"weight": weight})
    for name, tensor in named.items():
        if not isinstance(tensor, Tensor):
            hint = f"Hint: torch.as_tensor({name})."
            raise TypeError(f"{name} must be a torch.Tensor; got {type(tensor).__name__}. {hint}")
        if tensor.is_complex():
            hint = f"Hint: {name}.real, or {name}.abs()."
            raise TypeError(f"{name} must hold real numbers; got {tensor.dtype}. {hint}")
        if tensor.shape != inputs.shape:
            raise ValueError(
                f"{name} must have the shape of inputs, {tuple(inputs.shape)}; got {tuple(tensor.shape)}. "
                f"Hint: {shape_hint(name, tensor.shape, inputs.shape)}."
            )
    if not inputs.is_floating_point():
        hint = "Hint: pass the model's output before any sigmoid or threshold; a mask is no prediction."
        raise TypeError(f"inputs must be logits, a float tensor; got {inputs.dtype}. {hint}")
    if inputs.numel() == 0:
        hint = "Hint: skip empty batches; a loss over no pixel has no value."
        raise ValueError(f"inputs must hold at least one pixel; got shape {tuple(inputs.shape)}. {hint}")


def shape_hint(name: str, shape: Sequence[int], expected: Sequence[int]) -> str:
    """Say what most likely went wrong between a (N, 1, H, W) output and its mask."""
    shape, expected = tuple(shape), tuple(expected)
    without_channel = expected[:1] + expected[2:]
    if shape == without_channel and expected[1:2] == (1,):
        return f"add the channel axis with {name}.unsqueeze(1)"
    if shape == without_channel:
        one_hot = f"torch.nn.functional.one_hot({name}, {expected[1]}).movedim(-1, 1)"
        return f"give every channel its own mask; class indices become masks with {one_hot}"
    if shape[:1] + shape[2:] == expected and shape[1] == 1:
        return f"drop the channel axis with {name}.squeeze(1)"
    if len(shape) > 2 and shape[:1] + shape[-1:] + shape[1:-1] == expected:
        return f"move the channels forward with {name}.movedim(-1, 1)"
    if math.prod(shape) == math.prod(expected):
        return f"as many pixels, in another order: check the axes before {name}.reshape(inputs.shape)"
    return f"crop or resize {name} (nearest neighbour keeps a mask a mask), or {name}.expand_as(inputs)"


def check_range(name: str, values: Tensor, high: float, hint: str) -> None:
    """Raise where ``values`` leave [0, ``high``] or are not finite.

    Left out where reading a value would stall or cannot be done: on a GPU, under ``torch.compile`` and
    inside ``torch.func.vmap``.
    """
    if values.dtype == torch.bool or values.device.type != "cpu" or torch.compiler.is_compiling():
        return
    try:
        values = values.detach()
        lowest, highest = values.amin().item(), values.amax().item()  # both are faster than one aminmax
    except RuntimeError:  # under vmap a tensor stands for many and has no one value
        return
    if not (lowest >= 0 and highest <= high and math.isfinite(highest)):  # written so that NaN is caught
        expected = "lie in [0, 1]" if high == 1 else "be finite and at least 0"
        raise ValueError(f"{name} must {expected}; got values from {lowest} to {highest}. Hint: {hint}.")


def check_number(name: str, value: float, high: float, hint: str) -> None:
    """Raise where a setting is no finite number in [0, ``high``]."""
    expected = f"a number in [0, {high:g}]" if math.isfinite(high) else "a finite number, at least 0"
    if not isinstance(value, int | float):
        raise TypeError(f"{name} must be {expected}; got {type(value).__name__}. Hint: {hint}.")
    if not (0 <= value <= high and math.isfinite(value)):
        raise ValueError(f"{name} must be {expected}; got {value}. Hint: {hint}.")


def check_smooth(smooth: float) -> None:
    """Raise where ``smooth`` is no number of pixels."""
    check_number("smooth", smooth, math.inf, "1 is the usual choice, 0 gives the plain coefficient")


def check_reduction(reduction: str, group: Group) -> None:
    """Raise for a word that PyTorch does not use, and for a group that would have nothing to share."""
    if reduction not in ("mean", "sum", "none"):
        hint = "Hint: for one value per image take 'none', then .mean((1, 2, 3))."
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none'; got {reduction!r}. {hint}")
    check_group(group)
    if group is not None and reduction == "none":
        hint = "Hint: leave group out; a loss per pixel shares no sum with other processes."
        raise ValueError(f"group must be None with reduction 'none'; got {type(group).__name__}. {hint}")


def check_dim(dim: Dim, ndim: int, group: Group) -> None:
    """Raise where ``dim`` names no axis, a missing one or one twice, or parts a batch that a group shares."""
    check_group(group)
    if dim is None:
        return
    axes = (dim,) if isinstance(dim, int) else tuple(dim)
    hint = "Hint: None pools the whole batch, (1, 2, 3) gives one loss per image of (N, C, H, W)."
    if not axes or not all(isinstance(axis, int) and -ndim <= axis < ndim for axis in axes):
        raise ValueError(f"dim must name axes from {-ndim} to {ndim - 1}; got {dim!r}. {hint}")
    pooled = {axis % ndim for axis in axes}
    if len(pooled) < len(axes):
        raise ValueError(f"dim must name each axis once; got {dim!r}. {hint}")
    if group is not None and 0 not in pooled:
        hint = "Hint: leave group out; images that are not pooled share no sum with other processes."
        raise ValueError(f"dim must pool axis 0, the batch, when there is a group; got {dim!r}. {hint}")


def check_group(group: Group) -> None:
    """Raise where ``group`` is no process group."""
    if group is not None and not isinstance(group, dist.ProcessGroup):
        hint = "Hint: torch.distributed.group.WORLD, once init_process_group has run."
        raise TypeError(f"group must be None or a ProcessGroup; got {type(group).__name__}. {hint}")
