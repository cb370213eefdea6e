import json
from pathlib import Path

import pytest
import torch

from seglosses.exercises.playground import (
    how_far_a_pixel_sees,
    how_to_keep_the_nodules,
    what_the_threshold_leaves,
)
from seglosses.training.dilated import DilatedNet, Learner, Setup, scores

RECORD = json.loads((Path(__file__).parents[2] / "book/data/playground.json").read_text("utf-8"))


def test_how_far_a_pixel_sees_is_what_its_gradient_says():
    """A logit of the page's network depends on pixels 7 to each side, and on none beyond."""
    torch.manual_seed(0)
    model = DilatedNet()
    with torch.no_grad():  # all weights above 0, so that no ReLU hides a path
        for weights in model.parameters():
            weights.copy_(weights.abs() + 0.01)
    image = torch.rand(1, 1, 33, 33, dtype=torch.float64, requires_grad=True)
    model(image)[0, 0, 16, 16].backward()
    rows = image.grad[0, 0].abs().sum(1).nonzero().flatten()
    assert (rows.min(), rows.max(), len(rows)) == (9, 23, 15)
    assert how_far_a_pixel_sees(len(rows)).right


def test_the_threshold_moves_dice_and_recall_alone():
    """Of the same network at two thresholds; the loss has none to be read at."""
    learner = Learner(Setup(prior=0.2))
    for _ in range(3):
        learner.step()
    low, high = (scores(learner.model, learner.task, threshold) for threshold in (0.05, 0.5))
    assert low.recall != high.recall
    assert low.dice != high.dice
    assert what_the_threshold_leaves("c").right


def test_one_image_a_step_loses_the_nodules_and_eight_keep_them():
    """As the stories were recorded: with 1, all seeds have lost them at step 300; with 8, pooled, none."""
    largest = {
        (story, side): [
            run["steps"]["300"]["largest"]
            for run in RECORD["runs"]
            if (run["story"], run["side"]) == (story, side)
        ]
        for story, side in (("erased", "left"), ("neighbours", "left"))
    }
    assert max(largest["erased", "left"]) < 0.01
    assert min(largest["neighbours", "left"]) > 0.5
    assert how_to_keep_the_nodules("D").right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (what_the_threshold_leaves, "a", "what the threshold makes"),
        (what_the_threshold_leaves, "b", "lets more pixels in"),
        (what_the_threshold_leaves, "d", "before all else"),
        (how_far_a_pixel_sees, 7, "without dilations"),
        (how_far_a_pixel_sees, 8, "one side of it"),
        (how_far_a_pixel_sees, 9, "last layer alone"),
        (how_far_a_pixel_sees, 14, "pixel itself is missing"),
        (how_far_a_pixel_sees, 225, "number of pixels"),
        (how_far_a_pixel_sees, 3, "Add the three layers up"),
        (how_to_keep_the_nodules, "a", "erased, too"),
        (how_to_keep_the_nodules, "b", "none of the thresholds"),
        (how_to_keep_the_nodules, "c", "all lose"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly on the playground's page."""
    says_why_not(check, answer, reason)
