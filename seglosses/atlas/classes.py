"""The convention atlas of several classes: what each library says of the same maps.

The others' numbers stand in a record of their own, which tools/class_atlas.py writes.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from seglosses import bce_loss, dice_loss, focal_loss
from seglosses.atlas import Atlas, Table, _shown
from seglosses.grids import CLASS_MAP, CLASS_PREDICTION, LUNG, PREDICTION_1, as_logits
from seglosses.probabilities import one_against_the_rest

UNLABELLED = 255
CLASS_WEIGHTS = (1.0, 2.0, 4.0)
ALPHA = (0.1, 0.3, 0.6)


class ClassCase(NamedTuple):
    """Maps to ask every library about, int64 of shape (N, 10, 10)."""

    prediction: Tensor
    """Classes 0, 1 and 2."""
    target: Tensor
    """The true ones; 255 where a pixel has no label."""

    def logits(self, confidence: float) -> Tensor:
        """Logits (N, 3, 10, 10) of a model that says this prediction, each this far from 0."""
        return as_logits(F.one_hot(self.prediction, 3).movedim(-1, 1).double(), confidence)

    def masks(self) -> tuple[Tensor, Tensor]:
        """A mask of each class, (N, 3, 10, 10), and weights, (N, 1, 10, 10): 0 where there is no label."""
        keep = self.target != UNLABELLED
        known = F.one_hot(self.target.where(keep, 0), 3).movedim(-1, 1)
        return known.double(), keep.unsqueeze(1).double()


_LUNG_ALONE, _ALARM = PREDICTION_1.long(), PREDICTION_1.long()
_ALARM[3, 3] = 2
_HALF_LABELLED = CLASS_MAP.clone()
_HALF_LABELLED[6:] = UNLABELLED

#: The maps on which conventions differ.
CLASS_CASES = {
    "the map": ClassCase(CLASS_PREDICTION[None], CLASS_MAP[None]),
    "no nodule": ClassCase(_LUNG_ALONE[None], LUNG.long()[None]),
    "false nodule": ClassCase(_ALARM[None], LUNG.long()[None]),
    "two images": ClassCase(
        torch.stack([CLASS_PREDICTION, _LUNG_ALONE]), torch.stack([CLASS_MAP, LUNG.long()])
    ),
    "no labels below": ClassCase(CLASS_PREDICTION[None], _HALF_LABELLED[None]),
}

Said = Callable[[ClassCase], Tensor | Fraction | float]


def _pairs(case: ClassCase) -> list[tuple[Tensor, Tensor]]:
    """For each class its mask in the prediction and in the target, over all images, labelled pixels only."""
    keep = case.target != UNLABELLED
    x, y = case.prediction[keep], case.target[keep]
    return [(x == k, y == k) for k in range(3)]


def _scores(case: ClassCase, score: str) -> list[tuple[int, int]]:
    """Each class's score, over all images, as what stands above and below the bar."""
    counts = [(int((x & y).sum()), int(x.sum() + y.sum())) for x, y in _pairs(case)]
    return [(2 * tp, both) if score == "dice" else (tp, both - tp) for tp, both in counts]


def _mean(score: str, first: int = 0) -> Said:
    """The mean over the classes from ``first`` on that are in either map."""

    def mean(case: ClassCase) -> float:
        present = [Fraction(top, bottom) for top, bottom in _scores(case, score)[first:] if bottom]
        return float(sum(present) / len(present))

    return mean


def _pooled(case: ClassCase) -> float:
    tops, bottoms = zip(*_scores(case, "dice"), strict=True)
    return float(sum(tops) / sum(bottoms))


def _weighted(case: ClassCase) -> float:
    sizes = [int(y.sum()) for _, y in _pairs(case)]
    scores = [top / bottom if bottom else 0.0 for top, bottom in _scores(case, "dice")]
    return sum(w * s for w, s in zip(sizes, scores, strict=True)) / sum(sizes)


def _dice(case: ClassCase) -> Tensor:
    masks, keep = case.masks()
    z = one_against_the_rest(case.logits(20))
    return dice_loss(z, masks, smooth=1e-5, dim=(0, 2, 3), weight=keep).mean()


def _cross_entropy(case: ClassCase) -> Tensor:
    masks, keep = case.masks()
    return bce_loss(one_against_the_rest(case.logits(2)), masks, weight=masks * keep)


def _focal(case: ClassCase) -> Tensor:
    masks, keep = case.masks()
    return focal_loss(one_against_the_rest(case.logits(2)), masks, alpha=None, weight=masks * keep)


#: What this package says, by the kinds and names of the record.
OURS: dict[str, dict[str, Said]] = {
    "scores": {
        "pooled": _pooled,
        "weighted": _weighted,
        "mean": _mean("dice"),
        "foreground": _mean("dice", 1),
        "mean IoU": _mean("iou"),
    },
    "losses": {"dice": _dice, "cross entropy": _cross_entropy, "focal": _focal},
}


def class_table(atlas: Atlas, kind: str, name: str) -> Table:
    """Lay one score or loss out: a row for each call, a column for each case, what deviates in bold.

    Args:
        atlas: the record of the other libraries, of :func:`seglosses.atlas.read_atlas`.
        kind: "scores" or "losses".
        name: one of that kind in ``OURS``.

    Raises:
        ValueError: the record has no such kind or name.
    """
    if name not in OURS.get(kind, {}) or name not in atlas.values.get(kind, {}):
        known = [(k, n) for k, names in OURS.items() for n in names]
        hint = "Hint: scores are of classes, losses of logits."
        raise ValueError(f"kind and name must be one of {known}; got {(kind, name)}. {hint}")
    ours = {case: float(OURS[kind][name](of)) for case, of in CLASS_CASES.items()}
    rows = [["seglosses", *(f"{value:.4f}" for value in ours.values())]]
    for call, said in atlas.values[kind][name].items():
        rows.append([_broken(call), *(_shown(said[case], value) for case, value in ours.items())])
    return Table(["", *CLASS_CASES], rows)


def _broken(call: str) -> str:
    """A call in short lines, its settings below its name, so that the table fits beside the text."""
    return re.sub(r"(the same, |\((?![)\d])|, (?=ignore))", r"\1<br>", call)
