"""Train a tiny U-Net on the phantom with any of the losses, and score what it learned.

A run is repeated to the last bit by the same arguments on the same machine: it keeps to one thread, for the
order in which threads add up is not always the same, and gives the caller's threads and random numbers
back as they were. Another processor adds up in another order, and every step of a training makes that
difference larger: in float32 it reaches the first digit of a score. The network computes in float64, where
it stays far behind any digit that is shown.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.phantom import dataset
from seglosses.progress import progress

Loss = Callable[[Tensor, Tensor], Tensor]

#: The losses that the chapter compares. Each takes logits and masks.
LOSSES: dict[str, Loss] = {
    "BCE": bce_loss,
    "BCE-Dice": bce_dice_loss,
    "Dice": dice_loss,
    "IoU": iou_loss,
    "Focal 0.25": partial(focal_loss, alpha=0.25),
    "Focal 0.5": partial(focal_loss, alpha=0.5),
    "Focal 0.75": partial(focal_loss, alpha=0.75),
}


# ---- what to learn ----


class Examples(NamedTuple):
    """Images and what to find in them, both float32 of shape (N, 1, H, W)."""

    images: Tensor
    """Brightness in [0, 1]."""
    masks: Tensor
    """The truth in [0, 1]."""


def lungs(n: int, first_seed: int = 0, size: int = 48) -> Examples:
    """``n`` patients and their lungs, about 20 % of each image, from ``first_seed`` on."""
    image, lung, _ = dataset(n, size, first_seed=first_seed)
    return Examples(torch.from_numpy(image), torch.from_numpy(lung).float())


def nodules(n: int, first_seed: int = 0, size: int = 48) -> Examples:
    """``n`` patients with one nodule each, 1 % of the image, from ``first_seed`` on."""
    image, _, nodule = dataset(n, size, first_seed=first_seed, nodules=1)
    return Examples(torch.from_numpy(image), torch.from_numpy(nodule).float())


def shares_of_observers(masks: Tensor, spread: float = 1.5) -> Tensor:
    """How many observers paint each pixel, where they agree on the organ but not on its border.

    Each of them draws the border along one level of the blurred mask, one keeps inside, another goes beyond.
    All levels between 0 and 1 are equally likely, so the share of observers that paint a pixel is the
    blurred mask itself: the truth that a calibrated model would predict.

    Args:
        masks: the borders to disagree about: zeros and ones of shape (N, 1, H, W).
        spread: the standard deviation of the blur in pixels, above 0.

    Returns:
        Shares in [0, 1], float64, of the shape of ``masks``.

    Raises:
        ValueError: ``spread`` is not above 0.

    """
    if not spread > 0:
        hint = "Hint: 1.5 is the usual choice."
        raise ValueError(f"spread must be a number of pixels above 0; got {spread}. {hint}")
    reach = math.ceil(3 * spread)
    weights = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=torch.float64) / spread) ** 2)
    weights /= weights.sum()
    padded = F.pad(masks.double(), (reach,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(padded, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1)).clamp(0, 1)


def observed(shares: Tensor, seed: int = 0) -> Tensor:
    """One observer's mask for each image: the pixels whose share is above a level of her own.

    Args:
        shares: of shape (N, 1, H, W), in [0, 1].
        seed: which observers.

    Returns:
        Zeros and ones, of the shape of ``shares``.

    """
    levels = torch.rand(len(shares), 1, 1, 1, generator=torch.Generator().manual_seed(seed))
    return (shares > levels).float()


# ---- what learns ----


class TinyUNet(nn.Module):
    """A U-Net of 10,000 parameters in float64: three scales, one convolution at each, down and up again.

    The first convolution halves the image and the last one doubles it again, which saves most of the time.

    The last layer starts with weights of 0, so that every pixel of every image starts at the probability
    ``prior``. With 0.5 the model knows nothing; with the share of the foreground it knows the base rate,
    as RetinaNet does with 0.01 (Lin et al., Focal Loss for Dense Object Detection, ICCV 2017, section 4.1).

    Args:
        prior: the first probability of every pixel, above 0 and below 1.

    Raises:
        ValueError: ``prior`` is not between 0 and 1.

    """

    def __init__(self, prior: float = 0.5) -> None:
        super().__init__()
        if not 0 < prior < 1:
            hint = "Hint: 0.5 knows nothing; masks.mean() is the share of the foreground."
            raise ValueError(f"prior must be a probability above 0 and below 1; got {prior}. {hint}")
        self.fine = _convolution(1, 8, stride=2)
        self.middle = _convolution(8, 16)
        self.coarse = _convolution(16, 16)
        self.to_middle = _convolution(16 + 16, 16)
        self.to_fine = _convolution(16 + 8, 8)
        self.last = nn.ConvTranspose2d(8, 1, kernel_size=2, stride=2, dtype=torch.float64)
        with torch.no_grad():
            self.last.weight.zero_()
            self.last.bias.fill_(math.log(prior / (1 - prior)))  # type: ignore[union-attr]

    def forward(self, images: Tensor) -> Tensor:
        """Images of shape (N, 1, H, W), H and W divisible by 8, to logits of the same shape."""
        fine = self.fine(images.to(self.last.weight.dtype))
        middle = self.middle(F.max_pool2d(fine, 2))
        coarse = self.coarse(F.max_pool2d(middle, 2))
        middle = self.to_middle(torch.cat([_twice(coarse), middle], dim=1))
        fine = self.to_fine(torch.cat([_twice(middle), fine], dim=1))
        logits: Tensor = self.last(fine)
        return logits


def _convolution(channels_in: int, channels_out: int, stride: int = 1) -> nn.Sequential:
    # GroupNorm and not BatchNorm: one image's prediction must not depend on its neighbours in the batch.
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, dtype=torch.float64),
        nn.GroupNorm(2, channels_out, dtype=torch.float64),
        nn.ReLU(),
    )


def _twice(features: Tensor) -> Tensor:
    return F.interpolate(features, scale_factor=2, mode="nearest")


# ---- learning ----


@dataclass(frozen=True)
class Run:
    """What one training leaves behind."""

    losses: Tensor
    """The loss of each step's batch, shape (steps,)."""
    steps: list[int]
    """The steps after which the watched images were predicted; 0 is before the first."""
    frames: Tensor
    """Those predictions, 255 p rounded, as uint8 of shape (len(steps), watched, H, W)."""
    probabilities: Tensor
    """What the model predicts for the validation images in the end, shape (N, 1, H, W)."""
    model: TinyUNet
    """The model itself."""


