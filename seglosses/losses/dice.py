"""Dice: how much of two regions is shared, out of what they hold together."""

import torch
from torch import Tensor

from seglosses.losses._checks import Dim, check_smooth, checked, pooled_axes
from seglosses.losses._group import Group
from seglosses.losses._sums import ratio, sums


def dice_loss(
    inputs: Tensor,
    targets: Tensor,
    smooth: float = 1.0,
    *,
    dim: Dim = None,
    weight: Tensor | None = None,
    group: Group = None,
) -> Tensor:
    r"""One minus the soft Dice coefficient.

    .. math:: L = 1 - \frac{2 \sum_i p_i y_i + s}{\sum_i p_i + \sum_i y_i + s}, \qquad p_i = \sigma(z_i)

    Made for masks of 0 and 1. On soft labels the optimum is not :math:`p = y`: wherever :math:`y` is above
    half the coefficient, the loss falls until :math:`p = 1`, elsewhere until :math:`p = 0`.

    Args:
        inputs: logits :math:`z`, any real, of any shape; not probabilities, not a mask.
        targets: mask :math:`y` in [0, 1], of the shape of ``inputs`` and any type. What a resize left up to
            1e-5 outside is taken for 0 or 1.
        smooth: :math:`s \ge 0`, in pixels, above and below the bar; some libraries have it below only. With
            0, an empty mask against an empty prediction is loss 0.
        dim: the axes pooled into one region. None pools the whole batch; (1, 2, 3) gives one loss per image.
        weight: how much each pixel counts, at least 0; broadcasts to the shape of ``inputs``, so a weight per
            class is ``weight.view(1, -1, 1, 1)``. 0 leaves a pixel out, whatever it holds.
        group: processes whose pixels belong to the same region; gradients assume DistributedDataParallel.

    Returns:
        A scalar, or the shape that ``dim`` leaves; float32, or float64 for float64 logits. No unit; 0 is
        perfect overlap, 1 is no overlap.

    Raises:
        TypeError: what must be a tensor is not one or holds complex numbers, or the logits are integers;
            ``smooth`` is no number.
        ValueError: shapes differ, no pixel, ``targets`` leave [0, 1], ``weight`` or ``smooth`` is negative
            or not finite, ``dim`` names a wrong axis. Values are looked at on the CPU only, not under
            torch.compile.

    Source:
        Milletari et al., V-Net, 3DV 2016, section 3, with :math:`p` and :math:`y` in the denominator where
        the paper has their squares, and with :math:`s` added.

    Example:
        >>> import torch
        >>> target = torch.tensor([1.0, 1.0, 0.0, 0.0])
        >>> # one hit, one miss, one false alarm
        >>> logits = torch.tensor([30.0, -30.0, 30.0, -30.0])
        >>> dice_loss(logits, target, smooth=0)  # 1 - 2 * 1 / (2 + 2)
        tensor(0.5000)
    """
    smooth = check_smooth(smooth)
    z, y, weight = checked(inputs, targets, weight)
    axes = pooled_axes(dim, z.ndim, group)
    predicted, actual, overlap, _ = sums([region], (z, y), weight, axes, group)
    return dice_of_sums(predicted, actual, overlap, smooth)


def region(z: Tensor, y: Tensor, *_: Tensor) -> tuple[Tensor, ...]:
    """What Dice and IoU add up of each pixel."""
    p = torch.sigmoid(z)
    return p, y, p * y  # in this order the two gradients of p are added up in place


def dice_of_sums(predicted: Tensor, actual: Tensor, overlap: Tensor, smooth: float) -> Tensor:
    """One minus the Dice coefficient, from the sums of p, y and p y."""
    return 1 - ratio(2 * overlap, predicted + actual, smooth, empty=1)
