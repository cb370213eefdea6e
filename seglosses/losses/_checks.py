"""The checks of what a loss is given. Each error says what must be, what came, and what to do."""

import math
import operator
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor

from seglosses.losses._group import Group, check_group
from seglosses.losses._sums import Axes, has_values

Dim: TypeAlias = int | Iterable[int] | None
Reduction: TypeAlias = Literal["mean", "sum", "none"]

ROUNDING = 1e-5  # how far a resize or a mean may leave a label outside of [0, 1]


# --- tensors ----------------------------------------------------------------------------------------------


def checked(
    inputs: Tensor, targets: Tensor, weight: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Check logits, mask and weight; return them in one shape, and the mask in [0, 1]."""
    check_tensor("inputs", inputs)
    if not inputs.is_floating_point():
        hint = "Hint: pass the model's output before any sigmoid or threshold; a mask is no prediction."
        raise TypeError(f"inputs must be logits, a float tensor; got {inputs.dtype}. {hint}")
    check_tensor("targets", targets)
    if targets.shape != inputs.shape:
        raise ValueError(
            f"targets must have the shape of inputs, {tuple(inputs.shape)}; got {tuple(targets.shape)}. "
            f"Hint: {shape_hint('targets', targets.shape, inputs.shape)}."
        )
    # Under torch.compile the number of pixels may not be known yet.
    if not torch.compiler.is_compiling() and isinstance(inputs.numel(), int) and inputs.numel() == 0:
        hint = "Hint: skip empty batches; a loss over no pixel has no value."
        raise ValueError(f"inputs must hold at least one pixel; got shape {tuple(inputs.shape)}. {hint}")
    if weight is not None:
        hint = "0 removes a pixel, 1 keeps it, more makes it count more"
        expanded = broadcast("weight", weight, inputs)
        in_range("weight", weight, math.inf, hint)
        weight = expanded
    hint = "a 0/255 mask is targets / 255; label 255 for 'ignore' is weight=0"
    targets = in_range("targets", targets, 1.0, hint, weight)
    return inputs, targets, weight


def check_tensor(name: str, tensor: Any) -> None:
    """Raise for what is no tensor of real numbers."""
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"{name} must be a torch.Tensor; got {type(tensor).__name__}. Hint: torch.as_tensor({name})."
        )
    if tensor.is_complex():
        hint = f"Hint: {name}.real, or {name}.abs()."
        raise TypeError(f"{name} must hold real numbers; got {tensor.dtype}. {hint}")


def check_pos_weight(pos_weight: Tensor | float | None) -> Tensor | float | None:
    """Raise where ``pos_weight`` is no weight of the foreground."""
    hint = "1 changes nothing; background pixels over foreground pixels makes both classes weigh the same"
    if isinstance(pos_weight, Tensor):
        return in_range("pos_weight", pos_weight, math.inf, hint)
    return pos_weight if pos_weight is None else check_number("pos_weight", pos_weight, math.inf, hint)


def checked_pos_weight(pos_weight: Tensor | float | None, inputs: Tensor) -> tuple[Tensor, ...]:
    """The weight of the foreground in the shape of ``inputs``, or nothing."""
    pos_weight = check_pos_weight(pos_weight)
    if pos_weight is None:
        return ()
    if not isinstance(pos_weight, Tensor):
        dtype = torch.float64 if inputs.dtype == torch.float64 else torch.float32
        pos_weight = torch.full((), pos_weight, dtype=dtype, device=inputs.device)
    return (broadcast("pos_weight", pos_weight, inputs),)


def broadcast(name: str, tensor: Tensor, inputs: Tensor) -> Tensor:
    """Give ``tensor`` the shape of ``inputs``, as torch broadcasts: axes of length 1 are repeated."""
    check_tensor(name, tensor)
    lengths = zip(reversed(tensor.shape), reversed(inputs.shape), strict=False)
    if tensor.ndim > inputs.ndim or any(own not in (1, length) for own, length in lengths):
        expected, came = tuple(inputs.shape), tuple(tensor.shape)
        raise ValueError(
            f"{name} must broadcast to the shape of inputs, {expected}; got {came}. "
            f"Hint: {shape_hint(name, came, expected)}."
        )
    return tensor.expand(inputs.shape)


def shape_hint(name: str, shape: Sequence[int], expected: Sequence[int]) -> str:
    """Say what most likely went wrong between a (N, 1, H, W) output and its mask."""
    shape, expected = tuple(shape), tuple(expected)
    without_channel = expected[:1] + expected[2:]
    if len(expected) > 1 and shape == expected[1:2]:
        return f"one value per channel is {name}.view(1, -1{', 1' * (len(expected) - 2)})"
    if shape == without_channel and expected[1:2] == (1,):
        return f"add the channel axis with {name}.unsqueeze(1)"
    if shape == without_channel:
        one_hot = f"torch.nn.functional.one_hot({name}, {expected[1]}).movedim(-1, 1)"
        pooled = tuple(axis for axis in range(len(expected)) if axis != 1)
        return (
            f"class indices become one mask per channel with {one_hot}. That is a sigmoid per channel, and "
            f"dim={pooled} gives one loss per channel; for a softmax over the channels see 'Several classes' "
            "on the API page"
        )
    if shape[:1] + shape[2:] == expected and shape[1] == 1:
        return f"drop the channel axis with {name}.squeeze(1)"
    if len(shape) > 2 and shape[:1] + shape[-1:] + shape[1:-1] == expected:
        return f"move the channels forward with {name}.movedim(-1, 1)"
    if math.prod(shape) == math.prod(expected):
        return f"as many pixels, in another order: check the axes before {name}.reshape(inputs.shape)"
    return f"crop or resize {name} (nearest neighbour keeps a mask a mask), or {name}.expand_as(inputs)"


def in_range(name: str, values: Tensor, high: float, hint: str, weight: Tensor | None = None) -> Tensor:
    """Raise where values that count leave [0, ``high``] or are not finite; take a rounding back."""
    check_tensor(name, values)
    found = extremes(name, values)
    if found is not None and weight is not None and not inside(found, high):
        found = extremes(name, values.masked_fill(weight == 0, 0))
    if found is None or inside(found, high):
        return values
    if inside(found, high, ROUNDING if high == 1 else 0):
        return values.clamp(0, high)
    expected = "lie in [0, 1]" if high == 1 else "be finite and at least 0"
    raise ValueError(f"{name} must {expected}; got values from {found[0]} to {found[1]}. Hint: {hint}.")


def inside(extremes: tuple[float, float], high: float, rounding: float = 0) -> bool:
    """Whether both lie in [0, ``high``] and are finite; written so that NaN does not."""
    lowest, highest = extremes
    return lowest >= -rounding and highest <= high + rounding and math.isfinite(highest)


NATIVE = {torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64}
NATIVE |= {torch.float16, torch.bfloat16, torch.float32, torch.float64}


def extremes(name: str, values: Tensor) -> tuple[float, float] | None:
    """The smallest and the largest value; None where reading them would stall or cannot be done.

    That is on a GPU, under ``torch.compile``, in tensors without values, and inside ``torch.func.vmap``.
    """
    if values.dtype == torch.bool or not has_values(values):
        return None
    values = values.detach()
    if values.dtype not in NATIVE:
        values = as_floats(name, values)
    lowest, highest = torch.aminmax(values)
    try:
        return lowest.item(), highest.item()
    except RuntimeError:
        return None


def as_floats(name: str, values: Tensor) -> Tensor:
    """Convert a type that torch cannot compare, such as uint16 and float8."""
    try:
        return values.float()
    except RuntimeError as error:
        hint = f"Hint: {name}.dequantize(), or make it torch.uint8."
        raise TypeError(
            f"{name} must be of a type that becomes float32; got {values.dtype}. {hint}"
        ) from error


# --- settings ---------------------------------------------------------------------------------------------


def check_number(name: str, value: Any, high: float, hint: str) -> float:
    """Raise where a setting is no finite number in [0, ``high``]; return it as a plain number."""
    expected = f"a number in [0, {high:g}]" if math.isfinite(high) else "a finite number, at least 0"
    if isinstance(value, bool) or not isinstance(value, int | float | Real):
        raise TypeError(f"{name} must be {expected}; got {type(value).__name__}. Hint: {hint}.")
    # Numpy's numbers and fractions become plain ones, by which a tensor can be multiplied.
    number: float = value if type(value) in (int, float) else float(value)  # type: ignore[assignment]
    if not 0 <= number <= high or number == math.inf:
        raise ValueError(f"{name} must be {expected}; got {value}. Hint: {hint}.")
    if number > torch.finfo(torch.float32).max:
        raise ValueError(f"{name} must be a number that float32 can hold; got {value}. Hint: {hint}.")
    return number


def check_smooth(smooth: float) -> float:
    """Raise where ``smooth`` is no number of pixels."""
    return check_number("smooth", smooth, math.inf, "1 is the usual choice, 0 gives the plain coefficient")


def check_reduction(reduction: str, group: Group) -> Axes:
    """Raise for a word that PyTorch does not use, and for a group that would have nothing to share.

    Returns the axes that are added up.
    """
    if reduction not in ("mean", "sum", "none"):
        hint = "Hint: for one value per image take 'none', then .mean((1, 2, 3))."
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none'; got {reduction!r}. {hint}")
    check_group(group)
    if group is not None and reduction == "none":
        hint = "Hint: leave group out; a loss per pixel shares no sum with other processes."
        raise ValueError(f"group must be None with reduction 'none'; got {type(group).__name__}. {hint}")
    return () if reduction == "none" else None


POOLING = "Hint: None pools the whole batch, (1, 2, 3) gives one loss per image of (N, C, H, W)."


def check_dim(dim: Dim, ndim: int | None = None) -> int | tuple[int, ...] | None:
    """Raise where ``dim`` cannot name axes, of a tensor of ``ndim`` or of any; return plain numbers."""
    if dim is None:
        return None
    axes = tuple(dim) if isinstance(dim, Iterable) and not isinstance(dim, str) else (dim,)
    whole = all(hasattr(axis, "__index__") and not isinstance(axis, bool) for axis in axes)
    numbers = tuple(operator.index(axis) for axis in axes) if whole else ()
    if not numbers or (ndim is not None and not all(-ndim <= axis < ndim for axis in numbers)):
        which = "be None, an axis or axes" if ndim is None else f"name axes from {-ndim} to {ndim - 1}"
        raise ValueError(f"dim must {which}; got {dim!r}. {POOLING}")
    if len({axis % (ndim or math.inf) for axis in numbers}) < len(numbers):
        raise ValueError(f"dim must name each axis once; got {dim!r}. {POOLING}")
    return numbers if isinstance(dim, Iterable) else numbers[0]


def pooled_axes(dim: Dim, ndim: int, group: Group) -> Axes:
    """The axes that ``dim`` names in a tensor of ``ndim``; raise where they part the batch of a group."""
    check_group(group)
    named = check_dim(dim, ndim)
    axes = (named,) if isinstance(named, int) else named
    if group is not None and axes is not None and 0 not in (axis % ndim for axis in axes):
        hint = "Hint: leave group out; images that are not pooled share no sum with other processes."
        raise ValueError(f"dim must pool axis 0, the batch, when there is a group; got {dim!r}. {hint}")
    return axes
