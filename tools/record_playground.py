"""Train each story of the playground with five seeds, and store what it comes to: book/data/playground.json.

    python tools/record_playground.py

What the file holds already is kept: remove it to train all anew. That takes a few minutes on one core. The
chapter's sentences are held to this file, and a test trains one of them again.
"""

import json
import platform
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from seglosses.progress import progress
from seglosses.training.dilated import Learner, Setup, scores
from seglosses.widgets.playground import SIDES, story_setup
from seglosses.widgets.playground.stories import STORIES

RECORD = Path(__file__).parents[1] / "book/data/playground.json"
SEEDS = range(5)
LENGTHS = (100, 300)


def trained(setup: Setup) -> dict[str, dict[str, float]]:
    """What a training scores after each of the lengths, at 0.5 and at its best threshold of 0.05, 0.1, ..."""
    learner = Learner(setup)
    found = {}
    for length in LENGTHS:
        while learner.steps < length:
            learner.step()
        at_half = asdict(scores(learner.model, learner.task))
        by_threshold = {k / 100: scores(learner.model, learner.task, k / 100).dice for k in range(5, 100, 5)}
        at = max(by_threshold, key=by_threshold.__getitem__)
        best = {"best": by_threshold[at], "at": at}
        found[str(length)] = {name: round(value, 6) for name, value in (at_half | best).items()}
    return found


def recorded(story: str, side: str, seed: int) -> dict[str, Any]:
    """One side of a story with a seed, the story's own or another."""
    return {"story": story, "side": side, "seed": seed, "steps": trained(setup_of(story, side, seed))}


def setup_of(story: str, side: str, seed: int) -> Setup:
    """What a side of a story trains, with a seed in the place of its own."""
    return replace(story_setup(story, side), seed=seed)


def main() -> None:
    """Train what the file does not hold yet; each training is stored as soon as it is done."""
    torch.set_num_threads(1)
    record = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {"runs": []}
    done = {(run["story"], run["side"], run["seed"]): run for run in record["runs"]}
    wanted = [(story, side, seed) for story in STORIES for side in SIDES for seed in SEEDS]
    for run in progress([run for run in wanted if run not in done]):
        done[run] = recorded(*run)
        record = {
            "made": f"{datetime.now(UTC):%Y-%m-%d}",
            "versions": f"torch {torch.__version__}, Python {platform.python_version()}",
            "runs": [done[run] for run in wanted if run in done],
        }
        RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
