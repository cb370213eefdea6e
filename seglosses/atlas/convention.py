"""Which Dice is yours? The convention that a loss follows, found by asking it.

A :class:`Convention` is a loss: its fields say what stands in the formula, and it can be called. To find that
of another loss, small batches are put to both, until one convention is left that always says the same.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

Loss = Callable[[Tensor, Tensor], Any]

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
#: How the score is got back from a loss.
SCORES: dict[str, Callable[[Tensor], Tensor]] = {**SIGNS, "-log D": lambda loss: (-loss).exp()}
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
    """What is compared with the mask: a key of ``PROBABILITIES``."""
    target: str = "masks"
    """"masks", one for each channel, or "class indices"."""
    form: str = "Dice"
    """"Dice", 2 I over P + Y, or "IoU", I over P + Y - I."""
    overlap: str = "product"
    """What I adds up: the "product" of p and y or their "minimum"; the same on hard masks."""
    squares: bool = False
    """Whether P and Y add up squares."""
    above: float = 1.0
    """What is added above the bar, in pixels."""
    below: float = 1.0
    """What is added below the bar, in pixels."""
    region: str = "batch"
    """What is pooled into one fraction: one for the "batch", for each "image", "channel", or both."""
    background: bool = True
    """Whether channel 0 of a softmax counts as a class."""
    absent: str = "as the formula says"
    """What a region with an empty mask gives: that, a loss of 0, or no part in the mean."""
    sign: str = "1 - D"
    """The loss of a score D: a key of ``SIGNS``."""
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
        dim = [axis for axis in range(p.ndim) if axis > 1 or self._pools(axis)]
        overlap, present = OVERLAPS[self.overlap](p, y).sum(dim), y.sum(dim) > 0
        power = 2 if self.squares else 1
        sizes = (p**power).sum(dim) + (y**power).sum(dim)
        if self.form == "Dice":
            score = (2 * overlap + self.above) / (sizes + self.below)
        else:
            score = (overlap + self.above) / (sizes - overlap + self.below)
        return self._reduced(SIGNS[self.sign](score), present)

    def _pools(self, axis: int) -> bool:
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
        lines |= {f"as {library}": call for library, call in same_as(self).items()}
        return "\n".join(f"{name:<14} {line}" for name, line in lines.items())


def _plus(smooth: float) -> str:
    return f" + {smooth:g}" if smooth else ""


# --- asking a loss ----------------------------------------------------------------------------------------


def convention_of(loss: Loss) -> Convention | None:
    """Find the convention that a loss follows.

    Args:
        loss: a function of ``(inputs, targets)``: float64 logits or probabilities of shape (N, C, H, W), and
            masks of the same shape or class indices of shape (N, H, W).

    Returns:
        The convention, whose values are those of the loss on all batches that were put to both; None where no
        convention of this kind gives them. ``region`` is that of three channels, or of as many as the loss
        takes. Where settings say the same, the first in the order of their definition is named: with one
        region for the batch, mean and sum are equal.

    Example:
        >>> from seglosses import iou_loss
        >>> found = convention_of(lambda z, y: iou_loss(z, y, smooth=2, dim=(2, 3)).mean())
        >>> found.form, found.above, found.region
        ('IoU', 2.0, 'image and channel')
    """
    takes = [("logits, sigmoid", "masks"), ("probabilities", "masks"), ("logits, softmax", "masks")]
    for way in [*takes, ("logits, softmax", "class indices")]:
        for formula, scale in _formulas(loss, *way):
            for region in _regions(loss, formula, scale):
                return _with_absent(loss, region)
    return None


def _asked(loss: Loss, inputs: Tensor, targets: Tensor) -> Tensor | None:
    """What a loss says, in one row; None where it refuses."""
    try:
        value = loss(inputs, targets)
        value = value if isinstance(value, Tensor) else torch.tensor(value, dtype=torch.float64)
    except Exception:  # whatever another's code raises is a no
        return None
    return value.detach().flatten()


def _noise(value: Tensor) -> float:
    """How far rounding may take a value of this type."""
    return 1e-9 if value.dtype == torch.float64 else 5e-6


def _agree(value: Tensor | None, expected: Tensor) -> bool:
    if value is None or value.numel() != expected.numel():
        return False
    noise = _noise(value)
    return torch.allclose(value.double(), expected.flatten(), rtol=noise, atol=noise, equal_nan=True)


def _given(takes: str, target: str, p: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The batch of probabilities (N, C, ...) and masks as a loss wants it."""
    # A softmax does not see what all logits of a pixel share; what takes logarithms of probabilities does.
    logits = p.logit() if takes == "logits, sigmoid" else p.log() + 1
    inputs = p if takes == "probabilities" else logits
    return inputs, y.argmax(1) if target == "class indices" else y


def _images() -> list[tuple[Tensor, Tensor]]:
    """Eight small images, p and y of shape (1, 1, 1, 12): three hard masks in four, few and many pixels."""
    generator = torch.Generator().manual_seed(7)
    images = []
    for number in range(8):
        chance = torch.rand(1, 1, 1, 12, generator=generator, dtype=torch.float64)
        p = 0.02 + 0.96 * chance ** (1 + number % 3)
        y = (torch.arange(12).view_as(p) <= number).double()
        images.append((p, y * 0.6 + 0.1 if number % 4 == 3 else y))
    return images


