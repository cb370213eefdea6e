"""Probabilities over a truth, to paint on: what each pixel costs, and where it pulls."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from seglosses.walkthrough.overlaps import overlap
from seglosses.walkthrough.pixels import bce_pixels, focal_pixels
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.losses import LOSSES, loss_named
from seglosses.widgets.kit.painter import Painter
from seglosses.widgets.kit.stills import map_still
from seglosses.widgets.kit.tints import MINUS, NUMBERED, brief, number, strength, unit
from seglosses.widgets.kit.traits import (
    Choice,
    Number,
    Probabilities,
    Truth,
    as_lists,
    as_mask,
    as_probabilities,
    named_grids,
)

_SYMBOLS = {
    "bce": "BCE",
    "focal": "FL",
    "dice": f"1 {MINUS} Dice",
    "iou": f"1 {MINUS} IoU",
    "bce_dice": f"BCE + 1 {MINUS} Dice",
}
_QUANTITIES = {"probability": "p", "loss": "L", "gradient": "∂L/∂z"}

_LARGEST_LOGIT = 700  # stands for infinity, where p is 0 or 1: the gradient has its limit there


class ProbabilityPainter(Painter):
    """Paint probabilities and watch each pixel's loss and gradient follow, with every factor in numbers.

    Args:
        target: the true mask, (H, W), of 0 and 1: a tensor, an array or nested lists; up to 64 by 64.
        probabilities: p in [0, 1], of the same shape; None is 0.5 everywhere.
        loss: ``"bce"``, ``"focal"``, ``"dice"``, ``"iou"`` or ``"bce_dice"``, with their defaults otherwise.
        show: the map in the cells: ``"loss"``, ``"probability"`` or ``"gradient"``, which is that of the
            mean loss with respect to the logits. The last three losses have no loss of a single pixel: their
            ``"loss"`` shows the gradient.
        alpha: the weight of the foreground in the focal loss, from 0 to 1.
        gamma: the focusing exponent of the focal loss, from 0 to 5.
        brush: the probability that the brush paints.
        threshold: what is at least as probable as this is in the hard mask.
        plot: ``"none"``, or ``"price"``: what the pixel that is looked at costs against its p, with a line to
            drag; beside focal loss, what it costs in BCE. The losses of a whole region have no such curve.
        presets: probabilities to start from, by the name that their buttons bear.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each widget of a page.

    ``probabilities`` and ``target`` read as float64 tensors (H, W) of what is painted now; assigning to them
    redraws the grid, and so does assigning to any other argument but ``presets``; ``plot`` is for views
    made later. All can be observed.

    Raises:
        TypeError: an argument is of no use as what it should be.
        ValueError: wrong shape or values. After a bad assignment the widget keeps its last good state.
    """

    _esm = module("probability_painter/view.js")
    _css = styles(
        "kit/ui.css", "kit/tints.css", "kit/plot.css", "kit/links.css", "probability_painter/style.css"
    )
    _kind = "prob"
    _painted = "probabilities"
    _shared = ("target", "probabilities", "loss", "show", "alpha", "gamma", "brush", "threshold")

    target = Truth()
    probabilities = Probabilities()
    loss = Choice(*LOSSES)
    show = Choice("loss", "probability", "gradient")
    alpha = Number(0.25, 0, 1)
    gamma = Number(2.0, 0, 5)
    brush = Number(0.9, 0, 1)
    threshold = Number(0.5, 0, 1)
    plot = Choice("none", "price")

    def __init__(
        self,
        target: Any,
        probabilities: Any = None,
        *,
        loss: str = "bce",
        show: str = "loss",
        alpha: float = 0.25,
        gamma: float = 2.0,
        brush: float = 0.9,
        threshold: float = 0.5,
        plot: str = "none",
        presets: Mapping[str, Any] | None = None,
        language: str = "",
        name: str = "prob",
    ) -> None:
        target = as_mask("target", target)
        shape = tuple(target.shape)
        if probabilities is None:
            probabilities = torch.full(shape, 0.5)
        probabilities = as_probabilities("probabilities", probabilities, shape)
        maps = named_grids("presets", presets, partial(as_probabilities, shape=shape))
        settings: dict[str, Any] = {
            "loss": loss,
            "show": show,
            "alpha": alpha,
            "gamma": gamma,
            "brush": brush,
            "threshold": threshold,
        }
        super().__init__(
            target=target,
            probabilities=probabilities,
            plot=plot,
            language=language,
            name=name,
            **settings,
            _presets=[[name, as_lists(p)] for name, p in maps.items()],
            _start={"probabilities": as_lists(probabilities), **settings},
        )

    @property
    def logits(self) -> Tensor:
        """What the losses take, the logits of the probabilities, infinite where these are 0 or 1."""
        return torch.logit(self.probabilities)

    def __repr__(self) -> str:
        rows, cols = self.target.shape
        return f"ProbabilityPainter({rows}x{cols}: {self.loss} {self._total():.6g})"

    def _pixels(self) -> Tensor:
        """The loss of each pixel; a pixel without weight costs nothing, not even 0 times infinity."""
        p, y = self.probabilities, self.target
        if self.loss == "focal":
            return focal_pixels(p, y, self.alpha, self.gamma).loss.nan_to_num(nan=0.0, posinf=torch.inf)
        return bce_pixels(p, y)

    def _total(self) -> float:
        """The loss of the whole grid."""
        if self.loss in ("bce", "focal"):
            return self._pixels().mean().item()
        wrong = bce_pixels(self.probabilities, self.target).isinf().any()
        return torch.inf if self.loss == "bce_dice" and wrong else self._region(self._finite_logits()).item()

    def _region(self, z: Tensor) -> Tensor:
        return loss_named(self.loss, self.alpha, self.gamma)(z, self.target)

    def _finite_logits(self) -> Tensor:
        return self.logits.clamp(-_LARGEST_LOGIT, _LARGEST_LOGIT)

    def _gradient(self) -> Tensor:
        z = self._finite_logits().requires_grad_()
        return torch.autograd.grad(self._region(z), z)[0]

    def _map(self) -> tuple[str, Tensor]:
        """The map that is shown, and its values."""
        if self.show == "probability":
            return "probability", self.probabilities
        if self.show == "loss" and self.loss in ("bce", "focal"):
            return "loss", self._pixels()
        return "gradient", self._gradient()

    def _snapshot(self) -> str:
        kind, values = self._map()
        hard = self.probabilities >= self.threshold
        counts = overlap(hard, self.target)
        dice = float(counts.dice()) if counts.predicted + counts.actual else 1.0
        power = unit(kind, values)
        notes = [
            f"{_SYMBOLS[self.loss]} = {number(self._total(), '.6g')}",
            f"{_QUANTITIES[kind]}" + (f" · 10{'⁻³' if power == 3 else '⁻⁶'}" if power else ""),
            f"p ≥ {self.threshold:g}: Dice = {dice:.4f}",
        ]
        numbered = self.target.shape[1] <= NUMBERED
        texts = [brief(kind, x, power) for x in values.flatten().tolist()] if numbered else None
        costs = values > 0 if kind == "gradient" else torch.full_like(hard, kind == "loss")
        return map_still(strength(kind, values), texts, costs, (self.target, hard), notes).svg()
