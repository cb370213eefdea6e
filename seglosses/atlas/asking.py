"""Which Dice is yours? The convention that a loss follows, found by asking it.

Small batches are put to the loss and to each :class:`~seglosses.atlas.convention.Convention`, until one is
left that always says the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from seglosses.atlas.convention import ABSENT, OVERLAPS, REDUCTIONS, REGIONS, SIGNS, Convention

Loss = Callable[[Tensor, Tensor], Any]

#: How the score is got back from a loss.
SCORES: dict[str, Callable[[Tensor], Tensor]] = {**SIGNS, "-log D": lambda loss: (-loss).exp()}


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
        pooled = 2 if softmax and background and found.pools(1) else 1  # both classes were in one fraction
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