def train(
    loss: Loss,
    training: Examples,
    validation: Examples,
    steps: int = 120,
    seed: int = 0,
    *,
    prior: float = 0.5,
    batch_size: int = 8,
    learning_rate: float = 0.03,
    watched: int = 2,
    every: int = 5,
) -> Run:
    """Train a new :class:`TinyUNet` with Adam.

    Args:
        loss: takes logits and masks of shape (batch_size, 1, H, W), returns a scalar; one of ``LOSSES``, say.
        training: what to learn from.
        validation: what to watch; nothing is learned from it.
        steps: how many batches to learn from, from 1.
        seed: of the first weights and of the order of the images.
        prior: the first probability of every pixel, as in :class:`TinyUNet`.
        batch_size: how many images a step, from 1 to all of them.
        learning_rate: Adam's, above 0.
        watched: how many of the validation images to record while learning, from 1 to all of them.
        every: how many steps lie between two records, from 1.

    Returns:
        The losses, the recorded predictions and the model.

    Raises:
        ValueError: images and masks differ in shape, are not (N, 1, H, W) with sides that 8 divides, or a
            number is out of its range.

    """
    _check_examples("training", training)
    _check_examples("validation", validation)
    _check_number("steps", steps, 1)
    _check_number("batch_size", batch_size, 1, len(training.images))
    _check_number("watched", watched, 1, len(validation.images))
    _check_number("every", every, 1)
    if not learning_rate > 0:
        hint = "Hint: 0.03 is the usual choice."
        raise ValueError(f"learning_rate must be a number above 0; got {learning_rate}. {hint}")
    watched_images = validation.images[:watched]
    with _repeatable(seed):
        model = TinyUNet(prior)
        optimizer = torch.optim.Adam(model.parameters(), learning_rate)
        losses, recorded, frames = [], [0], [_frame(model, watched_images)]
        for step in range(1, steps + 1):
            batch = torch.randperm(len(training.images))[:batch_size]
            value = loss(model(training.images[batch]), training.masks[batch])
            optimizer.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(value.item())
            if step % every == 0:
                recorded.append(step)
                frames.append(_frame(model, watched_images))
        return Run(
            losses=torch.tensor(losses),
            steps=recorded,
            frames=torch.stack(frames),
            probabilities=predict(model, validation.images),
            model=model,
        )


def train_each(
    losses: Mapping[str, Loss],
    training: Examples,
    validation: Examples,
    steps: int = 120,
    seeds: Sequence[int] = (0, 1, 2),
    **options: Any,
) -> dict[str, list[Run]]:
    """Train with each loss, once for each seed; in Jupyter a bar says how far it has come.

    One seed means the same first weights and the same order of the images for every loss, so the losses
    differ in nothing else. How far a loss's own runs differ is what chance does.

    Args:
        losses: each loss by the name it is to have, as in ``LOSSES``.
        training: as in :func:`train`, like ``validation`` and ``steps``.
        validation: what to watch.
        steps: how many batches to learn from.
        seeds: one run for each.
        **options: the other arguments of :func:`train`.

    Returns:
        For each loss the runs, in the order of the seeds.

    Raises:
        ValueError: as in :func:`train`.

    """
    runs: dict[str, list[Run]] = {name: [] for name in losses}
    for name, seed in progress([(name, seed) for name in losses for seed in seeds]):
        runs[name].append(train(losses[name], training, validation, steps, seed, **options))
    return runs


