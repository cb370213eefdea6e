"""The worked examples, term by term: every number that the text quotes can be asked for by name.

The functions here take what the formulas of the text take, hard masks or probabilities, and compute each
term as written. The losses of the package take logits; the tests hold the two to the same values.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from inspect import getsource
from math import comb
from textwrap import dedent

import torch
import torch.nn.functional as F
from torch import Tensor

from seglosses.grids import check_mask


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
    _check_shapes(prediction, target)
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
    _check_shapes(prediction, target)
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
    p, y = _probabilities(probabilities, target), target
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
    p, y = _probabilities(probabilities, target), target
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
    p, y = _probabilities(probabilities, target), target
    check_mask(y, "target")
    p_t = torch.where(y == 1, p, 1 - p)
    alpha_t = y * alpha + (1 - y) * (1 - alpha)
    return FocalPixels(p_t, alpha_t, (1 - p_t) ** gamma, bce_pixels(p, y))


def focal_pull(p_t: Tensor, gamma: float = 2.0) -> Tensor:
    r"""How hard the focal loss of a pixel pulls at its logit, before alpha.

    .. math:: \left| \frac{\partial L}{\partial z} \right| = (1 - p_t)^\gamma (1 - p_t - \gamma\, p_t \ln p_t)

    With gamma 0 this is cross-entropy's pull, 1 - p_t.

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

    With gamma 0 and alpha 0.5 it is p itself: cross-entropy asks for the truth.

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


def plain_dice_loss(
    inputs: Tensor,
    targets: Tensor,
    smooth: float = 1.0,
) -> Tensor:
    """Give the Dice loss as one would write it down, every sum in the type of the arguments.

    For the chapter on numbers that break; train with :func:`seglosses.dice_loss`.

    Args:
        inputs: logits, of any shape and float type.
        targets: y in [0, 1], the shape of ``inputs``.
        smooth: added above and below the bar, in pixels.
    """
    p = torch.sigmoid(inputs)
    overlap = (p * targets).sum()
    sizes = p.sum() + targets.sum()
    return 1 - (2 * overlap + smooth) / (sizes + smooth)


def plain_focal_loss(inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2.0) -> Tensor:
    """Give the focal loss as the source writes it, step by step from cross-entropy.

    For the chapter on numbers that break; train with :func:`seglosses.focal_loss`.

    Args:
        inputs: logits, of any shape and float type.
        targets: y, 0 or 1, the shape and type of ``inputs``.
        alpha: the weight of the foreground; the background gets 1 minus this.
        gamma: the focusing exponent, at least 0.
    """
    bce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    alpha_t = torch.where(targets == 1, alpha, 1 - alpha)
    return (alpha_t * (1 - torch.exp(-bce)) ** gamma * bce).mean()


def kept_for_backward(loss: Callable[[Tensor, Tensor], Tensor], inputs: Tensor, targets: Tensor) -> float:
    """Measure what a loss stores between its forward and its backward pass, in sizes of the logits.

    The logits and the targets themselves do not count, and a tensor that is stored twice counts once.

    Args:
        loss: a function of logits and targets.
        inputs: logits, of any shape and float type.
        targets: y in [0, 1], the shape of ``inputs``.
    """
    z, kept = inputs.detach().requires_grad_(), {}

    def keep(tensor: Tensor) -> Tensor:
        kept[tensor.data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = loss(z, targets)
    stored = sum(t.nbytes for at, t in kept.items() if at not in (z.data_ptr(), targets.data_ptr()))
    del result  # kept until here, since the address of a freed tensor may be given to another
    return stored / z.nbytes


@dataclass(frozen=True)
class Listing:
    """Source code that a notebook shows as such."""

    code: str
    """Python source."""

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}\n```"


def listing(*functions: Callable[..., object]) -> Listing:
    """Give the code of functions that run, so that no page keeps in step with it by hand.

    Docstrings and what is said to the type checker alone are left out.
    """
    return Listing("\n\n\n".join(_code(function) for function in functions))


def _code(function: Callable[..., object]) -> str:
    lines = dedent(getsource(function)).splitlines()
    (definition,) = ast.parse("\n".join(lines)).body
    if isinstance(definition, ast.FunctionDef) and ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(line.partition("  # type: ignore")[0] for line in lines)


def _check_shapes(prediction: Tensor, target: Tensor) -> None:
    if prediction.shape != target.shape:
        shapes = f"{tuple(prediction.shape)} and {tuple(target.shape)}"
        hint = "Hint: of a batch take one image, as in masks[0, 0]; a flat list of pixels takes reshape."
        raise ValueError(f"prediction and target must have the same shape; got {shapes}. {hint}")


def _probabilities(probabilities: Tensor, target: Tensor) -> Tensor:
    _check_shapes(probabilities, target)
    outside = probabilities[~((probabilities >= 0) & (probabilities <= 1))]
    if outside.numel():
        came = outside[0].item()
        hint = "Hint: torch.sigmoid(logits) gives probabilities."
        raise ValueError(f"probabilities must lie in [0, 1]; got {came}. {hint}")
    return probabilities
