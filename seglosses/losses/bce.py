"""Binary cross-entropy: the surprise of every pixel, on its own."""

import torch.nn.functional as F
from torch import Tensor

from seglosses.losses._common import Group, Reduction, check_reduction, checked, reduce


def bce_loss(
    inputs: Tensor,
    targets: Tensor,
    *,
    reduction: Reduction = "mean",
    weight: Tensor | None = None,
    group: Group = None,
) -> Tensor:
    r"""Binary cross-entropy, the mean over all pixels.

    .. math:: L = -\frac{1}{N} \sum_i \left[ y_i \log p_i + (1 - y_i) \log(1 - p_i) \right], \qquad
        p_i = \sigma(z_i)

    The logarithm is the natural one. It is taken from the logit, never from a rounded probability, so a pixel
    that is confidently wrong keeps its full gradient. In float32 the loss of one pixel is right to half a
    unit in the last place of its logit: 5e-7 for logits up to 16.

    Args:
        inputs: logits :math:`z`, any real, of any shape; not probabilities, not a mask.
        targets: mask :math:`y` in [0, 1], soft labels included, of the shape of ``inputs`` and any type.
        reduction: "mean" over all pixels, their "sum", or "none" for one loss per pixel.
        weight: how much each pixel counts, at least 0, of the shape of ``inputs``; 0 leaves a pixel out, also
            of the count :math:`N`, which is the sum of the weights.
        group: processes whose pixels belong to the same mean; gradients assume DistributedDataParallel.

    Returns:
        A scalar, or the shape of ``inputs`` for "none"; float32, or float64 for float64 logits. In nats; 0 is
        certain and right, log 2 = 0.693 is undecided, and there is no upper end.

    Raises:
        TypeError: a tensor is none, holds complex numbers, or the logits are integers.
        ValueError: shapes differ, no pixel, ``targets`` leave [0, 1], ``weight`` is negative or not finite,
            an unknown ``reduction``. Values are looked at on the CPU only, not under torch.compile.

    Source:
        Good, Rational Decisions, JRSS B 1952, the logarithmic score. Code that takes the logarithm of a
        sigmoid loses the gradient of pixels it gets confidently wrong; this one does not.

    Example:
        >>> import torch
        >>> logits = torch.logit(torch.tensor([0.9, 0.1, 0.8]))
        >>> target = torch.tensor([1.0, 0.0, 0.0])
        >>> # -log 0.9, -log 0.9, -log 0.2
        >>> bce_loss(logits, target, reduction="none")
        tensor([0.1054, 0.1054, 1.6094])
    """
    check_reduction(reduction, group)
    z, y, weight = checked(inputs, targets, weight)
    return reduce(pixel_bce(z, y), weight, reduction, group)


def pixel_bce(z: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy of each pixel, -y log p - (1 - y) log(1 - p)."""
    return F.binary_cross_entropy_with_logits(z, y, reduction="none")
