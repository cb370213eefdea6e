"""Intersection over union: how much of everything either region covers is covered by both."""

from torch import Tensor

from seglosses.losses._checks import Dim, check_smooth, checked, pooled_axes
from seglosses.losses._group import Group
from seglosses.losses._sums import ratio, sums
from seglosses.losses.dice import region


def iou_loss(
    inputs: Tensor,
    targets: Tensor,
    smooth: float = 1.0,
    *,
    dim: Dim = None,
    weight: Tensor | None = None,
    group: Group = None,
) -> Tensor:
    r"""One minus the soft intersection over union, also called the Jaccard index.

    .. math:: L = 1 - \frac{\sum_i p_i y_i + s}{\sum_i p_i + \sum_i y_i - \sum_i p_i y_i + s}, \qquad
        p_i = \sigma(z_i)

    With :math:`D` the Dice coefficient, :math:`D = 2J / (1 + J)` when Dice's ``smooth`` is twice this one.
    Made for masks of 0 and 1, like :func:`seglosses.dice_loss`.

    Args:
        inputs: logits :math:`z`, any real, of any shape; not probabilities, not a mask.
        targets: mask :math:`y` in [0, 1], of the shape of ``inputs`` and any type. What a resize left up to
            1e-5 outside is taken for 0 or 1.
        smooth: :math:`s \ge 0`, in pixels, above and below the bar. With 0, an empty mask against an empty
            prediction is loss 0.
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
        Rahman and Wang, Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation,
        ISVC 2016, with :math:`s` added.

    Example:
        >>> import torch
        >>> target = torch.tensor([1.0, 1.0, 0.0, 0.0])
        >>> # two hits, two false alarms
        >>> logits = torch.tensor([30.0, 30.0, 30.0, 30.0])
        >>> iou_loss(logits, target, smooth=0)  # 1 - 2 / 4
        tensor(0.5000)
    """
    smooth = check_smooth(smooth)
    z, y, weight = checked(inputs, targets, weight)
    axes = pooled_axes(dim, z.ndim, group)
    predicted, actual, overlap, _ = sums([region], (z, y), weight, axes, group)
    union = predicted + actual - overlap
    return 1 - ratio(overlap, union, smooth, empty=1)
