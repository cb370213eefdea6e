"""The numerals of the playground's chapter, computed: what each cell of book/playground.ipynb may print.

What five seeds come to is read from book/data/playground.json, which tools/record_playground.py has written;
tests/tools/test_record_playground.py trains some of it again.
"""

import json
from functools import cache
from pathlib import Path

import torch

from seglosses import dice_loss
from seglosses.grids import LUNG, PREDICTION_2
from seglosses.probabilities import to_logits
from seglosses.training.dilated import DilatedNet, Setup, examples_of
from seglosses.training.patients import HELD_OUT, SIDE, TRAINING
from seglosses.walkthrough.steps import descend
from seglosses.widgets.playground import story_setup

RECORD = Path(__file__).parents[2] / "book/data/playground.json"


@cache
def steps(story: str, side: str, step: int) -> list[dict[str, float]]:
    """What each seed of a side of a story scores after a step, in the order of the seeds."""
    runs = json.loads(RECORD.read_text("utf-8"))["runs"]
    return [run["steps"][str(step)] for run in runs if (run["story"], run["side"]) == (story, side)]


def dice(story: str, side: str, step: int, of: str = "dice") -> list[float]:
    """The Dice coefficients of the seeds, at 0.5 or at each one's best threshold."""
    return [scores[of] for scores in steps(story, side, step)]


def silent(story: str, side: str, step: int) -> int:
    """How many of the seeds give no pixel more than 0.5."""
    return sum(scores["largest"] <= 0.5 for scores in steps(story, side, step))


def lost(story: str, side: str, step: int) -> int:
    """How many of the seeds have no p above 0.01 left: the nodules are erased, whatever the threshold."""
    return sum(scores["largest"] < 0.01 for scores in steps(story, side, step))


def ahead(story: str, step: int, of: str) -> int:
    """In how many seeds, pair by pair, the left side's Dice is above the right side's."""
    pairs = zip(dice(story, "left", step, of), dice(story, "right", step, of), strict=True)
    return sum(left > right for left, right in pairs)


def span(values: list[float]) -> str:
    """The lowest and the highest, to two decimals."""
    return f"{min(values):.2f} {max(values):.2f}"


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    task = examples_of(Setup())
    rarity = f"{task.learned.masks.mean().item():.0%}"
    prior = story_setup("quiet", "right").prior
    seeds = len(dice("quiet", "left", 100))
    weights = sum(one.numel() for one in DilatedNet().parameters())
    left, right = (one[0] for one in (steps("quiet", "left", 100), steps("quiet", "right", 100)))
    assert left["dice"] == 0
    facts = {
        "playground-puzzle": f"{rarity} {SIDE} {TRAINING} {HELD_OUT} 0.5 100 0.5 {left['dice']:.0f}",
        "playground-play": f"0.5 {prior} 100",
        "playground-live": f"0.5 {prior}",
        "playground-stories": f"{seeds} 100 300",
        "playground-guess-erased": f"{seeds} 300 0 0",
        "playground-what": f"3 3 8 1 2 4 1 1 {weights:,}",
        "playground-remember": "0 0.5",
    }
    facts["playground-play-answer"] = (
        f"0.5 {left['dice']:.2f} {left['largest']:.2f} 0.05 {left['at']:.2f} {left['best']:.2f}"
        f" {right['dice']:.2f} {seeds} 0.5 100 {span(dice('quiet', 'left', 300, 'best'))}"
        f" {seeds} 0.5 {span(dice('quiet', 'right', 300))}"
    )
    assert silent("quiet", "left", 100) == silent("quiet", "left", 300) == seeds  # "in none"
    assert min(dice("quiet", "left", 300, "best")) > 0.4
    assert min(dice("quiet", "right", 300)) > 0.4
    facts |= stories(seeds)
    facts |= exercises(seeds)
    return facts


def stories(seeds: int) -> dict[str, str]:
    """The numerals of the cell that answers the stories, and what its sentences say without numerals."""
    assert lost("erased", "left", 300) == seeds  # the question's "In all"
    assert lost("erased", "right", 300) == 0  # "it keeps them with every seed"
    assert lost("neighbours", "right", 100) == lost("neighbours", "right", 300) == seeds
    assert lost("neighbours", "left", 300) == 0
    assert min(dice("neighbours", "left", 300)) > 0.3
    gone = lost("seeds", "left", 300)
    assert steps("seeds", "left", 300)[3]["largest"] < 0.01 < 0.5 < steps("seeds", "left", 300)[0]["largest"]
    kept = [one["dice"] for one in steps("seeds", "left", 300) if one["largest"] > 0.5]
    assert len(kept) + gone == seeds
    # "Two seeds can differ more than two losses": Dice, seeds 0 and 3, beside BCE from the prior, seed 0.
    assert min(kept) > abs(dice("quiet", "right", 300)[0] - dice("seeds", "left", 300)[0])
    gaps = [[one["calibration"] for one in steps("focal", side, 300)] for side in ("left", "right")]
    assert all(left < right for left, right in zip(*gaps, strict=True))  # "the larger one on the right"
    return {
        "playground-answers": (
            f"0.01 300 {ahead('focal', 300, 'dice')} {seeds} {ahead('focal', 300, 'best')} {seeds} 0.01"
            f" {lost('erased', 'left', 100)} {seeds} 100 300 0.01 {seeds} 0"
            f" {span(dice('erased', 'right', 300))} 300"
            f" {span(dice('neighbours', 'left', 300))} {seeds} 8 100"
            f" {seeds} {gone} {span(kept)}"
        )
    }


def exercises(seeds: int) -> dict[str, str]:
    """The numerals of the recall and of the exercises."""
    start = 0.02 + 0.96 * PREDICTION_2
    invented = torch.sigmoid(descend(dice_loss, to_logits(start), LUNG, rate=10, steps=100)[-1])[6, 3]
    reach = [layer.dilation[0] for layer in DilatedNet() if isinstance(layer, torch.nn.Conv2d)][:3]
    _, nodules = examples_of(Setup()).held
    width = 2 * (nodules.flatten(1).sum(1) / torch.pi).sqrt().mean()  # of a disc
    told = story_setup("neighbours", "left")
    assert (told.batch_size, told.regions, told.empty) == (8, "batch", 0.25)
    assert story_setup("erased", "left").batch_size == 1
    keep = seeds - lost("neighbours", "left", 300)
    sides = " ".join(map(str, reach))
    return {
        "playground-recall": f"100 {start.max():.2f} {invented:.2f} 1 0",
        "playground-exercise-threshold": "100 0.5 0.15",
        "playground-exercise-reach": f"3 3 {sides}",
        "playground-exercise-reach-solution": (
            f"{sides} {sum(reach)} 2 {sum(reach)} 1 {2 * sum(reach) + 1} {width:.0f}"
        ),
        "playground-exercise-keep": "300 0.01 0.05",
        "playground-exercise-keep-solution": f"0 {keep} {seeds}",
    }
