"""The five losses side by side, while one prediction goes from wrong to right."""

import math
from typing import Any

import torch
import traitlets
from torch import Tensor

from seglosses.losses.bce import bce_loss
from seglosses.losses.dice import dice_loss
from seglosses.losses.focal import focal_loss
from seglosses.losses.iou import iou_loss
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.links import Shareable
from seglosses.widgets.kit.looks import look_of
from seglosses.widgets.kit.stills import Axis, Curve, plot_still, round_end
from seglosses.widgets.kit.traits import Choice, FewProbabilities, Mask, Number, as_mask, as_probabilities

# The class on the page of each loss's curve.
_CLASSES = {
    "Dice": "lc-dice",
    "IoU": "lc-iou",
    "BCE": "lc-bce",
    "BCE-Dice": "lc-bce_dice",
    "Focal": "lc-focal",
}


class LossComparer(Shareable):
    """Dial a prediction from wrong to right: every loss, what it costs and which pixels it pulls.

    The dial mixes probabilities, ``(1 - position) * wrong + position * right``, not logits: each end is then
    exactly the map that was given, hard masks included, whose logits are infinite.

    Args:
        target: the true mask, (H, W), of 0 and 1: a tensor, an array or nested lists; up to 64 by 64.
        wrong: the probabilities where the dial is at 0, in [0, 1], of the same shape; not logits.
        right: the probabilities where the dial is at 1.
        position: where the dial stands, from 0 to 1.
        dice_weight: BCE-Dice is BCE plus this many times Dice, from 0 to 5; 1 makes it ``bce_dice_loss``.
        smooth: the smoothing term of Dice and IoU, in pixels, from 0 to 10.
        alpha: the weight of the foreground in focal loss, in [0, 1]. None: both classes have 1.
        gamma: the focusing of focal loss, from 0 to 5.
        scale: the vertical axis, ``"linear"`` or ``"log"``.
        plot: what the curves are: ``"loss"``, the ``"length"`` of the gradient with respect to the logits, or
            the ``"angle"`` between that and the gradient of BCE; drawn as far as the dial was turned.
        ends: what the page calls the dial's two ends.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each widget of a page.

    A link holds all but the last four: the mask exactly, probabilities to a hundredth, numbers to a
    thousandth. On 10x10 pixels it has at most 200 characters where neither map has more than eight different
    hundredths.

    All but ``ends`` can be read, assigned and observed. ``target`` reads as a float32 tensor (H, W),
    ``wrong`` and ``right`` as float64 ones; ``probabilities`` is the map where the dial stands.

    Raises:
        TypeError: an argument is of no use as what it should be.
        ValueError: wrong shape or values. After a bad assignment the widget keeps its last good state.
    """

    _esm = module("loss_comparer/view.js")
    _css = styles("kit/ui.css", "kit/plot.css", "kit/links.css", "loss_comparer/style.css")
    _kind = "losses"
    _shared = ("target", "wrong", "right", "position", "dice_weight", "smooth", "alpha", "gamma", "scale")

    target = Mask()
    wrong = FewProbabilities()
    right = FewProbabilities()
    position = Number(0.5, 0, 1)
    dice_weight = Number(1.0, 0, 5)
    smooth = Number(1.0, 0, 10)
    alpha = Number(0.25, 0, 1, optional=True)
    gamma = Number(2.0, 0, 5)
    scale = Choice("linear", "log")
    plot = Choice("loss", "length", "angle")
    _ends: traitlets.List[str] = traitlets.List().tag(sync=True)

    def __init__(
        self,
        target: Any,
        wrong: Any,
        right: Any,
        *,
        position: float = 0.5,
        dice_weight: float = 1.0,
        smooth: float = 1.0,
        alpha: float | None = 0.25,
        gamma: float = 2.0,
        scale: str = "linear",
        plot: str = "loss",
        ends: tuple[str, str] = ("wrong", "right"),
        language: str = "",
        name: str = "losses",
    ) -> None:
        target = as_mask("target", target)
        shape = tuple(target.shape)
        super().__init__(
            target=target,
            wrong=as_probabilities("wrong", wrong, shape),
            right=as_probabilities("right", right, shape),
            position=position,
            dice_weight=dice_weight,
            smooth=smooth,
            alpha=alpha,
            gamma=gamma,
            scale=scale,
            plot=plot,
            _ends=_two(ends),
            language=language,
            name=name,
        )

    @property
    def probabilities(self) -> Tensor:
        """The prediction where the dial stands, a float64 tensor (H, W)."""
        return self._at(self.position)

    def _at(self, position: float) -> Tensor:
        return (1 - position) * self.wrong + position * self.right

    def _of(self, z: Tensor) -> dict[str, Tensor]:
        """The five losses of logits."""
        y = self.target.double()
        dice, bce = dice_loss(z, y, self.smooth), bce_loss(z, y)
        return {
            "Dice": dice,
            "IoU": iou_loss(z, y, self.smooth),
            "BCE": bce,
            "BCE-Dice": bce + self.dice_weight * dice,
            "Focal": focal_loss(z, y, self.alpha, self.gamma),
        }

    def _losses(self, position: float) -> dict[str, float]:
        # A sure mistake costs infinity; 1e300 stands for it, since infinity times 0 is no number.
        z = torch.logit(self._at(position)).nan_to_num(posinf=1e300, neginf=-1e300)
        return {name: loss.item() if loss < 1e290 else float("inf") for name, loss in self._of(z).items()}

    def _pulls(self, position: float) -> dict[str, float]:
        """The length of each gradient, or its angle to BCE's in degrees: NaN where there is none."""
        z = torch.logit(self._at(position)).clamp(-800, 800).requires_grad_()  # a gradient is finite there
        pulls = {
            name: torch.autograd.grad(loss, z, retain_graph=True)[0] for name, loss in self._of(z).items()
        }
        if self.plot == "length":
            return {name: pull.norm().item() for name, pull in pulls.items()}
        bce = pulls["BCE"]
        cosines = {name: (pull * bce).sum() / (pull.norm() * bce.norm()) for name, pull in pulls.items()}
        return {name: cosine.clamp(-1, 1).acos().rad2deg().item() for name, cosine in cosines.items()}

    def __repr__(self) -> str:
        rows, cols = self.target.shape
        losses = ", ".join(f"{name} {value:.4g}" for name, value in self._losses(self.position).items())
        return f"LossComparer({rows}x{cols} at {self.position:g}: {losses})"

    def _snapshot(self) -> str:
        way = [k / 50 for k in range(51)]
        shown = self._losses if self.plot == "loss" else self._pulls
        all_along, here = [shown(position) for position in way], shown(self.position)
        there = [value for at in all_along for value in at.values() if value < float("inf")]
        focus = "" if self.alpha is None else f"alpha {self.alpha:g}, "
        return plot_still(
            self._axis(there),
            f"position {self.position:g}",
            [
                Curve(
                    f"{name} {value:.4g}",
                    *look_of(_CLASSES[name]),
                    [(x, at[name]) for x, at in zip(way, all_along, strict=True) if x <= self.position],
                )
                for name, value in here.items()
            ],
            self.position,
            [f"smooth {self.smooth:g}, dice_weight {self.dice_weight:g}, {focus}gamma {self.gamma:g}"],
        ).svg()

    def _axis(self, values: list[float]) -> Axis:
        """An axis for these values of what the curves are."""
        if self.plot == "angle":
            return Axis("∠(∂L/∂z, ∂BCE/∂z)", 0.0, 90.0 if max(values, default=0.0) <= 90 else 180.0)
        label = {"loss": "L", "length": "‖∂L/∂z‖"}[self.plot]
        there = [value for value in values if value > 0] or [1.0]
        most, least = max(there), min(there)
        if self.scale == "linear":
            return Axis(label, 0.0, round_end(most))
        high = 10.0 ** math.ceil(math.log10(most))
        return Axis(
            label, min(max(10.0 ** math.floor(math.log10(least)), high * 1e-6), high / 10), high, True
        )


def _two(ends: tuple[str, str]) -> list[str]:
    """The names of both ends."""
    if isinstance(ends, str) or len(ends) != 2 or not all(isinstance(end, str) for end in ends):
        hint = "Hint: ('a coin toss', 'the model') are two."
        raise ValueError(f"ends must be two names, of the left and the right end; got {ends!r}. {hint}")
    return list(ends)
