"""The numerals of the playground's chapter, computed: what each cell of book/playground.ipynb may print.

What ten seeds come to is read from book/data/playground.json, which tools/record_playground.py has written;
tests/tools/test_record_playground.py trains some of it again.
"""

import json
from functools import cache
from pathlib import Path

from seglosses.training.dilated import DilatedNet, Setup, examples_of
from seglosses.training.patients import HELD_OUT, SIDE, TRAINING
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


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    task = examples_of(Setup())
    rarity = task.learned.masks.mean().item()
    seeds = len(dice("quiet", "left", 100))
    weights = sum(one.numel() for one in DilatedNet().parameters())
    facts = {}
    return {**facts, **{"x": f"{rarity} {seeds} {weights} {HELD_OUT} {SIDE} {TRAINING}"}} and told(
        task, seeds
    )


def told(task, seeds):
    """See ``numbers``."""
    return {}


assert story_setup
