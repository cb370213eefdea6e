"""A batch, what it holds as numbers, and what the loss makes of it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

Loss = Callable[[Tensor, Tensor], Any]


class Batch:
    """Both tensors, what they hold as float64 on the CPU, and what the loss makes of them."""

    def __init__(self, model_output: Tensor, target: Tensor, loss: Loss | None) -> None:
        self.output, self.target, self.loss = model_output, target, loss
        self.z, self.y = _numbers(model_output), _numbers(target)

    @cached_property
    def described(self) -> str:
        both = (("model_output", self.output, self.z), ("target", self.target, self.y))
        return "; ".join(
            f"{name} {shape(given)} {str(given.dtype).removeprefix('torch.')}{span(numbers)}"
            for name, given, numbers in both
        )

    @cached_property
    def finite(self) -> Tensor:
        """The finite logits, in one row."""
        return self.z[self.z.isfinite()]

    @cached_property
    def values(self) -> list[float]:
        """The different values of the target in their order, at most 1000 of them."""
        found = torch.unique(self.y[self.y.isfinite()])
        some = torch.linspace(0, len(found) - 1, min(len(found), 1000)).long()  # both ends among them
        return [float(value) for value in found[some]]

    @cached_property
    def is_mask(self) -> bool:
        """Whether the target is a mask in [0, 1], pixel by pixel that of the output."""
        return self.z.shape == self.y.shape and bool(((self.y >= 0) & (self.y <= 1)).all())

    @cached_property
    def labels(self) -> bool:
        """Whether the target holds class indices, one axis fewer than the output, or an axis of one."""
        s, t = self.z.shape, self.y.shape
        if len(s) < 3 or s[1] < 2 or not whole(self.y):
            return False
        return t == s[:1] + s[2:] or t == (*s[:1], 1, *s[2:])

    def value(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The loss of ``z``, as a tensor."""
        assert self.loss is not None
        with torch.enable_grad():
            return torch.as_tensor(self.loss(z, self.target if y is None else y))

    @cached_property
    def result(self) -> tuple[Tensor, Tensor] | Exception:
        """The loss of this batch and the logits that it was given, or its error."""
        z = self.output.detach().clone()
        z = z.requires_grad_() if z.is_floating_point() else z
        try:
            return z, self.value(z)
        except Exception as error:  # whatever the reader's function raises is a finding
            return error

    @cached_property
    def takes_probabilities(self) -> bool:
        """Whether the loss calls the mask itself perfect, as one of probabilities does."""
        if self.loss is None or not self.is_mask or not whole(self.y) or not self.output.is_floating_point():
            return False
        mask = self.target.to(self.output)
        try:
            perfect, worst = (self.value(p).double().mean().item() for p in (mask, 1 - mask))
        except Exception:
            return False
        if not abs(perfect) < 1e-2 < abs(worst):
            return False
        try:  # a loss that cuts at 0.5 itself likes both
            return abs(self.value(40 * mask - 20).double().mean().item()) >= 1e-2
        except Exception:
            return True

    @cached_property
    def ranking(self) -> list[tuple[Tensor, Tensor, float]]:
        """The logits of object and background, and the share of pairs in order, for each channel."""
        if not self.is_mask:
            return []
        z, y = (tensor.movedim(1, 0) if tensor.ndim > 2 else tensor[None] for tensor in (self.z, self.y))
        parts = [(a[b > 0.5], a[b <= 0.5]) for a, b in zip(z, y, strict=True)]
        return [
            (inside, outside, _auc(inside, outside))
            for inside, outside in parts
            if len(inside) and len(outside)
        ]


def shape(tensor: Tensor) -> str:
    """The shape as it is printed; a nested tensor has none."""
    return "nested" if tensor.is_nested else str(tuple(tensor.shape))


def _numbers(tensor: Tensor) -> Tensor:
    """What a tensor holds, as float64 on the CPU; nothing where it cannot be read."""
    if tensor.is_nested or tensor.is_complex():
        return torch.empty(0, dtype=torch.float64)
    try:
        tensor = tensor.detach()
        tensor = tensor.dequantize() if tensor.is_quantized else tensor
        tensor = tensor.to_dense() if tensor.layout != torch.strided else tensor
        return tensor.cpu().to(torch.float64)
    except (RuntimeError, NotImplementedError):
        return torch.empty(0, dtype=torch.float64)


def span(numbers: Tensor) -> str:
    finite = numbers[numbers.isfinite()]
    return f", {finite.min():.4g} to {finite.max():.4g}" if finite.numel() else ""


def whole(numbers: Tensor) -> bool:
    return bool((numbers == numbers.round()).all())


def _auc(inside: Tensor, outside: Tensor) -> float:
    """The share of pairs in which the first is the larger; ties count half."""
    ordered = outside.sort().values
    below, upto = torch.searchsorted(ordered, inside), torch.searchsorted(ordered, inside, right=True)
    return ((below + upto).double().mean() / (2 * len(outside))).item()


def share(condition: Tensor) -> float:
    return condition.double().mean().item()
