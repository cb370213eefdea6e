"""Two maps of three classes on one grid, to paint on: each class's score, and its four averages."""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import torch

from seglosses.walkthrough.classes import IGNORED, Averages, averages, class_overlaps
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.painter import Painter
from seglosses.widgets.kit.stills import map_still
from seglosses.widgets.kit.traits import Choice, Labels, as_labels, as_lists, named_grids

_CLASSES = (0, 1, 2)
_NUMBERED = 12  # columns: in narrower cells no class could be read
_ABSENT = {"left out": None, "1": 1, "0": 0}


class ClassPainter(Painter):
    """Paint a map of background, lung and nodule, and watch the averages of their scores part.

    Args:
        target: the true map, (H, W), of 0 for background, 1 for lung, 2 for nodule and 255 for a pixel
            without a label: a tensor, an array or nested lists; up to 12 by 12, so that it can be read.
        prediction: the predicted map, of 0, 1 and 2 and of the same shape; None is background everywhere.
        presets: predictions to start from, by the name that their buttons bear.
        score: ``"dice"`` or ``"iou"``, of each class against the rest.
        absent: what a class counts in the means that is in neither map: ``"left out"``, ``"1"`` or ``"0"``.
        subject: what the brush paints, ``"prediction"`` or ``"target"``.
        brush: the class that it paints: ``"nodule"``, ``"lung"``, ``"background"`` or, in the target alone,
            ``"unlabelled"``.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each painter of a page.

    ``prediction`` and ``target`` read as int64 tensors (H, W) of what is painted now; assigning to them
    redraws the grid. So does assigning to any other argument but ``presets``. All can be observed.

    Raises:
        TypeError: an argument is of no use as what it should be.
        ValueError: wrong shape or values. After a bad assignment the widget keeps its last good state.
    """

    _esm = module("class_painter/view.js")
    _css = styles("kit/ui.css", "kit/links.css", "class_painter/style.css")
    _kind = "classes"
    _painted = "prediction"
    _shared = ("target", "prediction", "score", "absent", "subject", "brush")

    target = Labels(*_CLASSES, IGNORED)
    prediction = Labels(*_CLASSES)
    score = Choice("dice", "iou")
    absent = Choice(*_ABSENT)
    subject = Choice("prediction", "target")
    brush = Choice("nodule", "lung", "background", "unlabelled")

    def __init__(
        self,
        target: Any,
        prediction: Any = None,
        *,
        presets: Mapping[str, Any] | None = None,
        score: str = "dice",
        absent: str = "left out",
        subject: str = "prediction",
        brush: str = "nodule",
        language: str = "",
        name: str = "classes",
    ) -> None:
        target = as_labels("target", target, (*_CLASSES, IGNORED))
        shape = tuple(target.shape)
        if max(shape) > _NUMBERED:
            expected = f"target must have at most {_NUMBERED} cells along a side"
            raise ValueError(f"{expected}; got the shape {shape}. Hint: crop it, as target[:12, :12].")
        prediction = torch.zeros(shape) if prediction is None else prediction
        prediction = as_labels("prediction", prediction, _CLASSES, shape)
        maps = named_grids("presets", presets, partial(as_labels, words=_CLASSES, shape=shape))
        settings = {"score": score, "absent": absent}
        super().__init__(
            target=target,
            prediction=prediction,
            subject=subject,
            brush=brush,
            language=language,
            name=name,
            **settings,
            _presets=[[name, as_lists(x)] for name, x in maps.items()],
            _start={"target": as_lists(target), "prediction": as_lists(prediction), **settings},
        )

    @property
    def averages(self) -> Averages:
        """The four averages as they are shown, exact fractions; None where no class is left."""
        classes = class_overlaps(self.prediction, self.target, len(_CLASSES))
        return averages(classes, self.score, _ABSENT[self.absent])  # type: ignore[arg-type]

    def __repr__(self) -> str:
        rows, cols = self.target.shape
        right = int((self.prediction == self.target).sum())
        labelled = int((self.target != IGNORED).sum())
        mean = f"mean {self.score} {_said(self.averages.mean)}"
        return f"ClassPainter({rows}x{cols}: {right} of {labelled} right, {mean})"

    def _snapshot(self) -> str:
        x, y = self.prediction, self.target
        texts = [_sign(*pair) for pair in zip(x.flatten().tolist(), y.flatten().tolist(), strict=True)]
        tints = ((x > 0) & (y != IGNORED)).double()
        score, four = ("Dice" if self.score == "dice" else "IoU"), self.averages
        notes = [
            f"{score}, micro = {_said(four.pooled)}",
            f"weighted = {_said(four.weighted)}",
            f"macro = {_said(four.mean)}",
            f"macro, 1 + 2 = {_said(four.foreground)}",
        ]
        return map_still(tints, texts, x == _CLASSES[2], ((y == 1).double(), (y == 2).double()), notes).svg()


# ---- how they look: as in state.js, to which the tests hold it ---------------------------------------------


def _sign(x: int, y: int) -> str:
    """What stands in a cell: the class where it is right, both where it is wrong; background is blank."""
    if y == IGNORED:
        return f"{x}?"
    return f"{x}≠{y}" if x != y else f"{x or ''}"


def _said(score: Fraction | None) -> str:
    if score is None:
        return "0/0"
    value = float(score)
    return f"{score} {'=' if abs(value - round(value, 4)) < 1e-12 else '≈'} {value:.4f}"
