"""The conventions by which losses that are called Dice or IoU differ."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

PROBABILITIES: dict[str, Callable[[Tensor], Tensor]] = {
    "logits, sigmoid": torch.sigmoid,
    "probabilities": lambda p: p,
    "logits, softmax": lambda z: z.softmax(1),
}
OVERLAPS = {"product": torch.mul, "minimum": torch.minimum}
SIGNS: dict[str, Callable[[Tensor], Tensor]] = {
    "1 - D": lambda score: 1 - score,
    "-D": lambda score: -score,
    "D": lambda score: score,
    "-log D": lambda score: -score.log(),
}
#: What is pooled into one fraction, and how it is said.
REGIONS = {
    "batch": "the whole batch",
    "image": "each image, all channels together",
    "channel": "each channel, all images together",
    "image and channel": "each channel of each image",
}
REDUCTIONS = ("mean", "sum", "none")
ABSENT = ("as the formula says", "costs nothing", "left out")


@dataclass(frozen=True)
class Convention:
    """One of the losses that are called Dice or IoU; call it, and it is the loss that it describes."""

    takes: str = "logits, sigmoid"
    """What is compared with the mask, a key of ``PROBABILITIES``."""
    target: str = "masks"
    """"masks", one for each channel, or "class indices"."""
    form: str = "Dice"
    """"Dice", 2 I over P + Y, or "IoU", I over P + Y - I."""
    overlap: str = "product"
    """What I adds up, the "product" of p and y or their "minimum"; the same on hard masks."""
    squares: bool = False
    """Whether P and Y add up squares."""
    above: float = 1.0
    """What is added above the bar, in pixels."""
    below: float = 1.0
    """What is added below the bar, in pixels."""
    region: str = "batch"
    """What is pooled into one fraction, a key of ``REGIONS``."""
    background: bool = True
    """Whether channel 0 of a softmax counts as a class."""
    absent: str = "as the formula says"
    """What a region with an empty mask gives, what the formula says, a loss of 0, or no part in the mean."""
    sign: str = "1 - D"
    """The loss of a score D, a key of ``SIGNS``."""
    reduction: str = "mean"
    """"mean" or "sum" of the regions' losses, or "none"."""

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Compute this loss.

        Args:
            inputs: shape (N, C, ...), what ``takes`` says.
            targets: masks of the same shape, or class indices of shape (N, ...).

        Returns:
            A scalar, or one loss for each region where ``reduction`` is "none".

        """
        p, y = PROBABILITIES[self.takes](inputs), targets
        if self.target == "class indices":
            y = F.one_hot(y, p.shape[1]).movedim(-1, 1).to(p)
        p, y = (p, y) if self.background else (p[:, 1:], y[:, 1:])
        dim = [axis for axis in range(p.ndim) if axis > 1 or self.pools(axis)]
        overlap, present = OVERLAPS[self.overlap](p, y).sum(dim), y.sum(dim) > 0
        power = 2 if self.squares else 1
        sizes = (p**power).sum(dim) + (y**power).sum(dim)
        if self.form == "Dice":
            score = (2 * overlap + self.above) / (sizes + self.below)
        else:
            score = (overlap + self.above) / (sizes - overlap + self.below)
        return self._reduced(SIGNS[self.sign](score), present)

    def pools(self, axis: int) -> bool:
        """Whether images (0) or channels (1) are pooled."""
        return ("image", "channel")[axis] not in self.region.split(" and ")

    def _reduced(self, loss: Tensor, present: Tensor) -> Tensor:
        if self.absent != "as the formula says":
            loss = loss.where(present, 0.0 if self.absent == "costs nothing" else math.nan)
        if self.reduction == "none":
            return loss
        if self.absent == "left out" and self.reduction == "mean":
            return loss.nanmean()
        return loss.nansum() if self.absent == "left out" else getattr(loss, self.reduction)()

    def __str__(self) -> str:
        p, y = ("p^2", "y^2") if self.squares else ("p", "y")
        shared = "p y" if self.overlap == "product" else "min(p, y)"
        top = f"{'2 ' if self.form == 'Dice' else ''}sum {shared}{_plus(self.above)}"
        union = f" - sum {shared}" if self.form == "IoU" else ""
        bottom = f"sum {p} + sum {y}{union}{_plus(self.below)}"
        letter = "D" if self.form == "Dice" else "J"
        background = ", without channel 0" if not self.background else ""
        lines = {
            "takes": f"{self.takes}; {self.target}",
            "loss": f"{self.sign.replace('D', letter)}, where {letter} = ({top}) / ({bottom})",
            "region": f"one fraction for {REGIONS[self.region]}{background}",
            "empty mask": self.absent,
            "reduction": self.reduction,
            "smooth": f"{self.above:g} above the bar, {self.below:g} below",
        }
        return "\n".join(f"{name:<14} {line}" for name, line in lines.items())


def _plus(smooth: float) -> str:
    return f" + {smooth:g}" if smooth else ""
