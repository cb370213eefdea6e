"""A recorded training, step by step: what two losses make of one image."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Protocol, Self

import torch
import traitlets
from torch import Tensor

from seglosses.grids import check_mask
from seglosses.walkthrough.overlaps import Overlap, overlap
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.kit.links import Linked
from seglosses.widgets.kit.looks import INK, LOOKS, RULE, look_of
from seglosses.widgets.kit.stills import Axis, Curve, Still, area, at, outcomes, outline, plot_still
from seglosses.widgets.kit.traits import LARGEST, Choice, OneOf

_ENDS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 1.25, 2.5, 5.0)
_SIDE = 256  # of a picture in the snapshot, in pixels


class Recorded(Protocol):
    """What the player needs of a training; a :class:`seglosses.training.Run` has it."""

    @property
    def losses(self) -> Tensor:
        """The loss of each step's batch, shape (steps,)."""

    @property
    def steps(self) -> list[int]:
        """The recorded steps, from 0 on and equally far apart."""

    @property
    def frames(self) -> Tensor:
        """The predictions after them, 255 p rounded: uint8 of shape (len(steps), images, H, W)."""


class TrainingPlayer(Linked):
    """Scrub through a recorded training, two losses side by side on the same image.

    The page gets 4 bits a pixel and frame, ``(255 p - 1) // 16``. From 8 on a pixel counts as predicted: that
    is p above 0.5 to within half a hundredth, and an undecided 0.5 is not.

    Args:
        images: the images that were watched, in [0, 1], of shape (N, 1, H, W), up to 64 by 64 pixels. Of
            more images than the runs have recorded, the first ones are taken.
        masks: the truth, 0 and 1, of the same shape.
        runs: each recorded training by the name of its loss. All have recorded the same steps.
        left: the name of the loss on the left; None is the first of ``runs``.
        right: that on the right; None is the last.
        step: one of the recorded steps; None is the last.
        image: which image, from 0.
        show: ``"mask"``, pixels found, missed and invented; or ``"probability"``.
        curve: what the plot shows over the steps: ``"dice"`` of the image, or the ``"loss"`` of the batches.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.
        name: what links and frames call it; one name for each widget of a page.

    A link holds the losses on both sides, step, image and what is shown, but not the recording: it opens
    where that stands.

    All arguments from ``left`` on can be read, assigned and observed.

    Raises:
        ValueError: shapes do not fit together, steps differ or are not equally far apart, or a value is none
            of those there are. After a bad assignment the widget keeps its last good state.
    """

    _esm = module("training_player/view.js")
    _css = styles("kit/ui.css", "kit/plot.css", "kit/links.css", "training_player/style.css")
    _kind = "training"
    _shared = ("left", "right", "step", "image", "show", "curve")
    _given = ("images", "masks", "runs")

    _names: traitlets.List[str] = traitlets.List().tag(sync=True)
    _steps: traitlets.List[int] = traitlets.List().tag(sync=True)
    _size: traitlets.List[int] = traitlets.List().tag(sync=True)
    _films: traitlets.List[str] = traitlets.List().tag(sync=True)
    _masks: traitlets.List[str] = traitlets.List().tag(sync=True)
    _runs: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)
    left = OneOf("_names")
    right = OneOf("_names")
    step = OneOf("_steps")
    image = OneOf("_images")
    show = Choice("mask", "probability")
    curve = Choice("dice", "loss")

    def __init__(
        self,
        images: Tensor,
        masks: Tensor,
        runs: Mapping[str, Recorded],
        *,
        left: str | None = None,
        right: str | None = None,
        step: int | None = None,
        image: int = 0,
        show: str = "mask",
        curve: str = "dice",
        language: str = "",
        name: str = "training",
    ) -> None:
        steps = _check(images, masks, runs)
        names = list(runs)
        watched = runs[names[0]].frames.shape[1]
        self._images = list(range(watched))
        self._truth = masks[:watched, 0].clone()
        self._frames = {name: run.frames.clone() for name, run in runs.items()}
        super().__init__(
            _names=names,
            _steps=steps,
            _size=list(images.shape[2:]),
            _films=[_base64(255 * film) for film in images[:watched, 0]],
            _masks=["".join(map(str, mask.int().flatten().tolist())) for mask in self._truth],
            _runs={name: self._packed(name, run.losses) for name, run in runs.items()},
            left=names[0] if left is None else left,
            right=names[-1] if right is None else right,
            step=steps[-1] if step is None else step,
            image=image,
            show=show,
            curve=curve,
            language=language,
            name=name,
        )

    @classmethod
    def from_url(
        cls,
        url: str,
        images: Tensor,
        masks: Tensor,
        runs: Mapping[str, Recorded],
        name: str | None = None,
    ) -> Self:
        """Make the player whose state a link holds, over the recording that the link was made with.

        Args:
            url: the whole address, or its fragment alone with its ``#``.
            images: as for the constructor, and so are ``masks`` and ``runs``.
            masks: see ``images``.
            runs: see ``images``.
            name: which widget, where the link holds several players.

        Raises:
            ValueError: the link holds no player or none of this name, its state is damaged, or the recording
                has no such step, loss or image.
        """
        one, word = cls._word(url, name)
        return cls(images, masks, runs, name=one)._restored(word)

    def probabilities(self, name: str) -> Tensor:
        """What the model trained with the loss ``name`` predicts here: a float64 tensor (H, W)."""
        return self._frames[name][self._steps.index(self.step), self.image].double() / 255

    def _packed(self, name: str, losses: Tensor) -> dict[str, Any]:
        frames = _levels(self._frames[name]).transpose(0, 1)  # of each image, all steps
        scores = [
            [_dice(overlap((frame > 7).int(), truth)) for frame in of]
            for of, truth in zip(frames, self._truth, strict=True)
        ]
        return {
            "frames": [[_nibbles(frame) for frame in of] for of in frames],
            "dice": [[round(score, 4) for score in of] for of in scores],
            "loss": [float(f"{loss:.4g}") for loss in losses.tolist()],
        }

    def _counts(self, name: str) -> tuple[Tensor, str]:
        """The levels of a loss's picture, and its scores in few words."""
        levels = _levels(self._frames[name])[self._steps.index(self.step), self.image]
        n = overlap((levels > 7).int(), self._truth[self.image])
        at = self._steps.index(self.step)
        dice = self._runs[name]["dice"][self.image][at]
        return levels, f"{name}: Dice {dice:.4f}, FN {n.fn}, FP {n.fp}"

    def __repr__(self) -> str:
        said = "; ".join(self._counts(name)[1] for name in (self.left, self.right))
        return f"TrainingPlayer(step {self.step} of {self._steps[-1]}, image {self.image}; {said})"

    def _snapshot(self) -> str:
        last = self._steps[-1] or 1
        lines, pictures = [], []
        for place, side in enumerate(("left", "right")):
            name = getattr(self, side)
            levels, said = self._counts(name)
            pictures.append(self._picture(levels, place))
            run = self._runs[name]
            if self.curve == "loss":
                points = [((i + 1) / last, loss) for i, loss in enumerate(run["loss"])]
            else:
                scores = zip(self._steps, run["dice"][self.image], strict=True)
                points = [(step / last, dice) for step, dice in scores]
            lines.append(Curve(said, *look_of(f"tp-{side}"), points))
        most = max(value for line in lines for _, value in line.points)
        high = next((end for end in _ENDS if end >= most), most) if self.curve == "loss" else 1.0
        axis = Axis("Dice" if self.curve == "dice" else "L", 0.0, high)
        curves = plot_still(axis, f"{self.step} / {last}", lines, self.step / last, [])
        head = _SIDE * self._size[0] / self._size[1] + 16
        parts = "".join(pictures) + at(0, head, curves.parts)
        return Still(parts, curves.width, head + curves.height, curves.label).svg()

    def _picture(self, levels: Tensor, place: int) -> str:
        rows, cols = self._size
        truth = self._truth[self.image]
        if self.show == "probability":
            shades = (f'<path d="{area(levels == k)}" fill-opacity="{k / 15:.3f}"/>' for k in range(1, 16))
            cells = f'<g fill="{INK}">{"".join(shades)}</g>'
        else:
            cells = outcomes(levels > 7, truth, LOOKS["small_marks"])
        frame = f'<rect width="{cols}" height="{rows}" fill="none" stroke="{RULE}" stroke-width=".2"/>'
        side = _SIDE / cols
        return at(place * (_SIDE + 16) + 4, 4, cells + outline(truth, side, 1.5) + frame, side)


