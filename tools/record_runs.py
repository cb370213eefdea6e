"""Record the runs that the chapters compare, and that would take longer than a page may.

    python tools/record_runs.py

It trains every run anew, for an hour or less on one core, and writes two files. A run that has ended is kept
in ``_build/runs`` at once: started again, the tool goes on from there. Remove that folder after a change.

``book/data/runs.json`` has the date, the versions, the settings and the scores: below task, loss, prior,
score and step one number for each seed, to four digits. A seed is the same start and the same order of the
images for every loss.

``book/data/runs.npz``, for :func:`numpy.load`, has the pictures of seed 0, all of them uint8:

    maps       (setups, N, 1, H, W)  hundredths of p, of the held-out nodules after MAP_STEPS steps
    map_names  (setups,)             "BCE from 0.5" and so on, the setups in their order
    masks      (N, 1, H, W)          the truth of these images; nodules(N, 1000, size=H).images are the images
    films      (losses, frames, 1, H, W)   255 p rounded, of the first held-out patient's lungs
    film_names (losses,), film_steps (frames,), film_losses (losses, steps)

:func:`seglosses.training.recorded.read_recording` reads both.
"""

import datetime
import json
import math
import platform
import re
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from seglosses.metrics import dice_score, recall
from seglosses.progress import progress
from seglosses.training.examples import (
    Examples,
    half_empty,
    lungs,
    mixed_batches,
    nodules,
    observed,
    shares_of_observers,
    sorted_batches,
)
from seglosses.training.loop import LOSSES, Loss, train
from seglosses.training.scores import best_threshold, calibration_error, ranking
from seglosses.walkthrough.pixels import focal_posterior

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "book/data/runs.json"
PARTS = ROOT / "_build/runs"

SIZE, LEARNED, TUNED, HELD_OUT = 32, 96, 24, 32  # pixels a side, and patients
SEEDS = range(8)
BATCH, RATE = 8, 0.02  # images a step, and Adam's learning rate, the same for every loss
FIVE = ("BCE", "BCE-Dice", "Dice", "Focal 0.25", "Focal 0.75")
PRIOR = 0.01  # the nodules' share of the pixels
MAP_STEPS, FRAME_STEPS = 400, 20
# The runs that differ in the order of their images: patients with a nodule, and as many without.
ORDERED, ORDER_BATCH, ORDER_STEPS = 24, 4, 360

Scores = dict[str, float]


class Task(NamedTuple):
    """What is compared on one kind of examples."""

    steps: tuple[int, ...]  # at which it is scored; the last one ends the training
    losses: Mapping[str, Loss]
    priors: tuple[float, ...]
    learned: Callable[[], Examples]
    truth: Callable[[int, int], Examples]  # of n patients from a seed on: what is scored against
    scored: Callable[[str, Tensor, Tensor], Scores]  # by the loss, the predictions and the truth
    batch_size: int = BATCH
    order: Callable[[int], Tensor] | None = None  # of the images, by the seed; None leaves it to the seed


def some(*names: str) -> dict[str, Loss]:
    """Some of the losses by their names."""
    return {name: LOSSES[name] for name in names}


def one_observer_each() -> Examples:
    """Lungs, the border of each drawn by another observer."""
    images, masks = lungs(LEARNED, 0, SIZE)
    return Examples(images, observed(shares_of_observers(masks)))


def all_observers(n: int, first_seed: int) -> Examples:
    """Lungs, with the share of observers that paint each pixel."""
    images, masks = lungs(n, first_seed, SIZE)
    return Examples(images, shares_of_observers(masks).float())


def posterior(loss: str, p: Tensor) -> Tensor | None:
    """What the probabilities of a model trained with focal loss say, translated; None for another loss."""
    if not loss.startswith("Focal"):
        return None
    alpha = float(loss.split()[1])
    inside = p.double().clamp(1e-12, 1 - 1e-12)
    return focal_posterior(inside, alpha=alpha)


