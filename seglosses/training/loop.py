"""Learning: the losses to compare, and the loop that trains with each of them.

A run is repeated to the last bit by the same arguments on the same machine: it keeps to one thread, for the
order in which threads add up is not always the same, and gives the caller's threads and random numbers
back as they were. Another processor adds up in another order, and every step of a training makes that
difference larger: in float32 it reaches the first digit of a score. The network computes in float64, where
it stays far behind any digit that is shown.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.progress import progress
from seglosses.training._checks import check_examples, check_number, check_order
from seglosses.training.examples import Examples
from seglosses.training.network import TinyUNet

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
    checkpoints: dict[int, Tensor]
    """What it predicted for them on the way, by the step, each of the shape of ``probabilities``."""


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
    checkpoints: Collection[int] = (),
    order: Tensor | None = None,
) -> Run:
    """Train a new :class:`~seglosses.training.network.TinyUNet` with Adam.

    Args:
        loss: takes logits and masks of shape (batch_size, 1, H, W), returns a scalar; one of ``LOSSES``, say.
        training: what to learn from.
        validation: what to watch; nothing is learned from it.
        steps: how many batches to learn from, from 1.
        seed: of the first weights and of the order of the images.
        prior: the first probability of every pixel, as in :class:`~seglosses.training.network.TinyUNet`.
        batch_size: how many images a step, from 1 to all of them.
        learning_rate: Adam's, above 0.
        watched: how many of the validation images to record while learning, from 1 to all of them.
        every: how many steps lie between two records, from 1.
        checkpoints: after which steps to predict all of the validation images, from 1 to ``steps``.
        order: which images each step learns from, of shape (steps, batch_size); None draws them at random.

    Returns:
        The losses, the recorded predictions and the model.

    Raises:
        ValueError: images and masks differ in shape, are not (N, 1, H, W) with sides that 8 divides, or a
            number is out of its range.

    """
    check_examples("training", training)
    check_examples("validation", validation)
    check_number("steps", steps, 1)
    check_number("batch_size", batch_size, 1, len(training.images))
    check_number("watched", watched, 1, len(validation.images))
    check_number("every", every, 1)
    if not learning_rate > 0:
        hint = "Hint: 0.03 is the usual choice."
        raise ValueError(f"learning_rate must be a number above 0; got {learning_rate}. {hint}")
    for step in checkpoints:
        check_number("checkpoints", step, 1, steps)
    if order is not None:
        check_order(order, (steps, batch_size), len(training.images))
    shown = validation.images[:watched]
    with _repeatable(seed):
        model = TinyUNet(prior)
        losses, recorded, frames, kept = [], [0], [_frame(model, shown)], {}
        batches = _drawn(len(training.images), batch_size) if order is None else iter(order)
        learning = _learn(model, loss, training, batches, learning_rate)
        for step, value in enumerate(islice(learning, steps), 1):
            losses.append(value)
            if step % every == 0:
                recorded.append(step)
                frames.append(_frame(model, shown))
            if step in checkpoints:
                kept[step] = predict(model, validation.images)
        return Run(
            losses=torch.tensor(losses),
            steps=recorded,
            frames=torch.stack(frames),
            probabilities=predict(model, validation.images),
            model=model,
            checkpoints=kept,
        )


def _drawn(images: int, batch_size: int) -> Iterator[Tensor]:
    """One random batch after another, without end."""
    while True:
        yield torch.randperm(images)[:batch_size]


def _learn(
    model: TinyUNet, loss: Loss, training: Examples, batches: Iterator[Tensor], learning_rate: float
) -> Iterator[float]:
    """Learn from one batch after another; each step gives the loss that its batch had before."""
    optimizer = torch.optim.Adam(model.parameters(), learning_rate)
    for batch in batches:
        value = loss(model(training.images[batch]), training.masks[batch])
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield value.item()


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
