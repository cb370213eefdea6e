"""A network that learns in the page: two losses side by side, from one start, step by step."""

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Self

import numpy as np
import torch
import traitlets
from torch import Tensor

from seglosses.training.dilated import (
    CHOICES,
    RANGES,
    DilatedNet,
    Learner,
    Recording,
    Scores,
    Setup,
    examples_of,
    scores,
    with_weights,
)
from seglosses.training.patients import patients
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.links import Linked
from seglosses.widgets.kit.looks import INK, RULE
from seglosses.widgets.kit.stills import Still, area, at, outline, text
from seglosses.widgets.kit.traits import Choice, Number, Whole
from seglosses.widgets.playground.stories import STORIES

SIDES = ("left", "right")
OWN = ("loss", "smooth", "dice_weight", "alpha", "gamma", "regions", "prior", "seed")
"""What each side has for itself."""
COMMON = ("task", "optimizer", "learning_rate", "batch_size", "spread", "empty")
"""What both sides have in common."""
LONGEST = 1000  # steps
SHOWN = 4  # of the patients held out
_PLAIN = asdict(Setup())


def _trait(name: str) -> Any:
    """The trait of one setting, with its range and default of a ``Setup``."""
    if name in CHOICES:
        return Choice(*CHOICES[name])
    kind = Whole if name in ("batch_size", "seed") else Number
    low, high = RANGES[name]
    return kind(_PLAIN[name], low, high, **({"optional": True} if name == "alpha" else {}))


