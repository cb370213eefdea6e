"""Scores of hard masks, one value per image: what is reported after training, exact to the pixel.

The losses compare probabilities and have gradients; these count pixels and have none. A model's output must
therefore be cut first, and where is your decision: ``logits > 0`` is a probability above 0.5.

All four are fractions of three counts. TP are the pixels in both masks, FP those of the prediction alone, FN
those of the target alone. The counts are whole numbers and are divided once, so a score is the float64 number
closest to the fraction. True negatives do not count: to leave pixels out, pass ``prediction & keep`` and
``target & keep``. What 0/0 is worth has no default, for it moves a mean: with 1 an empty image is a perfect
one, with NaN :func:`torch.nanmean` leaves it out.
"""

import math
import sys
from numbers import Real

import torch
from torch import Tensor


def dice_score(prediction: Tensor, target: Tensor, *, empty: float) -> Tensor:
    r"""Twice the shared pixels over the sizes of both masks, also called the F1 score.

    .. math:: D = \frac{2\, TP}{2\, TP + FP + FN}

    Args:
        prediction: a mask of shape (N, ...), N images; any type, each value exactly 0 or 1.
        target: a mask of the same shape; its type may be another.
        empty: the value of 0/0, of an image where both masks are empty; finite or NaN.

    Returns:
        One value per image, float64 of shape (N,). No unit; 0 is no overlap, 1 is the same mask.

    Raises:
        TypeError: a mask is no tensor, ``empty`` is no number.
        ValueError: shapes differ, fewer than two axes, a value other than 0 and 1, ``empty`` is infinite.

    Source:
        Dice, Measures of the Amount of Ecologic Association Between Species, Ecology 1945.
        :func:`seglosses.dice_loss` is the soft form: it takes logits, puts their probabilities in the place
        of the prediction, adds ``smooth`` to both sides of the bar, pools the batch unless told otherwise,
        and has a gradient. For logits so large that every probability is 0 or 1, this is one minus that loss
        with ``smooth=0`` and one region per image, where ``empty`` is 1.

    Example:
        >>> import torch
        >>> prediction = torch.tensor([[1, 1, 1, 0], [0, 0, 0, 0]])
        >>> target = torch.tensor([[1, 0, 0, 0], [0, 0, 0, 0]])
        >>> dice_score(prediction, target, empty=1)  # 2 * 1 / (3 + 1), and 0/0
        tensor([0.5000, 1.0000], dtype=torch.float64)
    """
    tp, fp, fn = _counts(prediction, target)
    return _fraction(2 * tp, 2 * tp + fp + fn, empty)


def iou_score(prediction: Tensor, target: Tensor, *, empty: float) -> Tensor:
    r"""The shared pixels over the pixels of either mask, also called the Jaccard index.

    .. math:: J = \frac{TP}{TP + FP + FN}

    With :math:`D` the Dice score of the same image, :math:`J = D / (2 - D)`.

    Args:
        prediction: a mask of shape (N, ...), N images; any type, each value exactly 0 or 1.
        target: a mask of the same shape; its type may be another.
        empty: the value of 0/0, of an image where both masks are empty; finite or NaN.

    Returns:
        One value per image, float64 of shape (N,). No unit; 0 is no overlap, 1 is the same mask.

    Raises:
        TypeError: a mask is no tensor, ``empty`` is no number.
        ValueError: shapes differ, fewer than two axes, a value other than 0 and 1, ``empty`` is infinite.

    Source:
        Jaccard, The Distribution of the Flora in the Alpine Zone, New Phytologist 1912.
        :func:`seglosses.iou_loss` is the soft form, as with :func:`dice_score`.

    Example:
        >>> import torch
        >>> prediction = torch.tensor([[1, 1, 1, 0], [0, 0, 0, 0]])
        >>> target = torch.tensor([[1, 0, 0, 0], [0, 0, 0, 0]])
        >>> iou_score(prediction, target, empty=float("nan"))  # 1 / (1 + 2 + 0), and 0/0
        tensor([0.3333,    nan], dtype=torch.float64)
    """
    tp, fp, fn = _counts(prediction, target)
    return _fraction(tp, tp + fp + fn, empty)


