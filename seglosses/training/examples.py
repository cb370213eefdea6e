"""What to learn: images of the phantom with their masks, and masks that observers disagree about."""

import math
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