def _formulas(loss: Loss, takes: str, target: str) -> Iterator[tuple[Convention, int]]:
    """Yield what fits on images of one region, with how many equal regions it had.

    For a softmax each image stands beside its negative, so that both classes have the same sums. With the
    score A known, A (sizes + below) = overlap + above is a line in above and below.
    """
    twins = takes == "logits, softmax"
    images = [(p, y) for p, y in _images() if target == "masks" or torch.equal(y, y.round())]
    said = []
    for p, y in images:
        pair = [torch.cat([torch.cat([1 - x, x], 3), torch.cat([x, 1 - x], 3)], 1) for x in (p, y)]
        said.append(_asked(loss, *_given(takes, target, *(pair if twins else (p, y)))))
    values = [value for value in said if value is not None and value.numel() and value.isfinite().all()]
    if len(values) < len(images):
        return
    noise, means = _noise(values[0]), torch.stack([value.double().mean() for value in values])
    if twins:  # of an image and its negative
        images = [(torch.cat([p, 1 - p], 3), torch.cat([y, 1 - y], 3)) for p, y in images]
    for form, overlap, squares, sign, regions in product(
        ("Dice", "IoU"), OVERLAPS, (False, True), SIGNS, (1, 2) if twins else (1,)
    ):
        formula = Convention(takes, target, form, overlap, squares, sign=sign)
        smooth = _smooth(formula, images, SCORES[sign](means / regions), noise)
        if smooth is not None:
            yield replace(formula, above=smooth[0], below=smooth[1]), regions


def _smooth(
    formula: Convention, images: list[tuple[Tensor, Tensor]], scores: Tensor, noise: float
) -> tuple[float, float] | None:
    """The smooth above and below with which a formula gives these scores; None where none does."""
    power, shared = 2 if formula.squares else 1, OVERLAPS[formula.overlap]
    overlap = torch.stack([shared(p, y).sum() for p, y in images])
    sizes = torch.stack([(p**power).sum() + (y**power).sum() for p, y in images])
    top, bottom = (2 * overlap, sizes) if formula.form == "Dice" else (overlap, sizes - overlap)
    lines = torch.stack([torch.ones_like(scores), -scores], 1)
    right = scores * bottom - top
    smooth = torch.linalg.lstsq(lines, right.unsqueeze(1)).solution.squeeze(1)
    rest = (lines @ smooth - right) / bottom
    if not rest.isfinite().all() or rest.abs().max() > noise or smooth.min() < -100 * noise:
        return None
    above, below = (_plain(value, 100 * noise) for value in smooth.tolist())
    return above, below


def _plain(value: float, noise: float) -> float:
    """The shortest number within the noise."""
    if abs(value) <= noise / 100:
        return 0.0
    return next(
        (short for digits in range(6) if abs((short := float(f"{value:.{digits}e}")) - value) <= noise), value
    )


# --- the batch --------------------------------------------------------------------------------------------


def _batch(takes: str, channels: int) -> tuple[Tensor, Tensor]:
    """Two images of these channels, no two alike, each channel with a mask: shape (2, C, 4, 6)."""
    generator = torch.Generator().manual_seed(11)
    z = torch.randn(2, channels, 4, 6, generator=generator, dtype=torch.float64)
    p = z.softmax(1) if takes == "logits, softmax" else z.sigmoid()
    if channels == 1:
        return p, (torch.randn(z.shape, generator=generator) > 0.4).double()
    chosen = torch.randint(channels, (2, 4, 6), generator=generator)
    return p, F.one_hot(chosen, channels).movedim(-1, 1).double()


def _channels(loss: Loss, c: Convention) -> int:
    """How many channels the loss takes, of those that are worth asking about."""
    for channels in (3, 2) if c.takes == "logits, softmax" else (3, 1):
        if _asked(loss, *_given(c.takes, c.target, *_batch(c.takes, channels))) is not None:
            return channels
    return 0


def _regions(loss: Loss, formula: Convention, regions: int) -> Iterator[Convention]:
    """Yield the formula with the pooling and the reduction that give the loss of a batch."""
    channels = _channels(loss, formula)
    if not channels:
        return
    inputs, targets = _given(formula.takes, formula.target, *_batch(formula.takes, channels))
    value = _asked(loss, inputs, targets)
    softmax = formula.takes == "logits, softmax"
    for background, region, reduction in product((True, False) if softmax else (True,), REGIONS, REDUCTIONS):
        found = replace(formula, background=background, region=region, reduction=reduction)
        pooled = 2 if softmax and background and found._pools(1) else 1  # both classes were in one fraction
        found = replace(found, above=pooled * found.above, below=pooled * found.below)
        if _agree(value, found(inputs, targets)):
            yield found


