"""Probabilities over a truth, to paint on: what each pixel costs, and where it pulls."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from seglosses.losses.bce import bce_loss
from seglosses.losses.bce_dice import bce_dice_loss
from seglosses.losses.dice import dice_loss
from seglosses.losses.focal import focal_loss
from seglosses.losses.iou import iou_loss
from seglosses.walkthrough.overlaps import overlap
from seglosses.walkthrough.pixels import bce_pixels, focal_pixels
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.painter import Painter
from seglosses.widgets.kit.stills import map_still
from seglosses.widgets.kit.traits import (
    Choice,
    Mask,
    Number,
    Probabilities,
    as_lists,
    as_mask,
    as_probabilities,
)

_LOSSES: dict[str, Callable[..., Tensor]] = {
    "bce": bce_loss,
    "focal": focal_loss,
    "dice": dice_loss,
    "iou": iou_loss,
    "bce_dice": bce_dice_loss,
}
_LARGEST_LOGIT = 700  # stands for infinity, where p is 0 or 1: the gradient has its limit there


class _Truth(Mask):
    """A mask that reads as float64: in float32 an alpha of 0.2 would no longer be 0.2."""

    def get(self, obj: Any, cls: Any = None) -> Tensor:
        return super().get(obj, cls).double()


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
        presets: probabilities to start from, by the name that their buttons bear.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each widget of a page.

    ``probabilities`` and ``target`` read as float64 tensors (H, W) of what is painted now; assigning to them
    redraws the grid, and so does assigning to any other argument but ``presets``. All can be observed.

    Raises:
        TypeError: an argument is of no use as what it should be.
        ValueError: wrong shape or values. After a bad assignment the widget keeps its last good state.
    """

    _esm = module("probability_painter/view.js")
    _css = styles("kit/ui.css", "kit/links.css", "probability_painter/style.css")
    _kind = "prob"
    _painted = "probabilities"
    _shared = ("target", "probabilities", "loss", "show", "alpha", "gamma", "brush", "threshold")

    target = _Truth()
    probabilities = Probabilities()
    loss = Choice(*_LOSSES)
    show = Choice("loss", "probability", "gradient")
    alpha = Number(0.25, 0, 1)
    gamma = Number(2.0, 0, 5)
    brush = Number(0.9, 0, 1)
    threshold = Number(0.5, 0, 1)

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
        presets: Mapping[str, Any] | None = None,
        language: str = "",
        name: str = "prob",
    ) -> None:
        target = as_mask("target", target)
        shape = tuple(target.shape)
        if probabilities is None:
            probabilities = torch.full(shape, 0.5)
        probabilities = as_probabilities("probabilities", probabilities, shape)
        maps = {name: as_probabilities(f"presets[{name!r}]", p, shape) for name, p in (presets or {}).items()}
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
        focus = {"alpha": self.alpha, "gamma": self.gamma} if self.loss == "focal" else {}
        return _LOSSES[self.loss](z, self.target, **focus)

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
        unit = _unit(kind, values)
        notes = [
            f"{_SYMBOLS[self.loss]} = {_number(self._total(), '.6g')}",
            f"{_QUANTITIES[kind]}" + (f" · 10{'⁻³' if unit == 3 else '⁻⁶'}" if unit else ""),
            f"p ≥ {self.threshold:g}: Dice = {dice:.4f}",
        ]
        numbered = self.target.shape[1] <= _NUMBERED
        texts = [_brief(kind, x, unit) for x in values.flatten().tolist()] if numbered else None
        costs = values > 0 if kind == "gradient" else torch.full_like(hard, kind == "loss")
        return map_still(_strength(kind, values), texts, costs, (self.target, hard), notes).svg()


# ---- how a value looks: as in state.js, to which the tests hold it ------------------------------

_NUMBERED = 12  # columns: in narrower cells no number can be read
_MINUS = "\N{MINUS SIGN}"
_SYMBOLS = {
    "bce": "BCE",
    "focal": "FL",
    "dice": f"1 {_MINUS} Dice",
    "iou": f"1 {_MINUS} IoU",
    "bce_dice": f"BCE + 1 {_MINUS} Dice",
}
_QUANTITIES = {"probability": "p", "loss": "L", "gradient": "∂L/∂z"}


def _strength(kind: str, values: Tensor) -> Tensor:
    if kind == "probability":
        return values
    return 1 - torch.exp(-(values if kind == "loss" else 2 * values.numel() * values.abs()))


def _unit(kind: str, values: Tensor) -> int:
    sizes = values[values.isfinite()].abs()
    largest = 0.0 if kind == "probability" or not sizes.numel() else sizes.max().item()
    return 0 if largest >= 0.095 or largest < 1e-12 else 3 if largest >= 9.5e-5 else 6


def _brief(kind: str, value: float, unit: int) -> str:
    if kind == "probability":
        return f"{round(value, 2):g}"
    if value == 0 or value == torch.inf:
        return _number(value, "g")
    size = abs(value) * 10**unit
    text = f"{size:.{0 if size >= 9.95 else 1 if size >= 0.995 else 2}f}"
    return text if kind == "loss" else (_MINUS if value < 0 else "+") + text


def _number(value: float, digits: str) -> str:
    return "∞" if value == torch.inf else format(value, digits)