class Playground(Linked):
    """Train a small network inside the page, with two losses side by side.

    The network, its images and its steps are those of :mod:`seglosses.training.dilated`: with the same
    settings torch takes the same steps, to 1e-6 after fifty.

    Args:
        left: what the left side has for itself, by name: ``loss``, ``smooth``, ``dice_weight``, ``alpha``,
            ``gamma``, ``regions``, ``prior``, ``seed``; see :class:`seglosses.training.dilated.Setup`.
        right: the same for the right side.
        task: ``"nodules"``, 1 % of an image, or ``"lungs"``, 20 %.
        optimizer: ``"adam"`` or ``"sgd"``.
        learning_rate: of both sides, from 0.001 to 1000.
        batch_size: how many of the 16 images a step, from 1 to 16.
        spread: how far the observers who painted the training masks lie apart, from 0 to 3 pixels.
        empty: the share of the training images that have no nodule, from 0 to 0.9.
        runs: how many trainings a side, from 1 to 5: with its seed and those after it, as thin lines.
        step: after how many steps to look, from 0 to 1000; the page trains until there.
        threshold: from where on a pixel is predicted, from 0.01 to 0.99.
        show: ``"probability"``, ``"mask"``: pixels found, missed and invented, or ``"layers"``: what each
            layer sees of the first image.
        curve: what the plot shows over the steps: ``"loss"``, ``"dice"``, ``"recall"``, ``"calibration"``,
            ``"largest"``, the largest p, or ``"length"``, that of the gradient.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each widget of a page.

    All arguments from ``task`` on can be read, assigned and observed; so can ``left_loss``, ``right_prior``
    and the like. A link holds them all.

    Raises:
        TypeError: a setting is of no use as what it should be.
        ValueError: a setting is out of its range, or unknown.

    """

    _esm = module("playground/view.js")
    _css = styles("kit/ui.css", "kit/plot.css", "kit/links.css", "playground/style.css")
    _kind = "network"  # whose letter no other kind has
    _shared = (
        *(f"{side}_{name}" for side in ("left", "right") for name in OWN),
        *COMMON,
        *("runs", "step", "threshold", "show", "curve"),
    )

    left_loss, right_loss = _trait("loss"), _trait("loss")
    left_smooth, right_smooth = _trait("smooth"), _trait("smooth")
    left_dice_weight, right_dice_weight = _trait("dice_weight"), _trait("dice_weight")
    left_alpha, right_alpha = _trait("alpha"), _trait("alpha")
    left_gamma, right_gamma = _trait("gamma"), _trait("gamma")
    left_regions, right_regions = _trait("regions"), _trait("regions")
    left_prior, right_prior = _trait("prior"), _trait("prior")
    left_seed, right_seed = _trait("seed"), _trait("seed")
    task = _trait("task")
    optimizer = _trait("optimizer")
    learning_rate = _trait("learning_rate")
    batch_size = _trait("batch_size")
    spread = _trait("spread")
    empty = _trait("empty")
    runs = Whole(1, 1, 5)
    step = Whole(0, 0, LONGEST)
    threshold = Number(0.5, 0.01, 0.99)
    show = Choice("probability", "mask", "layers")
    curve = Choice("dice", "loss", "recall", "calibration", "largest", "length")

    _patients: "traitlets.Dict[str, str]" = traitlets.Dict().tag(sync=True)
    _stories: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
    # by side: a setup, and what a training with it has come to
    _recorded: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)
    _weights: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        left: Mapping[str, Any] | None = None,
        right: Mapping[str, Any] | None = None,
        *,
        task: str = "nodules",
        optimizer: str = "adam",
        learning_rate: float = 0.02,
        batch_size: int = 4,
        spread: float = 0.0,
        empty: float = 0.0,
        runs: int = 1,
        step: int = 0,
        threshold: float = 0.5,
        show: str = "probability",
        curve: str = "dice",
        language: str = "",
        name: str = "playground",
    ) -> None:
        own = {"left": dict(left or {}), "right": {"loss": "dice", **(right or {})}}
        for side, settings in own.items():
            unknown = sorted(settings.keys() - set(OWN))
            if unknown:
                known = ", ".join(OWN)
                hint = "Hint: the others are arguments of the widget; both sides share them."
                raise ValueError(f"{side} must have only {known}; got {unknown[0]!r}. {hint}")
        super().__init__(
            **{f"{side}_{key}": value for side in SIDES for key, value in own[side].items()},
            task=task,
            optimizer=optimizer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            spread=spread,
            empty=empty,
            runs=runs,
            step=step,
            threshold=threshold,
            show=show,
            curve=curve,
            language=language,
            name=name,
            _patients={part: _base64(pixels) for part, pixels in patients()._asdict().items()},
            _stories=[[story, _spelled(settings)] for story, settings in STORIES.items()],
        )

    @classmethod
    def from_url(cls, url: str, name: str | None = None) -> Self:
        """Make the playground whose state a link holds, as the page's button "Copy link" gives it.

        Args:
            url: the whole address, or its fragment alone with its ``#``.
            name: which widget, where the link holds several playgrounds.

        Raises:
            ValueError: the link holds no playground or none of this name, or its state is damaged.

        """
        one, word = cls._word(url, name)
        return cls(name=one)._restored(word)

    @classmethod
    def from_run(cls, left: Recording, right: Recording | None = None, **options: Any) -> Self:
        """Play trainings that Python has recorded, with any loss: :func:`seglosses.training.dilated.learn`.

        Args:
            left: what the left side plays.
            right: what the right side plays; None trains there with the usual loss, Dice.
            **options: as for the constructor, but for what the recordings' setups say.

        Raises:
            ValueError: the recordings differ in what both sides share, their task, say.

        """
        recordings = {"left": left, "right": right}
        setups = {side: asdict(one.setup) for side, one in recordings.items() if one is not None}
        common = [{name: setup[name] for name in COMMON} for setup in setups.values()]
        if common[0] != common[-1]:
            hint = f"Hint: both sides share {', '.join(COMMON)}."
            raise ValueError(f"right must be recorded as left was; got {common[0]} and {common[-1]}. {hint}")
        own = {side: {name: setup[name] for name in OWN} for side, setup in setups.items()}
        settings: dict[str, Any] = own | common[0] | options
        playground = cls(**settings)
        playground._recorded = {
            side: {
                "setup": setups[side],
                "steps": one.steps,
                "weights": _base64(one.weights.numpy().astype("<f8")),
                "losses": [str(loss) for loss in one.losses],  # JSON has no NaN
                "lengths": [str(length) for length in one.lengths],
            }
            for side, one in recordings.items()
            if one is not None
        }
        return playground

    def setup(self, side: str = "left") -> Setup:
        """All that a side's training depends on; ``learn(playground.setup(), 100)`` repeats it in torch."""
        own = {name: getattr(self, f"{_known(side)}_{name}") for name in OWN}
        return Setup(**own, **{name: getattr(self, name) for name in COMMON})

    def model(self, side: str = "left") -> DilatedNet:
        """The network of a side after ``step`` steps, a torch module that takes images (N, 1, H, W).

        Its weights are the page's where a page has come there. Else it is trained here: to the last digits
        that is the same.
        """
        setup = asdict(self.setup(side))
        for held in (self._weights.get(side, {}), self._recorded.get(side, {})):
            steps = held.get("steps", [])
            if held.get("setup") == setup and (self.step in steps or held is self._recorded.get(side)):
                weights = np.frombuffer(base64.b64decode(held["weights"]), "<f8").reshape(len(steps), -1)
                before = [i for i, step in enumerate(steps) if step <= self.step]
                return with_weights(torch.from_numpy(weights[before[-1]].copy()))
        learner = Learner(self.setup(side))
        for _ in range(self.step):
            learner.step()
        return learner.model

    def scores(self, side: str = "left") -> Scores:
        """What the network of a side scores on the patients held out, at the threshold."""
        return scores(self.model(side), examples_of(self.setup(side)), self.threshold)

    def __repr__(self) -> str:
        said = "; ".join(f"{side} {_said(self.setup(side))}" for side in SIDES)
        return f"Playground({self.task}, step {self.step}: {said})"

    def _snapshot(self) -> str:
        """The first images held out with their truth, and beneath them what each side makes of them."""
        side, gap = 128, 8
        head = 22
        parts: list[str] = []
        for row, name in enumerate(("", *SIDES)):
            top = row * (side + head + gap) + gap
            task = examples_of(self.setup(name or "left"))
            images, masks = (part[:SHOWN, 0] for part in task.held)
            shades = 1 - (images - images.min()) / (images.max() - images.min())
            said = f"{self.task}, {self.step}"
            if name:
                with torch.no_grad():
                    shades = torch.sigmoid(self.model(name)(task.held.images[:SHOWN]))[:, 0]
                result = self.scores(name)
                said = f"{_said(self.setup(name))}: Dice {result.dice:.4f}, p ≤ {result.largest:.4f}"
            parts.append(text(gap, top + 14, said))
            for column, (shade, mask) in enumerate(zip(shades, masks, strict=True)):
                drawn = _shaded(shade) + outline(mask, side / 32, 1.5)
                parts.append(at(gap + column * (side + gap), top + head, drawn, side / 32))
        width, height = SHOWN * (side + gap) + gap, 3 * (side + head + gap) + gap
        return Still("".join(parts), width, height, repr(self)).svg()


