"""A cut over a model's probabilities: what it makes of object and background, and every score of it."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import torch
import traitlets
from torch import Tensor

from seglosses.grids import check_mask
from seglosses.walkthrough.overlaps import Overlap
from seglosses.walkthrough.pixels import focal_posterior
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.links import Linked
from seglosses.widgets.kit.looks import look_of
from seglosses.widgets.kit.stills import Axis, Curve, plot_still
from seglosses.widgets.kit.traits import Choice, Number, OneOf

_CUTS = 101  # 0, 0.01, ..., 1


class ThresholdExplorer(Linked):
    """Drag a cut over the probabilities that a model gives to object and background, and watch every score.

    A pixel is predicted where its probability is **above** the cut. Pixels of all images are pooled; where
    there are several images, the mean of the images' own Dice and IoU stands beside.

    Args:
        models: by the name of each model its probabilities and the true masks: two tensors, arrays or nested
            lists of one shape, the first in [0, 1], the second of 0 and 1. Of shape (N, C, H, W) they are N
            images; any other shape is one.
        focal: for models that were trained with the focal loss, by name: their alpha and gamma. Their
            probabilities can be read as they are, or translated by
            :func:`~seglosses.walkthrough.pixels.focal_posterior` into how often
            such a pixel is foreground.
        model: the name of the model that is shown; None is the first.
        threshold: where the cut stands, from 0 to 1, rounded to a hundredth.
        reading: ``"raw"``, or ``"translated"`` for the models in ``focal``; the others have no translation.
        scale: the heights of the bars, ``"log"`` or ``"linear"``.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each widget of a page.

    A link holds model, cut, reading and scale, but not the probabilities: it opens where those stand.

    All arguments from ``model`` on can be read, assigned and observed; ``counts`` are those at the cut.

    Raises:
        TypeError: an argument is of no use as what it should be.
        ValueError: wrong shapes or values. After a bad assignment the widget keeps its last good state.
    """

    _esm = module("threshold_explorer/view.js")
    _css = styles("kit/ui.css", "kit/plot.css", "kit/links.css", "threshold_explorer/style.css")
    _kind = "cut"
    _shared = ("model", "threshold", "reading", "scale")
    _given = ("models",)

    _names: "traitlets.List[str]" = traitlets.List().tag(sync=True)
    _held: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)
    model = OneOf("_names")
    threshold = Number(0.5, 0, 1)
    reading = Choice("raw", "translated")
    scale = Choice("log", "linear")

    def __init__(
        self,
        models: Mapping[str, tuple[Any, Any]],
        *,
        focal: Mapping[str, tuple[float, float]] | None = None,
        model: str | None = None,
        threshold: float = 0.5,
        reading: str = "raw",
        scale: str = "log",
        language: str = "",
        name: str = "cut",
    ) -> None:
        held = _held(models, focal or {})
        super().__init__(
            _names=list(held),
            _held=held,
            model=next(iter(held)) if model is None else model,
            threshold=threshold,
            reading=reading,
            scale=scale,
            language=language,
            name=name,
        )

    @classmethod
    def from_url(
        cls,
        url: str,
        models: Mapping[str, tuple[Any, Any]],
        focal: Mapping[str, tuple[float, float]] | None = None,
        name: str | None = None,
    ) -> Self:
        """Make the widget whose state a link holds, over the models that the link was made with.

        Args:
            url: the whole address, or its fragment alone with its ``#``.
            models: as for the constructor, and so is ``focal``.
            focal: see ``models``.
            name: which widget, where the link holds several of this kind.

        Raises:
            ValueError: the link holds no such widget or none of this name, its state is damaged, or there is
                no such model.
        """
        one, word = cls._word(url, name)
        return cls(models, focal=focal, name=one)._restored(word)

    @traitlets.validate("threshold")
    def _to_a_hundredth(self, proposal: Any) -> float:
        return round(float(proposal["value"]), 2)

    @property
    def counts(self) -> Overlap:
        """The pixels above and below the cut, of all images together."""
        return self._counts(round(100 * self.threshold))

    def _counts(self, cut: int) -> Overlap:
        held = self._held[self.model]
        (found, invented), (actual, others) = self._above(), held["pixels"]
        return Overlap(tp=found[cut], fp=invented[cut], fn=actual - found[cut], tn=others - invented[cut])

    def _above(self) -> list[list[int]]:
        held = self._held[self.model]
        above: list[list[int]] = held["readings"].get(self.reading, held["readings"]["raw"])["above"]
        return above

    def _said(self) -> str:
        n = self.counts
        scores = {"Dice": (2 * n.tp, n.predicted + n.actual), "IoU": (n.tp, n.union)}
        scores |= {"precision": (n.tp, n.predicted), "recall": (n.tp, n.actual)}
        return ", ".join(
            f"{name} {top / bottom:.4f}" if bottom else f"{name} 0/0"
            for name, (top, bottom) in scores.items()
        )

    def __repr__(self) -> str:
        n, cut = self.counts, f"{self.model} at {self.threshold:g}"
        return f"ThresholdExplorer({cut}: TP {n.tp}, FP {n.fp}, FN {n.fn}, TN {n.tn}; {self._said()})"

    def _snapshot(self) -> str:
        n = self.counts
        curves, most = [], 0.0
        for label, look, above, total in zip(
            ("y = 1", "y = 0"),
            ("te-object", "te-background"),
            self._above(),
            self._held[self.model]["pixels"],
            strict=True,
        ):
            bars = [total - above[1], *(above[k] - above[k + 1] for k in range(1, _CUTS - 1))]
            heights = [math.log10(1 + n) if self.scale == "log" else float(n) for n in bars]
            most = max(most, *heights)
            steps = [(x / 100, height) for k, height in enumerate(heights) for x in (k, k + 1)]
            curves.append(Curve(label, *look_of(look), steps))
        label = "log10(1 + N)" if self.scale == "log" else "N"
        notes = [f"TP {n.tp}, FP {n.fp}, FN {n.fn}, TN {n.tn}", self._said()]
        title = f"{self.model}, p > {self.threshold:g}"
        return plot_still(Axis(label, 0.0, most), title, curves, self.threshold, notes).svg()


class _Pair(NamedTuple):
    """A model's probabilities and the truth, one row an image."""

    p: Tensor
    y: Tensor