def mask_scores(loss: str, p: Tensor, masks: Tensor) -> Scores:
    """Masks at 0.5 and at a threshold that other patients chose, the ranking, and the largest probability."""
    p, others, y = p[:HELD_OUT], p[HELD_OUT:], masks[:HELD_OUT]
    threshold = best_threshold(others, masks[HELD_OUT:])
    scores = {
        "dice": dice_score(p > 0.5, y, empty=1).mean().item(),
        "recall": recall(p > 0.5, y, empty=1).mean().item(),
        "threshold": threshold,
        "tuned dice": dice_score(p > threshold, y, empty=1).mean().item(),
        "tuned recall": recall(p > threshold, y, empty=1).mean().item(),
        "ranking": ranking(p, y),
        "largest": p.max().item(),
    }
    translated = posterior(loss, p)
    if translated is not None:
        scores["translated dice"] = dice_score(translated > 0.5, y, empty=1).mean().item()
        scores["translated recall"] = recall(translated > 0.5, y, empty=1).mean().item()
    return scores


def belief_scores(loss: str, p: Tensor, shares: Tensor) -> Scores:
    """How far probabilities can be believed: on all pixels, and on those that the model calls doubtful."""
    scores = {}
    truth = shares[:HELD_OUT].double()
    for name, said in (("", p), ("translated ", posterior(loss, p))):
        if said is not None:
            q = said[:HELD_OUT]
            doubt = (q > 0.05) & (q < 0.95)
            scores[f"{name}error"] = calibration_error(q, truth)
            in_doubt = calibration_error(q[doubt], truth[doubt]) if doubt.any() else math.nan
            scores[f"{name}error in doubt"] = in_doubt
            scores[f"{name}doubtful"] = doubt.double().mean().item()
            scores[f"{name}squared gap"] = ((q - truth) ** 2).mean().item()
    return scores


