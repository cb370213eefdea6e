"""Runs that would take longer than a page may: what tools/record_runs.py has kept of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Watched:
    """A recorded training as the player shows it."""

    losses: Tensor
    """The loss of each step's batch, shape (steps,)."""
    steps: list[int]
    """The steps after which the watched image was predicted."""
    frames: Tensor
    """Those predictions, 255 p rounded, as uint8 of shape (len(steps), 1, H, W)."""


@dataclass(frozen=True)
class Recording:
    """Scores of many runs, one for each seed, and the pictures of some."""

    date: str
    """The day of the recording."""
    versions: dict[str, str]
    """What it ran with."""
    settings: dict[str, Any]
    """What all runs share, image size, numbers of patients, batch size, learning rate, seeds."""
    runs: dict[str, Any]
    """By task, loss, prior, score and step, one value for each seed."""
    maps: dict[str, Tensor]
    """By "loss from prior", what one run gives the held-out nodules, (N, 1, H, W), to hundredths."""
    masks: Tensor
    """The truth of these images, zeros and ones of the same shape."""
    watched: dict[str, Watched]
    """By loss, one run on the lungs and what it predicted for the first of the held-out patients."""

    def score(self, task: str, loss: str, score: str, step: int, prior: float = 0.5) -> Tensor:
        """One score of the runs of a loss, float64 of shape (seeds,); the same place is the same seed.

        Args:
            task: "lungs", "observers", "nodules" or "order".
            loss: as the recording names it.
            score: as the recording names it.
            step: after how many steps, one of those that the task was scored at.
            prior: the first probability of every pixel.

        Raises:
            ValueError: there is no such run, or no such score of it.

        """
        found = self.runs
        for key in (task, loss, str(prior), score, str(step)):
            if key not in found:
                hint = "Hint: recording.runs shows what there is."
                raise ValueError(f"a recorded score must be one of {', '.join(found)}; got {key!r}. {hint}")
            found = found[key]
        return torch.tensor([nan if value is None else value for value in found], dtype=torch.float64)

    def losses(self, task: str) -> Iterator[tuple[str, float]]:
        """Each loss of a task with each prior that it started from, in the order of the recording."""
        for loss, priors in self.runs[task].items():
            for prior in priors:
                yield loss, float(prior)


def read_recording(path: str | Path) -> Recording:
    """Read what tools/record_runs.py has written.

    Args:
        path: of the scores, a JSON file. The pictures lie beside it, in a file of the same name that numpy
            reads (.npz).

    Returns:
        The recording.

    """
    path = Path(path)
    scores = json.loads(path.read_text("utf-8"))
    pictures = np.load(path.with_suffix(".npz"))
    tensors = {
        name: torch.from_numpy(pictures[name]) for name in pictures.files if pictures[name].dtype.kind != "U"
    }
    steps = tensors["film_steps"].tolist()
    films = zip(pictures["film_names"], tensors["film_losses"], tensors["films"], strict=True)
    return Recording(
        **scores,
        maps={
            str(name): of.double() / 100
            for name, of in zip(pictures["map_names"], tensors["maps"], strict=True)
        },
        masks=tensors["masks"].float(),
        watched={str(name): Watched(losses, steps, frames) for name, losses, frames in films},
    )
