"""A loss of each pixel with its slope beside it, computed together and a block of pixels at a time.

Left to itself, autograd keeps every intermediate of a formula and walks back through all of them: for focal
loss that is 13 tensors of the size of the logits. With the slope in closed form, loss and slope are all that
is kept, and what a block needs on its way never leaves the processor's cache.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from torch import Tensor

# Loss and slope dL/dz of each pixel from its logit z and its label y. The loss is a mixture: linear in y.
Formula: TypeAlias = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]

BLOCK = 2**17  # pixels; half a megabyte of float32


def pixelwise(formula: Formula, z: Tensor, y: Tensor) -> Tensor:
    """Loss of each pixel; its derivatives of any order come from the slope that ``formula`` gives."""
    function = Pixelwise if torch.compiler.is_compiling() else TransformablePixelwise
    loss, _ = function.apply(formula, z, y)  # type: ignore[no-untyped-call]
    return loss  # type: ignore[no-any-return]


def by_blocks(formula: Formula, z: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Apply ``formula`` block by block; on other devices, and for torch.compile to fuse, at once."""
    if z.device.type != "cpu" or torch.compiler.is_compiling():
        return formula(z, y)
    loss, slope = (torch.empty_like(z, memory_format=torch.contiguous_format) for _ in range(2))
    blocks = [torch.split(whole.reshape(-1), BLOCK) for whole in (z, y, loss, slope)]
    for z_block, y_block, *results in zip(*blocks, strict=True):
        for place, result in zip(results, formula(z_block, y_block), strict=True):
            place.copy_(result)
    return loss, slope


class Pixelwise(torch.autograd.Function):
    """``formula`` with derivatives: by the logits from its slope, by the labels from its linearity."""

    @staticmethod
    def forward(formula: Formula, z: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Loss and slope of each pixel."""
        return by_blocks(formula, z, y)

    @staticmethod
    def setup_context(
        ctx: Any, inputs: tuple[Formula, Tensor, Tensor], output: tuple[Tensor, Tensor]
    ) -> None:
        """Keep what the derivatives need."""
        ctx.formula, z, y = inputs
        _, slope = output
        ctx.mark_non_differentiable(slope)
        ctx.save_for_backward(z, y, slope)
        ctx.save_for_forward(z, y, slope)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor, Tensor | None]:
        """Chain rule, from the loss back to logits and labels."""
        by_z, by_y = derivatives(ctx)
        return None, gradients[0] * by_z, gradients[0] * by_y() if ctx.needs_input_grad[2] else None


class TransformablePixelwise(Pixelwise):
    """The same for ``torch.func``: what ``torch.compile`` neither needs nor takes."""

    @staticmethod
    def jvp(ctx: Any, _: None, dz: Tensor | None, dy: Tensor | None) -> tuple[Tensor, None]:
        """Chain rule, from logits and labels on to the loss."""
        by_z, by_y = derivatives(ctx)
        moves = ([] if dz is None else [dz * by_z]) + ([] if dy is None else [dy * by_y()])
        return torch.stack(moves).sum(0), None

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], formula: Formula, z: Tensor, y: Tensor) -> Any:
        """A batch is only more pixels."""
        z, y = (
            whole.expand(info.batch_size, *whole.shape) if at is None else whole.movedim(at, 0)
            for whole, at in zip((z, y), in_dims[1:], strict=True)
        )
        return TransformablePixelwise.apply(formula, z, y), (0, 0)  # type: ignore[no-untyped-call]


def derivatives(ctx: Any) -> tuple[Tensor, Callable[[], Tensor]]:
    """dL/dz, and dL/dy for those who ask."""
    z, y, slope = ctx.saved_tensors
    if torch.is_grad_enabled():  # these may be differentiated once more, so they follow from z again
        slope = ctx.formula(z, y)[1]
    return slope, lambda: ctx.formula(z, torch.ones_like(y))[0] - ctx.formula(z, torch.zeros_like(y))[0]
