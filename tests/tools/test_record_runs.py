"""The tool that records runs: what it has stored comes out again, and a stopped recording goes on."""

import json
import math
from pathlib import Path

import pytest
import record_runs
import torch
from record_runs import Setup

from seglosses.training.examples import Examples, lungs
from seglosses.training.recorded import read_recording


def test_a_recorded_run_comes_out_again():
    """One run of the book, as far as its second score, gives the stored scores."""
    setup = Setup("lungs", "BCE-Dice", 0.5, 3)
    scores = record_runs.one_run(setup, record_runs.examples_of("lungs"), (50, 100))["scores"]
    stored = read_recording(record_runs.RECORD)
    for step, found in scores.items():
        for name, score in found.items():
            expected = stored.score("lungs", "BCE-Dice", name, step)[setup.seed].item()
            assert score == pytest.approx(expected, abs=1e-3), (step, name)


def test_the_stored_recording_is_whole_and_small():
    """Every run of every task is there, with a score for each seed; both files are below 200 kB."""
    stored = json.loads(record_runs.RECORD.read_text("utf-8"))
    assert set(stored["runs"]) == set(record_runs.TASKS)
    for name, task in record_runs.TASKS.items():
        assert list(stored["runs"][name]) == list(task.losses)
        for priors in stored["runs"][name].values():
            assert list(priors) == [str(prior) for prior in task.priors]
            for scores in priors.values():
                for steps in scores.values():
                    assert list(steps) == [str(step) for step in task.steps]
                    assert {len(seeds) for seeds in steps.values()} == {len(record_runs.SEEDS)}
    for path in (record_runs.RECORD, record_runs.RECORD.with_suffix(".npz")):
        assert path.stat().st_size < 200_000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Setup]:
    """The tool with two small tasks, two seeds and a folder of the test; the runs that it trains."""
    few = record_runs.TASKS["lungs"]._replace(
        steps=(1, 2),
        losses=record_runs.some("Dice", "Focal 0.25"),
        learned=lambda: lungs(8, 0, 16),
        truth=lambda n, first_seed: lungs(2, first_seed, 16),
    )
    tasks = {"lungs": few, "nodules": few._replace(priors=(0.5, 0.01))}
    for name, value in {
        "TASKS": tasks,
        "SEEDS": range(2),
        "HELD_OUT": 2,
        "MAP_STEPS": 2,
        "FRAME_STEPS": 1,
        "SIZE": 16,
        "RECORD": tmp_path / "runs.json",
        "PARTS": tmp_path / "parts",
    }.items():
        monkeypatch.setattr(record_runs, name, value)
    trained: list[Setup] = []
    one_run = record_runs.one_run

    def counted(setup: Setup, examples: tuple[Examples, Examples]) -> dict:
        trained.append(setup)
        return one_run(setup, examples)

    monkeypatch.setattr(record_runs, "one_run", counted)
    return trained


def test_what_has_ended_is_not_trained_again(small: list[Setup]):
    """Started again, the tool trains what is missing alone, and writes the same."""
    record_runs.main()
    assert len(small) == 2 * (2 + 4)
    first = record_runs.RECORD.read_text("utf-8")
    lost = next(record_runs.PARTS.glob("lungs-Dice-0.5-1.pt"))
    lost.unlink()
    small.clear()
    record_runs.main()
    assert small == [Setup("lungs", "Dice", 0.5, 1)]
    assert record_runs.RECORD.read_text("utf-8") == first


def test_what_is_written_is_read_again(small: list[Setup]):
    """Scores by seed, the maps of the first seed in hundredths, and films that a player can show."""
    record_runs.main()
    recording = read_recording(record_runs.RECORD)
    assert recording.settings["seeds"] == [0, 1]
    assert recording.versions["torch"] == torch.__version__
    assert recording.score("nodules", "Dice", "recall", 2, 0.01).shape == (2,)
    assert list(recording.maps) == [f"{a} from {b}" for a in ("Dice", "Focal 0.25") for b in (0.5, 0.01)]
    assert recording.maps["Dice from 0.5"].shape == recording.masks.shape == (2, 1, 16, 16)
    setup = Setup("nodules", "Dice", 0.5, 0)
    exact = record_runs.one_run(setup, record_runs.examples_of("nodules"))["scores"][2]["largest"]
    assert recording.maps["Dice from 0.5"].max().item() == pytest.approx(exact, abs=0.00501)
    watched = recording.watched["Focal 0.25"]
    assert watched.steps == [0, 1, 2]
    assert watched.frames.shape == (3, 1, 16, 16)
    assert watched.losses.shape == (2,)


def test_focal_is_translated_and_others_are_not():
    """At p = 0.5 the posterior is 1 - alpha; the other losses have no translation, and no such scores."""
    p = torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64)
    torch.testing.assert_close(record_runs.posterior("Focal 0.25", p), torch.tensor([0, 0.75, 1.0]).double())
    assert record_runs.posterior("BCE", p) is None
    shares = torch.full((record_runs.HELD_OUT, 1, 2, 2), 0.25)
    raw = record_runs.belief_scores("BCE", shares.double(), shares)
    assert raw == {"error": 0, "error in doubt": 0, "doubtful": 1, "squared gap": 0}
    sure = record_runs.belief_scores("BCE", torch.ones_like(shares).double(), shares)
    assert sure["error"] == 0.75
    assert math.isnan(sure["error in doubt"])  # it doubts nothing
    assert record_runs.rounded(sure["error in doubt"]) is None
    both = record_runs.belief_scores("Focal 0.75", shares.double(), shares)
    assert set(both) == {*raw, *(f"translated {name}" for name in raw)}


def test_a_score_that_there_is_not_is_named():
    """The error says what came and what there is."""
    recording = read_recording(record_runs.RECORD)
    for wrong, there in (
        (("lung", "BCE", "dice", 100), "lungs"),
        (("lungs", "BCE", "dice", 101), "100"),
        (("lungs", "BCE", "dice", 100, 0.01), "0.5"),
    ):
        with pytest.raises(ValueError, match=f"a recorded score must be one of .*{there}.*; got .* Hint: "):
            recording.score(*wrong)
    assert next(recording.losses("nodules")) == ("BCE", 0.5)