def predict(model: nn.Module, images: Tensor) -> Tensor:
    """The probabilities that a model, which returns logits, gives to every pixel of the images."""
    with torch.no_grad():
        return torch.sigmoid(model(images))


def _frame(model: nn.Module, images: Tensor) -> Tensor:
    return (255 * predict(model, images)[:, 0]).round().to(torch.uint8)


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    """One thread and known random numbers; afterwards both are the caller's again."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def _check_examples(name: str, examples: Examples) -> None:
    images, masks = examples
    if images.shape != masks.shape:
        came = f"{tuple(images.shape)} and {tuple(masks.shape)}"
        hint = "Hint: a channel axis that is missing comes with masks.unsqueeze(1)."
        raise ValueError(f"{name} must be images and masks of one shape; got {came}. {hint}")
    sides = images.shape[2:]
    if images.dim() != 4 or images.shape[1] != 1 or not all(side >= 8 and side % 8 == 0 for side in sides):
        came = f"{tuple(images.shape)}"
        hint = "Hint: grey images of 48 by 48 are (N, 1, 48, 48); load_folder(folder, 48) makes them."
        raise ValueError(
            f"{name} must have the shape (N, 1, H, W), H and W multiples of 8; got {came}. {hint}"
        )


_HINTS = {
    "steps": "120 is the usual choice",
    "batch_size": "8 is the usual choice; of few images take all",
    "watched": "the first 2 of the validation images are the usual choice",
    "every": "5 records every fifth step",
    "bins": "10 is the usual choice",
}


def _check_number(name: str, value: int, least: int, most: int | None = None) -> None:
    if value < least or (most is not None and value > most):
        span = f"from {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be a whole number {span}; got {value}. Hint: {_HINTS[name]}.")


# ---- scores ----


def dice_score(probabilities: Tensor, masks: Tensor, threshold: float = 0.5) -> Tensor:
    """The Dice coefficient of each image, after a threshold.

    Args:
        probabilities: in [0, 1], shape (N, 1, H, W).
        masks: zeros and ones, of the same shape.
        threshold: a pixel is predicted where its probability is above it.

    Returns:
        One score in [0, 1] for each image, shape (N,); 1 where prediction and mask are both empty.

    """
    both, predicted, actual = _counts(probabilities, masks, threshold)
    return torch.where(predicted + actual == 0, 1.0, 2 * both / (predicted + actual).clamp(min=1))


def recall(probabilities: Tensor, masks: Tensor, threshold: float = 0.5) -> Tensor:
    """The share of each image's mask that is found; the arguments are those of :func:`dice_score`.

    Returns:
        One score in [0, 1] for each image, shape (N,); NaN where the mask is empty, as nothing can be found.

    """
    both, _, actual = _counts(probabilities, masks, threshold)
    return both / actual


def _counts(probabilities: Tensor, masks: Tensor, threshold: float) -> tuple[Tensor, Tensor, Tensor]:
    """For each image the pixels predicted and in the mask, predicted, and in the mask."""
    if probabilities.shape != masks.shape:
        expected, came = tuple(probabilities.shape), tuple(masks.shape)
        hint = "Hint: score the very images that were predicted, both (N, 1, H, W)."
        raise ValueError(f"masks must have the shape of probabilities, {expected}; got {came}. {hint}")
    x, y = probabilities > threshold, masks > 0.5
    return (x & y).sum((1, 2, 3)), x.sum((1, 2, 3)), y.sum((1, 2, 3))


def calibration_error(
    probabilities: Tensor,
    truth: Tensor,
    bins: int = 10,
) -> float:
    r"""The expected calibration error: how far probabilities are from how often they come true.

    .. math:: \text{ECE} = \sum_b \frac{n_b}{N} \left| \overline{p}_b - \overline{y}_b \right|

    Args:
        probabilities: of the pixels to look at, in [0, 1], any shape.
        truth: of the same pixels: zeros and ones, or the share of observers who paint them.
        bins: into how many bins of equal width [0, 1] is cut.

    Returns:
        The mean over the pixels of the gap of their bin, in [0, 1]; 0 is calibrated.

    Raises:
        ValueError: shapes differ, there is no pixel, or ``bins`` is below 1.

    Source:
        Guo et al., On Calibration of Modern Neural Networks, ICML 2017, equation 3, with the probability of
        the foreground in the place of the winner's confidence.

    """
    _check_number("bins", bins, 1)
    if probabilities.shape != truth.shape or not truth.numel():
        came = f"{tuple(probabilities.shape)} and {tuple(truth.shape)}"
        hint = "Hint: pick the same pixels of both, at least one."
        raise ValueError(f"probabilities and truth must have one shape, not empty; got {came}. {hint}")
    p, y = probabilities.flatten().double(), truth.flatten().double()
    which = (p * bins).long().clamp(max=bins - 1)
    gaps = torch.zeros(bins, dtype=torch.float64).index_add(0, which, p - y)
    return (gaps.abs().sum() / p.numel()).item()