def ordered(order: Callable[..., Tensor], shift: int = 0) -> Task:
    """Patients with and without a nodule in one order; ``shift`` makes another shuffle of it."""
    epochs = ORDER_STEPS * ORDER_BATCH // (2 * ORDERED)
    return Task(
        (ORDER_STEPS // 2, ORDER_STEPS),
        some("Dice", "BCE"),
        (0.5,),
        partial(half_empty, ORDERED, size=SIZE),
        partial(nodules, size=SIZE),
        mask_scores,
        batch_size=ORDER_BATCH,
        order=lambda seed: order(ORDERED, ORDER_BATCH, epochs, seed + shift),
    )


LUNGS, NODULES = partial(lungs, size=SIZE), partial(nodules, size=SIZE)
TASKS = {
    "lungs": Task(
        (50, 100, 200, 400),
        some("BCE", "BCE-Dice", "Dice", "IoU", "Focal 0.25", "Focal 0.75"),
        (0.5,),
        partial(LUNGS, LEARNED),
        LUNGS,
        mask_scores,
    ),
    "observers": Task((100, 400), some(*FIVE), (0.5,), one_observer_each, all_observers, belief_scores),
    "nodules": Task(
        (50, 100, 200, 400, 800),
        some(*FIVE),
        (0.5, PRIOR),
        partial(NODULES, LEARNED),
        NODULES,
        mask_scores,
    ),
    "mixed": ordered(mixed_batches),
    "mixed again": ordered(mixed_batches, shift=100),
    "sorted": ordered(sorted_batches),
}


class Setup(NamedTuple):
    """One run of one task."""

    task: str
    loss: str
    prior: float
    seed: int


def setups() -> list[Setup]:
    """Every run, in the order in which they are trained: all tasks with a seed, then with the next."""
    return [
        Setup(name, loss, prior, seed)
        for seed in SEEDS
        for name, task in TASKS.items()
        for loss, prior in product(task.losses, task.priors)
    ]


def examples_of(task: str) -> tuple[Examples, Examples]:
    """What a task learns from; and the patients that are scored, with those that choose thresholds behind."""
    kind = TASKS[task]
    held_out, tuning = kind.truth(HELD_OUT, 1000), kind.truth(TUNED, 2000)
    both = Examples(*(torch.cat(pair) for pair in zip(held_out, tuning, strict=True)))
    return kind.learned(), both


def one_run(
    setup: Setup, examples: tuple[Examples, Examples], steps: tuple[int, ...] | None = None
) -> dict[str, Any]:
    """Train one run, score it at each of its task's steps, or of ``steps``; keep the pictures of seed 0."""
    task = TASKS[setup.task]
    at = steps or task.steps
    learned, (images, truth) = examples
    run = train(
        task.losses[setup.loss], learned, Examples(images, truth), at[-1], setup.seed,
        prior=setup.prior, batch_size=task.batch_size, learning_rate=RATE, watched=1, every=FRAME_STEPS,
        checkpoints=at, order=task.order and task.order(setup.seed)[: at[-1]],
    )  # fmt: skip
    kept: dict[str, Any] = {
        "scores": {step: task.scored(setup.loss, p, truth) for step, p in run.checkpoints.items()}
    }
    if setup.seed == 0 and setup.task == "lungs":
        kept |= {"steps": run.steps, "films": run.frames, "losses": run.losses}
    if setup.seed == 0 and setup.task == "nodules" and MAP_STEPS in at:
        kept["map"] = (100 * run.checkpoints[MAP_STEPS][:HELD_OUT]).round().to(torch.uint8)
    return kept


def recorded(setup: Setup, cache: dict[str, tuple[Examples, Examples]]) -> dict[str, Any]:
    """One run, from its part if it has ended before."""
    part = PARTS / f"{'-'.join(map(str, setup)).replace(' ', '_')}.pt"
    if not part.exists():
        if setup.task not in cache:
            cache[setup.task] = examples_of(setup.task)
        PARTS.mkdir(parents=True, exist_ok=True)
        torch.save(one_run(setup, cache[setup.task]), part.with_suffix(".tmp"))
        part.with_suffix(".tmp").rename(part)
    return dict(torch.load(part))


def rounded(score: float) -> float | None:
    """A score with four digits; None where there was nothing to score."""
    return None if math.isnan(score) else round(score, 4)


def write(parts: Mapping[Setup, dict[str, Any]]) -> None:
    """Put all runs into the two files."""
    runs: dict[str, Any] = {}
    for setup, part in parts.items():
        of = runs.setdefault(setup.task, {}).setdefault(setup.loss, {}).setdefault(str(setup.prior), {})
        for step, scores in part["scores"].items():
            for name, score in scores.items():
                of.setdefault(name, {}).setdefault(str(step), []).append(rounded(score))
    patients = {"learned": LEARNED, "tuned": TUNED, "held_out": HELD_OUT}
    order = {"patients": ORDERED, "batch_size": ORDER_BATCH, "steps": ORDER_STEPS}
    settings = {
        "size": SIZE,
        **patients,
        "batch_size": BATCH,
        "learning_rate": RATE,
        "seeds": list(SEEDS),
        "order": order,
    }
    versions = {package: version(package) for package in ("torch", "numpy")}
    record = {
        "date": str(datetime.date.today()),
        "versions": {"python": platform.python_version(), **versions},
        "settings": settings,
        "runs": runs,
    }
    text = json.dumps(record, indent=1)
    RECORD.write_text(re.sub(r"\[[^][]*\]", lambda found: " ".join(found[0].split()), text) + "\n", "utf-8")
    films = {setup.loss: part for setup, part in parts.items() if "films" in part}
    maps = {f"{setup.loss} from {setup.prior}": part["map"] for setup, part in parts.items() if "map" in part}
    first = next(iter(films.values()))
    np.savez_compressed(
        RECORD.with_suffix(".npz"),
        maps=torch.stack(list(maps.values())).numpy(),
        map_names=np.array(list(maps)),
        masks=nodules(HELD_OUT, 1000, SIZE).masks.to(torch.uint8).numpy(),
        films=torch.stack([part["films"] for part in films.values()]).numpy(),
        film_names=np.array(list(films)),
        film_steps=np.array(first["steps"]),
        film_losses=torch.stack([part["losses"] for part in films.values()]).float().numpy(),
    )


def main() -> None:
    """Train what has not been trained yet, then write all of it."""
    torch.set_num_threads(1)
    cache: dict[str, tuple[Examples, Examples]] = {}
    write({setup: recorded(setup, cache) for setup in progress(setups())})


if __name__ == "__main__":
    main()
