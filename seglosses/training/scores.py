"""How far the probabilities of a model can be believed, and how well they order the pixels.

Scores of masks, once a threshold has made them of probabilities, are those of :mod:`seglosses.metrics`.
"""

import torch
from torch import Tensor

from seglosses.metrics import dice_score
from seglosses.training._checks import check_number


def calibration_error(
    probabilities: Tensor,
    truth: Tensor,
    bins: int = 10,
) -> float:
    r"""The expected calibration error: how far probabilities are from how often they come true.

    .. math:: \text{ECE} = \sum_b \frac{n_b}{N} \left| \overline{p}_b - \overline{y}_b \right|

    Args:
        probabilities: of the pixels to look at, in [0, 1], any shape.
        truth: of the same pixels: zeros and ones, or the share of observers who paint them.
        bins: into how many bins of equal width [0, 1] is cut.

    Returns:
        The mean over the pixels of the gap of their bin, in [0, 1]; 0 is calibrated.

    Raises:
        ValueError: shapes differ, there is no pixel, or ``bins`` is below 1.

    Source:
        Guo et al., On Calibration of Modern Neural Networks, ICML 2017, equation 3, with the probability of
        the foreground in the place of the winner's confidence.

    """
    check_number("bins", bins, 1)
    if probabilities.shape != truth.shape or not truth.numel():
        came = f"{tuple(probabilities.shape)} and {tuple(truth.shape)}"
        hint = "Hint: pick the same pixels of both, at least one."
        raise ValueError(f"probabilities and truth must have one shape, not empty; got {came}. {hint}")
    p, y = probabilities.flatten().double(), truth.flatten().double()
    which = (p * bins).long().clamp(max=bins - 1)
    gaps = torch.zeros(bins, dtype=torch.float64).index_add(0, which, p - y)
    return (gaps.abs().sum() / p.numel()).item()


def ranking(probabilities: Tensor, truth: Tensor) -> float:
    """How often a pixel of the object is given more than one of the background; of equals, one half counts.

    No threshold enters: whatever keeps the order of the pixels keeps it too. It is the area under the ROC
    curve.

    Args:
        probabilities: any scores of the pixels, of any shape.
        truth: of the same pixels: zeros and ones, at least one of each.

    Returns:
        A share of all pairs in [0, 1]; 1 ranks every pixel of the object first, 0.5 is chance.

    Raises:
        ValueError: shapes differ, ``truth`` holds other values, or only one of the two.

    Source:
        Hanley and McNeil, The Meaning and Use of the Area under a ROC Curve, Radiology 1982.

    """
    values = truth.unique().tolist()  # type: ignore[no-untyped-call]
    if probabilities.shape != truth.shape or values != [0, 1]:
        came = f"{tuple(probabilities.shape)} and {tuple(truth.shape)} of {values}"
        hint = "Hint: take all pixels, of the background too."
        raise ValueError(f"truth must hold zeros and ones in the shape of probabilities; got {came}. {hint}")
    # Equal ones share a place.
    _, which = probabilities.flatten().unique(return_inverse=True)  # type: ignore[no-untyped-call]
    inside = torch.bincount(which, truth.flatten().double())
    outside = torch.bincount(which, 1 - truth.flatten().double())
    beaten = outside.cumsum(0) - outside / 2
    return ((inside * beaten).sum() / (inside.sum() * outside.sum())).item()


def best_threshold(probabilities: Tensor, masks: Tensor) -> float:
    """The threshold with the highest mean Dice over the images, of 0.05, 0.1 and so on to 0.95.

    Choose it on other images than those that are scored: on the same ones it flatters.

    Args:
        probabilities: in [0, 1], of shape (N, ...).
        masks: zeros and ones of the same shape.

    Returns:
        The threshold; of equally good ones the lowest.

    Raises:
        ValueError: as :func:`seglosses.metrics.dice_score`.

    """
    thresholds = [step / 20 for step in range(1, 20)]
    scores = [dice_score(probabilities > t, masks, empty=1).mean().item() for t in thresholds]
    return thresholds[scores.index(max(scores))]