def _with_absent(loss: Loss, found: Convention) -> Convention:
    """Add what happens to empty masks: of one channel of an image, of a channel, of an image, of all."""
    softmax = found.takes == "logits, softmax"
    p, y = _batch(found.takes, _channels(loss, found))
    every, classes = slice(None), slice(1 if softmax else 0, None)
    batches = []
    for image, channel in ((0, -1), (every, -1), (1, classes), (every, classes)):
        emptied = y.clone()
        emptied[image, channel] = 0
        if softmax:  # what no class has is background
            emptied[:, 0] = 1 - emptied[:, 1:].sum(1)
        batches.append(_given(found.takes, found.target, p, emptied))
    for absent in ABSENT:
        guess = replace(found, absent=absent)
        if all(_agree(_asked(loss, *batch), guess(*batch)) for batch in batches):
            return guess
    return replace(found, absent="in a way of its own")


# --- the libraries ----------------------------------------------------------------------------------------


def same_as(c: Convention) -> dict[str, str]:
    """Name the calls of known libraries that follow a convention.

    Args:
        c: what :func:`convention_of` found.

    Returns:
        The call by library, each with the settings that are not its defaults; empty where none agrees.
    """
    calls = {
        "seglosses": _seglosses(c),
        "MONAI": _monai(c),
        "smp": _smp(c),
        "nnU-Net": _nnunet(c),
        "kornia": _kornia(c),
    }
    return {library: call for library, call in calls.items() if call is not None}


def _call(name: str, *given: str, **settings: object) -> str:
    return f"{name}({', '.join([*given, *(f'{key}={value!r}' for key, value in settings.items())])})"


PLAIN = ("as the formula says", "1 - D")  # what most libraries do


def _seglosses(c: Convention) -> str | None:
    dims = {"batch": None, "image": (1, 2, 3), "channel": (0, 2, 3), "image and channel": (2, 3)}
    alike = replace(
        Convention(), form=c.form, above=c.above, below=c.above, region=c.region, reduction=c.reduction
    )
    if c != alike or c.above == 0:  # with 0 it differs on empty masks: 0/0 is a loss of 0
        return None
    settings: dict[str, object] = {"smooth": c.above} if c.above != 1 else {}
    settings |= {"dim": dims[c.region]} if c.region != "batch" else {}
    end = "" if c.reduction == "none" or c.region == "batch" else f".{c.reduction}()"
    return _call(f"{c.form.lower()}_loss", "z, y", **settings) + end


def _monai(c: Convention) -> str | None:
    minimum = c.overlap == "minimum"
    if (c.absent, c.sign) != PLAIN or "channel" not in c.region or (minimum and c.squares):
        return None
    scale = 2 if c.form == "IoU" else 1  # it doubles overlap and union, and so its smooth
    settings = {
        "include_background": (c.background, True),
        "to_onehot_y": (c.target == "class indices", False),
        "sigmoid": (c.takes == "logits, sigmoid", False),
        "softmax": (c.takes == "logits, softmax", False),
        "squared_pred": (c.squares, False),
        "jaccard": (c.form == "IoU", False),
        "reduction": (c.reduction, "mean"),
        "smooth_nr": (scale * c.above, 1e-5),
        "smooth_dr": (scale * c.below, 1e-5),
        "batch": (c.region == "channel", False),
        "soft_label": (minimum, False),
    }
    return _call(
        "DiceLoss", **{name: value for name, (value, default) in settings.items() if value != default}
    )


def _smp(c: Convention) -> str | None:
    modes = {
        ("logits, sigmoid", "masks", "batch"): "binary",
        ("logits, sigmoid", "masks", "channel"): "multilabel",
        ("logits, softmax", "class indices", "channel"): "multiclass",
    }
    logits = "logits, sigmoid" if c.takes == "probabilities" else c.takes
    mode = modes.get((logits, c.target, c.region))
    if mode is None or c.squares or not c.background or c.reduction != "mean" or c.above != c.below:
        return None
    if c.absent != "costs nothing" or c.sign not in ("1 - D", "-log D"):
        return None
    smooth = c.above / 2 if c.form == "Dice" else c.above  # added to the overlap, not to its double
    settings: dict[str, object] = {"log_loss": True} if c.sign == "-log D" else {}
    settings |= {"from_logits": False} if c.takes == "probabilities" else {}
    settings |= {"smooth": smooth} if smooth else {}
    return _call("DiceLoss" if c.form == "Dice" else "JaccardLoss", repr(mode), **settings)


def _nnunet(c: Convention) -> str | None:
    alike = Convention(takes=c.takes, region=c.region, sign="-D", above=c.above, below=c.above)
    if c != alike or c.takes == "logits, softmax" or "channel" not in c.region:
        return None
    settings: dict[str, object] = {"batch_dice": True} if c.region == "channel" else {}
    settings |= {"smooth": c.above} if c.above != 1 else {}
    given = ["torch.sigmoid"] if c.takes == "logits, sigmoid" else []
    return _call("MemoryEfficientSoftDiceLoss", *given, **settings)


def _kornia(c: Convention) -> str | None:
    alike = Convention("logits, softmax", "class indices", region="image", above=0, below=1e-8)
    return "dice_loss(z, labels)" if c == alike else None
