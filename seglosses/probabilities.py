"""The way back from probabilities to logits, for models that end in a sigmoid."""

import torch
from torch import Tensor

from seglosses.losses._checks import check_tensor, in_range


def to_logits(probabilities: Tensor) -> Tensor:
    r"""The logit of probabilities: what a sigmoid turns into them.

    .. math:: z = \log \frac{p}{1 - p}, \qquad p \text{ clamped to } [\text{tiny},\ 1 - \text{eps} / 2]

    The ends are the smallest normal number of the float type and its largest number below 1. So 0 and 1
    become the outermost logits that are finite: in float32 about -87.3 and 16.6, in float64 -708.4 and 36.7.
    They are not symmetric, because floats are much denser near 0 than near 1.

    A probability that has rounded to 0 or 1 has lost its gradient: it is 0 here, where :func:`torch.logit`
    gives infinity, and NaN once that meets the sigmoid. In float32 this happens to the sigmoid of 17 and
    above. No conversion brings the gradient back; the cure is to pass the model's logits to the loss, without
    the sigmoid.

    Args:
        probabilities: p in [0, 1], of any shape and type. What a resize left up to 1e-5 outside is taken for
            0 or 1. A mask of bool or integers is a prediction without any doubt.

    Returns:
        Logits in the shape of ``probabilities``, always finite; float32, or float64 for float64
        probabilities. Half precision is converted before the logarithm. The gradient is
        :math:`1 / (p (1 - p))`, and 0 where p was clamped.

    Raises:
        TypeError: ``probabilities`` is no tensor or holds complex numbers.
        ValueError: values leave [0, 1] or are NaN. Values are looked at on the CPU only, not under
            torch.compile.

    Source:
        Berkson, Application of the Logistic Function to Bio-Assay, JASA 1944, names the logit. The clamp is
        this package's.

    Example:
        >>> import torch
        >>> to_logits(torch.tensor([0.0, 0.5, 0.9, 1.0]))  # 0.9: log 9
        tensor([-87.3365,   0.0000,   2.1972,  16.6355])
    """
    check_tensor("probabilities", probabilities)
    # An empty tensor has no extremes to look at; under torch.compile its size may not be known yet.
    if torch.compiler.is_compiling() or probabilities.numel():
        hint = "logits need no conversion; a sigmoid output does"
        in_range("probabilities", probabilities, 1.0, hint)  # the clamp below takes a rounding back
    p = probabilities.to(torch.float64 if probabilities.dtype == torch.float64 else torch.float32)
    kind = torch.finfo(p.dtype)
    return torch.logit(p.clamp(kind.tiny, 1 - kind.eps / 2))
