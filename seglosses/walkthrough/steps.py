"""Gradient steps on the logits of a single grid: what a loss does where nothing but its pixels can learn."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.func import grad

from seglosses.walkthrough._checks import check_shapes


def descend(
    loss: Callable[[Tensor, Tensor], Tensor],
    start: Tensor,
    target: Tensor,
    rate: float = 10.0,
    steps: int = 100,
) -> Tensor:
    r"""Step down a loss, with each pixel's logit a parameter of its own.

    .. math:: z^{(k+1)} = z^{(k)} - \eta\, \nabla L(z^{(k)})

    A network shares its weights between pixels, so that one pixel's step moves others too. Here it does not,
    and what is seen is the loss alone. A mean over N pixels has small slopes: on 100 pixels a learning rate
    of 10 moves the logit of a sure mistake by 0.1 in a step of BCE.

    Args:
        loss: a function of logits and targets that gives one number, as :func:`seglosses.dice_loss`.
        start: logits, of any shape and float type. Of probabilities these are
            :func:`seglosses.probabilities.to_logits`, finite also where p is 0 or 1.
        target: y in [0, 1], the shape of ``start``.
        rate: :math:`\eta`, the learning rate, above 0.
        steps: how many steps to take, 0 or more.

    Returns:
        The logits before the first step and after each, (steps + 1, ...), in the type of ``start``.

    Raises:
        ValueError: the shapes differ, ``rate`` is not above 0, or ``steps`` is negative.

    Source:
        Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847.

    """
    check_shapes(start, target)
    if not rate > 0:
        hint = "Hint: the step itself goes against the gradient."
        raise ValueError(f"rate must be above 0; got {rate}. {hint}")
    if steps < 0:
        raise ValueError(f"steps must be 0 or more; got {steps}. Hint: 0 gives the start alone.")
    z = [start]
    for _ in range(steps):
        z.append(z[-1] - rate * grad(loss)(z[-1], target))
    return torch.stack(z)
