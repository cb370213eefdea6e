"""Gradient steps on the logits of a grid: two losses from one start, step by step."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
import traitlets
from torch import Tensor

from seglosses.probabilities import to_logits
from seglosses.walkthrough.steps import descend
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.losses import LOSSES, loss_named
from seglosses.widgets.kit.painter import Painter
from seglosses.widgets.kit.stills import Still, at, map_still
from seglosses.widgets.kit.tints import NUMBERED, brief
from seglosses.widgets.kit.traits import (
    Choice,
    Number,
    Probabilities,
    Truth,
    Whole,
    as_lists,
    as_mask,
    as_probabilities,
    named_grids,
)

LAST_STEP = 300
"""The page goes no further; :func:`seglosses.walkthrough.steps.descend` does."""


class GradientSteps(Painter):
    """Take steps down two losses from one start and watch what each does with every pixel.

    The parameters are the logits themselves, one a pixel: no network shares them out. The steps are those of
    :func:`seglosses.walkthrough.steps.descend`, and a state holds the start and how many steps were taken.
    So a link, which rounds the start to hundredths, leads to the same place in the page and in Python.

    Args:
        target: the true mask, (H, W), of 0 and 1: a tensor, an array or nested lists; up to 64 by 64.
        start: p in [0, 1] before the first step, of the same shape; None is 0.5 everywhere. Where it is 0
            or 1, the logit is the outermost that :func:`seglosses.probabilities.to_logits` gives.
        left: the loss on the left: ``"bce"``, ``"focal"``, ``"dice"``, ``"iou"`` or ``"bce_dice"``, with
            their defaults otherwise.
        right: the loss on the right.
        rate: the learning rate of both, from 0.001 to 1000. A mean over N pixels has slopes of 1/N.
        step: how many steps were taken, from 0 to 300.
        show: the map in the cells: ``"probability"`` or ``"gradient"``, with respect to the logits.
        alpha: the weight of the foreground in the focal loss, from 0 to 1.
        gamma: the focusing exponent of the focal loss, from 0 to 5.
        brush: the probability that the brush paints on the start.
        presets: starts to choose from, by the name that their buttons bear.
        truths: masks to choose from as the target, by the name that their buttons bear.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each widget of a page.

    ``start`` and ``target`` read as float64 tensors (H, W). All but ``presets`` and ``truths`` can be
    assigned and observed.

    Raises:
        TypeError: an argument is of no use as what it should be.
        ValueError: wrong shape or values. After a bad assignment the widget keeps its last good state.
    """

    _esm = module("gradient_steps/view.js")
    _css = styles("kit/ui.css", "kit/tints.css", "kit/plot.css", "kit/links.css", "gradient_steps/style.css")
    _kind = "steps"
    _painted = "start"
    _shared = ("target", "start", "left", "right", "rate", "step", "show", "alpha", "gamma", "brush")

    target = Truth()
    start = Probabilities()
    left = Choice(*LOSSES)
    right = Choice(*LOSSES)
    rate = Number(10.0, 0.001, 1000)
    step = Whole(0, 0, LAST_STEP)
    show = Choice("probability", "gradient")
    alpha = Number(0.25, 0, 1)
    gamma = Number(2.0, 0, 5)
    brush = Number(0.98, 0, 1)
    _truths: "traitlets.List[Any]" = traitlets.List().tag(sync=True)  # pairs, as the presets are

    def __init__(
        self,
        target: Any,
        start: Any = None,
        *,
        left: str = "bce",
        right: str = "dice",
        rate: float = 10.0,
        step: int = 0,
        show: str = "probability",
        alpha: float = 0.25,
        gamma: float = 2.0,
        brush: float = 0.98,
        presets: Mapping[str, Any] | None = None,
        truths: Mapping[str, Any] | None = None,
        language: str = "",
        name: str = "steps",
    ) -> None:
        target = as_mask("target", target)
        shape = tuple(target.shape)
        start = as_probabilities("start", torch.full(shape, 0.5) if start is None else start, shape)
        starts = named_grids("presets", presets, partial(as_probabilities, shape=shape))
        masks = named_grids("truths", truths, partial(as_mask, shape=shape))
        settings: dict[str, Any] = {
            "left": left,
            "right": right,
            "rate": rate,
            "step": step,
            "show": show,
            "alpha": alpha,
            "gamma": gamma,
            "brush": brush,
        }
        super().__init__(
            target=target,
            start=start,
            language=language,
            name=name,
            **settings,
            _presets=[[name, as_lists(p)] for name, p in starts.items()],
            _truths=[[name, as_lists(y)] for name, y in masks.items()],
            _start={"target": as_lists(target), "start": as_lists(start), **settings},
        )

    def path(self, side: str) -> Tensor:
        """The logits of a side from the start to where it stands, (step + 1, H, W), float64.

        Args:
            side: ``"left"`` or ``"right"``.

        Raises:
            ValueError: ``side`` is neither.
        """
        if side not in ("left", "right"):
            raise ValueError(f"side must be 'left' or 'right'; got {side!r}. Hint: each has its own loss.")
        loss = loss_named(getattr(self, side), self.alpha, self.gamma)
        return descend(loss, to_logits(self.start), self.target, self.rate, self.step)

    def __repr__(self) -> str:
        rows, cols = self.target.shape
        losses = ", ".join(f"{name} {value:.4g}" for name, value in self._losses())
        return f"GradientSteps({rows}x{cols} at step {self.step}: {losses})"

    def _losses(self) -> list[tuple[str, float]]:
        """The two losses by name, and their values where the widget stands."""
        sides = [(getattr(self, side), self.path(side)[-1]) for side in ("left", "right")]
        return [(name, loss_named(name, self.alpha, self.gamma)(z, self.target).item()) for name, z in sides]

    def _snapshot(self) -> str:
        stills = []
        for side, (name, value) in zip(("left", "right"), self._losses(), strict=True):
            p = torch.sigmoid(self.path(side)[-1])
            numbered = p.shape[1] <= NUMBERED
            texts = [brief("probability", x, 0) for x in p.flatten().tolist()] if numbered else None
            notes = [f"{name} {value:.4g}", f"p, step {self.step}, rate {self.rate:g}"]
            stills.append(map_still(p, texts, torch.zeros_like(p), (self.target, p >= 0.5), notes))
        left, right = stills
        both = at(0, 0, left.parts) + at(left.width + 12, 0, right.parts)
        label = f"{left.label}; {right.label}"
        return Still(both, left.width + 12 + right.width, left.height, label).svg()
