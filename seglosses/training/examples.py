"""What to learn: images of the phantom with their masks, and masks that observers disagree about."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from seglosses.phantom import dataset


class Examples(NamedTuple):
    """Images and what to find in them, both float32 of shape (N, 1, H, W)."""

    images: Tensor
    """Brightness in [0, 1]."""
    masks: Tensor
    """The truth in [0, 1]."""


def lungs(n: int, first_seed: int = 0, size: int = 48) -> Examples:
    """``n`` patients and their lungs, about 20 % of each image, from ``first_seed`` on."""
    image, lung, _ = dataset(n, size, first_seed=first_seed)
    return Examples(torch.from_numpy(image), torch.from_numpy(lung).float())


def nodules(n: int, first_seed: int = 0, size: int = 48) -> Examples:
    """``n`` patients with one nodule each, 1 % of the image, from ``first_seed`` on."""
    image, _, nodule = dataset(n, size, first_seed=first_seed, nodules=1)
    return Examples(torch.from_numpy(image), torch.from_numpy(nodule).float())


def half_empty(n: int, first_seed: int = 0, size: int = 32) -> Examples:
    """``n`` patients with one nodule each, then ``n`` others with none, from ``first_seed`` on."""
    with_one, (images, masks) = nodules(n, first_seed, size), lungs(n, first_seed + n, size)
    return Examples(torch.cat([with_one.images, images]), torch.cat([with_one.masks, 0 * masks]))


def mixed_batches(n: int, batch_size: int, epochs: int, seed: int = 0) -> Tensor:
    """An order in which each batch has as many of the first ``n`` images as of the ``n`` others.

    Args:
        n: half of the images; a multiple of ``batch_size``.
        batch_size: how many a batch, an even number.
        epochs: how often each image comes.
        seed: of the shuffling.

    Returns:
        Numbers of images, of shape (steps, batch_size), as ``order`` for
        :func:`seglosses.training.loop.train`.

    Raises:
        ValueError: ``batch_size`` is odd or does not divide ``n``.

    """
    return _in_batches(n, batch_size, epochs, seed, lambda one, other: torch.cat([one, other], 1))


def sorted_batches(n: int, batch_size: int, epochs: int, seed: int = 0) -> Tensor:
    """An order in which each batch is all of the first ``n`` images, or all of the ``n`` others.

    The arguments and what it returns are those of :func:`mixed_batches`.
    """
    whole = (-1, batch_size)
    return _in_batches(
        n, batch_size, epochs, seed, lambda one, other: torch.cat([one.reshape(whole), other.reshape(whole)])
    )


def _in_batches(
    n: int, batch_size: int, epochs: int, seed: int, joined: Callable[[Tensor, Tensor], Tensor]
) -> Tensor:
    """Shuffle both halves, join them into batches, shuffle the batches; again for each epoch."""
    if batch_size < 2 or batch_size % 2 or n % batch_size:
        hint = "Hint: 4 of 24 and 24 images is one."
        raise ValueError(f"batch_size must be an even number that divides n; got {batch_size} of {n}. {hint}")
    by = torch.Generator().manual_seed(seed)
    order = []
    for _ in range(epochs):
        one, other = (k + torch.randperm(n, generator=by).view(-1, batch_size // 2) for k in (0, n))
        batches = joined(one, other)
        order.append(batches[torch.randperm(len(batches), generator=by)])
    return torch.cat(order)


def shares_of_observers(masks: Tensor, spread: float = 1.5) -> Tensor:
    """How many observers paint each pixel, where they agree on the organ but not on its border.

    Each of them draws the border along one level of the blurred mask, one keeps inside, another goes beyond.
    All levels between 0 and 1 are equally likely, so the share of observers that paint a pixel is the
    blurred mask itself: the truth that a calibrated model would predict.

    Args:
        masks: the borders to disagree about: zeros and ones of shape (N, 1, H, W).
        spread: the standard deviation of the blur in pixels, above 0.

    Returns:
        Shares in [0, 1], float64, of the shape of ``masks``.

    Raises:
        ValueError: ``spread`` is not above 0.

    """
    if not spread > 0:
        hint = "Hint: 1.5 is the usual choice."
        raise ValueError(f"spread must be a number of pixels above 0; got {spread}. {hint}")
    reach = math.ceil(3 * spread)
    weights = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=torch.float64) / spread) ** 2)
    weights /= weights.sum()
    padded = F.pad(masks.double(), (reach,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(padded, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1)).clamp(0, 1)


def observed(shares: Tensor, seed: int = 0) -> Tensor:
    """One observer's mask for each image: the pixels whose share is above a level of her own.

    Args:
        shares: of shape (N, 1, H, W), in [0, 1].
        seed: which observers.

    Returns:
        Zeros and ones, of the shape of ``shares``.

    """
    levels = torch.rand(len(shares), 1, 1, 1, generator=torch.Generator().manual_seed(seed))
    return (shares > levels).float()
