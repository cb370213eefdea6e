"""What the chapter on numbers that break measures: sums in a small type, and what a loss stores."""

from collections.abc import Callable

import torch
from torch import Tensor


def plain_dice_loss(
    inputs: Tensor,
    targets: Tensor,
    smooth: float = 1.0,
) -> Tensor:
    """Give the Dice loss as one would write it down, every sum in the type of the arguments.

    For the chapter on numbers that break; train with :func:`seglosses.dice_loss`.

    Args:
        inputs: logits, of any shape and float type.
        targets: y in [0, 1], the shape of ``inputs``.
        smooth: added above and below the bar, in pixels.
    """
    p = torch.sigmoid(inputs)
    overlap = (p * targets).sum()
    sizes = p.sum() + targets.sum()
    return 1 - (2 * overlap + smooth) / (sizes + smooth)


def kept_for_backward(loss: Callable[[Tensor, Tensor], Tensor], inputs: Tensor, targets: Tensor) -> float:
    """Measure what a loss stores between its forward and its backward pass, in sizes of the logits.

    The logits and the targets themselves do not count, and a tensor that is stored twice counts once.

    Args:
        loss: a function of logits and targets.
        inputs: logits, of any shape and float type.
        targets: y in [0, 1], the shape of ``inputs``.
    """
    z, kept = inputs.detach().requires_grad_(), {}

    def keep(tensor: Tensor) -> Tensor:
        kept[tensor.data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = loss(z, targets)
    stored = sum(t.nbytes for at, t in kept.items() if at not in (z.data_ptr(), targets.data_ptr()))
    del result  # kept until here, since the address of a freed tensor may be given to another
    return stored / z.nbytes