def _check(images: Tensor, masks: Tensor, runs: Mapping[str, Recorded]) -> list[int]:
    """Refuse what does not fit together; give the recorded steps."""
    if images.shape != masks.shape or images.dim() != 4 or images.shape[1] != 1:
        came = f"{tuple(images.shape)} and {tuple(masks.shape)}"
        hint = "Hint: a channel axis that is missing comes with masks.unsqueeze(1)."
        raise ValueError(f"images and masks must share one shape (N, 1, H, W); got {came}. {hint}")
    if max(images.shape[2:]) > LARGEST:
        came = f"{tuple(images.shape[2:])}"
        hint = "Hint: train on smaller images, phantom.dataset(8, 48)."
        raise ValueError(f"images must have at most {LARGEST} pixels along a side; got {came}. {hint}")
    check_mask(masks, "masks")
    if not runs:
        hint = "Hint: {'Dice': train(dice_loss, training, validation)} is one."
        raise ValueError(f"runs must hold at least one recorded training; got none. {hint}")
    first = next(iter(runs.values()))
    steps, shape = list(first.steps), first.frames.shape
    for name, run in runs.items():
        expected = (len(steps), shape[1], *images.shape[2:])
        if tuple(run.frames.shape) != expected or shape[1] > len(images):
            came = f"{tuple(run.frames.shape)}"
            hint = "Hint: give the images that the runs have watched, as many for each run."
            raise ValueError(f"the frames of {name!r} must have the shape {expected}; got {came}. {hint}")
        if list(run.steps) != steps:
            hint = "Hint: train them all with the same steps and every."
            raise ValueError(f"runs must all record the steps {steps}; got {run.steps} from {name!r}. {hint}")
    if steps != list(range(0, steps[-1] + 1, steps[1] if len(steps) > 1 else 1)):
        hint = "Hint: train(every=5) records such steps."
        raise ValueError(f"steps must start at 0 and lie equally far apart; got {steps}. {hint}")
    return steps


def _levels(frames: Tensor) -> Tensor:
    """Sixteen levels of the 256; 128, an undecided 0.5, falls to 7."""
    return (frames.int() - 1).clamp(min=0) // 16


def _dice(counts: Overlap) -> float:
    return float(counts.dice()) if counts.predicted + counts.actual else 1.0


def _base64(values: Tensor) -> str:
    return b64encode(bytes(values.round().clamp(0, 255).to(torch.uint8).flatten().tolist())).decode()


def _nibbles(levels: Tensor) -> str:
    flat = levels.flatten().tolist()
    flat += [0] * (len(flat) % 2)
    return b64encode(bytes(16 * a + b for a, b in zip(flat[::2], flat[1::2], strict=True))).decode()
