"""The logits that the losses take: of models that end in a sigmoid, and of those that end in a softmax."""

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


def one_against_the_rest(inputs: Tensor) -> Tensor:
    r"""The logit of each class against all the others together: its sigmoid is the softmax.

    .. math:: r_k = z_k - \log \sum_{j \ne k} e^{z_j}, \qquad \sigma(r_k) = \frac{e^{z_k}}{\sum_j e^{z_j}}

    So every loss of this package, made for one sigmoid a pixel, serves classes that exclude each other.

    Args:
        inputs: logits :math:`z`, any real, of shape (N, C, ...) with C of 2 or more.

    Returns:
        Logits :math:`r` of the same shape and type. Exact where a softmax has rounded to 0 or 1, and never an
        overflow. It takes C sums over C - 1 classes.

    Raises:
        TypeError: ``inputs`` is no tensor, or no real floating-point one.
        ValueError: there are fewer than two axes or fewer than two classes.

    Source:
        Bishop, Pattern Recognition and Machine Learning, 2006, section 4.2, has the softmax; with two
        classes it is the sigmoid of the logits' difference.

    Example:
        >>> import torch
        >>> z = torch.tensor([[0.0, 2.0, 1.0]])  # one pixel, three classes
        >>> torch.sigmoid(one_against_the_rest(z))  # as torch.softmax(z, 1)
        tensor([[0.0900, 0.6652, 0.2447]])
    """
    check_tensor("inputs", inputs)
    if not inputs.is_floating_point():
        hint = "Hint: classes have no logits; torch.nn.functional.one_hot makes masks of them."
        raise TypeError(f"inputs must be logits of a real floating-point type; got {inputs.dtype}. {hint}")
    if inputs.ndim < 2 or inputs.shape[1] < 2:
        hint = "Hint: one channel needs no softmax, but a sigmoid, and the losses have that."
        raise ValueError(
            f"inputs must have the shape (N, C, ...) with C of 2 or more; got {tuple(inputs.shape)}. {hint}"
        )
    others = (torch.cat([inputs[:, :k], inputs[:, k + 1 :]], 1) for k in range(inputs.shape[1]))
    return inputs - torch.stack([other.logsumexp(1) for other in others], 1)
