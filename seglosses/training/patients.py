"""The patients of the playground: small, few, and kept as bytes, so that a page has the very same ones."""

from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seglosses.phantom import dataset
from seglosses.training.draws import Draws
from seglosses.training.examples import Examples, shares_of_observers

SIDE = 32
TRAINING, HELD_OUT = 16, 8
Bytes = NDArray[np.uint8]


class Patients(NamedTuple):
    """Sixteen patients to learn from and eight to be held out, as bytes of shape (24, 32, 32)."""

    films: Bytes
    """Brightness, 255 times."""
    nodules: Bytes
    """What a nodule adds to the film, modulo 256."""
    truth: Bytes
    """1 where there is lung, plus 2 where there is nodule."""


class Task(NamedTuple):
    """What a training learns from and what is held out of it; images are float64 with a mean of 0 each."""

    learned: Examples
    held: Examples
    shares: Tensor
    """The share of observers who paint each pixel that is held out, of the shape of ``held.masks``."""


@cache
def patients() -> Patients:
    """The same patients with and without a nodule, of 1 % of the image; seeds 0 to 23."""
    count = TRAINING + HELD_OUT
    healthy, ill = dataset(count, SIDE), dataset(count, SIDE, nodules=1)
    film, with_nodule = ((255 * one.image[:, 0]).round().astype(np.uint8) for one in (healthy, ill))
    truth = healthy.lung[:, 0].astype(np.uint8) + 2 * ill.nodule[:, 0].astype(np.uint8)
    return Patients(film, with_nodule - film, truth)


def task_of(task: str, *, spread: float = 0.0, empty: float = 0.0, seed: int = 0) -> Task:
    """Images and masks for a task.

    Args:
        task: ``"lungs"``, 20 % of an image, or ``"nodules"``, 1 % of it.
        spread: how far observers lie apart, in pixels; each training image has one observer, as in
            :func:`seglosses.training.examples.observed`. With 0 all agree.
        empty: the share of the training images that have no nodule; no lungs are ever left out.
        seed: which observers.

    """
    films, nodules, truth = patients()
    ill = np.full((len(films), 1, 1), task == "nodules")
    if task == "nodules":
        ill[TRAINING - round_half_up(empty * TRAINING) : TRAINING] = False
    film = films + np.where(ill, nodules, 0).astype(np.uint8)
    found = truth & 1 if task == "lungs" else np.where(ill, truth >> 1, 0)
    masks = torch.from_numpy(found.astype(np.float64))[:, None]
    images = torch.from_numpy(film.astype(np.float64))[:, None]
    images = (images - images.mean((1, 2, 3), keepdim=True)) / 255
    shares = shares_of_observers(masks, spread) if spread else masks
    draws = Draws(seed, "observers")
    levels = torch.tensor([draws.draw() for _ in range(TRAINING)], dtype=torch.float64).view(-1, 1, 1, 1)
    painted = (shares[:TRAINING] > levels).double() if spread else masks[:TRAINING]
    return Task(
        Examples(images[:TRAINING], painted), Examples(images[TRAINING:], masks[TRAINING:]), shares[TRAINING:]
    )


def round_half_up(x: float) -> int:
    """Round as a page does: a half always up."""
    return int(x + 0.5)
