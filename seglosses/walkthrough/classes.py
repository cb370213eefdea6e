"""Maps of several classes: the counts of each, and the averages of their scores, as exact fractions."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import torch
from torch import Tensor

from seglosses.walkthrough._checks import check_shapes
from seglosses.walkthrough.overlaps import Overlap, overlap

IGNORED = 255  #: The label of a pixel that nobody labelled, as most data sets write it.


def class_overlaps(prediction: Tensor, target: Tensor, classes: int = 3) -> list[Overlap]:
    """Count the pixels of each class of one map against those of another: class k against all the rest.

    Args:
        prediction: the class of each pixel, whole numbers from 0 to ``classes`` - 1, of any shape: a batch is
            counted as one region.
        target: the true classes, the shape of ``prediction``; a pixel of 255 has no label and is not counted.
        classes: how many there are, the background among them.

    Returns:
        One :class:`~seglosses.walkthrough.overlaps.Overlap` a class, the background first.

    Raises:
        ValueError: the shapes differ, or a pixel has another class.
    """
    check_shapes(prediction, target)
    labelled = target != IGNORED
    for name, labels in (("prediction", prediction), ("target", target[labelled])):
        strangers = labels[~torch.isin(labels, torch.arange(classes))]
        if strangers.numel():
            hint = "Hint: logits become classes by argmax over their axis; only in a target may 255 stand."
            came = strangers[0].item()
            raise ValueError(f"{name} must hold the classes 0 to {classes - 1}; got {came}. {hint}")
    x, y = prediction[labelled], target[labelled]
    return [overlap(x == k, y == k) for k in range(classes)]


@dataclass(frozen=True)
class Averages:
    """One score of several classes, averaged in four ways; None where no class is left to average."""

    pooled: Fraction | None
    """The counts of all classes summed first ("micro")."""
    weighted: Fraction | None
    """The mean in which a class counts by its true pixels ("weighted")."""
    mean: Fraction | None
    """The mean of all classes ("macro")."""
    foreground: Fraction | None
    """The mean of all classes but the background, the first."""


def averages(
    classes: Sequence[Overlap], score: Literal["dice", "iou"] = "dice", absent: int | None = None
) -> Averages:
    """Average the Dice or the IoU of classes, in the four ways in use.

    Args:
        classes: the counts of each class, the background first.
        score: which fraction.
        absent: what a class counts that is in neither map, 0 or 1; None leaves it out of the means.
    """
    terms = [_terms(n, score) for n in classes]
    scores = [Fraction(top, bottom) if bottom else absent for top, bottom in terms]
    tops, bottoms = zip(*terms, strict=True)
    present = [(s, n.actual) for s, n in zip(scores, classes, strict=True) if s is not None]
    return Averages(
        pooled=_ratio(sum(tops), sum(bottoms)),
        weighted=_ratio(sum(s * size for s, size in present), sum(size for _, size in present)),
        mean=_mean(scores),
        foreground=_mean(scores[1:]),
    )


def _terms(n: Overlap, score: Literal["dice", "iou"]) -> tuple[int, int]:
    """What stands above and below the bar."""
    return (2 * n.tp, n.predicted + n.actual) if score == "dice" else (n.tp, n.union)


def _mean(scores: Sequence[Fraction | int | None]) -> Fraction | None:
    present = [score for score in scores if score is not None]
    return _ratio(sum(present), len(present))


def _ratio(top: Fraction | int, bottom: int) -> Fraction | None:
    return Fraction(top) / bottom if bottom else None
