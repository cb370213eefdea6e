"""Cross entropy and Dice together: every pixel on its own, and the region as a whole."""

from torch import Tensor

from seglosses.losses._checks import Dim, check_smooth, checked, checked_pos_weight, pooled_axes
from seglosses.losses._group import Group
from seglosses.losses._sums import mean, sums
from seglosses.losses.bce import log_likelihood
from seglosses.losses.dice import dice_of_sums, region


def bce_dice_loss(
    inputs: Tensor,
    targets: Tensor,
    smooth: float = 1.0,
    *,
    dim: Dim = None,
    weight: Tensor | None = None,
    pos_weight: Tensor | float | None = None,
    group: Group = None,
) -> Tensor:
    r"""Binary cross entropy plus Dice loss, with equal weights.

    .. math:: L = L_{BCE} + L_{Dice}

    The two have different ranges, [0, infinity) and [0, 1]: early in training cross entropy leads, later
    Dice does. For other weights write ``a * bce_loss(...) + b * dice_loss(...)``.

    Args:
        inputs: logits :math:`z`, any real, of any shape; not probabilities, not a mask.
        targets: mask :math:`y` in [0, 1], of the shape of ``inputs`` and any type. What a resize left up to
            1e-5 outside is taken for 0 or 1.
        smooth: :math:`s \ge 0` of the Dice part, in pixels.
        dim: the axes pooled into one region, for both parts. None pools the whole batch; (1, 2, 3) gives one
            loss per image.
        weight: how much each pixel counts, at least 0; broadcasts to the shape of ``inputs``, so a weight per
            class is ``weight.view(1, -1, 1, 1)``. 0 leaves a pixel out, whatever it holds.
        pos_weight: at least 0, a factor of the foreground's part of the cross entropy, as in torch: a number,
            or a tensor that broadcasts, such as one value per class in the shape (C, 1, 1). None: 1.
        group: processes whose pixels belong to the same region; gradients assume DistributedDataParallel.

    Returns:
        A scalar, or the shape that ``dim`` leaves; float32, or float64 for float64 logits. 0 is perfect, and
        there is no upper end.

    Raises:
        TypeError: what must be a tensor is not one or holds complex numbers, or the logits are integers;
            ``smooth`` is no number.
        ValueError: shapes differ, no pixel, ``targets`` leave [0, 1], ``weight`` or ``smooth`` is negative
            or not finite, ``dim`` names a wrong axis. Values are looked at on the CPU only, not under
            torch.compile.

    Source:
        Isensee et al., nnU-Net, Nature Methods 2021, methods: the sum of cross entropy and Dice; here for one
        foreground class, and with :func:`seglosses.dice_loss` as it stands.

    Example:
        >>> import torch
        >>> target = torch.tensor([1.0, 1.0, 0.0, 0.0])
        >>> # log 2 + 1 - 2 * 1 / (2 + 2)
        >>> bce_dice_loss(torch.zeros(4), target, smooth=0)
        tensor(1.1931)
    """
    smooth = check_smooth(smooth)
    z, y, weight = checked(inputs, targets, weight)
    axes = pooled_axes(dim, z.ndim, group)
    pixels = (z, y, *checked_pos_weight(pos_weight, z))
    predicted, actual, overlap, likelihood, count = sums(
        [region, log_likelihood], pixels, weight, axes, group
    )
    return mean(-likelihood, count) + dice_of_sums(predicted, actual, overlap, smooth)