def precision(prediction: Tensor, target: Tensor, *, empty: float) -> Tensor:
    r"""How much of the prediction is right.

    .. math:: P = \frac{TP}{TP + FP}

    Misses do not lower it: one right pixel alone has precision 1, so give :func:`recall` beside it.

    Args:
        prediction: a mask of shape (N, ...), N images; any type, each value exactly 0 or 1.
        target: a mask of the same shape; its type may be another.
        empty: the value of 0/0, of an image where nothing is predicted; finite or NaN.

    Returns:
        One value per image, float64 of shape (N,). No unit; 0 is all wrong, 1 is no false alarm.

    Raises:
        TypeError: a mask is no tensor, ``empty`` is no number.
        ValueError: shapes differ, fewer than two axes, a value other than 0 and 1, ``empty`` is infinite.

    Source:
        van Rijsbergen, Information Retrieval, 2nd edition, 1979, chapter 7. It has no soft form among the
        losses: alone it would reward a model that predicts next to nothing.

    Example:
        >>> import torch
        >>> prediction = torch.tensor([[1, 1, 1, 0]])
        >>> target = torch.tensor([[1, 0, 0, 1]])
        >>> precision(prediction, target, empty=0)  # 1 / (1 + 2)
        tensor([0.3333], dtype=torch.float64)
    """
    tp, fp, _ = _counts(prediction, target)
    return _fraction(tp, tp + fp, empty)


def recall(prediction: Tensor, target: Tensor, *, empty: float) -> Tensor:
    r"""How much of the target is found, also called the sensitivity.

    .. math:: R = \frac{TP}{TP + FN}

    False alarms do not lower it: the whole image predicted has recall 1, so give :func:`precision` beside it.

    Args:
        prediction: a mask of shape (N, ...), N images; any type, each value exactly 0 or 1.
        target: a mask of the same shape; its type may be another.
        empty: the value of 0/0, of an image where there is nothing to find; finite or NaN.

    Returns:
        One value per image, float64 of shape (N,). No unit; 0 is nothing found, 1 is no miss.

    Raises:
        TypeError: a mask is no tensor, ``empty`` is no number.
        ValueError: shapes differ, fewer than two axes, a value other than 0 and 1, ``empty`` is infinite.

    Source:
        van Rijsbergen, Information Retrieval, 2nd edition, 1979, chapter 7. It has no soft form among the
        losses: alone it would reward a model that predicts everything.

    Example:
        >>> import torch
        >>> prediction = torch.tensor([[1, 1, 1, 0]])
        >>> target = torch.tensor([[1, 0, 0, 1]])
        >>> recall(prediction, target, empty=0)  # 1 / (1 + 1)
        tensor([0.5000], dtype=torch.float64)
    """
    tp, _, fn = _counts(prediction, target)
    return _fraction(tp, tp + fn, empty)


def _counts(prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Count the true positives, false positives and false negatives of each image, in int64."""
    for name, mask in (("prediction", prediction), ("target", target)):
        if not isinstance(mask, Tensor):
            hint = f"Hint: torch.as_tensor({name})."
            raise TypeError(f"{name} must be a torch.Tensor; got {type(mask).__name__}. {hint}")
    if prediction.shape != target.shape:
        shapes = f"{tuple(prediction.shape)} and {tuple(target.shape)}"
        hint = "Hint: a missing channel axis is unsqueeze(1), one too many is squeeze(1)."
        raise ValueError(f"prediction and target must have the same shape; got {shapes}. {hint}")
    if prediction.ndim < 2:
        shape = tuple(prediction.shape)
        hint = "Hint: the first axis counts the images; one image alone gets it with unsqueeze(0)."
        raise ValueError(f"prediction and target must have at least 2 axes; got shape {shape}. {hint}")
    x, y = (_hard(mask, name).flatten(1) for mask, name in ((prediction, "prediction"), (target, "target")))
    tp = (x & y).sum(1)
    return tp, x.sum(1) - tp, y.sum(1) - tp


def _hard(mask: Tensor, name: str) -> Tensor:
    """Return a mask as bool; raise where a value is neither 0 nor 1."""
    if mask.dtype == torch.bool:
        return mask
    # Not by subtraction or rounding: a probability of 0.999 must not pass for a 1.
    strangers = mask[(mask != 0) & (mask != 1)]
    if strangers.numel():
        came = strangers[0].item()
        hint = "threshold first: logits > 0 is a probability above 0.5"
        if came == 255:
            hint = f"a 0/255 mask is {name} / 255; label 255 for 'ignore' goes with & keep on both masks"
        raise ValueError(f"{name} must be a mask of 0 and 1; got a value of {came}. Hint: {hint}.")
    return mask != 0


def _fraction(numerator: Tensor, denominator: Tensor, empty: float) -> Tensor:
    """Divide whole numbers once, in float64; ``empty`` for 0/0."""
    hint = "Hint: 1 counts an empty image as right, float('nan') lets torch.nanmean leave it out."
    if isinstance(empty, bool) or not isinstance(empty, Real):
        raise TypeError(f"empty must be a finite number or nan; got {type(empty).__name__}. {hint}")
    if not math.isnan(empty) and not abs(empty) <= sys.float_info.max:
        raise ValueError(f"empty must be a finite number or nan; got {empty}. {hint}")
    # torch would divide int64 by int64 in float32.
    return torch.where(denominator == 0, float(empty), numerator.double() / denominator.double())
