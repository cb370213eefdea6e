"""The record of the playground's stories: whole, and what a training comes to again."""

import json

import pytest
import record_playground
from record_playground import LENGTHS, RECORD, SEEDS, recorded, setup_of

from seglosses.widgets.playground import SIDES, story_setup
from seglosses.widgets.playground.stories import STORIES


def test_every_story_side_and_seed_is_recorded():
    """Each once, after both lengths; the file says when it was made and with what."""
    record = json.loads(RECORD.read_text("utf-8"))
    found = [(run["story"], run["side"], run["seed"]) for run in record["runs"]]
    assert found == [(story, side, seed) for story in STORIES for side in SIDES for seed in SEEDS]
    assert all(set(run["steps"]) == set(map(str, LENGTHS)) for run in record["runs"])
    assert record["made"]
    assert "torch" in record["versions"]


@pytest.mark.parametrize(("story", "side", "seed"), [("quiet", "left", 1), ("neighbours", "right", 2)])
def test_a_training_comes_to_the_same_again(story, side, seed, monkeypatch):
    """The first of the two lengths; another processor may differ in the last of these digits."""
    monkeypatch.setattr(record_playground, "LENGTHS", LENGTHS[:1])
    record = json.loads(RECORD.read_text("utf-8"))
    (kept,) = (
        run for run in record["runs"] if (run["story"], run["side"], run["seed"]) == (story, side, seed)
    )
    step = str(LENGTHS[0])
    again = recorded(story, side, seed)["steps"][step]
    for name in ("dice", "recall", "largest", "calibration", "best"):
        assert again[name] == pytest.approx(kept["steps"][step][name], abs=2e-3), name


def test_a_seed_takes_the_place_of_the_storys_own():
    """And nothing else changes."""
    assert setup_of("seeds", "left", 3) == story_setup("seeds", "left")
    assert setup_of("seeds", "left", 0) == story_setup("seeds", "right")
