"""One pixel's price: cross entropy and the focal loss, taken apart before anything is summed."""

from dataclasses import dataclass

import torch
from torch import Tensor

from seglosses.grids import check_mask
from seglosses.walkthrough._checks import check_probabilities


def bce_pixels(probabilities: Tensor, target: Tensor) -> Tensor:
    r"""Give each pixel's binary cross entropy, in nats.

    .. math:: L(y, p) = -[y \ln p + (1 - y) \ln(1 - p)]

    Args:
        probabilities: p in [0, 1], of any shape.
        target: y in [0, 1], the shape of ``probabilities``.

    Returns:
        A tensor in the shape of ``probabilities``: 0 is sure and right, infinity is sure and wrong.

    Raises:
        ValueError: the shapes differ, or a probability leaves [0, 1].

    """
    check_probabilities(probabilities, target)
    p, y = probabilities, target
    return -(torch.xlogy(y, p) + torch.xlogy(1 - y, 1 - p))  # xlogy: 0 log 0 is 0, not nan


@dataclass(frozen=True)
class FocalPixels:
    """The three factors of the focal loss at each pixel, each a tensor in the shape of the image."""

    p_t: Tensor
    """The probability given to the true class, p where y is 1, 1 - p where y is 0."""
    alpha_t: Tensor
    """The weight of the pixel's class."""
    focusing: Tensor
    """(1 - p_t) to the power of gamma, near 1 for a hard pixel, near 0 for an easy one."""
    bce: Tensor
    """-ln p_t, the pixel's binary cross entropy."""

    @property
    def loss(self) -> Tensor:
        """Each pixel's focal loss, the product of the three."""
        return self.alpha_t * self.focusing * self.bce


def focal_pixels(
    probabilities: Tensor, target: Tensor, alpha: float = 0.25, gamma: float = 2.0
) -> FocalPixels:
    """Take the focal loss of each pixel apart.

    Args:
        probabilities: p in [0, 1], of any shape.
        target: y, zeros and ones, the shape of ``probabilities``.
        alpha: the weight of the positive class; the negative class has 1 - alpha.
        gamma: how strongly easy pixels are silenced; 0 does not.

    Raises:
        ValueError: the shapes differ, a probability leaves [0, 1], or the target is not a hard mask.

    """
    check_probabilities(probabilities, target)
    p, y = probabilities, target
    check_mask(y, "target")
    p_t = torch.where(y == 1, p, 1 - p)
    alpha_t = y * alpha + (1 - y) * (1 - alpha)
    return FocalPixels(p_t, alpha_t, (1 - p_t) ** gamma, bce_pixels(p, y))


def focal_pull(p_t: Tensor, gamma: float = 2.0) -> Tensor:
    r"""How hard the focal loss of a pixel pulls at its logit, before alpha.

    .. math:: \left| \frac{\partial L}{\partial z} \right| = (1 - p_t)^\gamma (1 - p_t - \gamma\, p_t \ln p_t)

    With gamma 0 this is cross entropy's pull, 1 - p_t.

    Args:
        p_t: the probability given to the true class, in [0, 1], of any shape.
        gamma: the focusing exponent, at least 0.

    Returns:
        A tensor in the shape of ``p_t``, at least 0. Towards a p_t of 0 it tends to 1.

    """
    return (1 - p_t) ** gamma * (1 - p_t - gamma * torch.xlogy(p_t, p_t))


def focal_posterior(p: Tensor, alpha: float = 0.25, gamma: float = 2.0) -> Tensor:
    r"""How often a pixel is foreground, when the focal loss is lowest at the probability p.

    The two classes then pull equally hard at the logit. With :math:`g` for :func:`focal_pull`,

    .. math:: \eta\, \alpha\, g(p) = (1 - \eta) (1 - \alpha)\, g(1 - p)

    With gamma 0 and alpha 0.5 it is p itself: cross entropy asks for the truth.

    Args:
        p: what the model says, above 0 and below 1, of any shape.
        alpha: the weight of the foreground, above 0 and below 1.
        gamma: the focusing exponent, at least 0.

    Returns:
        :math:`\eta` in [0, 1], in the shape of ``p``; 1 - alpha where p is 0.5, whatever gamma is.

    """
    up, down = alpha * focal_pull(p, gamma), (1 - alpha) * focal_pull(1 - p, gamma)
    return down / (up + down)


def running_share(losses: Tensor) -> Tensor:
    """What share of the total the easiest pixels carry: of one of them, of two, up to all.

    Args:
        losses: at least 0 and not all 0, of any shape.

    Returns:
        Shares from near 0 to 1, one for each of the losses, ascending.

    """
    total = losses.flatten().sort().values.cumsum(0)
    return total / total[-1]