def _held(models: Mapping[str, Any], focal: Mapping[str, Any]) -> dict[str, Any]:
    """What the page needs of each model: pixels of object and background, in all and above each cut."""
    if not models:
        hint = "Hint: {'the model': (probabilities, masks)} is one."
        raise ValueError(f"models must hold at least one model; got none. {hint}")
    strangers = [name for name in focal if name not in models]
    if strangers:
        known = ", ".join(map(repr, models))
        hint = "Hint: give alpha and gamma under the name of the model."
        raise ValueError(f"focal must name models, {known}; got {strangers[0]!r}. {hint}")
    held = {}
    for name, given in models.items():
        p, y = pair = _pair(name, given)
        readings = {"raw": _reading(pair)}
        if name in focal:
            alpha, gamma = _alpha_and_gamma(name, focal[name])
            readings["translated"] = _reading(_Pair(focal_posterior(p.double(), alpha, gamma), y))
        pixels = [int(y.sum()), int((1 - y).sum())]
        held[name] = {"pixels": pixels, "images": len(p), "readings": readings}
    return held


def _pair(name: str, given: Any) -> _Pair:
    """Refuse what is no probabilities with their masks."""
    hint = "Hint: (run.probabilities, validation.masks) is such a pair."
    try:
        p, y = (torch.as_tensor(part) for part in given)
    except (TypeError, ValueError) as error:
        came = type(given).__name__
        raise TypeError(f"models[{name!r}] must be probabilities and masks; got {came}. {hint}") from error
    if p.shape != y.shape or not p.numel():
        shapes = f"{tuple(p.shape)} and {tuple(y.shape)}"
        hint = "Hint: a channel axis that is missing comes with masks.unsqueeze(1)."
        raise ValueError(f"models[{name!r}] must hold two tensors of one shape; got {shapes}. {hint}")
    p = p.detach() if p.dtype == torch.float32 else p.detach().double()
    if not (p.min() >= 0 and p.max() <= 1):
        came = f"values from {p.min():g} to {p.max():g}"
        hint = "Hint: these look like logits; pass torch.sigmoid of them."
        raise ValueError(f"models[{name!r}] must hold probabilities in [0, 1]; got {came}. {hint}")
    check_mask(y, f"the mask of models[{name!r}]")
    images = len(p) if p.dim() == 4 else 1
    return _Pair(p.reshape(images, -1), y.reshape(images, -1).long())


def _alpha_and_gamma(name: str, given: Any) -> tuple[float, float]:
    """Refuse what cannot be translated."""
    try:
        alpha, gamma = map(float, given)
    except (TypeError, ValueError) as error:
        hint = "Hint: (0.25, 2) are the defaults of focal_loss."
        raise TypeError(f"focal[{name!r}] must be alpha and gamma; got {given!r}. {hint}") from error
    if not (0 < alpha < 1 and gamma >= 0):
        hint = "Hint: without alpha, both classes weigh the same, as with 0.5."
        raise ValueError(
            f"focal[{name!r}] must be an alpha in (0, 1) and a gamma of at least 0; got {given}. {hint}"
        )
    return alpha, gamma


def _reading(pair: _Pair) -> dict[str, Any]:
    """The pixels above each cut, of object and background, and the mean scores of the images there."""
    cuts = torch.arange(_CUTS, dtype=pair.p.dtype) / 100
    below = torch.searchsorted(cuts, pair.p.contiguous())  # how many of the cuts a pixel is above
    per_image = []
    for mask in (pair.y, 1 - pair.y):
        counts = torch.zeros(len(below), _CUTS + 1, dtype=torch.long).scatter_add_(1, below, mask)
        per_image.append(counts.sum(1, keepdim=True) - counts.cumsum(1)[:, :_CUTS])
    tp, fp = per_image
    actual = pair.y.sum(1, keepdim=True)
    union = actual + fp
    means = {"dice": _mean(2 * tp, union + tp), "iou": _mean(tp, union)} if len(below) > 1 else {}
    return {"above": [tp.sum(0).tolist(), fp.sum(0).tolist()], "means": means}


def _mean(top: Tensor, bottom: Tensor) -> list[float]:
    """The mean over images; one where nothing is predicted and nothing is there counts as right."""
    scores = torch.where(bottom == 0, 1.0, top.double() / bottom.double())
    return [round(score, 5) for score in scores.mean(0).tolist()]
