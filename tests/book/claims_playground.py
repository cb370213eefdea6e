"""What the playground's chapter claims, held to the record of its stories and to what is computed here.

The record is book/data/playground.json; numbers_playground.py reads it, with the functions that are used here.
"""

import runpy
from pathlib import Path

import torch
from claims import Because

from seglosses import bce_loss, dice_loss
from seglosses.grids import NODULE, as_logits
from seglosses.training.dilated import Learner
from seglosses.widgets.playground import story_setup

numbers = runpy.run_path(str(Path(__file__).with_name("numbers_playground.py")))
dice, lost, silent, steps = (numbers[name] for name in ("dice", "lost", "silent", "steps"))


def shares(*lengths: int) -> list[tuple[float, float]]:
    """After so many steps of BCE from 0.5: the mean p of the training images, and that of their nodules."""
    learner, found = Learner(story_setup("quiet", "left")), []
    images, masks = learner.task.learned
    for length in lengths:
        while learner.steps < length:
            learner.step()
        with torch.no_grad():
            p = torch.sigmoid(learner.model(images))
        found.append((p.mean().item(), p[masks == 1].mean().item()))
    return found


def pull(loss, confidence: float) -> float:
    """The largest gradient on a pixel of a nodule that is surely missed."""
    z = as_logits(0 * NODULE, confidence).requires_grad_()
    return torch.autograd.grad(loss(z, NODULE), z)[0][NODULE == 1].abs().max().item()


def claims():
    """In the order of the page."""
    seeds = len(dice("quiet", "left", 100))
    yield (
        "playground-puzzle",
        "After 100 steps not one pixel of the patients held out is above 0.5.",
        silent("quiet", "left", 100) == seeds and max(dice("quiet", "left", 100)) == 0,
    )
    early, late = shares(20, 100)
    yield (
        "playground-guess",
        "It learns that first.",
        0.005 < early[0] < 0.025 and early[1] < early[0] and late[1] > 5 * late[0],
    )
    gone = lost("erased", "left", 300)
    yield "playground-guess-erased", "With one image a step it is far more.", gone > seeds / 2
    yield (
        "playground-guess-erased",
        "Once p is near 0 everywhere, Dice hardly moves it again",
        lost("erased", "left", 100) <= gone and pull(dice_loss, 12) < pull(bce_loss, 12) / 1000,
    )
    blind = zip(dice("quiet", "left", 100), dice("quiet", "left", 100, "best"), strict=True)
    yield (
        "playground-remember",
        "Dice of 0 at a threshold of 0.5 is no proof that a network has found nothing.",
        any(at_half == 0 and best > 0.2 for at_half, best in blind),
    )
    yield "playground-remember", "Look at the map, and at the largest $p$.", Because.ADVICE
    kept = [one["dice"] for one in steps("seeds", "left", 300) if one["largest"] > 0.5]
    apart = dice("quiet", "right", 300)[0] - dice("seeds", "left", 300)[0]
    yield (
        "playground-remember",
        "Two seeds of one loss can differ more than two losses of one seed.",
        max(dice("seeds", "left", 300)) - min(dice("seeds", "left", 300)) > abs(apart) and bool(kept),
    )
    yield (
        "playground-remember",
        "Dice has nothing that brings a lost object back. BCE-Dice has.",
        lost("erased", "right", 300) == 0 < gone,
    )
    yield "playground-play-answer", "its largest $p$ is 0.42", Because.MEANING
    yield "playground-play-answer", "Its best threshold, in steps of 0.05,", Because.MEANING
    yield (
        "playground-play-answer",
        "Of 5 seeds none had a pixel above 0.5 on the left at step 100, and none two hundred steps later",
        silent("quiet", "left", 100) == silent("quiet", "left", 300) == seeds == 5,
    )
    found = dice("quiet", "left", 300, "best")
    yield (
        "playground-play-answer",
        "each one's best threshold gives",
        min(found) > max(dice("quiet", "left", 300)),
    )
    slowly = early[1] < early[0] and silent("quiet", "left", 100) == seeds
    yield "playground-play-answer", "The few nodule pixels come up later", slowly and late[1] > early[1]
    yield "playground-table-read", "from the worst seed to the best", Because.MEANING
    yield "playground-table-read", "how many seeds have no pixel above it", Because.MEANING
    errors = [[one["calibration"] for one in steps("focal", side, 300)] for side in ("left", "right")]
    yield (
        "playground-answers",
        "The calibration error is the larger one on the right, with every seed.",
        all(left < right for left, right in zip(*errors, strict=True)),
    )
    scores = zip(dice("focal", "left", 300, "best"), dice("focal", "right", 300, "best"), strict=True)
    yield "playground-answers", "each one's best threshold with 5 of 5", all(a > b for a, b in scores)
    yield "playground-answers", "with a far larger network", Because.CITED
    yield "playground-answers", "no $p$ is above 0.01", lost("erased", "left", 300) == seeds
    nothing, some = as_logits(0 * NODULE, 12), as_logits(0 * NODULE, 1)
    yield (
        "playground-answers",
        "Alone it can be served best by erasing all.",
        bool(dice_loss(nothing, 0 * NODULE) < dice_loss(some, 0 * NODULE)),
    )
    yield "playground-answers", "One loses the nodules for good", lost("seeds", "left", 300) == 1
    z = torch.linspace(-9, 9, 101, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.sigmoid(z).sum(), z)
    yield "playground-recall", "in proportion to $p(1 - p)$", bool(slope.min() > 0 and slope.argmax() == 50)
    yield "playground-exercise-threshold-solution", "before any threshold", Because.MEANING
    yield (
        "playground-exercise-keep",
        "Dice, with one image a step, loses the nodules.",
        lost("erased", "left", 300) == seeds,
    )
