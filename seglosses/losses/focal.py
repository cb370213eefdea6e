"""Focal loss: cross entropy that goes quiet on pixels which are already right."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from seglosses.losses._checks import Reduction, check_number, check_reduction, checked
from seglosses.losses._group import Group
from seglosses.losses._sums import mean, sums


def focal_loss(
    inputs: Tensor,
    targets: Tensor,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    *,
    reduction: Reduction = "mean",
    weight: Tensor | None = None,
    group: Group = None,
) -> Tensor:
    r"""Focal loss, the mean over all pixels.

    .. math:: L = -\frac{1}{N} \sum_i \left[ \alpha\, y_i (1 - p_i)^\gamma \log p_i
        + (1 - \alpha) (1 - y_i)\, p_i^\gamma \log(1 - p_i) \right], \qquad p_i = \sigma(z_i)

    On a mask of 0 and 1 this is :math:`-\alpha_t (1 - p_t)^\gamma \log p_t`. With ``gamma`` 0 and ``alpha``
    None it is :func:`seglosses.bce_loss`. A soft label mixes the losses of both classes, as in cross entropy;
    torchvision's focal loss instead puts the soft label into :math:`p_t`, which is another loss.

    Args:
        inputs: logits :math:`z`, any real, of any shape; not probabilities, not a mask.
        targets: mask :math:`y` in [0, 1], soft labels included, of the shape of ``inputs`` and any type. What
            a resize left up to 1e-5 outside is taken for 0 or 1.
        alpha: :math:`\alpha` in [0, 1], the weight of the foreground; the background gets
            :math:`1 - \alpha`, so 0.25 makes the foreground count a third of the background. None: both 1.
        gamma: :math:`\gamma \ge 0`, how fast a pixel goes quiet as it becomes right. No unit.
        reduction: "mean" over all pixels, their "sum", or "none" for one loss per pixel.
        weight: how much each pixel counts, at least 0; broadcasts to the shape of ``inputs``, so a weight per
            class is ``weight.view(1, -1, 1, 1)``. 0 leaves a pixel out, whatever it holds. The mean divides
            by the sum of the weights, where torch divides by the number of pixels: torch's mean is
            ``reduction="sum"`` over ``inputs.numel()``.
        group: processes whose pixels belong to the same mean; gradients assume DistributedDataParallel.

    Returns:
        A scalar, or the shape of ``inputs`` for "none"; float32, or float64 for float64 logits. In nats; 0 is
        certain and right, and there is no upper end.

    Raises:
        TypeError: what must be a tensor is not one or holds complex numbers, or the logits are integers;
            a setting is no number.
        ValueError: shapes differ, no pixel, ``targets`` leave [0, 1], ``alpha`` leaves [0, 1], ``gamma`` or
            ``weight`` is negative or not finite, an unknown ``reduction``. Values are looked at on the CPU
            only, not under torch.compile.

    Source:
        Lin et al., Focal Loss for Dense Object Detection, ICCV 2017, section 3. The paper divides the sum by
        the number of foreground samples; this is the mean over all pixels: ``reduction="sum"`` leaves the
        choice.

    Example:
        >>> import torch
        >>> logits = torch.logit(torch.tensor([0.9, 0.6]))
        >>> target = torch.tensor([1.0, 1.0])
        >>> # 0.5 * (0.1^2 * 0.1054, 0.4^2 * 0.5108)
        >>> focal_loss(logits, target, alpha=0.5, reduction="none")
        tensor([0.0005, 0.0409])
    """
    alpha, gamma = check_focus(alpha, gamma)
    axes = check_reduction(reduction, group)
    z, y, weight = checked(inputs, targets, weight)
    a, b = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)

    def focal(z: Tensor, y: Tensor) -> tuple[Tensor]:
        log_p, log_q = F.logsigmoid(z), F.logsigmoid(-z)  # q is 1 - p, with all its digits
        log_a, log_b = z.new_full((), a).log(), z.new_full((), b).log()
        # exp(log a + gamma log q) is a q^gamma, with a gradient that is finite for every gamma, also below 1.
        foreground = torch.exp(torch.add(log_a, log_q, alpha=gamma)) * log_p
        background = torch.exp(torch.add(log_b, log_p, alpha=gamma)) * log_q
        return (torch.lerp(background, foreground, y),)  # y foreground + (1 - y) background

    total, count = sums([focal], (z, y), weight, axes, group, long=True)
    return mean(-total, count) if reduction == "mean" else -total


def check_focus(alpha: float | None, gamma: float) -> tuple[float | None, float]:
    """Raise where ``alpha`` is no share of 1 or ``gamma`` no exponent."""
    if alpha is not None:
        alpha = check_number("alpha", alpha, 1.0, "the weight of the foreground; None weighs both classes 1")
    return alpha, check_number("gamma", gamma, math.inf, "0 is cross entropy, 2 is the usual choice")