def story_setup(story: str, side: str) -> Setup:
    """What a side trains in one of the stories; ValueError says which there are if it is none of them."""
    if story not in STORIES:
        known = ", ".join(map(repr, STORIES))
        raise ValueError(
            f"story must be one of {known}; got {story!r}. Hint: the widget has a button for each."
        )
    told = STORIES[story]
    return Setup(**told[_known(side)], **{name: value for name, value in told.items() if name not in SIDES})


def _known(side: str) -> str:
    if side not in SIDES:
        hint = "Hint: 'left' is the default."
        raise ValueError(f"side must be one of 'left', 'right'; got {side!r}. {hint}")
    return side


def _spelled(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A story as traits: what it does not say is as in a new playground, but for what is only looked at."""
    own = {f"{side}_{name}": _PLAIN[name] for side in SIDES for name in OWN}
    own |= {name: _PLAIN[name] for name in COMMON} | {"runs": 1, "step": 0, "threshold": 0.5}
    sides = {f"{side}_{name}": value for side in SIDES for name, value in settings.get(side, {}).items()}
    return own | sides | {name: value for name, value in settings.items() if name not in SIDES}


def _said(setup: Setup) -> str:
    """A setup's loss and start in few words."""
    focus = "" if setup.alpha is None else f" alpha {setup.alpha:g},"
    more = {
        "focal": f"{focus} gamma {setup.gamma:g}",
        "bce_dice": f" {setup.dice_weight:g}, s {setup.smooth:g}",
        "bce": "",
    }.get(setup.loss, f" s {setup.smooth:g}")
    return f"{setup.loss}{more} from {setup.prior:g}"


def _shaded(shade: Tensor) -> str:
    """A map of [0, 1] in sixteen shades, the higher the darker."""
    levels = (15 * shade).round().int()
    shades = (f'<path d="{area(levels == k)}" fill-opacity="{k / 15:.3f}"/>' for k in range(1, 16))
    cells = "".join(one for one in shades if 'd=""' not in one)
    frame = f'<rect width="32" height="32" fill="none" stroke="{RULE}" stroke-width=".2"/>'
    return f'<g fill="{INK}">{cells}</g>{frame}'


def _base64(values: "np.ndarray[Any, Any]") -> str:
    return base64.b64encode(values.tobytes()).decode()
