"""The source's own functions, as it prints them but for comments, types and names.

For the proofs of the corrections and for comparisons. To train, use the losses of this package, which
return the same on float32 masks and hold where these break.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def source_dice_loss(inputs: Tensor, targets: Tensor, smooth: float = 1) -> Tensor:
    """Dice, pooled over the batch.

    Args:
        inputs: logits, of any shape, contiguous.
        targets: y in [0, 1], as many as ``inputs``, contiguous.
        smooth: added above and below the bar, in pixels.
    """
    inputs = torch.sigmoid(inputs)
    inputs = inputs.view(-1)
    targets = targets.view(-1)

    intersection = (inputs * targets).sum()
    dice = (2.0 * intersection + smooth) / (inputs.sum() + targets.sum() + smooth)
    return 1 - dice


def source_iou_loss(inputs: Tensor, targets: Tensor, smooth: float = 1) -> Tensor:
    """IoU, pooled over the batch; the arguments are those of :func:`source_dice_loss`."""
    inputs = torch.sigmoid(inputs)
    inputs = inputs.view(-1)
    targets = targets.view(-1)

    intersection = (inputs * targets).sum()
    total = (inputs + targets).sum()
    union = total - intersection

    iou = (intersection + smooth) / (union + smooth)
    return 1 - iou


def source_bce_loss(inputs: Tensor, targets: Tensor) -> Tensor:
    """Binary cross entropy of a sigmoid, a mean over all pixels.

    Args:
        inputs: logits, of any shape.
        targets: y in [0, 1], the shape and type of ``inputs``.
    """
    inputs = torch.sigmoid(inputs)
    return F.binary_cross_entropy(inputs, targets, reduction="mean")


def source_bce_dice_loss(inputs: Tensor, targets: Tensor, smooth: float = 1) -> Tensor:
    """The sum of both, each with a sigmoid of its own."""
    dice = source_dice_loss(inputs, targets, smooth)
    return source_bce_loss(inputs, targets) + dice


def source_focal_loss(inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2) -> Tensor:
    """The focal loss, step by step from cross entropy, a mean over all pixels.

    Args:
        inputs: logits, of any shape and float type.
        targets: y, 0 or 1, the shape and type of ``inputs``.
        alpha: the weight of the foreground; the background gets 1 minus this.
        gamma: the focusing exponent, at least 0.
    """
    bce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")

    p_t = torch.exp(-bce)

    alpha_t = torch.where(targets == 1, alpha, 1 - alpha)

    return (alpha_t * (1 - p_t) ** gamma * bce).mean()
