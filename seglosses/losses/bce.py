"""Binary cross entropy: the surprise of every pixel, on its own."""

import torch
import torch.nn.functional as F
from torch import Tensor

from seglosses.losses._checks import Reduction, check_reduction, checked, checked_pos_weight
from seglosses.losses._group import Group
from seglosses.losses._sums import mean, sums


def bce_loss(
    inputs: Tensor,
    targets: Tensor,
    *,
    reduction: Reduction = "mean",
    weight: Tensor | None = None,
    pos_weight: Tensor | float | None = None,
    group: Group = None,
) -> Tensor:
    r"""Binary cross entropy, the mean over all pixels.

    .. math:: L = -\frac{1}{N} \sum_i \left[ w\, y_i \log p_i + (1 - y_i) \log(1 - p_i) \right], \qquad
        p_i = \sigma(z_i)

    :math:`w` is ``pos_weight``, 1 unless given. The logarithm is the natural one. It is taken from the logit,
    never from a rounded probability, so a pixel that is confidently wrong keeps its full gradient. In float32
    the loss of one pixel is right to half a unit in the last place of its logit: 5e-7 for logits up to 16. An
    infinite logit, as float16 leaves it, counts as the largest finite one, and has no gradient.

    Args:
        inputs: logits :math:`z`, any real, of any shape; not probabilities, not a mask.
        targets: mask :math:`y` in [0, 1], soft labels included, of the shape of ``inputs`` and any type. What
            a resize left up to 1e-5 outside is taken for 0 or 1.
        reduction: "mean" over all pixels, their "sum", or "none" for one loss per pixel.
        weight: how much each pixel counts, at least 0; broadcasts to the shape of ``inputs``, so a weight per
            class is ``weight.view(1, -1, 1, 1)``. 0 leaves a pixel out, whatever it holds. The mean divides
            by the sum of the weights, where torch divides by the number of pixels: torch's mean is
            ``reduction="sum"`` over ``inputs.numel()``.
        pos_weight: :math:`w` at least 0, a factor of the foreground's part, as in torch: a number, or a
            tensor that broadcasts, such as one value per class in the shape (C, 1, 1). None: 1.
        group: processes whose pixels belong to the same mean; gradients assume DistributedDataParallel.

    Returns:
        A scalar, or the shape of ``inputs`` for "none"; float32, or float64 for float64 logits. In nats; 0 is
        certain and right, log 2 = 0.693 is undecided, and there is no upper end.

    Raises:
        TypeError: what must be a tensor is not one or holds complex numbers, or the logits are integers.
        ValueError: shapes differ, no pixel, ``targets`` leave [0, 1], ``weight`` or ``pos_weight`` is
            negative or not finite, an unknown ``reduction``. Values are looked at on the CPU only, not under
            torch.compile.

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
    axes = check_reduction(reduction, group)
    z, y, weight = checked(inputs, targets, weight)
    pixels = (z, y, *checked_pos_weight(pos_weight, z))
    total, count = sums([log_likelihood], pixels, weight, axes, group)
    return mean(-total, count) if reduction == "mean" else -total


def log_likelihood(z: Tensor, y: Tensor, pos_weight: Tensor | None = None) -> tuple[Tensor]:
    """The one term of a pixel: w y log p + (1 - y) log(1 - p), where log(1 - p) is log p - z."""
    log_p = F.logsigmoid(z)
    if pos_weight is not None:
        log_p = (1 + (pos_weight - 1) * y) * log_p
    return (torch.addcmul(log_p, y - 1, z),)  # log_p + (y - 1) z
