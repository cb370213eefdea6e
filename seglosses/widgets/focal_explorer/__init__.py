"""Focal loss against cross entropy: what alpha and gamma make of every pixel."""

from collections import Counter
from typing import Any

import torch
from torch import Tensor

from seglosses.losses.focal import focal_loss
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.links import Shareable
from seglosses.widgets.kit.looks import look_of
from seglosses.widgets.kit.stills import Axis, Curve, Dot, plot_still
from seglosses.widgets.kit.traits import Choice, Mask, Number, Probabilities, as_mask, as_probabilities


class FocalExplorer(Shareable):
    """Turn alpha and gamma, and see which pixels of a grid still carry the loss.

    Args:
        target: the true mask, (H, W), of 0 and 1: a tensor, an array or nested lists; up to 64 by 64.
        probabilities: what a model says of each pixel, in [0, 1], of the same shape; not logits.
        alpha: the weight of the foreground, in [0, 1]; the background has 1 - alpha. None: both have 1.
        gamma: how strongly easy pixels are silenced, from 0 (not at all) to 5.
        p_t: the probability of the true class at which one pixel is worked out, from 0.01 to 0.99.
        view: ``"loss"``, or ``"gradient"`` for its size with respect to the logit.
        scale: the vertical axis, ``"linear"`` or ``"log"``.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each widget of a page.

    All of these can be read, assigned and observed. ``target`` reads as a float32 tensor (H, W) and
    ``probabilities`` as a float64 one.

    Raises:
        TypeError: an argument is of no use as what it should be.
        ValueError: wrong shape or values. After a bad assignment the widget keeps its last good state.
    """

    _esm = module("focal_explorer/view.js")
    _css = styles("kit/ui.css", "kit/plot.css", "kit/links.css", "focal_explorer/style.css")
    _kind = "focal"
    _shared = ("target", "probabilities", "alpha", "gamma", "p_t", "view", "scale")

    target = Mask()
    probabilities = Probabilities()
    alpha = Number(0.25, 0, 1, optional=True)
    gamma = Number(2.0, 0, 5)
    p_t = Number(0.9, 0.01, 0.99)
    view = Choice("loss", "gradient")
    scale = Choice("linear", "log")

    def __init__(
        self,
        target: Any,
        probabilities: Any,
        *,
        alpha: float | None = 0.25,
        gamma: float = 2.0,
        p_t: float = 0.9,
        view: str = "loss",
        scale: str = "linear",
        language: str = "",
        name: str = "focal",
    ) -> None:
        target = as_mask("target", target)
        super().__init__(
            target=target,
            probabilities=as_probabilities("probabilities", probabilities, tuple(target.shape)),
            alpha=alpha,
            gamma=gamma,
            p_t=p_t,
            view=view,
            scale=scale,
            language=language,
            name=name,
        )

    def __repr__(self) -> str:
        rows, cols = self.target.shape
        return f"FocalExplorer({rows}x{cols}: {self._settings()})"

    def _settings(self) -> str:
        alpha = "no alpha" if self.alpha is None else f"alpha {self.alpha:g}"
        return f"{alpha}, gamma {self.gamma:g}"

    def _snapshot(self) -> str:
        y = self.target.double()
        p_t = torch.where(y == 1, self.probabilities, 1 - self.probabilities)
        worth = {"BCE": self._worth(p_t, y, None, 0.0), "focal": self._worth(p_t, y, self.alpha, self.gamma)}
        hard = [f"{name} {value[p_t < 0.5].sum() / value.sum():.2%}" for name, value in worth.items()]
        means = [f"{name} {value.mean():.4g}" for name, value in worth.items()]
        log = self.scale == "log"
        high = 10.0 if log else 1.2 if self.view == "gradient" else 2.5
        label = {"loss": "L", "gradient": "|∂L/∂z|"}[self.view]
        return plot_still(
            Axis(label, 1e-7 if log else 0.0, high, log),
            "p_t",
            [
                Curve("BCE", *look_of("fe-bce"), self._curve(1, None, 0.0)),
                *(
                    Curve(f"focal, y = {k}", *look_of(f"fe-y{k}"), self._curve(k, self.alpha, self.gamma))
                    for k in (1, 0)
                ),
            ],
            self.p_t,
            [
                self._settings(),
                ", ".join(means),
                f"p_t < 0.5: {(p_t < 0.5).double().mean():.2%} N, {', '.join(hard)}",
            ],
            _dots(p_t, y, worth["focal"]),
        ).svg()

    def _curve(self, y: int, alpha: float | None, gamma: float) -> list[tuple[float, float]]:
        p_t = torch.linspace(0.001, 0.999, 101, dtype=torch.float64)
        worth = self._worth(p_t, torch.full_like(p_t, y), alpha, gamma)
        return list(zip(p_t.tolist(), worth.tolist(), strict=True))

    def _worth(self, p_t: Tensor, y: Tensor, alpha: float | None, gamma: float) -> Tensor:
        """Each pixel's loss, or the size of its gradient: what the vertical axis shows."""
        # A logit stays finite, so that the gradient at p_t = 0 is a number.
        z = ((2 * y - 1) * torch.logit(p_t).clamp(-700, 700)).requires_grad_()
        loss = focal_loss(z, y, alpha, gamma, reduction="none")
        if self.view == "loss":
            return loss.detach()
        return torch.autograd.grad(loss.sum(), z)[0].abs()


def _dots(p_t: Tensor, y: Tensor, worth: Tensor) -> list[Dot]:
    """One dot for all pixels that are alike."""
    alike = Counter(zip(p_t.flatten().tolist(), worth.flatten().tolist(), y.flatten().tolist(), strict=True))
    colours = {y: look_of(f"fe-y{y}")[0] for y in (0, 1)}
    return [Dot(x, v, 3 + min(11, 1.2 * n**0.5), colours[int(k)]) for (x, v, k), n in alike.most_common()]
