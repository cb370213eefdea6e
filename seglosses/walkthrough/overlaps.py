"""Two regions, counted or summed: the terms of Dice and IoU, and how each pixel moves the two."""

from dataclasses import dataclass
from fractions import Fraction
from math import comb

import torch
from torch import Tensor

from seglosses.grids import check_mask
from seglosses.walkthrough._checks import check_probabilities, check_shapes


@dataclass(frozen=True)
class Overlap:
    """A hard prediction X against a hard target Y, counted in pixels; the scores are exact fractions."""

    tp: int
    """True positives, in X and in Y."""
    fp: int
    """False positives, in X only."""
    fn: int
    """False negatives, in Y only."""
    tn: int
    """True negatives, in neither."""

    @property
    def intersection(self) -> int:
        """The pixels in both X and Y."""
        return self.tp

    @property
    def predicted(self) -> int:
        """The pixels of X."""
        return self.tp + self.fp

    @property
    def actual(self) -> int:
        """The pixels of Y."""
        return self.tp + self.fn

    @property
    def union(self) -> int:
        """The pixels in X, in Y or in both."""
        return self.predicted + self.actual - self.intersection

    def dice(self, smooth: int | Fraction = 0) -> Fraction:
        """Twice the intersection over the sum of both sizes; ``smooth`` is added above and below the bar.

        Raises:
            ZeroDivisionError: both masks are empty and ``smooth`` is 0; the formula itself has no answer.

        """
        return Fraction(2 * self.intersection + smooth, self.predicted + self.actual + smooth)

    def iou(self, smooth: int | Fraction = 0) -> Fraction:
        """Give the intersection over the union; ``smooth`` is added above and below the bar.

        Raises:
            ZeroDivisionError: both masks are empty and ``smooth`` is 0; the formula itself has no answer.

        """
        return Fraction(self.intersection + smooth, self.union + smooth)

    @property
    def masks_alike(self) -> int:
        """How many masks have these same four counts against the same target, this one included."""
        return comb(self.actual, self.tp) * comb(self.fp + self.tn, self.fp)


def overlap(prediction: Tensor, target: Tensor) -> Overlap:
    """Count the pixels of a hard prediction against a hard target.

    Args:
        prediction: X, zeros and ones, of any shape and type.
        target: Y, zeros and ones, the shape of ``prediction``.

    Raises:
        ValueError: the shapes differ, or a mask has a value other than 0 and 1.

    """
    check_shapes(prediction, target)
    check_mask(prediction, "prediction")
    check_mask(target, "target")
    x, y = prediction.bool(), target.bool()
    counts = (x & y, x & ~y, ~x & y, ~x & ~y)
    return Overlap(*(int(count.sum()) for count in counts))


def shuffled(prediction: Tensor, target: Tensor, seed: int = 0) -> Tensor:
    """Draw a mask with the same four counts: its pixels change places within the target and outside it.

    Args:
        prediction: zeros and ones, of any shape.
        target: zeros and ones, the shape of ``prediction``.
        seed: another seed, another mask.

    Raises:
        ValueError: the shapes differ.
    """
    check_shapes(prediction, target)
    generator = torch.Generator().manual_seed(seed)
    mask = prediction.clone()
    for region in (target == 1, target == 0):
        pixels = prediction[region]
        mask[region] = pixels[torch.randperm(len(pixels), generator=generator)]
    return mask


@dataclass(frozen=True)
class SoftOverlap:
    """Probabilities p against a target y: the same terms as for hard masks, as sums."""

    intersection: float
    """The sum of p y."""
    predicted: float
    """The sum of p."""
    actual: float
    """The sum of y."""

    @property
    def union(self) -> float:
        """The sum of p and of y, less the intersection."""
        return self.predicted + self.actual - self.intersection

    def dice(self, smooth: float = 0) -> float:
        """Twice the intersection over the sum of both sizes; ``smooth`` is added above and below the bar."""
        return (2 * self.intersection + smooth) / (self.predicted + self.actual + smooth)

    def iou(self, smooth: float = 0) -> float:
        """Give the intersection over the union; ``smooth`` is added above and below the bar."""
        return (self.intersection + smooth) / (self.union + smooth)


def soft_overlap(probabilities: Tensor, target: Tensor) -> SoftOverlap:
    """Sum the terms of soft Dice and soft IoU.

    Args:
        probabilities: p in [0, 1], of any shape.
        target: y in [0, 1], the shape of ``probabilities``.

    Raises:
        ValueError: the shapes differ, or a probability leaves [0, 1].

    """
    check_probabilities(probabilities, target)
    p, y = probabilities, target
    return SoftOverlap(*(float(term.sum()) for term in (p * y, p, y)))


def dice_gradient(probabilities: Tensor, target: Tensor, smooth: float = 0) -> Tensor:
    r"""How the Dice loss changes with each probability.

    .. math:: \frac{\partial L}{\partial p_i} = \frac{D - 2 y_i}{\sum p + \sum y + s}

    Two values only: one for all pixels of the target, one for all the others.

    Args:
        probabilities: p in [0, 1], of any shape.
        target: y, zeros and ones, the shape of ``probabilities``.
        smooth: s, in pixels.

    Returns:
        A tensor in the shape of ``probabilities``; negative where more p lowers the loss.

    Raises:
        ValueError: the shapes differ, or a probability leaves [0, 1].

    """
    terms = soft_overlap(probabilities, target)
    return (terms.dice(smooth) - 2 * target) / (terms.predicted + terms.actual + smooth)


def iou_gradient(probabilities: Tensor, target: Tensor, smooth: float = 0) -> Tensor:
    r"""How the IoU loss changes with each probability.

    .. math:: \frac{\partial L}{\partial p_i} = \frac{J (1 - y_i) - y_i}{U + s}

    Two values only, -1 and J over the union, in the same proportion as those of :func:`dice_gradient`.

    Args:
        probabilities: p in [0, 1], of any shape.
        target: y, zeros and ones, the shape of ``probabilities``.
        smooth: s, in pixels.

    Returns:
        A tensor in the shape of ``probabilities``; negative where more p lowers the loss.

    Raises:
        ValueError: the shapes differ, or a probability leaves [0, 1].

    """
    terms = soft_overlap(probabilities, target)
    return (terms.iou(smooth) * (1 - target) - target) / (terms.union + smooth)
