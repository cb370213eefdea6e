"""Two masks on one grid, to paint on: what Dice and IoU make of every pixel."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch

from seglosses.walkthrough.overlaps import overlap
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.painter import Painter
from seglosses.widgets.kit.stills import mask_still
from seglosses.widgets.kit.traits import Choice, Mask, Number, as_lists, as_mask, named_grids


class GridPainter(Painter):
    """Paint a prediction (or the truth itself) and watch Dice and IoU follow, each as the fraction it is.

    Args:
        target: the true mask, (H, W), of 0 and 1: a tensor, an array or nested lists; up to 64 by 64.
        prediction: the predicted mask, of the same shape; None is an empty one.
        presets: predictions to start from, by the name that their buttons bear.
        smooth: the smoothing term in both fractions, in pixels, from 0 to 10.
        subject: what the brush paints, ``"prediction"`` or ``"target"``.
        halves: ``"columns"`` takes the grid for two images side by side and ``"rows"`` for two halves, one
            above the other: the mean of their scores then stands beside the pooled ones. ``"none"`` does not.
        plot: ``"none"``, or ``"dice_of_iou"``: Dice against IoU, a dot that moves with every pixel, its gap
            to the diagonal, and the curve as far as the dot has been.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each painter of a page.

    ``prediction`` and ``target`` read as float32 tensors (H, W) of what is painted now; assigning to them
    redraws the grid. So do ``smooth``, ``subject`` and ``language``; ``halves`` and ``plot`` are for views
    made later. All can be observed like any trait.

    Raises:
        TypeError: an argument is of no use as what it should be.
        ValueError: wrong shape or values. After a bad assignment the widget keeps its last good state.
    """

    _esm = module("grid_painter/view.js")
    _css = styles("kit/ui.css", "kit/links.css", "grid_painter/style.css")
    _kind = "grid"
    _painted = "prediction"
    _shared = ("target", "prediction", "smooth", "subject")

    target = Mask()
    prediction = Mask()
    smooth = Number(0.0, 0, 10)
    subject = Choice("prediction", "target")
    halves = Choice("none", "columns", "rows")
    plot = Choice("none", "dice_of_iou")

    def __init__(
        self,
        target: Any,
        prediction: Any = None,
        *,
        presets: Mapping[str, Any] | None = None,
        smooth: float = 0.0,
        subject: str = "prediction",
        halves: str = "none",
        plot: str = "none",
        language: str = "",
        name: str = "grid",
    ) -> None:
        target = as_mask("target", target)
        shape = tuple(target.shape)
        prediction = torch.zeros(shape) if prediction is None else as_mask("prediction", prediction, shape)
        masks = named_grids("presets", presets, partial(as_mask, shape=shape))
        super().__init__(
            target=target,
            prediction=prediction,
            smooth=smooth,
            subject=subject,
            halves=halves,
            plot=plot,
            language=language,
            name=name,
            _presets=[[name, as_lists(mask)] for name, mask in masks.items()],
            _start={"target": as_lists(target), "prediction": as_lists(prediction), "smooth": smooth},
        )

    def __repr__(self) -> str:
        rows, cols = self.target.shape
        n = overlap(self.prediction, self.target)
        return f"GridPainter({rows}x{cols}: TP {n.tp}, FP {n.fp}, FN {n.fn}, TN {n.tn})"

    def _snapshot(self) -> str:
        return mask_still(self.prediction, self.target, self.smooth).svg()
