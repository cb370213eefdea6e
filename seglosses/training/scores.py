"""How far the probabilities of a model can be believed.

Scores of masks, once a threshold has made them of probabilities, are those of :mod:`seglosses.metrics`.
"""

import torch
from torch import Tensor

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
