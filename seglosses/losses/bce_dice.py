"""Cross-entropy and Dice together: every pixel on its own, and the region as a whole."""

from torch import Tensor

from seglosses.losses._common import Dim, Group, checked, region_mean
from seglosses.losses.bce import pixel_bce
from seglosses.losses.dice import dice_loss


def bce_dice_loss(
    inputs: Tensor,
    targets: Tensor,
    smooth: float = 1.0,
    *,
    dim: Dim = None,
    weight: Tensor | None = None,
    group: Group = None,
) -> Tensor:
    r"""Binary cross-entropy plus Dice loss, with equal weights.

    .. math:: L = L_{BCE} + L_{Dice}

    The two have different ranges, [0, infinity) and [0, 1]: early in training cross-entropy leads, later
    Dice does. For other weights write ``a * bce_loss(...) + b * dice_loss(...)``.

    Args:
        inputs: logits :math:`z`, any real, of any shape; not probabilities, not a mask.
        targets: mask :math:`y` in [0, 1], of the shape of ``inputs`` and any type.
        smooth: :math:`s \ge 0` of the Dice part, in pixels.
        dim: the axes pooled into one region, for both parts. None pools the whole batch; (1, 2, 3) gives one
            loss per image.
        weight: how much each pixel counts, at least 0, of the shape of ``inputs``; 0 leaves a pixel out.
        group: processes whose pixels belong to the same region; gradients assume DistributedDataParallel.

    Returns:
        A scalar, or the shape that ``dim`` leaves; float32, or float64 for float64 logits. 0 is perfect, and
        there is no upper end.

    Raises:
        TypeError: a tensor is none, holds complex numbers, or the logits are integers; ``smooth`` is no
            number.
        ValueError: shapes differ, no pixel, ``targets`` leave [0, 1], ``weight`` or ``smooth`` is negative
            or not finite, ``dim`` names a wrong axis. Values are looked at on the CPU only, not under
            torch.compile.

    Source:
        Isensee et al., nnU-Net, Nature Methods 2021, methods: the sum of cross-entropy and Dice; here for one
        foreground class, and with :func:`seglosses.dice_loss` as it stands.

    Example:
        >>> import torch
        >>> target = torch.tensor([1.0, 1.0, 0.0, 0.0])
        >>> # log 2 + 1 - 2 * 1 / (2 + 2)
        >>> bce_dice_loss(torch.zeros(4), target, smooth=0)
        tensor(1.1931)
    """
    z, y, weight = checked(inputs, targets, weight)
    dice = dice_loss(z, y, smooth, dim=dim, weight=weight, group=group)
    bce = region_mean(pixel_bce(z, y), weight, dim, group)
    return bce + dice
